//! Published reports, frozen, and the sponsors' links to them.

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{ConsultantId, ReportId, RoundId, RoundState, ShareId};
use entity::{report, round, share};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, Set,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::rounds::{self, Round};
use super::teams::TeamAccess;
use super::{Result, Tools, gate};
use crate::error::Error;
use crate::vault::{LinkKind, LinkToken};

/// How long a sponsor's link lives.
pub const SHARE_LIFE: TimeDelta = TimeDelta::days(30);

/// Where each sealed part of a report belongs.
fn place(id: ReportId, part: &str) -> String {
    format!("report/{id}/{part}")
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
pub struct Contents<'a, C, E, S> {
    /// What the client reads.
    pub client: &'a C,
    /// The same before the consultant's changes.
    pub original: &'a C,
    /// The consultant's changes.
    pub edits: &'a E,
    /// Figures and codings, without words.
    pub score: &'a S,
    /// Version of the program that computed them.
    pub engine: &'a str,
}

/// Which publication it is.
#[derive(Clone, Copy, Debug)]
pub enum Occasion<'a> {
    /// The first, from the themes as they are in that version.
    First {
        /// The version of the round's coding.
        coding_version: i32,
    },
    /// A later one, with the reason.
    Revision {
        /// The revision it makes, from 2.
        number: i32,
        /// The consultant's words.
        reason: &'a str,
    },
}

/// Freezes a report; [`Error::Stale`] where the themes have changed since, or where somebody else has
/// published that revision. `client`, `original` and `edits` quote, so they are sealed with the round's key
/// and go when the answers go. `score` holds no words and stays for comparison. Call it in a writing
/// transaction. Returns the revision.
pub async fn publish<C: Serialize, E: Serialize, S: Serialize>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: &Round,
    contents: &Contents<'_, C, E, S>,
    occasion: Occasion<'_>,
    now: DateTime<Utc>,
) -> Result<i32> {
    let id: ReportId = tools.id();
    let key = gate::round_key(tools, round)?;
    let last = newest(db, round.id()).await?.map_or(0, |row| row.revision);
    let (revision, reason) = match occasion {
        Occasion::First { coding_version } => {
            rounds::mark_published(db, round.id(), coding_version, now).await?;
            (1, None)
        }
        Occasion::Revision { number, reason } => {
            let sealed = key.seal(&place(id, "reason"), reason.as_bytes(), &*tools.entropy)?;
            (number, Some(sealed))
        }
    };
    if revision != last + 1 {
        return Err(Error::Stale);
    }
    let seal = |part: &str, content: &C| key.seal_json(&place(id, part), content, &*tools.entropy);
    let row = report::ActiveModel {
        id: Set(id),
        round_id: Set(round.id()),
        revision: Set(revision),
        client: Set(seal("client", contents.client)?),
        original: Set(Some(seal("original", contents.original)?)),
        edits: Set(Some(key.seal_json(
            &place(id, "edits"),
            contents.edits,
            &*tools.entropy,
        )?)),
        reason: Set(reason),
        score: Set(access
            .key()
            .seal_json(&place(id, "score"), contents.score, &*tools.entropy)?),
        engine: Set(contents.engine.to_owned()),
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

fn framed<T>(row: &report::Model, content: T) -> Published<T> {
    Published {
        revision: row.revision,
        at: row.published_at,
        engine: row.engine.clone(),
        content,
    }
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
    let content =
        gate::round_key(tools, round)?.open_json(&place(row.id, "client"), &row.client)?;
    Ok(Some(framed(&row, content)))
}

/// One revision of the client's report; [`Error::NotFound`] where there is none of that number.
pub async fn revision<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
    number: i32,
) -> Result<Published<T>> {
    let row = report::Entity::find()
        .filter(report::COLUMN.round_id.eq(round.id()))
        .filter(report::COLUMN.revision.eq(number))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let content =
        gate::round_key(tools, round)?.open_json(&place(row.id, "client"), &row.client)?;
    Ok(framed(&row, content))
}

/// The report as published last, before the consultant's changes, and those changes; `None` for the changes of
/// rows that are older than there are any. `None` before publication.
pub async fn original<C: DeserializeOwned, E: DeserializeOwned>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
) -> Result<Option<Published<(C, Option<E>)>>> {
    let Some(row) = newest(db, round.id()).await? else {
        return Ok(None);
    };
    let key = gate::round_key(tools, round)?;
    let original = match &row.original {
        Some(sealed) => key.open_json(&place(row.id, "original"), sealed)?,
        None => key.open_json(&place(row.id, "client"), &row.client)?,
    };
    let edits = match &row.edits {
        Some(sealed) => Some(key.open_json(&place(row.id, "edits"), sealed)?),
        None => None,
    };
    Ok(Some(framed(&row, (original, edits))))
}

/// A line of the list of revisions.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its number, from 1.
    pub number: i32,
    /// When it was published.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: ConsultantId,
    /// Why; `None` for the first, and once the answers have been deleted.
    pub reason: Option<String>,
}

/// The round's revisions, the newest first.
pub async fn revisions(
    db: &impl ConnectionTrait,
    tools: &Tools,
    round: &Round,
) -> Result<Vec<Revision>> {
    let rows = report::Entity::find()
        .filter(report::COLUMN.round_id.eq(round.id()))
        .order_by_desc(report::Column::Revision)
        .all(db)
        .await?;
    let key = match round.erased_at() {
        None => Some(gate::round_key(tools, round)?),
        Some(_) => None,
    };
    rows.into_iter()
        .map(|row| {
            let reason = match (&key, &row.reason) {
                (Some(key), Some(sealed)) => {
                    let words = key.open(&place(row.id, "reason"), sealed)?;
                    Some(String::from_utf8_lossy(&words).into_owned())
                }
                _ => None,
            };
            Ok(Revision {
                number: row.revision,
                at: row.published_at,
                by: row.consultant_id,
                reason,
            })
        })
        .collect()
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
    let content = access
        .key()
        .open_json(&place(row.id, "score"), &row.score)?;
    Ok(Some(framed(&row, content)))
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
    /// How often it was opened.
    pub opened: usize,
    /// When it was opened last.
    pub opened_at: Option<DateTime<Utc>>,
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
        opened: Set(0),
        opened_at: Set(None),
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
            opened: usize::try_from(row.opened).unwrap_or_default(),
            opened_at: row.opened_at,
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
    id: ShareId,
    round: Round,
}

impl SponsorLink {
    /// The round.
    pub const fn round(&self) -> &Round {
        &self.round
    }
}

/// Counts that a reader has opened the link.
pub async fn count_opening(
    db: &impl ConnectionTrait,
    link: &SponsorLink,
    now: DateTime<Utc>,
) -> Result<()> {
    share::Entity::update_many()
        .col_expr(
            share::Column::Opened,
            Expr::col(share::Column::Opened).add(1),
        )
        .col_expr(share::Column::OpenedAt, Expr::value(now))
        .filter(share::COLUMN.id.eq(link.id))
        .exec(db)
        .await?;
    Ok(())
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
    Ok(SponsorLink {
        id,
        round: Round::new(round)?,
    })
}
