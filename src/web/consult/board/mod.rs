//! The theme board of a closed round: which theme each statement is about.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use entity::types::CodingId;
use minijinja::{Value, context};
use serde::Deserialize;

use self::change::Read;
use self::view::Around;
use super::{Wrong, assistance};
use crate::conduct;
use crate::error::Error;
use crate::store;
use crate::store::codings::{self, Board, Change};
use crate::store::gate::ConsultantReader;
use crate::store::history;
use crate::store::invitations::{self, Stage};
use crate::survey::{Language, Promise, Question};
use crate::web::{Fields, RoundPath, State, see_other};
use crate::wording::moment;

mod change;
mod view;
pub(super) mod words;

pub(super) use view::tally;

/// The board's routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/rounds/{id}/themes", web::get().to(first))
        .route("/rounds/{id}/themes/history", web::get().to(history))
        .route("/rounds/{id}/themes/{question}", web::get().to(board))
        .route(
            "/rounds/{id}/themes/{question}/{action}",
            web::post().to(change),
        );
}

#[derive(Deserialize)]
struct QuestionPath {
    question: String,
}

impl QuestionPath {
    fn question(&self) -> Result<Question, Error> {
        Question::from_key(&self.question).ok_or(Error::NotFound)
    }
}

#[derive(Deserialize)]
struct ActionPath {
    action: String,
}

/// Which statement to look at, and the version a change has just led to. What cannot be read is
/// left out: an old address must still open the board.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    at: String,
    done: String,
}

async fn first(path: RoundPath) -> Result<HttpResponse, Error> {
    Ok(see_other(view::address(
        path.round.id(),
        Question::Priorities,
    )))
}

async fn board(
    path: RoundPath,
    question: web::Path<QuestionPath>,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let question = question.question()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let board = codings::board(&state.db, &state.tools, &reader).await?;
    let done = match look.done.parse::<i32>() {
        Ok(version) => just_done(&state, &reader, version).await?,
        Err(_) => None,
    };
    let around = Around {
        round: &path.round,
        team: path.access.name(),
        question,
        at: look.at.parse().ok(),
        index: index(&state, &reader).await?,
        done,
        wrong: Wrong::nothing(),
        typed: None,
    };
    let assistance = assistance::note(&state, &path).await?;
    state.page(
        "consult/board.html",
        context! { assistance => assistance, ..view::page(&board, around) },
    )
}

async fn index(state: &State, reader: &ConsultantReader) -> Result<String, Error> {
    let progress = invitations::progress(
        &state.db,
        &state.tools,
        reader.access(),
        reader.round().id(),
    )
    .await?;
    let answered = progress
        .iter()
        .filter(|one| one.stage == Stage::Submitted)
        .count();
    if answered < Promise::FEWEST_RESPONSES {
        return Ok(words::no_index());
    }
    Ok(words::index(
        &conduct::index_now(&state.db, &state.tools, reader).await?,
    ))
}

/// What the change that led to this version did, as the history has it.
async fn just_done(
    state: &State,
    reader: &ConsultantReader,
    version: i32,
) -> Result<Option<String>, Error> {
    let after = version.saturating_sub(1);
    let events = history::of_round(
        &state.db,
        &state.tools,
        reader.access(),
        reader.round(),
        after,
    )
    .await?;
    Ok(events
        .iter()
        .find(|event| event.version == version)
        .map(|event| format!("{}.", words::said(&event.event))))
}

async fn change(
    path: RoundPath,
    question: web::Path<QuestionPath>,
    action: web::Path<ActionPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let question = question.question()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let based_on: i32 = form.get("version").parse().map_err(|_| {
        Error::Unreadable("the form does not say which version of the board it saw".into())
    })?;
    let tx = store::begin_write(&state.db).await?;
    let board = codings::board(&tx, &state.tools, &reader).await?;
    let wanted = match change::read(&action.action, &form, &board, question)? {
        Read::Change(wanted) => wanted,
        Read::Mistake { field, sentence } => {
            drop(tx);
            return mistaken(
                &state,
                &path,
                &reader,
                &board,
                question,
                &form,
                (field, sentence),
            )
            .await;
        }
    };
    let said = intention(&wanted, &board);
    let applied = codings::apply(&tx, &state.tools, &reader, based_on, wanted, state.now()).await;
    match applied {
        Ok(version) => {
            tx.commit().await?;
            let at = form
                .get("at")
                .parse::<CodingId>()
                .map(|at| format!("&at={at}"))
                .unwrap_or_default();
            Ok(see_other(format!(
                "{}?done={version}{at}",
                view::address(path.round.id(), question)
            )))
        }
        Err(Error::Stale) => {
            drop(tx);
            let again = format!(
                "{}/{}",
                view::address(path.round.id(), question),
                action.action
            );
            stale(
                &state, &path, &board, question, &form, based_on, said, again,
            )
            .await
        }
        Err(error) => Err(error),
    }
}

/// The board again, with what was typed and what is wrong with it.
async fn mistaken(
    state: &State,
    path: &RoundPath,
    reader: &ConsultantReader,
    board: &Board,
    question: Question,
    form: &Fields,
    (field, sentence): (String, String),
) -> Result<HttpResponse, Error> {
    let around = Around {
        round: &path.round,
        team: path.access.name(),
        question,
        // The card that the form was on, so that the mistake stands beside its field.
        at: form
            .get("coding")
            .parse()
            .or_else(|_| form.get("at").parse())
            .ok(),
        index: index(state, reader).await?,
        done: None,
        wrong: Wrong::one(&field, &sentence),
        typed: Some((field, form.get("name").to_owned())),
    };
    let assistance = assistance::note(state, path).await?;
    state.page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        "consult/board.html",
        context! { assistance => assistance, ..view::page(board, around) },
    )
}

/// Somebody else was first: who did what, and what was wanted, ready to be done all the same.
#[expect(clippy::too_many_arguments, reason = "what was wanted, and where")]
async fn stale(
    state: &State,
    path: &RoundPath,
    board: &Board,
    question: Question,
    form: &Fields,
    based_on: i32,
    wanted: String,
    again: String,
) -> Result<HttpResponse, Error> {
    let events =
        history::of_round(&state.db, &state.tools, &path.access, &path.round, based_on).await?;
    let mut fields: Vec<Value> = form
        .iter()
        .filter(|(name, _)| *name != "version")
        .map(|(name, value)| context! { name => name, value => value })
        .collect();
    fields.push(context! { name => "version", value => board.version });
    let at = form
        .get("coding")
        .parse::<CodingId>()
        .map(|at| format!("?at={at}#now"))
        .unwrap_or_default();
    state.page_with(
        StatusCode::CONFLICT,
        "consult/board_stale.html",
        context! {
            wanted => wanted,
            events => lines(state, path, events),
            again => again,
            fields => fields,
            button => "Do it all the same",
            board => format!("{}{at}", view::address(path.round.id(), question)),
        },
    )
}

/// What a change would do, before it is done: "You wanted to merge “A” into “B”."
fn intention(change: &Change, board: &Board) -> String {
    let name = |id| {
        board
            .themes
            .iter()
            .find(|theme| theme.id == id)
            .map_or_else(
                || "a theme that is not there any more".to_owned(),
                |theme| format!("“{}”", theme.name),
            )
    };
    let texts = |codings: &[CodingId]| match codings {
        [one] => board
            .cards
            .iter()
            .find(|card| card.coding.id == *one)
            .map_or_else(
                || words::statements(1),
                |card| format!("“{}”", card.excerpt.text),
            ),
        many => words::statements(many.len()),
    };
    let stays = |codings: &[CodingId], to| {
        let here = |id| {
            board
                .cards
                .iter()
                .any(|card| card.coding.id == id && card.coding.theme == to)
        };
        codings.iter().all(|id| here(*id))
    };
    match change {
        Change::Move { codings, to } if stays(codings, *to) => {
            format!("You wanted to confirm {} in {}.", texts(codings), name(*to))
        }
        Change::Move { codings, to } => {
            format!("You wanted to move {} to {}.", texts(codings), name(*to))
        }
        Change::NewTheme { codings, name } => {
            format!(
                "You wanted to make the theme “{}” from {}.",
                name.as_str(),
                texts(codings)
            )
        }
        Change::Rename { theme, name: new } => format!(
            "You wanted to rename {} to “{}”.",
            name(*theme),
            new.as_str()
        ),
        Change::Merge { from, into } => {
            format!("You wanted to merge {} into {}.", name(*from), name(*into))
        }
        Change::Confirm { codings } => format!("You wanted to confirm {}.", texts(codings)),
    }
}

async fn history(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let events = history::of_round(&state.db, &state.tools, &path.access, &path.round, 0).await?;
    state.page(
        "consult/board_history.html",
        context! {
            round => context! { id => path.round.id().to_string(), label => path.round.label() },
            team => path.access.name(),
            events => lines(&state, &path, events),
        },
    )
}

fn lines(state: &State, path: &RoundPath, events: Vec<history::PastEvent>) -> Vec<Value> {
    events
        .into_iter()
        .map(|event| {
            context! {
                version => event.version,
                who => words::author(&event),
                what => words::said(&event.event),
                at => event.at.to_rfc3339(),
                when => moment(&state.catalogue, Language::En, event.at, path.round.time_zone()),
            }
        })
        .collect()
}
