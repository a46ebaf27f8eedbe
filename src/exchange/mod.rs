//! Files that other programs may rely on: a round in (`coherence-round/1`), a score out (`coherence-score/1`).

mod bounded;
#[cfg(test)]
mod method;
#[cfg(test)]
mod numbers;
mod round;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use crate::scoring::{CodedRound, InputError, ScoredRound};

pub use round::{
    AskEntry, ExecutiveEntry, MeasureEntry, ProposedEntry, ROUND_FORMAT, ResponseEntry, RoundFile,
    StatementMut, SuccessEntry, TargetEntry, TextEntry, ThemeEntry, TradeOffEntry,
};

/// How many statements without a theme a message names.
const SHOWN: usize = 20;

/// Reads and checks the round in a file (`-`: standard input), for `coherence score`. `seed` takes the place of the file's own.
///
/// Every error names what is wrong and where; a command ends with [`WRONG_INPUT`] then.
pub fn open_coded(file: &str, seed: Option<u64>) -> Result<CodedRound, FileError> {
    let mut round = RoundFile::open(file)?;
    round.seed = seed.unwrap_or(round.seed);
    round.to_coded()
}

/// Exit status of a command whose input is wrong.
pub const WRONG_INPUT: u8 = 2;

/// Why a file can't be read, used or written.
#[derive(Debug)]
pub enum FileError {
    /// Reading or writing failed.
    Io(io::Error),
    /// The file is larger than any round.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The text is not JSON, or breaks off.
    Syntax {
        /// What is wrong, with line and column.
        message: String,
    },
    /// A key or value breaks a rule of the format.
    Invalid {
        /// Where, as `responses[3].trade_offs[0].over.theme`.
        path: String,
        /// The rule, in words.
        rule: String,
    },
    /// Statements have no theme, so the round can't be scored yet.
    Uncoded {
        /// Where, one path per statement.
        paths: Vec<String>,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::TooLarge { limit } => write!(
                f,
                "the file has more than {limit} bytes: no round is that large"
            ),
            Self::Syntax { message } => write!(f, "not valid JSON: {message}"),
            Self::Invalid { path, rule } => write!(f, "{path}: {rule}"),
            Self::Uncoded { paths } => {
                let verb = if paths.len() == 1 {
                    "statement has"
                } else {
                    "statements have"
                };
                let shown = &paths[..paths.len().min(SHOWN)];
                write!(f, "{} {verb} no theme: {}", paths.len(), shown.join(", "))?;
                match paths.len() - shown.len() {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<InputError> for FileError {
    fn from(error: InputError) -> Self {
        Self::Invalid {
            path: error.path,
            rule: error.rule,
        }
    }
}

pub(crate) use table::formula_safe;
pub use table::write_table;

/// Writes a score as indented JSON with a newline at its end; the same score gives the same bytes.
pub fn write_score(score: &ScoredRound, out: impl Write) -> Result<(), FileError> {
    write_json(score, out)
}

fn write_json(value: &impl Serialize, mut out: impl Write) -> Result<(), FileError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| FileError::Io(error.into()))?;
    text.push(b'\n');
    out.write_all(&text)
        .and_then(|()| out.flush())
        .map_err(FileError::Io)
}
