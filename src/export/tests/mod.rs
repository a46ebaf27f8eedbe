//! What the documents hold, and what they never do.

mod files;
mod pdf;
mod promise;
mod slides;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;

use quick_xml::events::Event;
use serde_json::Value;

use super::labels;
use super::letters::make_printable;
use super::rows::plain;
use super::table::one_line;
use crate::report::sample::random_round;
use crate::report::view::{Block, Prose, Run, Section};
use crate::report::{ClientReport, sample_report};

/// Texts that mean something to typst, a spreadsheet, XML or a reader's eye, and nothing here.
const HOSTILE: [&str; 9] = [
    "#read(\"/etc/passwd\") #panic(\"x\")",
    "*bold* _italic_ $x^2$ `raw` = Heading",
    "<label> @reference #label(\"fork\") // comment",
    "</a:t><script>alert('x')</script> & \"quoted\" ]]>",
    "=HYPERLINK(\"http://x.example\";\"y\")",
    "@SUM(A1)",
    "\\u{41} \\ ~ -- --- ... [content](url) {code}",
    "Ängste, Größe, Świętokrzyskie, Προτεραιότητα, Приоритет",
    "Zwei\nZeilen\tund \u{1b}ein\u{0}Ende",
];

fn run(text: &str) -> Run {
    Run {
        text: text.to_owned(),
        strong: false,
        emphasis: true,
    }
}

/// The sample with hostile texts in every kind of place.
fn hostile_report() -> ClientReport {
    let mut report = sample_report();
    HOSTILE[0].clone_into(&mut report.headline);
    HOSTILE[3].clone_into(&mut report.organisation);
    HOSTILE[4].clone_into(&mut report.team);
    let strings: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    report.meta.clone_from(&strings);
    report.limits.clone_from(&strings);
    report.warning = Some(HOSTILE[1].to_owned());
    let mut nth = 0;
    let mut next = || {
        nth += 1;
        HOSTILE[nth % HOSTILE.len()].to_owned()
    };
    for block in report.sections.iter_mut().flat_map(|s| &mut s.blocks) {
        match block {
            Block::Quotes { voices } => {
                for voice in voices {
                    voice.text = next();
                    voice.who = Some(next());
                }
            }
            Block::Themes { table } => {
                for row in &mut table.rows {
                    row.name = next();
                }
            }
            Block::Table { table } => {
                for cell in table.head.iter_mut().chain(table.rows.iter_mut().flatten()) {
                    *cell = next();
                }
            }
            Block::Forks { forks } => {
                for fork in forks {
                    fork.question = next();
                    fork.a.label = next();
                    fork.b.lean = next();
                }
            }
            _ => {}
        }
    }
    report.sections.push(Section {
        id: "words".to_owned(),
        title: HOSTILE[2].to_owned(),
        blocks: vec![
            Block::List {
                items: strings.clone(),
            },
            Block::Commentary {
                prose: vec![
                    Prose::Heading {
                        runs: vec![run(HOSTILE[1])],
                    },
                    Prose::Paragraph {
                        runs: HOSTILE.iter().map(|text| run(text)).collect(),
                    },
                    Prose::List {
                        ordered: true,
                        entries: vec![vec![run(HOSTILE[0])], vec![]],
                    },
                    Prose::List {
                        ordered: false,
                        entries: vec![vec![run(HOSTILE[6])]],
                    },
                ],
            },
        ],
    });
    report
}

/// All whitespace as one blank, so that a line's end does not matter.
fn even(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every text of a report as it may be printed.
fn strings(report: &ClientReport) -> BTreeSet<String> {
    fn collect(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => {
                into.insert(even(text));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            Value::Object(fields) => fields.values().for_each(|field| collect(field, into)),
            _ => {}
        }
    }
    let mut tree = serde_json::to_value(report).expect("plain data");
    let mut all = BTreeSet::new();
    collect(&tree, &mut all);
    make_printable(&mut tree, &mut false);
    collect(&tree, &mut all);
    all
}

/// Whether that run is the program's own beside its labels: numbers of pages, forks and minutes, bullets.
fn furniture(run: &str) -> bool {
    run.chars()
        .all(|c| c.is_ascii_digit() || " •–‣.“”".contains(c))
        || run
            .split_once(" of ")
            .is_some_and(|(n, all)| n.parse::<u32>().is_ok() && all.parse::<u32>().is_ok())
}

/// The parts of a package, by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    (0..archive.len())
        .map(|i| {
            let mut part = archive.by_index(i).expect("a part");
            let mut content = Vec::new();
            part.read_to_end(&mut content).expect("it unpacks");
            (part.name().expect("a name").into_owned(), content)
        })
        .collect()
}

/// Every element of a part: its local name, its attributes and its own text. Fails the test unless the part is well-formed.
fn elements(xml: &[u8]) -> Vec<(String, BTreeMap<String, String>, String)> {
    let xml = std::str::from_utf8(xml).expect("UTF-8");
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut all: Vec<(String, BTreeMap<String, String>, String)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        let event = reader.read_event().expect("well-formed");
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
                let attributes = tag
                    .attributes()
                    .map(|pair| {
                        let pair = pair.expect("well-formed");
                        let key = String::from_utf8_lossy(pair.key.as_ref()).into_owned();
                        (key, pair.unescape_value().expect("escaped").into_owned())
                    })
                    .collect();
                all.push((name, attributes, String::new()));
                if matches!(event, Event::Start(_)) {
                    open.push(all.len() - 1);
                }
            }
            Event::End(_) => {
                open.pop().expect("it was opened");
            }
            Event::Text(text) => {
                if let Some(at) = open.last() {
                    all[*at].2.push_str(&text.decode().expect("UTF-8"));
                }
            }
            Event::GeneralRef(name) => {
                let letter = match &*name.decode().expect("UTF-8") {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" | "#39" => "'",
                    other => panic!("{other}"),
                };
                all[*open.last().expect("inside")].2.push_str(letter);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, Vec::<usize>::new());
    all
}

/// Whether a text is the report's, a label, or a plain number.
fn stranger(known: &BTreeSet<String>, text: &str) -> bool {
    let text = even(text);
    let minutes = text.strip_suffix(" min").unwrap_or(&text);
    let bare = minutes.trim_start_matches('\'');
    !(furniture(minutes) || known.contains(bare) || known.contains(&text))
}

/// What a report and the labels of files hold, each text whole.
fn known(report: &ClientReport) -> BTreeSet<String> {
    let mut known = strings(report);
    known.extend(labels::PAGES.iter().map(|(_, label)| even(label)));
    known.extend(labels::OTHERS.map(even));
    known.extend([labels::DRAFT, labels::REPLACED].map(even));
    for section in &report.sections {
        for block in &section.blocks {
            if let Block::Commentary { prose } = block {
                for piece in prose {
                    let runs: Vec<&Vec<Run>> = match piece {
                        Prose::Paragraph { runs } | Prose::Heading { runs } => vec![runs],
                        Prose::List { entries, .. } => entries.iter().collect(),
                    };
                    known.extend(runs.into_iter().map(|runs| even(&plain(runs))));
                }
            }
        }
    }
    known
        .into_iter()
        .flat_map(|text| [even(&one_line(&text)), text])
        .collect()
}

/// The sample, the hostile one and a hundred random rounds, made once: scoring them takes longest.
static MANY: LazyLock<Vec<ClientReport>> = LazyLock::new(|| {
    let random =
        (0..100).map(|seed| ClientReport::build(&random_round(seed)).expect("enough answered"));
    [sample_report(), hostile_report()]
        .into_iter()
        .chain(random)
        .collect()
});
