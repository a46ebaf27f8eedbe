//! What a consultant who sorts one statement after the other is offered.

use super::odds::{Closeness, chances};
use super::propose::near;
use super::{Item, KnownTheme, Neighbour, Space, Suggestion};

impl Space {
    /// For each text the `k` likeliest themes, best first: the one-key choices of the statements still to sort.
    /// Fewer only where there are fewer themes with a name or an example.
    ///
    /// A theme is known by its name and its examples: give those a consultant has confirmed so far, the text itself
    /// left out. Equally likely themes come in the order of their ids. A text that the space does not hold gets
    /// none, and does not count as an example. For the 112 texts of a usual round this takes about a millisecond,
    /// so a board can ask again after each decision.
    pub fn suggest(&self, texts: &[&str], themes: &[KnownTheme], k: usize) -> Vec<Vec<Suggestion>> {
        let finder = self.finder();
        let known = self.known(themes);
        let examples: Vec<_> = known.iter().map(|(_, texts)| texts.clone()).collect();
        let sums = self.sums(&examples);
        let mut products = Vec::new();
        texts
            .iter()
            .map(|text| {
                let Some(at) = finder.find(text).filter(|at| !self.blank(*at)) else {
                    return Vec::new();
                };
                self.against(at, &sums, &mut products);
                let near: Vec<_> = (0..known.len())
                    .map(|theme| near(&sums, &products, theme))
                    .collect();
                let odds: Vec<f64> = near
                    .iter()
                    .map(|near| near.map_or(f64::NEG_INFINITY, Closeness::log_odds))
                    .collect();
                let chances = chances(&odds);
                let mut found: Vec<(f64, Suggestion)> = near
                    .into_iter()
                    .zip(odds)
                    .zip(chances)
                    .zip(&known)
                    .filter_map(|(((near, odds), confidence), (theme, _))| {
                        let suggestion = Suggestion {
                            theme: theme.clone(),
                            similarity: near?.mean().clamp(-1.0, 1.0),
                            confidence,
                        };
                        Some((odds, suggestion))
                    })
                    .collect();
                // The sort keeps the order of ids among equals.
                found.sort_by(|a, b| b.0.total_cmp(&a.0));
                found.truncate(k);
                found
                    .into_iter()
                    .map(|(_, suggestion)| suggestion)
                    .collect()
            })
            .collect()
    }

    /// The `k` items most like a text, nearest first, without those that are no more like it than anything.
    ///
    /// Equally near items come in the order of their ids. Texts that the space does not hold are like nothing.
    pub fn neighbours(&self, text: &str, items: &[Item], k: usize) -> Vec<Neighbour> {
        let finder = self.finder();
        let Some(asked) = finder.find(text) else {
            return Vec::new();
        };
        let mut found: Vec<Neighbour> = items
            .iter()
            .filter_map(|item| {
                let similarity = self.similarity(asked, finder.find(&item.text)?);
                (similarity > 0.0).then(|| Neighbour {
                    item: item.id.clone(),
                    similarity,
                })
            })
            .collect();
        found.sort_by(|a, b| {
            b.similarity
                .total_cmp(&a.similarity)
                .then_with(|| a.item.cmp(&b.item))
        });
        found.truncate(k);
        found
    }
}
