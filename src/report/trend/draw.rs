//! The trend's drawings. A round is a column; everything is drawn by the server and repeated in a table.

use std::collections::{BTreeMap, BTreeSet};

use crate::scoring::{Question, theme_table};
use crate::survey::Count;
use crate::survey::quarter::Quarter;

use super::super::desk::mentions;
use super::super::figures::{LABEL, question_name, whole};
use super::super::svg::{Anchor, Drawing};
use super::super::view::{Figure, Table};
use super::super::words::{Crowd, number, shorten};
use super::{Basis, Part, Point, TrendMaterial};

/// Most rounds drawn, the latest ones: more columns than this do not fit a phone. The tables have all.
const COLUMNS: usize = 12;
/// Most themes drawn.
const THEMES: usize = 8;
/// Where the columns begin, in per cent: left of it stands the scale.
const MARGIN: f64 = 9.0;
/// Points of the index that a number needs above it.
const ROOM: f64 = 13.0;
/// Half the width of a crossing line, in per cent.
const TICK: f64 = 1.1;

/// Where each round stands across, and what it is called there.
struct Columns<'a> {
    material: &'a TrendMaterial,
    /// Rounds before the first one drawn.
    skipped: usize,
}

impl<'a> Columns<'a> {
    fn new(material: &'a TrendMaterial) -> Self {
        Self {
            material,
            skipped: material.rounds.len().saturating_sub(COLUMNS),
        }
    }

    fn count(&self) -> usize {
        (self.material.rounds.len() - self.skipped).max(1)
    }

    fn width(&self) -> f64 {
        (100.0 - MARGIN) / self.count() as f64
    }

    /// The middle of a round's column; `None` where it is not drawn.
    fn x(&self, place: usize) -> Option<f64> {
        let column = place.checked_sub(self.skipped)?;
        Some(MARGIN + self.width() * (column as f64 + 0.5))
    }

    fn shown(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        (0..self.material.rounds.len()).filter_map(|place| Some((place, self.x(place)?)))
    }

    /// Writes the rounds' names under (or over) the columns: quarter and, where it changes, year; other labels as numbers.
    fn label(&self, drawing: &mut Drawing, y: f64) {
        let mut year = None;
        for (place, x) in self.shown() {
            let label = &self.material.rounds[place].label;
            match label.parse::<Quarter>() {
                Ok(quarter) => {
                    let short = format!("Q{}", quarter.number());
                    drawing.text("cap", x, y, Anchor::Middle, &short);
                    if year != Some(quarter.year()) {
                        year = Some(quarter.year());
                        let year = quarter.year().to_string();
                        drawing.text("cap", x, y + 17.0, Anchor::Middle, &year);
                    }
                }
                Err(_) => {
                    drawing.text("cap", x, y, Anchor::Middle, &(place + 1).to_string());
                }
            }
        }
    }

    /// What the numbers under the columns stand for, and what is not drawn.
    fn explained(&self) -> String {
        let numbered: Vec<String> = self
            .shown()
            .filter(|(place, _)| {
                self.material.rounds[*place]
                    .label
                    .parse::<Quarter>()
                    .is_err()
            })
            .map(|(place, _)| format!("{}: {}", place + 1, self.material.rounds[place].label))
            .collect();
        let key = if numbered.is_empty() {
            String::new()
        } else {
            format!(" {}.", numbered.join(", "))
        };
        let skipped = if self.skipped > 0 {
            format!(
                " The latest {} rounds are drawn; the table has all.",
                number(self.count())
            )
        } else {
            String::new()
        };
        key + &skipped
    }
}

fn head(first: &str, more: &[&str]) -> Vec<String> {
    std::iter::once(first)
        .chain(more.iter().copied())
        .map(String::from)
        .collect()
}

/// A description: the table read out.
fn read_out(table: &Table) -> String {
    table
        .rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = table
                .head
                .iter()
                .zip(row)
                .skip(1)
                .map(|(head, cell)| format!("{head}: {cell}"))
                .collect();
            format!(
                "{}: {}.",
                row.first().map_or("", String::as_str),
                cells.join(", ")
            )
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The index of each round between what chance would give and the best its lists allow. `None` without any index.
pub(super) fn index(material: &TrendMaterial, points: &[Point<'_>]) -> Option<Figure> {
    if points.iter().all(|p| p.index.is_none()) {
        return None;
    }
    let columns = Columns::new(material);
    let dash = || "–".to_owned();
    let table = Table {
        caption: "The index of each round in figures".to_owned(),
        head: head("Round", &["Index", "Chance", "Best possible"]),
        rows: material
            .rounds
            .iter()
            .map(|round| match &round.part {
                Part::Counted(counted) => {
                    let index = &counted.score.index;
                    let chance = index.chance.as_ref().map(|chance| chance.mean);
                    let mut row = vec![round.label.clone()];
                    row.extend(
                        [index.value, chance, index.ceiling]
                            .map(|value| value.map_or_else(dash, whole)),
                    );
                    row
                }
                Part::LeftOut(_) => vec![round.label.clone(), dash(), dash(), dash()],
            })
            .collect(),
    };
    let (top, tall) = (24.0, 208.0);
    let y = |value: f64| top + tall * (1.0 - value.clamp(0.0, 100.0) / 100.0);
    let mut drawing = Drawing::new(
        "trend-index",
        "The coherence index of each round, from 0 to 100",
        &read_out(&table),
        286,
    );
    for value in [0.0, 50.0, 100.0] {
        drawing.line("grid", (MARGIN, y(value)), (100.0, y(value)));
        let name = whole(value);
        drawing.text("cap", 0.0, y(value) + 4.0, Anchor::Start, &name);
    }
    for point in points {
        let figures = &point.counted.score.index;
        let (Some(x), Some(chance), Some(best)) = (
            columns.x(point.place),
            figures.chance.as_ref().map(|c| c.mean),
            figures.ceiling,
        ) else {
            continue;
        };
        drawing.line("reach", (x, y(chance)), (x, y(best)));
        for end in [chance, best] {
            drawing.line("end", (x - TICK, y(end)), (x + TICK, y(end)));
        }
        drawing.text("cap", x, y(best) - 5.0, Anchor::Middle, &whole(best));
        drawing.text("cap", x, y(chance) + 14.0, Anchor::Middle, &whole(chance));
    }
    let mut others = false;
    for pair in points.windows(2) {
        let at = |p: &Point<'_>| Some((columns.x(p.place)?, y(p.index?)));
        if let (Some(from), Some(to)) = (at(&pair[0]), at(&pair[1])) {
            let same = super::people(&pair[0]) == super::people(&pair[1]);
            others |= !same;
            drawing.line(if same { "path" } else { "path others" }, from, to);
        }
    }
    let mut preliminary = false;
    for point in points {
        let (Some(x), Some(value)) = (columns.x(point.place), point.index) else {
            continue;
        };
        let open = matches!(point.counted.basis, Basis::Preliminary { .. });
        preliminary |= open;
        drawing.circle(
            if open { "last" } else { "side-a" },
            x,
            0.0,
            y(value),
            if open { 6.0 } else { 6.5 },
        );
        // Below the point where the number of the best would be in the way.
        let best = point.counted.score.index.ceiling;
        let crowded = best.is_some_and(|best| (best - value).abs() < ROOM);
        let at = y(value) + if crowded { 23.0 } else { -13.0 };
        drawing.text("val", x, at, Anchor::Middle, &whole(value));
    }
    let mut missing = false;
    for (place, x) in columns.shown() {
        if matches!(material.rounds[place].part, Part::LeftOut(_)) {
            missing = true;
            drawing.text("cap", x, y(0.0) - 6.0, Anchor::Middle, "none");
        }
    }
    columns.label(&mut drawing, y(0.0) + 22.0);
    let mut caption =
        "The grey bar of a round runs from what chance would give to the best that its lists allow."
            .to_owned();
    if others {
        caption.push_str(" A broken line: not the same people answered both rounds.");
    }
    if preliminary {
        caption.push_str(" A ring: preliminary, the report is not published.");
    }
    if missing {
        caption.push_str(" “none”: the round is not on the line; the list below says why.");
    }
    caption.push_str(&columns.explained());
    Some(Figure {
        svg: drawing.finish(),
        caption,
        table,
    })
}

/// The agreement of each question in each round: a row of columns a question.
pub(super) fn agreements(material: &TrendMaterial, points: &[Point<'_>]) -> Option<Figure> {
    let columns = Columns::new(material);
    let agreement = |p: &Point<'_>, q| p.counted.score.questions.agreement(q).map(|v| v * 100.0);
    if Question::ALL
        .iter()
        .all(|q| points.iter().all(|p| agreement(p, *q).is_none()))
    {
        return None;
    }
    let labels: Vec<&str> = points.iter().map(|p| p.round.label.as_str()).collect();
    let table = Table {
        caption: "The agreements in figures".to_owned(),
        head: head("Question", &labels),
        rows: Question::ALL
            .into_iter()
            .map(|question| {
                let mut row = vec![question_name(question).to_owned()];
                row.extend(
                    points
                        .iter()
                        .map(|p| agreement(p, question).map_or_else(|| "–".to_owned(), whole)),
                );
                row
            })
            .collect(),
    };
    let (step, tall) = (104.0, 48.0);
    let mut drawing = Drawing::new(
        "trend-questions",
        "Agreement in each question and round, of 100",
        &read_out(&table),
        5 * 104 + 34,
    );
    let width = (columns.width() * 0.56).min(9.0);
    for (i, question) in Question::ALL.into_iter().enumerate() {
        let floor = step * i as f64 + 92.0;
        let name = question_name(question);
        drawing.text("lab", 0.0, floor - 78.0, Anchor::Start, name);
        for point in points {
            let (Some(x), Some(value)) = (columns.x(point.place), agreement(point, question))
            else {
                continue;
            };
            let height = (tall * value / 100.0).max(1.0);
            drawing.bar("back", x - width / 2.0, floor - tall, width, tall);
            drawing.bar("level", x - width / 2.0, floor - height, width, height);
            let name = whole(value);
            drawing.text("cap", x, floor - tall - 4.0, Anchor::Middle, &name);
        }
        drawing.line("ax", (MARGIN, floor), (100.0, floor));
    }
    columns.label(&mut drawing, step * 4.0 + 92.0 + 18.0);
    let mut caption = "How alike two people’s answers are on average: 0 when they share nothing, 100 when they are the same. One question rests on few statements, so it moves more by luck than the index does.".to_owned();
    caption.push_str(&columns.explained());
    Some(Figure {
        svg: drawing.finish(),
        caption,
        table,
    })
}

/// How many lists a theme is on in one round, as far as that may be said.
#[derive(Clone, Copy)]
struct Cell {
    crowd: Crowd,
    named: usize,
    /// Whether so few mention the theme that not even that may be said.
    hidden: bool,
}

impl Cell {
    fn words(self) -> String {
        if self.hidden {
            "two at most".to_owned()
        } else {
            self.crowd.short(self.named)
        }
    }

    fn seen(self) -> bool {
        !self.hidden && self.named > 0
    }
}

/// The priorities of each round as a flow: where a theme begins, goes on and ends. Counts are of everybody who answered. `None` without a theme that may be shown.
pub(super) fn flow(material: &TrendMaterial, points: &[Point<'_>]) -> Option<Figure> {
    let mut rows: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for (nth, point) in points.iter().enumerate() {
        let coded = &point.counted.coded;
        let crowd = Crowd::new(point.round.promise, coded.responses().len());
        let guarded = !point.round.promise.attribution.report_names_people();
        let mentions = mentions(coded);
        let cell = |theme: &str, named| Cell {
            crowd,
            named,
            hidden: guarded && mentions.get(theme).map_or(0, BTreeSet::len) <= 2,
        };
        for counts in theme_table(coded) {
            rows.entry(counts.theme).or_default();
        }
        let here: BTreeMap<String, usize> = theme_table(coded)
            .into_iter()
            .map(|counts| (counts.theme, counts.priority))
            .collect();
        for (theme, cells) in &mut rows {
            // A theme of a later round was nobody's before.
            while cells.len() < nth {
                let earlier = &points[cells.len()];
                cells.push(Cell {
                    crowd: Crowd::new(
                        earlier.round.promise,
                        earlier.counted.coded.responses().len(),
                    ),
                    named: 0,
                    hidden: !earlier.round.promise.attribution.report_names_people(),
                });
            }
            cells.push(cell(theme, here.get(theme).copied().unwrap_or(0)));
        }
    }
    let most = |cells: &[Cell]| {
        cells
            .iter()
            .filter(|cell| cell.seen())
            .map(|cell| cell.named)
            .max()
            .unwrap_or(0)
    };
    let mut rows: Vec<(String, Vec<Cell>)> = rows
        .into_iter()
        // Only themes that some round may count: a row of rings would tell little, and of few.
        .filter(|(_, cells)| {
            cells
                .iter()
                .any(|cell| cell.seen() && cell.crowd.count(cell.named) != Count::OneOrTwo)
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let last = |cells: &[Cell]| cells.last().filter(|c| c.seen()).map_or(0, |c| c.named);
    rows.sort_by_key(|(theme, cells)| {
        (
            std::cmp::Reverse(most(cells)),
            std::cmp::Reverse(last(cells)),
            theme.clone(),
        )
    });
    let labels: Vec<&str> = points.iter().map(|p| p.round.label.as_str()).collect();
    let table = Table {
        caption: "Priorities in figures".to_owned(),
        head: head("Priority", &labels),
        rows: rows
            .iter()
            .map(|(theme, cells)| {
                let mut row = vec![material.title(theme)];
                row.extend(cells.iter().map(|cell| cell.words()));
                row
            })
            .collect(),
    };
    let more = rows.len().saturating_sub(THEMES);
    rows.truncate(THEMES);
    Some(drawn_flow(material, points, &rows, more, table))
}

fn drawn_flow(
    material: &TrendMaterial,
    points: &[Point<'_>],
    rows: &[(String, Vec<Cell>)],
    more: usize,
    table: Table,
) -> Figure {
    let columns = Columns::new(material);
    let step = 64.0;
    let mut drawing = Drawing::new(
        "trend-priorities",
        "Priorities from round to round",
        &read_out(&table),
        rows.len() * 64 + 44,
    );
    for (i, (theme, cells)) in rows.iter().enumerate() {
        let y = step * i as f64 + 42.0;
        let name = shorten(&material.title(theme), LABEL);
        drawing.text("lab", 0.0, y - 26.0, Anchor::Start, &name);
        drawing.line("grid", (MARGIN, y), (100.0, y));
        let placed: Vec<(f64, Cell)> = points
            .iter()
            .zip(cells)
            .filter_map(|(point, cell)| Some((columns.x(point.place)?, *cell)))
            .collect();
        for pair in placed.windows(2) {
            if pair[0].1.seen() && pair[1].1.seen() {
                drawing.line("path", (pair[0].0, y), (pair[1].0, y));
            }
        }
        for (x, cell) in placed {
            if !cell.seen() {
                continue;
            }
            match cell.crowd.count(cell.named) {
                Count::None => {}
                Count::OneOrTwo => drawing.pill("few", x, -9.0, y, 18.0),
                Count::NearlyAll => drawing.pill("few-now", x, -13.0, y, 26.0),
                Count::Exactly(k) | Count::All(k) => {
                    drawing.circle("side-a", x, 0.0, y, 11.0);
                    drawing.text("inside", x, y + 4.5, Anchor::Middle, &k.to_string());
                }
            }
        }
    }
    columns.label(&mut drawing, step * rows.len() as f64 + 12.0);
    let mut caption = "The number in a circle: on how many lists of that round the priority is. A small ring: one or two; a long full one: nearly all; nothing: nobody, or too few to say. A line: the priority goes on.".to_owned();
    if more > 0 {
        let more = format!(" The table has {} more.", number(more));
        caption.push_str(&more);
    }
    caption.push_str(&columns.explained());
    Figure {
        svg: drawing.finish(),
        caption,
        table,
    }
}
