//! The report as a workbook: one table a sheet, its head frozen, numbers as numbers and texts as nothing but texts.

use std::collections::BTreeSet;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::report::ClientReport;
use crate::report::view::{Block, CellKind, Prose, Table};

use super::labels::{self, page};
use super::rows::{columns, plain};
use super::table::one_line;
use super::{Edition, Fault};

/// Longest text that a cell may hold, in characters.
const CELL: usize = 32_767;
/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (8, 60);

/// What a cell holds.
enum Entry {
    Text(String),
    Number(f64),
}

impl Entry {
    fn text(text: &str) -> Self {
        Self::Text(one_line(text).chars().take(CELL).collect())
    }

    /// A number where the text is nothing but one, as figures write it.
    fn read(text: &str) -> Self {
        let bare = text.trim();
        let digits = bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        match bare.parse::<f64>() {
            // A long row of digits is a name, not a quantity.
            Ok(number) if digits && bare.len() <= 12 => Self::Number(number),
            _ => Self::text(text),
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::Number(_) => 8,
        }
    }
}

struct Book {
    file: Workbook,
    names: BTreeSet<String>,
    head: Format,
    cell: Format,
    draft: bool,
}

impl Book {
    /// A sheet of that name, made unique and fit for a spreadsheet, with one table.
    fn sheet(&mut self, name: &str, head: &[&str], rows: &[Vec<Entry>]) -> Result<(), XlsxError> {
        if rows.is_empty() {
            return Ok(());
        }
        let name = self.name(name);
        let sheet = self.file.add_worksheet();
        sheet.set_name(&name)?;
        fill(sheet, head, rows, &self.head, &self.cell)?;
        sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        let draft = if self.draft { labels::DRAFT } else { "" };
        sheet.set_footer(format!("&L{} {draft}&R&P / &N", labels::CONFIDENTIAL));
        Ok(())
    }

    fn name(&mut self, wanted: &str) -> String {
        let plain: String = one_line(wanted)
            .chars()
            .map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c })
            .collect();
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut = |length: usize| {
            plain
                .chars()
                .take(length)
                .collect::<String>()
                .trim()
                .to_owned()
        };
        let mut name = cut(31);
        let mut nth = 2;
        // Spreadsheets compare names without case, and keep "History" for themselves.
        while name.is_empty()
            || name.eq_ignore_ascii_case("history")
            || !self.names.insert(name.to_lowercase())
        {
            let numbered = format!("{} {nth}", cut(27));
            numbered.trim().clone_into(&mut name);
            nth += 1;
        }
        name
    }

    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        let head: Vec<&str> = table.head.iter().map(String::as_str).collect();
        let rows: Vec<Vec<Entry>> = table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| Entry::read(cell)).collect())
            .collect();
        self.sheet(&table.caption, &head, &rows)
    }
}

fn fill(
    sheet: &mut Worksheet,
    head: &[&str],
    rows: &[Vec<Entry>],
    bold: &Format,
    plain: &Format,
) -> Result<(), XlsxError> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
    for column in 0..columns {
        let at = column as u16;
        let label = head.get(column).copied().unwrap_or_default();
        sheet.write_string_with_format(0, at, Entry::text(label).shown(), bold)?;
        let longest = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(Entry::width);
        let width = longest.chain([label.chars().count()]).max().unwrap_or(0) + 2;
        sheet.set_column_width(at, width.clamp(WIDTHS.0, WIDTHS.1) as f64)?;
    }
    for (i, row) in rows.iter().enumerate() {
        for (column, entry) in row.iter().enumerate() {
            let (line, at) = (i as u32 + 1, column as u16);
            match entry {
                Entry::Text(text) => sheet.write_string_with_format(line, at, text, plain)?,
                Entry::Number(number) => {
                    sheet.write_number_with_format(line, at, *number, plain)?
                }
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if columns > 0 {
        sheet.autofilter(0, 0, rows.len() as u32, columns as u16 - 1)?;
    }
    Ok(())
}

impl Entry {
    fn shown(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The report as a workbook.
pub(super) fn write(report: &ClientReport, edition: Edition) -> Result<Vec<u8>, Fault> {
    build(report, edition).map_err(|error| Fault::new("XLSX", error.to_string()))
}

fn build(report: &ClientReport, edition: Edition) -> Result<Vec<u8>, XlsxError> {
    let mut file = Workbook::new();
    // A date of today would make other bytes tomorrow.
    let properties = DocProperties::new()
        .set_title(Entry::text(&report.headline).shown())
        .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?);
    file.set_properties(&properties);
    let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let head = cell
        .clone()
        .set_bold()
        .set_border_bottom(FormatBorder::Thin);
    let mut book = Book {
        file,
        names: BTreeSet::new(),
        head,
        cell,
        draft: edition == Edition::Draft,
    };
    brief(&mut book, report, edition)?;
    sentences(&mut book, report)?;
    for block in report.sections.iter().flat_map(|section| &section.blocks) {
        match block {
            Block::Themes { table } => {
                let mut head = vec![page("theme")];
                let rows: Vec<Vec<Entry>> = table
                    .rows
                    .iter()
                    .map(|row| {
                        let counts = [&row.priority, &row.stop, &row.success, &row.ask];
                        let mut counts = counts.into_iter();
                        let told = columns(row).into_iter().map(|(label, words)| {
                            if label == labels::STANDING || label == page("traded") {
                                return Entry::text(words);
                            }
                            // A number only where the page shows one.
                            match counts.next().map(|cell| (cell.kind, cell.on)) {
                                Some((CellKind::None, _)) => Entry::Number(0.0),
                                Some((CellKind::Dots, on)) => Entry::Number(on as f64),
                                _ => Entry::text(words),
                            }
                        });
                        std::iter::once(Entry::text(&row.name))
                            .chain(told)
                            .collect()
                    })
                    .collect();
                if let Some(first) = table.rows.first() {
                    head.extend(columns(first).map(|(label, _)| label));
                }
                book.sheet(&table.caption, &head, &rows)?;
            }
            Block::Table { table } => book.table(table)?,
            Block::Figure { figure } => book.table(&figure.table)?,
            _ => {}
        }
    }
    decisions(&mut book, report)?;
    agenda(&mut book, report)?;
    book.file.save_to_buffer()
}

fn brief(book: &mut Book, report: &ClientReport, edition: Edition) -> Result<(), XlsxError> {
    let mut rows = Vec::new();
    let mut put = |label: &str, text: &str| {
        if !text.is_empty() {
            rows.push(vec![Entry::text(label), Entry::text(text)]);
        }
    };
    put(labels::EDITION, edition.notice().unwrap_or_default());
    put(labels::ORGANISATION, &report.organisation);
    put(labels::TEAM, &report.team);
    put(labels::ROUND, &report.round);
    put(labels::HEADLINE, &report.headline);
    for fact in report.meta.iter().skip(1) {
        put(labels::FACT, fact);
    }
    put(
        page("warning"),
        report.warning.as_deref().unwrap_or_default(),
    );
    put(labels::LEAD, &report.lead);
    put(page("shared"), &report.shared);
    put(page("split"), &report.split);
    put(page("unsaid"), &report.unsaid);
    for limit in &report.limits {
        put(page("limits"), limit);
    }
    book.sheet(labels::BRIEF, &[labels::PART, labels::WORDS], &rows)
}

fn sentences(book: &mut Book, report: &ClientReport) -> Result<(), XlsxError> {
    let (mut said, mut quoted) = (Vec::new(), Vec::new());
    for section in &report.sections {
        let mut say = |text: &str| {
            if !text.is_empty() {
                said.push(vec![Entry::text(&section.title), Entry::text(text)]);
            }
        };
        for block in &section.blocks {
            match block {
                Block::Text { text } | Block::Note { text } => say(text),
                Block::List { items } => items.iter().for_each(|item| say(item)),
                Block::Themes { table } => say(&table.note),
                Block::Figure { figure } => say(&figure.caption),
                Block::Commentary { prose } => {
                    for piece in prose {
                        match piece {
                            Prose::Paragraph { runs } | Prose::Heading { runs } => {
                                say(&plain(runs));
                            }
                            Prose::List { entries, .. } => {
                                for entry in entries {
                                    say(&plain(entry));
                                }
                            }
                        }
                    }
                }
                Block::Quotes { voices } => quoted.extend(voices.iter().map(|voice| {
                    vec![
                        Entry::text(&section.title),
                        Entry::text(&voice.text),
                        Entry::text(voice.who.as_deref().unwrap_or_default()),
                    ]
                })),
                Block::Table { .. } | Block::Forks { .. } | Block::Agenda { .. } => {}
            }
        }
    }
    for fork in report.forks() {
        for choice in [&fork.a, &fork.b] {
            quoted.extend(choice.voices.iter().map(|voice| {
                vec![
                    Entry::text(&choice.label),
                    Entry::text(&voice.text),
                    Entry::text(voice.who.as_deref().unwrap_or_default()),
                ]
            }));
        }
    }
    book.sheet(labels::SENTENCES, &[labels::SECTION, labels::WORDS], &said)?;
    book.sheet(
        labels::QUOTATIONS,
        &[labels::SECTION, labels::QUOTATION, labels::WHO],
        &quoted,
    )
}

fn decisions(book: &mut Book, report: &ClientReport) -> Result<(), XlsxError> {
    let head = [
        labels::NUMBER,
        labels::QUESTION,
        labels::ONE_WAY,
        labels::LEANING,
        labels::OTHER_WAY,
        labels::LEANING,
        labels::COST,
        page("owner"),
        page("by"),
    ];
    let rows: Vec<Vec<Entry>> = report
        .forks()
        .map(|fork| {
            let mut row = vec![Entry::Number(fork.number as f64)];
            let texts = [
                &fork.question,
                &fork.a.label,
                &fork.a.lean,
                &fork.b.label,
                &fork.b.lean,
                &fork.cost,
            ];
            row.extend(texts.map(|text| Entry::text(text)));
            row
        })
        .collect();
    book.sheet(labels::DECISIONS, &head, &rows)
}

fn agenda(book: &mut Book, report: &ClientReport) -> Result<(), XlsxError> {
    let mut rows = Vec::new();
    for block in report.sections.iter().flat_map(|section| &section.blocks) {
        if let Block::Agenda { steps } = block {
            rows.extend(steps.iter().map(|step| {
                vec![
                    Entry::Number(step.from as f64),
                    Entry::Number(step.minutes as f64),
                    Entry::text(&step.what),
                ]
            }));
        }
    }
    let head = [labels::FROM, labels::MINUTES, labels::STEP];
    book.sheet(labels::AGENDA, &head, &rows)
}
