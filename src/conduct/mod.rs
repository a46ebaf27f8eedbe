//! Conducting a round: the moves that need more than one room. Opening needs the wording of the
//! promise, closing needs the theme proposal, a report needs the engine. Web and worker call these.

mod coded;
mod coders;
mod debrief;
mod frozen;
mod grouping;
mod letters;
mod moves;
mod publishing;
mod results;
mod trend;

pub use coded::coded_round;
pub use coders::{Difference, differences, two_coders};
pub use frozen::Frozen;
pub use grouping::{Compared, Grouping};
pub use letters::{Desk, kept_notice, letter, owner_letter, preview};
pub use moves::{close_round, extend_round, open_round, propose_again};
pub use publishing::{Editing, Publication, editing, known, prepare, publish, revise, too_few};
pub use results::{index_now, material, public_score};
pub use trend::{rounds_with_enough, side_by_side, trend};
