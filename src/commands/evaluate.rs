//! `themes --evaluate`: how good proposals are on statements that people have sorted.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::process::ExitCode;

use super::files::{Compare, method, print_text};
use super::{Failure, done};
use crate::themes::{Earlier, Evaluation, Figures, Gold, Language, Method, evaluate};

/// The figures' headings; each is as wide as its column.
const HEADINGS: [&str; 8] = [
    "pair F1",
    "B-cubed",
    "adj. Rand",
    "to move",
    "first",
    "of three",
    "actions",
    "at once",
];

/// Proposes and sorts the statements in that file, and prints beside each other what the methods reach: words,
/// meaning, and each again with a codebook of an earlier round. Without a choice: words in a first round, and
/// meaning in both.
pub fn evaluate_themes(
    gold: &Path,
    language: &str,
    compare: Option<Compare>,
    settings: Option<&Path>,
) -> ExitCode {
    done(read(gold).and_then(|gold| {
        let mut rows = Vec::new();
        let lexical = || Method::lexical(Language::from_tag(language));
        match compare {
            Some(Compare::Lexical) => {
                rows.push(("lexical", lexical(), Earlier::None));
                rows.push(("lexical, later round", lexical(), Earlier::Half));
            }
            chosen => {
                let meaning = method(language, Some(Compare::Model), settings)?;
                if chosen.is_none() {
                    rows.push(("lexical", lexical(), Earlier::None));
                }
                rows.push(("model", meaning.clone(), Earlier::None));
                rows.push(("model, later round", meaning, Earlier::Half));
            }
        }
        let rows: Vec<(&str, Vec<Evaluation>)> = rows
            .into_iter()
            .map(|(name, method, earlier)| Ok((name, evaluate(&gold, &method, earlier)?)))
            .collect::<Result<_, Failure>>()?;
        print_text(&table(&rows))
    }))
}

fn read(path: &Path) -> Result<Gold, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::Input(format!("{}: {error}", path.display()));
    let gold = if path == Path::new("-") {
        Gold::read(io::stdin().lock())
    } else {
        let file =
            File::open(path).map_err(|error| wrong(&format!("it cannot be read: {error}")))?;
        Gold::read(BufReader::new(file))
    };
    gold.map_err(|error| wrong(&error))
}

/// The means over teams, then the figures over all statements; in each the splits, then everything.
fn table(rows: &[(&str, Vec<Evaluation>)]) -> String {
    let label = |name: &str, evaluation: &Evaluation| {
        format!("{}: {name}", evaluation.split.as_deref().unwrap_or("all"))
    };
    let labels = rows
        .iter()
        .flat_map(|(name, evaluations)| evaluations.iter().map(|e| label(name, e).chars().count()));
    let width = labels.max().unwrap_or(0);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text.trim_end());
        out.push('\n');
    };
    for (heading, of) in [
        (
            "Mean over teams, each counting the same",
            (|e| e.mean) as fn(&Evaluation) -> Figures,
        ),
        ("All statements together", |e| e.pooled),
    ] {
        line(heading);
        line(&format!(
            "{:width$}  teams  statements  {}",
            "",
            HEADINGS.join("  ")
        ));
        let sections = rows.first().map_or(0, |(_, first)| first.len());
        for section in 0..sections {
            for (name, evaluations) in rows {
                let Some(evaluation) = evaluations.get(section) else {
                    continue;
                };
                line(&format!(
                    "{:width$}  {:>5}  {:>10}  {}",
                    label(name, evaluation),
                    evaluation.teams,
                    evaluation.statements,
                    cells(of(evaluation)),
                ));
            }
        }
        line("");
    }
    line(
        "to move: share of statements; first, of three: share of statements whose theme is there and is offered first,",
    );
    line(
        "or at all; actions: a consultant's, for each statement, confirming theme by theme; at once: confirming what is tight",
    );
    line(
        "with one press. A later round has the statements of half of each team's executives in its codebook.",
    );
    out
}

fn cells(figures: Figures) -> String {
    let agreement = figures.agreement;
    [
        agreement.pair_f1,
        agreement.bcubed,
        agreement.adjusted_rand,
        agreement.to_move,
        figures.first,
        figures.offered,
        figures.actions,
        figures.actions_at_once,
    ]
    .into_iter()
    .zip(HEADINGS)
    .map(|(value, name)| {
        let value = value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
        format!("{value:>width$}", width = name.len())
    })
    .collect::<Vec<_>>()
    .join("  ")
}
