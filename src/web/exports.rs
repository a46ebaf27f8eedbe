//! The client's report to take away, for consultants and sponsors alike.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use minijinja::{Value, context};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::export::{Edition, Format};
use crate::report::ClientReport;

/// How many files are made at a time: each takes a core, and the memory of a typesetter. The others wait.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The last part of a path such as `report.pdf`, in [`Format`]s. Anything else is no page.
pub(super) fn format(ending: &str) -> Result<Format, Error> {
    Format::of_ending(ending).ok_or(Error::NotFound)
}

/// Links to every format below that path, for the pages.
pub(super) fn links(below: &str) -> Value {
    Format::ALL
        .into_iter()
        .map(|format| {
            context! {
                href => format!("{below}report.{}", format.ending()),
                name => match format {
                    Format::Pdf => "PDF",
                    Format::Slides => "slides",
                    Format::Workbook => "spreadsheet",
                    Format::Table => "CSV",
                },
            }
        })
        .collect()
}

/// The report as a file to be kept. `label` is the round's.
pub(super) async fn file(
    report: ClientReport,
    edition: Edition,
    format: Format,
    label: &str,
) -> Result<HttpResponse, Error> {
    let name = file_name(&report, edition, format, label);
    let broken = |error: &dyn std::fmt::Display| Error::Broken(error.to_string());
    let turn = AT_ONCE.acquire().await.map_err(|error| broken(&error))?;
    let bytes = web::block(move || {
        // Held by the work itself: a reader who goes away does not make room that is not there.
        let _turn = turn;
        format.write(&report, edition)
    })
    .await
    .map_err(|_| Error::Broken(format!("writing {} stopped", format.ending())))?
    .map_err(|fault| broken(&fault))?;
    Ok(HttpResponse::Ok()
        .content_type(format.media_type())
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(bytes))
}

/// A name of plain letters, digits and hyphens: what else a team is called stays out of a header.
fn file_name(report: &ClientReport, edition: Edition, format: Format, label: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for part in [&report.organisation, &report.team, label] {
        let plain: String = part
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
            .collect();
        words.extend(plain.split_whitespace().map(str::to_owned));
    }
    words.push(
        match edition {
            Edition::Draft => "draft",
            Edition::Published => "report",
        }
        .to_owned(),
    );
    // A file system may refuse names beyond 255 bytes; a person long before.
    let mut name = words.join("-");
    if name.len() > 100 {
        name = format!("{}-{}", &name[..60], &name[name.len() - 39..]);
    }
    format!("{name}.{}", format.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_and_say_what_is_a_draft() {
        let mut report = crate::report::sample_report();
        report.organisation = "Żółć \"A/S\"\r\nX: y".to_owned();
        report.team = "Führung; ../etc".to_owned();
        let name = |edition| file_name(&report, edition, Format::Pdf, "2026-Q4");
        assert_eq!(
            name(Edition::Published),
            "A-S-X-y-F-hrung-etc-2026-Q4-report.pdf"
        );
        assert_eq!(
            name(Edition::Draft),
            "A-S-X-y-F-hrung-etc-2026-Q4-draft.pdf"
        );
        report.team = "a".repeat(300);
        assert!(file_name(&report, Edition::Draft, Format::Pdf, "2026-Q4").len() <= 110);
    }
}
