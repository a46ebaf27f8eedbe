//! A round as a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

use serde::{Deserialize, Serialize};

use super::FileError;
use super::bounded::{Limited, at_most, short};
use crate::scoring::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Comparison, Executive,
    MAX_INVITED, MAX_STATEMENTS, MAX_THEMES, Measure, Proposed, Question, RoundParts, Target,
    Theme, Weights,
};

/// The name and version of the format.
pub const ROUND_FORMAT: &str = "coherence-round/1";

/// Most priorities that a team can believe it has agreed.
const MAX_AGREED: usize = 1_000;

/// More than a layer of 10,000 managers needs.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A round as other programs read and write it. Statements may still lack a theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundFile {
    /// Always [`ROUND_FORMAT`].
    #[serde(deserialize_with = "known_format")]
    pub format: String,
    /// Name of the team.
    pub team: String,
    /// Name of the round, `2026-Q4`.
    pub round: String,
    /// How many were invited.
    pub invited: usize,
    /// What each question weighs; the default weights when left out.
    #[serde(default)]
    pub weights: Weights,
    /// Seed of every draw; 0 when left out.
    #[serde(default)]
    pub seed: u64,
    /// The team.
    #[serde(deserialize_with = "at_most::<MAX_INVITED, _, _>")]
    pub executives: Vec<ExecutiveEntry>,
    /// The codebook.
    #[serde(default, deserialize_with = "at_most::<MAX_THEMES, _, _>")]
    pub themes: Vec<ThemeEntry>,
    /// Theme identifiers of the priorities the team believes it has agreed.
    #[serde(default, deserialize_with = "at_most::<MAX_AGREED, _, _>")]
    pub agreed_priorities: Vec<String>,
    /// The submitted responses.
    #[serde(deserialize_with = "at_most::<MAX_INVITED, _, _>")]
    pub responses: Vec<ResponseEntry>,
}

/// A member of the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExecutiveEntry {
    /// Identifier, unique in the file.
    pub id: String,
    /// Function.
    pub function: String,
}

/// A theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeEntry {
    /// Identifier, unique in the file.
    pub id: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// One executive's answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResponseEntry {
    /// Identifier of the executive.
    pub executive: String,
    /// Question 1, most important first.
    #[serde(default, deserialize_with = "at_most::<MAX_STATEMENTS, _, _>")]
    pub priorities: Vec<TextEntry>,
    /// Question 2.
    #[serde(default, deserialize_with = "at_most::<MAX_STATEMENTS, _, _>")]
    pub trade_offs: Vec<TradeOffEntry>,
    /// Question 3.
    #[serde(default, deserialize_with = "at_most::<MAX_STATEMENTS, _, _>")]
    pub stops: Vec<TextEntry>,
    /// Question 4.
    #[serde(default, deserialize_with = "at_most::<MAX_STATEMENTS, _, _>")]
    pub successes: Vec<SuccessEntry>,
    /// Question 5.
    #[serde(default, deserialize_with = "at_most::<MAX_STATEMENTS, _, _>")]
    pub asks: Vec<AskEntry>,
    /// Questions answered "I don't know".
    #[serde(default, deserialize_with = "at_most::<5, _, _>")]
    pub unknown: Vec<Question>,
    /// Questions skipped.
    #[serde(default, deserialize_with = "at_most::<5, _, _>")]
    pub skipped: Vec<Question>,
    /// Perceived alignment, 0 to 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub perceived: Option<u8>,
}

/// A text with its theme.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextEntry {
    /// What was written.
    #[serde(deserialize_with = "short")]
    pub text: String,
    /// Theme identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The proposal behind the theme, as long as nobody has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedEntry>,
}

/// A proposal of the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedEntry {
    /// The proposed theme.
    pub theme: String,
    /// In [0, 1].
    pub confidence: f64,
    /// The next best theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
}

/// A trade-off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeOffEntry {
    /// What is favoured.
    pub favour: TextEntry,
    /// What gives way.
    pub over: TextEntry,
}

/// A success statement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuccessEntry {
    /// What was written.
    #[serde(deserialize_with = "short")]
    pub text: String,
    /// Theme identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The proposal behind the theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedEntry>,
    /// Its measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<MeasureEntry>,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureEntry {
    /// What is measured.
    pub metric: String,
    /// How.
    pub comparison: Comparison,
    /// Against what.
    pub target: TargetEntry,
    /// Unit of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The target of a measure, kept as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a number, or a date like \"2026-12-31\""
)]
pub enum TargetEntry {
    /// A number.
    Number(serde_json::Number),
    /// An ISO date.
    Date(String),
}

/// An ask to another function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskEntry {
    /// The function asked.
    pub function: String,
    /// What was written.
    #[serde(deserialize_with = "short")]
    pub text: String,
    /// Theme identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// The proposal behind the theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedEntry>,
}

/// One text of a round, to be grouped.
#[derive(Debug)]
pub struct StatementMut<'a> {
    /// Where it stands, as `responses[3].trade_offs[0].over`.
    pub path: String,
    /// The question it answers.
    pub question: Question,
    /// What was written.
    pub text: &'a str,
    /// Its theme.
    pub theme: &'a mut Option<String>,
    /// Its proposal.
    pub proposed: &'a mut Option<ProposedEntry>,
}

/// The first byte that is not white space, which stays to be read; the white space before it is passed over.
fn first_visible(from: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let ahead = from.fill_buf()?;
        if ahead.is_empty() {
            return Ok(None);
        }
        let visible = ahead.iter().position(|byte| !byte.is_ascii_whitespace());
        let found = visible.map(|at| ahead[at]);
        let passed = visible.unwrap_or(ahead.len());
        from.consume(passed);
        if found.is_some() {
            return Ok(found);
        }
    }
}

fn known_format<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let format = String::deserialize(deserializer)?;
    if format == ROUND_FORMAT {
        Ok(format)
    } else {
        Err(serde::de::Error::custom(format!(
            "\"{format}\" can't be read, only \"{ROUND_FORMAT}\""
        )))
    }
}

impl RoundFile {
    /// Reads a round: UTF-8 JSON, a byte order mark allowed. Unknown keys are refused, and so is a list or a text beyond its limit as
    /// soon as it gets there: memory grows with what the file says, never with what it repeats.
    pub fn read(from: impl Read) -> Result<Self, FileError> {
        let mut limited = Limited::new(from, LARGEST).map_err(FileError::Io)?;
        let read = Self::parse(BufReader::with_capacity(1 << 16, &mut limited));
        if limited.too_large {
            return Err(FileError::TooLarge { limit: LARGEST });
        }
        read
    }

    /// Reads the file of that name; `-` is standard input.
    pub fn open(file: &str) -> Result<Self, FileError> {
        if file == "-" {
            Self::read(io::stdin().lock())
        } else {
            Self::read(File::open(file).map_err(FileError::Io)?)
        }
    }

    fn parse(mut from: impl BufRead) -> Result<Self, FileError> {
        // Serde would read a list as the fields in their order, and complain of what is missing in it.
        if first_visible(&mut from).map_err(FileError::Io)? == Some(b'[') {
            return Err(FileError::Invalid {
                path: "the round".into(),
                rule: "must be one object, {...}; this file holds a list".into(),
            });
        }
        let mut json = serde_json::Deserializer::from_reader(from);
        let round = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            if inner.is_io() {
                FileError::Io(inner.into())
            } else if inner.is_data() {
                let path = if path == "." {
                    "the round".to_owned()
                } else {
                    path
                };
                FileError::Invalid {
                    path,
                    rule: inner.to_string(),
                }
            } else {
                FileError::Syntax {
                    message: inner.to_string(),
                }
            }
        })?;
        json.end().map_err(|error| FileError::Syntax {
            message: error.to_string(),
        })?;
        Ok(round)
    }

    /// Writes the round as indented JSON with a newline at its end.
    pub fn write(&self, out: impl Write) -> Result<(), FileError> {
        super::write_json(self, out)
    }

    /// The round for scoring. Fails with [`FileError::Uncoded`] while any statement has no theme.
    pub fn to_coded(&self) -> Result<CodedRound, FileError> {
        let mut coder = Coder {
            missing: Vec::new(),
        };
        let responses = self
            .responses
            .iter()
            .enumerate()
            .map(|(i, r)| coder.response(r, &format!("responses[{i}]")))
            .collect();
        if !coder.missing.is_empty() {
            return Err(FileError::Uncoded {
                paths: coder.missing,
            });
        }
        Ok(CodedRound::new(RoundParts {
            invited: self.invited,
            weights: self.weights,
            seed: self.seed,
            executives: self
                .executives
                .iter()
                .map(|e| Executive {
                    id: e.id.clone(),
                    function: e.function.clone(),
                })
                .collect(),
            themes: self
                .themes
                .iter()
                .map(|t| Theme {
                    id: t.id.clone(),
                    name: t.name.clone(),
                })
                .collect(),
            agreed_priorities: self.agreed_priorities.clone(),
            responses,
            decisions: Vec::new(),
        })?)
    }

    /// Names of the themes that have one, by identifier.
    pub fn theme_names(&self) -> BTreeMap<String, String> {
        self.themes
            .iter()
            .filter_map(|theme| Some((theme.id.clone(), theme.name.clone()?)))
            .collect()
    }

    /// Every text of the round in the order of the file, to be given a theme.
    pub fn statements_mut(&mut self) -> Vec<StatementMut<'_>> {
        let mut all = Vec::new();
        for (i, response) in self.responses.iter_mut().enumerate() {
            let at = |list: &str, n: usize| format!("responses[{i}].{list}[{n}]");
            for (n, e) in response.priorities.iter_mut().enumerate() {
                all.push(e.statement(at("priorities", n), Question::Priorities));
            }
            for (n, e) in response.trade_offs.iter_mut().enumerate() {
                all.push(
                    e.favour
                        .statement(at("trade_offs", n) + ".favour", Question::TradeOffs),
                );
                all.push(
                    e.over
                        .statement(at("trade_offs", n) + ".over", Question::TradeOffs),
                );
            }
            for (n, e) in response.stops.iter_mut().enumerate() {
                all.push(e.statement(at("stops", n), Question::Stops));
            }
            for (n, e) in response.successes.iter_mut().enumerate() {
                all.push(StatementMut {
                    path: at("successes", n),
                    question: Question::Successes,
                    text: &e.text,
                    theme: &mut e.theme,
                    proposed: &mut e.proposed,
                });
            }
            for (n, e) in response.asks.iter_mut().enumerate() {
                all.push(StatementMut {
                    path: at("asks", n),
                    question: Question::Asks,
                    text: &e.text,
                    theme: &mut e.theme,
                    proposed: &mut e.proposed,
                });
            }
        }
        all
    }
}

impl TextEntry {
    fn statement(&mut self, path: String, question: Question) -> StatementMut<'_> {
        StatementMut {
            path,
            question,
            text: &self.text,
            theme: &mut self.theme,
            proposed: &mut self.proposed,
        }
    }
}

/// Turns entries into coded statements and remembers those without a theme.
struct Coder {
    missing: Vec<String>,
}

impl Coder {
    fn coded(
        &mut self,
        theme: Option<&String>,
        proposed: Option<&ProposedEntry>,
        at: String,
    ) -> Coded {
        if theme.is_none() {
            self.missing.push(at);
        }
        Coded {
            theme: theme.cloned().unwrap_or_default(),
            proposed: proposed.map(|p| Proposed {
                theme: p.theme.clone(),
                confidence: p.confidence,
                second: p.second.clone(),
            }),
        }
    }

    fn text(&mut self, entry: &TextEntry, at: String) -> Coded {
        self.coded(entry.theme.as_ref(), entry.proposed.as_ref(), at)
    }

    fn texts(&mut self, entries: &[TextEntry], at: &str) -> Vec<Coded> {
        entries
            .iter()
            .enumerate()
            .map(|(i, entry)| self.text(entry, format!("{at}[{i}]")))
            .collect()
    }

    fn response(&mut self, entry: &ResponseEntry, at: &str) -> CodedResponse {
        CodedResponse {
            executive: entry.executive.clone(),
            priorities: self.texts(&entry.priorities, &format!("{at}.priorities")),
            trade_offs: entry
                .trade_offs
                .iter()
                .enumerate()
                .map(|(i, t)| CodedTradeOff {
                    favour: self.text(&t.favour, format!("{at}.trade_offs[{i}].favour")),
                    over: self.text(&t.over, format!("{at}.trade_offs[{i}].over")),
                })
                .collect(),
            stops: self.texts(&entry.stops, &format!("{at}.stops")),
            successes: entry
                .successes
                .iter()
                .enumerate()
                .map(|(i, s)| CodedSuccess {
                    coded: self.coded(
                        s.theme.as_ref(),
                        s.proposed.as_ref(),
                        format!("{at}.successes[{i}]"),
                    ),
                    measure: s.measure.as_ref().map(measure),
                })
                .collect(),
            asks: entry
                .asks
                .iter()
                .enumerate()
                .map(|(i, a)| CodedAsk {
                    function: a.function.clone(),
                    coded: self.coded(
                        a.theme.as_ref(),
                        a.proposed.as_ref(),
                        format!("{at}.asks[{i}]"),
                    ),
                })
                .collect(),
            unknown: entry.unknown.clone(),
            skipped: entry.skipped.clone(),
            perceived: entry.perceived,
        }
    }
}

fn measure(entry: &MeasureEntry) -> Measure {
    Measure {
        metric: entry.metric.clone(),
        comparison: entry.comparison,
        target: match &entry.target {
            // A number too large for a float is infinite, which the round refuses with its path.
            TargetEntry::Number(number) => Target::Number(number.as_f64().unwrap_or(f64::INFINITY)),
            TargetEntry::Date(date) => Target::Date(date.clone()),
        },
        unit: entry.unit.clone(),
    }
}
