//! What consultants change about a round's report.

use sea_orm::entity::prelude::*;

use crate::types::{ConsultantId, RoundId, Sealed};

/// The changes to one round's report, as they are now.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_edit")]
pub struct Model {
    /// The round.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: RoundId,
    /// Counts the changes, from 1.
    pub version: i32,
    /// The changes as JSON, sealed with the round's data key, because they may quote: the row goes when
    /// the answers go.
    pub body: Sealed,
    /// Who made the last one.
    pub consultant_id: ConsultantId,
    /// When.
    pub updated_at: ChronoDateTimeUtc,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
