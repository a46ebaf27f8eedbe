//! What the table and the workbook hold.

use std::collections::BTreeSet;

use super::super::{Edition, Format};
use super::{MANY, elements, known, parts, stranger};

#[test]
fn a_table_holds_the_report_and_nothing_else_and_no_cell_is_a_formula() {
    for report in &*MANY {
        let bytes = Format::Table
            .write(report, Edition::Draft)
            .expect("written");
        assert_eq!(
            Format::Table.write(report, Edition::Draft).ok(),
            Some(bytes.clone())
        );
        let text = String::from_utf8(bytes).expect("UTF-8");
        let text = text
            .strip_prefix('\u{feff}')
            .expect("a mark at its beginning");
        assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
        let known = known(report);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().expect("a head").len(), 7);
        let mut rows = 0;
        for row in reader.records() {
            let row = row.expect("a row");
            rows += 1;
            for (column, cell) in row.iter().enumerate() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
                // The second column names the kind of row; the fifth says A or B of a decision.
                if column != 1 && !(column == 4 && ["A", "B"].contains(&cell)) {
                    assert!(!stranger(&known, cell), "{cell}");
                }
            }
        }
        assert!(rows > 20, "{rows}");
    }
}

#[test]
fn a_workbook_has_tidy_sheets_with_numbers_as_numbers_and_no_formula() {
    for report in &MANY[..60] {
        let bytes = Format::Workbook
            .write(report, Edition::Draft)
            .expect("written");
        let parts = parts(&bytes);
        let known = known(report);
        let sheets: Vec<_> = parts
            .iter()
            .filter(|(name, _)| name.starts_with("xl/worksheets/sheet"))
            .collect();
        assert!(sheets.len() >= 4, "{}", sheets.len());
        let mut numbers = 0;
        for (name, sheet) in sheets {
            let elements = elements(sheet);
            assert!(
                !elements.iter().any(|(tag, ..)| tag == "f"),
                "{name}: a formula"
            );
            let pane = elements.iter().find(|(tag, ..)| tag == "pane");
            let pane = pane.expect("a frozen head");
            assert_eq!(pane.1["state"], "frozen");
            numbers += elements
                .iter()
                .filter(|(tag, at, _)| tag == "c" && !at.contains_key("t"))
                .count();
        }
        assert!(numbers > 0);
        for (tag, _, text) in elements(&parts["xl/sharedStrings.xml"]) {
            assert!(tag != "t" || !stranger(&known, &text), "{text}");
        }
        let mut names = BTreeSet::new();
        for (tag, at, _) in elements(&parts["xl/workbook.xml"]) {
            if tag == "sheet" {
                let name = &at["name"];
                assert!(
                    name.chars().count() <= 31 && names.insert(name.to_lowercase()),
                    "{name}"
                );
            }
        }
        assert_eq!(
            Format::Workbook.write(report, Edition::Draft).ok(),
            Some(bytes)
        );
    }
}
