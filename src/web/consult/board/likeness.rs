//! What resembles what on a board: the themes to try for a statement, and its nearest statements.

use std::collections::HashMap;

use entity::types::{CodingId, ThemeId};

use crate::conduct::Compared;
use crate::store::codings::{Board, Card};
use crate::store::themes::Theme;
use crate::themes::{self, Item, KnownTheme};

/// Compares the statements of one board.
pub(super) struct Likeness<'a> {
    board: &'a Board,
    compared: &'a Compared,
    /// The nearest statements of each, the nearest first.
    near: HashMap<CodingId, Vec<CodingId>>,
}

/// How many of its nearest statements a statement shows.
const NEAR: usize = 3;

/// Statements of a board up to which each shows its nearest ones.
const MOST_COMPARED: usize = 500;

/// The themes that can be chosen: what consultants made or took up, and groups so tight that the board shows them.
pub(super) fn established(board: &Board) -> impl Iterator<Item = &Theme> {
    board.themes.iter().filter(|theme| {
        !theme.proposed
            || board
                .cards
                .iter()
                .any(|card| card.coding.theme == theme.id && card.coding.placed())
    })
}

impl<'a> Likeness<'a> {
    pub(super) fn of(board: &'a Board, compared: &'a Compared) -> Self {
        let items: Vec<Item> = board
            .cards
            .iter()
            // Every pair is looked at: a page of a very large round does without.
            .filter(|_| board.cards.len() <= MOST_COMPARED)
            .map(|card| Item {
                id: card.coding.id.to_string(),
                question: themes::Question::Priorities,
                text: card.excerpt.text.clone(),
            })
            .collect();
        let near = compared.space.nearest(&items, NEAR);
        Self {
            near: board
                .cards
                .iter()
                .zip(near)
                .map(|(card, near)| {
                    let ids = near.into_iter().filter_map(|near| near.item.parse().ok());
                    (card.coding.id, ids.collect())
                })
                .collect(),
            board,
            compared,
        }
    }

    /// At most `most` themes for that statement, the likeliest first. Where the board already shows it in a theme, that one comes
    /// first; then what it is likest to, of what has been sorted so far and in earlier rounds.
    pub(super) fn themes(&self, card: &Card, most: usize) -> Vec<ThemeId> {
        let known: Vec<KnownTheme> = established(self.board)
            .map(|theme| KnownTheme {
                id: theme.id.to_string(),
                name: theme.name.clone(),
                examples: self
                    .board
                    .cards
                    .iter()
                    .filter(|other| {
                        other.coding.placed()
                            && other.coding.theme == theme.id
                            && other.coding.id != card.coding.id
                    })
                    .map(|other| other.excerpt.text.clone())
                    .chain(
                        self.compared
                            .earlier
                            .get(&theme.id.to_string())
                            .into_iter()
                            .flatten()
                            .cloned(),
                    )
                    .collect(),
            })
            .collect();
        let mut likely = Vec::new();
        if card.coding.placed() {
            likely.push(card.coding.theme);
        }
        let suggested = self
            .compared
            .space
            .suggest(&[&card.excerpt.text], &known, most);
        for suggestion in suggested.into_iter().flatten() {
            if let Ok(theme) = suggestion.theme.parse::<ThemeId>()
                && !likely.contains(&theme)
            {
                likely.push(theme);
            }
        }
        likely.truncate(most);
        likely
    }

    /// The statements most like that one, the nearest first: at most [`NEAR`].
    pub(super) fn near(&self, card: &Card) -> Vec<&'a Card> {
        let near = self.near.get(&card.coding.id).into_iter().flatten();
        near.filter_map(|id| self.board.cards.iter().find(|other| other.coding.id == *id))
            .collect()
    }
}
