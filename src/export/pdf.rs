//! The report on A4 pages, set by typst.
//!
//! The report reaches the template as values, never as markup: `#read("x")` in a statement is printed as it was typed. The template's
//! world holds itself and the typefaces; there is no file, no package and no date to be had in it.

use std::sync::LazyLock;

use serde_json::{Value, json};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::report::ClientReport;
use crate::report::view::Block;

use super::letters::{FONTS, make_printable, printable};
use super::{Edition, Fault, figure, labels};

static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// All that the template can reach.
struct Desk {
    library: LazyHash<Library>,
    source: Source,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() {
            Ok(self.source.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// What went wrong, in typst's words: they name places of the template and kinds of values.
fn fault(found: impl IntoIterator<Item = SourceDiagnostic>) -> Fault {
    let messages: Vec<String> = found
        .into_iter()
        .map(|diagnostic| diagnostic.message.to_string())
        .collect();
    Fault::new("PDF", messages.join("; "))
}

/// The report and the labels, as the template reads them.
fn inputs(report: &ClientReport, edition: Edition) -> Result<Dict, Fault> {
    let broken = |error: serde_json::Error| Fault::new("PDF", error.to_string());
    let mut tree = serde_json::to_value(report).map_err(broken)?;
    let mut replaced = false;
    make_printable(&mut tree, &mut replaced);
    for (section, made) in report.sections.iter().enumerate() {
        for (place, block) in made.blocks.iter().enumerate() {
            let Block::Figure { figure } = block else {
                continue;
            };
            let svg = figure::standalone(figure).unwrap_or_default();
            let slot = &mut tree["sections"][section]["blocks"][place];
            slot["figure"]["svg"] = printable(&svg, &mut replaced).into();
            // Read aloud, not printed: a letter without a shape is no loss there.
            slot["words"] = printable(&figure::in_words(figure), &mut false).into();
        }
    }
    let named: serde_json::Map<String, Value> = labels::PAGES
        .iter()
        .map(|(name, label)| ((*name).to_owned(), Value::from(*label)))
        .collect();
    let all = json!({
        "report": tree,
        "labels": named,
        "confidential": labels::CONFIDENTIAL,
        "draft": edition.notice(),
        "replaced": replaced.then_some(labels::REPLACED),
    });
    serde_json::from_value(all).map_err(broken)
}

/// Sets the report.
pub(super) fn layout(report: &ClientReport, edition: Edition) -> Result<PagedDocument, Fault> {
    let path = VirtualPath::new("report.typ").map_err(|_| Fault::new("PDF", "its own name"))?;
    let desk = Desk {
        library: LazyHash::new(
            Library::builder()
                .with_inputs(inputs(report, edition)?)
                .build(),
        ),
        source: Source::new(
            FileId::new(RootedPath::new(VirtualRoot::Project, path)),
            include_str!("report.typ").to_owned(),
        ),
    };
    typst::compile(&desk).output.map_err(fault)
}

/// The report as a PDF.
pub(super) fn write(report: &ClientReport, edition: Edition) -> Result<Vec<u8>, Fault> {
    let written = layout(report, edition).and_then(|document| bytes(&document));
    // typst remembers what it has laid out, for an editor's sake; here it would be a copy of every report in memory.
    comemo::evict(0);
    written
}

fn bytes(document: &PagedDocument) -> Result<Vec<u8>, Fault> {
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1])
        .map_err(|error| Fault::new("PDF", error.message().to_string()))?;
    let options = PdfOptions {
        creator: Smart::Custom(Some("Coherence".to_owned())),
        standards: accessible,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(fault)
}
