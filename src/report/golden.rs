//! Reports on rounds whose answers are known, word for word and page for page.
//!
//! Whoever changes a sentence, a threshold or a drawing reads here what becomes of it in front of a board.

use std::fmt::Write as _;

use super::sample::{
    P, halden, halden_before, lone_wolves, material, of_one_mind, silent, two_camps, with_debrief,
    with_previous,
};
use super::tests::{client, render};
use super::view::{Block, Choice, Prose, Section, Table, Voice};
use super::{ClientReport, ConsultantReport, Material};
use crate::survey::{Attribution, Way};

/// The rounds, and what each is about.
fn rounds() -> Vec<(&'static str, Material)> {
    let confidential = |people: &[P], invited| material(people, invited, Attribution::Confidential);
    let full = halden();
    let again = with_debrief(
        with_previous(confidential(&full, 8), &halden_before(), 8),
        &[
            (
                "Features wait until the platform holds",
                "platform_reliability",
                Some(Way::Keep),
            ),
            (
                "The Nordic launch waits a year",
                "nordic_expansion",
                Some(Way::Stop),
            ),
        ],
    );
    vec![
        ("full_agreement", confidential(&of_one_mind(), 8)),
        ("two_camps", confidential(&two_camps(), 8)),
        ("lone_wolves", confidential(&lone_wolves(), 8)),
        ("silence_on_trade_offs", confidential(&silent(), 6)),
        ("one_missing", confidential(&full[..7], 8)),
        ("four_in_confidence", confidential(&full[..4], 4)),
        ("second_round", again),
        ("by_name", material(&full, 8, Attribution::Named)),
    ]
}

/// Everything a reader reads, a line each, in order.
fn words(report: &ClientReport) -> String {
    let mut out = format!("# {}\n", report.headline);
    let mut line = |kind: &str, text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{kind} {text}");
    };
    for fact in &report.meta {
        line("fact:", fact);
    }
    if let Some(warning) = &report.warning {
        line("warning:", warning);
    }
    line("lead:", &report.lead);
    line("shared:", &report.shared);
    line("split:", &report.split);
    line("unsaid:", &report.unsaid);
    for decision in &report.decisions {
        line("first:", &decision.question);
        line("      ", &decision.lean);
    }
    for limit in &report.limits {
        line("limit:", limit);
    }
    for section in &report.sections {
        chapter(section, &mut line);
    }
    out
}

fn chapter(section: &Section, line: &mut impl FnMut(&str, &str)) {
    line("\n##", &section.title);
    for block in &section.blocks {
        match block {
            Block::Text { text } => line("text:", text),
            Block::Note { text } => line("note:", text),
            Block::List { items } => items.iter().for_each(|item| line("-", item)),
            Block::Quotes { voices } => voices.iter().for_each(|v| voice(v, line)),
            Block::Figure { figure } => {
                table(&figure.table, line);
                line("caption:", &figure.caption);
            }
            Block::Themes { table } => {
                line("table:", &table.caption);
                for row in &table.rows {
                    let cells = [&row.priority, &row.stop, &row.success, &row.ask]
                        .map(|cell| cell.words.as_str())
                        .join(" | ");
                    let text = format!("{} ({}) | {cells} | {}", row.name, row.words, row.traded);
                    line("  ", &text);
                }
                line("note:", &table.note);
            }
            Block::Table { table: plain } => table(plain, line),
            Block::Forks { forks } => {
                for fork in forks {
                    line(&format!("{}.", fork.number), &fork.question);
                    choice("A:", &fork.a, line);
                    choice("B:", &fork.b, line);
                    line("   cost:", &fork.cost);
                }
            }
            Block::Agenda { steps } => {
                for step in steps {
                    let minutes = format!("{}–{} min:", step.from, step.from + step.minutes);
                    line(&minutes, &step.what);
                }
            }
            Block::Commentary { prose } => {
                for piece in prose {
                    let runs = match piece {
                        Prose::Paragraph { runs } | Prose::Heading { runs } => runs.clone(),
                        Prose::List { entries, .. } => entries.concat(),
                    };
                    let text: String = runs.into_iter().map(|run| run.text).collect();
                    line("comment:", &text);
                }
            }
        }
    }
}

fn choice(which: &str, choice: &Choice, line: &mut impl FnMut(&str, &str)) {
    line(
        &format!("   {which}"),
        &format!("{} ({})", choice.label, choice.lean),
    );
    choice.voices.iter().for_each(|v| voice(v, line));
}

fn voice(voice: &Voice, line: &mut impl FnMut(&str, &str)) {
    let who = voice.who.as_ref().map(|who| format!(" ({who})"));
    line(
        "   quote:",
        &format!("“{}”{}", voice.text, who.unwrap_or_default()),
    );
}

fn table(table: &Table, line: &mut impl FnMut(&str, &str)) {
    line("table:", &table.caption);
    line("  ", &table.head.join(" | "));
    for row in &table.rows {
        line("  ", &row.join(" | "));
    }
}

#[test]
fn the_words_of_known_rounds_are_as_approved() {
    for (name, material) in rounds() {
        insta::assert_snapshot!(format!("words_{name}"), words(&client(&material)));
    }
}

#[test]
fn the_pages_of_known_rounds_are_as_approved() {
    for (name, material) in rounds() {
        let page = render("report/client.html", &client(&material)).replace("><", ">\n<");
        insta::assert_snapshot!(format!("page_{name}"), page);
    }
}

#[test]
fn what_the_consultant_reads_beside_it_is_as_approved() {
    for (name, material) in rounds() {
        let report = ConsultantReport::build(&material).expect("enough answered");
        let mut out = String::new();
        for section in &report.sections {
            chapter(section, &mut |kind, text| {
                let _ = writeln!(out, "{kind} {text}");
            });
        }
        insta::assert_snapshot!(format!("consultant_{name}"), out);
    }
}

/// The bench prints this report. It is made anew where `COHERENCE_WRITE_FIXTURES` is set.
#[test]
fn the_report_of_the_bench_is_the_one_made_today() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/client-report.json"
    );
    let made = super::sample_report();
    if std::env::var_os("COHERENCE_WRITE_FIXTURES").is_some() {
        let json = serde_json::to_string_pretty(&made).expect("plain data");
        std::fs::write(file, json + "\n").expect("the file can be written");
    }
    let kept = std::fs::read_to_string(file).expect("the file is there");
    let kept: ClientReport = serde_json::from_str(&kept).expect("a frozen report");
    assert_eq!(
        kept, made,
        "set COHERENCE_WRITE_FIXTURES=1 and look at what has changed"
    );
}
