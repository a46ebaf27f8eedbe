//! Numbers are read to the last digit (`float_roundtrip` of `serde_json`): fuzzing found one that came back changed.

use super::RoundFile;

#[test]
fn a_round_with_long_numbers_is_read_and_written_without_loss() {
    let found = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fuzz/corpus/round/inexact-number.json"
    ));
    let file = RoundFile::read(&found[..]).expect("readable");
    let mut written = Vec::new();
    file.write(&mut written).expect("written");
    assert_eq!(RoundFile::read(&written[..]).expect("read again"), file);
}
