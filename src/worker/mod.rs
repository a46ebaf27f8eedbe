//! What happens without anybody pressing a button: letters are sent, rounds close when their time
//! has come and are grouped anew where that was promised, answers are deleted on their day. Several copies of the server share the
//! work: each step is safe to be tried by all of them.

mod calendar;
mod janitor;
mod postman;
mod sorter;

pub use calendar::Calendar;
pub use janitor::Janitor;
pub use postman::{Postman, Step};
pub use sorter::{Sorted, Sorter};

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Pauses, unless the server stops meanwhile; `false` then.
async fn pause(stop: &CancellationToken, how_long: Duration) -> bool {
    stop.run_until_cancelled(tokio::time::sleep(how_long))
        .await
        .is_some()
}
