//! Second codings: a round's statements coded once more, blind, by another consultant.

use sea_orm::entity::prelude::*;

use crate::types::{ConsultantId, RoundId, SecondCodingId};

/// A second coding of a round.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_coding")]
pub struct Model {
    /// Random key; the order in which its texts come follows from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecondCodingId,
    /// The round.
    #[sea_orm(unique)]
    pub round_id: RoundId,
    /// Who codes.
    pub consultant_id: ConsultantId,
    /// Counts the changes: the next one names it.
    pub version: i32,
    /// When it was begun.
    pub started_at: ChronoDateTimeUtc,
    /// When it was compared with the first; `None` while it runs.
    pub finished_at: Option<ChronoDateTimeUtc>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
