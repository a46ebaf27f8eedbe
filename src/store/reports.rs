//! Published reports, frozen, and the sponsors' links to them.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{ReportId, RoundId, RoundState, ShareId};
use entity::{report, round, share};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::rounds::{self, Round};
use super::teams::TeamAccess;
use super::{Result, Tools, gate, teams};
use crate::error::Error;
use crate::vault::{LinkKind, LinkToken};

/// How long a sponsor's link lives.
pub const SHARE_LIFE: TimeDelta = TimeDelta::days(30);

fn client_place(id: ReportId) -> String {
    format!("report/{id}/client")
}

fn score_place(id: ReportId) -> String {
    format!("report/{id}/score")
}

/// A published report's frame.
#[derive(Clone, Debug)]
pub struct Published<T> {
    /// 1 for the first publication.
    pub revision: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// Version of the program that made it.
    pub engine: String,
    /// What was published.
    pub content: T,
}

/// What is frozen when a report is published.
#[derive(Debug)]
pub struct Contents<'a, C, S> {
    /// The version of the round's coding it was made from.
    pub coding_version: i32,
    /// What the client reads.
    pub client: &'a C,
    /// Figures and codings, without words.
    pub score: &'a S,
}

/// Freezes a report of the themes as they are in that version; [`Error::Stale`] where they have
/// changed since. `client` is what the client reads: it holds quotes, so it is sealed with the
/// round's key and goes when the answers go. `score` holds no words and stays for comparison.
/// Call it in a writing transaction.
pub async fn publish<C: Serialize, S: Serialize>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
    contents: &Contents<'_, C, S>,
    now: DateTime<Utc>,
) -> Result<i32> {
    rounds::mark_published(db, round.id(), contents.coding_version, now).await?;
    let last = newest(db, round.id()).await?;
    let revision = last.map_or(1, |row| row.revision + 1);
    let id: ReportId = tools.id();
    let row = report::ActiveModel {
        id: Set(id),
        round_id: Set(round.id()),
        revision: Set(revision),
        client: Set(gate::round_key(tools, round)?.seal_json(
            &client_place(id),
            contents.client,
            &*tools.entropy,
        )?),
        score: Set(access
            .key()
            .seal_json(&score_place(id), contents.score, &*tools.entropy)?),
        engine: Set(env!("CARGO_PKG_VERSION").to_owned()),
        consultant_id: Set(access.consultant()),
        published_at: Set(now),
    };
    report::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(revision)
}

async fn newest(db: &impl ConnectionTrait, round: RoundId) -> Result<Option<report::Model>> {
    Ok(report::Entity::find()
        .filter(report::COLUMN.round_id.eq(round))
        .order_by_desc(report::Column::Revision)
        .one(db)
        .await?)
}

/// The client's report as published last; `None` before, and once the answers have been deleted.
pub async fn client<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
) -> Result<Option<Published<T>>> {
    if round.erased_at().is_some() {
        return Ok(None);
    }
    let Some(row) = newest(db, round.id()).await? else {
        return Ok(None);
    };
    let content = gate::round_key(tools, round)?.open_json(&client_place(row.id), &row.client)?;
    Ok(Some(Published {
        revision: row.revision,
        at: row.published_at,
        engine: row.engine,
        content,
    }))
}

/// The figures of the report as published last.
pub async fn score<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: RoundId,
) -> Result<Option<Published<T>>> {
    let Some(row) = newest(db, round).await? else {
        return Ok(None);
    };
    let content = access.key().open_json(&score_place(row.id), &row.score)?;
    Ok(Some(Published {
        revision: row.revision,
        at: row.published_at,
        engine: row.engine,
        content,
    }))
}

/// A sponsor's link as the consultant sees it.
#[derive(Clone, Debug)]
pub struct Share {
    /// The link's key.
    pub id: ShareId,
    /// The link's token.
    pub token: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Makes a link to the published report that lives for [`SHARE_LIFE`].
pub async fn add_share(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    now: DateTime<Utc>,
) -> Result<ShareId> {
    if round.state() != RoundState::Published {
        return Err(Error::Refused(
            "A report can be shared once it is published.",
        ));
    }
    let id: ShareId = tools.id();
    let row = share::ActiveModel {
        id: Set(id),
        round_id: Set(round.id()),
        expires_at: Set(now + SHARE_LIFE),
        revoked: Set(false),
        created_at: Set(now),
    };
    share::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// The round's links that still open something, the newest first.
pub async fn shares(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    now: DateTime<Utc>,
) -> Result<Vec<Share>> {
    Ok(share::Entity::find()
        .filter(share::COLUMN.round_id.eq(round.id()))
        .filter(share::COLUMN.revoked.eq(false))
        .filter(share::COLUMN.expires_at.gt(now))
        .order_by_desc(share::Column::CreatedAt)
        .all(db)
        .await?
        .into_iter()
        .map(|row| Share {
            token: tools.vault.link(LinkKind::Share, row.id.0, 1),
            id: row.id,
            expires_at: row.expires_at,
            created_at: row.created_at,
        })
        .collect())
}

/// Withdraws a link.
pub async fn revoke_share(db: &impl ConnectionTrait, round: &Round, id: ShareId) -> Result<()> {
    let row = share::Entity::find_by_id(id)
        .filter(share::COLUMN.round_id.eq(round.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let mut row = row.into_active_model();
    row.revoked = Set(true);
    row.update(db).await?;
    Ok(())
}

/// Proof of a sponsor's link: the round whose published report it shows.
#[derive(Clone, Debug)]
pub struct SponsorLink {
    round: Round,
    /// The organisation's name.
    pub organisation: String,
    /// The team's name.
    pub team: String,
}

impl SponsorLink {
    /// The round.
    pub const fn round(&self) -> &Round {
        &self.round
    }
}

/// Proves a sponsor's link. Unknown, expired and withdrawn ones are all [`Error::NotFound`].
pub async fn prove_share(
    db: &impl ConnectionTrait,
    tools: &Tools,
    token: &LinkToken,
    now: DateTime<Utc>,
) -> Result<SponsorLink> {
    let id = ShareId(token.id());
    let row = share::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    if row.revoked
        || row.expires_at <= now
        || !tools.vault.link_opens(token, LinkKind::Share, id.0, 1)
    {
        return Err(Error::NotFound);
    }
    let round = round::Entity::find_by_id(row.round_id)
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let team = teams::for_program(db, tools, round.team_id, round.consultant_id).await?;
    Ok(SponsorLink {
        organisation: team.organisation().to_owned(),
        team: team.name().to_owned(),
        round: Round::new(round)?,
    })
}
