//! From facts to a letter, through the templates in `templates/mail/<letter>/`.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use minijinja::{Environment, Error, Value, context};
use sha2::{Digest, Sha256};

use super::letter::{Correspondent, Letter};
use super::text::{one_line, paragraphs, wrapped};
use crate::survey::{EmailAddress, Language};
use crate::wording::{Catalogue, Notice, day, moment, round_label, short_day, words};

/// The letters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// Asks an executive, with the private link.
    Invitation,
    /// Asks again whoever has not answered.
    Reminder,
    /// Says that the answers have arrived, without repeating them.
    Receipt,
}

impl LetterKind {
    /// All letters.
    pub const ALL: [Self; 3] = [Self::Invitation, Self::Reminder, Self::Receipt];

    /// The name used in the outbox and as the templates' folder.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Receipt => "receipt",
        }
    }

    /// The letter of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// Everything a letter says. It has no `Debug`: names and the private link stay out of logs.
#[derive(Clone)]
pub struct LetterFacts {
    /// Which letter.
    pub kind: LetterKind,
    /// The executive's language.
    pub language: Language,
    /// The executive.
    pub to_name: String,
    /// Where the letter goes.
    pub to_address: EmailAddress,
    /// The consultant, whose name the sender bears.
    pub consultant_name: String,
    /// Where replies go.
    pub consultant_address: EmailAddress,
    /// The system's own address, from which all letters come; its domain ends the `Message-ID`.
    pub system_address: EmailAddress,
    /// The client.
    pub organisation: String,
    /// The team asked.
    pub team: String,
    /// The round's label, such as `2026-Q4`.
    pub label: String,
    /// When answers become final.
    pub closes_at: DateTime<Utc>,
    /// The zone in which that time is shown.
    pub time_zone: Tz,
    /// The executive's private link, absolute.
    pub link: String,
    /// The consultant's own words; may be empty. A receipt leaves them out.
    pub message: String,
    /// Who sees what. A receipt leaves it out.
    pub notice: Notice,
    /// The outbox's key for this letter: the same key gives the same `Message-ID`.
    pub message_id_key: String,
    /// When the letter is written.
    pub now: DateTime<Utc>,
}

/// What the letter to a decision's owner says. It has no `Debug`: names stay out of logs.
#[derive(Clone)]
pub struct OwnerFacts {
    /// The owner's language; the decision is in the words in which it was recorded.
    pub language: Language,
    /// The owner.
    pub to_name: String,
    /// Where the letter goes.
    pub to_address: EmailAddress,
    /// The consultant, whose name the sender bears.
    pub consultant_name: String,
    /// Where replies go.
    pub consultant_address: EmailAddress,
    /// The system's own address, from which all letters come; its domain ends the `Message-ID`.
    pub system_address: EmailAddress,
    /// The client.
    pub organisation: String,
    /// The team that decided.
    pub team: String,
    /// The round's label, such as `2026-Q4`.
    pub label: String,
    /// The question the report put; none for a decision of the team's own.
    pub question: Option<String>,
    /// What was decided.
    pub decision: String,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// What stops because of it; may be empty.
    pub stops: String,
    /// The outbox's key for this letter: the same key gives the same `Message-ID`.
    pub message_id_key: String,
    /// When the letter is written.
    pub now: DateTime<Utc>,
}

/// Writes the letter to a decision's owner, from the templates in `mail/decision/`.
pub fn compose_owner(
    env: &Environment<'_>,
    catalogue: &Arc<Catalogue>,
    facts: &OwnerFacts,
) -> Result<Letter, Error> {
    let language = facts.language;
    let values = context! {
        t => words(Arc::clone(catalogue), language),
        language => language.code(),
        to_name => one_line(&facts.to_name),
        consultant => one_line(&facts.consultant_name),
        organisation => one_line(&facts.organisation),
        team => one_line(&facts.team),
        label => one_line(&round_label(catalogue, language, &facts.label)),
        question => facts.question.as_deref().map(one_line).unwrap_or_default(),
        decision => one_line(&facts.decision),
        due => facts.due_on.map(|date| day(catalogue, language, date)).unwrap_or_default(),
        stops => one_line(&facts.stops),
    };
    let (subject, text, html) = render(env, "decision", values)?;
    Ok(Letter {
        from: Correspondent::new(&facts.consultant_name, facts.system_address.clone()),
        reply_to: Correspondent::new(&facts.consultant_name, facts.consultant_address.clone()),
        to: Correspondent::new(&facts.to_name, facts.to_address.clone()),
        subject,
        text,
        html,
        message_id: message_id(&facts.message_id_key, &facts.system_address),
        written_at: facts.now,
    })
}

/// Subject, text and HTML from the templates of that folder.
fn render(
    env: &Environment<'_>,
    folder: &str,
    values: Value,
) -> Result<(String, String, String), Error> {
    let part = |part: &str| format!("mail/{folder}/{part}");
    let subject = env
        .get_template(&part("subject.txt"))?
        .render(values.clone())?;
    let subject = one_line(&subject);
    let values = context! { subject => subject.clone(), ..values };
    let text = env
        .get_template(&part("body.txt"))?
        .render(values.clone())?;
    let html = env.get_template(&part("body.html"))?.render(values)?;
    Ok((subject, wrapped(&text), html))
}

/// Writes the letter. The environment holds `mail/<letter>/{subject.txt,body.txt,body.html}`;
/// it may be strict about undefined values.
pub fn compose(
    env: &Environment<'_>,
    catalogue: &Arc<Catalogue>,
    facts: &LetterFacts,
) -> Result<Letter, Error> {
    let (subject, text, html) = render(env, facts.kind.key(), values(catalogue, facts))?;
    Ok(Letter {
        from: Correspondent::new(&facts.consultant_name, facts.system_address.clone()),
        reply_to: Correspondent::new(&facts.consultant_name, facts.consultant_address.clone()),
        to: Correspondent::new(&facts.to_name, facts.to_address.clone()),
        subject,
        text,
        html,
        message_id: message_id(&facts.message_id_key, &facts.system_address),
        written_at: facts.now,
    })
}

fn values(catalogue: &Arc<Catalogue>, facts: &LetterFacts) -> Value {
    let language = facts.language;
    let closing_day = facts.closes_at.with_timezone(&facts.time_zone).date_naive();
    context! {
        t => words(Arc::clone(catalogue), language),
        language => language.code(),
        to_name => one_line(&facts.to_name),
        consultant => one_line(&facts.consultant_name),
        organisation => one_line(&facts.organisation),
        team => one_line(&facts.team),
        label => one_line(&round_label(catalogue, language, &facts.label)),
        day => short_day(catalogue, language, closing_day),
        closes => moment(catalogue, language, facts.closes_at, facts.time_zone),
        link => link(&facts.link),
        message => paragraphs(&facts.message),
        headline => facts.notice.headline.clone(),
        lines => facts.notice.lines.clone(),
    }
}

/// Escaping turns every `/` of a link into an entity, which some programs that look for links in
/// mail do not undo. A link made only of characters that mean nothing in HTML goes in as it is.
fn link(link: &str) -> Value {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#=%".contains(c);
    if link.chars().all(harmless) {
        Value::from_safe_string(link.to_owned())
    } else {
        Value::from(one_line(link))
    }
}

/// `<digest@domain>`: a hash, because the key may be made of things that must not travel.
fn message_id(key: &str, system: &EmailAddress) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let domain = system.as_str().rsplit('@').next().unwrap_or_default();
    let mut id = String::from("<");
    for byte in digest.iter().take(20) {
        // Writing into a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id.push('@');
    id.push_str(domain);
    id.push('>');
    id
}
