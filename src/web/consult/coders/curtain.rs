//! The curtain: whoever codes a round blind meets it before every page that shows the first coding.

use std::ops::Deref;
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use minijinja::context;

use super::{facts, lost};
use crate::error::Error;
use crate::store::coders;
use crate::store::rounds::Round;
use crate::web::{RoundPath, State};

/// Stands before every page of the board: whoever codes the round blind gets the curtain instead.
pub(in crate::web::consult) async fn curtain(
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

/// A round whose report the consultant may read. Whoever codes it blind, or the round it is compared with, gets the
/// curtain from the extractor itself, so that no handler of a report can leave it out.
pub(in crate::web::consult) struct ReportPath(RoundPath);

impl Deref for ReportPath {
    type Target = RoundPath;

    fn deref(&self) -> &RoundPath {
        &self.0
    }
}

impl FromRequest for ReportPath {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = RoundPath::from_request(request, payload);
        let state = web::Data::<State>::from_request(request, payload);
        Box::pin(async move {
            let (path, state) = (path.await?, state.await?);
            match coders::blind_behind_report(&state.db, &path.access, &path.round).await? {
                None => Ok(Self(path)),
                Some(blind) => {
                    let page = closed(&state, &path, &blind).await?;
                    Err(InternalError::from_response("coding it blind", page).into())
                }
            }
        })
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
