//! Statements that people have sorted into themes, one JSON object a line.

use std::io::BufRead;

use serde::Deserialize;

use super::Question;

/// Why a file of sorted statements cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GoldError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// A line is not what it should be.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// Which field, and what is wrong with it. Holds no statement.
        why: String,
    },
    /// There is no line.
    #[error("it holds no statement")]
    Empty,
}

/// Sorted statements, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gold(Vec<GoldRow>);

/// One statement with the theme that people gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GoldRow {
    /// The kind of data, where the file names one.
    pub split: Option<String>,
    /// The team; each is sorted on its own.
    pub company: String,
    /// The executive. The proposal never knows who wrote a statement; here it tells an earlier round from a later.
    pub exec: String,
    pub question: Question,
    /// The statement; a trade-off is one text.
    pub text: String,
    /// The theme.
    pub theme: String,
}

/// A line as it is in the file. Other fields are left unread.
#[derive(Deserialize)]
struct Line {
    split: Option<String>,
    company: String,
    exec: String,
    question: String,
    text: String,
    theme: String,
}

impl Gold {
    /// Reads lines such as
    /// `{"company": "Acme", "exec": "E1", "question": "priority", "text": "Hire nurses", "theme": "staffing"}`.
    ///
    /// `split` may name a kind of data that is to be looked at by itself; other fields are not read, and empty
    /// lines are left out. `question` is one of the names in `docs/FORMATS.md`, or `priority`, `tradeoff`, `stop`,
    /// `success`, `ask`.
    pub fn read(lines: impl BufRead) -> Result<Self, GoldError> {
        let mut rows = Vec::new();
        for (line, text) in (1..).zip(lines.split(b'\n')) {
            let wrong = |why: String| GoldError::Line { line, why };
            let text =
                String::from_utf8(text?).map_err(|_| wrong("it is not UTF-8 text".into()))?;
            let text = text.trim_start_matches('\u{feff}').trim();
            if !text.is_empty() {
                rows.push(row(text).map_err(wrong)?);
            }
        }
        if rows.is_empty() {
            return Err(GoldError::Empty);
        }
        Ok(Self(rows))
    }

    pub(super) fn rows(&self) -> &[GoldRow] {
        &self.0
    }
}

fn row(text: &str) -> Result<GoldRow, String> {
    if !text.starts_with('{') {
        return Err("it is not one JSON object (column 1)".to_owned());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let line: Line = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let why = error.into_inner();
        if why.is_syntax() || why.is_eof() {
            format!("it is not one JSON object (column {})", why.column())
        } else if field == "." {
            // The words of serde name the missing field, and the place in a line that is given already.
            without_place(&why.to_string())
        } else {
            format!("“{field}”: {}", without_place(&why.to_string()))
        }
    })?;
    json.end()
        .map_err(|_| "something follows the JSON object".to_owned())?;
    for (field, value) in [
        ("company", &line.company),
        ("exec", &line.exec),
        ("text", &line.text),
        ("theme", &line.theme),
    ] {
        if value.trim().is_empty() {
            return Err(format!("“{field}” is empty"));
        }
    }
    let question = match line.question.as_str() {
        "priority" | "priorities" => Question::Priorities,
        "tradeoff" | "trade_off" | "trade_offs" => Question::TradeOffs,
        "stop" | "stops" => Question::Stops,
        "success" | "successes" => Question::Successes,
        "ask" | "asks" => Question::Asks,
        _ => {
            return Err(
                "“question” is none of priorities, trade_offs, stops, successes, asks".to_owned(),
            );
        }
    };
    Ok(GoldRow {
        split: line.split,
        company: line.company,
        exec: line.exec,
        question,
        text: line.text,
        theme: line.theme,
    })
}

/// Without "at line 1 column 20", and with a missing field's name in our quotation marks.
fn without_place(why: &str) -> String {
    let end = why.rfind(" at line ").unwrap_or(why.len());
    why[..end].replace('`', "\"")
}
