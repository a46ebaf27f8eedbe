//! Organisations, their teams, and the colleagues who work for them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use minijinja::{Value, context};

use super::Wrong;
use crate::error::Error;
use crate::store;
use crate::store::consultants::{self, ConsultantPerson, SignedIn};
use crate::store::organisations::{self, Name, OrganisationAccess};
use crate::store::teams;
use crate::survey::{EmailAddress, Line, Mistake, Mistakes};
use crate::web::{Fields, OrganisationPath, State, see_other};

const LABELS: [(&str, &str); 4] = [
    ("organisation", "The organisation’s name"),
    ("team", "The team’s name"),
    ("name", "Name"),
    ("email", "E-mail"),
];

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/organisations")
                .route(web::get().to(list))
                .route(web::post().to(add)),
        )
        .service(web::resource("/organisations/{id}").route(web::get().to(show)))
        .service(web::resource("/organisations/{id}/rename").route(web::post().to(rename)))
        .service(
            web::resource("/organisations/{id}/teams")
                .route(web::get().to(super::trend::side_by_side))
                .route(web::post().to(add_team)),
        )
        .service(web::resource("/organisations/{id}/colleagues").route(web::post().to(invite)));
}

async fn list(who: SignedIn, state: web::Data<State>) -> Result<HttpResponse, Error> {
    list_page(
        &state,
        &who,
        StatusCode::OK,
        &Fields::default(),
        &Wrong::nothing(),
    )
    .await
}

async fn list_page(
    state: &State,
    who: &SignedIn,
    status: StatusCode,
    typed: &Fields,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let organisations: Vec<Value> = organisations::list(&state.db, who)
        .await?
        .into_iter()
        .map(|listed| context! { id => listed.organisation.id.to_string(), name => listed.organisation.name })
        .collect();
    state.page_with(
        status,
        "consult/organisations.html",
        context! { organisations => organisations, typed => typed.typed(), mistakes => wrong.value() },
    )
}

/// The name in that field.
fn name_in(form: &Fields, field: &str) -> Result<Name, Wrong> {
    Name::parse(form.get(field))
        .map_err(|rule| Wrong::of(&Mistake::new(field, rule).into(), &LABELS))
}

async fn add(
    who: SignedIn,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let name = match name_in(&form, "organisation") {
        Ok(name) => name,
        Err(wrong) => {
            return list_page(
                &state,
                &who,
                StatusCode::UNPROCESSABLE_ENTITY,
                &form,
                &wrong,
            )
            .await;
        }
    };
    let tx = store::begin_write(&state.db).await?;
    let id = organisations::add(&tx, &state.tools, &who, &name, state.now()).await?;
    tx.commit().await?;
    Ok(see_other(format!("/organisations/{id}")))
}

async fn show(path: OrganisationPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    page(
        &state,
        &path,
        StatusCode::OK,
        &Fields::default(),
        &Wrong::nothing(),
        Value::from(()),
    )
    .await
}

async fn again(
    state: &State,
    path: &OrganisationPath,
    form: &Fields,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    page(
        state,
        path,
        StatusCode::UNPROCESSABLE_ENTITY,
        form,
        wrong,
        Value::from(()),
    )
    .await
}

/// `invited` is who has just been given access, or nothing.
async fn page(
    state: &State,
    path: &OrganisationPath,
    status: StatusCode,
    typed: &Fields,
    wrong: &Wrong,
    invited: Value,
) -> Result<HttpResponse, Error> {
    let (who, access) = (&path.who, &path.access);
    let teams: Vec<Value> = organisations::list(&state.db, who)
        .await?
        .into_iter()
        .filter(|listed| listed.organisation.id == access.id())
        .flat_map(|listed| listed.teams)
        .map(|team| context! { id => team.id.to_string(), name => team.name })
        .collect();
    let colleagues: Vec<Value> = organisations::colleagues(&state.db, &state.tools, access)
        .await?
        .into_iter()
        .map(|person| context! { name => person.name.as_str(), email => person.email.as_str() })
        .collect();
    state.page_with(
        status,
        "consult/organisation.html",
        context! {
            organisation => context! { id => access.id().to_string(), name => access.name() },
            teams => teams,
            colleagues => colleagues,
            invited => invited,
            typed => typed.typed(),
            mistakes => wrong.value(),
        },
    )
}

async fn rename(
    path: OrganisationPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let name = match name_in(&form, "organisation") {
        Ok(name) => name,
        Err(wrong) => return again(&state, &path, &form, &wrong).await,
    };
    let tx = store::begin_write(&state.db).await?;
    organisations::rename(&tx, &path.access, &name).await?;
    tx.commit().await?;
    Ok(see_other(format!("/organisations/{}", path.access.id())))
}

async fn add_team(
    path: OrganisationPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let name = match name_in(&form, "team") {
        Ok(name) => name,
        Err(wrong) => return again(&state, &path, &form, &wrong).await,
    };
    let tx = store::begin_write(&state.db).await?;
    match teams::add(&tx, &state.tools, &path.access, &name, state.now()).await {
        Ok(id) => {
            tx.commit().await?;
            Ok(see_other(format!("/teams/{id}")))
        }
        Err(Error::Stale) => {
            tx.rollback().await?;
            let wrong = Wrong::one(
                "team",
                "The organisation has a team of that name already. Choose another name.",
            );
            again(&state, &path, &form, &wrong).await
        }
        Err(other) => Err(other),
    }
}

/// What came of giving a colleague access.
enum Given {
    /// The colleague can sign in already.
    Known,
    /// The colleague opens this token's link first, to choose a password.
    New(String),
    /// Somebody else has just added the colleague, who has not chosen a password yet. Whoever holds
    /// that link could choose it in their place, and would then see this organisation too.
    Unsettled,
}

async fn invite(
    path: OrganisationPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let mut mistakes = Mistakes::none();
    let name = mistakes.take("name", Line::parse(form.get("name")));
    let email = mistakes.take("email", EmailAddress::parse(form.get("email")));
    let (Some(name), Some(email)) = (name, email) else {
        return again(&state, &path, &form, &Wrong::of(&mistakes, &LABELS)).await;
    };
    let person = ConsultantPerson { name, email };
    let link = match give(&state, &path.access, &person).await? {
        Given::Known => None,
        Given::New(token) => Some(state.address(&format!("/password/{token}"))),
        Given::Unsettled => {
            let wrong = Wrong::one(
                "email",
                "The colleague of this e-mail has access elsewhere and has not chosen a password yet. Try again when they have.",
            );
            return again(&state, &path, &form, &wrong).await;
        }
    };
    let invited =
        context! { name => person.name.as_str(), email => person.email.as_str(), link => link };
    // Not by way of another page: the link is shown once, and its address must not hold it.
    page(
        &state,
        &path,
        StatusCode::OK,
        &Fields::default(),
        &Wrong::nothing(),
        invited,
    )
    .await
}

async fn give(
    state: &State,
    access: &OrganisationAccess,
    person: &ConsultantPerson,
) -> Result<Given, Error> {
    let (tools, email, now) = (&state.tools, &person.email, state.now());
    let tx = store::begin_write(&state.db).await?;
    let given = if consultants::credentials(&tx, tools, email).await?.is_some() {
        organisations::share(&tx, tools, access, email, now).await?;
        Given::Known
    } else if let Some(token) = consultants::new_password_link(&tx, tools, email).await? {
        let folded = email.folded();
        let here = organisations::colleagues(&tx, tools, access).await?;
        if !here
            .iter()
            .any(|colleague| colleague.email.folded() == folded)
        {
            tx.rollback().await?;
            return Ok(Given::Unsettled);
        }
        Given::New(token)
    } else {
        consultants::add(&tx, tools, person, None, now).await?;
        organisations::share(&tx, tools, access, email, now).await?;
        let token = consultants::new_password_link(&tx, tools, email).await?;
        Given::New(
            token
                .ok_or_else(|| Error::Broken("a consultant just added is not there".to_owned()))?,
        )
    };
    tx.commit().await?;
    Ok(given)
}
