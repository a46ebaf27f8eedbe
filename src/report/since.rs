//! How far from one story the team is, and what changed since the last round.

use std::cmp::Reverse;

use crate::scoring::{Change, LUCK_OF_WORDING, PositionWords, ThemeChange, change};
use crate::survey::Promise;

use super::desk::Desk;
use super::figures::{self, Band, Course};
use super::sections::chapter;
use super::view::{Block, Section};
use super::words::{self, list_of, number};

/// Most priorities listed of a kind.
const THEMES: usize = 7;
/// Most priorities drawn of a kind.
const BANDS: usize = 4;

/// The comparison with the last round, as far as this reader may see it.
pub(crate) struct Since {
    change: Change,
    label: String,
    /// Whether exactly the same people answered both rounds. If not, two totals side by side would show what
    /// the one who came or left said.
    same: bool,
}

impl Since {
    /// `None` without a round before, or with too few people in both.
    pub(crate) fn new(desk: &Desk<'_>) -> Option<Self> {
        let material = desk.material;
        let previous = material.previous.as_ref()?;
        let change = change(&previous.coded, &material.coded)
            .filter(|c| c.people >= Promise::FEWEST_RESPONSES)?;
        let same =
            change.people == desk.crowd.size() && change.people == previous.coded.responses().len();
        Some(Self {
            label: words::round(&previous.label),
            same,
            change,
        })
    }

    /// Whether exact figures per person count may stand beside those of either round.
    fn open(&self, desk: &Desk<'_>) -> bool {
        self.same || desk.names_people()
    }

    /// The index of the same people last round, where it may be said.
    pub(crate) fn last_index(&self, desk: &Desk<'_>) -> Option<f64> {
        self.open(desk).then_some(self.change.before)
    }

    /// The change in one sentence, with what wording alone can do.
    pub(crate) fn sentence(&self) -> String {
        let points = self.change.difference.round().abs() as usize;
        let direction = if self.change.difference < 0.0 {
            "further apart"
        } else {
            "closer together"
        };
        let luck = LUCK_OF_WORDING as usize;
        if points == 0 {
            return format!(
                "The index of the same {} people is where it was in the {}.",
                number(self.change.people),
                self.label
            );
        }
        let size = if self.change.difference.abs() < LUCK_OF_WORDING {
            format!(
                "less than the {} points that the luck of wording can give the same team",
                number(luck)
            )
        } else {
            format!(
                "more than the {} points that the luck of wording can give the same team",
                number(luck)
            )
        };
        format!(
            "The same {} people are {} {direction} than in the {}: {size}.",
            number(self.change.people),
            words::several(points, "point", "points"),
            self.label
        )
    }

    pub(crate) fn section(&self, desk: &Desk<'_>) -> Section {
        let change = &self.change;
        let crowd = words::Crowd::new(desk.material.promise, change.people);
        let mut blocks = vec![Block::text(self.sentence())];
        let may = |t: &&ThemeChange| {
            desk.names_people()
                || (desk.may_show(&t.theme) || (self.same && t.before > 2 && t.after == 0))
        };
        let mut bands = Vec::new();
        for course in Course::ALL {
            let list = match course {
                Course::Kept => &change.kept,
                Course::New => &change.new,
                Course::Dropped => &change.dropped,
            };
            let mut shown: Vec<&ThemeChange> = list.iter().filter(may).collect();
            shown.sort_by_key(|t| (Reverse(crowd.rank(t.after.max(t.before))), t.theme.clone()));
            let hidden = list.len() - shown.len();
            let names: Vec<String> = shown.iter().map(|t| desk.title(&t.theme)).collect();
            let few = format!("{} named by one or two people", number(hidden));
            let text = match (names.is_empty(), hidden) {
                (true, 0) => "none.".to_owned(),
                (true, _) => format!("{few}."),
                (false, 0) => list_of(&names, THEMES) + ".",
                (false, _) => format!("{}; and {few}.", list_of(&names, THEMES)),
            };
            // Without the same people, even how many there are would be a hint.
            let text = if self.open(desk) || hidden == 0 {
                text
            } else {
                text.replace(&format!("; and {few}"), "")
                    .replace(&few, "none that may be shown")
            };
            blocks.push(Block::text(format!("{}: {text}", course.name())));
            bands.extend(shown.into_iter().take(BANDS).map(|t| Band {
                course,
                name: desk.title(&t.theme),
                before: t.before,
                after: t.after,
            }));
        }
        if self.open(desk) {
            blocks.extend(figures::flow(crowd, &bands).map(|figure| Block::Figure { figure }));
        } else {
            blocks.push(Block::note("The team has changed since; counts by theme are left out, because the difference would show what the person who came or left said."));
        }
        chapter("since", format!("Since the {}", self.label), blocks)
    }

    /// The permutation test and the change of each question, for the consultant.
    pub(crate) fn test(&self) -> String {
        let change = &self.change;
        format!(
            "The same {} people: {} before, {} now, p = {:.3} in the paired permutation test ({} arrangements{}).",
            number(change.people),
            figures::whole(change.before),
            figures::whole(change.after),
            change.p_value,
            change.arrangements,
            if change.exact {
                ", all there are"
            } else {
                ", drawn by lot"
            }
        )
    }

    /// Whether the consultant may read the levels: never where they would single somebody out.
    pub(crate) fn levels(&self, desk: &Desk<'_>) -> bool {
        self.open(desk)
    }
}

/// The chapter on the index.
pub(crate) fn distance(desk: &Desk<'_>, since: Option<&Since>) -> Section {
    let index = &desk.material.score.index;
    let mut blocks = Vec::new();
    match (index.words, index.common_share) {
        (Some(_), Some(share)) => {
            let clause = position(index.words).trim_end_matches('.');
            blocks.push(Block::text(format!(
                "{clause}: {} from a common agenda.",
                tenths(share)
            )));
        }
        (Some(_), None) => blocks.push(Block::text(position(index.words))),
        _ => blocks.push(Block::text(
            "The answers do not allow an index: too few people answered the same questions.",
        )),
    }
    let last = since.and_then(|s| s.last_index(desk));
    blocks.extend(figures::scale(index, last).map(|figure| Block::Figure { figure }));
    blocks.push(Block::Figure {
        figure: figures::agreement(&desk.material.score),
    });
    chapter("distance", "How far from one story", blocks)
}

/// "about seven in ten answers come", to be followed by "from a common agenda".
fn tenths(share: f64) -> String {
    match (share * 10.0).round() as usize {
        0 => "hardly any answers come".to_owned(),
        1 => "about a tenth of the answers comes".to_owned(),
        n if n >= 10 => "nearly all answers come".to_owned(),
        n => format!("about {} in ten answers come", number(n)),
    }
}

/// How many stories the team tells, in a clause.
pub(crate) fn position(words: Option<PositionWords>) -> &'static str {
    match words {
        Some(PositionWords::OneStory) => "The team is telling one story.",
        Some(PositionWords::MostlyOneStory) => "The team is telling mostly one story.",
        Some(PositionWords::DriftingApart) => "The team’s stories are drifting apart.",
        Some(PositionWords::FragmentsOfOne) => "The answers hold fragments of one story.",
        Some(PositionWords::NoCommonAgenda) => "The answers hold no common agenda.",
        None => "",
    }
}
