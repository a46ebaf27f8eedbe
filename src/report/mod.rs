//! The report: a scored round and its promise turned into sentences, decisions and figures.
//!
//! Two readers: the client, who sees only what the promise allows, and the consultant, who sees beside it
//! how firm the figures are and what was held back. Both reports are plain data that templates print.

mod asks;
pub mod client;
mod closing;
mod coders;
pub mod commentary;
pub mod consultant;
mod desk;
pub mod edits;
mod figures;
mod findings;
mod gate;
mod read_back;
pub mod review;
mod sections;
mod since;
mod svg;
mod talks;
mod teams;
mod trend;
pub mod view;
mod words;

#[cfg(test)]
mod golden;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::scoring::{CodedRound, ScoredRound};
use crate::survey::decision::Check;
use crate::survey::{Promise, Question, Quote};

pub use client::ClientReport;
pub use coders::TwoCoders;
pub use consultant::ConsultantReport;
pub use edits::{Edits, Sheet};
pub use review::Review;
pub use teams::{SideBySide, TeamCard, TeamLately};
pub use trend::{Basis, Counted, LeftOut, Merge, Part, Step, Trend, TrendMaterial, TrendRound};

pub(crate) use svg::escape;

/// What a report says about the round itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The consultant's client; empty where it is not known.
    pub organisation: String,
    /// The team asked.
    pub team: String,
    /// The round's label, usually a quarter such as `2026-Q4`.
    pub label: String,
    /// When the answers were given; a round from a file does not say.
    pub period: Option<Period>,
    /// How many were invited.
    pub invited: usize,
    /// How many answered.
    pub responded: usize,
    /// How many statements they gave.
    pub statements: usize,
}

/// When a round was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// When it opened.
    pub opened_at: DateTime<Utc>,
    /// When it closed.
    pub closed_at: DateTime<Utc>,
    /// Where the team keeps its time.
    pub time_zone: Tz,
}

/// Which part of a statement a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteSide {
    /// The statement itself.
    Whole,
    /// What a trade-off favours.
    Favour,
    /// What a trade-off gives up.
    Over,
}

/// One text of one statement, and how it may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotable {
    /// The question it answers.
    pub question: Question,
    /// Identifier of its theme.
    pub theme: String,
    /// Which part of the statement it is.
    pub side: QuoteSide,
    /// The executive's own words.
    pub text: String,
    /// How it may be used.
    pub quote: Quote,
    /// Identifier of who wrote it, as in the coded round.
    pub executive: String,
    /// Its place in the list, 0 for the first.
    pub position: usize,
}

/// The round before, for the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Previous {
    /// Its label.
    pub label: String,
    /// What its executives were promised.
    pub promise: Promise,
    /// Its coded responses, under the same identifiers of executives and themes.
    pub coded: CodedRound,
    /// Its score.
    pub score: ScoredRound,
    /// Names of its themes.
    pub theme_names: BTreeMap<String, String>,
}

/// A decision of an earlier debrief, to be read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Question and answer, as they were recorded.
    pub words: String,
    /// What the answers are held against; `None` where they cannot be.
    pub check: Option<Check>,
}

/// The team's latest debrief before this round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debrief {
    /// Label of the round it was held on.
    pub label: String,
    /// Its decisions, in order.
    pub decisions: Vec<Made>,
}

/// Everything a report is made from. Which statement may be printed is decided here, from `quote` and the promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// The round itself.
    pub facts: Facts,
    /// What the executives were promised.
    pub promise: Promise,
    /// Their answers, coded.
    pub coded: CodedRound,
    /// The score of those answers.
    pub score: ScoredRound,
    /// Names of themes by identifier.
    pub theme_names: BTreeMap<String, String>,
    /// Themes whose name is a sentence that its author did not release, in this round or an earlier one.
    pub unreleased_names: BTreeSet<String>,
    /// All texts of all statements.
    pub quotes: Vec<Quotable>,
    /// Names by identifier of executive, only where the promise names people.
    pub people: Option<BTreeMap<String, String>>,
    /// The round before, if there was one.
    pub previous: Option<Previous>,
    /// The debrief before, if there was one. Its checks are the coded round's decisions.
    pub debrief: Option<Debrief>,
    /// How many statements are still on a proposed theme.
    pub unconfirmed: usize,
    /// How far two coders agreed, where a second one coded the statements blind.
    pub coders: Option<TwoCoders>,
    /// Whether themes can no longer change. Until then nothing is shown person by person unless people are named:
    /// by moving a statement one would see whose figures move with it.
    pub settled: bool,
}

/// Too few answered for any report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFew {
    /// How many answered.
    pub responded: usize,
}

impl fmt::Display for TooFew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "There is no report below {} responses, because a reader could tell who said what: {}.",
            words::number(Promise::FEWEST_RESPONSES),
            if self.responded == 0 {
                "nobody has answered".to_owned()
            } else {
                words::number(self.responded) + " answered"
            }
        )
    }
}

impl std::error::Error for TooFew {}

/// The tests' report of eight, with the round before it.
#[cfg(test)]
pub(crate) fn sample_report() -> ClientReport {
    use crate::survey::Attribution;
    let now = sample::material(&sample::halden(), 9, Attribution::Confidential);
    let material = sample::with_previous(now, &sample::halden_before(), 8);
    ClientReport::build(&material).expect("enough answered")
}

impl Material {
    /// Refuses a round with too few responses: neither reader gets a report of it.
    fn enough(&self) -> Result<(), TooFew> {
        let responded = self.coded.responses().len().min(self.score.responded);
        if responded < Promise::FEWEST_RESPONSES {
            Err(TooFew { responded })
        } else {
            Ok(())
        }
    }
}
