//! The sentences of the trend.

use std::collections::BTreeSet;

use crate::scoring::{IndexFigures, LUCK_OF_WORDING, Question};
use crate::survey::Promise;
use crate::survey::quarter::Quarter;

use super::super::desk::mentions;
use super::super::figures::question_name;
use super::super::since::so_many_answers;
use super::super::words::{capital, list, number, several, the_round};
use super::{Basis, Counted, LeftOut, Point, Step, TrendMaterial, TrendRound, people, since};

/// A smaller move between chance and best, of 1, is none.
const NO_MOVE: f64 = 0.05;

pub(super) fn too_short(points: &[Point<'_>]) -> (String, String) {
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
pub(super) fn headline(points: &[Point<'_>]) -> String {
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
pub(super) fn lead(points: &[Point<'_>]) -> String {
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
        "{who} every time; {} answered some of the rounds. So the line is the team’s as it was each time, and what the same people did is said step by step below.",
        several(anywhere.len() - always, "other", "others")
    )
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

pub(super) fn step(material: &TrendMaterial, before: &Point<'_>, after: &Point<'_>) -> Step {
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

/// Which questions have moved most from the first to the last round, without more precision than a direction.
pub(super) fn movers(points: &[Point<'_>]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let agreement = |p: &Point<'_>, q| p.counted.score.questions.agreement(q);
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for question in Question::ALL {
        let (Some(a), Some(b)) = (agreement(first, question), agreement(last, question)) else {
            continue;
        };
        let name = question_name(question).to_lowercase();
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

/// Why a round is no point, in a sentence.
pub(super) fn why(round: &TrendRound, reason: LeftOut) -> String {
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

pub(super) fn basis(counted: &Counted) -> String {
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
