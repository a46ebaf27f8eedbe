//! Invitations: the proof that a private link is genuine, and what the consultant may know of
//! each executive's progress.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use entity::types::{ExecutiveId, InvitationId, LetterState, RoundId, RoundState};
use entity::{executive, invitation, organisation, outbox, round, team};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set,
};

use super::rounds::Round;
use super::teams::{self, TeamAccess};
use super::{Result, Tools, consultants};
use crate::error::Error;
use crate::survey::{Language, Person};
use crate::vault::{LinkKind, LinkToken};

/// Proof of a private link into a round that takes answers. A handler that has one may read and
/// write this one response, and nothing else.
#[derive(Clone, Debug)]
pub struct OpenInvitation(Invitation);

/// A private link that is genuine, while its round takes no answers any more.
#[derive(Clone, Debug)]
pub struct ClosedInvitation(Invitation);

/// What a private link turned out to be.
#[derive(Clone, Debug)]
pub enum Proven {
    /// The round takes answers.
    Open(OpenInvitation),
    /// The round has closed. A page shows this only in answer to a POST, so that nothing typed is
    /// lost; to a GET the link is unknown.
    Closed(ClosedInvitation),
}

#[derive(Clone, Debug)]
struct Invitation {
    id: InvitationId,
    team_size: usize,
    person: Person,
    organisation: String,
    team: String,
    consultant: String,
    round: Round,
    submitted: bool,
    declined: bool,
    functions: Vec<String>,
}

impl ClosedInvitation {
    /// The language the executive reads.
    pub fn language(&self) -> Language {
        self.0.person.language.unwrap_or(self.0.round.language())
    }

    /// The round.
    pub fn round(&self) -> &Round {
        &self.0.round
    }
}

impl OpenInvitation {
    /// The invitation's key, for letters to its reader.
    pub const fn id(&self) -> InvitationId {
        self.0.id
    }

    /// The executive as entered.
    pub const fn person(&self) -> &Person {
        &self.0.person
    }

    /// The language the executive reads.
    pub fn language(&self) -> Language {
        self.0.person.language.unwrap_or(self.0.round.language())
    }

    /// The organisation's name.
    pub fn organisation(&self) -> &str {
        &self.0.organisation
    }

    /// The team's name.
    pub fn team(&self) -> &str {
        &self.0.team
    }

    /// The name of the consultant who asks.
    pub fn consultant(&self) -> &str {
        &self.0.consultant
    }

    /// How many executives the round asks.
    pub const fn team_size(&self) -> usize {
        self.0.team_size
    }

    /// The round.
    pub const fn round(&self) -> &Round {
        &self.0.round
    }

    /// When answers become final.
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.0.round.closes_at()
    }

    /// The zone in which dates are shown.
    pub fn time_zone(&self) -> Tz {
        self.0.round.time_zone()
    }

    /// Whether answers have been submitted.
    pub const fn submitted(&self) -> bool {
        self.0.submitted
    }

    /// Whether the executive declined.
    pub const fn declined(&self) -> bool {
        self.0.declined
    }

    /// The team's functions, in alphabetical order, without empty ones: the choices of question 5.
    pub fn functions(&self) -> &[String] {
        &self.0.functions
    }
}

/// Proves a private link. Unknown, forged and withdrawn ones are all [`Error::NotFound`].
pub async fn prove(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &LinkToken,
    now: DateTime<Utc>,
) -> Result<Proven> {
    let id = InvitationId(token.id());
    let row = invitation::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if row.revoked
        || !tools
            .vault
            .link_opens(token, LinkKind::Invitation, id.0, row.link_version)
    {
        return Err(Error::NotFound);
    }
    let open = |round: &Round| round.state() == RoundState::Open && now < round.closes_at();
    let invitation = read(db, tools, row).await?;
    Ok(if open(&invitation.round) {
        Proven::Open(OpenInvitation(invitation))
    } else {
        Proven::Closed(ClosedInvitation(invitation))
    })
}

async fn read(
    db: &impl ConnectionTrait,
    tools: &Tools,
    row: invitation::Model,
) -> Result<Invitation> {
    let round = round::Entity::find_by_id(row.round_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let team = team::Entity::find_by_id(round.team_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let organisation = organisation::Entity::find_by_id(team.organisation_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let key = teams::data_key(tools, &team)?;
    let mut person = None;
    let mut functions = Vec::new();
    let people = asked(db, row.round_id).await?;
    for executive in &people {
        let profile = teams::open_person(&key, executive)?;
        if !profile.function.is_empty() {
            functions.push(profile.function.as_str().to_owned());
        }
        if executive.id == row.executive_id {
            person = Some(profile);
        }
    }
    let consultant = consultants::person(db, tools, round.consultant_id).await?;
    functions.sort_by_key(|name| name.to_lowercase());
    functions.dedup_by_key(|name| name.to_lowercase());
    Ok(Invitation {
        id: row.id,
        team_size: people.len(),
        person: person.ok_or(Error::NotFound)?,
        organisation: organisation.name,
        team: team.name,
        consultant: consultant.name.into(),
        round: Round::new(round)?,
        submitted: row.submitted,
        declined: row.declined,
        functions,
    })
}

/// The executives a round asks (withdrawn invitations left out).
async fn asked(db: &impl ConnectionTrait, round: RoundId) -> Result<Vec<executive::Model>> {
    let invited: Vec<ExecutiveId> = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round))
        .filter(invitation::COLUMN.revoked.eq(false))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.executive_id)
        .collect();
    Ok(executive::Entity::find()
        .filter(executive::Column::Id.is_in(invited))
        .all(db)
        .await?)
}

/// A letter's reader and everything the letter says, for the postman.
#[derive(Clone, Debug)]
pub struct Addressee {
    /// The executive.
    pub person: Person,
    /// The organisation's name.
    pub organisation: String,
    /// The team's name.
    pub team: String,
    /// How many executives the round asks.
    pub team_size: usize,
    /// The round.
    pub round: Round,
    /// Token of the private link.
    pub token: String,
    /// Whether the round still takes answers and this one is still wanted.
    pub wanted: bool,
    /// Whether the executive has answered or declined.
    pub settled: bool,
}

/// Reads what a letter to that invitation says.
pub(crate) async fn addressee(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Addressee> {
    let row = invitation::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let token = tools
        .vault
        .link(LinkKind::Invitation, id.0, row.link_version);
    let (revoked, settled) = (row.revoked, row.submitted || row.declined);
    if revoked {
        // A withdrawn executive is not among those asked any more; there is nothing to read.
        return Err(Error::NotFound);
    }
    let invitation = read(db, tools, row).await?;
    let open = invitation.round.state() == RoundState::Open && now < invitation.round.closes_at();
    Ok(Addressee {
        person: invitation.person,
        organisation: invitation.organisation,
        team: invitation.team,
        team_size: invitation.team_size,
        round: invitation.round,
        token,
        wanted: open,
        settled,
    })
}

/// Where one letter stands, for the consultant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// No letter has been asked for.
    None,
    /// In the outbox; after a failed attempt with the server's last words.
    Queued {
        /// What the mail server said last.
        words: Option<String>,
    },
    /// The mail server took it.
    Sent {
        /// When.
        at: DateTime<Utc>,
    },
    /// Given up, with the server's last words.
    Failed {
        /// What the mail server said last.
        words: String,
    },
}

/// How far an executive is. It never tells anything of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Has not opened a question yet, or saved nothing.
    Waiting,
    /// Has saved something.
    Started,
    /// Has submitted.
    Submitted,
    /// Has declined.
    Declined,
}

/// One executive's progress in a round.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The invitation.
    pub invitation: InvitationId,
    /// The executive's key.
    pub executive: ExecutiveId,
    /// Who.
    pub person: Person,
    /// The invitation's letter.
    pub delivery: Delivery,
    /// How many reminders were asked for.
    pub reminders: usize,
    /// How far.
    pub stage: Stage,
    /// Whether the link has been withdrawn.
    pub revoked: bool,
}

impl Progress {
    /// Whether a reminder makes sense: asked, and neither answered nor declined.
    pub fn can_be_reminded(&self) -> bool {
        !self.revoked && matches!(self.stage, Stage::Waiting | Stage::Started)
    }
}

/// Whom each of the team's rounds asked, and whether they answered. Somebody whose link was withdrawn counts only if they
/// had answered before.
pub async fn asked_by_team(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
) -> Result<HashMap<RoundId, Vec<(ExecutiveId, bool)>>> {
    let rounds = round::Entity::find()
        .filter(round::COLUMN.team_id.eq(access.id()))
        .select_only()
        .column(round::Column::Id)
        .into_query();
    let mut asked: HashMap<_, Vec<_>> = HashMap::new();
    for row in invitation::Entity::find()
        .filter(invitation::Column::RoundId.in_subquery(rounds))
        .all(db)
        .await?
    {
        if !row.revoked || row.submitted {
            asked
                .entry(row.round_id)
                .or_default()
                .push((row.executive_id, row.submitted));
        }
    }
    Ok(asked)
}

/// Progress of everybody a round asks, by name.
pub async fn progress(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: RoundId,
) -> Result<Vec<Progress>> {
    let rows = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round))
        .all(db)
        .await?;
    let people = executive::Entity::find()
        .filter(executive::COLUMN.team_id.eq(access.id()))
        .all(db)
        .await?;
    let letters = outbox::Entity::find()
        .filter(outbox::Column::InvitationId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(outbox::Column::CreatedAt)
        .all(db)
        .await?;
    let mut progress = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(executive) = people.iter().find(|e| e.id == row.executive_id) else {
            continue;
        };
        let mine = || {
            letters
                .iter()
                .filter(|letter| letter.invitation_id == Some(row.id))
        };
        progress.push(Progress {
            invitation: row.id,
            executive: row.executive_id,
            person: teams::open_person(access.key(), executive)?,
            delivery: delivery(
                tools,
                // The newest letter that asks for answers: after a failure, what a resend became.
                mine().rfind(|l| l.kind == entity::types::LetterKind::Invitation),
            )?,
            reminders: mine()
                .filter(|l| l.kind == entity::types::LetterKind::Reminder)
                .count(),
            stage: if row.declined {
                Stage::Declined
            } else if row.submitted {
                Stage::Submitted
            } else if row.started {
                Stage::Started
            } else {
                Stage::Waiting
            },
            revoked: row.revoked,
        });
    }
    progress.sort_by_key(|p| p.person.name.as_str().to_lowercase());
    Ok(progress)
}

pub(super) fn delivery(tools: &Tools, letter: Option<&outbox::Model>) -> Result<Delivery> {
    let Some(letter) = letter else {
        return Ok(Delivery::None);
    };
    let words = super::outbox::last_words(tools, letter)?;
    Ok(match letter.state {
        LetterState::Pending => Delivery::Queued { words },
        LetterState::Sent => Delivery::Sent {
            at: letter.sent_at.unwrap_or(letter.created_at),
        },
        LetterState::Dead => Delivery::Failed {
            words: words.unwrap_or_default(),
        },
        LetterState::Dropped => Delivery::None,
    })
}

/// Withdraws an executive's link: they are no longer asked, and it opens nothing from now on.
pub async fn revoke(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
    id: InvitationId,
) -> Result<()> {
    if round.state() != RoundState::Open || round.team_id() != access.id() {
        return Err(Error::Refused(
            "A link can be withdrawn while its round is open.",
        ));
    }
    let row = invitation::Entity::find_by_id(id)
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let version = row.link_version;
    let mut row = row.into_active_model();
    row.revoked = Set(true);
    row.link_version = Set(version + 1);
    row.update(db).await?;
    super::outbox::drop_pending(db, &[id]).await
}
