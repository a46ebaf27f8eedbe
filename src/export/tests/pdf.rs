//! What the pages hold, and what a PDF says about itself.

use lopdf::{Dictionary, Document, Object};
use typst::layout::{Frame, FrameItem};

use super::super::letters::STAND_IN;
use super::super::{Edition, Format, labels, pdf};
use super::{HOSTILE, MANY, even, furniture, hostile_report, strings};
use crate::report::view::Block;
use crate::report::{ClientReport, sample_report};

fn runs(frame: &Frame, into: &mut Vec<String>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => runs(&group.frame, into),
            FrameItem::Text(text) => into.push(text.text.to_string()),
            _ => {}
        }
    }
}

/// Every run of text on the pages, and the number of pages.
pub(super) fn pages(report: &ClientReport, edition: Edition) -> (Vec<String>, usize) {
    let document = pdf::layout(report, edition).expect("it is set");
    let mut found = Vec::new();
    for page in document.pages() {
        runs(&page.frame, &mut found);
    }
    comemo::evict(0);
    (found, document.pages().len())
}

/// Runs that neither the report nor the labels hold.
fn strangers(report: &ClientReport, edition: Edition) -> Vec<String> {
    let mut known = strings(report);
    known.extend(labels::PAGES.iter().map(|(_, label)| even(label)));
    known.extend([labels::DRAFT, labels::REPLACED].map(even));
    let names = [report.team.as_str(), report.organisation.as_str()].join(", ");
    known.insert(even(&format!("{} {names}", labels::CONFIDENTIAL)));
    let (found, _) = pages(report, edition);
    assert!(found.len() > 60, "the pages were read");
    found
        .into_iter()
        .map(|run| even(&run))
        .filter(|run| {
            let bare = run.trim_matches(['“', '”']);
            let minutes = run.strip_suffix(" min").unwrap_or(run);
            !furniture(minutes) && !known.iter().any(|text| text.contains(bare))
        })
        .collect()
}

#[test]
fn the_sample_fits_on_four_to_six_pages_and_repeats_byte_for_byte() {
    let report = sample_report();
    let (_, pages) = pages(&report, Edition::Published);
    assert!((4..=6).contains(&pages), "{pages}");
    let first = Format::Pdf
        .write(&report, Edition::Published)
        .expect("written");
    let second = Format::Pdf
        .write(&report, Edition::Published)
        .expect("written");
    assert!(first == second, "the same report makes the same bytes");
    // For whoever wants to look: LOOK=folder cargo test --lib export::
    if let Ok(folder) = std::env::var("LOOK") {
        let json = serde_json::to_string_pretty(&report).expect("plain data");
        std::fs::write(format!("{folder}/report.json"), json).expect("written");
        let bytes = Format::Slides.write(&hostile_report(), Edition::Draft);
        std::fs::write(format!("{folder}/hostile.pptx"), bytes.expect("written")).expect("written");
        let bytes = Format::Pdf.write(&hostile_report(), Edition::Draft);
        std::fs::write(format!("{folder}/hostile.pdf"), bytes.expect("written")).expect("written");
        for format in Format::ALL {
            let bytes = format.write(&report, Edition::Draft).expect("written");
            std::fs::write(format!("{folder}/report.{}", format.ending()), bytes).expect("written");
        }
    }
}

fn dictionary<'a>(file: &'a Document, within: &'a Dictionary, key: &[u8]) -> &'a Dictionary {
    let (_, object) = file
        .dereference(within.get(key).expect("it is there"))
        .expect("it leads somewhere");
    object.as_dict().expect("a dictionary")
}

#[test]
fn the_pdf_is_tagged_titled_bookmarked_and_bears_no_date() {
    let report = sample_report();
    let bytes = Format::Pdf
        .write(&report, Edition::Published)
        .expect("written");
    let file = Document::load_mem(&bytes).expect("a PDF");
    let catalog = file.catalog().expect("a catalogue");
    let language = catalog.get(b"Lang").and_then(Object::as_str).expect("said");
    assert_eq!(language, b"en-GB");
    let marks = dictionary(&file, catalog, b"MarkInfo");
    assert!(matches!(marks.get(b"Marked"), Ok(Object::Boolean(true))));
    dictionary(&file, catalog, b"StructTreeRoot");
    let shown = dictionary(&file, catalog, b"ViewerPreferences");
    assert!(matches!(
        shown.get(b"DisplayDocTitle"),
        Ok(Object::Boolean(true))
    ));
    let bookmarks = dictionary(&file, catalog, b"Outlines");
    assert!(bookmarks.get(b"First").is_ok());
    let all = String::from_utf8_lossy(&bytes);
    assert!(all.contains("<pdfuaid:part>1</pdfuaid:part>"), "PDF/UA-1");
    for date in ["/CreationDate", "/ModDate", "<xmp:CreateDate>"] {
        assert!(!all.contains(date), "{date}");
    }
    let figures = report
        .sections
        .iter()
        .flat_map(|s| &s.blocks)
        .filter(|b| matches!(b, Block::Figure { .. }))
        .count();
    let described = file
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|d| matches!(d.get(b"S"), Ok(Object::Name(name)) if name == b"Figure"))
        .filter(|d| d.get(b"Alt").is_ok())
        .count();
    assert!(
        figures > 1 && described >= figures,
        "{described} of {figures}"
    );
}

#[test]
fn hostile_texts_are_printed_as_they_were_typed() {
    let report = hostile_report();
    let (found, _) = pages(&report, Edition::Draft);
    let all = even(&found.join(" ")).replace(' ', "");
    for text in HOSTILE {
        let typed: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .collect();
        assert!(all.contains(&typed), "{text}");
    }
    assert!(found.iter().any(|run| run == labels::DRAFT));
    assert_eq!(strangers(&report, Edition::Draft), Vec::<String>::new());
    for edition in [Edition::Draft, Edition::Published] {
        Format::Pdf.write(&report, edition).expect("written");
    }
}

#[test]
fn a_letter_without_a_shape_is_replaced_and_the_reader_told() {
    let mut report = sample_report();
    report.lead = "優先 \u{1f680} שלום \u{202e}drawkcab".to_owned();
    let (found, _) = pages(&report, Edition::Published);
    let stand_in = STAND_IN.to_string();
    assert!(found.iter().any(|run| run.contains(&stand_in.repeat(2))));
    assert!(found.iter().any(|run| run == labels::REPLACED));
    assert!(found.iter().any(|run| run.contains("drawkcab")));
    Format::Pdf
        .write(&report, Edition::Published)
        .expect("PDF/UA allows no letter without a shape");
    let (plain, _) = pages(&sample_report(), Edition::Published);
    assert!(!plain.iter().any(|run| run == labels::REPLACED));
}

#[test]
fn pages_of_random_rounds_hold_nothing_that_the_report_does_not() {
    for report in &MANY[2..27] {
        assert_eq!(strangers(report, Edition::Draft), Vec::<String>::new());
    }
}
