//! `score` and `themes`: a round from a file, without a server. Standard output holds nothing but
//! the result; the same input and seed give the same bytes.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;

use super::{Failure, done, read_settings, report_page};
use crate::exchange::{self, FileError, ProposedEntry, RoundFile, ThemeEntry};
use crate::scoring::{self, Question};
use crate::themes::{
    Item, KnownTheme, Language, Method, Models, Question as Asked, ThemeRef, propose,
};

/// What `coherence score` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScoreReport {
    /// Every figure, as `coherence-score/1` (docs/FORMATS.md).
    Json,
    /// One figure a row, for a spreadsheet.
    Csv,
    /// The consultant's report as one page that needs no other file.
    Html,
}

/// Scores the round in that file.
pub fn score(file: &Path, seed: Option<u64>, with_proposal: bool, report: ScoreReport) -> ExitCode {
    done(read(file).and_then(|mut round| {
        if let Some(seed) = seed {
            round.seed = seed;
        }
        if with_proposal {
            fill(&mut round, &method("en", None, None)?)?;
        }
        let coded = round.to_coded().map_err(|error| match error {
            FileError::Uncoded { .. } => Failure::Input(format!(
                "{error}. Give them themes, or let the program propose some: coherence score --propose {}",
                file.display()
            )),
            other => Failure::Input(other.to_string()),
        })?;
        let score = scoring::score(&coded);
        match report {
            ScoreReport::Json => print(|out| exchange::write_score(&score, out)),
            ScoreReport::Csv => {
                let mentions = scoring::theme_table(&coded);
                print(|out| exchange::write_table(&score, &round.theme_names(), &mentions, out))
            }
            ScoreReport::Html => {
                let page = report_page::render(&round, coded, score)?;
                print_text(&page)
            }
        }
    }))
}

/// How statements are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compare {
    /// By their words.
    Lexical,
    /// By their meaning, as a sentence model sees it.
    Model,
}

/// Proposes themes for the round in that file. Without a choice statements are compared by their meaning where a model
/// serves the language.
pub fn themes(
    file: &Path,
    language: &str,
    compare: Option<Compare>,
    settings: Option<&Path>,
) -> ExitCode {
    done(read(file).and_then(|mut round| {
        fill(&mut round, &method(language, compare, settings)?)?;
        print(|out| round.write(out))
    }))
}

/// The method for a language: the built-in model where it serves it, the operator's otherwise. Without either, and
/// without a choice, words; standard error says that this is poor.
pub(super) fn method(
    language: &str,
    compare: Option<Compare>,
    settings: Option<&Path>,
) -> Result<Method, Failure> {
    let words = Method::lexical(Language::from_tag(language));
    if compare == Some(Compare::Lexical) {
        return Ok(words);
    }
    // Settings are read only where they are needed: a file is worked on without a server.
    let model = match Models::new(None).serving(language)? {
        Some(model) => Some(model),
        None => Models::new(read_settings(settings)?.themes_model.as_deref()).serving(language)?,
    };
    if model.is_some() {
        return Ok(Method::of(language, model));
    }
    if compare == Some(Compare::Model) {
        return Err(Failure::Input(format!(
            "no model serves the language “{language}”. The setting “themes_model” names a directory with one that does; --method lexical compares words"
        )));
    }
    eprintln!(
        "coherence: no model serves the language “{language}”: statements are compared by their words, so the proposals are poor."
    );
    Ok(words)
}

fn read(file: &Path) -> Result<RoundFile, Failure> {
    let name = file
        .to_str()
        .ok_or_else(|| Failure::Input("the file's name is not UTF-8 text".into()))?;
    let found = RoundFile::open(name);
    found.map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

fn print(write: impl FnOnce(&mut dyn Write) -> Result<(), FileError>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush().map_err(FileError::Io)) {
        // A reader that has seen enough (`| head`) is no failure.
        Err(FileError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::Other(format!(
            "the result cannot be written: {error}"
        ))),
        Ok(()) => Ok(()),
    }
}

pub(super) fn print_text(text: &str) -> Result<(), Failure> {
    print(|out| out.write_all(text.as_bytes()).map_err(FileError::Io))
}

/// Gives every statement without a theme the program's proposal. Statements that have one are the
/// examples of their themes.
fn fill(round: &mut RoundFile, method: &Method) -> Result<(), Failure> {
    let mut known: Vec<KnownTheme> = round
        .themes
        .iter()
        .map(|theme| KnownTheme {
            id: theme.id.clone(),
            name: theme.name.clone().unwrap_or_default(),
            examples: Vec::new(),
        })
        .collect();
    let mut items = Vec::new();
    for statement in round.statements_mut() {
        if let Some(theme) = statement.theme.as_ref() {
            if let Some(found) = known.iter_mut().find(|known| known.id == *theme) {
                found.examples.push(statement.text.to_owned());
            }
        } else {
            items.push(Item {
                id: statement.path.clone(),
                question: asked(statement.question),
                text: statement.text.to_owned(),
            });
        }
    }
    let proposals = propose(&items, &known, method)?;
    let names = fresh_names(
        round,
        proposals.groups.iter().map(|group| group.key.as_str()),
    );
    let name = |theme: &ThemeRef| match theme {
        ThemeRef::Known(id) => id.clone(),
        ThemeRef::New(key) => names
            .get(key.as_str())
            .cloned()
            .unwrap_or_else(|| key.clone()),
    };
    let by_path: HashMap<String, ProposedEntry> = proposals
        .assignments
        .iter()
        .map(|assignment| {
            let entry = ProposedEntry {
                theme: name(&assignment.theme),
                confidence: assignment.confidence,
                second: assignment.second.as_ref().map(&name),
            };
            (assignment.item.clone(), entry)
        })
        .collect();
    let new: Vec<ThemeEntry> = proposals
        .groups
        .iter()
        .map(|group| ThemeEntry {
            id: name(&ThemeRef::New(group.key.clone())),
            name: Some(group.name.clone()),
        })
        .collect();
    for statement in round.statements_mut() {
        if let Some(entry) = by_path.get(&statement.path) {
            *statement.theme = Some(entry.theme.clone());
            *statement.proposed = Some(entry.clone());
        }
    }
    round.themes.extend(new);
    Ok(())
}

/// For every new key an identifier that the file does not use yet.
fn fresh_names<'a>(
    round: &RoundFile,
    keys: impl Iterator<Item = &'a str>,
) -> HashMap<String, String> {
    let taken: Vec<&str> = round.themes.iter().map(|theme| theme.id.as_str()).collect();
    keys.map(|key| {
        let mut id = key.to_owned();
        while taken.contains(&id.as_str()) {
            id.push('\'');
        }
        (key.to_owned(), id)
    })
    .collect()
}

const fn asked(question: Question) -> Asked {
    match question {
        Question::Priorities => Asked::Priorities,
        Question::TradeOffs => Asked::TradeOffs,
        Question::Stops => Asked::Stops,
        Question::Successes => Asked::Successes,
        Question::Asks => Asked::Asks,
    }
}
