//! Rounds made from bytes: small codebooks, odd lists, and everything that comes out in its range.
#![no_main]
#![allow(dead_code, unused_imports)]

#[path = "../../src/exchange/mod.rs"]
mod exchange;
#[path = "../rounds.rs"]
mod rounds;
#[path = "../../src/scoring/mod.rs"]
mod scoring;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rounds::check(bytes));
