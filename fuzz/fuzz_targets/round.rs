//! Any bytes as a round file: read, scored and written, or refused with a message; never a panic.
#![no_main]
#![allow(dead_code, unused_imports)]

#[path = "../../src/exchange/mod.rs"]
mod exchange;
#[path = "../../src/scoring/mod.rs"]
mod scoring;

use exchange::{RoundFile, write_score};
use libfuzzer_sys::fuzz_target;
use scoring::{Options, score_with, theme_table};

const FEW: Options = Options {
    chance_draws: 3,
    grouping_draws: 3,
    camp_draws: 19,
};

fuzz_target!(|bytes: &[u8]| {
    let file = match RoundFile::read(bytes) {
        Ok(file) => file,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut written = Vec::new();
    file.write(&mut written).expect("a round can be written");
    assert_eq!(RoundFile::read(&written[..]).expect("and read again"), file);
    if let Ok(round) = file.to_coded() {
        let score = score_with(&round, &FEW);
        write_score(&score, &mut Vec::new()).expect("a score can be written");
        theme_table(&round);
    }
});
