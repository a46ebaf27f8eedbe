//! The promise, in every format.

use rayon::prelude::*;

use super::super::{Edition, Format};
use super::pdf::pages;
use super::{elements, furniture, parts};
use crate::report::ClientReport;
use crate::report::sample::{breach, random_round};

/// Everything in a package's parts: what stands between tags, and what stands in them.
fn everything(bytes: &[u8]) -> String {
    let mut all = String::new();
    for (name, part) in parts(bytes) {
        // All parts are XML but the pictures.
        if name.contains("/media/") {
            continue;
        }
        for (_, attributes, text) in elements(&part) {
            all.extend(attributes.into_values().map(|value| value + " "));
            all.push_str(&text);
            all.push(' ');
        }
    }
    all
}

/// The promise in every format, over a thousand rounds. Slow without optimisation, so it is asked for:
/// `cargo test --release --lib -- --ignored in_every_format`. The tests above hold each format to the report's own words
/// over fewer rounds, and `report::tests` holds those to the promise over a thousand.
#[test]
#[ignore = "minutes without optimisation"]
fn a_thousand_random_rounds_in_confidence_tell_nobody_apart_in_every_format() {
    (0..1000_u64).into_par_iter().for_each(|seed| {
        let material = random_round(seed);
        let report = ClientReport::build(&material).expect("enough answered");
        let written = |format: Format| format.write(&report, Edition::Published).expect("written");
        let (runs, _) = pages(&report, Edition::Published);
        // "1 of 6" at the foot of a page counts pages.
        let printed: Vec<String> = runs.into_iter().filter(|run| !furniture(run)).collect();
        let table = String::from_utf8(written(Format::Table)).expect("UTF-8");
        for (form, text) in [
            ("PDF", printed.join(" ")),
            ("slides", everything(&written(Format::Slides))),
            ("workbook", everything(&written(Format::Workbook))),
            ("table", table),
        ] {
            if let Some(breach) = breach(&material, &text) {
                panic!("round {seed}, {form}: {breach}");
            }
        }
    });
}
