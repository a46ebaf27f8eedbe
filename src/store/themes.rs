//! Themes: a team's codebook, which lives on from round to round.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::theme;
use entity::types::{RoundId, ThemeId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

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
}

fn place(id: ThemeId) -> String {
    format!("theme/{id}/name")
}

/// The team's themes by name, merged ones included.
pub async fn all(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Theme>> {
    let mut themes = Vec::new();
    for row in theme::Entity::find()
        .filter(theme::COLUMN.team_id.eq(access.id()))
        .all(db)
        .await?
    {
        let name = access.key().open(&place(row.id), &row.name)?;
        themes.push(Theme {
            id: row.id,
            name: String::from_utf8_lossy(&name).into_owned(),
            quoted: row.quoted,
            first_round: row.first_round_id,
            merged_into: row.merged_into,
        });
    }
    themes.sort_by_key(|theme| (theme.name.to_lowercase(), theme.id));
    Ok(themes)
}

/// The team's themes by name, without those merged into others.
pub async fn current(db: &impl ConnectionTrait, access: &TeamAccess) -> Result<Vec<Theme>> {
    Ok(all(db, access)
        .await?
        .into_iter()
        .filter(|theme| theme.merged_into.is_none())
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
    name: &ThemeName,
    quoted: bool,
    now: DateTime<Utc>,
) -> Result<ThemeId> {
    let id: ThemeId = tools.id();
    let row = theme::ActiveModel {
        id: Set(id),
        team_id: Set(access.id()),
        name: Set(access
            .key()
            .seal(&place(id), name.as_str().as_bytes(), &*tools.entropy)?),
        quoted: Set(quoted),
        first_round_id: Set(round),
        merged_into: Set(None),
        created_at: Set(now),
    };
    theme::Entity::insert(row)
        .exec_without_returning(db)
        .await?;
    Ok(id)
}

/// One of the team's themes that has not been merged away.
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
            "This theme is not there any more: it was merged into another one.",
        ))
}

pub(super) async fn rename(
    db: &impl ConnectionTrait,
    tools: &Tools,
    access: &TeamAccess,
    id: ThemeId,
    name: &ThemeName,
) -> Result<()> {
    let sealed = access
        .key()
        .seal(&place(id), name.as_str().as_bytes(), &*tools.entropy)?;
    theme::Entity::update_many()
        .col_expr(
            theme::Column::Name,
            sea_orm::sea_query::Expr::value(sealed.0),
        )
        .col_expr(
            theme::Column::Quoted,
            sea_orm::sea_query::Expr::value(false),
        )
        .filter(theme::COLUMN.id.eq(id))
        .filter(theme::COLUMN.team_id.eq(access.id()))
        .exec(db)
        .await?;
    Ok(())
}

pub(super) async fn merge(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    from: ThemeId,
    into: ThemeId,
) -> Result<()> {
    theme::Entity::update_many()
        .col_expr(
            theme::Column::MergedInto,
            sea_orm::sea_query::Expr::value(into.0),
        )
        .filter(theme::COLUMN.id.eq(from))
        .filter(theme::COLUMN.team_id.eq(access.id()))
        .exec(db)
        .await?;
    Ok(())
}
