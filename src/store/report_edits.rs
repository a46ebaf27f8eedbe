//! What consultants change about a round's report before it is published, and between revisions. One row a
//! round, sealed with the round's key: it goes when the answers go.

use chrono::{DateTime, Utc};
use entity::report_edit;
use entity::types::{ConsultantId, RoundId};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::gate::{self, ConsultantReader};
use super::{Result, Tools};
use crate::error::Error;

fn place(round: RoundId) -> String {
    format!("report_edit/{round}/body")
}

/// The changes as they are kept.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    /// Counts the changes, from 1.
    pub version: i32,
    /// The changes.
    pub content: T,
    /// Who made the last one.
    pub by: ConsultantId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The round's changes; `None` where nothing was changed yet.
pub async fn of_round<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Option<Kept<T>>> {
    let round = reader.round();
    let Some(row) = report_edit::Entity::find_by_id(round.id()).one(db).await? else {
        return Ok(None);
    };
    Ok(Some(Kept {
        version: row.version,
        content: gate::round_key(tools, round)?.open_json(&place(round.id()), &row.body)?,
        by: row.consultant_id,
        at: row.updated_at,
    }))
}

/// Keeps changes in place of those of version `based_on` (0 where there are none); [`Error::Stale`] where others
/// are kept by now. Call it in a writing transaction that holds the round
/// ([`rounds::again`](super::rounds::again)). Returns the new version.
pub async fn save<T: Serialize>(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    content: &T,
    based_on: i32,
    now: DateTime<Utc>,
) -> Result<i32> {
    let round = reader.round();
    let there = report_edit::Entity::find_by_id(round.id()).one(db).await?;
    if there.as_ref().map_or(0, |row| row.version) != based_on {
        return Err(Error::Stale);
    }
    let version = based_on.saturating_add(1);
    let body =
        gate::round_key(tools, round)?.seal_json(&place(round.id()), content, &*tools.entropy)?;
    let row = report_edit::ActiveModel {
        round_id: Set(round.id()),
        version: Set(version),
        body: Set(body),
        consultant_id: Set(reader.access().consultant()),
        updated_at: Set(now),
    };
    if there.is_some() {
        row.update(db).await?;
    } else {
        report_edit::Entity::insert(row)
            .exec_without_returning(db)
            .await?;
    }
    Ok(version)
}

/// Deletes a round's changes with its answers.
pub(super) async fn erase(db: &impl ConnectionTrait, round: RoundId) -> Result<()> {
    report_edit::Entity::delete_many()
        .filter(report_edit::COLUMN.round_id.eq(round))
        .exec(db)
        .await?;
    Ok(())
}
