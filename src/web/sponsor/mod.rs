//! Sponsors: the published report by a private link, and nothing else.

use actix_web::{HttpRequest, HttpResponse, web};
use minijinja::context;
use minijinja::value::Serde;

use super::{State, guard};
use crate::error::Error;
use crate::report::ClientReport;
use crate::store::reports;
use crate::vault::LinkToken;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/s/{token}", web::get().to(report));
}

async fn report(
    state: web::Data<State>,
    token: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let token = LinkToken::parse(&token).ok_or(Error::NotFound)?;
    let link = reports::prove_share(&state.db, &state.tools, &token, state.now()).await?;
    let published = reports::client::<ClientReport>(&state.db, &state.tools, link.round())
        .await?
        .ok_or(Error::NotFound)?;
    // The one thing that a GET changes. A page that cannot be counted is shown all the same.
    if !guard::unread(&request)
        && let Err(error) = reports::count_opening(&state.db, &link, state.now()).await
    {
        tracing::warn!(error = %error, "an opened link was not counted");
    }
    let context = context! { report => Serde(&published.content) };
    state.page("report/client.html", context)
}
