//! Executives: members of a team, the ones who answer.

use sea_orm::entity::prelude::*;

use crate::types::{Digest, ExecutiveId, Sealed, TeamId};

/// An executive. Everything personal is in the sealed blob.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "executive")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExecutiveId,
    /// The team.
    #[sea_orm(unique_key = "team_email")]
    pub team_id: TeamId,
    /// Blind index of the address in lower case.
    #[sea_orm(unique_key = "team_email")]
    pub email_index: Digest,
    /// JSON `{name, email, title, function, language}`, sealed with the team's data key.
    pub person: Sealed,
    /// When the executive was added.
    pub joined_at: ChronoDateTimeUtc,
    /// When the executive left the team; rounds opened later do not ask them.
    pub left_at: Option<ChronoDateTimeUtc>,
    /// The team.
    #[sea_orm(belongs_to, from = "team_id", to = "id", on_delete = "Cascade")]
    pub team: BelongsTo<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
