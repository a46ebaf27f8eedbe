//! The postman: takes letters from the outbox and hands them to the mail server.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::outbox;
use entity::types::{DecisionId, InvitationId, LetterKind};
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::conduct::{self, Desk};
use crate::error::Error;
use crate::mail::{Letter, Mailer, Refusal};
use crate::store::outbox::Next;
use crate::store::{Tools, decisions, invitations, outbox as store};
use crate::world::Clock;

/// How long a letter stays with the worker that took it. Longer than a mail server may take to
/// answer (`mail::Smtp::LONGEST`, 90 s), so that no letter is sent twice at the same time.
const LEASE: TimeDelta = TimeDelta::minutes(3);
/// Attempts before a letter is given up: with the waits between them, about a day.
const MOST_ATTEMPTS: i32 = 10;
const IDLE: Duration = Duration::from_secs(1);
const TROUBLE: Duration = Duration::from_secs(10);

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There was nothing to send.
    Idle,
    /// One letter was sent.
    Sent,
    /// One letter was refused; it is tried again later, or given up.
    Failed,
    /// One letter was no longer wanted.
    Dropped,
}

/// Sends letters, one at a time.
pub struct Postman {
    /// The database.
    pub db: DatabaseConnection,
    /// Vault and randomness.
    pub tools: Tools,
    /// Templates, words and addresses.
    pub desk: Desk,
    /// Where letters go.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Wait after so many attempts: one minute, doubled each time, six hours at most.
fn backoff(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(9);
    TimeDelta::minutes(1 << doublings).min(TimeDelta::hours(6))
}

impl Postman {
    /// One letter. The loop calls it, and so do the tests.
    pub async fn step(&self) -> Result<Step, Error> {
        let now = self.clock.now();
        // Looking first keeps an idle server from taking the write lock every second.
        if !store::is_due(&self.db, now).await? {
            return Ok(Step::Idle);
        }
        let Some(row) = store::lease(&self.db, now, LEASE).await? else {
            return Ok(Step::Idle);
        };
        let (next, step) = self.deliver(&row, now).await;
        store::settle(&self.db, &self.tools, row.id, next, self.clock.now()).await?;
        Ok(step)
    }

    async fn deliver(&self, row: &outbox::Model, now: DateTime<Utc>) -> (Next, Step) {
        if row.attempts > MOST_ATTEMPTS {
            // Its workers died before they could settle it.
            let words = "the letter was tried too often without an answer".to_owned();
            return (Next::Dead { words }, Step::Failed);
        }
        let refusal = match self.try_to_send(row, now).await {
            Ok(true) => return (Next::Sent, Step::Sent),
            Ok(false) => return (Next::Dropped, Step::Dropped),
            Err(refusal) => refusal,
        };
        let next = if refusal.permanent || row.attempts >= MOST_ATTEMPTS {
            Next::Dead {
                words: refusal.words,
            }
        } else {
            Next::Retry {
                at: now + backoff(row.attempts),
                words: refusal.words,
            }
        };
        (next, Step::Failed)
    }

    /// `false` where the letter is no longer wanted.
    async fn try_to_send(&self, row: &outbox::Model, now: DateTime<Utc>) -> Result<bool, Refusal> {
        let own_fault = |error: Error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a letter could not be written"
            );
            Refusal::transient("the letter could not be written; the server's log says why")
        };
        let written = match (row.invitation_id, row.decision_id) {
            (Some(invitation), _) => self.to_invited(row, invitation, now).await,
            (None, Some(decision)) => self.to_owner(row, decision, now).await,
            (None, None) => Ok(None),
        };
        let letter = match written {
            Ok(Some(letter)) => letter,
            Ok(None) | Err(Error::NotFound) => return Ok(false),
            Err(error) => return Err(own_fault(error)),
        };
        self.mailer.send(&letter).await.map(|()| true)
    }

    /// `None` where the letter is no longer wanted.
    async fn to_invited(
        &self,
        row: &outbox::Model,
        invitation: InvitationId,
        now: DateTime<Utc>,
    ) -> Result<Option<Letter>, Error> {
        let addressee = invitations::addressee(&self.db, &self.tools, invitation, now).await?;
        let wanted = match row.kind {
            LetterKind::Invitation => addressee.wanted,
            LetterKind::Reminder => addressee.wanted && !addressee.settled,
            // What was received stays received, whatever happened to the round since.
            LetterKind::Receipt => true,
            LetterKind::Decision => false,
        };
        if !wanted {
            return Ok(None);
        }
        let letter = conduct::letter(
            &self.db,
            &self.tools,
            &self.desk,
            &addressee,
            row.kind,
            &row.dedup_key,
            now,
        )
        .await?;
        Ok(Some(letter))
    }

    async fn to_owner(
        &self,
        row: &outbox::Model,
        decision: DecisionId,
        now: DateTime<Utc>,
    ) -> Result<Option<Letter>, Error> {
        let (db, tools, key) = (&self.db, &self.tools, &row.dedup_key);
        let to = decisions::owner_letter(db, tools, decision, key).await?;
        conduct::owner_letter(db, tools, &self.desk, &to, key, now)
            .await
            .map(Some)
    }

    /// Sends until the server stops.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let wait = match self.step().await {
                Ok(Step::Sent | Step::Failed | Step::Dropped) => Duration::ZERO,
                Ok(Step::Idle) => IDLE,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the outbox cannot be worked"
                    );
                    TROUBLE
                }
            };
            if stop.is_cancelled() || !pause(&stop, wait).await {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_minute_to_six_hours() {
        let minutes: Vec<i64> = (1..=11)
            .map(|attempt| backoff(attempt).num_minutes())
            .collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
    }
}
