//! A score as a table: one figure a row, for a spreadsheet.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::FileError;
use crate::scoring::{
    Answers, AskFigures, IndexFigures, PositionWords, PriorityFigures, ScoredRound, Spread,
    ThemeCounts, TradeOffFigures,
};

/// Writes a score as CSV (RFC 4180, UTF-8, lines end with CR LF), one figure a row: `part,subject,other,figure,value`.
///
/// `part` is `round`, `index`, a question, `themes`, `findings` or `agenda`; `subject` and `other` say what the figure is of (an executive, a
/// theme, a function, a finding's number), empty where it is of the whole. A figure that is undefined has an empty value. Numbers
/// are not rounded. Text that a spreadsheet could take for a formula begins with an apostrophe.
///
/// `names` are the themes' names by identifier, `mentions` the counts of [`crate::scoring::theme_table`].
pub fn write_table(
    score: &ScoredRound,
    names: &BTreeMap<String, String>,
    mentions: &[ThemeCounts],
    out: impl Write,
) -> Result<(), FileError> {
    let mut table = Table::new(out)?;
    table.round(score)?;
    table.index(&score.index)?;
    table.priorities(&score.questions.priorities)?;
    table.trade_offs(&score.questions.trade_offs)?;
    let stops = &score.questions.stops;
    table.answers("stops", &stops.answers)?;
    table.spread("stops", &stops.spread)?;
    for collision in &stops.collisions {
        let theme = &collision.theme;
        table.add("stops", theme, "", "would_stop_it", collision.stop)?;
        table.add("stops", theme, "", "protect_it", collision.protect)?;
    }
    let successes = &score.questions.successes;
    table.answers("successes", &successes.answers)?;
    table.figure("successes", "measured", successes.measured)?;
    for theme in &successes.conflicting {
        table.add("successes", theme, "", "measures_disagree", true)?;
    }
    for theme in &successes.unmeasured {
        table.add("successes", theme, "", "priority_without_measure", true)?;
    }
    table.asks(&score.questions.asks)?;
    table.themes(names, mentions)?;
    table.findings(score)?;
    table.out.flush().map_err(FileError::Io)
}

/// What a spreadsheet does not take for a formula.
pub(crate) fn formula_safe(text: &str) -> String {
    let risky = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if text.starts_with(risky) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[derive(Serialize)]
struct Row<'a, V> {
    part: &'a str,
    subject: String,
    other: String,
    figure: &'a str,
    value: V,
}

struct Table<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> Table<W> {
    fn new(out: W) -> Result<Self, FileError> {
        let mut out = csv::WriterBuilder::new()
            .has_headers(false)
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        out.write_record(["part", "subject", "other", "figure", "value"])
            .map_err(written)?;
        Ok(Self { out })
    }

    /// A number, a truth or an undefined figure, as it is.
    fn add(
        &mut self,
        part: &str,
        subject: &str,
        other: &str,
        figure: &str,
        value: impl Serialize,
    ) -> Result<(), FileError> {
        let row = Row {
            part,
            subject: formula_safe(subject),
            other: formula_safe(other),
            figure,
            value,
        };
        self.out.serialize(row).map_err(written)
    }

    fn text(
        &mut self,
        part: &str,
        subject: &str,
        figure: &str,
        value: &str,
    ) -> Result<(), FileError> {
        self.add(part, subject, "", figure, formula_safe(value))
    }

    /// A figure of the whole.
    fn figure(&mut self, part: &str, figure: &str, value: impl Serialize) -> Result<(), FileError> {
        self.add(part, "", "", figure, value)
    }

    fn round(&mut self, score: &ScoredRound) -> Result<(), FileError> {
        self.figure("round", "invited", score.invited)?;
        self.figure("round", "responded", score.responded)?;
        let weights = &score.weights;
        self.add("round", "priorities", "", "weight", weights.priorities)?;
        self.add("round", "trade_offs", "", "weight", weights.trade_offs)?;
        self.add("round", "stops", "", "weight", weights.stops)?;
        self.add("round", "successes", "", "weight", weights.successes)?;
        self.add("round", "asks", "", "weight", weights.asks)
    }

    fn index(&mut self, index: &IndexFigures) -> Result<(), FileError> {
        let chance = index.chance.as_ref();
        let missing = index.missing.as_ref();
        let grouping = index.grouping.as_ref();
        for (figure, value) in [
            ("value", index.value),
            ("chance_mean", chance.map(|c| c.mean)),
            ("chance_p95", chance.map(|c| c.p95)),
            ("adjusted", index.adjusted),
            ("ceiling", index.ceiling),
            ("position", index.position),
            ("common_share", index.common_share),
            ("missing_low", missing.map(|m| m.low)),
            ("missing_high", missing.map(|m| m.high)),
            ("grouping_p05", grouping.map(|g| g.p05)),
            ("grouping_p95", grouping.map(|g| g.p95)),
        ] {
            self.figure("index", figure, value)?;
        }
        self.figure("index", "words", index.words.map(PositionWords::as_str))?;
        self.figure("index", "chance_draws", chance.map(|c| c.draws))?;
        self.figure("index", "unconfirmed", grouping.map(|g| g.unconfirmed))?;
        for left in &index.leave_one_out {
            self.add("index", &left.executive, "", "value_without", left.value)?;
        }
        Ok(())
    }

    fn answers(&mut self, part: &str, answers: &Answers) -> Result<(), FileError> {
        self.figure(part, "agreement", answers.agreement)?;
        self.figure(part, "answered", answers.answered)?;
        self.figure(part, "unknown", answers.unknown)
    }

    fn spread(&mut self, part: &str, spread: &Spread) -> Result<(), FileError> {
        self.figure(part, "jaccard", spread.jaccard)?;
        self.figure(part, "jaccard_adjusted", spread.jaccard_adjusted)?;
        self.figure(part, "overlap", spread.overlap)?;
        for (figure, count) in [
            ("lists", spread.lists),
            ("distinct", spread.distinct),
            ("distinct_fewest", spread.distinct_fewest),
            ("distinct_most", spread.distinct_most),
            ("on_every_list", spread.on_every_list),
            ("on_most_lists", spread.on_most_lists),
            ("on_one_list", spread.on_one_list),
        ] {
            self.figure(part, figure, count)?;
        }
        Ok(())
    }

    fn priorities(&mut self, figures: &PriorityFigures) -> Result<(), FileError> {
        self.answers("priorities", &figures.answers)?;
        self.spread("priorities", &figures.spread)?;
        self.figure("priorities", "knows_three", figures.knows_three)?;
        self.figure("priorities", "perceived", figures.perceived)?;
        self.figure("priorities", "measured", figures.measured)
    }

    fn trade_offs(&mut self, figures: &TradeOffFigures) -> Result<(), FileError> {
        self.answers("trade_offs", &figures.answers)?;
        self.figure("trade_offs", "none", figures.none)?;
        self.figure("trade_offs", "opposed_share", figures.opposed_share)?;
        for pair in &figures.pairs {
            self.add("trade_offs", &pair.a, &pair.b, "favour_over", pair.a_over_b)?;
            self.add("trade_offs", &pair.b, &pair.a, "favour_over", pair.b_over_a)?;
        }
        for cycle in &figures.cycles {
            self.text("trade_offs", "", "cycle", &cycle.join(" > "))?;
        }
        Ok(())
    }

    fn asks(&mut self, figures: &AskFigures) -> Result<(), FileError> {
        self.answers("asks", &figures.answers)?;
        for (figure, count) in [
            ("taken_up", figures.taken_up),
            ("unheard", figures.unheard),
            ("colliding", figures.colliding),
            ("unanswered", figures.unanswered),
        ] {
            self.figure("asks", figure, count)?;
        }
        for (figure, matrix) in [
            ("asked", &figures.asked),
            ("collisions", &figures.collisions),
        ] {
            for (from, row) in figures.functions.iter().zip(matrix) {
                for (to, count) in figures.functions.iter().zip(row).filter(|(_, n)| **n > 0) {
                    self.add("asks", from, to, figure, count)?;
                }
            }
        }
        Ok(())
    }

    fn themes(
        &mut self,
        names: &BTreeMap<String, String>,
        mentions: &[ThemeCounts],
    ) -> Result<(), FileError> {
        for counts in mentions {
            let theme = &counts.theme;
            if let Some(name) = names.get(theme) {
                self.text("themes", theme, "name", name)?;
            }
            for (figure, count) in [
                ("priority", counts.priority),
                ("stop", counts.stop),
                ("success", counts.success),
                ("ask", counts.ask),
                ("favoured", counts.favoured),
                ("given_up", counts.given_up),
            ] {
                self.add("themes", theme, "", figure, count)?;
            }
        }
        Ok(())
    }

    fn findings(&mut self, score: &ScoredRound) -> Result<(), FileError> {
        for (at, finding) in score.findings.iter().enumerate() {
            let number = (at + 1).to_string();
            self.add("findings", &number, "", "kind", finding.kind)?;
            self.add("findings", &number, "", "severity", finding.severity)?;
            for theme in &finding.themes {
                self.text("findings", &number, "theme", theme)?;
            }
            for (side, people) in finding.sides.iter().enumerate() {
                let side = (side + 1).to_string();
                self.add("findings", &number, &side, "people", people.len())?;
            }
        }
        for (place, at) in score.agenda.iter().enumerate() {
            let place = (place + 1).to_string();
            self.add("agenda", &place, "", "finding", at + 1)?;
        }
        Ok(())
    }
}

fn written(error: csv::Error) -> FileError {
    FileError::Io(match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // Every row has the same five plain cells.
        other => io::Error::other(format!("{other:?}")),
    })
}
