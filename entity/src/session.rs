//! Server-side sessions of consultants.

use sea_orm::entity::prelude::*;

use crate::types::{Digest, Sealed};

/// A session. The cookie holds the token; the table only its digest.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Keyed digest of the session token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The session's state as JSON, sealed with the server's data key.
    pub state: Sealed,
    /// Blind index of whom it belongs to, so that all sessions of one consultant can be ended.
    pub owner: Option<Digest>,
    /// When it ends unless used again.
    pub expires_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
