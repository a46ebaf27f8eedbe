//! The report as CSV: every sentence, cell and quotation in one table that can be filtered.
//!
//! UTF-8 with a mark at its beginning, without which a spreadsheet takes it for another encoding; lines end in CRLF.

use crate::exchange::formula_safe;
use crate::report::ClientReport;

use super::rows::{HEAD, rows};
use super::{Edition, Fault};

/// The report as a table.
pub(super) fn write(report: &ClientReport, edition: Edition) -> Result<Vec<u8>, Fault> {
    let fault = |error: csv::Error| Fault::new("CSV", error.to_string());
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(HEAD).map_err(fault)?;
    for row in rows(report, edition) {
        out.write_record(row.iter().map(|cell| formula_safe(&one_line(cell))))
            .map_err(fault)?;
    }
    out.into_inner()
        .map_err(|error| Fault::new("CSV", error.to_string()))
}

/// A cell without line breaks and control characters, which a spreadsheet may take for its own.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}
