//! The typefaces that every document brings along, and what becomes of letters they do not have.

use std::sync::LazyLock;

use serde_json::Value;
use typst::foundations::Bytes;
use typst::text::Font;

/// What stands for a letter that no typeface here has.
pub(super) const STAND_IN: char = '\u{25a1}';

/// Source Sans 3 and Source Serif 4 (SIL Open Font License 1.1, texts beside the files): Latin, Greek and Cyrillic.
pub(super) static FILES: [&[u8]; 6] = [
    include_bytes!("../../assets/fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../../assets/fonts/SourceSans3-Semibold.ttf"),
    include_bytes!("../../assets/fonts/SourceSans3-It.ttf"),
    include_bytes!("../../assets/fonts/SourceSerif4-Regular.ttf"),
    include_bytes!("../../assets/fonts/SourceSerif4-Semibold.ttf"),
    include_bytes!("../../assets/fonts/SourceSerif4-It.ttf"),
];

/// The same, read.
pub(super) static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|file| Font::new(Bytes::new(*file), 0))
        .collect()
});

/// The name of the sans serif.
pub(super) const SANS: &str = "Source Sans 3";
/// The name of the serif.
pub(super) const SERIF: &str = "Source Serif 4";

/// Whether the sans serif has the letter. The serif, where it has not, is stood in for by it.
fn has(letter: char) -> bool {
    FONTS
        .first()
        .is_some_and(|font| font.info().coverage.contains(letter.into()))
}

/// Marks that steer other letters and show nothing by themselves.
fn steers(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text with [`STAND_IN`] for what cannot be printed, and whether there was any. Marks that show nothing by themselves go.
pub(super) fn printable(text: &str, replaced: &mut bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !steers(*letter)) {
        if matches!(letter, '\n' | '\t') || letter.is_control() {
            safe.push(' ');
        } else if has(letter) {
            safe.push(letter);
        } else {
            *replaced = true;
            safe.push(STAND_IN);
        }
    }
    safe
}

/// The same for every text of a tree.
pub(super) fn make_printable(tree: &mut Value, replaced: &mut bool) {
    match tree {
        Value::String(text) => *text = printable(text, replaced),
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| make_printable(item, replaced)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| make_printable(field, replaced)),
        _ => {}
    }
}
