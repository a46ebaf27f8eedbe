//! The log of calls to a language model: when, how long, how it ended, what it cost. No text.

use sea_orm::entity::prelude::*;

use crate::types::{AssistanceCallId, CallOutcome, RoundId};

/// One call.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assistance_call")]
pub struct Model {
    /// Random key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssistanceCallId,
    /// The round.
    pub round_id: RoundId,
    /// The provider, as executives read it.
    pub provider: String,
    /// The model's name at the provider, as the operator has set it.
    pub model: String,
    /// When the request was sent.
    pub at: ChronoDateTimeUtc,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What was wrong, in the program's own words; nothing of the model's.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: Option<i64>,
    /// Tokens sent, as the provider counts them.
    pub tokens_in: Option<i64>,
    /// Tokens received, as the provider counts them.
    pub tokens_out: Option<i64>,
    /// Cost in millionths of the currency, by the prices the operator had set.
    pub cost_micros: Option<i64>,
    /// ISO 4217 code of the currency.
    pub currency: Option<String>,
    /// The round.
    #[sea_orm(belongs_to, from = "round_id", to = "id", on_delete = "Cascade")]
    pub round: BelongsTo<super::round::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
