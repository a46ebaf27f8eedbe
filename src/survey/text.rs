//! Text that has been checked once and can be trusted from then on.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::rule::Rule;

/// Characters without width that mean nothing by themselves, and those that turn the direction of
/// all that follows on the page.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{180e}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Joiners: they belong between other characters (emoji, Persian), and are nothing alone.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Composed (NFC), without surrounding space and invisible characters, inner runs of white space as
/// one space; empty where nothing can be seen.
fn tidy(raw: &str) -> String {
    let composed: String = raw.nfc().filter(|c| !is_invisible(*c)).collect();
    let text = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().all(|c| JOINERS.contains(&c) || c == ' ') {
        String::new()
    } else {
        text
    }
}

/// Checks a one-line text of `min` to `max` characters. A `min` of 0 allows an empty text.
fn one_line(raw: &str, min: usize, max: usize) -> Result<String, Rule> {
    let text = tidy(raw);
    let given = text.chars().count();
    if text.chars().any(char::is_control) {
        Err(Rule::ControlCharacter)
    } else if given == 0 && min > 0 {
        Err(Rule::Required)
    } else if given < min {
        Err(Rule::TooShort { min })
    } else if given > max {
        Err(Rule::TooLong { max, given })
    } else {
        Ok(text)
    }
}

/// The words of one statement, or of one side of a trade-off: 2 to 280 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatementText(String);

impl StatementText {
    /// Fewest characters.
    pub const MIN: usize = 2;
    /// Most characters.
    pub const MAX: usize = 280;

    /// Tidies and checks.
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        one_line(raw, Self::MIN, Self::MAX).map(Self)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StatementText {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw).map_err(|rule| rule.to_string())
    }
}

impl From<StatementText> for String {
    fn from(text: StatementText) -> Self {
        text.0
    }
}

/// A short line of `MIN` to `MAX` characters: a name, a title, a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MIN: usize, const MAX: usize>(String);

impl<const MIN: usize, const MAX: usize> Line<MIN, MAX> {
    /// Tidies and checks.
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        one_line(raw, MIN, MAX).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed (possible where `MIN` is 0).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Line<MIN, MAX> {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw).map_err(|rule| rule.to_string())
    }
}

impl<const MIN: usize, const MAX: usize> From<Line<MIN, MAX>> for String {
    fn from(line: Line<MIN, MAX>) -> Self {
        line.0
    }
}

/// A text of several lines, at most `MAX` characters; may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraphs<const MAX: usize>(String);

impl<const MAX: usize> Paragraphs<MAX> {
    /// Keeps line breaks as `\n`, trims the ends, and checks.
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        let text: String = raw.replace("\r\n", "\n").trim().nfc().collect();
        let given = text.chars().count();
        if text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            Err(Rule::ControlCharacter)
        } else if given > MAX {
            Err(Rule::TooLong { max: MAX, given })
        } else {
            Ok(Self(text))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_two_to_280_characters_counted_as_people_count() {
        assert_eq!(StatementText::parse("  "), Err(Rule::Required));
        assert_eq!(StatementText::parse("a"), Err(Rule::TooShort { min: 2 }));
        assert!(StatementText::parse("ok").is_ok());
        assert!(StatementText::parse(&"ü".repeat(280)).is_ok());
        assert_eq!(
            StatementText::parse(&"ü".repeat(281)),
            Err(Rule::TooLong {
                max: 280,
                given: 281
            })
        );
    }

    #[test]
    fn white_space_is_folded_and_control_characters_are_refused() {
        let text = StatementText::parse(" Fix\tthe \n platform ").expect("valid");
        assert_eq!(text.as_str(), "Fix the platform");
        assert_eq!(
            StatementText::parse("bell\u{7}"),
            Err(Rule::ControlCharacter)
        );
    }

    #[test]
    fn what_cannot_be_seen_is_nothing_and_what_turns_the_page_is_left_out() {
        for raw in [
            "\u{200b}\u{200b}\u{200b}",
            "\u{feff} \u{2060}",
            "\u{200d}\u{200c}",
        ] {
            assert_eq!(StatementText::parse(raw), Err(Rule::Required), "{raw:?}");
            assert_eq!(Line::<1, 20>::parse(raw), Err(Rule::Required), "{raw:?}");
        }
        let family = "\u{1f469}\u{200d}\u{1f4bb} first";
        assert_eq!(
            StatementText::parse(family)
                .expect("joined emoji stay")
                .as_str(),
            family
        );
        let turned = Line::<1, 40>::parse("Ada \u{202e}lliuQ").expect("valid");
        assert_eq!(turned.as_str(), "Ada lliuQ");
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_text() {
        assert_eq!(
            StatementText::parse("Zu\u{308}rich"),
            StatementText::parse("Zürich")
        );
    }

    #[test]
    fn paragraphs_keep_their_line_breaks() {
        let text = Paragraphs::<20>::parse("one\r\n\r\ntwo\n").expect("valid");
        assert_eq!(text.as_str(), "one\n\ntwo");
        assert!(Paragraphs::<3>::parse("four").is_err());
    }
}
