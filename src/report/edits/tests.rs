//! What changes do to a report, and what they never do.

use super::*;
use crate::report::sample::{Dice, halden, halden_before, material, random_team};
use crate::report::view::{Fork, Section};
use crate::survey::Attribution;

fn report(attribution: Attribution) -> ClientReport {
    ClientReport::build(&material(&halden(), 8, attribution)).expect("enough answered")
}

fn words(text: &str) -> Sentence {
    Sentence::parse(text).expect("a sentence")
}

fn json(report: &ClientReport) -> String {
    serde_json::to_string(report).expect("plain data")
}

fn section<'a>(report: &'a ClientReport, id: &str) -> Option<&'a Section> {
    report.sections.iter().find(|section| section.id == id)
}

fn first_entry(sheet: &Sheet, id: &str) -> Piece {
    let chapter = sheet.chapters.iter().find(|chapter| chapter.id == id);
    let parts = &chapter.expect("the chapter").parts;
    let entry = parts.iter().find_map(|part| match part {
        Part::List { entries } => entries.first(),
        _ => None,
    });
    entry.expect("a list").clone()
}

#[test]
fn a_report_that_nobody_changed_is_printed_as_it_is() {
    for attribution in [
        Attribution::Confidential,
        Attribution::Consultant,
        Attribution::Named,
    ] {
        let original = report(attribution);
        let edited = Edits::default().apply(&original);
        assert_eq!(edited.report, original);
        assert!(edited.set_aside.is_empty());
    }
    let mut dice = Dice(41);
    for _ in 0..20 {
        let team = random_team(&mut dice);
        if let Ok(original) =
            ClientReport::build(&material(&team, team.len(), Attribution::Confidential))
        {
            assert_eq!(Edits::default().apply(&original).report, original);
        }
    }
}

#[test]
fn sentences_read_as_the_consultant_put_them_and_the_original_is_kept() {
    let original = report(Attribution::Confidential);
    let mut edits = Edits::default();
    let sheet = edits.lay_over(&original);
    edits.reword(&sheet.headline, &words("Two teams in one room."));
    edits.reword(&sheet.limits[0], &words("Who is right."));
    let entry = first_entry(&sheet, "part");
    edits.reword(&entry, &words("Said otherwise."));
    // What came back from the disk is the same.
    let kept = serde_json::to_string(&edits).expect("plain data");
    let edits: Edits = serde_json::from_str(&kept).expect("reads");
    let printed = edits.apply(&original).report;
    assert_eq!(printed.headline, "Two teams in one room.");
    assert_eq!(printed.limits[0], "Who is right.");
    // The opening paragraph may say the same: it is a piece of its own.
    let part = format!("{:?}", section(&printed, "part"));
    assert!(part.contains("Said otherwise.") && !part.contains(&entry.original));
    let sheet = edits.lay_over(&original);
    assert_eq!(sheet.headline.original, original.headline);
    assert!(sheet.headline.changed && !sheet.lead.changed);
    assert_eq!(sheet.typed().len(), 3);
    // The original typed again, or asked for, takes the change back.
    let mut back = edits.clone();
    back.reword(&sheet.headline, &words(&original.headline));
    back.restore(&sheet.limits[0]);
    back.restore(&entry);
    assert!(back.is_empty());
}

#[test]
fn what_is_left_out_is_printed_nowhere_and_what_has_to_stay_stays() {
    let original = report(Attribution::Confidential);
    let mut edits = Edits::default();
    let sheet = edits.lay_over(&original);
    let quote = sheet.quotations().next().expect("a quotation").clone();
    assert!(!quote.rewordable);
    let entry = first_entry(&sheet, "part");
    for piece in [&quote, &entry, &sheet.limits[0], &sheet.headline] {
        edits.leave_out(piece, true);
    }
    let chapter = |id: &str| {
        let found = sheet.chapters.iter().find(|chapter| chapter.id == id);
        found.expect("the chapter").whole.clone()
    };
    for id in ["agree", "method", "decisions"] {
        edits.leave_out(&chapter(id), true);
    }
    edits.reword(
        &first_entry(&sheet, "method"),
        &words("We promised nothing."),
    );
    edits.reword(&quote, &words("Words of mine."));
    let printed = edits.apply(&original).report;
    let all = json(&printed);
    assert!(json(&original).contains(&quote.original) && !all.contains(&quote.original));
    assert!(!format!("{:?}", section(&printed, "part")).contains(&entry.original));
    assert!(section(&printed, "agree").is_none());
    assert!(section(&printed, "decisions").is_some());
    assert_eq!(section(&printed, "method"), section(&original, "method"));
    assert_eq!(
        (&printed.limits, &printed.headline),
        (&original.limits, &original.headline)
    );
    assert!(!all.contains("Words of mine."));
    edits.leave_out(&quote, false);
    edits.leave_out(&entry, false);
    edits.leave_out(&chapter("agree"), false);
    assert_eq!(edits.apply(&original).report, original);
}

#[test]
fn decisions_are_moved_and_left_out_on_the_first_page_and_in_the_agenda_too() {
    let original = report(Attribution::Confidential);
    let forks: Vec<Fork> = original.forks().cloned().collect();
    assert!(forks.len() >= 3, "{}", forks.len());
    let mut edits = Edits::default();
    let sheet = edits.lay_over(&original);
    let keys: Vec<String> = sheet.forks().map(|fork| fork.whole.key.clone()).collect();
    edits.move_fork(&sheet, &keys[0], true);
    edits.move_fork(&sheet, &keys[keys.len() - 1], false);
    assert!(edits.is_empty(), "at the ends of the list they stay");
    edits.move_fork(&sheet, &keys[1], true);
    let sheet = edits.lay_over(&original);
    let second = sheet.forks().next().expect("a decision");
    edits.reword(&second.question, &words("What first?"));
    let printed = edits.apply(&original).report;
    let now: Vec<&Fork> = printed.forks().collect();
    assert_eq!(now[0].question, "What first?");
    assert_eq!((now[0].number, now[1].number), (1, 2));
    assert_eq!(now[0].a.check, forks[1].a.check);
    assert_eq!(now[1].question, forks[0].question);
    assert_eq!(printed.decisions[0].question, "What first?");
    let steps = |report: &ClientReport| {
        let blocks = report
            .sections
            .iter()
            .flat_map(|section| section.blocks.clone());
        let agenda = blocks.filter_map(|block| match block {
            Block::Agenda { steps } => Some(steps),
            _ => None,
        });
        agenda.flatten().collect::<Vec<_>>()
    };
    assert_eq!(steps(&printed)[2].what, "What first?");
    edits.leave_out(&sheet.forks().nth(1).expect("another").whole.clone(), true);
    let printed = edits.apply(&original).report;
    assert_eq!(printed.forks().count(), forks.len() - 1);
    assert!(!json(&printed).contains(&forks[0].question));
    let numbers: Vec<usize> = printed.forks().map(|fork| fork.number).collect();
    assert_eq!(numbers, (1..forks.len()).collect::<Vec<_>>());
    let title = &section(&printed, "decisions").expect("there").title;
    assert_ne!(
        *title,
        section(&original, "decisions").expect("there").title
    );
    let each = 60 / (forks.len() - 1);
    assert_eq!(steps(&printed)[2].minutes, each);
    assert_eq!(steps(&printed).last().expect("an end").from, 80);
    let sheet = edits.lay_over(&original);
    for fork in sheet.forks() {
        edits.leave_out(&fork.whole, true);
    }
    let printed = edits.apply(&original).report;
    assert!(printed.decisions.is_empty() && section(&printed, "decisions").is_none());
    let steps = steps(&printed);
    assert_eq!((steps.len(), steps[2].from, steps[2].minutes), (4, 20, 60));
    assert!(
        edits.lay_over(&original).typed().is_empty(),
        "a question left out is not printed"
    );
}

#[test]
fn commentary_comes_after_the_first_page_and_at_the_end_of_chapters() {
    let original = report(Attribution::Confidential);
    let mut edits = Edits::default();
    edits.comment(FIRST_PAGE, "The first page", "Read **this**.".to_owned());
    edits.comment("method", "Method", "So it was done.".to_owned());
    let printed = edits.apply(&original).report;
    assert_eq!(printed.sections[0].id, "commentary");
    assert_eq!(printed.sections.len(), original.sections.len() + 1);
    let method = section(&printed, "method").expect("there");
    assert!(matches!(
        method.blocks.last(),
        Some(Block::Commentary { .. })
    ));
    let typed = edits.lay_over(&original).typed();
    assert_eq!(typed.len(), 2);
    assert_eq!(
        (typed[0].words.as_str(), typed[0].anchor.as_str()),
        ("Read this.", "c-brief")
    );
    edits.comment(FIRST_PAGE, "", String::new());
    edits.comment("method", "", String::new());
    assert!(edits.is_empty());
}

#[test]
fn a_change_whose_words_are_gone_is_set_aside_and_comes_back_with_them() {
    let original = report(Attribution::Confidential);
    let people = halden_before();
    let other = ClientReport::build(&material(&people, people.len(), Attribution::Confidential))
        .expect("enough");
    assert_ne!(original.headline, other.headline);
    let mut edits = Edits::default();
    let sheet = edits.lay_over(&original);
    edits.reword(&sheet.headline, &words("Mine."));
    let entry = first_entry(&sheet, "part");
    edits.leave_out(&entry, true);
    edits.comment("gone", "A chapter that went", "Still mine.".to_owned());
    let edited = edits.apply(&other);
    assert_eq!(edited.report.headline, other.headline);
    assert!(!json(&edited.report).contains("Still mine."));
    let aside: Vec<(&str, &str)> = edited
        .set_aside
        .iter()
        .map(|one| (one.original.as_str(), one.typed.as_str()))
        .collect();
    assert_eq!(
        aside,
        [
            (original.headline.as_str(), "Mine."),
            (entry.original.as_str(), ""),
            ("A chapter that went", "Still mine.")
        ]
    );
    assert_eq!(edits.apply(&original).report.headline, "Mine.");
    for one in edited.set_aside {
        edits.forget(&one.key);
    }
    assert!(edits.is_empty());
}

#[test]
fn any_changes_leave_a_report_that_can_be_printed() {
    let mut dice = Dice(7);
    for _ in 0..20 {
        let team = random_team(&mut dice);
        let Ok(original) =
            ClientReport::build(&material(&team, team.len(), Attribution::Confidential))
        else {
            continue;
        };
        let mut edits = Edits::default();
        for _ in 0..dice.roll(30) {
            let sheet = edits.lay_over(&original);
            let keys: Vec<&String> = sheet.pieces.keys().collect();
            let piece = sheet
                .piece(keys[dice.roll(keys.len())])
                .expect("a key of its own")
                .clone();
            match dice.roll(4) {
                0 => edits.reword(&piece, &words(&format!("Words {}.", dice.roll(9)))),
                1 => edits.leave_out(&piece, dice.roll(3) > 0),
                2 => edits.move_fork(&sheet, &piece.key, dice.roll(2) == 0),
                _ => edits.restore(&piece),
            }
        }
        let edited = edits.apply(&original);
        assert!(edited.set_aside.is_empty(), "the report is the same");
        let numbers: Vec<usize> = edited.report.forks().map(|fork| fork.number).collect();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        assert!(edited.report.decisions.len() <= numbers.len().min(3));
        assert_eq!(edits.lay_over(&original).numbered().len(), numbers.len());
    }
}
