//! Cases that fuzzing kept: rounds made from bytes, among them one of each way through the scorer that it found.

#[path = "../../../fuzz/rounds.rs"]
mod rounds;

use crate::scoring;

#[test]
fn every_round_that_fuzzing_kept_is_scored_within_its_ranges() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/scorer");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).expect("the kept cases") {
        rounds::check(&std::fs::read(entry.expect("a case").path()).expect("readable"));
        cases += 1;
    }
    assert!(cases >= 50, "{cases} cases in {folder}");
}
