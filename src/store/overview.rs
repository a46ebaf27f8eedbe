//! Rounds as lists show them: how many have answered, which letters failed, what is left to sort.

use entity::types::{InvitationId, OrganisationId};
use entity::{invitation, organisation, round, team};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::consultants::SignedIn;
use super::rounds::{self, Round};
use super::teams::TeamAccess;
use super::{Result, codings, organisations, outbox};
use crate::error::Error;

/// A round with what the home page says of it.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The organisation's key.
    pub organisation_id: OrganisationId,
    /// The organisation's name.
    pub organisation: String,
    /// The team's name.
    pub team: String,
    /// The round.
    pub round: Round,
    /// How many executives it asks; 0 while it is a draft.
    pub asked: usize,
    /// How many have submitted.
    pub submitted: usize,
    /// How many have declined.
    pub declined: usize,
    /// How many invitations the mail server refused for good.
    pub failed_letters: usize,
    /// How many texts there are to sort into themes.
    pub texts: usize,
    /// How many of them a consultant has confirmed.
    pub confirmed: usize,
}

/// All rounds of all teams the consultant works for, the newest first.
pub async fn all(db: &impl ConnectionTrait, who: &SignedIn) -> Result<Vec<Overview>> {
    let mut list = Vec::new();
    for listed in organisations::list(db, who).await? {
        for team in &listed.teams {
            let rows = round::Entity::find()
                .filter(round::COLUMN.team_id.eq(team.id))
                .all(db)
                .await?;
            for row in rows {
                list.push(one(db, &listed.organisation, team, Round::new(row)?).await?);
            }
        }
    }
    list.sort_by_key(|o| std::cmp::Reverse(o.round.created_at()));
    Ok(list)
}

/// The rounds of one team, the newest first.
pub async fn of_team(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Overview>> {
    let organisation = organisation::Entity::find_by_id(access.organisation_id())
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let team = team::Entity::find_by_id(access.id())
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let mut list = Vec::new();
    for round in rounds::of_team(db, access).await? {
        list.push(one(db, &organisation, &team, round).await?);
    }
    Ok(list)
}

async fn one(
    db: &impl ConnectionTrait,
    organisation: &organisation::Model,
    team: &team::Model,
    round: Round,
) -> Result<Overview> {
    let asked = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        // Somebody whose link was withdrawn after answering has still answered.
        .filter(
            Condition::any()
                .add(invitation::COLUMN.revoked.eq(false))
                .add(invitation::COLUMN.submitted.eq(true)),
        )
        .all(db)
        .await?;
    let ids: Vec<InvitationId> = asked.iter().map(|row| row.id).collect();
    let (texts, confirmed) = codings::count(db, round.id()).await?;
    Ok(Overview {
        organisation_id: organisation.id,
        organisation: organisation.name.clone(),
        team: team.name.clone(),
        asked: asked.len(),
        submitted: asked.iter().filter(|row| row.submitted).count(),
        declined: asked.iter().filter(|row| row.declined).count(),
        failed_letters: outbox::failed(db, &ids).await?,
        texts,
        confirmed,
        round,
    })
}
