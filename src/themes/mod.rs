//! Proposes themes for statements: which statements are about the same thing.
//!
//! A [`Method`] says how texts are compared: by their meaning, as a sentence model sees it ([`Model`]), or by their
//! words alone where no model serves the language. A [`Space`] holds the vectors of a round's texts. It
//! [proposes](Space::propose) themes (the team's codebook first, groups of like statements for the rest) and
//! [suggests](Space::suggest) themes for the statements still to sort. A consultant decides.
//!
//! | file | what it does |
//! | --- | --- |
//! | `text`, `alias` | a text's folded words and pieces; a team's short forms |
//! | `words`, `meanings`, `model` | vectors of texts: TF-IDF, or a sentence model's seen from their middle |
//! | `source` | where models are, and which serves a language |
//! | `space` | the texts and vectors of a round, one face for both kinds |
//! | `odds` | how likely a statement is about a theme; all confidences come from here |
//! | `cluster` | average-link clustering |
//! | `propose`, `suggest` | the two questions that the rest of the program asks |
//! | `gold`, `measure`, `consultant`, `evaluate` | how good all this is on statements that people have sorted |
//!
//! Pure but for reading a model's files: no clock, no randomness. The order in which statements come changes
//! nothing. What it reaches, and what it cannot do, is in `docs/THEMES.md`.

mod alias;
mod cluster;
mod consultant;
mod evaluate;
mod gold;
mod meanings;
mod measure;
mod model;
mod odds;
mod propose;
mod source;
mod space;
mod suggest;
mod text;
mod words;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use alias::Aliases;
pub use evaluate::{Earlier, Evaluation, Figures, evaluate};
pub use gold::{Gold, GoldError};
pub use measure::Agreement;
pub use model::{Model, ModelError};
pub use propose::propose;
pub use source::{ModelSource, Models};
pub use space::{Method, Space};

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
    /// How likely the proposal is right, in (0, 1), to three decimals: the chance of this theme among all known ones,
    /// the groups found, and a theme of the statement's own, with the statement itself left out of its group. How
    /// often proposals of each confidence were right on the development data is in `docs/THEMES.md`.
    pub confidence: f64,
    /// The theme to try next, never the same as `theme`; `None` when the statement is no more like any other than
    /// like anything.
    pub second: Option<ThemeRef>,
    /// Whether the statement is so near to others of the theme (to a known theme, or to other items proposed for the new
    /// one) that a consultant can mostly confirm it unread: a board shows it in its theme. At least two of a new theme are
    /// tight, or none.
    pub tight: bool,
}

/// What [`propose`] found.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Proposals {
    /// The new themes, largest first.
    pub groups: Vec<NewTheme>,
    /// Exactly one per item, ordered by the item's id.
    pub assignments: Vec<Assignment>,
}

impl Proposals {
    /// The tight items of each theme that has some, in the order of their ids; the themes with most of them first.
    pub fn tight(&self) -> Vec<(&ThemeRef, Vec<&str>)> {
        let mut themes: BTreeMap<&ThemeRef, Vec<&str>> = BTreeMap::new();
        for assignment in self.assignments.iter().filter(|a| a.tight) {
            themes
                .entry(&assignment.theme)
                .or_default()
                .push(&assignment.item);
        }
        let mut tight: Vec<_> = themes.into_iter().collect();
        // The sort keeps the order of themes among those of one size.
        tight.sort_by_key(|(_, items)| std::cmp::Reverse(items.len()));
        tight
    }

    /// The items that are not tight, in the order in which sorting them is quickest: those proposed for one theme after
    /// each other, the themes with most statements first, and of a theme's statements the surest first.
    pub fn to_sort(&self) -> Vec<&Assignment> {
        self.in_order(|assignment| !assignment.tight)
    }

    fn in_order(&self, which: impl Fn(&Assignment) -> bool) -> Vec<&Assignment> {
        let mut sizes: BTreeMap<&ThemeRef, usize> = BTreeMap::new();
        for assignment in &self.assignments {
            *sizes.entry(&assignment.theme).or_default() += 1;
        }
        let mut chosen: Vec<&Assignment> = self.assignments.iter().filter(|a| which(a)).collect();
        chosen.sort_by(|a, b| {
            sizes[&b.theme]
                .cmp(&sizes[&a.theme])
                .then_with(|| a.theme.cmp(&b.theme))
                .then(b.confidence.total_cmp(&a.confidence))
                .then_with(|| a.item.cmp(&b.item))
        });
        chosen
    }
}

/// A statement that resembles another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// The item's id.
    pub item: String,
    /// Similarity in (0, 1]; 1 for the same text.
    pub similarity: f64,
}

/// A theme of the codebook that fits a statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The theme's id.
    pub theme: String,
    /// Mean similarity to the theme's name and examples, in [-1, 1]: 1 for the same text, about 0 for nothing in common.
    pub similarity: f64,
    /// How likely the theme is right, in (0, 1); see [`Assignment::confidence`].
    pub confidence: f64,
}
