//! The janitor: deletes answers on the date promised, and sessions that have ended.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::error::Error;
use crate::store::{self, rounds, sessions};
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
}

impl Janitor {
    /// Deletes everything that is due; returns the number of rounds whose answers went.
    pub async fn step(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        self.limits.sweep();
        sessions::sweep(&self.db, now).await?;
        let due = rounds::due_to_erase(&self.db, now).await?;
        for id in &due {
            let tx = store::begin_write(&self.db).await?;
            rounds::erase(&tx, *id, now).await?;
            tx.commit().await?;
            tracing::info!(round = %id, "the answers of a round have been deleted, as promised");
        }
        Ok(due.len())
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
