//! Organisations, and which consultants work for them.

use chrono::{DateTime, Utc};
use entity::types::{ConsultantId, MembershipId, OrganisationId};
use entity::{consultant, membership, organisation, team};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};

use super::consultants::{self, SignedIn};
use super::{Result, Tools};
use crate::error::Error;
use crate::survey::{EmailAddress, Line};

/// An organisation's or a team's name.
pub type Name = Line<1, 120>;

/// Proof that the signed-in consultant works for this organisation.
#[derive(Clone, Debug)]
pub struct OrganisationAccess {
    row: organisation::Model,
    consultant: ConsultantId,
    since: DateTime<Utc>,
}

impl OrganisationAccess {
    /// The organisation's key.
    pub const fn id(&self) -> OrganisationId {
        self.row.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.row.name
    }

    /// Since when the consultant has had it.
    pub const fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The consultant whose access it is.
    pub const fn consultant(&self) -> ConsultantId {
        self.consultant
    }
}

/// An organisation and its teams, for lists.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The organisation.
    pub organisation: organisation::Model,
    /// Its teams by name.
    pub teams: Vec<team::Model>,
}

/// The consultant's organisations by name, with their teams.
pub async fn list(db: &impl ConnectionTrait, who: &SignedIn) -> Result<Vec<Listed>> {
    let ids: Vec<OrganisationId> = membership::Entity::find()
        .filter(membership::COLUMN.consultant_id.eq(who.id()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.organisation_id)
        .collect();
    let mut organisations = organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.clone()))
        .all(db)
        .await?;
    organisations.sort_by_key(|row| row.name.to_lowercase());
    let teams = team::Entity::find()
        .filter(team::Column::OrganisationId.is_in(ids))
        .order_by_asc(team::Column::Name)
        .all(db)
        .await?;
    Ok(organisations
        .into_iter()
        .map(|organisation| Listed {
            teams: teams
                .iter()
                .filter(|team| team.organisation_id == organisation.id)
                .cloned()
                .collect(),
            organisation,
        })
        .collect())
}

/// Adds an organisation; the consultant works for it from then on.
pub async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    who: &SignedIn,
    name: &Name,
    now: DateTime<Utc>,
) -> Result<OrganisationId> {
    let id: OrganisationId = tools.id();
    let row = organisation::ActiveModel {
        id: Set(id),
        name: Set(name.as_str().to_owned()),
        created_at: Set(now),
    };
    organisation::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    join(db, tools, id, who.id(), now).await?;
    Ok(id)
}

async fn join(
    db: &impl ConnectionTrait,
    tools: &Tools,
    organisation: OrganisationId,
    consultant: ConsultantId,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = membership::ActiveModel {
        id: Set(tools.id::<MembershipId>()),
        organisation_id: Set(organisation),
        consultant_id: Set(consultant),
        created_at: Set(now),
    };
    membership::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Proves access; an organisation of other consultants is [`Error::NotFound`], like none at all.
pub async fn access(
    db: &impl ConnectionTrait,
    who: &SignedIn,
    id: OrganisationId,
) -> Result<OrganisationAccess> {
    let row = organisation::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let membership = membership::Entity::find()
        .filter(membership::COLUMN.organisation_id.eq(id))
        .filter(membership::COLUMN.consultant_id.eq(who.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(OrganisationAccess {
        row,
        consultant: who.id(),
        since: membership.created_at,
    })
}

/// Renames the organisation.
pub async fn rename(
    db: &impl ConnectionTrait,
    access: &OrganisationAccess,
    name: &Name,
) -> Result<()> {
    let mut row = access.row.clone().into_active_model();
    row.name = Set(name.as_str().to_owned());
    row.update(db).await?;
    Ok(())
}

/// The consultants who work for the organisation, by name.
pub async fn colleagues(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &OrganisationAccess,
) -> Result<Vec<consultants::ConsultantPerson>> {
    of(db, tools, access.id()).await
}

/// The consultants who work for an organisation, by name.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    tools: &Tools,
    id: OrganisationId,
) -> Result<Vec<consultants::ConsultantPerson>> {
    let ids: Vec<ConsultantId> = membership::Entity::find()
        .filter(membership::COLUMN.organisation_id.eq(id))
        .all(db)
        .await?
        .into_iter()
        .map(|row| row.consultant_id)
        .collect();
    let mut people = Vec::with_capacity(ids.len());
    for row in consultant::Entity::find()
        .filter(consultant::Column::Id.is_in(ids))
        .all(db)
        .await?
    {
        people.push(consultants::person(db, tools, row.id).await?);
    }
    people.sort_by_key(|person| person.name.as_str().to_lowercase());
    Ok(people)
}

/// Gives another consultant access. `false` where nobody has that address; giving it twice changes
/// nothing.
pub async fn share(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &OrganisationAccess,
    email: &EmailAddress,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Some(colleague) = consultants::by_address(db, tools, email).await? else {
        return Ok(false);
    };
    let there = membership::Entity::find()
        .filter(membership::COLUMN.organisation_id.eq(access.id()))
        .filter(membership::COLUMN.consultant_id.eq(colleague.id))
        .one(db)
        .await?;
    if there.is_none() {
        join(db, tools, access.id(), colleague.id, now).await?;
    }
    Ok(true)
}
