//! Before publishing: what could still identify somebody, and what was held back. It forbids nothing; it makes sure
//! that somebody has read it.

use serde::Serialize;

use super::consultant::{kind, names};
use super::desk::Desk;
use super::edits::Sheet;
use super::gate::{Guarded, evidence};
use super::view::{Block, Table};
use super::{ClientReport, Material, TooFew};

/// What the consultant knows of the team and the report may not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The executives' names.
    pub names: Vec<String>,
    /// Their functions.
    pub functions: Vec<String>,
}

/// One thing that could identify somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caution {
    /// What it is: "Your own words", "A quotation", "A theme’s name", "A finding".
    pub what: &'static str,
    /// Its words.
    pub words: String,
    /// Why it could.
    pub why: String,
    /// Where on the editing page it can be changed; empty where it cannot.
    pub anchor: String,
}

/// What is to be read before a report is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// What could still identify somebody; empty where the promise names people.
    pub cautions: Vec<Caution>,
    /// What the client does not read, and why.
    pub held: Table,
    /// Names of themes that the client reads as "Unnamed theme", since they repeat words that were not released.
    pub unnamed: Vec<String>,
    /// How many statements are still on a proposed theme.
    pub unconfirmed: usize,
}

impl Review {
    /// Looks through the report as it would be published; refused where too few answered.
    pub fn build(material: &Material, sheet: &Sheet, known: &Known) -> Result<Self, TooFew> {
        material.enough()?;
        let desk = Desk::new(material);
        let mut cautions = Vec::new();
        if !desk.names_people() {
            typed(&desk, sheet, known, &mut cautions);
            quotations(sheet, known, &mut cautions);
            theme_names(&desk, &printed_words(sheet), known, &mut cautions);
            on_one_person(&desk, &mut cautions);
        }
        Ok(Self {
            cautions,
            held: desk.held_table(),
            unnamed: desk
                .unnamed
                .iter()
                .filter_map(|id| material.theme_names.get(id))
                .cloned()
                .collect(),
            unconfirmed: material.unconfirmed,
        })
    }
}

/// Shortest part of a name that stands for a person by itself, in characters.
const SHORTEST_NAME: usize = 3;

/// Why a text names somebody; `None` where it does not. With capitals: a launch that people notice does not name the
/// function People, nor does a mark somebody called Mark.
fn tells(text: &str, known: &Known) -> Option<String> {
    let parts = |name: &String| {
        let parts = name.split_whitespace();
        parts
            .filter(|part| part.chars().count() >= SHORTEST_NAME)
            .any(|part| names(text, part))
    };
    if let Some(name) = known.names.iter().find(|name| parts(name)) {
        return Some(format!("It names {name}, or somebody called alike."));
    }
    let function = known
        .functions
        .iter()
        .find(|function| !function.is_empty() && names(text, function))?;
    Some(format!(
        "It names {function}, a function of the team. A function is often one person."
    ))
}

/// Numbers after "one of" that count people.
const CROWDS: [&str; 15] = [
    "you",
    "us",
    "them",
    "your",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "executives",
    "people",
];
/// Words for a member of the team.
const SOMEBODY: [&str; 7] = [
    "person",
    "executive",
    "member",
    "colleague",
    "individual",
    "leader",
    "voice",
];

/// Whether a text counts one person. "One or two" does not.
fn counts_one(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let crowd = |word: &str| CROWDS.contains(&word) || word.parse::<usize>().is_ok();
    words.windows(2).any(|pair| {
        matches!(pair, ["only" | "but" | "just", "one" | "1"])
            || (matches!(pair[0], "one" | "1" | "single" | "lone") && SOMEBODY.contains(&pair[1]))
    }) || words
        .windows(3)
        .any(|three| matches!(three[0], "one" | "1") && three[1] == "of" && crowd(three[2]))
        || words
            .windows(4)
            .any(|four| matches!(four, ["one" | "1", "of", "the", team] if crowd(team) || *team == "team"))
}

fn typed(desk: &Desk<'_>, sheet: &Sheet, known: &Known, cautions: &mut Vec<Caution>) {
    let guarded = Guarded::new(&desk.material.quotes);
    for typed in sheet.typed() {
        let mut why: Vec<String> = tells(&typed.words, known).into_iter().collect();
        if guarded.quoted_in(&typed.words) {
            why.push(
                "It repeats words of a statement that its author did not release word for word."
                    .to_owned(),
            );
        }
        if counts_one(&typed.words) {
            why.push(
                "It counts one person. The report says “one or two” for one and for two."
                    .to_owned(),
            );
        }
        if !why.is_empty() {
            cautions.push(Caution {
                what: "Your own words",
                words: typed.words,
                why: why.join(" "),
                anchor: typed.anchor,
            });
        }
    }
}

/// Every quotation that the report prints, each once.
fn quotations(sheet: &Sheet, known: &Known, cautions: &mut Vec<Caution>) {
    let printed = printed(&sheet.report());
    for piece in sheet.quotations() {
        let Some(why) = tells(&piece.original, known) else {
            continue;
        };
        if printed.contains(&piece.original) {
            cautions.push(Caution {
                what: "A quotation",
                words: piece.original.clone(),
                why,
                anchor: format!("p-{}", piece.key),
            });
        }
    }
}

fn printed(report: &ClientReport) -> Vec<String> {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let mut said = Vec::new();
    for block in blocks {
        match block {
            Block::Quotes { voices } => said.extend(voices.iter().map(|voice| voice.text.clone())),
            Block::Forks { forks } => said.extend(
                forks
                    .iter()
                    .flat_map(|fork| fork.a.voices.iter().chain(&fork.b.voices))
                    .map(|voice| voice.text.clone()),
            ),
            _ => {}
        }
    }
    said
}

/// As JSON without the marks around it, so that a text is found in what holds it. Plain data always serialises.
fn quoted(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let inner = json
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(&json).to_owned()
}

/// All that the report prints, as one text.
fn printed_words(sheet: &Sheet) -> String {
    quoted(&sheet.report())
}

fn theme_names(desk: &Desk<'_>, printed: &str, known: &Known, cautions: &mut Vec<Caution>) {
    for theme in desk
        .themes
        .iter()
        .filter(|theme| desk.may_show(&theme.theme))
    {
        let name = desk.title(&theme.theme);
        if !printed.contains(&quoted(&name)) {
            continue;
        }
        if let Some(why) = tells(&name, known) {
            cautions.push(Caution {
                what: "A theme’s name",
                words: name,
                why,
                anchor: String::new(),
            });
        }
    }
}

/// Findings that are shown although one side is one person, because that person allowed the words.
fn on_one_person(desk: &Desk<'_>, cautions: &mut Vec<Caution>) {
    for finding in &desk.shown {
        let alone =
            finding.sides.iter().enumerate().any(|(side, people)| {
                people.len() == 1 && !evidence(finding.kind, side).is_empty()
            });
        if alone {
            cautions.push(Caution {
                what: "A finding",
                words: format!("{}: {}", kind(finding.kind), desk.titles(&finding.themes)),
                why: "One side of it is one person. It is shown because that person allowed the words to be quoted."
                    .to_owned(),
                anchor: String::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::edits::{Edits, FIRST_PAGE, Sentence};
    use crate::report::sample::{halden, material};
    use crate::survey::Attribution;

    fn known() -> Known {
        Known {
            names: vec!["Ada Quill".to_owned(), "Bo Lund".to_owned()],
            functions: vec!["Finance".to_owned(), "People".to_owned(), String::new()],
        }
    }

    #[test]
    fn a_count_of_one_is_seen_and_one_or_two_is_not() {
        for text in [
            "Only one of you names it.",
            "One of eight would stop it.",
            "One of the eight stands alone.",
            "A single executive holds out.",
            "All but one agree.",
            "1 of 8 names no trade-off",
        ] {
            assert!(counts_one(text), "{text}");
        }
        for text in [
            "One or two would stop it.",
            "Agree on one measure, and one of the themes.",
            "One question decides it.",
            "",
        ] {
            assert!(!counts_one(text), "{text}");
        }
    }

    #[test]
    fn what_the_consultant_types_is_read_for_names_functions_counts_and_words_not_released() {
        let material = material(&halden(), 8, Attribution::Confidential);
        let guarded = material
            .quotes
            .iter()
            .find(|q| q.quote != crate::survey::Quote::Verbatim && q.text.split(' ').count() >= 5)
            .expect("somebody did not release a sentence")
            .text
            .clone();
        let original = ClientReport::build(&material).expect("enough");
        let mut edits = Edits::default();
        let build = |edits: &Edits| {
            Review::build(&material, &edits.lay_over(&original), &known())
                .expect("enough")
                .cautions
                .into_iter()
                .filter(|caution| caution.what == "Your own words")
                .map(|caution| caution.why)
                .collect::<Vec<_>>()
        };
        assert!(build(&edits).is_empty());
        let sheet = edits.lay_over(&original);
        let words = Sentence::parse("Ada wants it; Finance does not.").expect("a sentence");
        edits.reword(&sheet.lead, &words);
        let said = build(&edits);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("Ada Quill"));
        edits.comment(
            FIRST_PAGE,
            "",
            format!("As one put it, *{guarded}*.\n\nOnly one says so, in Finance."),
        );
        let said = build(&edits);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said.iter().any(|why| why.contains("did not release")));
        assert!(
            said.iter()
                .any(|why| why.contains("Finance") && why.contains("counts one"))
        );
        let mut named = material.clone();
        named.promise.attribution = Attribution::Named;
        let review = Review::build(&named, &edits.lay_over(&original), &known()).expect("enough");
        assert!(review.cautions.is_empty());
    }
}
