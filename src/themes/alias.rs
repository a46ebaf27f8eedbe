//! A team's short forms, and what they stand for.

use super::text::Reader;

/// Pairs of a short form and its meaning that a consultant entered for a team, such as "DACH" and
/// "German-speaking expansion". A statement that holds one of the two, as whole words in any case, is compared as
/// if it held the other one too. What a pair adds is not searched for further pairs, so pairs cannot loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(Vec<(String, String)>);

impl Aliases {
    /// The pairs, as (short form, meaning), in any order; the order changes nothing. A pair with a side that
    /// holds no visible character is left out.
    pub fn new<S: Into<String>>(pairs: impl IntoIterator<Item = (S, S)>) -> Self {
        let mut pairs: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(short, meaning)| (short.into(), meaning.into()))
            .filter(|(short, meaning)| !short.trim().is_empty() && !meaning.trim().is_empty())
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        Self(pairs)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, and in brackets after it what the pairs add to it.
    pub(super) fn expand(&self, reader: &Reader, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        let words = reader.words(text);
        let holds = |side: &str| {
            let side = reader.words(side);
            !side.is_empty() && words.windows(side.len()).any(|at| at == side)
        };
        let mut added: Vec<&str> = Vec::new();
        for (short, meaning) in &self.0 {
            match (holds(short), holds(meaning)) {
                (true, false) => added.push(meaning),
                (false, true) => added.push(short),
                _ => {}
            }
        }
        added.dedup();
        if added.is_empty() {
            text.to_owned()
        } else {
            format!("{text} ({})", added.join(", "))
        }
    }
}
