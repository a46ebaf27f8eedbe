//! Proposes themes for statements: which statements are about the same thing.
//!
//! The method is lexical and plain. Words are folded, stemmed and weighted by how rare they are
//! (TF-IDF), beside them the four-letter pieces of each word; the cosine of the two says how alike
//! two statements are. A statement near a known example of a theme in the team's codebook is proposed
//! into that theme; the others are grouped by average-link clustering. A consultant decides.
//!
//! Pure: no clock, no randomness, no file. The order in which statements come changes nothing.
//! What it reaches on the development data, and what it cannot do, is in `docs/THEMES.md`.

mod cluster;
mod evaluate;
mod model;
mod propose;
mod text;
mod vectors;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_data;

use serde::{Deserialize, Serialize};

pub use evaluate::{Evaluation, GoldRow, evaluate};
pub use model::{Model, ModelError, ModelSource};
pub use propose::{neighbours, propose, suggest};

/// The language that a team answers in: it chooses the stop words and the stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German. Umlauts, their two-letter spelling (`ae`, `oe`, `ue`) and `ß` are folded.
    De,
    /// Any other language: no stop words and no stemmer, words as they are written.
    Other,
}

impl Language {
    /// Reads a language tag such as `en`, `de-AT` or `DE_ch`; any other tag is [`Language::Other`].
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") {
            Self::En
        } else if primary.eq_ignore_ascii_case("de") {
            Self::De
        } else {
            Self::Other
        }
    }
}

/// The question that a statement answers, in the order in which the questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// "What are our top priorities right now?"
    Priorities,
    /// "What trade-offs are we deliberately making?" Each side of a trade-off is an item of its own.
    TradeOffs,
    /// "Which work should stop if capacity gets tight?"
    Stops,
    /// "How will we know this quarter was successful?"
    Successes,
    /// "What are we asking other teams to deprioritise?"
    Asks,
}

/// One statement that needs a theme. The two sides of a trade-off are two items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The caller's key for the statement; should be unique within one call.
    pub id: String,
    /// The question it answers. Themes recur across questions, so it does not change the grouping;
    /// a group prefers to take its name from an earlier question when two statements are equally central.
    pub question: Question,
    /// What the executive wrote. Any length; only the first 2,000 characters are compared.
    pub text: String,
}

/// A theme of the team's codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTheme {
    /// The caller's key for the theme; should be unique within the codebook.
    pub id: String,
    /// Its name; compared like one more example.
    pub name: String,
    /// Statements that a consultant has put into it, in any order.
    pub examples: Vec<String>,
}

/// A theme that a statement can be proposed into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "key")]
pub enum ThemeRef {
    /// A theme of the codebook, by its id.
    Known(String),
    /// A theme of [`Proposals::groups`], by its key.
    New(String),
}

/// A group of statements that no theme of the codebook covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewTheme {
    /// `proposed-1`, `proposed-2`, ... by falling size, then by name. Never the id of a known theme, and
    /// never made of the executives' words, so it may stand in an address.
    pub key: String,
    /// The words of the group's most central statement, on one line, cut at a word to 60 characters.
    /// The key when that statement holds no visible character.
    pub name: String,
    /// How many statements were proposed into it, at least one.
    pub size: usize,
}

/// The proposal for one statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assignment {
    /// The item's id.
    pub item: String,
    /// The theme proposed.
    pub theme: ThemeRef,
    /// How likely the proposal is right, in (0, 1), to three decimals.
    ///
    /// For a known theme: how often the nearest theme of a codebook was right for statements this close to its
    /// examples. In a group: how often at least half of the fellows shared the theme of statements this close
    /// to them. For a lone statement: how often the nearest other theme was *not* its own.
    /// Read off straight lines drawn by eye through the shares counted on the 222 statements of the
    /// development data (the table is in `docs/THEMES.md`), so a rough guide from which other teams will differ.
    pub confidence: f64,
    /// The theme to try next, never the same as `theme`; `None` when no other shares anything worth naming with it.
    pub second: Option<ThemeRef>,
}

/// What [`propose`] found.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Proposals {
    /// The new themes, largest first.
    pub groups: Vec<NewTheme>,
    /// Exactly one per item, ordered by the item's id.
    pub assignments: Vec<Assignment>,
}

/// A statement that resembles another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// The item's id.
    pub item: String,
    /// Similarity in (0, 1]; 1 for the same words.
    pub similarity: f64,
}

/// A theme of the codebook that fits a statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The theme's id.
    pub theme: String,
    /// Similarity to the theme's examples, in (0, 1].
    pub similarity: f64,
    /// How likely the theme is right, in (0, 1); see [`Assignment::confidence`].
    pub confidence: f64,
}
