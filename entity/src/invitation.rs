//! Invitations: one executive's private link into one round.

#![allow(
    clippy::struct_excessive_bools,
    reason = "four independent facts, each a column"
)]

use sea_orm::entity::prelude::*;

use crate::types::{ExecutiveId, InvitationId, RoundId};

/// An invitation and what the consultant may know of its progress. It says nothing of the answers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    /// Random key; part of the private link.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// The round.
    #[sea_orm(unique_key = "round_executive")]
    pub round_id: RoundId,
    /// The executive.
    #[sea_orm(unique_key = "round_executive")]
    pub executive_id: ExecutiveId,
    /// Raising it revokes the links given out.
    pub link_version: i32,
    /// Whether something has been saved.
    pub started: bool,
    /// Whether answers have been submitted.
    pub submitted: bool,
    /// Whether the executive declined.
    pub declined: bool,
    /// Whether the link has been withdrawn.
    pub revoked: bool,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
    /// The executive.
    #[sea_orm(belongs_to, from = "executive_id", to = "id", on_delete = "Cascade")]
    pub executive: BelongsTo<super::executive::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
