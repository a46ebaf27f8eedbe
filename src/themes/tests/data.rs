//! Loose floors under what the proposal reached on the development data.

#![allow(
    clippy::unwrap_used,
    reason = "a failing test may stop where it stands"
)]

use std::collections::BTreeMap;

use super::tests::{item, known};
use super::*;

fn gold() -> Vec<GoldRow> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/data/themes-dev.jsonl"
    );
    let lines =
        std::fs::read_to_string(path).expect("the development data lie beside the checkout");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row of the development data"))
        .collect()
}

/// The rows written as teams usually write, with words in common; the other rows avoid them on purpose.
fn natural(row: &GoldRow) -> bool {
    row.company.ends_with("(natural overlap)")
}

/// The development data by company.
fn companies() -> Vec<Vec<GoldRow>> {
    let mut companies: BTreeMap<String, Vec<GoldRow>> = BTreeMap::new();
    for row in gold() {
        companies.entry(row.company.clone()).or_default().push(row);
    }
    companies.into_values().collect()
}

#[test]
fn development_data_are_grouped_about_as_well_as_documented() {
    let (usual, hard): (Vec<GoldRow>, Vec<GoldRow>) = gold().into_iter().partition(natural);
    let all = evaluate(&gold(), Language::En);
    let usual = evaluate(&usual, Language::En);
    println!(
        "all {all:?}\nusual {usual:?}\nhard {:?}",
        evaluate(&hard, Language::En)
    );
    assert!(
        all.bcubed.unwrap() > 0.55
            && all.adjusted_rand.unwrap() > 0.14
            && all.moves_share.unwrap() < 0.56
    );
    assert!(usual.pair_f1.unwrap() > 0.60 && usual.bcubed.unwrap() > 0.75);
    assert!(usual.adjusted_rand.unwrap() > 0.55 && usual.moves_share.unwrap() < 0.27);
}

#[test]
fn development_data_find_their_themes_in_half_a_codebook() {
    let (mut asked, mut placed, mut right) = (0, 0, 0);
    for rows in companies() {
        for half in 0..2 {
            let mut themes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for row in rows.iter().skip(1 - half).step_by(2) {
                themes.entry(&row.theme).or_default().push(&row.text);
            }
            let codebook: Vec<KnownTheme> = themes
                .into_iter()
                .map(|(id, texts)| known(id, &texts))
                .collect();
            let numbered = rows.iter().enumerate().skip(half).step_by(2);
            let unread: Vec<Item> = numbered
                .map(|(at, row)| item(&at.to_string(), &row.text))
                .collect();
            for assignment in propose(&unread, &codebook, Language::En).assignments {
                let row: usize = assignment.item.parse().unwrap();
                asked += 1;
                if let ThemeRef::Known(id) = assignment.theme {
                    placed += 1;
                    right += usize::from(id == rows[row].theme);
                }
            }
        }
    }
    println!("of {asked} statements {placed} went into a known theme, {right} into the right one");
    assert_eq!(asked, 222);
    assert!(right * 3 > asked && right * 10 > placed * 7);
}

#[test]
fn confidence_is_about_the_share_that_is_right_on_the_development_data() {
    let (mut said, mut right, mut count) = (0.0, 0.0, 0.0);
    for rows in companies() {
        let asked: Vec<Item> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| item(&format!("{at:04}"), &row.text))
            .collect();
        let assignments = propose(&asked, &[], Language::En).assignments;
        for (own, row) in assignments.iter().zip(&rows) {
            let others = assignments
                .iter()
                .zip(&rows)
                .filter(|(other, _)| other.theme == own.theme && other.item != own.item);
            let fellows: Vec<&GoldRow> = others.map(|(_, row)| row).collect();
            if !fellows.is_empty() {
                count += 1.0;
                said += own.confidence;
                let alike = fellows
                    .iter()
                    .filter(|fellow| fellow.theme == row.theme)
                    .count();
                right += f64::from(u8::from(alike * 2 >= fellows.len()));
            }
        }
    }
    println!(
        "{count} statements in groups: said {:.2}, right {:.2}",
        said / count,
        right / count
    );
    assert!((said - right).abs() / count < 0.1);
}
