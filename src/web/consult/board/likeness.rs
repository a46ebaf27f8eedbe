//! What resembles what on a board: the themes to try for a statement, and its nearest statements.

use entity::types::{CodingId, ThemeId};

use crate::store::codings::{Board, Card};
use crate::store::themes::Theme;
use crate::survey::Language;
use crate::themes::{self, Item, KnownTheme};

/// Compares the statements of one board.
pub(super) struct Likeness<'a> {
    board: &'a Board,
    language: themes::Language,
}

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
    pub(super) fn of(board: &'a Board, language: Language) -> Self {
        Self {
            board,
            language: themes::Language::from_tag(language.code()),
        }
    }

    /// At most `most` themes for that statement, the likeliest first. Where the board already shows it in a theme, that one comes
    /// first; then what its own words and those of the statements sorted so far are nearest to.
    pub(super) fn themes(&self, card: &Card, most: usize) -> Vec<ThemeId> {
        let chosen: Vec<ThemeId> = established(self.board).map(|theme| theme.id).collect();
        let mut likely = Vec::new();
        if card.coding.placed() {
            likely.push(card.coding.theme);
        }
        let codebook: Vec<KnownTheme> = established(self.board)
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
                    .collect(),
            })
            .collect();
        let suggested = themes::suggest(&card.excerpt.text, &codebook, most + 1, self.language);
        let suggested = suggested
            .into_iter()
            .filter_map(|suggestion| suggestion.theme.parse::<ThemeId>().ok());
        let second = [Some(card.coding.theme), card.coding.second];
        for theme in suggested.chain(second.into_iter().flatten()) {
            if chosen.contains(&theme) && !likely.contains(&theme) {
                likely.push(theme);
            }
        }
        likely.truncate(most);
        likely
    }

    /// The statements most like that one, the nearest first.
    pub(super) fn near(&self, card: &Card, most: usize) -> Vec<&'a Card> {
        let others: Vec<&Card> = self
            .board
            .cards
            .iter()
            .filter(|other| other.coding.id != card.coding.id)
            .collect();
        let items: Vec<Item> = others
            .iter()
            .map(|other| Item {
                id: other.coding.id.to_string(),
                question: themes::Question::Priorities,
                text: other.excerpt.text.clone(),
            })
            .collect();
        themes::neighbours(&card.excerpt.text, &items, most, self.language)
            .into_iter()
            .filter_map(|near| near.item.parse::<CodingId>().ok())
            .filter_map(|id| others.iter().copied().find(|other| other.coding.id == id))
            .collect()
    }
}
