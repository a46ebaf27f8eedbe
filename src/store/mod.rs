//! Every query. Functions take a connection and `now`; handlers open the transactions. The promise
//! is enforced here, on the way out: executives' words leave only through [`gate`].

use std::sync::Arc;

use crate::error::Error;
use crate::vault::Vault;
use crate::world::Entropy;

mod convert;

pub mod aliases;
pub mod assistance;
pub mod coders;
pub mod codings;
pub mod connect;
pub mod consultants;
pub mod decisions;
pub mod deletion;
pub mod gate;
pub mod history;
pub mod invitations;
pub mod organisations;
pub mod outbox;
pub mod overview;
pub mod report_edits;
pub mod reports;
pub mod responses;
pub mod rounds;
pub mod sessions;
pub mod sorting;
pub mod teams;
pub mod themes;

pub use connect::{begin_write, connect, copy_sqlite, holds_sealed_data, opens_with};

/// What a store function's result is.
pub type Result<T> = std::result::Result<T, Error>;

/// What the store needs besides a connection: the vault and a source of randomness.
#[derive(Clone)]
pub struct Tools {
    /// Seals and opens.
    pub vault: Vault,
    /// Keys, nonces and ids come from here.
    pub entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Tools {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tools")
    }
}

impl Tools {
    /// A new random key of a table.
    pub fn id<T: From<uuid::Uuid>>(&self) -> T {
        T::from(self.entropy.uuid())
    }
}
