//! Sponsors: the published report by a private link, and nothing else.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::context;
use minijinja::value::Serde;

use super::{State, exports, guard};
use crate::error::Error;
use crate::export::Edition;
use crate::report::ClientReport;
use crate::store::reports::{self, SponsorLink};
use crate::vault::LinkToken;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/s/{token}", web::get().to(report))
        .route("/s/{token}/report.{ending}", web::get().to(file));
}

/// A link that is open, and the published report behind it.
async fn published(state: &State, token: &str) -> Result<(SponsorLink, ClientReport), Error> {
    let token = LinkToken::parse(token).ok_or(Error::NotFound)?;
    let link = reports::prove_share(&state.db, &state.tools, &token, state.now()).await?;
    let published = reports::client::<ClientReport>(&state.db, &state.tools, link.round())
        .await?
        .ok_or(Error::NotFound)?;
    Ok((link, published.content))
}

async fn report(
    state: web::Data<State>,
    token: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (link, report) = published(&state, &token).await?;
    // The one thing that a GET changes. A page that cannot be counted is shown all the same.
    if !guard::unread(&request)
        && let Err(error) = reports::count_opening(&state.db, &link, state.now()).await
    {
        tracing::warn!(error = %error, "an opened link was not counted");
    }
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
    let (link, report) = published(&state, &token).await?;
    exports::file(report, Edition::Published, format, link.round().label()).await
}
