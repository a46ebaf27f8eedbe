//! The report's drawings. Nothing is drawn more exactly than it may be said.

mod asks;
mod axes;
mod flow;
mod illusion;
mod scale;
mod strip;

use crate::scoring::{Question, ScoredRound};
use crate::survey::Count;

use super::svg::{Anchor, Drawing};
use super::view::{Figure, Table};
use super::words::Crowd;

pub(crate) use asks::{Asking, asked, asking};
pub(crate) use axes::axes;
pub(crate) use flow::{Band, Course, flow};
pub(crate) use illusion::illusion;
pub(crate) use scale::scale;
pub(crate) use strip::strip;

/// Longest label in a drawing, in characters; the table behind it has the whole.
pub(crate) const LABEL: usize = 38;
/// Most people drawn as circles on one side.
const CIRCLES: usize = 8;

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

pub(crate) fn held_at(x: f64) -> Anchor {
    match x {
        x if x < 25.0 => Anchor::Start,
        x if x > 75.0 => Anchor::End,
        _ => Anchor::Middle,
    }
}

/// A whole number, without a minus before nothing.
pub(crate) fn whole(value: f64) -> String {
    format!("{}", value.round() as i64)
}

/// What each question is called in tables.
pub(crate) fn question_name(question: Question) -> &'static str {
    match question {
        Question::Priorities => "Priorities",
        Question::TradeOffs => "Trade-offs",
        Question::Stops => "What would stop",
        Question::Successes => "Success",
        Question::Asks => "Asks between functions",
    }
}

/// The agreement of each question as a bar.
pub(crate) fn agreement(score: &ScoredRound) -> Figure {
    let figures = Question::ALL.map(|q| (question_name(q), score.questions.agreement(q)));
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|(name, value)| {
            vec![
                (*name).to_owned(),
                value.map_or_else(|| "nothing to compare".to_owned(), |v| whole(v * 100.0)),
            ]
        })
        .collect();
    let said: Vec<String> = rows
        .iter()
        .map(|r| format!("{}: {}.", r[0], r[1]))
        .collect();
    let mut drawing = Drawing::new(
        "agreement",
        "Agreement in each question, of 100",
        &said.join(" "),
        5 * 44,
    );
    for (i, (name, value)) in figures.iter().enumerate() {
        let y = 44.0 * i as f64;
        drawing.text("lab", 0.0, y + 14.0, Anchor::Start, name);
        drawing.text("lab", 100.0, y + 14.0, Anchor::End, &rows[i][1]);
        drawing.bar("track", 0.0, y + 22.0, 100.0, 10.0);
        drawing.bar("level", 0.0, y + 22.0, value.unwrap_or(0.0) * 100.0, 10.0);
    }
    Figure {
        svg: drawing.finish(),
        caption: "How alike two people’s answers are on average: 0 when they share nothing, 100 when they are the same.".to_owned(),
        table: Table { caption: "Agreement in figures".to_owned(), head: row(&["Question", "Of 100"]), rows },
    }
}

/// People on one side of an axis, counted inwards from its end.
fn stand(
    drawing: &mut Drawing,
    crowd: Crowd,
    k: usize,
    (x, inwards): (f64, f64),
    y: f64,
    class: &str,
) {
    let ring = |width: f64| if inwards > 0.0 { 8.0 } else { -8.0 - width };
    match crowd.count(k) {
        Count::None => {}
        Count::OneOrTwo => drawing.pill("few", x, ring(36.0), y, 36.0),
        Count::NearlyAll => drawing.pill("few", x, ring(130.0), y, 130.0),
        Count::Exactly(k) | Count::All(k) if k <= CIRCLES => {
            for i in 0..k {
                drawing.circle(class, x, inwards * (16.0 + 18.0 * i as f64), y, 7.0);
            }
        }
        Count::Exactly(_) | Count::All(_) => drawing.pill(class, x, ring(130.0), y, 130.0),
    }
}

/// A number of people for a length: one that is not said exactly counts as the middle of what it may be.
pub(super) fn middle(crowd: Crowd, k: usize) -> f64 {
    let n = crowd.size() as f64;
    match crowd.count(k) {
        Count::None => 0.0,
        Count::OneOrTwo => 1.5,
        Count::NearlyAll => n - 1.5,
        Count::Exactly(k) | Count::All(k) => k as f64,
    }
}
