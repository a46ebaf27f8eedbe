//! What the slides hold, and that they are a whole package.

use std::collections::BTreeSet;

use super::super::labels::{self, page};
use super::super::table::one_line;
use super::super::{Edition, Format};
use super::{MANY, elements, even, known, parts, stranger};
use crate::report::view::Block;

/// Text of every paragraph of a slide, in order.
fn paragraphs(slide: &[u8]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (tag, _, text) in elements(slide) {
        match tag.as_str() {
            "p" => all.push(String::new()),
            "t" => {
                if let Some(last) = all.last_mut() {
                    last.push_str(&text);
                }
            }
            _ => {}
        }
    }
    all.retain(|text| !text.trim().is_empty());
    all
}

#[test]
fn slides_are_a_whole_package_of_well_formed_parts() {
    for report in &MANY[..6] {
        let bytes = Format::Slides
            .write(report, Edition::Draft)
            .expect("written");
        assert_eq!(
            Format::Slides.write(report, Edition::Draft).ok(),
            Some(bytes.clone())
        );
        let parts = parts(&bytes);
        let types = elements(&parts["[Content_Types].xml"]);
        let told: BTreeSet<&str> = types
            .iter()
            .filter_map(|(_, at, _)| at.get("PartName"))
            .map(|name| name.trim_start_matches('/'))
            .collect();
        for name in &told {
            assert!(parts.contains_key(*name), "{name}");
        }
        for (name, content) in &parts {
            let ending = name.rsplit('.').next().expect("an ending");
            match ending {
                "png" => assert!(content.starts_with(b"\x89PNG")),
                "rels" => {
                    // ppt/slides/_rels/slide1.xml.rels speaks of ppt/slides/.
                    let folder = name.split("_rels/").next().expect("a folder");
                    for (tag, at, _) in elements(content) {
                        if tag == "Relationship" {
                            let target = format!("{folder}{}", at["Target"]);
                            let mut path: Vec<&str> = Vec::new();
                            for step in target.split('/') {
                                if step == ".." {
                                    path.pop();
                                } else {
                                    path.push(step);
                                }
                            }
                            assert!(parts.contains_key(&path.join("/")), "{name}: {target}");
                        }
                    }
                }
                _ => {
                    elements(content);
                    assert!(
                        name == "[Content_Types].xml" || told.contains(name.as_str()),
                        "{name}"
                    );
                }
            }
        }
        for (name, slide) in parts
            .iter()
            .filter(|(name, _)| name.starts_with("ppt/slides/slide"))
        {
            let elements = elements(slide);
            let ids: Vec<&String> = elements
                .iter()
                .filter(|(tag, ..)| tag == "cNvPr")
                .map(|(_, at, _)| &at["id"])
                .collect();
            assert_eq!(
                ids.iter().collect::<BTreeSet<_>>().len(),
                ids.len(),
                "{name}"
            );
            assert!(
                elements.iter().any(|(tag, at, _)| tag == "ph"
                    && at.get("type").is_some_and(|kind| kind == "title"))
            );
            for (tag, at, _) in &elements {
                if tag == "cNvPr" && at["name"].starts_with("Picture") {
                    assert!(at["descr"].len() > 20);
                }
            }
            // Nothing stands outside the slide.
            let edges: Vec<(i64, i64)> = elements
                .iter()
                .filter_map(|(tag, at, _)| match tag.as_str() {
                    "off" => Some((at["x"].parse().ok()?, at["y"].parse().ok()?)),
                    "ext" => Some((at.get("cx")?.parse().ok()?, at.get("cy")?.parse().ok()?)),
                    _ => None,
                })
                .collect();
            for pair in edges.chunks(2) {
                assert!(
                    pair[0].0 + pair[1].0 <= 12_192_000 && pair[0].1 + pair[1].1 <= 6_858_000,
                    "{name}: {pair:?}"
                );
            }
        }
    }
}

#[test]
fn slides_hold_the_whole_report_and_nothing_else() {
    for report in &MANY[..12] {
        let bytes = Format::Slides
            .write(report, Edition::Draft)
            .expect("written");
        let parts = parts(&bytes);
        let known = known(report);
        let names = [report.team.as_str(), report.organisation.as_str()].join(", ");
        let footer = even(&one_line(&format!(
            "{} {} {names}",
            labels::DRAFT,
            labels::CONFIDENTIAL
        )));
        let mut all = String::new();
        let mut slides: Vec<_> = parts
            .iter()
            .filter(|(name, _)| name.starts_with("ppt/slides/slide"))
            .collect();
        slides.sort_by_key(|(name, _)| (name.len(), *name));
        for (_, slide) in slides {
            for text in paragraphs(slide) {
                let text = even(&text);
                all.push_str(&text);
                all.push(' ');
                let bare = text
                    .trim_matches(['“', '”'])
                    .trim_end_matches(labels::CONTINUED)
                    .trim();
                let bare = bare.trim_start_matches(page("warning")).trim();
                // A long text may go on in a further box: then it is part of one.
                assert!(
                    text == footer
                        || !stranger(&known, bare)
                        || known
                            .iter()
                            .any(|whole| bare.len() > 20 && whole.contains(bare)),
                    "{text}"
                );
            }
        }
        let mut wanted: Vec<&str> = vec![
            &report.headline,
            &report.lead,
            &report.shared,
            &report.unsaid,
        ];
        for block in report.sections.iter().flat_map(|s| &s.blocks) {
            match block {
                Block::Text { text } | Block::Note { text } => wanted.push(text),
                Block::List { items } => wanted.extend(items.iter().map(String::as_str)),
                Block::Quotes { voices } => wanted.extend(voices.iter().map(|v| v.text.as_str())),
                Block::Themes { table } => {
                    wanted.extend(table.rows.iter().map(|row| row.name.as_str()));
                }
                Block::Table { table } => {
                    wanted.extend(table.rows.iter().flatten().map(String::as_str));
                }
                Block::Agenda { steps } => {
                    wanted.extend(steps.iter().map(|step| step.what.as_str()));
                }
                _ => {}
            }
        }
        for text in wanted {
            let text = even(&one_line(text));
            assert!(all.contains(&text), "{text}");
        }
    }
}
