//! The survey's own rules: the five questions, what counts as an answer, what executives are
//! promised, how a round moves. Knows no web, no database, no statistics.

pub mod answers;
pub mod decision;
pub mod draft;
pub mod people;
pub mod promise;
pub mod quarter;
pub mod question;
pub mod roster;
pub mod round;
pub mod rule;
pub mod text;

pub use answers::{Answer, Answers, Body, Comparison, Measure, Quote, Statement, Target};
pub use decision::{Decision, Owner, Way};
pub use draft::{Draft, Entry, Part};
pub use people::{EmailAddress, Language, Person};
pub use promise::{Attribution, Count, Promise, Provider};
pub use question::Question;
pub use rule::{Mistake, Mistakes, Rule};
pub use text::{Line, StatementText};
