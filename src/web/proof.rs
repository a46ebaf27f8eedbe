//! Proofs as extractors: a handler that takes one cannot be reached without it.

use std::future::Future;
use std::pin::Pin;

use actix_session::SessionExt as _;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use entity::types::{OrganisationId, RoundId, TeamId};

use super::{State, sessions};
use crate::error::Error;
use crate::store::consultants::{self, SignedIn};
use crate::store::organisations::{self, OrganisationAccess};
use crate::store::rounds::{self, Round};
use crate::store::teams::{self, TeamAccess};

type Proving<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// The state that `App::build` registers.
pub(super) fn state(request: &HttpRequest) -> Result<web::Data<State>, Error> {
    request
        .app_data::<web::Data<State>>()
        .cloned()
        .ok_or_else(|| Error::Broken("the server was built without its state".into()))
}

/// The path's `{id}` as a key; anything else is a page that does not exist.
fn id<T: From<uuid::Uuid>>(request: &HttpRequest) -> Result<T, Error> {
    let text = request.match_info().query("id");
    text.parse::<uuid::Uuid>()
        .map(T::from)
        .map_err(|_| Error::NotFound)
}

async fn signed_in(request: &HttpRequest) -> Result<SignedIn, Error> {
    let id = sessions::consultant(&request.get_session()).ok_or(Error::SignedOut)?;
    let state = state(request)?;
    consultants::signed_in(&state.db, &state.tools, id).await
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Proving<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { signed_in(&request).await })
    }
}

/// A consultant and the organisation of the path's `{id}`.
pub struct OrganisationPath {
    /// Who is signed in.
    pub who: SignedIn,
    /// The organisation.
    pub access: OrganisationAccess,
}

impl FromRequest for OrganisationPath {
    type Error = Error;
    type Future = Proving<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = signed_in(&request).await?;
            let state = state(&request)?;
            let access =
                organisations::access(&state.db, &who, id::<OrganisationId>(&request)?).await?;
            Ok(Self { who, access })
        })
    }
}

/// A consultant and the team of the path's `{id}`.
pub struct TeamPath {
    /// Who is signed in.
    pub who: SignedIn,
    /// The team.
    pub access: TeamAccess,
}

impl FromRequest for TeamPath {
    type Error = Error;
    type Future = Proving<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = signed_in(&request).await?;
            let state = state(&request)?;
            let access =
                teams::access(&state.db, &state.tools, &who, id::<TeamId>(&request)?).await?;
            Ok(Self { who, access })
        })
    }
}

/// A consultant, the round of the path's `{id}` and its team.
pub struct RoundPath {
    /// Who is signed in.
    pub who: SignedIn,
    /// The round's team.
    pub access: TeamAccess,
    /// The round as it was when the request came; a change reads it again in its transaction.
    pub round: Round,
}

impl FromRequest for RoundPath {
    type Error = Error;
    type Future = Proving<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = signed_in(&request).await?;
            let state = state(&request)?;
            let (access, round) =
                rounds::access(&state.db, &state.tools, &who, id::<RoundId>(&request)?).await?;
            Ok(Self { who, access, round })
        })
    }
}
