//! The report's pages: the consultant's own, the client's (a preview until it is published), and
//! the score for other programs.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use entity::types::RoundState;
use minijinja::value::Serde;
use minijinja::{Value, context};

use crate::conduct;
use crate::error::Error;
use crate::exchange;
use crate::export::Edition;
use crate::report::{ClientReport, ConsultantReport, Material};
use crate::store::gate::ConsultantReader;
use crate::store::reports;
use crate::survey::Promise;
use crate::web::consult::coders;
use crate::web::{RoundPath, State, exports};

const TOO_FEW: Error = Error::Refused(
    "There is no report below four responses, because a reader could tell who said what.",
);

async fn material(state: &State, path: &RoundPath) -> Result<Material, Error> {
    let reader = ConsultantReader::of(&path.access, &path.round)?;
    conduct::material(&state.db, &state.tools, &reader).await
}

fn frame(path: &RoundPath) -> Value {
    context! {
        id => path.round.id().to_string(),
        label => path.round.label(),
        published => path.round.state() == RoundState::Published,
    }
}

/// The consultant's report.
pub(super) async fn consultant(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    if let Some(curtain) = coders::curtain_of_report(&state, &path).await? {
        return Ok(curtain);
    }
    let report = ConsultantReport::build(&material(&state, &path).await?).map_err(|_| TOO_FEW)?;
    state.page(
        "consult/report.html",
        context! { report => Serde(&report), round => frame(&path) },
    )
}

/// The client's report: as published, else as it would be published now. Whoever asks must have passed the curtain.
async fn for_client(state: &State, path: &RoundPath) -> Result<(ClientReport, Edition), Error> {
    if path.round.state() == RoundState::Published {
        let published =
            reports::client::<ClientReport>(&state.db, &state.tools, &path.round).await?;
        let kept = published.ok_or(Error::Refused(
            "The report went with the answers it quotes, as the executives were promised.",
        ))?;
        Ok((kept.content, Edition::Published))
    } else {
        let report = ClientReport::build(&material(state, path).await?).map_err(|_| TOO_FEW)?;
        Ok((report, Edition::Draft))
    }
}

/// The page of the client's report.
pub(super) async fn client(
    path: RoundPath,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    if let Some(curtain) = coders::curtain_of_report(&state, &path).await? {
        return Ok(curtain);
    }
    let (report, _) = for_client(&state, &path).await?;
    state.page(
        "consult/report_client.html",
        context! { report => Serde(&report), round => frame(&path) },
    )
}

/// The client's report to take away.
pub(super) async fn file(
    path: RoundPath,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Error> {
    let format = exports::format(request.match_info().query("ending"))?;
    if let Some(curtain) = coders::curtain_of_report(&state, &path).await? {
        return Ok(curtain);
    }
    let (report, edition) = for_client(&state, &path).await?;
    exports::file(report, edition, format, path.round.label()).await
}

/// The score as `coherence-score/1`, people as the promise lets them appear.
pub(super) async fn score(path: RoundPath, state: web::Data<State>) -> Result<HttpResponse, Error> {
    if let Some(curtain) = coders::curtain_of_report(&state, &path).await? {
        return Ok(curtain);
    }
    let material = material(&state, &path).await?;
    if material.score.responded < Promise::FEWEST_RESPONSES {
        return Err(TOO_FEW);
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
