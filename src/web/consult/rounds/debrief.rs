//! The debrief: what the team decided on its report, recorded in the meeting, and the list to hand
//! out.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use entity::types::{DecisionId, ThemeId};
use minijinja::{Value, context};
use serde::Deserialize;

use super::page::when;
use crate::error::Error;
use crate::report::ClientReport;
use crate::report::view::{Choice, Fork};
use crate::store::decisions::{self, Change, Recorded, Saved};
use crate::store::invitations::Delivery;
use crate::store::teams::{self, Executive};
use crate::store::themes::{self, Theme};
use crate::store::{self, reports};
use crate::survey::decision::{Check, DecisionForm, Offered, Question, Side, Table};
use crate::survey::{Decision, Language, Owner, Way};
use crate::web::consult::{Wrong, capital, counted, in_words};
use crate::web::{Fields, RoundPath, State, see_other};
use crate::wording::day;

const LABELS: [(&str, &str); 9] = [
    ("choice", "What was decided"),
    ("words", "The decision in your own words"),
    ("owner", "The owner"),
    ("owner_name", "The owner’s name"),
    ("due_on", "The date"),
    ("stops", "What stops because of it"),
    ("theme", "What the next round checks"),
    ("remind", "The reminder"),
    ("remind_on", "The day of the reminder"),
];

/// Everything the pages are made from.
struct Room {
    forks: Vec<Fork>,
    recorded: Vec<Recorded>,
    people: Vec<Executive>,
    themes: Vec<Theme>,
    standing: HashMap<ThemeId, ThemeId>,
    letters: HashMap<DecisionId, Delivery>,
    closed: Option<&'static str>,
    today: NaiveDate,
}

impl Room {
    async fn enter(state: &State, path: &RoundPath) -> Result<Self, Error> {
        let (db, tools, access) = (&state.db, &state.tools, &path.access);
        let recorded = decisions::of_round(db, access, path.round.id()).await?;
        let closed = decisions::closed(db, access, &path.round).await?;
        let report = reports::client::<ClientReport>(db, tools, &path.round).await?;
        let all = themes::all(db, access).await?;
        Ok(Self {
            forks: report
                .map(|report| report.content.forks().cloned().collect())
                .unwrap_or_default(),
            letters: decisions::letters(db, tools, &recorded).await?,
            recorded,
            people: teams::executives(db, access).await?,
            standing: themes::standing(&all),
            themes: all
                .into_iter()
                .filter(|theme| theme.merged_into.is_none())
                .collect(),
            closed,
            today: state
                .now()
                .with_timezone(&path.round.time_zone())
                .date_naive(),
        })
    }

    /// A theme by the key it stands for now.
    fn theme(&self, key: &str) -> Option<&Theme> {
        let id: ThemeId = key.parse().ok()?;
        let stands = self.standing.get(&id)?;
        self.themes.iter().find(|theme| theme.id == *stands)
    }

    fn check(&self, check: &Check) -> Option<Check> {
        Some(Check {
            theme: self.theme(&check.theme)?.id.to_string(),
            way: check.way,
        })
    }

    fn question(&self, number: usize) -> Option<Question> {
        let fork = self.forks.iter().find(|fork| fork.number == number)?;
        let offered = |choice: &Choice| Offered {
            label: choice.label.clone(),
            check: choice.check.as_ref().and_then(|check| self.check(check)),
        };
        Some(Question {
            text: fork.question.clone(),
            offered: [offered(&fork.a), offered(&fork.b)],
        })
    }

    fn executive(&self, key: &str) -> Option<&Executive> {
        self.people
            .iter()
            .find(|executive| executive.id.to_string() == key)
    }

    fn owner(&self, owner: &Owner) -> String {
        match owner {
            Owner::Executive(key) => self.executive(key).map_or_else(
                || "somebody who is no longer known".to_owned(),
                |executive| executive.person.name.as_str().to_owned(),
            ),
            Owner::Other(name) => name.clone(),
        }
    }

    /// "go on with Platform reliability".
    fn check_words(&self, check: &Check) -> Option<String> {
        let name = &self.theme(&check.theme)?.name;
        Some(match check.way {
            Way::Keep => format!("go on with “{name}”"),
            Way::Stop => format!("stop “{name}”"),
        })
    }
}

/// A form that comes back.
struct Typed {
    id: DecisionId,
    version: i32,
    fork: Option<usize>,
    fields: Fields,
}

/// How the page comes back.
struct Again {
    status: StatusCode,
    wrong: Wrong,
    typed: Option<Typed>,
    /// Why what was typed is not kept, where somebody else was first.
    conflict: Option<String>,
    done: Option<&'static str>,
}

/// What has just been done, as the address after a POST says it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    done: String,
}

pub(super) async fn get(
    path: RoundPath,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let again = Again {
        status: StatusCode::OK,
        wrong: Wrong::nothing(),
        typed: None,
        conflict: None,
        done: match look.done.as_str() {
            "saved" => Some("The decision is recorded."),
            "deleted" => Some("The decision is deleted; no letter about it will go out."),
            _ => None,
        },
    };
    let room = Room::enter(&state, &path).await?;
    show(&state, &path, &room, again)
}

fn sent(fields: &Fields) -> Result<Typed, Error> {
    let unreadable = |name: &str| Error::Unreadable(format!("the form’s field {name} is wrong"));
    let number = fields.get("fork");
    Ok(Typed {
        id: fields
            .get("decision")
            .parse()
            .map_err(|_| unreadable("decision"))?,
        version: fields
            .get("version")
            .parse()
            .map_err(|_| unreadable("version"))?,
        fork: if number.is_empty() {
            None
        } else {
            Some(number.parse().map_err(|_| unreadable("fork"))?)
        },
        fields: fields.clone(),
    })
}

pub(super) async fn save(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let typed = sent(&form)?;
    let room = Room::enter(&state, &path).await?;
    if let Some(why) = room.closed {
        return conflict(&state, &path, &room, typed, why.to_owned());
    }
    let question = match typed.fork {
        None => None,
        Some(number) => Some(room.question(number).ok_or_else(|| {
            Error::Unreadable("the form’s field fork names no decision of the report".into())
        })?),
    };
    let decision = match read(&room, &typed, question.as_ref()) {
        Ok(decision) => decision,
        Err(mut wrong) => {
            let key = card_key(&room, &typed);
            for (field, _) in &mut wrong.0 {
                *field = format!("{key}-{field}");
            }
            let again = Again {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                wrong,
                typed: Some(typed),
                conflict: None,
                done: None,
            };
            return show(&state, &path, &room, again);
        }
    };
    let change = Change {
        id: typed.id,
        based_on: typed.version,
        fork: typed.fork,
        decision: &decision,
    };
    let tx = store::begin_write(&state.db).await?;
    let saved = decisions::save(
        &tx,
        &state.tools,
        &path.access,
        &path.round,
        &change,
        state.now(),
    )
    .await;
    match saved {
        Ok(Saved::Kept) => {
            tx.commit().await?;
            let key = card_key(&room, &typed);
            let at = if key == "new" { "own" } else { &key };
            Ok(see_other(format!(
                "/rounds/{}/debrief?done=saved#{at}",
                path.round.id()
            )))
        }
        Ok(Saved::Stale(theirs)) => {
            drop(tx);
            stale(&state, &path, typed, theirs.as_deref()).await
        }
        Err(Error::Refused(why)) => {
            drop(tx);
            let room = Room::enter(&state, &path).await?;
            conflict(&state, &path, &room, typed, why.to_owned())
        }
        Err(error) => Err(error),
    }
}

fn read(room: &Room, typed: &Typed, question: Option<&Question>) -> Result<Decision, Wrong> {
    let before = room
        .recorded
        .iter()
        .find(|recorded| recorded.id == typed.id)
        .map(|recorded| &recorded.decision);
    let executives: Vec<String> = room
        .people
        .iter()
        .filter(|executive| executive.left_at.is_none())
        .map(|executive| executive.id.to_string())
        .collect();
    let themes: Vec<String> = room
        .themes
        .iter()
        .map(|theme| theme.id.to_string())
        .collect();
    let form = &typed.fields;
    DecisionForm {
        choice: form.get("choice"),
        words: form.get("words"),
        owner: form.get("owner"),
        owner_name: form.get("owner_name"),
        due_on: form.get("due_on"),
        stops: form.get("stops"),
        theme: form.get("theme"),
        way: form.get("way"),
        remind: form.has("remind"),
        remind_on: form.get("remind_on"),
    }
    .parse(&Table {
        question,
        executives: &executives,
        themes: &themes,
        before,
        today: room.today,
    })
    .map_err(|mistakes| Wrong::of(&mistakes, &LABELS))
}

pub(super) async fn delete(
    path: RoundPath,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let typed = sent(&form)?;
    let tx = store::begin_write(&state.db).await?;
    let saved = decisions::delete(&tx, &path.access, &path.round, typed.id, typed.version).await?;
    match saved {
        Saved::Kept => {
            tx.commit().await?;
            Ok(see_other(format!(
                "/rounds/{}/debrief?done=deleted",
                path.round.id()
            )))
        }
        Saved::Stale(_) => {
            drop(tx);
            let room = Room::enter(&state, &path).await?;
            let again = Again {
                status: StatusCode::CONFLICT,
                wrong: Wrong::nothing(),
                typed: None,
                conflict: Some("Somebody has changed this decision in between. Read it again; then delete it if you still want to.".to_owned()),
                done: None,
            };
            show(&state, &path, &room, again)
        }
    }
}

/// The page with what was typed on top of what somebody else has made of it.
async fn stale(
    state: &State,
    path: &RoundPath,
    mut typed: Typed,
    theirs: Option<&Recorded>,
) -> Result<HttpResponse, Error> {
    let room = Room::enter(state, path).await?;
    let why = if let Some(theirs) = theirs {
        typed.id = theirs.id;
        typed.version = theirs.version;
        format!(
            "Somebody has changed this decision while you wrote. It now reads: “{}” Owner: {}. What you typed is below; saving it replaces theirs.",
            theirs.decision.answer(),
            room.owner(&theirs.decision.owner),
        )
    } else {
        typed.id = state.tools.id();
        typed.version = 0;
        "Somebody has deleted this decision while you wrote. What you typed is below; saving it records it again.".to_owned()
    };
    conflict(state, path, &room, typed, why)
}

fn conflict(
    state: &State,
    path: &RoundPath,
    room: &Room,
    typed: Typed,
    why: String,
) -> Result<HttpResponse, Error> {
    let again = Again {
        status: StatusCode::CONFLICT,
        wrong: Wrong::nothing(),
        typed: Some(typed),
        conflict: Some(why),
        done: None,
    };
    show(state, path, room, again)
}

/// The card a form belongs to: a fork's, that of a decision of the team's own, or the one for a new
/// decision.
fn card_key(room: &Room, typed: &Typed) -> String {
    match typed.fork {
        Some(number) => format!("f{number}"),
        None if room.recorded.iter().any(|one| one.id == typed.id) => format!("d{}", typed.id),
        None => "new".to_owned(),
    }
}

fn show(state: &State, path: &RoundPath, room: &Room, again: Again) -> Result<HttpResponse, Error> {
    let back = again
        .typed
        .as_ref()
        .map(|typed| (card_key(room, typed), typed));
    let card = |key: String, fork: Option<&Fork>, recorded: Option<&Recorded>| {
        let typed = back
            .as_ref()
            .filter(|(at, _)| *at == key)
            .map(|(_, typed)| *typed);
        card(state, path, room, key, fork, recorded, typed)
    };
    let forks: Vec<Value> = room
        .forks
        .iter()
        .map(|fork| {
            let recorded = room
                .recorded
                .iter()
                .find(|one| one.fork == Some(fork.number));
            card(format!("f{}", fork.number), Some(fork), recorded)
        })
        .collect();
    // Decisions on forks of a report that has gone stand among the others.
    let own: Vec<Value> = room
        .recorded
        .iter()
        .filter(|one| {
            one.fork
                .is_none_or(|number| room.forks.iter().all(|fork| fork.number != number))
        })
        .map(|one| card(format!("d{}", one.id), None, Some(one)))
        .collect();
    state.page_with(
        again.status,
        "consult/debrief.html",
        context! {
            round => context! { id => path.round.id().to_string(), label => path.round.label() },
            team => path.access.name(),
            organisation => path.access.organisation(),
            team_id => path.access.id().to_string(),
            lead => lead(room),
            closed => room.closed,
            forks => forks,
            own => own,
            new => card("new".to_owned(), None, None),
            any => !room.recorded.is_empty(),
            people => room.people.iter().filter(|one| one.left_at.is_none())
                .map(|one| context! { id => one.id.to_string(), name => one.person.name.as_str() })
                .collect::<Vec<_>>(),
            themes => room.themes.iter().filter(|theme| !theme.archived)
                .map(|theme| context! { id => theme.id.to_string(), name => theme.name.as_str() })
                .collect::<Vec<_>>(),
            mistakes => again.wrong.value(),
            conflict => again.conflict,
            done => again.done,
        },
    )
}

fn lead(room: &Room) -> String {
    let made = room.recorded.len();
    let open = room
        .forks
        .iter()
        .filter(|fork| {
            room.recorded
                .iter()
                .all(|one| one.fork != Some(fork.number))
        })
        .count();
    let made = match made {
        0 => "No decision is recorded yet".to_owned(),
        n => format!(
            "{} recorded",
            capital(&counted(n, "decision is", "decisions are"))
        ),
    };
    match (open, room.closed) {
        (0, _) | (_, Some(_)) => format!("{made}."),
        (1, None) => format!("{made}; one question of the report is open."),
        (n, None) => format!("{made}; {} questions of the report are open.", in_words(n)),
    }
}

/// A day as consultants read it.
fn said(state: &State, date: NaiveDate) -> String {
    day(&state.catalogue, Language::En, date)
}

/// One decision, or the room for one.
fn card(
    state: &State,
    path: &RoundPath,
    room: &Room,
    key: String,
    fork: Option<&Fork>,
    recorded: Option<&Recorded>,
    typed: Option<&Typed>,
) -> Value {
    let (id, version) = match (typed, recorded) {
        (Some(typed), _) => (typed.id, typed.version),
        (None, Some(recorded)) => (recorded.id, recorded.version),
        (None, None) => (state.tools.id(), 0),
    };
    let way = |choice: &Choice| {
        context! {
            label => choice.label.as_str(),
            lean => choice.lean.as_str(),
            check => choice.check.as_ref().and_then(|check| room.check_words(check)),
        }
    };
    let values = match typed {
        Some(typed) => typed_values(&typed.fields),
        None => recorded_values(room, recorded),
    };
    let due = |date: &str| {
        date.trim()
            .parse::<NaiveDate>()
            .ok()
            .map(|date| said(state, date))
    };
    let due_words = values
        .get_attr("due_on")
        .ok()
        .and_then(|value| due(value.as_str().unwrap_or_default()));
    context! {
        key => key,
        id => id.to_string(),
        version => version,
        fork => fork.map(|fork| context! {
            number => fork.number, question => fork.question.as_str(), a => way(&fork.a), b => way(&fork.b),
        }),
        recorded => recorded.map(|one| {
            let decision = &one.decision;
            context! {
                question => decision.question.as_deref(),
                answer => decision.answer(),
                owner => room.owner(&decision.owner),
                due => decision.due_on.map(|date| said(state, date)),
                stops => decision.stops.as_str(),
                check => decision.check.as_ref().and_then(|check| room.check_words(check)),
                reminder => reminder(state, path, decision, room.letters.get(&one.id)),
            }
        }),
        owner_left => match recorded.map(|one| &one.decision.owner) {
            Some(Owner::Executive(key)) => room.executive(key)
                .filter(|one| one.left_at.is_some())
                .map(|one| context! { id => key.as_str(), name => one.person.name.as_str() }),
            _ => None,
        },
        typed => values,
        due_words => due_words,
        back => typed.is_some(),
    }
}

fn typed_values(fields: &Fields) -> Value {
    context! {
        choice => fields.get("choice"), words => fields.get("words"), owner => fields.get("owner"),
        owner_name => fields.get("owner_name"), due_on => fields.get("due_on"), stops => fields.get("stops"),
        theme => fields.get("theme"), way => fields.get("way"), remind => fields.has("remind"),
        remind_on => fields.get("remind_on"),
    }
}

fn recorded_values(room: &Room, recorded: Option<&Recorded>) -> Value {
    let Some(recorded) = recorded else {
        return typed_values(&Fields::default());
    };
    let decision = &recorded.decision;
    let check = decision.check.as_ref().and_then(|check| room.check(check));
    // What the choice means anyway goes on following the choice when that is changed.
    let question = recorded.fork.and_then(|number| room.question(number));
    let follows = match (&question, &decision.chosen) {
        (Some(question), Some((Side::A, _))) => question.offered[0].check == check,
        (Some(question), Some((Side::B, _))) => question.offered[1].check == check,
        _ => false,
    };
    let date = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    context! {
        choice => match decision.chosen {
            Some((Side::A, _)) => "a",
            Some((Side::B, _)) => "b",
            None => "own",
        },
        words => decision.words.as_str(),
        owner => match &decision.owner {
            Owner::Executive(key) => key.as_str(),
            Owner::Other(_) => "other",
        },
        owner_name => match &decision.owner {
            Owner::Executive(_) => "",
            Owner::Other(name) => name.as_str(),
        },
        due_on => date(decision.due_on),
        stops => decision.stops.as_str(),
        theme => if follows { "" } else { check.as_ref().map_or("none", |check| check.theme.as_str()) },
        way => if follows { "" } else { check.as_ref().map_or("", |check| check.way.key()) },
        remind => decision.remind_on.is_some(),
        remind_on => date(decision.remind_on),
    }
}

fn reminder(
    state: &State,
    path: &RoundPath,
    decision: &Decision,
    letter: Option<&Delivery>,
) -> Option<String> {
    let on = said(state, decision.remind_on?);
    Some(match letter {
        Some(Delivery::Queued { words: None }) => format!("goes to the owner on {on}"),
        Some(Delivery::Queued { words: Some(words) }) => {
            format!("is tried again; the mail server said: {words}")
        }
        Some(Delivery::Sent { at }) => format!("sent {}", when(state, path, *at)),
        Some(Delivery::Failed { words }) => {
            format!("could not be delivered; the mail server said: {words}")
        }
        Some(Delivery::None) | None => "was not sent".to_owned(),
    })
}

/// The decisions as they are handed out: no quotation, no figure, nothing of the answers.
async fn handed_out(state: &State, path: &RoundPath) -> Result<Vec<Value>, Error> {
    let room = Room::enter(state, path).await?;
    Ok(room
        .recorded
        .iter()
        .map(|one| {
            let decision = &one.decision;
            context! {
                question => decision.question.as_deref(),
                answer => decision.answer(),
                owner => room.owner(&decision.owner),
                due => decision.due_on.map(|date| said(state, date)),
                stops => decision.stops.as_str(),
            }
        })
        .collect())
}

fn list_frame(state: &State, path: &RoundPath, decisions: Vec<Value>) -> Value {
    context! {
        round => context! {
            id => path.round.id().to_string(),
            label => path.round.label(),
            words => crate::wording::round_label(&state.catalogue, Language::En, path.round.label()),
        },
        team => path.access.name(),
        organisation => path.access.organisation(),
        decisions => decisions,
    }
}

/// The list to print.
pub(super) async fn list(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let decisions = handed_out(&state, &path).await?;
    state.page(
        "consult/debrief_list.html",
        list_frame(&state, &path, decisions),
    )
}

/// The same as a text to send on.
pub(super) async fn text(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let decisions = handed_out(&state, &path).await?;
    let template = state.templates.get_template("consult/debrief_list.txt")?;
    let body = template.render(list_frame(&state, &path, decisions))?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"decisions.txt\"",
        ))
        .body(body))
}
