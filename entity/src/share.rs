//! Sponsors' links to a published report.

use sea_orm::entity::prelude::*;

use crate::types::{RoundId, ShareId};

/// A sponsor's private, expiring link.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "share")]
pub struct Model {
    /// Random key; part of the link.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareId,
    /// The round whose report it shows.
    pub round_id: RoundId,
    /// When it ends.
    pub expires_at: ChronoDateTimeUtc,
    /// Whether it has been withdrawn.
    pub revoked: bool,
    /// How often it was opened.
    pub opened: i32,
    /// When it was opened last.
    pub opened_at: Option<ChronoDateTimeUtc>,
    /// When it was made.
    pub created_at: ChronoDateTimeUtc,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
