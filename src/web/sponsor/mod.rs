//! Sponsors: the published report by a private link, and nothing else.

use actix_web::{HttpResponse, web};
use minijinja::context;
use minijinja::value::Serde;

use super::State;
use crate::error::Error;
use crate::report::ClientReport;
use crate::store::reports;
use crate::vault::LinkToken;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/s/{token}", web::get().to(report));
}

async fn report(state: web::Data<State>, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let token = LinkToken::parse(&token).ok_or(Error::NotFound)?;
    let link = reports::prove_share(&state.db, &state.tools, &token, state.now()).await?;
    let published = reports::client::<ClientReport>(&state.db, &state.tools, link.round())
        .await?
        .ok_or(Error::NotFound)?;
    let context = context! { report => Serde(&published.content) };
    state.page("report/client.html", context)
}
