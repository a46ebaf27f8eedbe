//! The calendar: closes rounds whose time has come.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio_util::sync::CancellationToken;

use super::pause;
use crate::conduct::{self, Grouping};
use crate::error::Error;
use crate::store::{self, Tools, rounds};
use crate::world::Clock;

const EVERY: Duration = Duration::from_secs(15);

/// Closes rounds on time.
pub struct Calendar {
    /// The database.
    pub db: DatabaseConnection,
    /// Vault and randomness.
    pub tools: Tools,
    /// How statements are compared.
    pub grouping: Arc<Grouping>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Calendar {
    /// Closes every round whose closing time has come; returns how many. One that fails does not
    /// keep the others open.
    pub async fn step(&self) -> Result<usize, Error> {
        let mut closed = 0;
        for id in rounds::due_to_close(&self.db, self.clock.now()).await? {
            match self.close(id).await {
                Ok(()) => closed += 1,
                // A consultant, or another copy of the server, was first.
                Err(Error::Refused(_)) => {}
                Err(error) => {
                    tracing::error!(round = %id, error = &error as &dyn std::error::Error, "a round could not be closed");
                }
            }
        }
        Ok(closed)
    }

    async fn close(&self, id: entity::types::RoundId) -> Result<(), Error> {
        let tx = store::begin_write(&self.db).await?;
        let (access, round) = rounds::for_program(&tx, &self.tools, id).await?;
        // Under the lock: it may have been extended while this transaction waited.
        let round = rounds::again(&tx, &round).await?;
        if round.closes_at() > self.clock.now() {
            return Err(Error::Refused("The round has been extended."));
        }
        let (grouping, now) = (&self.grouping, self.clock.now());
        conduct::close_round(&tx, &self.tools, grouping, &access, &round, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Looks at the calendar until the server stops.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            if let Err(error) = self.step().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the calendar cannot be read"
                );
            }
            if !pause(&stop, EVERY).await {
                return;
            }
        }
    }
}
