//! Decisions: what a team made of a round's report in its debrief.

use sea_orm::entity::prelude::*;

use crate::types::{DecisionId, RoundId, Sealed};

/// A decision.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decision")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DecisionId,
    /// The round whose report was discussed.
    pub round_id: RoundId,
    /// The number of the report's fork, from 1; none for a decision of the team's own. One a fork.
    pub fork: Option<i32>,
    /// Counts changes, from 1: a change names the version it saw.
    pub version: i32,
    /// What was decided, by whom and until when, sealed with the team's data key.
    pub body: Sealed,
    /// When it was recorded.
    pub created_at: ChronoDateTimeUtc,
    /// When it was last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
