//! The history of codings: who changed what, and when.

use sea_orm::entity::prelude::*;

use crate::types::{CodingEventId, ConsultantId, RoundId, Sealed};

/// One change on the board.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "coding_event")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CodingEventId,
    /// The round.
    #[sea_orm(unique_key = "round_version")]
    pub round_id: RoundId,
    /// The round's coding version after the change: the order of events.
    #[sea_orm(unique_key = "round_version")]
    pub version: i32,
    /// Who; `None` for the program's proposal.
    pub consultant_id: Option<ConsultantId>,
    /// When.
    pub at: ChronoDateTimeUtc,
    /// JSON of the change, sealed with the team's data key.
    pub change: Sealed,
    /// JSON of what it touched, as it was before, sealed with the team's data key: what undoing restores. `None` for
    /// the program's proposal and for changes older than undo.
    pub before: Option<Sealed>,
    /// The version that it takes back.
    pub undoes: Option<i32>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
