//! A team's own words: which wordings mean the same ("DACH" and "German-speaking expansion"). They help the program to group.

use chrono::{DateTime, Utc};
use entity::alias;
use entity::types::AliasId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set,
};
use serde::{Deserialize, Serialize};

use super::teams::TeamAccess;
use super::{Result, Tools};
use crate::error::Error;
use crate::survey::Line;

/// One of the two wordings: 2 to 80 characters.
pub type Wording = Line<2, 80>;

/// Most of them a team can have.
const MOST: u64 = 200;

/// Two wordings of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// Its key.
    pub id: AliasId,
    /// What people write, usually short.
    pub short: String,
    /// What it means.
    pub meaning: String,
}

#[derive(Serialize, Deserialize)]
struct Words {
    short: String,
    meaning: String,
}

fn place(id: AliasId) -> String {
    format!("alias/{id}")
}

/// The team's own words, by the short form.
pub async fn all(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Alias>> {
    let mut found = Vec::new();
    for row in alias::Entity::find()
        .filter(alias::COLUMN.team_id.eq(access.id()))
        .order_by_asc(alias::Column::CreatedAt)
        .all(db)
        .await?
    {
        let words: Words = access.key().open_json(&place(row.id), &row.words)?;
        found.push(Alias {
            id: row.id,
            short: words.short,
            meaning: words.meaning,
        });
    }
    found.sort_by_key(|alias| (alias.short.to_lowercase(), alias.meaning.to_lowercase()));
    Ok(found)
}

/// Adds two wordings; the same two again change nothing. Call it in a writing transaction.
pub async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    short: &Wording,
    meaning: &Wording,
    now: DateTime<Utc>,
) -> Result<()> {
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    if same(short.as_str(), meaning.as_str()) {
        return Err(Error::Refused("The two wordings are the same."));
    }
    let there = all(db, access).await?;
    if there
        .iter()
        .any(|one| same(&one.short, short.as_str()) && same(&one.meaning, meaning.as_str()))
    {
        return Ok(());
    }
    let count = alias::Entity::find()
        .filter(alias::COLUMN.team_id.eq(access.id()))
        .count(db)
        .await?;
    if count >= MOST {
        return Err(Error::Refused(
            "A team can have 200 own wordings. Please remove one first.",
        ));
    }
    let id: AliasId = tools.id();
    let words = Words {
        short: short.as_str().to_owned(),
        meaning: meaning.as_str().to_owned(),
    };
    let row = alias::ActiveModel {
        id: Set(id),
        team_id: Set(access.id()),
        words: Set(access
            .key()
            .seal_json(&place(id), &words, &*tools.entropy)?),
        created_at: Set(now),
    };
    alias::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Removes two wordings; gone is gone, also when somebody else was first.
pub async fn remove(db: &impl ConnectionTrait, access: &TeamAccess, id: AliasId) -> Result<()> {
    alias::Entity::delete_many()
        .filter(alias::COLUMN.id.eq(id))
        .filter(alias::COLUMN.team_id.eq(access.id()))
        .exec(db)
        .await?;
    Ok(())
}
