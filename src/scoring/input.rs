//! What goes in: a round whose statements carry themes, checked once, here.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check::check;

/// Most statements one response may hold per question. The questionnaire asks for at most five;
/// the limit lets means over pairs come from counts of subsets (see `sums`).
pub const MAX_STATEMENTS: usize = 6;

/// Most people one round may invite.
pub const MAX_INVITED: usize = 100_000;

/// Most themes a codebook may hold.
pub const MAX_THEMES: usize = 1_000_000;

/// One of the five questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What are our top priorities right now?
    Priorities,
    /// What trade-offs are we deliberately making?
    TradeOffs,
    /// Which work should stop if capacity gets tight?
    Stops,
    /// How will we know this quarter was successful?
    Successes,
    /// What are we asking other teams to deprioritise?
    Asks,
}

impl Question {
    /// All five, in the order in which they are asked.
    pub const ALL: [Self; 5] = [
        Self::Priorities,
        Self::TradeOffs,
        Self::Stops,
        Self::Successes,
        Self::Asks,
    ];

    /// The key of the question in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Priorities => "priorities",
            Self::TradeOffs => "trade_offs",
            Self::Stops => "stops",
            Self::Successes => "successes",
            Self::Asks => "asks",
        }
    }

    pub(crate) fn slot(self) -> usize {
        match self {
            Self::Priorities => 0,
            Self::TradeOffs => 1,
            Self::Stops => 2,
            Self::Successes => 3,
            Self::Asks => 4,
        }
    }
}

/// What each question weighs in the index: finite, not negative, in any unit (only proportions count).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// Weight of the priorities.
    pub priorities: f64,
    /// Weight of the trade-offs.
    pub trade_offs: f64,
    /// Weight of the stops.
    pub stops: f64,
    /// Weight of the successes.
    pub successes: f64,
    /// Weight of the asks.
    pub asks: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            priorities: 0.30,
            trade_offs: 0.25,
            stops: 0.15,
            successes: 0.15,
            asks: 0.15,
        }
    }
}

impl Weights {
    /// The weight of one question.
    pub fn of(&self, question: Question) -> f64 {
        self.array()[question.slot()]
    }

    pub(crate) fn array(&self) -> [f64; 5] {
        [
            self.priorities,
            self.trade_offs,
            self.stops,
            self.successes,
            self.asks,
        ]
    }
}

/// A member of the team, whether or not they answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executive {
    /// Identifier, unique in the round.
    pub id: String,
    /// Function, as asks name it.
    pub function: String,
}

/// An entry of the team's codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Identifier, unique in the codebook.
    pub id: String,
    /// Name for people; the score does not use it.
    pub name: Option<String>,
}

/// A grouping that the program proposed and no consultant has confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// The proposed theme: the one the statement sits on.
    pub theme: String,
    /// How sure the proposal is, in [0, 1].
    pub confidence: f64,
    /// The next best theme, if any; without one the statement is not redrawn.
    pub second: Option<String>,
}

/// One text with its theme.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded {
    /// Theme identifier.
    pub theme: String,
    /// Present as long as nobody has confirmed the theme.
    pub proposed: Option<Proposed>,
}

impl Coded {
    /// A text whose theme is confirmed.
    pub fn confirmed(theme: impl Into<String>) -> Self {
        Self {
            theme: theme.into(),
            proposed: None,
        }
    }
}

/// "We favour .. over ..". When both ends carry the same theme (after a merge, say) the statement
/// has no direction left: it shows that the question was answered, and enters no similarity.
#[derive(Clone, Debug, PartialEq)]
pub struct CodedTradeOff {
    /// What is favoured.
    pub favour: Coded,
    /// What gives way.
    pub over: Coded,
}

/// How a measure compares its value with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// At least the target.
    AtLeast,
    /// At most the target.
    AtMost,
    /// Exactly the target.
    Exactly,
    /// Done by the date that the target names.
    ByDate,
}

/// The target of a measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Target {
    /// A finite number, in the measure's unit.
    Number(f64),
    /// An ISO 8601 calendar date, `2026-12-31`; only with [`Comparison::ByDate`].
    Date(String),
}

/// How success will be measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What is measured; compared without regard to case and spaces.
    pub metric: String,
    /// How.
    pub comparison: Comparison,
    /// Against what.
    pub target: Target,
    /// Unit of the target, `%` for example.
    pub unit: Option<String>,
}

/// A success statement.
#[derive(Clone, Debug, PartialEq)]
pub struct CodedSuccess {
    /// What it is about.
    pub coded: Coded,
    /// Its measure, if it has one.
    pub measure: Option<Measure>,
}

/// An ask to another function to deprioritise something.
#[derive(Clone, Debug, PartialEq)]
pub struct CodedAsk {
    /// The function asked; it may have no executive in the team.
    pub function: String,
    /// What should wait.
    pub coded: Coded,
}

/// One executive's submitted answers. Lists are in the order given; order counts for priorities only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodedResponse {
    /// Who answered.
    pub executive: String,
    /// Ranked priorities.
    pub priorities: Vec<Coded>,
    /// Directed trade-offs.
    pub trade_offs: Vec<CodedTradeOff>,
    /// What should stop.
    pub stops: Vec<Coded>,
    /// Success statements.
    pub successes: Vec<CodedSuccess>,
    /// Asks to other functions.
    pub asks: Vec<CodedAsk>,
    /// Questions answered "I don't know": answered, and empty.
    pub unknown: Vec<Question>,
    /// Questions skipped: missing. An empty list in neither set counts as skipped.
    pub skipped: Vec<Question>,
    /// How many of the own first three priorities most colleagues would name, 0 to 3.
    pub perceived: Option<u8>,
}

/// Which way a decision of the last debrief went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The team decided to stop or postpone the theme.
    Stop,
    /// The team decided to keep the theme.
    Keep,
}

/// A decision of the last debrief, to be checked against this round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided about.
    pub theme: String,
    /// What was decided.
    pub direction: Direction,
}

/// The parts of a round, not yet checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoundParts {
    /// How many were invited.
    pub invited: usize,
    /// What each question weighs.
    pub weights: Weights,
    /// Seed of every random draw.
    pub seed: u64,
    /// The team: everybody who answered, and as many of the others as are known.
    pub executives: Vec<Executive>,
    /// The codebook.
    pub themes: Vec<Theme>,
    /// The priorities the team believes it has agreed; empty when none were sealed.
    pub agreed_priorities: Vec<String>,
    /// The submitted responses.
    pub responses: Vec<CodedResponse>,
    /// Decisions of the last debrief.
    pub decisions: Vec<Decision>,
}

/// A round that can be scored: every reference resolves, every number is in range.
#[derive(Clone, Debug, PartialEq)]
pub struct CodedRound {
    parts: RoundParts,
}

/// Why a round can't be scored: where, and which rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Where, as `responses[3].trade_offs[0].over.theme`.
    pub path: String,
    /// The rule, in words.
    pub rule: String,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.rule)
    }
}

impl std::error::Error for InputError {}

impl CodedRound {
    /// Checks the parts. The first fault found is named with its path.
    pub fn new(parts: RoundParts) -> Result<Self, InputError> {
        check(&parts)?;
        Ok(Self { parts })
    }

    /// How many were invited.
    pub fn invited(&self) -> usize {
        self.parts.invited
    }

    /// What each question weighs.
    pub fn weights(&self) -> &Weights {
        &self.parts.weights
    }

    /// Seed of every random draw.
    pub fn seed(&self) -> u64 {
        self.parts.seed
    }

    /// The team.
    pub fn executives(&self) -> &[Executive] {
        &self.parts.executives
    }

    /// The codebook.
    pub fn themes(&self) -> &[Theme] {
        &self.parts.themes
    }

    /// The priorities the team believes it has agreed.
    pub fn agreed_priorities(&self) -> &[String] {
        &self.parts.agreed_priorities
    }

    /// The submitted responses.
    pub fn responses(&self) -> &[CodedResponse] {
        &self.parts.responses
    }

    /// How many statements there are; a trade-off is one.
    pub fn statements(&self) -> usize {
        let of = |response: &CodedResponse| {
            Question::ALL
                .into_iter()
                .map(|question| response.count(question))
                .sum::<usize>()
        };
        self.parts.responses.iter().map(of).sum()
    }

    /// Decisions of the last debrief.
    pub fn decisions(&self) -> &[Decision] {
        &self.parts.decisions
    }

    /// The parts, to be changed and checked again.
    pub fn into_parts(self) -> RoundParts {
        self.parts
    }
}

impl CodedResponse {
    /// Number of statements given to one question.
    pub fn count(&self, question: Question) -> usize {
        match question {
            Question::Priorities => self.priorities.len(),
            Question::TradeOffs => self.trade_offs.len(),
            Question::Stops => self.stops.len(),
            Question::Successes => self.successes.len(),
            Question::Asks => self.asks.len(),
        }
    }

    /// Whether the question was answered: with statements, or with "I don't know".
    pub fn answered(&self, question: Question) -> bool {
        self.count(question) > 0 || self.unknown.contains(&question)
    }
}
