//! The report as slides: one a section, more where it does not fit. Real text, real tables, drawings as pictures.
//!
//! Office Open XML (ECMA-376), made by hand: what a report needs of it is small, and no crate writes tables, pictures with words for them
//! and title placeholders without a template file.

mod package;
mod sheet;
mod text;

use crate::report::ClientReport;
use crate::report::view::{Block, Choice, Prose, Table, Voice};

use super::labels::{self, page};
use super::rows::{columns, minutes};
use super::{Edition, Fault, figure};
use sheet::{Deck, Picture};
use text::{Look, Para};

/// The report as a presentation.
pub(super) fn write(report: &ClientReport, edition: Edition) -> Result<Vec<u8>, Fault> {
    let mut deck = Deck::new(footer(report, edition));
    opening(&mut deck, report, edition);
    in_short(&mut deck, report);
    for section in &report.sections {
        deck.slide(&section.title);
        for block in &section.blocks {
            draw(&mut deck, block);
        }
    }
    package::write(&deck.finish(), report)
}

fn footer(report: &ClientReport, edition: Edition) -> String {
    let names: Vec<&str> = [report.team.as_str(), report.organisation.as_str()]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    let line = format!("{} {}", labels::CONFIDENTIAL, names.join(", "));
    match edition.notice() {
        Some(notice) => format!("{notice} {line}"),
        None => line,
    }
}

fn opening(deck: &mut Deck, report: &ClientReport, edition: Edition) {
    deck.slide(&report.headline);
    if let Some(notice) = edition.notice() {
        deck.say(&[Para::new(Look::Strong, notice)]);
    }
    deck.gap();
    deck.say(&[Para::new(Look::Lead, &report.lead)]);
    if let Some(warning) = &report.warning {
        deck.say(&[Para::labelled(page("warning"), warning)]);
    }
    let facts: Vec<Para> = report
        .meta
        .iter()
        .map(|fact| Para::new(Look::Small, fact))
        .collect();
    deck.say(&facts);
}

fn in_short(deck: &mut Deck, report: &ClientReport) {
    deck.slide(labels::BRIEF);
    let column = |label: &str, text: &str| {
        vec![
            Para::new(Look::Head, page(label)),
            Para::new(Look::Body, text),
        ]
    };
    deck.columns(&[
        column("shared", &report.shared),
        column("split", &report.split),
        column("unsaid", &report.unsaid),
    ]);
    if !report.decisions.is_empty() {
        deck.gap();
        let mut decisions = vec![Para::new(Look::Head, page("first"))];
        for (i, decision) in report.decisions.iter().enumerate() {
            decisions.push(Para::numbered(i + 1, &decision.question));
        }
        deck.say(&decisions);
    }
    if !report.limits.is_empty() {
        deck.gap();
        let mut limits = vec![Para::new(Look::Head, page("limits"))];
        limits.extend(
            report
                .limits
                .iter()
                .map(|limit| Para::new(Look::SmallPoint, limit)),
        );
        deck.say(&limits);
    }
}

fn quotation(voice: &Voice) -> Vec<Para> {
    let mut said = vec![Para::new(Look::Quote, &format!("“{}”", voice.text))];
    if let Some(who) = &voice.who {
        said.push(Para::new(Look::Small, who));
    }
    said
}

fn way(choice: &Choice) -> Vec<Para> {
    let mut all = vec![Para::new(Look::Strong, &choice.label)];
    if !choice.lean.is_empty() {
        all.push(Para::new(Look::Small, &choice.lean));
    }
    all.extend(choice.voices.iter().flat_map(quotation));
    all
}

fn plain_table(deck: &mut Deck, table: &Table) {
    deck.table(&table.caption, &table.head, &table.rows);
}

fn draw(deck: &mut Deck, block: &Block) {
    match block {
        Block::Text { text } => deck.say(&[Para::new(Look::Body, text)]),
        Block::Note { text } => deck.say(&[Para::new(Look::Small, text)]),
        Block::List { items } => {
            let points: Vec<Para> = items
                .iter()
                .map(|item| Para::new(Look::Point, item))
                .collect();
            deck.say(&points);
        }
        Block::Quotes { voices } => {
            let said: Vec<Para> = voices.iter().flat_map(quotation).collect();
            deck.say(&said);
        }
        Block::Figure { figure } => {
            let words = figure::in_words(figure);
            match figure::picture(figure) {
                Some(drawn) => {
                    deck.picture(Picture {
                        png: drawn.png,
                        words,
                        width: drawn.width,
                        height: drawn.height,
                    });
                    deck.say(&[Para::new(Look::Small, &figure.caption)]);
                }
                None => plain_table(deck, &figure.table),
            }
        }
        Block::Table { table } => plain_table(deck, table),
        Block::Themes { table } => {
            let mut head = vec![page("theme").to_owned()];
            if let Some(first) = table.rows.first() {
                head.extend(columns(first).map(|(label, _)| label.to_owned()));
            }
            let rows: Vec<Vec<String>> = table
                .rows
                .iter()
                .map(|row| {
                    let mut cells = vec![row.name.clone()];
                    cells.extend(columns(row).map(|(label, words)| {
                        if words.is_empty() && label == page("traded") {
                            page("untraded").to_owned()
                        } else {
                            words.to_owned()
                        }
                    }));
                    cells
                })
                .collect();
            deck.table(&table.caption, &head, &rows);
            if !table.note.is_empty() {
                deck.say(&[Para::new(Look::Small, &table.note)]);
            }
        }
        Block::Forks { forks } => {
            for fork in forks {
                deck.slide_within(&fork.question);
                deck.columns(&[way(&fork.a), way(&fork.b)]);
                deck.gap();
                if !fork.cost.is_empty() {
                    deck.say(&[Para::new(Look::Body, &fork.cost)]);
                }
                deck.blanks([page("owner"), page("by")]);
            }
        }
        Block::Agenda { steps } => {
            let rows: Vec<Vec<String>> = steps
                .iter()
                .map(|step| vec![minutes(step.from, step.minutes), step.what.clone()])
                .collect();
            let head = [labels::MINUTES.to_owned(), labels::STEP.to_owned()];
            deck.narrow_table(labels::AGENDA, &head, &rows);
        }
        Block::Commentary { prose } => {
            let mut said = vec![Para::new(Look::Head, page("commentary"))];
            for piece in prose {
                match piece {
                    Prose::Paragraph { runs } => said.push(Para::of_runs(Look::Body, runs)),
                    Prose::Heading { runs } => said.push(Para::of_runs(Look::Strong, runs)),
                    Prose::List { ordered, entries } => {
                        for (i, entry) in entries.iter().enumerate() {
                            let mut para = Para::of_runs(Look::Point, entry);
                            if *ordered {
                                para.number = Some(i + 1);
                            }
                            said.push(para);
                        }
                    }
                }
            }
            deck.say(&said);
        }
    }
}
