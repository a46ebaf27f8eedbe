//! What stays of a published round for comparison: figures and codings, no words.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::exchange::{
    AskEntry, ExecutiveEntry, ProposedEntry, ROUND_FORMAT, ResponseEntry, RoundFile, SuccessEntry,
    TextEntry, ThemeEntry, TradeOffEntry,
};
use crate::scoring::{Coded, CodedResponse, CodedRound, Proposed, ScoredRound};
use crate::survey::Promise;

/// A coded round without words, metrics and targets, and its score as published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// The score.
    pub score: ScoredRound,
    /// What the executives were promised; `None` in rounds published before it was kept here.
    #[serde(default)]
    pub promise: Option<Promise>,
    round: RoundFile,
}

/// Stands where an executive named a function of their own.
const OTHER_FUNCTION: &str = "other";

/// Stands where an executive's words stood.
const NO_WORDS: &str = "(not kept)";

impl Frozen {
    /// Freezes a scored round.
    pub fn new(
        team: &str,
        label: &str,
        promise: Promise,
        coded: &CodedRound,
        score: &ScoredRound,
    ) -> Self {
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
            responses: coded
                .responses()
                .iter()
                .map(|answers| response(answers, coded))
                .collect(),
        };
        let mut score = score.clone();
        // Functions asked may be typed freely; the counts stay.
        let asks = &mut score.questions.asks;
        asks.functions.clear();
        asks.asked.clear();
        asks.collisions.clear();
        asks.list.clear();
        for finding in &mut score.findings {
            finding.functions.clear();
        }
        Self {
            score,
            promise: Some(promise),
            round,
        }
    }

    /// The coded round under the codebook as it stands now: themes that were merged since are the ones they went into.
    /// `standing` says, for every theme of the team, which one it stands for now. Also returns the
    /// themes in use that this changed; where there are none, the score holds as it was published.
    pub fn coded_now(
        &self,
        standing: &HashMap<String, String>,
    ) -> Result<(CodedRound, BTreeSet<String>), Error> {
        let mut parts = self.coded()?.into_parts();
        let mut merged = BTreeSet::new();
        let now = |theme: &str| {
            standing
                .get(theme)
                .map_or_else(|| theme.to_owned(), Clone::clone)
        };
        let mut coded = |coded: &mut Coded| {
            let theme = now(&coded.theme);
            if theme != coded.theme {
                merged.insert(std::mem::replace(&mut coded.theme, theme.clone()));
            }
            if let Some(proposed) = &mut coded.proposed {
                proposed.second = proposed
                    .second
                    .as_deref()
                    .map(now)
                    .filter(|second| *second != theme);
                proposed.theme = theme;
            }
        };
        for response in &mut parts.responses {
            response.priorities.iter_mut().for_each(&mut coded);
            response.stops.iter_mut().for_each(&mut coded);
            for trade_off in &mut response.trade_offs {
                coded(&mut trade_off.favour);
                coded(&mut trade_off.over);
            }
            for success in &mut response.successes {
                coded(&mut success.coded);
            }
            for ask in &mut response.asks {
                coded(&mut ask.coded);
            }
        }
        for theme in &mut parts.agreed_priorities {
            *theme = now(theme);
        }
        let mut seen = BTreeSet::new();
        parts
            .agreed_priorities
            .retain(|theme| seen.insert(theme.clone()));
        let mut seen = BTreeSet::new();
        for theme in &mut parts.themes {
            theme.id = now(&theme.id);
        }
        parts.themes.retain(|theme| seen.insert(theme.id.clone()));
        let coded = CodedRound::new(parts).map_err(|error| {
            Error::Broken(format!("a frozen round cannot be coded anew: {error}"))
        })?;
        Ok((coded, merged))
    }

    /// The coded round.
    pub fn coded(&self) -> Result<CodedRound, Error> {
        self.round
            .to_coded()
            .map_err(|error| Error::Broken(format!("a frozen round cannot be read: {error}")))
    }
}

fn response(coded: &CodedResponse, round: &CodedRound) -> ResponseEntry {
    let known = |function: &str| round.executives().iter().any(|e| e.function == function);
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
                measure: None,
            })
            .collect(),
        asks: coded
            .asks
            .iter()
            .map(|ask| AskEntry {
                function: if known(&ask.function) {
                    ask.function.clone()
                } else {
                    OTHER_FUNCTION.to_owned()
                },
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
