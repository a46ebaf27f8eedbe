//! Teams and their executives. Everything personal is sealed with the team's data key.

use chrono::{DateTime, Utc};
use entity::types::{ConsultantId, Digest, ExecutiveId, OrganisationId, TeamId};
use entity::{executive, invitation, organisation, team};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::consultants::SignedIn;
use super::organisations::{self, Name, OrganisationAccess};
use super::{Result, Tools};
use crate::error::Error;
use crate::survey::{EmailAddress, Person};
use crate::vault::DataKey;

/// Proof that the signed-in consultant works for this team's organisation.
#[derive(Clone, Debug)]
pub struct TeamAccess {
    row: team::Model,
    organisation: organisation::Model,
    key: DataKey,
    consultant: ConsultantId,
    since: Option<DateTime<Utc>>,
}

impl TeamAccess {
    /// The team's key.
    pub const fn id(&self) -> TeamId {
        self.row.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.row.name
    }

    /// The organisation's key.
    pub const fn organisation_id(&self) -> OrganisationId {
        self.row.organisation_id
    }

    /// The organisation's name.
    pub fn organisation(&self) -> &str {
        &self.organisation.name
    }

    /// The consultant whose access it is.
    pub const fn consultant(&self) -> ConsultantId {
        self.consultant
    }

    /// Since when the consultant has had it; `None` for the program itself.
    pub(super) const fn since(&self) -> Option<DateTime<Utc>> {
        self.since
    }

    pub(super) const fn key(&self) -> &DataKey {
        &self.key
    }
}

/// An executive as a consultant sees one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executive {
    /// The executive's key.
    pub id: ExecutiveId,
    /// Who.
    pub person: Person,
    /// When added.
    pub joined_at: DateTime<Utc>,
    /// When gone, if so.
    pub left_at: Option<DateTime<Utc>>,
}

fn key_place(id: TeamId) -> String {
    format!("team/{id}")
}

fn person_place(id: ExecutiveId) -> String {
    format!("executive/{id}/person")
}

fn index(tools: &Tools, team: TeamId, email: &EmailAddress) -> Digest {
    tools
        .vault
        .blind_index(&format!("executive of {team}"), &email.folded())
}

pub(super) fn data_key(tools: &Tools, team: &team::Model) -> Result<DataKey> {
    Ok(tools
        .vault
        .unwrap_key(&key_place(team.id), &team.data_key)?)
}

pub(super) fn open_person(key: &DataKey, row: &executive::Model) -> Result<Person> {
    Ok(key.open_json(&person_place(row.id), &row.person)?)
}

/// Adds a team. A name the organisation has already is [`Error::Stale`].
pub async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &OrganisationAccess,
    name: &Name,
    now: DateTime<Utc>,
) -> Result<TeamId> {
    let id: TeamId = tools.id();
    let key = DataKey::random(&*tools.entropy);
    let row = team::ActiveModel {
        id: Set(id),
        organisation_id: Set(access.id()),
        name: Set(name.as_str().to_owned()),
        data_key: Set(tools.vault.wrap(&key_place(id), &key, &*tools.entropy)?),
        created_at: Set(now),
    };
    team::Entity::insert(row).exec_without_returning(db).await?;
    Ok(id)
}

/// Proves access; a team of other consultants is [`Error::NotFound`], like none at all.
pub async fn access(
    db: &impl ConnectionTrait,
    tools: &Tools,
    who: &SignedIn,
    id: TeamId,
) -> Result<TeamAccess> {
    let row = team::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let since = organisations::access(db, who, row.organisation_id)
        .await?
        .since();
    let team = for_program(db, tools, id, who.id()).await?;
    Ok(TeamAccess {
        since: Some(since),
        ..team
    })
}

/// The team as the program itself works on it (the calendar closing a round), in the name of the
/// consultant who opened the round.
pub(crate) async fn for_program(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: TeamId,
    consultant: ConsultantId,
) -> Result<TeamAccess> {
    let row = team::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let organisation = organisation::Entity::find_by_id(row.organisation_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(TeamAccess {
        key: data_key(tools, &row)?,
        row,
        organisation,
        consultant,
        since: None,
    })
}

/// Renames the team. A name the organisation has already is [`Error::Stale`].
pub async fn rename(db: &impl ConnectionTrait, access: &TeamAccess, name: &Name) -> Result<()> {
    let mut row = access.row.clone().into_active_model();
    row.name = Set(name.as_str().to_owned());
    row.update(db).await?;
    Ok(())
}

/// All executives by name, those who left last.
pub async fn executives(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Executive>> {
    let mut executives = Vec::new();
    for row in executive::Entity::find()
        .filter(executive::COLUMN.team_id.eq(access.id()))
        .all(db)
        .await?
    {
        executives.push(Executive {
            id: row.id,
            person: open_person(&access.key, &row)?,
            joined_at: row.joined_at,
            left_at: row.left_at,
        });
    }
    executives.sort_by_key(|e| (e.left_at.is_some(), e.person.name.as_str().to_lowercase()));
    Ok(executives)
}

/// The team and one executive of it, for a consultant who works for it.
pub async fn executive_access(
    db: &impl ConnectionTrait,
    tools: &Tools,
    who: &SignedIn,
    id: ExecutiveId,
) -> Result<(TeamAccess, Executive)> {
    let row = executive::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let access = access(db, tools, who, row.team_id).await?;
    let person = open_person(&access.key, &row)?;
    Ok((
        access,
        Executive {
            id,
            person,
            joined_at: row.joined_at,
            left_at: row.left_at,
        },
    ))
}

/// Adds an executive. An address the team has already is [`Error::Stale`].
pub async fn add_executive(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<ExecutiveId> {
    let id: ExecutiveId = tools.id();
    let row = executive::ActiveModel {
        id: Set(id),
        team_id: Set(access.id()),
        email_index: Set(index(tools, access.id(), &person.email)),
        person: Set(access
            .key
            .seal_json(&person_place(id), person, &*tools.entropy)?),
        joined_at: Set(now),
        left_at: Set(None),
    };
    executive::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// Changes an executive. An address another one has is [`Error::Stale`].
pub async fn update_executive(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    id: ExecutiveId,
    person: &Person,
) -> Result<()> {
    let row = of_team(db, access, id).await?;
    let email_index = index(tools, access.id(), &person.email);
    if email_index != row.email_index {
        // Whoever got a letter at the old address must not read or change the answers with it. The
        // next letter carries the new link.
        invitation::Entity::update_many()
            .col_expr(
                invitation::Column::LinkVersion,
                Expr::col(invitation::Column::LinkVersion).add(1),
            )
            .filter(invitation::COLUMN.executive_id.eq(id))
            .exec(db)
            .await?;
    }
    let mut row = row.into_active_model();
    row.email_index = Set(email_index);
    row.person = Set(access
        .key
        .seal_json(&person_place(id), person, &*tools.entropy)?);
    row.update(db).await?;
    Ok(())
}

/// Marks an executive as gone (rounds opened later do not ask them), or as back.
pub async fn set_left(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    id: ExecutiveId,
    left_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let mut row = of_team(db, access, id).await?.into_active_model();
    row.left_at = Set(left_at);
    row.update(db).await?;
    Ok(())
}

async fn of_team(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    id: ExecutiveId,
) -> Result<executive::Model> {
    executive::Entity::find_by_id(id)
        .filter(executive::COLUMN.team_id.eq(access.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// What an import would do with one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The address is new to the team.
    New,
    /// The address is there with other details, or its executive had left.
    Changed(ExecutiveId),
    /// Everything is there already.
    Unchanged(ExecutiveId),
}

/// What an import would do with each line, in order.
pub async fn effects(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    people: &[Person],
) -> Result<Vec<Effect>> {
    let there = executives(db, access).await?;
    Ok(people
        .iter()
        .map(|person| {
            match there
                .iter()
                .find(|e| e.person.email.folded() == person.email.folded())
            {
                None => Effect::New,
                Some(e) if e.left_at.is_none() && e.person == *person => Effect::Unchanged(e.id),
                Some(e) => Effect::Changed(e.id),
            }
        })
        .collect())
}

/// Adds and changes executives as [`effects`] says; call it in a writing transaction. Doing it
/// twice changes nothing. Returns how many were added and changed.
pub async fn import(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    people: &[Person],
    now: DateTime<Utc>,
) -> Result<(usize, usize)> {
    let (mut added, mut changed) = (0, 0);
    for (person, effect) in people.iter().zip(effects(db, access, people).await?) {
        match effect {
            Effect::New => {
                add_executive(db, tools, access, person, now).await?;
                added += 1;
            }
            Effect::Changed(id) => {
                update_executive(db, tools, access, id, person).await?;
                set_left(db, access, id, None).await?;
                changed += 1;
            }
            Effect::Unchanged(_) => {}
        }
    }
    Ok((added, changed))
}
