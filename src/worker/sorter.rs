//! The sorter: after a round has closed, has its statements grouped anew by a language model, where
//! the notice its executives read names the provider that is set. The program's own grouping is there
//! already and stays wherever this comes to nothing.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{CallOutcome, KeptReason};
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::assistant::{Assistant, Fault, Reply};
use crate::error::Error;
use crate::store::assistance::{self, End, Lease, Leave, Next, Sheet};
use crate::store::gate::ConsultantReader;
use crate::store::{self, Tools, rounds};
use crate::world::Clock;

/// Attempts before the program's own grouping stays for good.
const MOST_ATTEMPTS: i32 = 3;
/// How much longer than the call itself a lease lasts.
const MARGIN: TimeDelta = TimeDelta::minutes(1);
/// Longest wait that a provider can ask for: after that nobody looks for a new grouping any more.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);
const IDLE: Duration = Duration::from_secs(2);
const TROUBLE: Duration = Duration::from_secs(10);

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// There was nothing to do.
    Idle,
    /// One round was grouped anew.
    Regrouped,
    /// One round keeps the program's own grouping.
    Kept(KeptReason),
    /// One round is tried again then.
    Later(DateTime<Utc>),
    /// Another copy of the server has taken the round over.
    PassedOn,
}

/// Has rounds grouped, one at a time.
pub struct Sorter {
    /// The database.
    pub db: DatabaseConnection,
    /// Vault and randomness.
    pub tools: Tools,
    /// The language model, where the operator has set one. Without one there is still something to
    /// do: rounds that wait for it must not wait for ever.
    pub assistant: Option<Assistant>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Wait after so many attempts: fifteen seconds, then a minute.
fn backoff(attempt: i32) -> TimeDelta {
    TimeDelta::seconds(if attempt <= 1 { 15 } else { 60 })
}

/// What follows a fault: the same again after a while, or the program's own grouping.
fn after(fault: &Fault, attempt: i32, now: DateTime<Utc>) -> Next {
    let asked_for = match fault {
        Fault::Busy { wait, .. } => wait.unwrap_or_default(),
        _ => TimeDelta::zero(),
    };
    if fault.is_passing() && attempt < MOST_ATTEMPTS && asked_for <= LONGEST_WAIT {
        Next::Retry(now + asked_for.max(backoff(attempt)))
    } else {
        Next::Kept(fault.reason())
    }
}

impl Sorter {
    /// One round. The loop calls it, and so do the tests.
    pub async fn step(&self) -> Result<Sorted, Error> {
        let now = self.clock.now();
        // Looking first keeps an idle server from taking the write lock all the time.
        if !assistance::is_due(&self.db, now).await? {
            return Ok(Sorted::Idle);
        }
        let longest = self
            .assistant
            .as_ref()
            .map_or(Duration::ZERO, Assistant::longest);
        let longest = TimeDelta::from_std(longest).unwrap_or(TimeDelta::minutes(10));
        let Some(lease) = assistance::lease(&self.db, now, longest + MARGIN).await? else {
            return Ok(Sorted::Idle);
        };
        if lease.attempt > MOST_ATTEMPTS {
            // Its workers stopped before they could settle it.
            return self
                .settle(lease, Next::Kept(KeptReason::Interrupted))
                .await;
        }
        let (access, round) = rounds::for_program(&self.db, &self.tools, lease.round).await?;
        let Ok(consultant) = ConsultantReader::of(&access, &round) else {
            return self.settle(lease, Next::Kept(KeptReason::Overtaken)).await;
        };
        let Some(assistant) = &self.assistant else {
            return self.settle(lease, Next::Kept(KeptReason::NotSet)).await;
        };
        let Some(allowed) = Leave::of(&self.tools, &consultant, assistant.provider())? else {
            return self.settle(lease, Next::Kept(KeptReason::NotSet)).await;
        };
        let sheet = assistance::sheet(&self.db, &self.tools, &allowed).await?;
        if sheet.is_empty() {
            return self.settle(lease, Next::Kept(KeptReason::Nothing)).await;
        }
        let reply = self.ask(assistant, lease, &sheet).await?;
        let grouping = match reply.outcome {
            Ok(grouping) => grouping,
            Err(fault) => {
                tracing::warn!(round = %lease.round, attempt = lease.attempt, fault = %fault, "the language model gave no grouping");
                let next = after(&fault, lease.attempt, self.clock.now());
                return self.settle(lease, next).await;
            }
        };
        let tx = store::begin_write(&self.db).await?;
        if !assistance::hold(&tx, lease).await? {
            return Ok(Sorted::PassedOn);
        }
        let now = self.clock.now();
        let adopted = assistance::adopt(&tx, &self.tools, &allowed, &sheet, &grouping, now).await?;
        let next = if adopted {
            Next::Done
        } else {
            Next::Kept(KeptReason::Overtaken)
        };
        assistance::settle(&tx, lease, next, now).await?;
        tx.commit().await?;
        Ok(said(next))
    }

    /// Asks once, with a line in the log of calls from before to after.
    async fn ask(
        &self,
        assistant: &Assistant,
        lease: Lease,
        sheet: &Sheet,
    ) -> Result<Reply, Error> {
        let begun = self.clock.now();
        let call = assistance::begin(
            &self.db,
            &self.tools,
            lease.round,
            assistant.provider(),
            assistant.model(),
            begun,
        )
        .await?;
        let reply = assistant.ask(sheet, begun).await;
        let fault = reply.outcome.as_ref().err();
        let end = End {
            outcome: fault.map_or(CallOutcome::Answered, Fault::outcome),
            detail: fault.map(ToString::to_string),
            millis: (self.clock.now() - begun).num_milliseconds().max(0),
            usage: reply.usage,
            cost: assistant.cost(reply.usage),
        };
        assistance::finish(&self.db, call, end).await?;
        Ok(reply)
    }

    async fn settle(&self, lease: Lease, next: Next) -> Result<Sorted, Error> {
        if assistance::settle(&self.db, lease, next, self.clock.now()).await? {
            Ok(said(next))
        } else {
            Ok(Sorted::PassedOn)
        }
    }

    /// Works until the server stops. A call under way is given up then: its round is asked about again
    /// once the lease has ended.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let Some(done) = stop.run_until_cancelled(self.step()).await else {
                return;
            };
            let wait = match done {
                Ok(Sorted::Idle) => IDLE,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a round could not be given to the language model"
                    );
                    TROUBLE
                }
            };
            if !pause(&stop, wait).await {
                return;
            }
        }
    }
}

const fn said(next: Next) -> Sorted {
    match next {
        Next::Done => Sorted::Regrouped,
        Next::Kept(reason) => Sorted::Kept(reason),
        Next::Retry(at) => Sorted::Later(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(wait: Option<i64>) -> Fault {
        Fault::Busy {
            status: 429,
            wait: wait.map(TimeDelta::seconds),
        }
    }

    #[test]
    fn what_may_pass_is_asked_three_times_and_no_sooner_than_the_provider_wants() {
        let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().expect("a time");
        let seconds = |fault: &Fault, attempt| match after(fault, attempt, now) {
            Next::Retry(at) => Some((at - now).num_seconds()),
            Next::Kept(reason) => {
                assert_eq!(reason, fault.reason());
                None
            }
            Next::Done => panic!("a fault is no end"),
        };
        assert_eq!(seconds(&Fault::Server(500), 1), Some(15));
        assert_eq!(seconds(&Fault::Late, 2), Some(60));
        assert_eq!(seconds(&Fault::Unreachable, 3), None);
        assert_eq!(seconds(&busy(None), 1), Some(15));
        assert_eq!(seconds(&busy(Some(7)), 1), Some(15));
        assert_eq!(seconds(&busy(Some(90)), 1), Some(90));
        assert_eq!(seconds(&busy(Some(600)), 2), Some(600));
        assert_eq!(seconds(&busy(Some(601)), 1), None, "nobody waits that long");
        for fault in [Fault::Status(401), Fault::Declined, Fault::Shape] {
            assert_eq!(seconds(&fault, 1), None);
        }
    }
}
