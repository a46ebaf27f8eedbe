//! What comes out: the scored round, as other programs read it (`coherence-score/1`).
//!
//! Numbers are not rounded. A value that is undefined is `None`, in JSON `null`, never 0.

use serde::{Deserialize, Serialize};

use super::input::{Question, Weights};

/// The name and version of the score's format.
pub const SCORE_FORMAT: &str = "coherence-score/1";

/// A scored round. Executives and themes appear by identifier, in ascending order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredRound {
    /// Always [`SCORE_FORMAT`].
    pub format: String,
    /// How many answered.
    pub responded: usize,
    /// How many were invited.
    pub invited: usize,
    /// The weights the index used.
    pub weights: Weights,
    /// The index and what stands beside it.
    pub index: IndexFigures,
    /// The five questions.
    pub questions: Questions,
    /// The pair matrix; none above 200 responses.
    pub similarity: Option<Similarity>,
    /// Groups within the team, when there are any.
    pub camps: Option<Camps>,
    /// All findings, most severe first.
    pub findings: Vec<Finding>,
    /// Positions in `findings` of the at most five that a decision can settle.
    pub agenda: Vec<usize>,
}

/// The coherence index, 0 to 100, and what stands beside it, on the same scale unless said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexFigures {
    /// The index; undefined when no question has a pair of answers, or all weights are 0.
    pub value: Option<f64>,
    /// The index when the themes are drawn at random.
    pub chance: Option<Chance>,
    /// (index - chance) / (100 - chance) x 100; undefined when chance is 100. May be negative.
    pub adjusted: Option<f64>,
    /// The index if all lists were prefixes of one common list and every ask were taken up.
    pub ceiling: Option<f64>,
    /// (index - chance) / (ceiling - chance), a share; undefined when the ceiling is not above chance. May be negative.
    pub position: Option<f64>,
    /// The square root of the position: about the share of answers from a common agenda, in [0, 1].
    pub common_share: Option<f64>,
    /// The position in words.
    pub words: Option<PositionWords>,
    /// What those who did not answer could change.
    pub missing: Option<MissingRange>,
    /// What unconfirmed grouping could change; both ends are the index when all is confirmed.
    pub grouping: Option<GroupingRange>,
    /// The index without each executive in turn. For the named mode only.
    pub leave_one_out: Vec<LeftOut>,
}

/// The index under chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Mean over the draws.
    pub mean: f64,
    /// 95th percentile over the draws.
    pub p95: f64,
    /// Number of draws: 2,000, and fewer in very large groups, where the mean hardly varies.
    pub draws: usize,
}

/// Lowest and highest index with N answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissingRange {
    /// Everybody absent agrees with nobody.
    pub low: f64,
    /// Everybody absent is a copy of the most central respondent.
    pub high: f64,
}

/// 5th and 95th percentile of the index over redraws of unconfirmed themes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupingRange {
    /// 5th percentile.
    pub p05: f64,
    /// 95th percentile.
    pub p95: f64,
    /// How many statements are on an unconfirmed theme.
    pub unconfirmed: usize,
}

/// The index without one executive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Who is left out.
    pub executive: String,
    /// The index of the others.
    pub value: Option<f64>,
}

/// The position in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PositionWords {
    /// Position below 0.10.
    #[serde(rename = "no common agenda")]
    NoCommonAgenda,
    /// Position from 0.10 to below 0.35.
    #[serde(rename = "fragments of one")]
    FragmentsOfOne,
    /// Position from 0.35 to below 0.65.
    #[serde(rename = "drifting apart")]
    DriftingApart,
    /// Position from 0.65 to below 0.85.
    #[serde(rename = "mostly one story")]
    MostlyOneStory,
    /// Position of 0.85 and above.
    #[serde(rename = "one story")]
    OneStory,
}

impl PositionWords {
    /// The words for a position; none when it is not a number.
    pub fn of(position: f64) -> Option<Self> {
        Some(match position {
            p if p.is_nan() => return None,
            p if p < 0.10 => Self::NoCommonAgenda,
            p if p < 0.35 => Self::FragmentsOfOne,
            p if p < 0.65 => Self::DriftingApart,
            p if p < 0.85 => Self::MostlyOneStory,
            _ => Self::OneStory,
        })
    }

    /// The words in English.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoCommonAgenda => "no common agenda",
            Self::FragmentsOfOne => "fragments of one",
            Self::DriftingApart => "drifting apart",
            Self::MostlyOneStory => "mostly one story",
            Self::OneStory => "one story",
        }
    }
}

/// Figures per question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Questions {
    /// Question 1.
    pub priorities: PriorityFigures,
    /// Question 2.
    pub trade_offs: TradeOffFigures,
    /// Question 3.
    pub stops: StopFigures,
    /// Question 4.
    pub successes: SuccessFigures,
    /// Question 5.
    pub asks: AskFigures,
}

impl Questions {
    /// The agreement of one question, in [0, 1].
    pub fn agreement(&self, question: Question) -> Option<f64> {
        match question {
            Question::Priorities => self.priorities.answers.agreement,
            Question::TradeOffs => self.trade_offs.answers.agreement,
            Question::Stops => self.stops.answers.agreement,
            Question::Successes => self.successes.answers.agreement,
            Question::Asks => self.asks.answers.agreement,
        }
    }
}

/// What every question has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Mean pair similarity, in [0, 1]; undefined without a pair.
    pub agreement: Option<f64>,
    /// How many answered, "I don't know" included.
    pub answered: usize,
    /// How many said that they don't know.
    pub unknown: usize,
}

/// How lists of themes overlap. A list is an answer with at least one theme.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Mean pairwise Jaccard index, in [0, 1].
    pub jaccard: Option<f64>,
    /// The same, corrected for chance; at most 1, may be negative.
    pub jaccard_adjusted: Option<f64>,
    /// Mean number of themes that a pair shares.
    pub overlap: Option<f64>,
    /// How many lists there are.
    pub lists: usize,
    /// Distinct themes over all lists.
    pub distinct: usize,
    /// The fewest distinct themes that lists of these lengths can have: the longest list.
    pub distinct_fewest: usize,
    /// The most: the sum of the lengths.
    pub distinct_most: usize,
    /// Themes on every list (of two lists or more).
    pub on_every_list: usize,
    /// Themes on more than half of the lists, those on every list included.
    pub on_most_lists: usize,
    /// Themes on one list only.
    pub on_one_list: usize,
}

/// Question 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorityFigures {
    /// Agreement and counts.
    #[serde(flatten)]
    pub answers: Answers,
    /// How the lists overlap.
    #[serde(flatten)]
    pub spread: Spread,
    /// Share of those who answered who name three of the agreed priorities (all, where fewer were agreed);
    /// without an agreed list, three of the five most named by the others, ties for the fifth place included.
    pub knows_three: Option<f64>,
    /// Mean answer to the perceived-alignment question, 0 to 3.
    pub perceived: Option<f64>,
    /// Mean number of a person's first three themes that at least half of the others name, 0 to 3.
    pub measured: Option<f64>,
}

/// Question 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TradeOffFigures {
    /// Agreement and counts.
    #[serde(flatten)]
    pub answers: Answers,
    /// How many named no trade-off and did not say that they don't know.
    pub none: usize,
    /// Share, over pairs of persons who both address a pair of themes, of those opposed on it.
    pub opposed_share: Option<f64>,
    /// Every pair of themes that anybody trades.
    pub pairs: Vec<TradedPair>,
    /// Cycles of majority preferences, each from its first theme in order; at most 50, of at most 6 themes.
    pub cycles: Vec<Vec<String>>,
}

/// Two themes that are traded against each other; `a` sorts before `b`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradedPair {
    /// One theme.
    pub a: String,
    /// The other.
    pub b: String,
    /// How many executives favour `a` over `b`.
    pub a_over_b: usize,
    /// How many executives favour `b` over `a`.
    pub b_over_a: usize,
}

/// Question 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopFigures {
    /// Agreement and counts.
    #[serde(flatten)]
    pub answers: Answers,
    /// How the lists overlap.
    #[serde(flatten)]
    pub spread: Spread,
    /// Themes stopped by some that are a priority or success of others.
    pub collisions: Vec<StopCollision>,
}

/// A theme that some would stop and others protect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopCollision {
    /// The theme.
    pub theme: String,
    /// Executives who would stop it.
    pub stop: usize,
    /// Executives who have it among own priorities or successes.
    pub protect: usize,
}

/// Question 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuccessFigures {
    /// Agreement and counts.
    #[serde(flatten)]
    pub answers: Answers,
    /// Share of success statements that have a measure.
    pub measured: Option<f64>,
    /// Themes whose measures disagree.
    pub conflicting: Vec<String>,
    /// Priorities on more than half of the lists without any measure.
    pub unmeasured: Vec<String>,
}

/// Question 5. Counts are of asks: one executive, one function, one theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskFigures {
    /// Agreement and counts.
    #[serde(flatten)]
    pub answers: Answers,
    /// Somebody asked would stop it too, and nobody asked protects it.
    pub taken_up: usize,
    /// Nobody asked mentions it.
    pub unheard: usize,
    /// Somebody asked protects it.
    pub colliding: usize,
    /// Nobody of the asked function, other than the asker, answered the question.
    pub unanswered: usize,
    /// Names of the rows and columns of the two matrices.
    pub functions: Vec<String>,
    /// Asks made, from the row's function to the column's.
    pub asked: Vec<Vec<usize>>,
    /// Asks that collide, likewise.
    pub collisions: Vec<Vec<usize>>,
    /// Every ask, without its asker.
    pub list: Vec<Ask>,
}

/// One ask: from a function, to a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ask {
    /// Function of the asker.
    pub from: String,
    /// Function asked.
    pub to: String,
    /// What should wait.
    pub theme: String,
    /// What became of it.
    pub outcome: AskOutcome,
}

/// What became of an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskOutcome {
    /// Somebody asked would stop it too, and nobody asked protects it.
    TakenUp,
    /// Nobody asked mentions it.
    Unheard,
    /// Somebody asked protects it.
    Colliding,
    /// Nobody of the function asked answered the question.
    Unanswered,
}

/// Similarities of persons, in [0, 1].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Similarity {
    /// Rows and columns.
    pub executives: Vec<String>,
    /// Symmetric; 1 on the diagonal; `None` for a pair without a common question.
    pub matrix: Vec<Vec<Option<f64>>>,
    /// Mean similarity of each person to the others, times 100.
    pub index: Vec<Option<f64>>,
}

/// Groups of executives who answer alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camps {
    /// Two to four groups, largest first.
    pub groups: Vec<Vec<String>>,
    /// Mean silhouette width, in [-1, 1].
    pub silhouette: f64,
    /// Share of chance draws that group at least as clearly, this one counted among them.
    pub p_value: f64,
}

/// What a finding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Some favour a over b, others b over a. Themes: a, b. Sides: for a, for b.
    OpposedTradeOff,
    /// A priority of some is in the stops of others. Sides: priority, stop.
    ContestedPriority,
    /// A priority of some is given up in a trade-off of others. Sides: priority, given up.
    SacrificedPriority,
    /// A theme is on 30 % to 70 % of the lists. Sides: named, not named.
    SplitPriority,
    /// First priorities that are on nobody else's list. One side per theme, each one person.
    OrphanPriority,
    /// Asks that hit what the asked function protects. Sides: asking, protecting. Functions: those asked.
    CollidingAsk,
    /// Same measure, different targets. One side per target.
    TargetConflict,
    /// A shared priority without any measure of success. Sides: who names it.
    UnmeasuredPriority,
    /// Many name no trade-off. Sides: those without one, those with.
    UnspokenTradeOffs,
    /// Many more priorities than a list asks for. `value`: the ratio.
    CrowdedAgenda,
    /// A decision of the last debrief is contradicted. Sides: who contradicts it.
    BrokenDecision,
    /// The team falls into groups. One side per group. `value`: p.
    Camps,
    /// On 75 % of the answers or more: not a divergence. Sides: who says it.
    SharedGround,
}

impl FindingKind {
    /// Whether a decision of the team can settle it.
    pub fn can_be_settled(self) -> bool {
        !matches!(self, Self::Camps | Self::SharedGround)
    }
}

/// One thing the report says, with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it says.
    pub kind: FindingKind,
    /// The themes it is about.
    pub themes: Vec<String>,
    /// How severe, in [0, 1].
    pub severity: f64,
    /// Who stands where; what each side means depends on the kind.
    pub sides: Vec<Vec<String>>,
    /// The question it comes from, where the kind leaves it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// Functions asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
    /// A figure behind the severity, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

/// How many executives mention a theme, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeCounts {
    /// The theme.
    pub theme: String,
    /// Executives with it among their priorities.
    pub priority: usize,
    /// Executives who would stop it.
    pub stop: usize,
    /// Executives with it among their successes.
    pub success: usize,
    /// Executives who ask another function to deprioritise it.
    pub ask: usize,
    /// Executives who favour it in a trade-off.
    pub favoured: usize,
    /// Executives who give it up in a trade-off.
    pub given_up: usize,
}

/// The change between two rounds, over the executives who answered both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// How many answered both.
    pub people: usize,
    /// Their index in the earlier round.
    pub before: f64,
    /// Their index in the later round.
    pub after: f64,
    /// After minus before, in points.
    pub difference: f64,
    /// Two-sided p of the paired permutation test.
    pub p_value: f64,
    /// Number of arrangements compared, the observed one included.
    pub arrangements: usize,
    /// Whether these were all there are.
    pub exact: bool,
    /// Change of each question's agreement, in [-1, 1], in the order of [`Question::ALL`].
    pub agreements: Vec<Option<f64>>,
    /// Priorities named in both rounds.
    pub kept: Vec<ThemeChange>,
    /// Priorities named in the later round only.
    pub new: Vec<ThemeChange>,
    /// Priorities named in the earlier round only.
    pub dropped: Vec<ThemeChange>,
}

/// How many of the same people name a priority before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeChange {
    /// The theme.
    pub theme: String,
    /// Executives who named it in the earlier round.
    pub before: usize,
    /// Executives who name it in the later round.
    pub after: usize,
}
