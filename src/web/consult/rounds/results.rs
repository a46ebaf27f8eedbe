//! The report's pages: the consultant's own, the client's (a preview until it is published), and
//! the score for other programs.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use entity::types::RoundState;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;

use super::page::when;
use crate::conduct;
use crate::error::Error;
use crate::exchange;
use crate::export::Edition;
use crate::report::{ClientReport, ConsultantReport};
use crate::store::gate::ConsultantReader;
use crate::store::reports;
use crate::survey::Promise;
use crate::web::consult::coders::ReportPath;
use crate::web::{RoundPath, State, exports};

fn frame(path: &RoundPath) -> Value {
    context! {
        id => path.round.id().to_string(),
        label => path.round.label(),
    }
}

/// The consultant's report: what the client reads, or would read if it were published now, and what only the
/// consultant reads.
pub(super) async fn consultant(
    path: ReportPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let material = conduct::material(&state.db, &state.tools, &reader).await?;
    let mut report = ConsultantReport::build(&material).map_err(|_| conduct::too_few())?;
    report.client = if path.round.state() == RoundState::Published {
        let last = reports::client::<ClientReport>(&state.db, &state.tools, &path.round).await?;
        last.ok_or(GONE)?.content
    } else {
        let editing = conduct::editing(&state.db, &state.tools, &reader, Some(&material)).await?;
        editing.edits.apply(&editing.original).report
    };
    state.page(
        "consult/report.html",
        context! { report => Serde(&report), round => frame(&path) },
    )
}

/// What is said once the answers have been deleted.
const GONE: Error =
    Error::Refused("The report went with the answers it quotes, as the executives were promised.");

/// What the address of the client's report asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    /// The report with changes that are not published yet.
    preview: bool,
}

/// The client's report: as published, or with the changes that are not published yet.
async fn for_client(
    state: &State,
    path: &ReportPath,
    look: &Look,
) -> Result<(ClientReport, Edition), Error> {
    if path.round.state() == RoundState::Published && !look.preview {
        let last = reports::client::<ClientReport>(&state.db, &state.tools, &path.round).await?;
        return Ok((last.ok_or(GONE)?.content, Edition::Published));
    }
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let editing = conduct::editing(&state.db, &state.tools, &reader, None).await?;
    let report = editing.edits.apply(&editing.original).report;
    Ok((report, Edition::Draft))
}

/// The page of the client's report.
pub(super) async fn client(
    path: ReportPath,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let (report, edition) = for_client(&state, &path, &look).await?;
    let what = match edition {
        Edition::Published => "The client’s report, as published",
        Edition::Draft => "Preview: not published, nobody else can see it",
    };
    state.page(
        "consult/report_client.html",
        context! { report => Serde(&report), round => frame(&path), what => what },
    )
}

/// One revision of the client's report, as it was published.
pub(super) async fn revision(
    path: ReportPath,
    place: web::Path<(String, i32)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let (_, number) = place.into_inner();
    if path.round.erased_at().is_some() {
        return Err(GONE);
    }
    let published =
        reports::revision::<ClientReport>(&state.db, &state.tools, &path.round, number).await?;
    let at = when(&state, &path, published.at);
    state.page(
        "consult/report_client.html",
        context! {
            report => Serde(&published.content),
            round => frame(&path),
            what => format!("Revision {}, published {at}", published.revision),
        },
    )
}

/// The client's report to take away.
pub(super) async fn file(
    path: ReportPath,
    request: HttpRequest,
    look: web::Query<Look>,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let format = exports::format(request.match_info().query("ending"))?;
    let (report, edition) = for_client(&state, &path, &look).await?;
    exports::file(report, edition, format, path.round.label()).await
}

/// The score as `coherence-score/1`, people as the promise lets them appear.
pub(super) async fn score(
    path: ReportPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    let material = conduct::material(&state.db, &state.tools, &reader).await?;
    if material.score.responded < Promise::FEWEST_RESPONSES {
        return Err(conduct::too_few());
    }
    let mut body = Vec::new();
    exchange::write_score(&conduct::public_score(&material), &mut body)
        .map_err(|error| Error::Broken(format!("a score could not be written: {error}")))?;
    let name: String = path
        .round
        .label()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '-'
            }
        })
        .collect();
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"score-{name}.json\""),
        ))
        .body(body))
}
