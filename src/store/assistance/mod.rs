//! The help of a language model in grouping statements, where the promise of the round names its
//! provider. Nothing here knows HTTP: `crate::assistant` does, and it takes nothing but a [`Sheet`].
//!
//! The way of a statement to a provider, each step to be had from the one before alone:
//!
//! 1. [`Leave`]: the notice as it was *kept* when the round opened names the very provider that the
//!    operator has set.
//! 2. [`Sheet`]: texts and theme names under numbers made for one call, made from a leave.
//! 3. [`Grouping`]: an answer that has been checked against its sheet, number by number.
//! 4. [`adopt`]: proposes the texts that nobody has decided yet where the grouping says.
//!
//! Their fields are private, so that no step can be left out:
//!
//! ```compile_fail,E0451
//! # use coherence::{store::{assistance::Leave, gate::ConsultantReader}, survey::Provider};
//! fn forged(reader: ConsultantReader, provider: Provider) -> Leave {
//!     Leave { reader, provider }
//! }
//! ```
//!
//! ```compile_fail,E0451
//! # use coherence::store::assistance::Sheet;
//! fn altered(sheet: Sheet) -> Sheet {
//!     Sheet { texts: Vec::new(), ..sheet }
//! }
//! ```
//!
//! ```compile_fail,E0451
//! let grouping = coherence::store::assistance::Grouping { names: vec![], places: vec![] };
//! ```

mod adopt;
mod calls;
mod job;
mod leave;
mod sheet;

pub use adopt::adopt;
pub use calls::{Call, Cost, End, Usage, all_calls, begin, calls_of, finish};
pub use job::{Assistance, Lease, Next, hold, is_due, lease, of_round, settle, want};
pub use leave::{Leave, promised, sheet};
pub use sheet::{Grouping, KnownText, Misfit, Sheet, Text};
