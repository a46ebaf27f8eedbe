//! Two coders: a second consultant codes a closed round blind, the two codings are compared, and
//! differences are settled on the board.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
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
mod desk;

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

/// Stands before every page of the board: whoever codes the round blind gets the curtain instead.
pub(super) async fn curtain(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    // Whoever has no access is told so by the page itself.
    if let (Some(state), Ok(path)) = (state, request.extract::<RoundPath>().await) {
        match drawn(&state, &path).await {
            Ok(None) => {}
            Ok(Some(page)) => return Ok(request.into_response(page)),
            Err(error) => return Ok(request.error_response(error)),
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn drawn(state: &State, path: &RoundPath) -> Result<Option<HttpResponse>, Error> {
    if coders::blind(&state.db, &path.access, path.round.id()).await? {
        closed(state, path, &path.round).await.map(Some)
    } else {
        Ok(None)
    }
}

/// The curtain before a report, which shows the round before as well; `None` for everybody who may read it.
pub(super) async fn curtain_of_report(
    state: &State,
    path: &RoundPath,
) -> Result<Option<HttpResponse>, Error> {
    match coders::blind_behind_report(&state.db, &path.access, &path.round).await? {
        Some(round) => closed(state, path, &round).await.map(Some),
        None => Ok(None),
    }
}

async fn closed(state: &State, path: &RoundPath, round: &Round) -> Result<HttpResponse, Error> {
    let coded = coders::of_round(&state.db, round.id())
        .await?
        .map_or(0, |coding| coding.coded());
    state.page_with(
        StatusCode::CONFLICT,
        "consult/coders_curtain.html",
        context! {
            round => facts(round),
            team => path.access.name(),
            lost => lost(coded),
        },
    )
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
