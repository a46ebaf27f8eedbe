//! Letters to executives, and the ways to send them.

mod compose;
mod letter;
mod mailer;
mod smtp;
mod text;

pub use compose::{LetterFacts, LetterKind, OwnerFacts, compose, compose_owner};
pub use letter::{Correspondent, Letter};
pub use mailer::{Files, Mailer, Memory, Refusal};
pub use smtp::{Smtp, SmtpUrlError};

#[cfg(test)]
mod tests;
