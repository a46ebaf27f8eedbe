//! What the trend says, and what it must not.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::TrendMaterial;
use crate::report::sample::{P, coded, options, p};
use crate::report::view::Block;
use crate::scoring::score_with;
use crate::survey::{Attribution, Promise, Quote};

use super::*;
use crate::report::view::Figure;

const fn promise(attribution: Attribution) -> Promise {
    Promise {
        attribution,
        retention_months: 12,
    }
}

/// A published round of these people under their confidence.
fn round(label: &str, people: &[P]) -> TrendRound {
    let (coded, _) = coded(people, people.len());
    let score = score_with(&coded, &options());
    TrendRound {
        label: label.to_owned(),
        period: None,
        promise: promise(Attribution::Confidential),
        asked: people.iter().map(|p| p.id.clone()).collect(),
        answered: people.len(),
        part: Part::Counted(Box::new(Counted {
            coded,
            score,
            basis: Basis::Published,
        })),
    }
}

fn left_out(label: &str, reason: LeftOut) -> TrendRound {
    TrendRound {
        part: Part::LeftOut(reason),
        ..round(label, &team(8, 8))
    }
}

fn of(rounds: Vec<TrendRound>) -> TrendMaterial {
    let mut theme_names = BTreeMap::new();
    for round in &rounds {
        if let Part::Counted(counted) = &round.part {
            for theme in counted.coded.themes() {
                theme_names.insert(theme.id.clone(), format!("The {}", theme.id));
            }
        }
    }
    TrendMaterial {
        organisation: "Halden Instruments".into(),
        team: "Executive team".into(),
        rounds,
        theme_names,
        unreleased_names: BTreeSet::new(),
        merges: Vec::new(),
    }
}

/// The first `n` of a team; so many of them share one list, every other one has a list of their own.
fn team(n: usize, alike: usize) -> Vec<P> {
    (0..n)
        .map(|i| {
            let shared = "reliability;margin;hiring".to_owned();
            let own = format!("own{i}a;own{i}b;own{i}c");
            let list = if i < alike { shared } else { own };
            let answers = [list.as_str(), "", &list, &list, ""];
            p(&format!("e{i}"), "F", answers, Quote::Paraphrase)
        })
        .collect()
}

fn trend(rounds: Vec<TrendRound>) -> Trend {
    Trend::build(&of(rounds))
}

fn figures(trend: &Trend) -> Vec<&Figure> {
    let blocks = trend.sections.iter().flat_map(|s| &s.blocks);
    blocks
        .filter_map(|block| match block {
            Block::Figure { figure } => Some(figure),
            _ => None,
        })
        .collect()
}

/// What is said of each round, its label and numbers left out.
fn of_rounds(trend: &Trend) -> Vec<&str> {
    match &trend.rounds.blocks[0] {
        Block::List { items } => items
            .iter()
            .map(|item| item.split_once(" answered. ").expect("who answered").1)
            .collect(),
        other => panic!("no list: {other:?}"),
    }
}

fn said(trend: &Trend) -> String {
    serde_json::to_string(trend).expect("plain data")
}

#[test]
fn the_way_is_one_sentence_that_keeps_to_what_luck_cannot_do() {
    let closer = trend(vec![
        round("2026-Q1", &team(8, 3)),
        round("2026-Q2", &team(8, 5)),
        round("2026-Q3", &team(8, 7)),
    ]);
    assert!(
        closer
            .headline
            .starts_with("Over the last three quarters the team has come closer together: from "),
        "{}",
        closer.headline
    );
    assert!(closer.headline.contains(" on a common agenda to "));
    assert_eq!(closer.lead, "The same eight people answered every time.");
    let apart = trend(vec![
        round("2026-Q1", &team(8, 7)),
        // Not the next quarter: then they are rounds.
        round("2026-Q3", &team(8, 3)),
    ]);
    assert!(
        apart
            .headline
            .starts_with("Over the last two rounds the team has moved further apart"),
        "{}",
        apart.headline
    );
    let still = trend(vec![
        round("2026-Q1", &team(8, 5)),
        round("2026-Q2", &team(8, 5)),
    ]);
    assert_eq!(
        still.headline,
        "Over the last two quarters the team is about where it was: what moved is less than the luck of wording can move."
    );
}

#[test]
fn a_turn_on_the_way_is_said() {
    let high = trend(vec![
        round("2026-Q1", &team(8, 3)),
        round("2026-Q2", &team(8, 7)),
        round("2026-Q3", &team(8, 3)),
    ]);
    assert!(
        high.headline
            .ends_with("It was closest in the second quarter of 2026."),
        "{}",
        high.headline
    );
    let low = trend(vec![
        round("Spring", &team(8, 7)),
        round("Summer", &team(8, 3)),
        round("Autumn", &team(8, 7)),
    ]);
    assert!(
        low.headline.ends_with("It was furthest apart in Summer."),
        "{}",
        low.headline
    );
}

#[test]
fn below_two_points_the_page_says_what_is_missing() {
    let none = trend(vec![]);
    assert_eq!(none.points, 0);
    assert!(none.sections.is_empty() && none.steps.is_empty());
    assert!(none.lead.contains("at least four"));
    let one = trend(vec![
        round("2026-Q1", &team(8, 5)),
        left_out("2026-Q2", LeftOut::TooFew),
    ]);
    assert_eq!(
        (one.points, one.headline.as_str()),
        (1, "One round counts so far.")
    );
    assert_eq!(of_rounds(&one).len(), 2);
}

#[test]
fn who_came_and_went_is_said_in_numbers() {
    let mut after = team(9, 6);
    after.remove(0);
    after.push(p(
        "e9",
        "F",
        ["reliability", "", "", "", ""],
        Quote::Paraphrase,
    ));
    let trend = trend(vec![
        round("2026-Q1", &team(8, 5)),
        round("2026-Q2", &after),
    ]);
    assert_eq!(
        trend.steps[0].title,
        "From the first quarter of 2026 to the second quarter of 2026"
    );
    assert_eq!(
        trend.steps[0].people,
        "Two joined and one left. Seven people answered both times."
    );
    assert!(trend.steps[0].change.starts_with("The "));
    assert!(
        trend
            .lead
            .starts_with("Seven people answered every time; three others answered some")
    );
    let index = figures(&trend)[0];
    assert!(index.svg.contains("path others") && index.caption.contains("broken line"));
}

#[test]
fn steps_come_latest_first_and_pass_over_rounds_that_are_not_on_the_line() {
    let trend = trend(vec![
        round("2026-Q1", &team(8, 5)),
        left_out("2026-Q2", LeftOut::CameLater),
        round("2026-Q3", &team(8, 5)),
        round("2026-Q4", &team(8, 6)),
    ]);
    let titles: Vec<&str> = trend.steps.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "From the third quarter of 2026 to the fourth quarter of 2026",
            "From the first quarter of 2026 to the third quarter of 2026"
        ]
    );
    assert_eq!(
        of_rounds(&trend)[1],
        "Not on the line: you were given access after it had opened."
    );
    assert!(figures(&trend)[0].svg.contains(">none</text>"));
}

#[test]
fn no_step_leads_across_a_round_that_is_coded_blind() {
    let trend = trend(vec![
        round("2026-Q1", &team(8, 5)),
        round("2026-Q2", &team(8, 5)),
        left_out("2026-Q3", LeftOut::Blind),
        left_out("2026-Q4", LeftOut::Blind),
        round("2027-Q1", &team(8, 5)),
    ]);
    assert_eq!((trend.points, trend.steps.len()), (3, 1));
    assert!(
        trend.steps[0]
            .title
            .starts_with("From the first quarter of 2026")
    );
}

#[test]
fn every_reason_and_every_basis_is_said() {
    let mut rounds = vec![
        left_out("A", LeftOut::TooFew),
        left_out("B", LeftOut::Blind),
        left_out("C", LeftOut::Deleted),
        round("D", &team(8, 5)),
        round("E", &team(8, 5)),
        round("F", &team(8, 5)),
    ];
    for (round, basis) in rounds[4..]
        .iter_mut()
        .zip([Basis::Recomputed, Basis::Preliminary { unconfirmed: 3 }])
    {
        if let Part::Counted(counted) = &mut round.part {
            counted.basis = basis;
        }
    }
    let trend = trend(rounds);
    assert_eq!(
        of_rounds(&trend),
        [
            "Not on the line: fewer than four answered.",
            "Not on the line: you are coding it, or the round it is compared with, blind.",
            "Not on the line: its answers went before a report was published.",
            "As published.",
            "Computed anew: themes were merged since.",
            "Preliminary: three statements not sorted yet.",
        ]
    );
    assert!(trend.steps[0].note.contains("Preliminary"));
    assert!(figures(&trend)[0].caption.contains("A ring: preliminary"));
}

#[test]
fn where_one_stays_away_the_change_is_not_exact_enough_to_tell_what_they_said() {
    // With the exact change, the index of the others in the first round could be worked out.
    let away = |attribution| {
        let mut rounds = vec![round("2026-Q1", &team(8, 7)), round("2026-Q2", &team(7, 4))];
        for round in &mut rounds {
            round.promise = promise(attribution);
        }
        trend(rounds)
    };
    let guarded = away(Attribution::Confidential);
    assert_eq!(
        guarded.steps[0].change,
        "The same seven people are further apart than in the first quarter of 2026: more than the seven points that the luck of wording can give the same team."
    );
    assert!(guarded.steps[0].note.contains("is left out"));
    let named = away(Attribution::Named);
    assert!(named.steps[0].change.contains(" points further apart"));
    assert!(named.steps[0].note.is_empty());
}

#[test]
fn an_earlier_promise_is_not_widened_by_a_later_one() {
    let mut rounds = vec![round("2026-Q1", &team(8, 7)), round("2026-Q2", &team(7, 4))];
    rounds[1].promise = promise(Attribution::Named);
    let trend = trend(rounds);
    assert!(!trend.steps[0].change.contains("points further apart"));
}

#[test]
fn themes_of_one_or_two_are_told_from_nothing_only_where_people_are_named() {
    let rounds = || vec![round("2026-Q1", &team(8, 6)), round("2026-Q2", &team(8, 5))];
    let guarded = trend(rounds());
    let json = said(&guarded);
    assert!(json.contains("The reliability"));
    assert!(!json.contains("own5a") && !json.contains("own7a"), "{json}");
    let mut named = rounds();
    for round in &mut named {
        round.promise = promise(Attribution::Named);
    }
    assert!(said(&trend(named)).contains("The own7a"));
}

#[test]
fn counts_are_said_as_the_promise_allows() {
    let trend = trend(vec![
        round("2026-Q1", &team(8, 7)),
        round("2026-Q2", &team(8, 5)),
        round("2026-Q3", &team(8, 8)),
    ]);
    let flow = figures(&trend)[2];
    let row = &flow.table.rows[0];
    assert_eq!(row[1..], ["nearly all", "five", "all eight"]);
    assert!(!flow.svg.contains(">7</text>"));
}

#[test]
fn a_name_that_was_not_released_is_not_printed() {
    let mut material = of(vec![
        round("2026-Q1", &team(8, 6)),
        round("2026-Q2", &team(8, 6)),
    ]);
    material.unreleased_names.insert("reliability".into());
    let json = said(&Trend::build(&material));
    assert!(!json.contains("The reliability") && json.contains("Unnamed theme 1"));
}

#[test]
fn merges_are_named() {
    let mut material = of(vec![
        round("2026-Q1", &team(8, 6)),
        round("2026-Q2", &team(8, 6)),
    ]);
    material
        .theme_names
        .insert("uptime".into(), "Uptime".into());
    material.merges.push(Merge {
        from: "uptime".into(),
        into: "reliability".into(),
    });
    assert!(said(&Trend::build(&material)).contains("“Uptime” counts as “The reliability”."));
}

#[test]
fn many_rounds_and_strange_names_are_drawn_within_bounds() {
    let hostile = "<script>&\u{0}";
    let mut rounds: Vec<TrendRound> = (0..20)
        .map(|i| round(&format!("{hostile} {i}"), &team(6, i % 6)))
        .collect();
    rounds[19].label = "2026-Q4".into();
    let trend = trend(rounds);
    for figure in figures(&trend) {
        assert!(!figure.svg.contains("<script") && !figure.svg.contains('\u{0}'));
        assert!(
            figure
                .caption
                .contains("The latest twelve rounds are drawn")
        );
        let across = figure.svg.split(" x=\"").skip(1);
        let per_cent: Vec<f64> = across
            .filter_map(|x| x.split('"').next()?.strip_suffix('%')?.parse().ok())
            .collect();
        assert!(per_cent.len() > 12);
        for x in per_cent {
            assert!((0.0..=100.0).contains(&x), "{x}");
        }
    }
    assert_eq!(figures(&trend)[0].table.rows.len(), 20);
}
