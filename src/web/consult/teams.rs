//! A team: its executives and its rounds.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::ExecutiveId;
use minijinja::{Value, context};
use serde::Deserialize;

use super::next_steps::Facts;
use super::{Wrong, capital, counted, languages};
use crate::conduct;
use crate::error::Error;
use crate::store;
use crate::store::consultants::SignedIn;
use crate::store::overview;
use crate::store::teams::{self, Executive, TeamAccess};
use crate::survey::{Language, Person};
use crate::web::{Fields, State, TeamPath, see_other};

/// Below this many executives no report is possible.
const FEWEST: usize = 4;

const LABELS: [(&str, &str); 5] = [
    ("name", "Name"),
    ("email", "E-mail"),
    ("title", "Job title"),
    ("function", "Function"),
    ("language", "Language"),
];

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/teams/{id}").route(web::get().to(show)))
        .service(web::resource("/teams/{id}/executives").route(web::post().to(add)))
        .service(
            web::resource("/executives/{id}")
                .route(web::get().to(edit_page))
                .route(web::post().to(edit)),
        )
        .service(web::resource("/executives/{id}/leave").route(web::post().to(leave)))
        .service(web::resource("/executives/{id}/return").route(web::post().to(come_back)));
}

/// What has just been done, as the page before says it in the address.
#[derive(Deserialize)]
struct Done {
    done: Option<String>,
}

impl Done {
    /// The sentence; nothing for what no page of ours says.
    fn sentence(&self) -> Option<String> {
        let said = self.done.as_deref()?;
        if let Some((added, changed)) = said
            .strip_prefix("imported-")
            .and_then(|counts| counts.split_once('-'))
        {
            let (added, changed): (u32, u32) = (added.parse().ok()?, changed.parse().ok()?);
            return Some(imported(added as usize, changed as usize));
        }
        let sentence = match said {
            "added" => "The executive is in the team. Rounds opened from now on ask them.",
            "saved" => "The changes are saved.",
            "left" => {
                "Marked as left. Rounds opened from now on do not ask them. A round that is open still does: withdraw the link on its page."
            }
            "back" => "Back in the team. Rounds opened from now on ask them.",
            _ => return None,
        };
        Some(sentence.to_owned())
    }
}

fn imported(added: usize, changed: usize) -> String {
    let added = capital(&format!(
        "{} added",
        counted(added, "executive", "executives")
    ));
    let changed = if changed == 0 {
        "none".to_owned()
    } else {
        super::in_words(changed)
    };
    format!("{added}, {changed} changed.")
}

/// Address of the team's page, saying what has been done.
pub(super) fn path_saying(access: &TeamAccess, done: &str) -> String {
    format!("/teams/{}?done={done}", access.id())
}

async fn show(
    path: TeamPath,
    done: web::Query<Done>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    page(
        &state,
        &path,
        StatusCode::OK,
        done.sentence(),
        &Fields::default(),
        &Wrong::nothing(),
    )
    .await
}

async fn page(
    state: &State,
    path: &TeamPath,
    status: StatusCode,
    done: Option<String>,
    typed: &Fields,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let access = &path.access;
    let executives = teams::executives(&state.db, access).await?;
    let (gone, present): (Vec<&Executive>, Vec<&Executive>) =
        executives.iter().partition(|e| e.left_at.is_some());
    let now = state.now();
    let rounds: Vec<Value> = overview::of_team(&state.db, access)
        .await?
        .iter()
        .map(|overview| {
            context! {
                id => overview.round.id().to_string(),
                label => overview.round.label(),
                state => Facts::from(overview).state_in_words(now),
            }
        })
        .collect();
    state.page_with(
        status,
        "consult/team.html",
        context! {
            team => team_value(access),
            done => done,
            count => capital(&counted(present.len(), "executive", "executives")),
            few => few(present.len()),
            present => present.iter().map(|e| executive_value(e)).collect::<Vec<_>>(),
            gone => gone.iter().map(|e| executive_value(e)).collect::<Vec<_>>(),
            gone_count => format!("{} left the team", capital(&counted(gone.len(), "executive has", "executives have"))),
            rounds => rounds,
            trend => conduct::rounds_with_enough(&state.db, access).await? >= 2,
            functions => functions(&executives),
            languages => languages(),
            typed => typed.typed(),
            mistakes => wrong.value(),
        },
    )
}

/// A warning where the team is too small for a report.
fn few(present: usize) -> Option<String> {
    (1..FEWEST).contains(&present).then(|| {
        format!(
            "A report needs the answers of at least {}: with fewer, a reader could tell who said what.",
            super::in_words(FEWEST)
        )
    })
}

pub(super) fn team_value(access: &TeamAccess) -> Value {
    context! {
        id => access.id().to_string(),
        name => access.name(),
        organisation => access.organisation(),
        organisation_id => access.organisation_id().to_string(),
    }
}

fn executive_value(executive: &Executive) -> Value {
    let person = &executive.person;
    context! {
        id => executive.id.to_string(),
        name => person.name.as_str(),
        email => person.email.as_str(),
        title => person.title.as_str(),
        function => person.function.as_str(),
        language => person.language.map_or("", Language::name),
        left => executive.left_at.map(|at| at.format("%A %-d %B %Y").to_string()),
    }
}

/// The functions the team has, to choose from while typing.
fn functions(executives: &[Executive]) -> Vec<String> {
    let mut names: Vec<String> = executives
        .iter()
        .map(|e| e.person.function.as_str().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup_by_key(|name| name.to_lowercase());
    names
}

fn person(form: &Fields) -> Result<Person, Wrong> {
    Person::parse(
        form.get("name"),
        form.get("email"),
        form.get("title"),
        form.get("function"),
        form.get("language"),
    )
    .map_err(|mistakes| Wrong::of(&mistakes, &LABELS))
}

fn taken() -> Wrong {
    Wrong::one(
        "email",
        "An executive with this e-mail is in the team already, or was and has left. Correct the e-mail, or mark them as back.",
    )
}

async fn add(
    path: TeamPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let access = &path.access;
    let again = async |wrong: Wrong| {
        page(
            &state,
            &path,
            StatusCode::UNPROCESSABLE_ENTITY,
            None,
            &form,
            &wrong,
        )
        .await
    };
    let person = match person(&form) {
        Ok(person) => person,
        Err(wrong) => return again(wrong).await,
    };
    let tx = store::begin_write(&state.db).await?;
    match teams::add_executive(&tx, &state.tools, access, &person, state.now()).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(see_other(path_saying(access, "added")))
        }
        Err(Error::Stale) => {
            tx.rollback().await?;
            again(taken()).await
        }
        Err(other) => Err(other),
    }
}

async fn edit_page(
    who: SignedIn,
    id: web::Path<uuid::Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let (access, executive) =
        teams::executive_access(&state.db, &state.tools, &who, ExecutiveId(*id)).await?;
    let person = &executive.person;
    let typed = Fields::from([
        ("name", person.name.as_str()),
        ("email", person.email.as_str()),
        ("title", person.title.as_str()),
        ("function", person.function.as_str()),
        ("language", person.language.map_or("", Language::code)),
    ]);
    edit_again(
        &state,
        &access,
        &executive,
        StatusCode::OK,
        &typed,
        &Wrong::nothing(),
    )
    .await
}

async fn edit_again(
    state: &State,
    access: &TeamAccess,
    executive: &Executive,
    status: StatusCode,
    typed: &Fields,
    wrong: &Wrong,
) -> Result<HttpResponse, Error> {
    let all = teams::executives(&state.db, access).await?;
    state.page_with(
        status,
        "consult/executive.html",
        context! {
            team => team_value(access),
            executive => executive_value(executive),
            functions => functions(&all),
            languages => languages(),
            typed => typed.typed(),
            mistakes => wrong.value(),
        },
    )
}

async fn edit(
    who: SignedIn,
    id: web::Path<uuid::Uuid>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let (access, executive) =
        teams::executive_access(&state.db, &state.tools, &who, ExecutiveId(*id)).await?;
    let again = async |wrong: Wrong| {
        edit_again(
            &state,
            &access,
            &executive,
            StatusCode::UNPROCESSABLE_ENTITY,
            &form,
            &wrong,
        )
        .await
    };
    let person = match person(&form) {
        Ok(person) => person,
        Err(wrong) => return again(wrong).await,
    };
    let tx = store::begin_write(&state.db).await?;
    match teams::update_executive(&tx, &state.tools, &access, executive.id, &person).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(see_other(path_saying(&access, "saved")))
        }
        Err(Error::Stale) => {
            tx.rollback().await?;
            again(taken()).await
        }
        Err(other) => Err(other),
    }
}

async fn leave(
    who: SignedIn,
    id: web::Path<uuid::Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    move_executive(&who, ExecutiveId(*id), &state, true).await
}

async fn come_back(
    who: SignedIn,
    id: web::Path<uuid::Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    move_executive(&who, ExecutiveId(*id), &state, false).await
}

async fn move_executive(
    who: &SignedIn,
    id: ExecutiveId,
    state: &State,
    leaves: bool,
) -> Result<HttpResponse, Error> {
    let tx = store::begin_write(&state.db).await?;
    let (access, executive) = teams::executive_access(&tx, &state.tools, who, id).await?;
    // Pressing twice must not move the day on which somebody left.
    if executive.left_at.is_some() != leaves {
        teams::set_left(&tx, &access, id, leaves.then(|| state.now())).await?;
    }
    tx.commit().await?;
    Ok(see_other(path_saying(
        &access,
        if leaves { "left" } else { "back" },
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_can_make_the_page_say_nothing_but_its_own_sentences() {
        let said = |text: &str| {
            Done {
                done: Some(text.to_owned()),
            }
            .sentence()
        };
        assert_eq!(
            said("imported-7-1").as_deref(),
            Some("Seven executives added, one changed.")
        );
        assert_eq!(
            said("imported-1-0").as_deref(),
            Some("One executive added, none changed.")
        );
        assert!(said("left").is_some());
        for foreign in ["", "hello", "imported-x-1", "imported-1"] {
            assert_eq!(said(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_team_too_small_for_a_report_is_warned() {
        assert!(few(0).is_none() && few(4).is_none());
        assert!(few(3).is_some_and(|text| text.contains("at least four")));
    }
}
