//! A letter, ready to be sent.

use std::fmt;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::mailer::Refusal;
use super::text::one_line;
use crate::survey::EmailAddress;

/// Somebody who writes or gets letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// The name to show.
    pub name: String,
    /// Where letters go.
    pub address: EmailAddress,
}

impl Correspondent {
    /// A name, made safe for a header, and an address.
    pub fn new(name: &str, address: EmailAddress) -> Self {
        Self {
            name: one_line(name),
            address,
        }
    }

    fn mailbox(&self) -> Result<Mailbox, Refusal> {
        let address = self
            .address
            .as_str()
            .parse()
            .map_err(|_| Refusal::permanent("the address cannot be used in a letter"))?;
        // The fields are public, so the name is made safe here too.
        let name = one_line(&self.name);
        Ok(Mailbox::new(
            Some(name).filter(|name| !name.is_empty()),
            address,
        ))
    }
}

/// One letter to one person. `Debug` shows its identifier alone: names, addresses and the private
/// link stay out of logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The consultant's name with the system's address.
    pub from: Correspondent,
    /// The consultant.
    pub reply_to: Correspondent,
    /// The executive.
    pub to: Correspondent,
    /// One line that gives nothing away.
    pub subject: String,
    /// The plain text: lines of at most 72 characters unless a word is longer.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// `<digest@domain>`; the same for every attempt to send this letter.
    pub message_id: String,
    /// When it was written.
    pub written_at: DateTime<Utc>,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({})", self.message_id)
    }
}

impl Letter {
    /// The letter as it goes over the wire: text first, then HTML.
    pub fn message(&self) -> Result<Message, Refusal> {
        // Out-of-office programs and lists do not answer a letter marked so (RFC 3834).
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        Message::builder()
            .from(self.from.mailbox()?)
            .reply_to(self.reply_to.mailbox()?)
            .to(self.to.mailbox()?)
            .subject(one_line(&self.subject))
            .date(self.written_at.into())
            .message_id(Some(self.message_id.clone()))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(
                self.text.clone(),
                self.html.clone(),
            ))
            .map_err(|error| Refusal::permanent(&error.to_string()))
    }
}
