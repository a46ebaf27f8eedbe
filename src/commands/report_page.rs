//! The report of a round from a file, as one HTML page that needs neither a server nor another file.

use std::collections::BTreeSet;

use minijinja::context;
use minijinja::value::Serde;

use super::Failure;
use crate::app;
use crate::exchange::RoundFile;
use crate::report::{ConsultantReport, Facts, Material};
use crate::scoring::{CodedRound, ScoredRound};
use crate::survey::{Attribution, Promise};

/// The style sheets of the report's page, which a file has to bring along.
const STYLES: [&str; 2] = [
    include_str!("../../assets/app.css"),
    include_str!("../../assets/report.css"),
];

/// Renders the consultant's report. The file does not say what its authors allowed, so the most guarded promise holds: nobody is
/// named and nobody is quoted.
pub(super) fn render(
    round: &RoundFile,
    coded: CodedRound,
    score: ScoredRound,
) -> Result<String, Failure> {
    let material = Material {
        facts: Facts {
            organisation: String::new(),
            team: round.team.clone(),
            label: round.round.clone(),
            period: None,
            invited: coded.invited(),
            responded: coded.responses().len(),
            statements: coded.statements(),
        },
        promise: Promise {
            attribution: Attribution::Confidential,
            retention_months: Promise::RETENTION_MONTHS,
        },
        theme_names: round.theme_names(),
        unreleased_names: BTreeSet::new(),
        quotes: Vec::new(),
        people: None,
        previous: None,
        debrief: None,
        unconfirmed: score.index.grouping.map_or(0, |g| g.unconfirmed),
        coders: None,
        settled: true,
        coded,
        score,
    };
    let report = ConsultantReport::build(&material).map_err(|too_few| {
        Failure::Input(format!(
            "{too_few} --report json and --report csv give the figures"
        ))
    })?;
    let broken =
        |error: minijinja::Error| Failure::Other(format!("the page cannot be made: {error:#}"));
    app::templates()
        .map_err(broken)?
        .get_template("report/file.html")
        .map_err(broken)?
        .render(context! {
            report => Serde(&report),
            // One piece, since the pages of the server must not hold a style of their own.
            styles => format!("<style>{}</style>", STYLES.concat()),
        })
        .map_err(broken)
}
