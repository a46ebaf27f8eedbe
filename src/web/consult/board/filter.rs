//! Which statements the board shows: all of the round, or those that answer one question.

use entity::types::RoundId;

use super::words;
use crate::store::codings::{Board, Card};
use crate::survey::Question;

/// All statements, or those of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web::consult) enum Filter {
    /// All of the round: one theme often recurs across the questions.
    All,
    /// Those that answer this question.
    Only(Question),
}

impl Filter {
    /// All filters, in the order in which the page offers them.
    pub(super) fn each() -> impl Iterator<Item = Self> {
        std::iter::once(Self::All).chain(Question::ALL.map(Self::Only))
    }

    /// How an address names it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Only(question) => question.key(),
        }
    }

    /// The filter of that name.
    pub(super) fn from_key(key: &str) -> Option<Self> {
        Self::each().find(|filter| filter.key() == key)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Only(question) => words::name(question),
        }
    }

    pub(super) fn shows(self, card: &Card) -> bool {
        match self {
            Self::All => true,
            Self::Only(question) => card.excerpt.question == question,
        }
    }

    pub(super) fn cards(self, board: &Board) -> impl Iterator<Item = &Card> {
        board.cards.iter().filter(move |card| self.shows(card))
    }

    /// How many texts there are, and how many of them nobody has confirmed.
    pub(in crate::web::consult) fn tally(self, board: &Board) -> (usize, usize) {
        self.cards(board).fold((0, 0), |(all, left), card| {
            (all + 1, left + usize::from(!card.coding.confirmed))
        })
    }

    /// Where the board is that shows these.
    pub(super) fn address(self, round: RoundId) -> String {
        format!("/rounds/{round}/themes/{}", self.key())
    }
}
