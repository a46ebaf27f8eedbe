//! The log of calls: when, how long, how each ended, and what it cost. It holds no text.

use chrono::{DateTime, Utc};
use entity::assistance_call;
use entity::types::{AssistanceCallId, CallOutcome, RoundId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::store::{Result, Tools};
use crate::survey::Provider;

/// Tokens as the provider counts them; it need not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Sent.
    pub tokens_in: Option<u64>,
    /// Received.
    pub tokens_out: Option<u64>,
}

/// What a call cost by the operator's prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Millionths of the currency.
    pub micros: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// How.
    pub outcome: CallOutcome,
    /// What was wrong, in our own words.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Tokens.
    pub usage: Usage,
    /// Cost, where tokens and prices are known.
    pub cost: Option<Cost>,
}

/// A call as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The round.
    pub round: RoundId,
    /// The provider, as executives read it.
    pub provider: String,
    /// The model's name at the provider.
    pub model: String,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: CallOutcome,
    /// What was wrong, in our own words.
    pub detail: Option<String>,
    /// How long it took, in milliseconds.
    pub millis: Option<i64>,
    /// Tokens.
    pub usage: Usage,
    /// Cost, where tokens and prices were known.
    pub cost: Option<Cost>,
}

impl From<assistance_call::Model> for Call {
    fn from(row: assistance_call::Model) -> Self {
        let tokens = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
        Self {
            round: row.round_id,
            provider: row.provider,
            model: row.model,
            at: row.at,
            outcome: row.outcome,
            detail: row.detail,
            millis: row.millis,
            usage: Usage {
                tokens_in: tokens(row.tokens_in),
                tokens_out: tokens(row.tokens_out),
            },
            cost: row
                .cost_micros
                .zip(row.currency)
                .map(|(micros, currency)| Cost { micros, currency }),
        }
    }
}

/// Notes a call before it is sent: one that nobody sees the end of has been made all the same.
pub async fn begin(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: RoundId,
    provider: &Provider,
    model: &str,
    now: DateTime<Utc>,
) -> Result<AssistanceCallId> {
    let id: AssistanceCallId = tools.id();
    let row = assistance_call::ActiveModel {
        id: Set(id),
        round_id: Set(round),
        provider: Set(provider.as_str().to_owned()),
        model: Set(model.to_owned()),
        at: Set(now),
        outcome: Set(CallOutcome::Asked),
        detail: Set(None),
        millis: Set(None),
        tokens_in: Set(None),
        tokens_out: Set(None),
        cost_micros: Set(None),
        currency: Set(None),
    };
    assistance_call::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// Notes how a call ended.
pub async fn finish(db: &impl ConnectionTrait, id: AssistanceCallId, end: End) -> Result<()> {
    let tokens = |count: Option<u64>| count.and_then(|count| i64::try_from(count).ok());
    let (micros, currency) = end.cost.map(|cost| (cost.micros, cost.currency)).unzip();
    let row = assistance_call::ActiveModel {
        outcome: Set(end.outcome),
        detail: Set(end.detail),
        millis: Set(Some(end.millis)),
        tokens_in: Set(tokens(end.usage.tokens_in)),
        tokens_out: Set(tokens(end.usage.tokens_out)),
        cost_micros: Set(micros),
        currency: Set(currency),
        ..Default::default()
    };
    assistance_call::Entity::update_many()
        .set(row)
        .filter(assistance_call::COLUMN.id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// The round's calls, the first first.
pub async fn calls_of(db: &impl ConnectionTrait, round: RoundId) -> Result<Vec<Call>> {
    Ok(assistance_call::Entity::find()
        .filter(assistance_call::COLUMN.round_id.eq(round))
        .order_by_asc(assistance_call::Column::At)
        .all(db)
        .await?
        .into_iter()
        .map(Call::from)
        .collect())
}

/// All calls of all rounds, the first first, for the operator.
pub async fn all_calls(db: &impl ConnectionTrait) -> Result<Vec<Call>> {
    Ok(assistance_call::Entity::find()
        .order_by_asc(assistance_call::Column::At)
        .all(db)
        .await?
        .into_iter()
        .map(Call::from)
        .collect())
}
