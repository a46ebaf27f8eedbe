//! Who comes in: set-up of the first consultant, the choice of a password, sign-in and sign-out.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::{Value, context};
use serde::Deserialize;

use super::Wrong;
use super::passwords::Password;
use crate::demo;
use crate::error::Error;
use crate::store;
use crate::store::consultants::{self, ConsultantPerson, PasswordLink};
use crate::survey::{EmailAddress, Line, Mistakes, Rule};
use crate::vault::LinkToken;
use crate::web::{Fields, State, limits, see_other, sessions};

const LABELS: [(&str, &str); 4] = [
    ("name", "Your name"),
    ("email", "Your e-mail"),
    ("password", "Password"),
    ("again", "Password again"),
];

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/set-up/{token}")
                .route(web::get().to(set_up_page))
                .route(web::post().to(set_up)),
        )
        .service(
            web::resource("/password/{token}")
                .route(web::get().to(password_page))
                .route(web::post().to(password)),
        )
        .service(
            web::resource("/sign-in")
                .route(web::get().to(sign_in_page))
                .route(web::post().to(sign_in)),
        )
        .service(web::resource("/sign-out").route(web::post().to(sign_out)));
}

fn token(path: &str) -> Result<LinkToken, Error> {
    LinkToken::parse(path).ok_or(Error::NotFound)
}

async fn set_up_page(
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    consultants::set_up_is_open(&state.db, &state.tools, &token(&path)?).await?;
    set_up_again(
        &state,
        StatusCode::OK,
        &Fields::default(),
        &Wrong::nothing(),
    )
}

fn set_up_again(
    state: &State,
    status: StatusCode,
    typed: &Fields,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let typed = keep(typed, &["name", "email"]);
    state.page_with(
        status,
        "consult/setup.html",
        context! { typed => typed, mistakes => wrong.value() },
    )
}

/// What was typed in these fields: never the password.
fn keep(fields: &Fields, names: &[&str]) -> Value {
    Value::from_pairs(
        names
            .iter()
            .map(|name| (*name, fields.get(name).to_owned())),
    )
}

async fn set_up(
    path: web::Path<String>,
    form: web::Form<Fields>,
    state: web::Data<State>,
    session: Session,
) -> Result<HttpResponse, Error> {
    let token = token(&path)?;
    // Before any work on the password: a link that opens nothing costs nothing.
    consultants::set_up_is_open(&state.db, &state.tools, &token).await?;
    let mut mistakes = Mistakes::none();
    let person = person_of(&form, &mut mistakes);
    let password = chosen(&form, &mut mistakes);
    let (Some(person), Some(password)) = (person, password) else {
        return set_up_again(
            &state,
            StatusCode::UNPROCESSABLE_ENTITY,
            &form,
            &Wrong::of(&mistakes, &LABELS),
        );
    };
    let hash = password.hash(&*state.tools.entropy).await?;
    let tx = store::begin_write(&state.db).await?;
    consultants::set_up_is_open(&tx, &state.tools, &token).await?;
    let id = match consultants::add_first(&tx, &state.tools, &person, hash, state.now()).await {
        // Somebody else used the link at the same moment: it has ended.
        Err(Error::Stale) => return Err(Error::NotFound),
        added => added?,
    };
    tx.commit().await?;
    sessions::begin(&session, id)?;
    Ok(see_other("/"))
}

fn person_of(form: &Fields, mistakes: &mut Mistakes) -> Option<ConsultantPerson> {
    let name = mistakes.take("name", Line::parse(form.get("name")));
    let email = mistakes.take("email", EmailAddress::parse(form.get("email")));
    Some(ConsultantPerson {
        name: name?,
        email: email?,
    })
}

fn chosen(form: &Fields, mistakes: &mut Mistakes) -> Option<Password> {
    Password::chosen(form.get("password"), form.get("again"))
        .map_err(|found| {
            for mistake in &found {
                mistakes.add(mistake.field.clone(), mistake.rule.clone());
            }
        })
        .ok()
}

async fn password_page(
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let link = consultants::password_link(&state.db, &state.tools, &token(&path)?).await?;
    password_again(&state, StatusCode::OK, &link, &Wrong::nothing())
}

fn password_again(
    state: &State,
    status: StatusCode,
    link: &PasswordLink,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let person = link.person();
    state.page_with(
        status,
        "consult/password.html",
        context! {
            name => person.name.as_str(),
            email => person.email.as_str(),
            mistakes => wrong.value(),
        },
    )
}

async fn password(
    path: web::Path<String>,
    form: web::Form<Fields>,
    state: web::Data<State>,
    session: Session,
) -> Result<HttpResponse, Error> {
    let token = token(&path)?;
    let link = consultants::password_link(&state.db, &state.tools, &token).await?;
    let mut mistakes = Mistakes::none();
    let Some(password) = chosen(&form, &mut mistakes) else {
        return password_again(
            &state,
            StatusCode::UNPROCESSABLE_ENTITY,
            &link,
            &Wrong::of(&mistakes, &LABELS),
        );
    };
    let hash = password.hash(&*state.tools.entropy).await?;
    let tx = store::begin_write(&state.db).await?;
    // Read again: the link may have been used while the password was hashed.
    let link = consultants::password_link(&tx, &state.tools, &token).await?;
    let id = consultants::set_password(&tx, &state.tools, link, hash).await?;
    tx.commit().await?;
    sessions::begin(&session, id)?;
    Ok(see_other("/"))
}

/// Where to go after signing in.
#[derive(Deserialize)]
struct Asked {
    next: Option<String>,
}

async fn sign_in_page(
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let next = local(asked.next.as_deref().unwrap_or_default());
    sign_in_again(&state, StatusCode::OK, next, "", &Wrong::nothing())
}

fn sign_in_again(
    state: &State,
    status: StatusCode,
    next: &str,
    email: &str,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    state.page_with(
        status,
        "consult/sign_in.html",
        context! {
            next => next,
            typed => context! { email => email },
            mistakes => wrong.value(),
            demo => state.letters.is_some().then(|| context! { email => demo::ADDRESS, password => demo::PASSWORD }),
        },
    )
}

/// The path, if it is one of this site; the home page otherwise. A link from elsewhere must not
/// send somebody who has just signed in to another site.
fn local(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 300
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if own { path } else { "/" }
}

async fn sign_in(
    request: HttpRequest,
    form: web::Form<Fields>,
    state: web::Data<State>,
    session: Session,
) -> Result<HttpResponse, Error> {
    let (email, password) = (form.get("email"), form.get("password"));
    let next = local(form.get("next"));
    state
        .limits
        .sign_in(&limits::client(&request, &state.settings), email)?;
    let mut mistakes = Mistakes::none();
    for (field, given) in [("email", email), ("password", password)] {
        if given.trim().is_empty() {
            mistakes.add(field, Rule::Required);
        }
    }
    if !mistakes.is_empty() {
        let wrong = Wrong::of(&mistakes, &[("email", "E-mail"), ("password", "Password")]);
        return sign_in_again(
            &state,
            StatusCode::UNPROCESSABLE_ENTITY,
            next,
            email,
            &wrong,
        );
    }
    let known = match EmailAddress::parse(email) {
        Ok(address) => consultants::credentials(&state.db, &state.tools, &address).await?,
        Err(_) => None,
    };
    let (id, hash) = known.unzip();
    // An address that nobody has takes the same time and gets the same sentence.
    let fits = Password::typed(password).fits(hash).await?;
    let Some(id) = id.filter(|_| fits) else {
        let wrong = Wrong::one(
            "email",
            "The address and the password do not belong together. Please try again.",
        );
        return sign_in_again(
            &state,
            StatusCode::UNPROCESSABLE_ENTITY,
            next,
            email,
            &wrong,
        );
    };
    sessions::begin(&session, id)?;
    Ok(see_other(next))
}

async fn sign_out(session: Session) -> HttpResponse {
    session.purge();
    see_other("/sign-in")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to_after_signing_in() {
        assert_eq!(local("/teams/1?x=2"), "/teams/1?x=2");
        let long = format!("/{}", "x".repeat(400));
        for foreign in [
            "",
            "teams",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            long.as_str(),
        ] {
            assert_eq!(local(foreign), "/", "{foreign}");
        }
    }
}
