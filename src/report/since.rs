//! How far from one story the team is, and what changed since the last round.

use std::cmp::Reverse;

use crate::scoring::{Change, CodedRound, LUCK_OF_WORDING, PositionWords, ThemeChange, change};
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

/// One round compared with one before it, over the people who answered both, as far as it may be seen.
pub(crate) struct Since {
    change: Change,
    label: String,
    /// The more guarded promise of the two: no later one widens what an earlier round was promised.
    promise: Promise,
    /// Whether exactly the same people answered both rounds. If not, two totals side by side would show what
    /// the one who came or left said.
    same: bool,
    /// Whether everybody who answered one of the rounds answered the other too, but not the other way round. The
    /// one index is then that of these people itself, and with the exact change it would tell what
    /// the index of the other was without those who are missing.
    nested: bool,
}

impl Since {
    /// `None` without a round before, or with too few people in both.
    pub(crate) fn new(desk: &Desk<'_>) -> Option<Self> {
        let material = desk.material;
        let previous = material.previous.as_ref()?;
        Self::between(
            &previous.label,
            (&previous.coded, previous.promise),
            (&material.coded, material.promise),
        )
    }

    /// Two rounds of a team, each with its promise; `label` is the earlier one's. `None` with too few people in both.
    pub(crate) fn between(
        label: &str,
        (before, earlier): (&CodedRound, Promise),
        (after, later): (&CodedRound, Promise),
    ) -> Option<Self> {
        let change = change(before, after).filter(|c| c.people >= Promise::FEWEST_RESPONSES)?;
        let all_of = |round: &CodedRound| change.people == round.responses().len();
        let promise = if earlier.attribution.report_names_people() {
            later
        } else {
            earlier
        };
        Some(Self {
            label: words::round(label),
            same: all_of(before) && all_of(after),
            nested: all_of(before) != all_of(after),
            promise,
            change,
        })
    }

    /// Whether either round was promised that its report names nobody.
    fn guarded(&self) -> bool {
        !self.promise.attribution.report_names_people()
    }

    /// Whether exact figures of these people may stand beside those of either round.
    pub(crate) fn open(&self) -> bool {
        self.same || !self.guarded()
    }

    /// The index of the same people last round, where it may be said.
    pub(crate) fn last_index(&self) -> Option<f64> {
        self.open().then_some(self.change.before)
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
        if self.nested && self.guarded() {
            return self.roughly(direction);
        }
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

    /// The change without points: no more than on which side of what luck can do it lies.
    fn roughly(&self, direction: &str) -> String {
        let (people, luck) = (number(self.change.people), number(LUCK_OF_WORDING as usize));
        if self.change.difference.abs() < LUCK_OF_WORDING {
            format!(
                "The same {people} people are about where they were in the {}: less than {luck} points away, which the luck of wording can give the same team.",
                self.label
            )
        } else {
            format!(
                "The same {people} people are {direction} than in the {}: more than the {luck} points that the luck of wording can give the same team.",
                self.label
            )
        }
    }

    /// The priorities kept, new and dropped, a sentence each, as far as they may be said. `mentioned_by`: how many
    /// name a theme anywhere in the later round; `title`: its name.
    pub(crate) fn moves(
        &self,
        mentioned_by: impl Fn(&str) -> usize,
        title: impl Fn(&str) -> String,
    ) -> Vec<String> {
        Course::ALL
            .into_iter()
            .map(|course| {
                let (shown, hidden) = self.shown(course, &mentioned_by);
                let names: Vec<String> = shown.iter().map(|t| title(&t.theme)).collect();
                let few = format!("{} named by one or two people", number(hidden));
                // Without the same people, even how many there are, or whether any, would be a hint.
                let text = match (names.is_empty(), hidden) {
                    (true, _) if !self.open() => "none that may be shown.".to_owned(),
                    (false, _) if !self.open() => list_of(&names, THEMES) + ".",
                    (true, 0) => "none.".to_owned(),
                    (true, _) => format!("{few}."),
                    (false, 0) => list_of(&names, THEMES) + ".",
                    (false, _) => format!("{}; and {few}.", list_of(&names, THEMES)),
                };
                format!("{}: {text}", course.name())
            })
            .collect()
    }

    /// The priorities that took that course and may be named, those of the most people first, and how many more there are.
    fn shown(
        &self,
        course: Course,
        mentioned_by: &impl Fn(&str) -> usize,
    ) -> (Vec<&ThemeChange>, usize) {
        let all = match course {
            Course::Kept => &self.change.kept,
            Course::New => &self.change.new,
            Course::Dropped => &self.change.dropped,
        };
        let crowd = words::Crowd::new(self.promise, self.change.people);
        let mut shown: Vec<&ThemeChange> =
            all.iter().filter(|t| self.may(t, mentioned_by)).collect();
        shown.sort_by_key(|t| (Reverse(crowd.rank(t.after.max(t.before))), t.theme.clone()));
        let hidden = all.len() - shown.len();
        (shown, hidden)
    }

    /// Whether a theme may be named: where people are not, one of one or two would point at them.
    fn may(&self, theme: &ThemeChange, mentioned_by: &impl Fn(&str) -> usize) -> bool {
        !self.guarded()
            || mentioned_by(&theme.theme) > 2
            || (self.same && theme.before > 2 && theme.after == 0)
    }

    pub(crate) fn section(&self, desk: &Desk<'_>) -> Section {
        let change = &self.change;
        let crowd = words::Crowd::new(self.promise, change.people);
        let mentioned_by = |theme: &str| desk.mentioned_by(theme);
        let mut blocks = vec![Block::text(self.sentence())];
        blocks.extend(
            self.moves(mentioned_by, |theme| desk.title(theme))
                .into_iter()
                .map(Block::text),
        );
        if self.open() {
            let bands: Vec<Band> = Course::ALL
                .into_iter()
                .flat_map(|course| {
                    let (shown, _) = self.shown(course, &mentioned_by);
                    shown.into_iter().take(BANDS).map(move |t| Band {
                        course,
                        name: desk.title(&t.theme),
                        before: t.before,
                        after: t.after,
                    })
                })
                .collect();
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
    let last = since.and_then(Since::last_index);
    blocks.extend(figures::scale(index, last).map(|figure| Block::Figure { figure }));
    blocks.push(Block::Figure {
        figure: figures::agreement(&desk.material.score),
    });
    chapter("distance", "How far from one story", blocks)
}

/// "about seven in ten answers come", to be followed by "from a common agenda".
fn tenths(share: f64) -> String {
    let verb = if (share * 10.0).round() as usize == 1 {
        "comes"
    } else {
        "come"
    };
    format!("{} {verb}", so_many_answers(share))
}

/// "about seven in ten answers".
pub(crate) fn so_many_answers(share: f64) -> String {
    match (share * 10.0).round() as usize {
        0 => "hardly any answers".to_owned(),
        1 => "about a tenth of the answers".to_owned(),
        n if n >= 10 => "nearly all answers".to_owned(),
        n => format!("about {} in ten answers", number(n)),
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
