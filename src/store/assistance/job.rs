//! Which rounds wait for a language model, leased like letters: several copies of the server ask
//! once. The number of the attempt is the lease's token: who comes back after the lease has passed on
//! settles nothing.

use chrono::{DateTime, TimeDelta, Utc};
use entity::assistance;
use entity::types::{AssistanceState, KeptReason, RoundId};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
};

use crate::store::Result;
use crate::survey::Provider;

/// Where a round's grouping by a language model stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assistance {
    /// The provider, as the kept notice names it.
    pub provider: String,
    /// Where it stands.
    pub state: AssistanceState,
    /// Why the program's own grouping stays, where it does.
    pub reason: Option<KeptReason>,
}

/// Where the round's request stands; `None` where its notice names no provider, or it has not closed.
pub async fn of_round(db: &impl ConnectionTrait, round: RoundId) -> Result<Option<Assistance>> {
    let row = assistance::Entity::find_by_id(round).one(db).await?;
    Ok(row.map(|row| Assistance {
        provider: row.provider,
        state: row.state,
        reason: row.reason,
    }))
}

/// Notes that the round's statements may be grouped by a language model. Call it in the transaction
/// that closes the round; the model is asked afterwards.
pub async fn want(
    db: &impl ConnectionTrait,
    round: RoundId,
    provider: &Provider,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = assistance::ActiveModel {
        round_id: Set(round),
        provider: Set(provider.as_str().to_owned()),
        state: Set(AssistanceState::Waiting),
        reason: Set(None),
        due_at: Set(now),
        attempts: Set(0),
        settled_at: Set(None),
    };
    let once = OnConflict::column(assistance::Column::RoundId)
        .do_nothing()
        .to_owned();
    assistance::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Whether a round waits whose time has come.
pub async fn is_due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool> {
    Ok(assistance::Entity::find()
        .filter(assistance::COLUMN.state.eq(AssistanceState::Waiting))
        .filter(assistance::COLUMN.due_at.lte(now))
        .limit(1)
        .count(db)
        .await?
        > 0)
}

/// A round in the hands of one worker, until the lease ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The round.
    pub round: RoundId,
    /// Which attempt it is, from 1.
    pub attempt: i32,
}

/// Leases the round that is due first: it is due again when the lease ends, unless settled before.
pub async fn lease(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<Lease>> {
    let next = assistance::Entity::find()
        .select_only()
        .column(assistance::Column::RoundId)
        .filter(assistance::COLUMN.state.eq(AssistanceState::Waiting))
        .filter(assistance::COLUMN.due_at.lte(now))
        .order_by_asc(assistance::Column::DueAt)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query();
    let leased = assistance::Entity::update_many()
        .col_expr(assistance::Column::DueAt, Expr::value(now + lease))
        .col_expr(
            assistance::Column::Attempts,
            Expr::col(assistance::Column::Attempts).add(1),
        )
        .filter(assistance::Column::RoundId.in_subquery(next))
        .exec_with_returning(db)
        .await?;
    Ok(leased.into_iter().next().map(|row| Lease {
        round: row.round_id,
        attempt: row.attempts,
    }))
}

/// Whether the lease still holds; keeps others from taking it until this transaction ends.
pub async fn hold(db: &impl ConnectionTrait, lease: Lease) -> Result<bool> {
    let row = assistance::Entity::find_by_id(lease.round)
        .lock(LockType::Update)
        .one(db)
        .await?;
    Ok(row
        .is_some_and(|row| row.state == AssistanceState::Waiting && row.attempts == lease.attempt))
}

/// What becomes of a leased round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The model's grouping was taken over.
    Done,
    /// The program's own grouping stays.
    Kept(KeptReason),
    /// The model is asked again then.
    Retry(DateTime<Utc>),
}

/// Settles a leased round; `false` where the lease has passed on, and nothing was changed.
pub async fn settle(
    db: &impl ConnectionTrait,
    lease: Lease,
    next: Next,
    now: DateTime<Utc>,
) -> Result<bool> {
    let update = assistance::Entity::update_many()
        .filter(assistance::COLUMN.round_id.eq(lease.round))
        .filter(assistance::COLUMN.state.eq(AssistanceState::Waiting))
        .filter(assistance::COLUMN.attempts.eq(lease.attempt));
    let update = match next {
        Next::Done => update
            .col_expr(
                assistance::Column::State,
                Expr::value(AssistanceState::Done),
            )
            .col_expr(assistance::Column::SettledAt, Expr::value(now)),
        Next::Kept(reason) => update
            .col_expr(
                assistance::Column::State,
                Expr::value(AssistanceState::Kept),
            )
            .col_expr(assistance::Column::Reason, Expr::value(reason))
            .col_expr(assistance::Column::SettledAt, Expr::value(now)),
        Next::Retry(at) => update.col_expr(assistance::Column::DueAt, Expr::value(at)),
    };
    Ok(update.exec(db).await?.rows_affected > 0)
}
