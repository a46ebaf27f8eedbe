//! Rounds whose notice names a language model: whether it has been asked, and what came of it.

use sea_orm::entity::prelude::*;

use crate::types::{AssistanceState, KeptReason, RoundId};

/// One closed round's request to group its statements.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assistance")]
pub struct Model {
    /// The round.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: RoundId,
    /// The provider, as the round's kept notice names it.
    pub provider: String,
    /// Where it stands.
    pub state: AssistanceState,
    /// Why the program's own grouping stays, where it does.
    pub reason: Option<KeptReason>,
    /// When the model may be asked, or asked again.
    pub due_at: ChronoDateTimeUtc,
    /// How often it was leased.
    pub attempts: i32,
    /// When it was settled.
    pub settled_at: Option<ChronoDateTimeUtc>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
