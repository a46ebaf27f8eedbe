//! Themes: a team's codebook, which lives on from round to round.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::types::{RoundId, Sealed, ThemeId};
use entity::{coding, theme};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
};

use super::teams::TeamAccess;
use super::{Result, Tools};
use crate::error::Error;
use crate::survey::Line;

/// A theme's name: 1 to 80 characters.
pub type ThemeName = Line<1, 80>;

/// A theme, its name opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The theme's key.
    pub id: ThemeId,
    /// Its name.
    pub name: String,
    /// Whether the name is a sentence that its author did not release: not for clients.
    pub quoted: bool,
    /// The round in which it was made.
    pub first_round: RoundId,
    /// The theme it was merged into.
    pub merged_into: Option<ThemeId>,
    /// Whether only the program has named it so far.
    pub proposed: bool,
    /// Whether a consultant has put it away.
    pub archived: bool,
}

/// A theme to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    pub(super) name: &'a ThemeName,
    pub(super) quoted: bool,
    pub(super) proposed: bool,
}

fn place(id: ThemeId) -> String {
    format!("theme/{id}/name")
}

pub(super) fn open_name(access: &TeamAccess, row: &theme::Model) -> Result<String> {
    let name = access.key().open(&place(row.id), &row.name)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

pub(super) fn seal_name(
    tools: &Tools,
    access: &TeamAccess,
    id: ThemeId,
    name: &str,
) -> Result<Sealed> {
    let sealed = access
        .key()
        .seal(&place(id), name.as_bytes(), &*tools.entropy)?;
    Ok(sealed)
}

/// The team's themes by name, merged ones included.
pub async fn all(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Theme>> {
    let mut themes = Vec::new();
    for row in theme::Entity::find()
        .filter(theme::COLUMN.team_id.eq(access.id()))
        .all(db)
        .await?
    {
        themes.push(Theme {
            id: row.id,
            name: open_name(access, &row)?,
            quoted: row.quoted,
            first_round: row.first_round_id,
            merged_into: row.merged_into,
            proposed: row.proposed,
            archived: row.archived_at.is_some(),
        });
    }
    themes.sort_by_key(|theme| (theme.name.to_lowercase(), theme.id));
    Ok(themes)
}

/// The team's themes by name, without those merged into others or put away.
pub async fn current(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Theme>> {
    Ok(all(db, access)
        .await?
        .into_iter()
        .filter(|theme| theme.merged_into.is_none() && !theme.archived)
        .collect())
}

/// For every theme the one it stands for now: itself, or what it was merged into in the end.
pub fn standing(themes: &[Theme]) -> HashMap<ThemeId, ThemeId> {
    let next: HashMap<_, _> = themes
        .iter()
        .map(|theme| (theme.id, theme.merged_into))
        .collect();
    themes
        .iter()
        .map(|theme| {
            let mut end = theme.id;
            // A chain of merges is no longer than the list, whatever the table says.
            for _ in 0..themes.len() {
                match next.get(&end) {
                    Some(Some(into)) => end = *into,
                    _ => break,
                }
            }
            (theme.id, end)
        })
        .collect()
}

pub(super) async fn add(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    round: RoundId,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<ThemeId> {
    let id: ThemeId = tools.id();
    let row = theme::ActiveModel {
        id: Set(id),
        team_id: Set(access.id()),
        name: Set(seal_name(tools, access, id, new.name.as_str())?),
        quoted: Set(new.quoted),
        first_round_id: Set(round),
        merged_into: Set(None),
        proposed: Set(new.proposed),
        archived_at: Set(None),
        created_at: Set(now),
    };
    theme::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// One of the team's themes that has been neither merged nor put away.
pub(super) async fn one(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    id: ThemeId,
) -> Result<Theme> {
    current(db, access)
        .await?
        .into_iter()
        .find(|theme| theme.id == id)
        .ok_or(Error::Refused(
            "This theme is not there any more: it was merged into another one, or put away.",
        ))
}

/// Makes every theme that texts of the round are in a theme of the codebook, whoever named it.
pub async fn adopt_all_of(db: &impl ConnectionTrait, round: RoundId) -> Result<()> {
    let used = coding::Entity::find()
        .filter(coding::COLUMN.round_id.eq(round))
        .select_only()
        .column(coding::Column::ThemeId)
        .into_query();
    theme::Entity::update_many()
        .col_expr(theme::Column::Proposed, Expr::value(false))
        .filter(theme::Column::Id.in_subquery(used))
        .exec(db)
        .await?;
    Ok(())
}
