//! What resembles what on a board: the themes to try for a statement, and its nearest statements.

use entity::types::{CodingId, ThemeId};

use crate::conduct::Compared;
use crate::store::codings::{Board, Card};
use crate::store::themes::Theme;
use crate::themes::{self, Item, KnownTheme};

/// Compares the statements of one board.
pub(super) struct Likeness<'a> {
    board: &'a Board,
    compared: &'a Compared,
    items: Vec<Item>,
}

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
        let items = board.cards.iter().map(|card| Item {
            id: card.coding.id.to_string(),
            question: themes::Question::Priorities,
            text: card.excerpt.text.clone(),
        });
        Self {
            // Every pair would have to be looked at: a page of a very large round does without.
            items: if board.cards.len() <= MOST_COMPARED {
                items.collect()
            } else {
                Vec::new()
            },
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

    /// The statements most like that one, the nearest first.
    pub(super) fn near(&self, card: &Card, most: usize) -> Vec<&'a Card> {
        // One more, since the statement itself is the nearest.
        let near = self
            .compared
            .space
            .neighbours(&card.excerpt.text, &self.items, most + 1);
        near.into_iter()
            .filter_map(|near| near.item.parse::<CodingId>().ok())
            .filter(|id| *id != card.coding.id)
            .take(most)
            .filter_map(|id| self.board.cards.iter().find(|other| other.coding.id == id))
            .collect()
    }
}
