//! Two coders: a second consultant codes a closed round blind, the two codings are compared, and
//! differences are settled on the board.

use actix_web::{HttpResponse, web};
use entity::types::RoundState;
use minijinja::{Value, context};

use super::{capital, counted};
use crate::conduct;
use crate::error::Error;
use crate::store::coders::{self, SecondCoding};
use crate::store::gate::ConsultantReader;
use crate::store::rounds::Round;
use crate::store::{self, codings, consultants};
use crate::survey::Language;
use crate::web::{RoundPath, State, see_other};
use crate::wording::moment;

mod compare;
mod curtain;
mod desk;

pub(super) use curtain::{ReportPath, curtain};

/// The routes of the two coders.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/rounds/{id}/coders", web::get().to(compare::get))
        .route(
            "/rounds/{id}/coders/settle",
            web::post().to(compare::settle),
        )
        .route("/rounds/{id}/coders/start", web::post().to(start))
        .route("/rounds/{id}/coders/abandon", web::post().to(abandon))
        .service(
            web::resource("/rounds/{id}/coders/finish")
                .route(web::get().to(desk::before_comparing))
                .route(web::post().to(desk::finish)),
        )
        .route("/rounds/{id}/coders/blind", web::get().to(desk::get))
        .route(
            "/rounds/{id}/coders/blind/{deed}",
            web::post().to(desk::change),
        );
}

/// Where the comparison is.
fn address(round: &Round) -> String {
    format!("/rounds/{}/coders", round.id())
}

fn statements(n: usize) -> String {
    counted(n, "statement", "statements")
}

fn facts(round: &Round) -> Value {
    context! { id => round.id().to_string(), label => round.label() }
}

/// What ending a second coding without a comparison loses.
fn lost(coded: usize) -> String {
    match coded {
        0 => "You have not coded anything yet, so nothing is lost.".to_owned(),
        n => format!(
            "What you have coded, {}, is deleted. It cannot be brought back.",
            statements(n)
        ),
    }
}

fn progress(coded: usize, texts: usize) -> String {
    format!("{coded} of {}", statements(texts))
}

async fn name_of(state: &State, coding: &SecondCoding) -> Result<String, Error> {
    Ok(consultants::person(&state.db, &state.tools, coding.coder())
        .await?
        .name
        .into())
}

fn when(state: &State, path: &RoundPath, at: chrono::DateTime<chrono::Utc>) -> String {
    moment(&state.catalogue, Language::En, at, path.round.time_zone())
}

/// What the round's page says of the second coding: `kind` is empty where there is nothing to say,
/// else `none`, `mine`, `theirs` or `compared`.
pub(super) async fn section(state: &State, path: &RoundPath) -> Result<Value, Error> {
    let nothing = context! { kind => "" };
    let reader = match ConsultantReader::of(&path.access, &path.round) {
        Ok(reader) => reader,
        // Deleted, or not theirs to read: the page says so elsewhere.
        Err(Error::Refused(_)) => return Ok(nothing),
        Err(error) => return Err(error),
    };
    let (texts, _) = codings::count(&state.db, path.round.id()).await?;
    if texts == 0 {
        return Ok(nothing);
    }
    let Some(coding) = coders::of_round(&state.db, path.round.id()).await? else {
        if path.round.state() != RoundState::Closed {
            return Ok(nothing);
        }
        let sorted = coders::has_sorted(&state.db, &path.access, path.round.id()).await?;
        return Ok(context! { kind => "none", may_start => !sorted });
    };
    if coding.finished_at().is_some() {
        let Some(found) = conduct::two_coders(&state.db, &state.tools, &reader).await? else {
            return Ok(nothing);
        };
        let open = match found.open {
            0 => "Every difference is settled.".to_owned(),
            1 => "One difference is still to be settled.".to_owned(),
            n => format!(
                "{} differences are still to be settled.",
                capital(&super::in_words(n))
            ),
        };
        return Ok(context! {
            kind => "compared",
            who => name_of(state, &coding).await?,
            alpha => found.alpha_in_words(),
            agreement => found.agreement(),
            open => open,
        });
    }
    let mine = coding.coder() == path.access.consultant();
    Ok(context! {
        kind => if mine { "mine" } else { "theirs" },
        who => name_of(state, &coding).await?,
        progress => progress(coding.coded(), texts),
        lost => lost(coding.coded()),
    })
}

/// What publishing does to a second coding that still runs.
pub(super) async fn ends_with_publishing(
    state: &State,
    path: &RoundPath,
) -> Result<Option<String>, Error> {
    let Some(coding) = coders::of_round(&state.db, path.round.id()).await? else {
        return Ok(None);
    };
    if coding.finished_at().is_some() {
        return Ok(None);
    }
    let (texts, _) = codings::count(&state.db, path.round.id()).await?;
    Ok(Some(format!(
        "The second coding of {}, {}, ends with it and is deleted.",
        name_of(state, &coding).await?,
        progress(coding.coded(), texts)
    )))
}

async fn start(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let tx = store::begin_write(&state.db).await?;
    coders::start(&tx, &state.tools, &reader, state.now()).await?;
    tx.commit().await?;
    Ok(see_other(desk::address(&path.round)))
}

async fn abandon(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let tx = store::begin_write(&state.db).await?;
    coders::abandon(&tx, &reader).await?;
    tx.commit().await?;
    Ok(see_other(format!(
        "/rounds/{}?done=abandoned",
        path.round.id()
    )))
}
