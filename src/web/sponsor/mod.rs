//! Sponsors: the published report by a private link, and nothing else.

use actix_web::{HttpResponse, web};
use minijinja::context;
use minijinja::value::Serde;

use super::{State, exports};
use crate::error::Error;
use crate::export::Edition;
use crate::report::ClientReport;
use crate::store::reports;
use crate::vault::LinkToken;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/s/{token}", web::get().to(report))
        .route("/s/{token}/report.{ending}", web::get().to(file));
}

/// The published report of a link that is open, and the label of its round.
async fn published(state: &State, token: &str) -> Result<(ClientReport, String), Error> {
    let token = LinkToken::parse(token).ok_or(Error::NotFound)?;
    let link = reports::prove_share(&state.db, &state.tools, &token, state.now()).await?;
    let published = reports::client::<ClientReport>(&state.db, &state.tools, link.round())
        .await?
        .ok_or(Error::NotFound)?;
    Ok((published.content, link.round().label().to_owned()))
}

async fn report(state: web::Data<State>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (report, _) = published(&state, &token).await?;
    let context = context! {
        report => Serde(&report),
        files => exports::links(&format!("/s/{token}/")),
    };
    state.page("report/client.html", context)
}

/// The same to take away.
async fn file(
    state: web::Data<State>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Error> {
    let (token, ending) = path.into_inner();
    let format = exports::format(&ending)?;
    let (report, label) = published(&state, &token).await?;
    exports::file(report, Edition::Published, format, &label).await
}
