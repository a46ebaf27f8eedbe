//! Consultants: they sign in and run rounds.

use sea_orm::entity::prelude::*;

use crate::types::{ConsultantId, Digest, Sealed};

/// A consultant. Name and address are sealed; the address can be looked up by its blind index.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consultant")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsultantId,
    /// Blind index of the address in lower case.
    #[sea_orm(unique)]
    pub email_index: Digest,
    /// JSON `{name, email}`, sealed with the server's data key.
    pub person: Sealed,
    /// Argon2id hash in PHC form; `None` until the set-up link has been used.
    pub password_hash: Option<String>,
    /// Counts set-up links; raising it revokes those given out.
    pub link_version: i32,
    /// When the consultant was added.
    pub created_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
