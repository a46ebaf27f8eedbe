//! The theme board of a closed round: which theme each statement is about.

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, web};
use entity::types::{AliasId, CodingId};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use self::change::Read;
use self::view::Around;
use super::{Wrong, assistance, coders};
use crate::conduct;
use crate::error::Error;
use crate::store;
use crate::store::aliases::{self, Wording};
use crate::store::codings::{self, Board};
use crate::store::gate::ConsultantReader;
use crate::store::history;
use crate::store::invitations::{self, Stage};
use crate::store::sorting::{self, Change};
use crate::survey::{Language, Promise};
use crate::web::{Fields, RoundPath, State, see_other};
use crate::wording::moment;

mod change;
mod filter;
mod likeness;
mod view;
pub(super) mod words;

pub(super) use filter::Filter;

/// The board's routes. None of them is for somebody who codes the round blind.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/rounds/{id}/themes")
            .wrap(from_fn(coders::curtain))
            .route("", web::get().to(first))
            .route("/history", web::get().to(history))
            .route("/since", web::get().to(since))
            .route("/{filter}", web::get().to(board))
            .route("/{filter}/undo", web::post().to(undo))
            .route("/{filter}/again", web::post().to(again))
            .route("/{filter}/words", web::post().to(add_words))
            .route("/{filter}/words/remove", web::post().to(remove_words))
            .route("/{filter}/{action}", web::post().to(change)),
    );
}

#[derive(Deserialize)]
struct FilterPath {
    filter: String,
}

impl FilterPath {
    fn filter(&self) -> Result<Filter, Error> {
        Filter::from_key(&self.filter).ok_or(Error::NotFound)
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

/// The version of the board that a page shows.
#[derive(Deserialize)]
struct Seen {
    version: i32,
}

/// What others did since.
#[derive(Serialize)]
struct News {
    version: i32,
    /// Who did what, the latest last.
    lines: Vec<String>,
}

async fn first(path: RoundPath) -> Result<HttpResponse, Error> {
    Ok(see_other(Filter::All.address(path.round.id())))
}

async fn board(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let board = codings::board(&state.db, &state.tools, &reader).await?;
    let done = match look.done.parse::<i32>() {
        Ok(version) => just_done(&state, &reader, version).await?,
        Err(_) => None,
    };
    let mut around = around(&state, &path, &reader, &board, filter).await?;
    around.at = look.at.parse().ok();
    around.done = done;
    let assistance = assistance::note(&state, &path).await?;
    state.page(
        "consult/board.html",
        context! { assistance => assistance, ..view::page(&board, around) },
    )
}

/// What stands around the board, whatever is to be seen on it.
async fn around<'a>(
    state: &State,
    path: &'a RoundPath,
    reader: &ConsultantReader,
    board: &Board,
    filter: Filter,
) -> Result<Around<'a>, Error> {
    let (db, now) = (&state.db, state.now());
    Ok(Around {
        compared: state
            .grouping
            .of_board(db, &state.tools, reader, board, now)
            .await?,
        round: &path.round,
        team: path.access.name(),
        filter,
        at: None,
        index: index(state, reader).await?,
        done: None,
        undo: history::to_undo(&state.db, &path.access, &path.round).await?,
        aliases: aliases::all(&state.db, &path.access).await?,
        wrong: Wrong::nothing(),
        typed: Vec::new(),
    })
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

/// What happened since the version that a page shows, for the page to ask now and then.
async fn since(
    path: RoundPath,
    seen: web::Query<Seen>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let version = codings::version(&state.db, path.round.id()).await?;
    let mut lines = Vec::new();
    if version > seen.version {
        let events = history::of_round(
            &state.db,
            &state.tools,
            &path.access,
            &path.round,
            seen.version,
        )
        .await?;
        lines = events
            .iter()
            .rev()
            .map(|event| format!("{}: {}.", words::author(event), words::said(&event.event)))
            .collect();
    }
    Ok(HttpResponse::Ok().json(News { version, lines }))
}

/// The board after a change, at the statement that the form wants to be at.
fn back(path: &RoundPath, filter: Filter, version: i32, form: &Fields) -> HttpResponse {
    let at = form
        .get("at")
        .parse::<CodingId>()
        .map(|at| format!("&at={at}"))
        .unwrap_or_default();
    let address = filter.address(path.round.id());
    see_other(format!("{address}?done={version}{at}"))
}

fn based_on(form: &Fields) -> Result<i32, Error> {
    form.get("version").parse().map_err(|_| {
        Error::Unreadable("the form does not say which version of the board it saw".into())
    })
}

async fn change(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    action: web::Path<ActionPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let based_on = based_on(&form)?;
    let tx = store::begin_write(&state.db).await?;
    let board = codings::board(&tx, &state.tools, &reader).await?;
    let wanted = match change::read(&action.action, &form, &board, filter)? {
        Read::Change(wanted) => wanted,
        Read::Mistake { field, sentence } => {
            drop(tx);
            let wrong = Wrong::one(&field, &sentence);
            let typed = vec![(field, typed_in(&form).to_owned())];
            return mistaken(&state, &path, filter, &form, (wrong, typed)).await;
        }
    };
    let said = intention(&wanted, &board);
    let applied = sorting::apply(&tx, &state.tools, &reader, based_on, wanted, state.now()).await;
    match applied {
        Ok(version) => {
            tx.commit().await?;
            Ok(back(&path, filter, version, &form))
        }
        Err(Error::Stale) => {
            drop(tx);
            let again = format!("{}/{}", filter.address(path.round.id()), action.action);
            stale(&state, &path, &board, filter, &form, said, again).await
        }
        Err(error) => Err(error),
    }
}

/// What was typed into the form: a name, or a search for one.
fn typed_in(form: &Fields) -> &str {
    form.given("name").unwrap_or_else(|| form.get("find"))
}

/// Takes back the last change of one's own.
async fn undo(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let tx = store::begin_write(&state.db).await?;
    let version = sorting::undo(&tx, &state.tools, &reader, state.now()).await?;
    tx.commit().await?;
    Ok(back(&path, filter, version, &form))
}

/// Groups anew what nobody has confirmed, by what has been sorted so far.
async fn again(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let tx = store::begin_write(&state.db).await?;
    let grouping = &state.grouping;
    let version = conduct::propose_again(&tx, &state.tools, grouping, &reader, state.now()).await?;
    tx.commit().await?;
    Ok(back(&path, filter, version, &form))
}

/// Two wordings that mean the same in this team.
async fn add_words(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    // Written as one would say it: DACH = German-speaking expansion.
    let typed = form.get("words");
    let (short, meaning) = typed.split_once('=').unwrap_or((typed, ""));
    let parsed = Wording::parse(short).and_then(|short| Ok((short, Wording::parse(meaning)?)));
    let Ok((short, meaning)) = parsed else {
        let wrong = Wrong::one(
            "words",
            "Own words: please write two wordings of 2 to 80 characters with = between them.",
        );
        let typed = vec![("words".to_owned(), typed.to_owned())];
        return mistaken(&state, &path, filter, &form, (wrong, typed)).await;
    };
    let tx = store::begin_write(&state.db).await?;
    aliases::add(
        &tx,
        &state.tools,
        &path.access,
        &short,
        &meaning,
        state.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(see_other(format!(
        "{}#own-words",
        filter.address(path.round.id())
    )))
}

async fn remove_words(
    path: RoundPath,
    filter: web::Path<FilterPath>,
    form: web::Form<Fields>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let filter = filter.filter()?;
    let id: AliasId = form
        .get("alias")
        .parse()
        .map_err(|_| Error::Unreadable("the form does not say which words to remove".into()))?;
    let tx = store::begin_write(&state.db).await?;
    aliases::remove(&tx, &path.access, id).await?;
    tx.commit().await?;
    Ok(see_other(format!(
        "{}#own-words",
        filter.address(path.round.id())
    )))
}

/// The board again, with what was typed and what is wrong with it.
async fn mistaken(
    state: &State,
    path: &RoundPath,
    filter: Filter,
    form: &Fields,
    (wrong, typed): (Wrong, Vec<(String, String)>),
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let board = codings::board(&state.db, &state.tools, &reader).await?;
    let mut around = around(state, path, &reader, &board, filter).await?;
    // The card that the form was on, so that the mistake stands beside its field.
    around.at = form
        .get("coding")
        .parse()
        .or_else(|_| form.get("at").parse())
        .ok();
    around.wrong = wrong;
    around.typed = typed;
    let assistance = assistance::note(state, path).await?;
    state.page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        "consult/board.html",
        context! { assistance => assistance, ..view::page(&board, around) },
    )
}

/// Somebody else was first: who did what, and what was wanted, ready to be done all the same.
async fn stale(
    state: &State,
    path: &RoundPath,
    board: &Board,
    filter: Filter,
    form: &Fields,
    wanted: String,
    again: String,
) -> Result<HttpResponse, Error> {
    let based_on = based_on(form)?;
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
            board => format!("{}{at}", filter.address(path.round.id())),
        },
    )
}

/// What a change would do, before it is done: "You wanted to merge “A” into “B”."
fn intention(change: &Change, board: &Board) -> String {
    let name = |id| {
        let mut all = board.themes.iter().chain(&board.archived);
        all.find(|theme| theme.id == id).map_or_else(
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
        Change::Archive { theme } => format!("You wanted to put {} away.", name(*theme)),
        Change::Restore { theme } => format!("You wanted to take {} out again.", name(*theme)),
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
