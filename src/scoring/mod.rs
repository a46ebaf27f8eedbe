//! The scoring engine: coded responses in, a scored round out.
//!
//! It knows numbers, themes and a seed; no web, no database, no clock. The same input and seed give the same
//! figures on every machine, and the order in which executives, themes and unranked statements are listed changes none.
//!
//! A team is a census, not a sample: nothing here is a confidence interval. What stands beside the index says
//! what chance alone would give, what missing answers and unconfirmed grouping could change, and how far
//! lists of these lengths can agree at all.

mod camps;
mod chance;
mod change;
mod check;
pub mod clusters;
pub mod consensus;
mod draws;
mod figures;
mod findings;
mod index;
mod input;
mod measures;
mod output;
mod parallel;
pub mod partition;
mod people;
pub mod rankings;
pub mod ratings;
pub mod reliability;
mod sheet;
mod subsets;
mod sums;
mod totals;
pub mod trade_offs;

#[cfg(test)]
mod tests;

pub use change::{LUCK_OF_WORDING, Permutation, change, change_with, paired_permutation};
pub use figures::theme_table;
pub use index::{MATRIX_LIMIT, Options, score, score_with};
pub use input::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Comparison, Decision,
    Direction, Executive, InputError, MAX_INVITED, MAX_STATEMENTS, MAX_THEMES, Measure, Proposed,
    Question, RoundParts, Target, Theme, Weights,
};
pub use measures::{
    average_overlap, corrected, dice, jaccard, mean_over_pairs, overlap, rbo_ext,
    rbo_prefix_weight, subset_probabilities,
};
pub use output::{
    Answers, Ask, AskFigures, AskOutcome, Camps, Chance, Change, Finding, FindingKind,
    GroupingRange, IndexFigures, LeftOut, MissingRange, PositionWords, PriorityFigures, Questions,
    SCORE_FORMAT, ScoredRound, Similarity, Spread, StopCollision, StopFigures, SuccessFigures,
    ThemeChange, ThemeCounts, TradeOffFigures, TradedPair,
};
pub use sums::RBO_P;
