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
    /// none, and does not count as an example. For the 112 texts of a usual round this takes some three milliseconds,
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
        let places: Vec<Option<usize>> = items.iter().map(|i| finder.find(&i.text)).collect();
        self.near(asked, None, items, &places, k)
    }

    /// For each item the `k` others most like it, as [`Space::neighbours`] gives them. Time grows with the square of
    /// the number of items; 500 take some thirty milliseconds.
    pub fn nearest(&self, items: &[Item], k: usize) -> Vec<Vec<Neighbour>> {
        let finder = self.finder();
        let places: Vec<Option<usize>> = items.iter().map(|i| finder.find(&i.text)).collect();
        places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                place.map_or_else(Vec::new, |place| {
                    self.near(place, Some(at), items, &places, k)
                })
            })
            .collect()
    }

    /// The items nearest to a text, without the one at `but`.
    fn near(
        &self,
        asked: usize,
        but: Option<usize>,
        items: &[Item],
        places: &[Option<usize>],
        k: usize,
    ) -> Vec<Neighbour> {
        let mut found: Vec<(f64, &str)> = items
            .iter()
            .zip(places)
            .enumerate()
            .filter(|(at, _)| Some(*at) != but)
            .filter_map(|(_, (item, place))| {
                let similarity = self.similarity(asked, (*place)?);
                (similarity > 0.0).then_some((similarity, item.id.as_str()))
            })
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        found.truncate(k);
        found
            .into_iter()
            .map(|(similarity, item)| Neighbour {
                item: item.to_owned(),
                similarity,
            })
            .collect()
    }
}
