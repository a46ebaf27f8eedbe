//! The sample's consultant at the board: sorts a closed round's texts into the themes they are
//! meant to be in, starting from what the program proposed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{CodingId, ThemeId};
use sea_orm::DatabaseTransaction;

use super::broken;
use crate::error::Error;
use crate::store::Tools;
use crate::store::codings;
use crate::store::gate::ConsultantReader;
use crate::store::sorting::{self, Change};
use crate::store::themes::ThemeName;
use crate::survey::Question;

/// A text, where it is, and the name of the theme it is meant to be in.
struct Text {
    coding: CodingId,
    theme: ThemeId,
    meant: String,
}

/// The consultant at the board.
pub(super) struct Sorting<'a> {
    tx: &'a DatabaseTransaction,
    tools: &'a Tools,
    reader: &'a ConsultantReader,
    version: i32,
    now: DateTime<Utc>,
}

impl<'a> Sorting<'a> {
    pub(super) async fn begin(
        tx: &'a DatabaseTransaction,
        tools: &'a Tools,
        reader: &'a ConsultantReader,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let version = reader.round().coding_version();
        let version = version.max(codings::board(tx, tools, reader).await?.version);
        Ok(Self {
            tx,
            tools,
            reader,
            version,
            now,
        })
    }

    async fn apply(&mut self, change: Change) -> Result<(), Error> {
        self.version = sorting::apply(
            self.tx,
            self.tools,
            self.reader,
            self.version,
            change,
            self.now,
        )
        .await?;
        self.now += TimeDelta::seconds(40);
        Ok(())
    }

    /// Gives the proposed groups their names, merges those that are about one thing, moves what is
    /// elsewhere, and confirms the rest.
    pub(super) async fn sort(
        mut self,
        meant: &HashMap<(Question, String), String>,
    ) -> Result<(), Error> {
        let board = codings::board(self.tx, self.tools, self.reader).await?;
        let mut texts: Vec<Text> = board
            .cards
            .into_iter()
            .filter_map(|card| {
                let meant = meant
                    .get(&(card.excerpt.question, card.excerpt.text))?
                    .clone();
                Some(Text {
                    coding: card.coding.id,
                    theme: card.coding.theme,
                    meant,
                })
            })
            .collect();
        let names: Vec<&String> = meant.values().collect();
        let mut kept: HashMap<String, ThemeId> = HashMap::new();
        let mut proposed = Vec::new();
        for theme in board.themes {
            if names.contains(&&theme.name) {
                kept.insert(theme.name, theme.id);
            } else if theme.first_round == self.reader.round().id()
                && let Some((texts, name)) = mostly(&texts, theme.id)
            {
                proposed.push((texts, name, theme.id));
            }
        }
        // The largest group keeps the theme; smaller ones of the same meaning join it.
        proposed.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        for (_, name, theme) in proposed {
            if let Some(into) = kept.get(&name).copied() {
                self.apply(Change::Merge { from: theme, into }).await?;
                texts
                    .iter_mut()
                    .filter(|text| text.theme == theme)
                    .for_each(|text| text.theme = into);
            } else {
                self.apply(Change::Rename {
                    theme,
                    name: theme_name(&name)?,
                })
                .await?;
                kept.insert(name, theme);
            }
        }
        self.settle(&texts, &kept).await
    }

    async fn settle(
        &mut self,
        texts: &[Text],
        kept: &HashMap<String, ThemeId>,
    ) -> Result<(), Error> {
        let mut right = Vec::new();
        let mut elsewhere: BTreeMap<&str, Vec<CodingId>> = BTreeMap::new();
        for text in texts {
            if kept.get(&text.meant) == Some(&text.theme) {
                right.push(text.coding);
            } else {
                elsewhere.entry(&text.meant).or_default().push(text.coding);
            }
        }
        for (name, codings) in elsewhere {
            let change = match kept.get(name) {
                Some(to) => Change::Move { codings, to: *to },
                None => Change::NewTheme {
                    codings,
                    name: theme_name(name)?,
                },
            };
            self.apply(change).await?;
        }
        if right.is_empty() {
            Ok(())
        } else {
            self.apply(Change::Confirm { codings: right }).await
        }
    }
}

fn theme_name(name: &str) -> Result<ThemeName, Error> {
    ThemeName::parse(name).map_err(broken)
}

/// What most texts of a theme are meant to be about, and how many those are; of equals the first
/// by name. `None` where the theme has no text.
fn mostly(texts: &[Text], theme: ThemeId) -> Option<(usize, String)> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts.iter().filter(|text| text.theme == theme) {
        *votes.entry(&text.meant).or_default() += 1;
    }
    votes
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(name, count)| (count, name.to_owned()))
}
