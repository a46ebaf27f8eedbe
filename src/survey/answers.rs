//! Submitted answers: checked, complete, ready to be kept.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::question::Question;
use super::text::{Line, StatementText};

/// How a statement may be used in the client's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quote {
    /// Word for word.
    Verbatim,
    /// Only in other words.
    Paraphrase,
    /// For the consultant alone.
    Consultant,
}

impl Quote {
    /// All choices, the most open first.
    pub const ALL: [Self; 3] = [Self::Verbatim, Self::Paraphrase, Self::Consultant];

    /// The name used in forms and message keys.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Paraphrase => "paraphrase",
            Self::Consultant => "consultant",
        }
    }

    /// The choice of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quote| quote.key() == key)
    }
}

/// How a measured value must stand to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// At least the target.
    AtLeast,
    /// At most the target.
    AtMost,
    /// The target itself.
    Exactly,
    /// Done by the target date.
    ByDate,
}

impl Comparison {
    /// All comparisons.
    pub const ALL: [Self; 4] = [Self::AtLeast, Self::AtMost, Self::Exactly, Self::ByDate];

    /// The name used in forms and files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::AtLeast => "at_least",
            Self::AtMost => "at_most",
            Self::Exactly => "exactly",
            Self::ByDate => "by_date",
        }
    }

    /// The comparison of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.key() == key)
    }
}

/// What is to be reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Target {
    /// A finite number, in the measure's unit.
    Number(f64),
    /// A day.
    Date(NaiveDate),
}

/// How success would be measured: "NRR at least 110 %".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What is measured.
    pub metric: Line<1, 80>,
    /// How it must stand to the target.
    pub comparison: Comparison,
    /// The target; a date exactly where the comparison is `ByDate`.
    pub target: Target,
    /// The unit; may be empty.
    pub unit: Line<0, 20>,
}

/// The words of one statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Body {
    /// One priority.
    Priority {
        /// Its words.
        text: StatementText,
    },
    /// One trade-off; the direction counts.
    TradeOff {
        /// What is favoured.
        favour: StatementText,
        /// What gives way.
        over: StatementText,
    },
    /// Work that should stop.
    Stop {
        /// Its words.
        text: StatementText,
    },
    /// A sign of success.
    Success {
        /// Its words.
        text: StatementText,
        /// How it would be measured.
        measure: Option<Measure>,
    },
    /// Something another function is asked to deprioritise.
    Ask {
        /// The function asked.
        function: Line<1, 60>,
        /// What it should deprioritise.
        text: StatementText,
    },
}

/// One entry of a response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its words.
    pub body: Body,
    /// How it may be used in the client's report.
    pub quote: Quote,
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Left empty: it counts as missing.
    Skipped,
    /// "I don't know": an answer, and it counts.
    Unknown,
    /// One or more statements, in the executive's order.
    Given(Vec<Statement>),
}

impl Answer {
    /// The statements; none where the question was skipped or is not known.
    pub fn statements(&self) -> &[Statement] {
        match self {
            Self::Given(statements) => statements,
            Self::Skipped | Self::Unknown => &[],
        }
    }
}

/// One executive's submitted answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Answers to the five questions, in the order of [`Question::ALL`].
    pub answers: [Answer; 5],
    /// How many of the own top three most colleagues would also name: 0 to 3.
    pub perceived: Option<u8>,
}

impl Answers {
    /// The answer to that question.
    pub fn to(&self, question: Question) -> &Answer {
        &self.answers[question as usize]
    }
}
