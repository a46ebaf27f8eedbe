//! A team's own words: what a short form means.

use sea_orm::entity::prelude::*;

use crate::types::{AliasId, Sealed, TeamId};

/// Two wordings of one thing ("DACH" and "German-speaking expansion").
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alias")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AliasId,
    /// The team.
    pub team_id: TeamId,
    /// JSON of the two wordings, sealed with the team's data key.
    pub words: Sealed,
    /// When it was entered.
    pub created_at: ChronoDateTimeUtc,
    /// The team.
    #[sea_orm(belongs_to, from = "team_id", to = "id", on_delete = "Cascade")]
    pub team: BelongsTo<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
