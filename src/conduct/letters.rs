//! Letters: from what the store knows of their reader to what the postman sends.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::types::{ExecutiveId, LetterKind as StoredKind};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::mail::{Letter, LetterFacts, LetterKind, OwnerFacts, compose, compose_owner};
use crate::settings::Settings;
use crate::store::consultants::{self, ConsultantPerson};
use crate::store::decisions::OwnerLetter;
use crate::store::invitations::Addressee;
use crate::store::rounds::Round;
use crate::store::teams::{self, TeamAccess};
use crate::store::{Tools, organisations};
use crate::survey::{Language, Person, Provider};
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

/// What a letter is about, apart from its reader.
struct Frame<'a> {
    organisation: &'a str,
    team: &'a str,
    round: &'a Round,
    consultant: ConsultantPerson,
}

/// Whom and what a notice names. It is kept with the round: a name that changes later does not
/// change what was promised.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Named {
    organisation: String,
    team: String,
    team_size: usize,
    consultant: String,
    others: Vec<String>,
    /// Whose language model may propose groups. `store::assistance` reads it here, in the promise as
    /// it was kept, and asks nobody else. Rounds from before there was a choice have none.
    #[serde(default)]
    provider: Option<Provider>,
}

/// The promise as it is kept with an open round.
#[derive(Serialize, Deserialize)]
struct KeptPromise {
    named: Named,
    /// The notice word for word, by language code.
    notices: BTreeMap<String, Notice>,
}

/// The consultant who signs, and all others with access to the organisation.
async fn consultants_of(
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

fn notice_of(named: &Named, round: &Round, catalogue: &Catalogue, language: Language) -> Notice {
    let facts = NoticeFacts {
        promise: round.promise(),
        provider: named.provider.as_ref().map(Provider::as_str),
        organisation: &named.organisation,
        team: &named.team,
        consultant: &named.consultant,
        others: &named.others,
        team_size: named.team_size,
        closes_at: round.closes_at(),
        time_zone: round.time_zone(),
    };
    notice(catalogue, language, &facts)
}

fn language_of(to: &Person, round: &Round) -> Language {
    to.language.unwrap_or(round.language())
}

#[expect(clippy::too_many_arguments, reason = "what a letter consists of")]
fn write(
    desk: &Desk,
    frame: &Frame<'_>,
    kind: LetterKind,
    to: &Person,
    notice: Notice,
    link: String,
    key: String,
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    let language = language_of(to, frame.round);
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
        notice,
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
    let round = &addressee.round;
    let consultant = consultants::person(db, tools, round.consultant_id()).await?;
    let notice = kept_notice(tools, round, language_of(&addressee.person, round))?
        .ok_or_else(|| Error::Broken("a round that has opened keeps no notice".into()))?;
    let frame = Frame {
        organisation: &addressee.organisation,
        team: &addressee.team,
        round,
        consultant,
    };
    let kind = match kind {
        StoredKind::Invitation => LetterKind::Invitation,
        StoredKind::Reminder => LetterKind::Reminder,
        StoredKind::Receipt => LetterKind::Receipt,
        StoredKind::Decision => {
            return Err(Error::Broken(
                "a letter about a decision has no invitation".into(),
            ));
        }
    };
    let link = format!("{}/r/{}", desk.settings.public_url, addressee.token);
    write(
        desk,
        &frame,
        kind,
        &addressee.person,
        notice,
        link,
        key.to_owned(),
        now,
    )
}

/// The letter to the owner of a decision. `key` is the outbox row's own.
pub async fn owner_letter(
    db: &impl ConnectionTrait,
    tools: &Tools,
    desk: &Desk,
    to: &OwnerLetter,
    key: &str,
    now: DateTime<Utc>,
) -> Result<Letter, Error> {
    let consultant = consultants::person(db, tools, to.round.consultant_id()).await?;
    let facts = OwnerFacts {
        language: language_of(&to.person, &to.round),
        to_name: to.person.name.as_str().to_owned(),
        to_address: to.person.email.clone(),
        consultant_name: consultant.name.as_str().to_owned(),
        consultant_address: consultant.email,
        system_address: desk.settings.mail_from.clone(),
        organisation: to.organisation.clone(),
        team: to.team.clone(),
        label: to.round.label().to_owned(),
        question: to.decision.question.clone(),
        decision: to.decision.answer(),
        due_on: to.decision.due_on,
        stops: to.decision.stops.clone(),
        message_id_key: key.to_owned(),
        now,
    };
    Ok(compose_owner(&desk.templates, &desk.catalogue, &facts)?)
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
    let (consultant, others) = consultants_of(db, tools, access, round).await?;
    let language = language_of(&to.person, round);
    let notice = if let Some(kept) = kept_notice(tools, round, language)? {
        kept
    } else {
        let named = Named {
            organisation: access.organisation().to_owned(),
            team: access.name().to_owned(),
            team_size: team.iter().filter(|e| e.left_at.is_none()).count(),
            consultant: consultant.name.as_str().to_owned(),
            others,
            provider: round.provider().cloned(),
        };
        notice_of(&named, round, &desk.catalogue, language)
    };
    let frame = Frame {
        organisation: access.organisation(),
        team: access.name(),
        round,
        consultant,
    };
    let link = format!("{}/r/{}", desk.settings.public_url, "•".repeat(43));
    write(
        desk,
        &frame,
        LetterKind::Invitation,
        &to.person,
        notice,
        link,
        "preview".into(),
        now,
    )
}

/// The promise to be kept with a round that opens now, as JSON.
pub(super) async fn promise_text(
    db: &impl ConnectionTrait,
    tools: &Tools,
    catalogue: &Catalogue,
    access: &TeamAccess,
    round: &Round,
    team_size: usize,
) -> Result<String, Error> {
    let (consultant, others) = consultants_of(db, tools, access, round).await?;
    let named = Named {
        organisation: access.organisation().to_owned(),
        team: access.name().to_owned(),
        team_size,
        consultant: consultant.name.into(),
        others,
        provider: round.provider().cloned(),
    };
    in_words(named, round, catalogue)
}

/// The kept promise with the round's new closing time, and nothing else changed.
pub(super) fn extended_promise(
    tools: &Tools,
    catalogue: &Catalogue,
    round: &Round,
) -> Result<String, Error> {
    let kept = kept_promise(tools, round)?
        .ok_or_else(|| Error::Broken("a round that has opened keeps no notice".into()))?;
    in_words(kept.named, round, catalogue)
}

fn in_words(named: Named, round: &Round, catalogue: &Catalogue) -> Result<String, Error> {
    let notices = Language::ALL
        .into_iter()
        .map(|language| {
            let notice = notice_of(&named, round, catalogue, language);
            (language.code().to_owned(), notice)
        })
        .collect();
    serde_json::to_string(&KeptPromise { named, notices })
        .map_err(|error| Error::Broken(format!("the notice cannot be kept: {error}")))
}

fn kept_promise(tools: &Tools, round: &Round) -> Result<Option<KeptPromise>, Error> {
    let Some(text) = round.promise_text(tools)? else {
        return Ok(None);
    };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| Error::Broken(format!("a round's notice cannot be read: {error}")))
}

/// The notice as it was kept when the round opened, in that language; `None` while it is a draft.
pub fn kept_notice(
    tools: &Tools,
    round: &Round,
    language: Language,
) -> Result<Option<Notice>, Error> {
    let Some(KeptPromise { mut notices, .. }) = kept_promise(tools, round)? else {
        return Ok(None);
    };
    // English is always complete; a language added since was not promised in.
    let found = notices
        .remove(language.code())
        .or_else(|| notices.remove(Language::En.code()));
    found
        .map(Some)
        .ok_or_else(|| Error::Broken("a round's notice is in no language".into()))
}
