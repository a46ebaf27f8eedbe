//! Themes: a team's codebook, which lives on from round to round.

use sea_orm::entity::prelude::*;

use crate::types::{RoundId, Sealed, TeamId, ThemeId};

/// A theme.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "theme")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ThemeId,
    /// The team.
    pub team_id: TeamId,
    /// The name, sealed with the team's data key (it often repeats an executive's words).
    pub name: Sealed,
    /// Whether the name is a sentence that its author did not release: proposed by the program, and
    /// not renamed yet. No client reads it.
    pub quoted: bool,
    /// The round in which it was made.
    pub first_round_id: RoundId,
    /// The theme it was merged into.
    pub merged_into: Option<ThemeId>,
    /// Whether only the program has named it: no consultant has put a statement into it or renamed it yet.
    pub proposed: bool,
    /// When a consultant put it away: it is offered no more.
    pub archived_at: Option<ChronoDateTimeUtc>,
    /// When it was made.
    pub created_at: ChronoDateTimeUtc,
    /// The team.
    #[sea_orm(belongs_to, from = "team_id", to = "id", on_delete = "Cascade")]
    pub team: BelongsTo<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
