//! Letters: from what the store knows of their reader to what the postman sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::types::{ExecutiveId, LetterKind as StoredKind};
use sea_orm::ConnectionTrait;

use crate::error::Error;
use crate::mail::{Letter, LetterFacts, LetterKind, compose};
use crate::settings::Settings;
use crate::store::consultants::{self, ConsultantPerson};
use crate::store::invitations::{self, Addressee};
use crate::store::rounds::Round;
use crate::store::teams::{self, TeamAccess};
use crate::store::{Tools, organisations};
use crate::survey::{Language, Person};
use crate::wording::{Catalogue, Notice, NoticeFacts, notice};

/// What writing letters needs besides their facts.
#[derive(Clone)]
pub struct Desk {
    /// Templates named `mail/...`.
    pub templates: Arc<minijinja::Environment<'static>>,
    /// Every word an executive reads.
    pub catalogue: Arc<Catalogue>,
    /// Sender's address and the server's own.
    pub settings: Arc<Settings>,
}

/// Whom a letter is about, apart from its reader.
struct Frame<'a> {
    organisation: &'a str,
    team: &'a str,
    team_size: usize,
    round: &'a Round,
    consultant: ConsultantPerson,
    others: Vec<String>,
}

/// The consultant who signs, and all others with access to the organisation.
pub(super) async fn consultants_of(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
) -> Result<(ConsultantPerson, Vec<String>), Error> {
    let signs = if round.opened_at().is_some() {
        round.consultant_id()
    } else {
        access.consultant()
    };
    let consultant = consultants::person(db, tools, signs).await?;
    let others = organisations::of(db, tools, access.organisation_id())
        .await?
        .into_iter()
        .filter(|person| person.email != consultant.email)
        .map(|person| String::from(person.name))
        .collect();
    Ok((consultant, others))
}

fn notice_of(frame: &Frame<'_>, catalogue: &Catalogue, language: Language) -> Notice {
    let facts = NoticeFacts {
        promise: frame.round.promise(),
        organisation: frame.organisation,
        team: frame.team,
        consultant: frame.consultant.name.as_str(),
        others: &frame.others,
        team_size: frame.team_size,
        closes_at: frame.round.closes_at(),
        time_zone: frame.round.time_zone(),
    };
    notice(catalogue, language, &facts)
}

fn write(
    desk: &Desk,
    frame: &Frame<'_>,
    kind: LetterKind,
    to: &Person,
    link: String,
    key: String,
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    let language = to.language.unwrap_or(frame.round.language());
    let facts = LetterFacts {
        kind,
        language,
        to_name: to.name.as_str().to_owned(),
        to_address: to.email.clone(),
        consultant_name: frame.consultant.name.as_str().to_owned(),
        consultant_address: frame.consultant.email.clone(),
        system_address: desk.settings.mail_from.clone(),
        organisation: frame.organisation.to_owned(),
        team: frame.team.to_owned(),
        label: frame.round.label().to_owned(),
        closes_at: frame.round.closes_at(),
        time_zone: frame.round.time_zone(),
        link,
        message: frame.round.message().to_owned(),
        notice: notice_of(frame, &desk.catalogue, language),
        message_id_key: key,
        now,
    };
    Ok(compose(&desk.templates, &desk.catalogue, &facts)?)
}

/// The letter to one addressee, as it is sent. `key` is the outbox row's own.
pub async fn letter(
    db: &impl ConnectionTrait,
    tools: &Tools,
    desk: &Desk,
    addressee: &Addressee,
    kind: StoredKind,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    let access = teams::for_program(
        db,
        tools,
        addressee.round.team_id(),
        addressee.round.consultant_id(),
    )
    .await?;
    let (consultant, others) = consultants_of(db, tools, &access, &addressee.round).await?;
    let frame = Frame {
        organisation: &addressee.organisation,
        team: &addressee.team,
        team_size: addressee.team_size,
        round: &addressee.round,
        consultant,
        others,
    };
    let kind = match kind {
        StoredKind::Invitation => LetterKind::Invitation,
        StoredKind::Reminder => LetterKind::Reminder,
        StoredKind::Receipt => LetterKind::Receipt,
    };
    let link = format!("{}/r/{}", desk.settings.public_url, addressee.token);
    write(
        desk,
        &frame,
        kind,
        &addressee.person,
        link,
        key.to_owned(),
        now,
    )
}

/// The invitation one executive would get, exactly as it will be sent but for the link, which is
/// the executive's alone.
pub async fn preview(
    db: &impl ConnectionTrait,
    tools: &Tools,
    desk: &Desk,
    access: &TeamAccess,
    round: &Round,
    executive: ExecutiveId,
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    let team = teams::executives(db, access).await?;
    let to = team
        .iter()
        .find(|e| e.id == executive)
        .ok_or(Error::NotFound)?;
    let team_size = if round.opened_at().is_some() {
        invitations::asked_count(db, round).await?
    } else {
        team.iter().filter(|e| e.left_at.is_none()).count()
    };
    let (consultant, others) = consultants_of(db, tools, access, round).await?;
    let frame = Frame {
        organisation: access.organisation(),
        team: access.name(),
        team_size,
        round,
        consultant,
        others,
    };
    let link = format!("{}/r/{}", desk.settings.public_url, "•".repeat(43));
    write(
        desk,
        &frame,
        LetterKind::Invitation,
        &to.person,
        link,
        "preview".into(),
        now,
    )
}

/// The notice in every language, as it is kept with the round: JSON by language code.
pub(super) async fn promise_text(
    db: &impl ConnectionTrait,
    tools: &Tools,
    catalogue: &Catalogue,
    access: &TeamAccess,
    round: &Round,
    team_size: usize,
) -> Result<String, Error> {
    let (consultant, others) = consultants_of(db, tools, access, round).await?;
    let frame = Frame {
        organisation: access.organisation(),
        team: access.name(),
        team_size,
        round,
        consultant,
        others,
    };
    let kept: BTreeMap<&str, Notice> = Language::ALL
        .into_iter()
        .map(|language| (language.code(), notice_of(&frame, catalogue, language)))
        .collect();
    serde_json::to_string(&kept)
        .map_err(|error| Error::Broken(format!("the notice cannot be kept: {error}")))
}

/// The notice as it was kept when the round opened, in that language; `None` while it is a draft.
pub fn kept_notice(
    tools: &Tools,
    round: &Round,
    language: Language,
) -> Result<Option<Notice>, Error> {
    let Some(text) = round.promise_text(tools)? else {
        return Ok(None);
    };
    let mut kept: BTreeMap<String, Notice> = serde_json::from_str(&text)
        .map_err(|error| Error::Broken(format!("a round's notice cannot be read: {error}")))?;
    // English is always complete; a language added since was not promised in.
    let found = kept
        .remove(language.code())
        .or_else(|| kept.remove(Language::En.code()));
    found
        .map(Some)
        .ok_or_else(|| Error::Broken("a round's notice is in no language".into()))
}
