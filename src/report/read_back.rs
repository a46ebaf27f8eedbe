//! What became of the last debrief's decisions: kept, broken, or not mentioned.

use crate::scoring::FindingKind;

use super::Made;
use super::desk::Desk;
use super::since::Since;
use super::view::{Block, Section, Table};
use super::words::{self, capital, several};

/// The chapter on what has changed: the comparison with the last round and the last debrief's decisions, as far as
/// there are either.
pub(crate) fn since_last(desk: &Desk<'_>, since: Option<&Since>) -> Option<Section> {
    let blocks = read_back(desk);
    if let Some(since) = since {
        let mut section = since.section(desk);
        section.blocks.extend(blocks);
        return Some(section);
    }
    let debrief = desk.material.debrief.as_ref()?;
    let title = format!("Since the {}", words::round(&debrief.label));
    (!blocks.is_empty()).then(|| super::sections::chapter("since", title, blocks))
}

fn read_back(desk: &Desk<'_>) -> Vec<Block> {
    let Some(debrief) = &desk.material.debrief else {
        return Vec::new();
    };
    if debrief.decisions.is_empty() {
        return Vec::new();
    }
    let count = several(debrief.decisions.len(), "decision", "decisions");
    let rows = debrief
        .decisions
        .iter()
        .map(|made| vec![made.words.clone(), verdict(desk, made)])
        .collect();
    vec![
        Block::text(format!(
            "{} of the debrief on the {}, read back against the answers of this round:",
            capital(&count),
            words::round(&debrief.label)
        )),
        Block::Table {
            table: Table {
                caption: "The last debrief’s decisions".to_owned(),
                head: vec!["Decided".to_owned(), "This round".to_owned()],
                rows,
            },
        },
    ]
}

/// What the answers say about one decision. Where nobody is named, "kept" and "not mentioned" read the same whether
/// nobody spoke or somebody whom the report keeps out of sight.
fn verdict(desk: &Desk<'_>, made: &Made) -> String {
    let Some(check) = &made.check else {
        return "Not checked: the answers cannot be held against it.".to_owned();
    };
    let broken = desk
        .of_kind(FindingKind::BrokenDecision)
        .find(|finding| finding.themes.first() == Some(&check.theme));
    if let Some(finding) = broken {
        let against = finding.sides.first().map_or(0, Vec::len);
        return format!(
            "Broken: {} it.",
            desk.crowd.says(against, "contradicts", "contradict")
        );
    }
    let spoken = desk.mentioned_by(&check.theme);
    if desk.names_people() {
        if spoken == 0 {
            "Not mentioned.".to_owned()
        } else {
            "Kept: nobody contradicts it.".to_owned()
        }
    } else if spoken <= 2 {
        "Not mentioned, or by one or two people at most.".to_owned()
    } else {
        "Kept: nothing that may be shown contradicts it.".to_owned()
    }
}
