//! How likely a statement is about a theme, from how alike it is to the theme's statements.
//!
//! A theme is taken for a cloud of statements around a middle. Where the middle lies is known the better the
//! more statements the theme has; a new theme's could lie anywhere. With Gauss's bell for both clouds the chance that
//! a theme brings forth a statement follows from the mean similarity to its statements, their number, and how
//! alike they are among themselves, and chances of all themes and of a new one add up to one. (This is the
//! "probabilistic linear discriminant analysis" of Ioffe 2006, with the same spread in every direction.)
//!
//! Both numbers below were chosen where the development data are likeliest, and serve words and meanings alike;
//! leaving any one company out moves them little. `docs/THEMES.md` has the figures.

/// How far a theme's statements lie from its middle, beside how far middles lie from each other (squared).
/// Between 1 and 4 the development data tell no difference.
const SPREAD: f64 = 2.0;

/// How many directions count: two statements of one theme differ in many ways at once, not in each of the vectors'
/// hundreds of numbers by itself. Chosen from 22 to 27 for meanings and 21 to 32 for words.
const DIRECTIONS: f64 = 24.0;

/// What is known about a statement and a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closeness {
    /// The scalar product of the statement with the sum of the group.
    pub product: f64,
    /// How many statements the group has; above 0.
    pub count: f64,
    /// The squared length of their sum.
    pub square: f64,
}

impl Closeness {
    /// The mean similarity to the group's statements.
    pub fn mean(self) -> f64 {
        self.product / self.count
    }

    /// The same without one occurrence of the statement itself; `None` when nothing is left.
    pub fn without_itself(self) -> Option<Self> {
        (self.count > 1.5).then(|| Self {
            product: self.product - 1.0,
            count: self.count - 1.0,
            square: (self.square - 2.0 * self.product + 1.0).max(0.0),
        })
    }

    /// How much likelier the group brings forth the statement than a new theme would, as a logarithm.
    pub fn log_odds(self) -> f64 {
        let pull = self.count / (self.count + SPREAD);
        let distance =
            1.0 - 2.0 * pull * self.mean() + pull * pull * self.square / (self.count * self.count);
        // How far a next statement will lie from what is known, and from nothing.
        let (known, new) = (SPREAD + SPREAD / (self.count + SPREAD), SPREAD + 1.0);
        DIRECTIONS / 2.0 * ((new / known).ln() + 1.0 - distance * new / known)
    }
}

/// The chances of some themes, and last of a new one, from their log odds against the new one. Each is in
/// [0.001, 0.999], to three decimals: nothing here is certain, and the last digits differ between machines.
pub(super) fn chances(log_odds: &[f64]) -> Vec<f64> {
    let most = log_odds.iter().copied().fold(0.0, f64::max);
    let weights: Vec<f64> = log_odds
        .iter()
        .copied()
        .chain([0.0])
        .map(|odds| (odds - most).exp())
        .collect();
    let all: f64 = weights.iter().sum();
    weights.into_iter().map(|one| rounded(one / all)).collect()
}

/// To three decimals, never 0 or 1.
pub(super) fn rounded(chance: f64) -> f64 {
    (chance.clamp(0.001, 0.999) * 1e3).round() / 1e3
}
