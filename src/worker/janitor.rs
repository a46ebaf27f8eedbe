//! The janitor: deletes answers on the date promised, and sessions that have ended.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::types::RoundId;
use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::conduct::Grouping;
use crate::error::Error;
use crate::store::deletion;
use crate::store::{self, sessions};
use crate::web::Limits;
use crate::world::Clock;

const EVERY: Duration = Duration::from_mins(10);

/// Deletes what must not stay.
pub struct Janitor {
    /// The database.
    pub db: DatabaseConnection,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Rate limits, to forget those who have been quiet.
    pub limits: Limits,
    /// Vectors of boards, to let go those that nobody looks at.
    pub grouping: Arc<Grouping>,
}

impl Janitor {
    /// Deletes everything that is due; returns the number of rounds whose answers went. One that fails
    /// does not keep the others.
    pub async fn step(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        self.limits.sweep();
        self.grouping.forget(now);
        sessions::sweep(&self.db, now).await?;
        let due = deletion::due_to_erase(&self.db, now).await?;
        let mut erased = 0;
        for id in due {
            match self.erase(id, now).await {
                Ok(()) => {
                    erased += 1;
                    tracing::info!(round = %id, "the answers of a round have been deleted, as promised");
                }
                Err(error) => {
                    tracing::error!(round = %id, error = &error as &dyn std::error::Error, "the answers of a round could not be deleted");
                }
            }
        }
        Ok(erased)
    }

    async fn erase(&self, id: RoundId, now: DateTime<Utc>) -> Result<(), Error> {
        let tx = store::begin_write(&self.db).await?;
        deletion::erase(&tx, id, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Cleans until the server stops.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.step().await {
                tracing::error!(error = &error as &dyn std::error::Error, "cleaning failed");
            }
            if !pause(&stop, EVERY).await {
                return;
            }
        }
    }
}
