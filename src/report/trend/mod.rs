//! All rounds of a team on one page, by the rules of the client's report: nothing here tells anybody apart who was
//! not promised to be named.

mod draw;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::scoring::{CodedRound, LUCK_OF_WORDING, ScoredRound};
use crate::survey::Promise;

use super::Period;
use super::sections::chapter;
use super::since::Since;
use super::view::{Block, Section};
use super::words::{days, number};

/// A round of the team, as the trend takes it.
#[derive(Clone, Debug)]
pub struct TrendRound {
    /// Its label, usually a quarter such as `2026-Q4`.
    pub label: String,
    /// When it was open.
    pub period: Option<Period>,
    /// What its executives were promised.
    pub promise: Promise,
    /// Those asked, by keys that stay the same from round to round. Only their number is shown.
    pub asked: BTreeSet<String>,
    /// How many of them answered.
    pub answered: usize,
    /// What it adds to the line.
    pub part: Part,
}

/// Whether a round is a point on the line.
#[derive(Clone, Debug)]
pub enum Part {
    /// It is.
    Counted(Box<Counted>),
    /// It is not.
    LeftOut(LeftOut),
}

/// A round that counts.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Its answers under the codebook as it stands now.
    pub coded: CodedRound,
    /// Their score.
    pub score: ScoredRound,
    /// What the score is made from.
    pub basis: Basis,
}

/// What a round's figures are made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The score that was published.
    Published,
    /// The codings that were published, scored anew because themes in use were merged since.
    Recomputed,
    /// Codings that may still change; so many of them nobody has confirmed.
    Preliminary {
        /// How many.
        unconfirmed: usize,
    },
}

/// Why a round is no point on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Fewer than four answered.
    TooFew,
    /// The reader was given access after it had opened.
    CameLater,
    /// The reader is coding it blind, or the round it is compared with.
    Blind,
    /// Its answers were deleted before a report was published.
    Deleted,
}

/// A theme that went into another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Identifier of the theme that ended.
    pub from: String,
    /// Identifier of the theme it counts as now.
    pub into: String,
}

/// Everything the trend is made from.
#[derive(Clone, Debug)]
pub struct TrendMaterial {
    /// The consultant's client.
    pub organisation: String,
    /// The team asked.
    pub team: String,
    /// The rounds that have closed, the earliest first.
    pub rounds: Vec<TrendRound>,
    /// Names of themes by identifier, merged ones included.
    pub theme_names: BTreeMap<String, String>,
    /// Themes whose name is a sentence that its author did not release.
    pub unreleased_names: BTreeSet<String>,
    /// What was merged since rounds on the line were published.
    pub merges: Vec<Merge>,
}

/// From one round on the line to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which two.
    pub title: String,
    /// Who came and went.
    pub people: String,
    /// The change of those who answered both.
    pub change: String,
    /// Their priorities kept, new and dropped; empty with too few of them.
    pub moves: Vec<String>,
    /// What is left out, and why; may be empty.
    pub note: String,
}

/// The page: finished sentences and drawings.
#[derive(Clone, Debug, Serialize)]
pub struct Trend {
    /// The consultant's client.
    pub organisation: String,
    /// The team.
    pub team: String,
    /// The way the team has gone, in a sentence.
    pub headline: String,
    /// What to keep in mind about it.
    pub lead: String,
    /// How many rounds are on the line.
    pub points: usize,
    /// Index, agreements and priorities over all rounds; empty below two points.
    pub sections: Vec<Section>,
    /// The steps, the latest first.
    pub steps: Vec<Step>,
    /// Every round that has closed, and what it adds.
    pub rounds: Section,
}

/// A round on the line, with its place among those that have closed.
struct Point<'a> {
    place: usize,
    round: &'a TrendRound,
    counted: &'a Counted,
    index: Option<f64>,
}

impl TrendMaterial {
    fn points(&self) -> Vec<Point<'_>> {
        self.rounds
            .iter()
            .enumerate()
            .filter_map(|(place, round)| match &round.part {
                Part::Counted(counted) => Some(Point {
                    place,
                    round,
                    index: counted.score.index.value,
                    counted,
                }),
                Part::LeftOut(_) => None,
            })
            .collect()
    }

    /// Whether two points may be compared. Not across a round that the reader codes blind: once that is done, its own
    /// two steps are there, and this one could be subtracted from them.
    fn neighbours(&self, before: &Point<'_>, after: &Point<'_>) -> bool {
        !self.rounds[before.place..after.place]
            .iter()
            .any(|round| matches!(round.part, Part::LeftOut(LeftOut::Blind)))
    }

    /// How many rounds are on the line: two make a trend.
    pub fn counted(&self) -> usize {
        self.points().len()
    }

    /// The latest round on the line and its figures.
    pub(crate) fn latest(&self) -> Option<(&TrendRound, &Counted)> {
        self.points().last().map(|p| (p.round, p.counted))
    }

    /// What the same people changed in the latest step; `None` without one, or with too few of them.
    pub(crate) fn latest_change(&self) -> Option<String> {
        match self.points().as_slice() {
            [.., before, after] if self.neighbours(before, after) => {
                since(before, after).map(|since| since.sentence())
            }
            _ => None,
        }
    }

    /// A theme's name, for this page.
    fn title(&self, theme: &str) -> String {
        if let Some(nth) = self
            .unreleased_names
            .iter()
            .position(|unnamed| unnamed == theme)
        {
            return format!("Unnamed theme {}", nth + 1);
        }
        self.theme_names
            .get(theme)
            .map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "A theme without a name".to_owned())
    }
}

fn since(before: &Point<'_>, after: &Point<'_>) -> Option<Since> {
    Since::between(
        &before.round.label,
        (&before.counted.coded, before.round.promise),
        (&after.counted.coded, after.round.promise),
    )
}

impl Trend {
    /// Turns the rounds into the page. Below two points on the line it says what is missing.
    pub fn build(material: &TrendMaterial) -> Self {
        let points = material.points();
        let (headline, lead, sections) = if points.len() < 2 {
            let (headline, lead) = words::too_short(&points);
            (headline, lead, Vec::new())
        } else {
            (
                words::headline(&points),
                words::lead(&points),
                sections(material, &points),
            )
        };
        let mut steps: Vec<Step> = points
            .windows(2)
            .filter(|pair| material.neighbours(&pair[0], &pair[1]))
            .map(|pair| words::step(material, &pair[0], &pair[1]))
            .collect();
        steps.reverse();
        Self {
            organisation: material.organisation.clone(),
            team: material.team.clone(),
            headline,
            lead,
            points: points.len(),
            sections,
            steps,
            rounds: rounds(material),
        }
    }
}

/// The pseudonyms of those who answered.
fn people<'a>(point: &Point<'a>) -> BTreeSet<&'a str> {
    point
        .counted
        .coded
        .responses()
        .iter()
        .map(|r| r.executive.as_str())
        .collect()
}

fn sections(material: &TrendMaterial, points: &[Point<'_>]) -> Vec<Section> {
    let mut index = vec![Block::text(format!(
        "A difference of less than about {} points is what the luck of wording gives the same team.",
        number(LUCK_OF_WORDING as usize)
    ))];
    index.extend(draw::index(material, points).map(|figure| Block::Figure { figure }));
    let mut agreements = vec![Block::text(words::movers(points))];
    agreements.extend(draw::agreements(material, points).map(|figure| Block::Figure { figure }));
    let mut priorities = Vec::new();
    match draw::flow(material, points) {
        Some(drawn) => priorities.push(Block::Figure { figure: drawn }),
        None => priorities.push(Block::text(
            "No priority was named by so many that it may be shown.",
        )),
    }
    vec![
        chapter("index", "The index over all rounds", index),
        chapter(
            "questions",
            "Agreement in each question over all rounds",
            agreements,
        ),
        chapter("priorities", "Priorities over all rounds", priorities),
    ]
}

fn rounds(material: &TrendMaterial) -> Section {
    let items = material
        .rounds
        .iter()
        .map(|round| {
            let when = round
                .period
                .map_or_else(String::new, |period| format!(", {}", days(period)));
            let what = match &round.part {
                Part::Counted(counted) => words::basis(counted),
                Part::LeftOut(reason) => words::why(round, *reason),
            };
            format!(
                "{}{when}: {} of {} answered. {what}",
                round.label,
                number(round.answered),
                number(round.asked.len())
            )
        })
        .collect();
    let mut blocks = vec![Block::List { items }];
    if !material.merges.is_empty() {
        blocks.push(Block::text(
            "Themes were merged after a report had been published. This page takes every round by the codebook as it stands now, so that a merge does not look like a change; the published reports stay as they were.",
        ));
        blocks.push(Block::List {
            items: material
                .merges
                .iter()
                .map(|merge| {
                    format!(
                        "“{}” counts as “{}”.",
                        material.title(&merge.from),
                        material.title(&merge.into)
                    )
                })
                .collect(),
        });
    }
    blocks.push(Block::note(
        "Counts are said as in the client’s report. Where a report names nobody, themes that one or two people mention are not told from those nobody mentions.",
    ));
    chapter("rounds", "What each round adds", blocks)
}
