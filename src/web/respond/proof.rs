//! The proof of a private link, as extractors: no handler of these pages runs without one.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use super::{Speech, kept};
use crate::error::Error;
use crate::store::invitations::{self, OpenInvitation, Proven};
use crate::survey::Language;
use crate::vault::LinkToken;
use crate::web::{Fields, State};

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// A private link into an open round, for reading. A round that has closed is a page that does not
/// exist.
pub(super) struct Link {
    /// The token as it stands in the address.
    pub token: String,
    /// The proof.
    pub invitation: OpenInvitation,
}

impl FromRequest for Link {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (state, token) = addressed(&request)?;
            match prove(&state, &token).await {
                Ok(Proven::Open(invitation)) => Ok(Self { token, invitation }),
                Ok(Proven::Closed(_)) => Err(Error::NotFound.into()),
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// A form sent through a private link. Where the round has closed, or nothing can be proven
/// because the database is away, the extractor itself answers with what was typed.
pub(super) struct Sent {
    /// The token as it stands in the address.
    pub token: String,
    /// The proof.
    pub invitation: OpenInvitation,
    /// The form as typed.
    pub fields: Fields,
    /// Whether the page's script sent it and wants JSON.
    pub json: bool,
}

impl FromRequest for Sent {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let form = web::Form::<Fields>::from_request(&request, payload);
        Box::pin(async move {
            let (state, token) = addressed(&request)?;
            let fields = form.await?.into_inner();
            let json = wants_json(&request);
            match prove(&state, &token).await {
                Ok(Proven::Open(invitation)) => Ok(Self {
                    token,
                    invitation,
                    fields,
                    json,
                }),
                Ok(Proven::Closed(closed)) => {
                    let speech = Speech {
                        state: &state,
                        language: closed.language(),
                    };
                    let answer = kept::closed(speech, closed.round(), &token, &fields, json)?;
                    Err(InternalError::from_response(Error::Stale, answer).into())
                }
                Err(error @ Error::Unavailable { .. }) => {
                    tracing::error!(%error, "a private link could not be proven");
                    let speech = Speech {
                        state: &state,
                        language: preferred(&request),
                    };
                    let answer = kept::unavailable(speech, &token, &fields, json)?;
                    Err(InternalError::from_response(error, answer).into())
                }
                Err(error) => Err(error.into()),
            }
        })
    }
}

async fn prove(state: &State, token: &str) -> Result<Proven, Error> {
    let token = LinkToken::parse(token).ok_or(Error::NotFound)?;
    invitations::prove(&state.db, &state.tools, &token, state.now()).await
}

fn addressed(request: &HttpRequest) -> Result<(web::Data<State>, String), Error> {
    let state = request
        .app_data::<web::Data<State>>()
        .ok_or_else(|| Error::Broken("the service has no state".into()))?;
    let token = request.match_info().query("token").to_owned();
    Ok((state.clone(), token))
}

fn wants_json(request: &HttpRequest) -> bool {
    text(request, &header::ACCEPT).contains("application/json")
}

/// The browser's first language, where the executive's own cannot be read.
fn preferred(request: &HttpRequest) -> Language {
    text(request, &header::ACCEPT_LANGUAGE)
        .split([',', ';'])
        .find_map(|tag| Language::parse(tag).ok())
        .unwrap_or_default()
}

fn text<'a>(request: &'a HttpRequest, name: &header::HeaderName) -> &'a str {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
