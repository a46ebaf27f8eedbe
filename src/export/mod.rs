//! The client's report as a file: PDF, slides, workbook, one table.
//!
//! Every format is made from a [`ClientReport`] and nothing else, so it can say no more than the page does. All of them are pure: the
//! same report makes the same bytes, with no clock, no file and no network.

mod figure;
mod labels;
mod letters;
mod pdf;
mod rows;
mod slides;
mod table;
mod workbook;

#[cfg(test)]
mod tests;

use crate::report::ClientReport;

/// Whether what is made will stay as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// A preview: every document says that it is one.
    Draft,
    /// Published, hence frozen.
    Published,
}

impl Edition {
    /// The line that a draft carries.
    fn notice(self) -> Option<&'static str> {
        (self == Self::Draft).then_some(labels::DRAFT)
    }
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A4 pages, tagged, PDF/UA-1.
    Pdf,
    /// Slides of 16 to 9 (PPTX).
    Slides,
    /// A workbook of tidy sheets (XLSX).
    Workbook,
    /// One table of everything (CSV).
    Table,
}

impl Format {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Slides, Self::Workbook, Self::Table];

    /// The ending of its file names, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Slides => "pptx",
            Self::Workbook => "xlsx",
            Self::Table => "csv",
        }
    }

    /// The format of an ending.
    pub fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.ending() == ending)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Slides => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Table => "text/csv; charset=utf-8; header=present",
        }
    }

    /// Makes the file. It takes a tenth of a second and more: call it on a thread of its own.
    pub fn write(self, report: &ClientReport, edition: Edition) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Pdf => pdf::write(report, edition),
            Self::Slides => slides::write(report, edition),
            Self::Workbook => workbook::write(report, edition),
            Self::Table => table::write(report, edition),
        }
    }
}

/// A file that could not be made: a defect of the program, for the operator's log. It quotes nothing of the report.
#[derive(Debug, thiserror::Error)]
#[error("the report could not be written as {format}: {cause}")]
pub struct Fault {
    format: &'static str,
    cause: String,
}

impl Fault {
    fn new(format: &'static str, cause: impl Into<String>) -> Self {
        Self {
            format,
            cause: cause.into(),
        }
    }
}
