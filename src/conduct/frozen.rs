//! What stays of a published round for comparison: figures and codings, no words.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::exchange::{
    AskEntry, ExecutiveEntry, MeasureEntry, ProposedEntry, ROUND_FORMAT, ResponseEntry, RoundFile,
    SuccessEntry, TargetEntry, TextEntry, ThemeEntry, TradeOffEntry,
};
use crate::scoring::{Coded, CodedResponse, CodedRound, Measure, Proposed, ScoredRound, Target};

/// A coded round without words, and its score as published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The score.
    pub score: ScoredRound,
    round: RoundFile,
}

/// Stands where an executive's words stood.
const NO_WORDS: &str = "(not kept)";

impl Frozen {
    /// Freezes a scored round.
    pub fn new(team: &str, label: &str, coded: &CodedRound, score: &ScoredRound) -> Self {
        let round = RoundFile {
            format: ROUND_FORMAT.to_owned(),
            team: team.to_owned(),
            round: label.to_owned(),
            invited: coded.invited(),
            weights: *coded.weights(),
            seed: coded.seed(),
            executives: coded
                .executives()
                .iter()
                .map(|e| ExecutiveEntry {
                    id: e.id.clone(),
                    function: e.function.clone(),
                })
                .collect(),
            themes: coded
                .themes()
                .iter()
                .map(|theme| ThemeEntry {
                    id: theme.id.clone(),
                    name: None,
                })
                .collect(),
            agreed_priorities: coded.agreed_priorities().to_vec(),
            responses: coded.responses().iter().map(response).collect(),
        };
        Self {
            score: score.clone(),
            round,
        }
    }

    /// The coded round.
    pub fn coded(&self) -> Result<CodedRound, Error> {
        self.round
            .to_coded()
            .map_err(|error| Error::Broken(format!("a frozen round cannot be read: {error}")))
    }
}

fn response(coded: &CodedResponse) -> ResponseEntry {
    ResponseEntry {
        executive: coded.executive.clone(),
        priorities: coded.priorities.iter().map(text).collect(),
        trade_offs: coded
            .trade_offs
            .iter()
            .map(|t| TradeOffEntry {
                favour: text(&t.favour),
                over: text(&t.over),
            })
            .collect(),
        stops: coded.stops.iter().map(text).collect(),
        successes: coded
            .successes
            .iter()
            .map(|success| SuccessEntry {
                text: NO_WORDS.to_owned(),
                theme: Some(success.coded.theme.clone()),
                proposed: success.coded.proposed.as_ref().map(proposed),
                measure: success.measure.as_ref().and_then(measure),
            })
            .collect(),
        asks: coded
            .asks
            .iter()
            .map(|ask| AskEntry {
                function: ask.function.clone(),
                text: NO_WORDS.to_owned(),
                theme: Some(ask.coded.theme.clone()),
                proposed: ask.coded.proposed.as_ref().map(proposed),
            })
            .collect(),
        unknown: coded.unknown.clone(),
        skipped: coded.skipped.clone(),
        perceived: coded.perceived,
    }
}

fn text(coded: &Coded) -> TextEntry {
    TextEntry {
        text: NO_WORDS.to_owned(),
        theme: Some(coded.theme.clone()),
        proposed: coded.proposed.as_ref().map(proposed),
    }
}

fn proposed(proposed: &Proposed) -> ProposedEntry {
    ProposedEntry {
        theme: proposed.theme.clone(),
        confidence: proposed.confidence,
        second: proposed.second.clone(),
    }
}

/// A metric's name is an executive's own words, so it is not kept; two measures of one metric stay
/// comparable within the score, which is kept whole.
fn measure(measure: &Measure) -> Option<MeasureEntry> {
    Some(MeasureEntry {
        metric: NO_WORDS.to_owned(),
        comparison: measure.comparison,
        target: match &measure.target {
            Target::Number(number) => TargetEntry::Number(serde_json::Number::from_f64(*number)?),
            Target::Date(day) => TargetEntry::Date(day.clone()),
        },
        unit: None,
    })
}
