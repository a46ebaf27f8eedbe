//! Executives by CSV or paste: every line that cannot be taken is named, with the reason.

use std::collections::HashMap;

use super::people::Person;
use super::rule::{Mistakes, Rule};

/// Most bytes of a list.
pub const MAX_BYTES: usize = 512 * 1024;
/// Most lines of a list.
pub const MAX_LINES: usize = 2_000;

const COLUMNS: [&str; 5] = ["name", "email", "title", "function", "language"];

/// A line that can be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodLine {
    /// Number in the file, from 1.
    pub line: u64,
    /// The executive.
    pub person: Person,
}

/// A line that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Number in the file, from 1.
    pub line: u64,
    /// The line's fields as read, joined for showing.
    pub shown: String,
    /// Why, in English for the consultant.
    pub why: String,
}

/// What a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Lines that can be taken, in order.
    pub good: Vec<GoodLine>,
    /// Lines that cannot.
    pub bad: Vec<BadLine>,
}

/// Reads a list as of `formats.md`: header `name,email,title,function,language` (the first two
/// required, any order), comma or semicolon (or tab, as pasted from a spreadsheet), UTF-8 with or
/// without a byte order mark. A paste without a header is read in that order of columns.
///
/// # Errors
/// A sentence for the consultant where nothing of the list can be read.
pub fn read(bytes: &[u8]) -> Result<Roster, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!(
            "The list has {} KB; {} KB is the most.",
            bytes.len() / 1024,
            MAX_BYTES / 1024
        ));
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(
        |error| {
            let line = bytes[..error.valid_up_to()]
                .split(|byte| *byte == b'\n')
                .count();
            format!("Line {line} is not UTF-8 text. Save the list as “CSV UTF-8” and try again.")
        },
    )?;
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else {
        return Err("The list is empty. It needs one line for each executive: name, e-mail, title, function, language.".into());
    };
    let delimiter = delimiter(first);
    let (order, has_header) = columns(first, delimiter)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut roster = Roster::default();
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut header_passed = !has_header;
    let mut lines = Lines {
        text: text.as_bytes(),
        byte: 0,
        line: 1,
    };
    for record in reader.records() {
        let record = record.map_err(|error| format!("The list cannot be read: {error}."))?;
        let line = lines.at(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(str::is_empty) {
            continue;
        }
        if !header_passed {
            header_passed = true;
            continue;
        }
        if roster.good.len() + roster.bad.len() >= MAX_LINES {
            return Err(format!(
                "The list has more than {MAX_LINES} lines. Split it."
            ));
        }
        match take(&record, &order) {
            Ok(person) => {
                if let Some(earlier) = seen.insert(person.email.folded(), line) {
                    roster.bad.push(bad(
                        line,
                        &record,
                        format!("the address is on line {earlier} already"),
                    ));
                    seen.insert(person.email.folded(), earlier);
                } else {
                    roster.good.push(GoodLine { line, person });
                }
            }
            Err(why) => roster.bad.push(bad(line, &record, why)),
        }
    }
    if roster.good.is_empty() && roster.bad.is_empty() {
        return Err("The list has a header and no executives.".into());
    }
    Ok(roster)
}

/// Counts lines as an editor does. The reader's own count stops at the empty lines before a record.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at that byte or after the empty lines there. Calls go
    /// forward only.
    fn at(&mut self, byte: u64) -> u64 {
        let mut to = usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .min(self.text.len());
        while matches!(self.text.get(to), Some(b'\r' | b'\n')) {
            to += 1;
        }
        let passed = &self.text[self.byte.min(to)..to];
        self.line += passed
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.byte = to;
        self.line
    }
}

fn bad(line: u64, record: &csv::StringRecord, why: String) -> BadLine {
    let mut shown: String = record.iter().collect::<Vec<_>>().join(", ");
    if shown.chars().count() > 120 {
        shown = shown.chars().take(119).chain(['…']).collect();
    }
    BadLine { line, shown, why }
}

fn delimiter(first: &str) -> u8 {
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|d| first.bytes().filter(|b| b == d).count())
        .unwrap_or(b',')
}

/// For each of [`COLUMNS`] its place in a line, and whether the first line is a header.
fn columns(first: &str, delimiter: u8) -> Result<([Option<usize>; 5], bool), String> {
    let names: Vec<String> = first
        .split(char::from(delimiter))
        .map(|name| {
            name.trim()
                .trim_matches('"')
                .trim()
                .to_lowercase()
                .replace("e-mail", "email")
        })
        .collect();
    if !names.iter().any(|name| COLUMNS.contains(&name.as_str())) {
        return Ok((std::array::from_fn(Some), false));
    }
    for (nth, name) in names.iter().enumerate() {
        if !COLUMNS.contains(&name.as_str()) {
            return Err(format!(
                "The header names a column “{name}” that is not known. Known are: {}.",
                COLUMNS.join(", ")
            ));
        }
        if names[..nth].contains(name) {
            return Err(format!("The header names the column “{name}” twice."));
        }
    }
    let order: [Option<usize>; 5] =
        std::array::from_fn(|nth| names.iter().position(|name| name == COLUMNS[nth]));
    if order[0].is_none() || order[1].is_none() {
        return Err("The header needs the columns name and email.".into());
    }
    Ok((order, true))
}

fn take(record: &csv::StringRecord, order: &[Option<usize>; 5]) -> Result<Person, String> {
    let most = order.iter().flatten().max().map_or(0, |last| last + 1);
    if record.len() > most {
        return Err(format!(
            "it has {} fields where {most} are expected (a comma inside a field needs quotes around the field)",
            record.len()
        ));
    }
    let field = |nth: usize| {
        order[nth]
            .and_then(|place| record.get(place))
            .unwrap_or_default()
    };
    Person::parse(field(0), field(1), field(2), field(3), field(4)).map_err(|mistakes: Mistakes| {
        mistakes
            .iter()
            .map(|m| match (&m.rule, m.field.as_str()) {
                (Rule::NotAChoice, "language") => {
                    format!("language “{}” is not one of en, de", field(4))
                }
                _ => m.to_string(),
            })
            .collect::<Vec<_>>()
            .join("; ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comma_semicolon_and_tab_with_or_without_byte_order_mark_are_read() {
        for text in [
            "name,email,function\nAda Quill,ada@example.com,Finance\n",
            "\u{feff}email;name;function\r\nada@example.com;Ada Quill;Finance\r\n",
            "Ada Quill\tada@example.com\t\tFinance",
        ] {
            let roster = read(text.as_bytes()).expect("readable");
            assert!(roster.bad.is_empty(), "{roster:?}");
            assert_eq!(roster.good.len(), 1, "{text}");
            assert_eq!(roster.good[0].person.name.as_str(), "Ada Quill");
            assert_eq!(roster.good[0].person.function.as_str(), "Finance");
        }
    }

    #[test]
    fn every_bad_line_is_named_with_its_reason() {
        let text = "name,email,title,function,language\n\
            Ada Quill,ada@example.com,CFO,Finance,en\n\
            ,nobody,,,\n\
            \n\
            Bo Lind,ADA@example.com,,,\n\
            Cy Roe,cy@example.com,COO,Operations,xx\n\
            Di Moor,di@example.com,Head of Sales, Nordics,Sales,en\n";
        let roster = read(text.as_bytes()).expect("readable");
        assert_eq!(roster.good.len(), 1);
        let bad: Vec<_> = roster
            .bad
            .iter()
            .map(|b| (b.line, b.why.as_str()))
            .collect();
        assert_eq!(bad[0].0, 3);
        assert!(bad[0].1.contains("name must not be empty") && bad[0].1.contains("email is not"));
        assert_eq!(bad[1], (5, "the address is on line 2 already"));
        assert_eq!(bad[2], (6, "language “xx” is not one of en, de"));
        assert_eq!(bad[3].0, 7);
        assert!(bad[3].1.contains("6 fields where 5"));
    }

    #[test]
    fn quoted_fields_may_hold_the_delimiter() {
        let roster =
            read(b"name,email,title\n\"Moor, Di\",di@example.com,\"Head of Sales, Nordics\"\n")
                .expect("readable");
        assert_eq!(roster.good[0].person.name.as_str(), "Moor, Di");
    }

    #[test]
    fn what_cannot_be_read_at_all_is_said_in_a_sentence() {
        assert!(read(b"").expect_err("empty").contains("empty"));
        assert!(
            read(b"name,email\n")
                .expect_err("no line")
                .contains("no executives")
        );
        assert!(
            read(b"name,email,salary\na,b,c")
                .expect_err("column")
                .contains("salary")
        );
        assert!(
            read(b"name,title\nA,B")
                .expect_err("no email")
                .contains("email")
        );
        assert!(
            read(b"name,email\nZ\xfcrich,a@example.com")
                .expect_err("latin-1")
                .contains("Line 2")
        );
    }
}
