//! All rounds of a team on one page, by the rules of the client's report: nothing here tells anybody apart who was
//! not promised to be named.

mod draw;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::scoring::{CodedRound, IndexFigures, LUCK_OF_WORDING, Question, ScoredRound};
use crate::survey::Promise;
use crate::survey::quarter::Quarter;

use super::Period;
use super::desk::mentions;
use super::since::{Since, so_many_answers};
use super::view::{Block, Figure, Section};
use super::words::{capital, days, list, number, several, the_round};

/// A smaller move between chance and best, of 1, is none.
const NO_MOVE: f64 = 0.05;

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
            let (headline, lead) = too_short(&points);
            (headline, lead, Vec::new())
        } else {
            (
                headline(&points),
                lead(&points),
                sections(material, &points),
            )
        };
        let mut steps: Vec<Step> = points
            .windows(2)
            .filter(|pair| material.neighbours(&pair[0], &pair[1]))
            .map(|pair| step(material, &pair[0], &pair[1]))
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

fn too_short(points: &[Point<'_>]) -> (String, String) {
    match points {
        [] => (
            "No round counts yet.".to_owned(),
            format!(
                "A round counts once it has closed with the answers of at least {}.",
                number(Promise::FEWEST_RESPONSES)
            ),
        ),
        _ => (
            "One round counts so far.".to_owned(),
            "A trend needs two. When the next round has closed, this page sets it beside the first."
                .to_owned(),
        ),
    }
}

/// "the last four quarters" where they follow each other, else "the last four rounds".
fn span(points: &[Point<'_>]) -> String {
    let quarters: Option<Vec<Quarter>> =
        points.iter().map(|p| p.round.label.parse().ok()).collect();
    let in_a_row = quarters.is_some_and(|q| q.windows(2).all(|two| two[0].next() == two[1]));
    // Without "the last", "over three quarters of the team" could be heard.
    format!(
        "the last {} {}",
        number(points.len()),
        if in_a_row { "quarters" } else { "rounds" }
    )
}

/// The whole way in a sentence, no more exact than the luck of wording lets it be.
fn headline(points: &[Point<'_>]) -> String {
    let known: Vec<(&Point<'_>, f64)> = points
        .iter()
        .filter_map(|p| p.index.map(|index| (p, index)))
        .collect();
    let [(first, before), .., (last, after)] = known.as_slice() else {
        return format!(
            "Over {} the answers do not allow an index to compare.",
            span(points)
        );
    };
    let over = format!("Over {}", span(points));
    let moved = after - before;
    let position = |p: &Point<'_>| p.counted.score.index.position;
    // A longer or shorter list moves the index by itself: what it can be at best moves too.
    let as_far = match (position(first), position(last)) {
        (Some(a), Some(b)) => (b - a) * moved.signum() >= NO_MOVE,
        _ => true,
    };
    let turned = |best: bool| {
        let inner = &known[1..known.len() - 1];
        let sign = if best { 1.0 } else { -1.0 };
        inner
            .iter()
            .max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
            .filter(|(_, index)| {
                sign * (index - before) >= LUCK_OF_WORDING
                    && sign * (index - after) >= LUCK_OF_WORDING
            })
            .map(|(p, _)| the_round(&p.round.label))
    };
    let turn = match (turned(true), turned(false)) {
        (Some(high), _) => format!(" It was closest in {high}."),
        (None, Some(low)) => format!(" It was furthest apart in {low}."),
        _ => String::new(),
    };
    let common = common(&first.counted.score.index, &last.counted.score.index);
    if moved.abs() < LUCK_OF_WORDING {
        format!(
            "{over} the team is about where it was: what moved is less than the luck of wording can move.{turn}"
        )
    } else if !as_far {
        format!(
            "{over} the index has moved, but only as far as lists of other lengths move it: between chance and best the team is about where it was.{turn}"
        )
    } else if moved > 0.0 {
        format!("{over} the team has come closer together{common}.{turn}")
    } else {
        format!("{over} the team has moved further apart{common}.{turn}")
    }
}

/// ": from about three in ten answers on a common agenda to about six in ten"; empty where that is not known or the
/// same.
fn common(first: &IndexFigures, last: &IndexFigures) -> String {
    match (
        first.common_share.map(so_many_answers),
        last.common_share.map(so_many_answers),
    ) {
        (Some(then), Some(now)) if then != now => {
            let now = now
                .trim_end_matches(" of the answers")
                .trim_end_matches(" answers");
            format!(": from {then} on a common agenda to {now}")
        }
        _ => String::new(),
    }
}

/// How far the line can be trusted: who was there throughout, and that the points are not all the same people's.
fn lead(points: &[Point<'_>]) -> String {
    let mut everywhere: Option<BTreeSet<&str>> = None;
    let mut anywhere: BTreeSet<&str> = BTreeSet::new();
    for point in points {
        let here: BTreeSet<&str> = people(point);
        anywhere.extend(&here);
        everywhere = Some(match everywhere {
            None => here,
            Some(before) => before.intersection(&here).copied().collect(),
        });
    }
    let always = everywhere.map_or(0, |people| people.len());
    if always == anywhere.len() {
        return format!("The same {} people answered every time.", number(always));
    }
    let who = match always {
        0 => "Nobody answered".to_owned(),
        1 => "One person answered".to_owned(),
        n => format!("{} people answered", capital(&number(n))),
    };
    format!(
        "{who} every time; {} others answered some of the rounds. So the line is the team’s as it was each time, and what the same people did is said step by step below.",
        number(anywhere.len() - always)
    )
    .replace("one others", "one other")
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

/// Who came and went between two rounds, in numbers.
fn composition(before: &TrendRound, after: &TrendRound) -> String {
    let joined = after.asked.difference(&before.asked).count();
    let left = before.asked.difference(&after.asked).count();
    match (joined, left) {
        (0, 0) => format!("The same {} people were asked.", number(after.asked.len())),
        (joined, 0) => format!("{} joined and nobody left.", capital(&number(joined))),
        (0, left) => format!("Nobody joined and {} left.", number(left)),
        (joined, left) => format!(
            "{} joined and {} left.",
            capital(&number(joined)),
            number(left)
        ),
    }
}

fn step(material: &TrendMaterial, before: &Point<'_>, after: &Point<'_>) -> Step {
    let both = people(before).intersection(&people(after)).count();
    let title = format!(
        "From {} to {}",
        the_round(&before.round.label),
        the_round(&after.round.label)
    );
    let answered = match both {
        0 => "Nobody answered both times.".to_owned(),
        1 => "One person answered both times.".to_owned(),
        n => format!("{} people answered both times.", capital(&number(n))),
    };
    let people = format!("{} {answered}", composition(before.round, after.round));
    let Some(since) = since(before, after) else {
        return Step {
            title,
            people,
            change: format!(
                "Of fewer than {} people nothing more is said.",
                number(Promise::FEWEST_RESPONSES)
            ),
            moves: Vec::new(),
            note: String::new(),
        };
    };
    let mentions = mentions(&after.counted.coded);
    let mut note = Vec::new();
    if !since.open() {
        note.push("Not everybody answered both times: the index of the same people is left out, because beside the team’s it would show what the others said.");
    }
    if matches!(after.counted.basis, Basis::Preliminary { .. })
        || matches!(before.counted.basis, Basis::Preliminary { .. })
    {
        note.push("Preliminary: statements can still be sorted.");
    }
    Step {
        title,
        people,
        change: since.sentence(),
        moves: since.moves(
            |theme| mentions.get(theme).map_or(0, BTreeSet::len),
            |theme| material.title(theme),
        ),
        note: note.join(" "),
    }
}

fn figure(figure: Option<Figure>) -> Option<Block> {
    figure.map(|figure| Block::Figure { figure })
}

fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    super::sections::chapter(id, title, blocks)
}

fn sections(material: &TrendMaterial, points: &[Point<'_>]) -> Vec<Section> {
    let mut index = vec![Block::text(format!(
        "A difference of less than about {} points is what the luck of wording gives the same team.",
        number(LUCK_OF_WORDING as usize)
    ))];
    index.extend(figure(draw::index(material, points)));
    let mut agreements = vec![Block::text(movers(points))];
    agreements.extend(figure(draw::agreements(material, points)));
    let mut priorities = Vec::new();
    match draw::flow(material, points) {
        Some(drawn) => priorities.push(Block::Figure { figure: drawn }),
        None => priorities.push(Block::text(
            "No priority was named by so many that it may be shown.",
        )),
    }
    vec![
        section("index", "The index over all rounds", index),
        section(
            "questions",
            "Agreement in each question over all rounds",
            agreements,
        ),
        section("priorities", "Priorities over all rounds", priorities),
    ]
}

/// Which questions have moved most from the first to the last round, without more precision than a direction.
fn movers(points: &[Point<'_>]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let agreement = |p: &Point<'_>, q| p.counted.score.questions.agreement(q);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for question in Question::ALL {
        let (Some(a), Some(b)) = (agreement(first, question), agreement(last, question)) else {
            continue;
        };
        let name = in_sentence(question).to_owned();
        // One question rests on fewer statements than all five: twice the luck of the index.
        if (b - a) * 100.0 >= 2.0 * LUCK_OF_WORDING {
            up.push(name);
        } else if (a - b) * 100.0 >= 2.0 * LUCK_OF_WORDING {
            down.push(name);
        }
    }
    match (up.is_empty(), down.is_empty()) {
        (true, true) => {
            "From the first round to the last, no question has moved by much.".to_owned()
        }
        (false, true) => format!(
            "From the first round to the last, answers have come closer in {}.",
            list(&up)
        ),
        (true, false) => format!(
            "From the first round to the last, answers have moved apart in {}.",
            list(&down)
        ),
        (false, false) => format!(
            "From the first round to the last, answers have come closer in {} and moved apart in {}.",
            list(&up),
            list(&down)
        ),
    }
}

const fn in_sentence(question: Question) -> &'static str {
    match question {
        Question::Priorities => "priorities",
        Question::TradeOffs => "trade-offs",
        Question::Stops => "what would stop",
        Question::Successes => "success",
        Question::Asks => "asks between functions",
    }
}

/// Why a round is no point, in a sentence.
fn why(round: &TrendRound, reason: LeftOut) -> String {
    match reason {
        LeftOut::TooFew => format!(
            "Not on the line: fewer than {} answered.",
            number(Promise::FEWEST_RESPONSES)
        ),
        LeftOut::CameLater => {
            "Not on the line: you were given access after it had opened.".to_owned()
        }
        LeftOut::Blind => {
            "Not on the line: you are coding it, or the round it is compared with, blind."
                .to_owned()
        }
        LeftOut::Deleted => {
            let answered = round.answered;
            format!(
                "Not on the line: its {} went before a report was published.",
                if answered == 1 { "answer" } else { "answers" }
            )
        }
    }
}

fn basis(counted: &Counted) -> String {
    let index = if counted.score.index.value.is_none() {
        " Too few answered the same questions for an index."
    } else {
        ""
    };
    let what = match counted.basis {
        Basis::Published => "As published.".to_owned(),
        Basis::Recomputed => "Computed anew: themes were merged since.".to_owned(),
        Basis::Preliminary { unconfirmed: 0 } => "Preliminary: not published yet.".to_owned(),
        Basis::Preliminary { unconfirmed } => format!(
            "Preliminary: {} not sorted yet.",
            several(unconfirmed, "statement", "statements")
        ),
    };
    what + index
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
                Part::Counted(counted) => basis(counted),
                Part::LeftOut(reason) => why(round, *reason),
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
    section("rounds", "What each round adds", blocks)
}
