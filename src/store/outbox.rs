//! The outbox: one row per recipient and occasion. Delivery is at least once: a letter whose worker
//! dies between sending and settling is sent again, under the same `Message-ID`.

use chrono::{DateTime, TimeDelta, Utc};
use entity::outbox;
use entity::types::{DecisionId, InvitationId, LetterId, LetterKind, LetterState};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
};

use super::{Result, Tools};

const fn word(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Invitation => "invitation",
        LetterKind::Reminder => "reminder",
        LetterKind::Receipt => "receipt",
        LetterKind::Decision => "decision",
    }
}

fn place(id: LetterId) -> String {
    format!("outbox/{id}/last_error")
}

/// Puts a letter in; `false` where the same letter for the same occasion is there already.
pub async fn enqueue(
    db: &impl ConnectionTrait,
    tools: &Tools,
    kind: LetterKind,
    invitation: InvitationId,
    occasion: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = outbox::ActiveModel {
        invitation_id: Set(Some(invitation)),
        dedup_key: Set(format!("{}/{invitation}/{occasion}", word(kind))),
        ..letter(tools, kind, now, now)
    };
    insert(db, row).await
}

/// The key of a letter about a decision.
pub(super) fn key_about(decision: DecisionId, occasion: &str) -> String {
    format!("{}/{decision}/{occasion}", word(LetterKind::Decision))
}

/// Puts in a letter to a decision's owner, to be sent at that time. One that has gone for the same
/// occasion is not sent again; one that was dropped is wanted again.
pub(super) async fn enqueue_about(
    db: &impl ConnectionTrait,
    tools: &Tools,
    decision: DecisionId,
    occasion: &str,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let key = key_about(decision, occasion);
    let row = outbox::ActiveModel {
        decision_id: Set(Some(decision)),
        dedup_key: Set(key.clone()),
        ..letter(tools, LetterKind::Decision, due, now)
    };
    if !insert(db, row).await? {
        outbox::Entity::update_many()
            .col_expr(outbox::Column::State, Expr::value(LetterState::Pending))
            .col_expr(outbox::Column::DueAt, Expr::value(due))
            .col_expr(outbox::Column::Attempts, Expr::value(0))
            .filter(outbox::COLUMN.dedup_key.eq(key))
            .filter(outbox::COLUMN.state.eq(LetterState::Dropped))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Drops what waits about a decision but the letter for that occasion.
pub(super) async fn drop_about(
    db: &impl ConnectionTrait,
    decision: DecisionId,
    but: Option<&str>,
) -> Result<()> {
    let mut update = outbox::Entity::update_many()
        .col_expr(outbox::Column::State, Expr::value(LetterState::Dropped))
        .filter(outbox::COLUMN.decision_id.eq(decision))
        .filter(outbox::COLUMN.state.eq(LetterState::Pending));
    if let Some(occasion) = but {
        update = update.filter(outbox::COLUMN.dedup_key.ne(key_about(decision, occasion)));
    }
    update.exec(db).await?;
    Ok(())
}

/// The letter about a decision for that occasion.
pub(super) async fn about(
    db: &impl ConnectionTrait,
    decision: DecisionId,
    occasion: &str,
) -> Result<Option<outbox::Model>> {
    Ok(outbox::Entity::find()
        .filter(outbox::COLUMN.dedup_key.eq(key_about(decision, occasion)))
        .one(db)
        .await?)
}

fn letter(
    tools: &Tools,
    kind: LetterKind,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> outbox::ActiveModel {
    outbox::ActiveModel {
        id: Set(tools.id()),
        kind: Set(kind),
        invitation_id: Set(None),
        decision_id: Set(None),
        state: Set(LetterState::Pending),
        due_at: Set(due),
        attempts: Set(0),
        last_error: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
        ..Default::default()
    }
}

async fn insert(db: &impl ConnectionTrait, row: outbox::ActiveModel) -> Result<bool> {
    let once = OnConflict::column(outbox::Column::DedupKey)
        .do_nothing()
        .to_owned();
    let inserted = outbox::Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// Whether a letter waits whose time has come.
pub async fn is_due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool> {
    Ok(outbox::Entity::find()
        .filter(outbox::COLUMN.state.eq(LetterState::Pending))
        .filter(outbox::COLUMN.due_at.lte(now))
        .limit(1)
        .count(db)
        .await?
        > 0)
}

/// Leases the letter that is due first: it is due again when the lease ends, unless settled before.
/// The attempt counts from now, so that a letter that kills its worker is given up in the end.
pub async fn lease(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<outbox::Model>> {
    let next = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::Id)
        .filter(outbox::COLUMN.state.eq(LetterState::Pending))
        .filter(outbox::COLUMN.due_at.lte(now))
        .order_by_asc(outbox::Column::DueAt)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query();
    let leased = outbox::Entity::update_many()
        .col_expr(outbox::Column::DueAt, Expr::value(now + lease))
        .col_expr(
            outbox::Column::Attempts,
            Expr::col(outbox::Column::Attempts).add(1),
        )
        .filter(outbox::Column::Id.in_subquery(next))
        .exec_with_returning(db)
        .await?;
    Ok(leased.into_iter().next())
}

/// What becomes of a leased letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The mail server took it.
    Sent,
    /// Try again then; what the server said.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// The server's words.
        words: String,
    },
    /// Given up; what the server said.
    Dead {
        /// The server's words.
        words: String,
    },
    /// No longer wanted.
    Dropped,
}

/// Settles a leased letter.
pub async fn settle(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: LetterId,
    next: Next,
    now: DateTime<Utc>,
) -> Result<()> {
    let seal = |words: &str| {
        tools
            .vault
            .server
            .seal(&place(id), words.as_bytes(), &*tools.entropy)
    };
    let update = outbox::Entity::update_many().filter(outbox::COLUMN.id.eq(id));
    let update = match next {
        Next::Sent => update
            .col_expr(outbox::Column::State, Expr::value(LetterState::Sent))
            .col_expr(outbox::Column::SentAt, Expr::value(now)),
        Next::Retry { at, words } => update
            .col_expr(outbox::Column::DueAt, Expr::value(at))
            .col_expr(outbox::Column::LastError, Expr::value(seal(&words)?.0)),
        Next::Dead { words } => update
            .col_expr(outbox::Column::State, Expr::value(LetterState::Dead))
            .col_expr(outbox::Column::LastError, Expr::value(seal(&words)?.0)),
        Next::Dropped => update.col_expr(outbox::Column::State, Expr::value(LetterState::Dropped)),
    };
    update.exec(db).await?;
    Ok(())
}

/// What the mail server said last.
pub(super) fn last_words(tools: &Tools, letter: &outbox::Model) -> Result<Option<String>> {
    letter
        .last_error
        .as_ref()
        .map(|sealed| {
            let words = tools.vault.server.open(&place(letter.id), sealed)?;
            Ok(String::from_utf8_lossy(&words).into_owned())
        })
        .transpose()
}

/// Drops every letter that still waits for these invitations.
pub(super) async fn drop_pending(
    db: &impl ConnectionTrait,
    invitations: &[InvitationId],
) -> Result<()> {
    drop_where(
        db,
        invitations,
        &[LetterKind::Invitation, LetterKind::Reminder],
    )
    .await
}

/// Drops reminders that still wait: their reader has answered or declined.
pub(super) async fn drop_reminders(
    db: &impl ConnectionTrait,
    invitation: InvitationId,
) -> Result<()> {
    drop_where(db, &[invitation], &[LetterKind::Reminder]).await
}

async fn drop_where(
    db: &impl ConnectionTrait,
    invitations: &[InvitationId],
    kinds: &[LetterKind],
) -> Result<()> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::State, Expr::value(LetterState::Dropped))
        .filter(outbox::Column::InvitationId.is_in(invitations.iter().copied()))
        .filter(outbox::Column::Kind.is_in(kinds.iter().copied()))
        .filter(outbox::COLUMN.state.eq(LetterState::Pending))
        .exec(db)
        .await?;
    Ok(())
}

/// How many of these invitations have a letter that was given up and none that was sent since.
pub(super) async fn failed(
    db: &impl ConnectionTrait,
    invitations: &[InvitationId],
) -> Result<usize> {
    let letters = outbox::Entity::find()
        .filter(outbox::Column::InvitationId.is_in(invitations.iter().copied()))
        .filter(outbox::COLUMN.kind.eq(LetterKind::Invitation))
        .order_by_asc(outbox::Column::CreatedAt)
        .all(db)
        .await?;
    Ok(invitations
        .iter()
        .filter(|id| {
            letters
                .iter()
                .rfind(|letter| letter.invitation_id == Some(**id))
                .is_some_and(|letter| letter.state == LetterState::Dead)
        })
        .count())
}

/// How many letters wait, for the operator and the tests.
pub async fn waiting(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(outbox::Entity::find()
        .filter(outbox::COLUMN.state.eq(LetterState::Pending))
        .count(db)
        .await?)
}
