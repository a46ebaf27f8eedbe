//! The report as one tidy table: a row for each thing said, shared by the CSV file and its tests.

use crate::report::ClientReport;
use crate::report::view::{Block, Choice, Prose, Run, ThemeRow, Voice};

use super::labels::page;
use super::{Edition, labels};

/// Heads of the columns.
pub(super) const HEAD: [&str; 7] = [
    "section", "kind", "number", "subject", "what", "value", "who",
];

/// One thing said: which chapter, what kind of thing, its number there, what it is about, which of its parts, the words,
/// and whose they are where the report names people.
pub(super) type Row = [String; 7];

struct Rows {
    section: String,
    rows: Vec<Row>,
}

impl Rows {
    fn put(&mut self, kind: &str, number: usize, subject: &str, what: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        self.rows.push([
            self.section.clone(),
            kind.to_owned(),
            if number == 0 {
                String::new()
            } else {
                number.to_string()
            },
            subject.to_owned(),
            what.to_owned(),
            value.to_owned(),
            String::new(),
        ]);
    }

    fn quotation(&mut self, number: usize, subject: &str, what: &str, voice: &Voice) {
        let before = self.rows.len();
        self.put("quotation", number, subject, what, &voice.text);
        // Nothing was put where nothing was said.
        if let (Some(row), Some(who)) = (self.rows.get_mut(before), &voice.who) {
            row[6].clone_from(who);
        }
    }
}

/// The text of runs without their style.
pub(super) fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// The columns of a theme, by the label of each.
pub(super) fn columns(row: &ThemeRow) -> [(&'static str, &str); 6] {
    [
        (labels::STANDING, &row.words),
        (page("priority"), &row.priority.words),
        (page("traded"), &row.traded),
        (page("stop"), &row.stop.words),
        (page("success"), &row.success.words),
        (page("ask"), &row.ask.words),
    ]
}

/// Everything a report says, in its order.
pub(super) fn rows(report: &ClientReport, edition: Edition) -> Vec<Row> {
    let mut all = Rows {
        section: labels::BRIEF.to_owned(),
        rows: Vec::new(),
    };
    all.put("edition", 0, "", "", edition.notice().unwrap_or_default());
    all.put("name", 0, labels::ORGANISATION, "", &report.organisation);
    all.put("name", 0, labels::TEAM, "", &report.team);
    all.put("name", 0, labels::ROUND, "", &report.round);
    all.put("headline", 0, "", "", &report.headline);
    for (i, fact) in report.meta.iter().enumerate() {
        all.put("fact", i + 1, "", "", fact);
    }
    all.put(
        "warning",
        0,
        "",
        "",
        report.warning.as_deref().unwrap_or_default(),
    );
    all.put("lead", 0, "", "", &report.lead);
    for (label, text) in [
        ("shared", &report.shared),
        ("split", &report.split),
        ("unsaid", &report.unsaid),
    ] {
        all.put("summary", 0, page(label), "", text);
    }
    for (i, decision) in report.decisions.iter().enumerate() {
        all.put("to decide", i + 1, &decision.question, "", &decision.lean);
    }
    for (i, limit) in report.limits.iter().enumerate() {
        all.put("limit", i + 1, "", "", limit);
    }
    for section in &report.sections {
        all.section.clone_from(&section.title);
        for block in &section.blocks {
            block_rows(&mut all, block);
        }
    }
    all.rows
}

fn block_rows(all: &mut Rows, block: &Block) {
    match block {
        Block::Text { text } => all.put("text", 0, "", "", text),
        Block::Note { text } => all.put("note", 0, "", "", text),
        Block::List { items } => {
            for (i, item) in items.iter().enumerate() {
                all.put("point", i + 1, "", "", item);
            }
        }
        Block::Quotes { voices } => {
            for (i, voice) in voices.iter().enumerate() {
                all.quotation(i + 1, "", "", voice);
            }
        }
        Block::Figure { figure } => {
            all.put("figure", 0, &figure.table.caption, "", &figure.caption);
            table_rows(all, &figure.table.head, &figure.table.rows);
        }
        Block::Table { table } => table_rows(all, &table.head, &table.rows),
        Block::Themes { table } => {
            for (i, row) in table.rows.iter().enumerate() {
                for (label, words) in columns(row) {
                    all.put("theme", i + 1, &row.name, label, words);
                }
            }
            all.put("note", 0, "", "", &table.note);
        }
        Block::Forks { forks } => {
            for fork in forks {
                let mut way = |label: &str, choice: &Choice| {
                    all.put(
                        "decision",
                        fork.number,
                        &fork.question,
                        label,
                        &choice.label,
                    );
                    all.put(
                        "leaning",
                        fork.number,
                        &fork.question,
                        &choice.label,
                        &choice.lean,
                    );
                    for voice in &choice.voices {
                        all.quotation(fork.number, &fork.question, &choice.label, voice);
                    }
                };
                way("A", &fork.a);
                way("B", &fork.b);
                all.put("cost", fork.number, &fork.question, "", &fork.cost);
            }
        }
        Block::Agenda { steps } => {
            for (i, step) in steps.iter().enumerate() {
                let when = minutes(step.from, step.minutes);
                all.put("agenda", i + 1, &when, "", &step.what);
            }
        }
        Block::Commentary { prose } => {
            for piece in prose {
                match piece {
                    Prose::Paragraph { runs } => all.put("commentary", 0, "", "", &plain(runs)),
                    Prose::Heading { runs } => {
                        all.put("commentary", 0, &plain(runs), "", &plain(runs));
                    }
                    Prose::List { entries, .. } => {
                        for (i, entry) in entries.iter().enumerate() {
                            all.put("commentary", i + 1, "", "", &plain(entry));
                        }
                    }
                }
            }
        }
    }
}

fn table_rows(all: &mut Rows, head: &[String], rows: &[Vec<String>]) {
    for (i, row) in rows.iter().enumerate() {
        let Some((subject, cells)) = row.split_first() else {
            continue;
        };
        for (label, cell) in head.iter().skip(1).zip(cells) {
            all.put("table", i + 1, subject, label, cell);
        }
    }
}

/// "10–20 min".
pub(super) fn minutes(from: usize, minutes: usize) -> String {
    format!(
        "{from}–{} {}",
        from.saturating_add(minutes),
        page("minutes")
    )
}
