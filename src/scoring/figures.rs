//! Figures per question, for the report.

use std::collections::BTreeMap;

use super::check::day_number;
use super::index::ChanceFigures;
use super::input::{CodedRound, Comparison, Measure, Question, Target};
use super::measures::corrected;
use super::output::{
    Answers, Ask, AskFigures, AskOutcome, PriorityFigures, Questions, Spread, StopCollision,
    StopFigures, SuccessFigures, ThemeCounts, TradeOffFigures, TradedPair,
};
use super::people::{Person, Team, Theme, ascending};
use super::sums::{Sums, priority_jaccard};
use super::trade_offs::{Edges, simple_cycles};

/// For each theme (by number), who mentions it and how: positions of people, ascending.
pub(super) struct Stances {
    pub(super) priority: Vec<Vec<usize>>,
    pub(super) stop: Vec<Vec<usize>>,
    pub(super) success: Vec<Vec<usize>>,
    pub(super) ask: Vec<Vec<usize>>,
    pub(super) favoured: Vec<Vec<usize>>,
    pub(super) given_up: Vec<Vec<usize>>,
}

impl Stances {
    pub(super) fn new(team: &Team<'_>) -> Self {
        let by = |themes: &dyn Fn(&Person) -> Vec<Theme>| {
            let mut who = vec![Vec::new(); team.themes.len()];
            for (i, person) in team.people.iter().enumerate() {
                for theme in ascending(themes(person).into_iter()) {
                    who[theme as usize].push(i);
                }
            }
            who
        };
        Self {
            priority: by(&|p| p.themes_of(Question::Priorities)),
            stop: by(&|p| p.themes_of(Question::Stops)),
            success: by(&|p| p.themes_of(Question::Successes)),
            ask: by(&|p| p.themes_of(Question::Asks)),
            favoured: by(&|p| p.trade_offs.iter().flatten().map(|t| t.0).collect()),
            given_up: by(&|p| p.trade_offs.iter().flatten().map(|t| t.1).collect()),
        }
    }

    /// Who has the theme among own priorities or successes.
    pub(super) fn protectors(&self, theme: usize) -> Vec<usize> {
        ascending(
            self.priority[theme]
                .iter()
                .chain(&self.success[theme])
                .copied(),
        )
    }
}

/// How many executives mention each theme of the codebook, most mentions first, then by identifier.
/// Themes nobody mentions are left out.
pub fn theme_table(round: &CodedRound) -> Vec<ThemeCounts> {
    let team = Team::new(round);
    let by = Stances::new(&team);
    let mut table: Vec<(usize, ThemeCounts)> = (0..team.themes.len())
        .map(|t| {
            let counts = ThemeCounts {
                theme: team.themes[t].to_owned(),
                priority: by.priority[t].len(),
                stop: by.stop[t].len(),
                success: by.success[t].len(),
                ask: by.ask[t].len(),
                favoured: by.favoured[t].len(),
                given_up: by.given_up[t].len(),
            };
            let mentions = [
                counts.priority,
                counts.stop,
                counts.success,
                counts.ask,
                counts.favoured,
                counts.given_up,
            ];
            (mentions.into_iter().sum(), counts)
        })
        .filter(|(mentions, _)| *mentions > 0)
        .collect();
    table.sort_by_key(|(mentions, _)| std::cmp::Reverse(*mentions));
    table.into_iter().map(|(_, counts)| counts).collect()
}

pub(super) fn questions(
    round: &CodedRound,
    team: &Team<'_>,
    all: &[Sums; 5],
    chance: &ChanceFigures,
) -> Questions {
    let stances = Stances::new(team);
    let answers = |question: Question| Answers {
        agreement: all[question.slot()].total.mean(),
        answered: team
            .responses
            .iter()
            .filter(|r| r.answered(question))
            .count(),
        unknown: team
            .responses
            .iter()
            .filter(|r| r.unknown.contains(&question))
            .count(),
    };
    let lists = |question: Question| team.people.iter().map(move |p| p.themes_of(question).len());
    let priorities = answers(Question::Priorities);
    let stops = answers(Question::Stops);
    Questions {
        priorities: PriorityFigures {
            answers: priorities,
            spread: spread(
                &stances.priority,
                lists(Question::Priorities),
                priorities.answered,
                priority_jaccard(&team.people).mean(),
                chance.priorities,
            ),
            knows_three: knows_three(round, team, &stances.priority),
            perceived: mean(
                team.responses
                    .iter()
                    .filter_map(|r| r.perceived)
                    .map(f64::from),
            ),
            measured: measured_alignment(team, &stances.priority),
        },
        trade_offs: trade_offs(team, answers(Question::TradeOffs)),
        stops: StopFigures {
            answers: stops,
            spread: spread(
                &stances.stop,
                lists(Question::Stops),
                stops.answered,
                stops.agreement,
                chance.stops,
            ),
            collisions: collisions(team, &stances),
        },
        successes: successes(team, &stances, answers(Question::Successes)),
        asks: asks(team, answers(Question::Asks)),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| {
        (sum + value, count + 1)
    });
    (count > 0).then(|| sum / count as f64)
}

fn spread(
    who: &[Vec<usize>],
    lengths: impl Iterator<Item = usize>,
    answered: usize,
    jaccard: Option<f64>,
    expected: Option<f64>,
) -> Spread {
    let lengths: Vec<usize> = lengths.filter(|length| *length > 0).collect();
    let lists = lengths.len();
    let named: Vec<usize> = who
        .iter()
        .map(Vec::len)
        .filter(|count| *count > 0)
        .collect();
    let pairs = |n: usize| (n * n.saturating_sub(1) / 2) as f64;
    // Pairs of those who answered, but for those of two who don't know.
    let defined = pairs(answered) - pairs(answered - lists.min(answered));
    let shared: f64 = named.iter().map(|count| pairs(*count)).sum();
    Spread {
        jaccard,
        jaccard_adjusted: jaccard
            .zip(expected)
            .and_then(|(observed, expected)| corrected(observed, expected)),
        overlap: (defined > 0.0).then(|| shared / defined),
        lists,
        distinct: named.len(),
        distinct_fewest: lengths.iter().copied().max().unwrap_or(0),
        distinct_most: lengths.iter().sum(),
        on_every_list: named
            .iter()
            .filter(|count| lists > 1 && **count == lists)
            .count(),
        on_most_lists: named
            .iter()
            .filter(|count| lists > 1 && **count * 2 > lists)
            .count(),
        on_one_list: named.iter().filter(|count| **count == 1).count(),
    }
}

/// Share of those who answered who name three of the agreed priorities, or of the most named by the others.
fn knows_three(round: &CodedRound, team: &Team<'_>, priority: &[Vec<usize>]) -> Option<f64> {
    let agreed = ascending(round.agreed_priorities().iter().map(|id| team.theme(id)));
    let answered: Vec<&Vec<Theme>> = team
        .people
        .iter()
        .filter_map(|p| p.priorities.as_ref())
        .collect();
    if !agreed.is_empty() {
        let enough = agreed.len().min(3);
        return mean(answered.iter().map(|list| {
            let known = list
                .iter()
                .filter(|t| agreed.binary_search(t).is_ok())
                .count();
            f64::from(u8::from(known >= enough))
        }));
    }
    if answered.len() < 2 {
        return None;
    }
    let mut most_named: Vec<usize> = priority
        .iter()
        .map(Vec::len)
        .filter(|count| *count > 0)
        .collect();
    most_named.sort_unstable_by(|a, b| b.cmp(a));
    mean(answered.iter().map(|list| {
        // What the fifth most named theme of the others is named: only one's own themes count one less, so
        // taking these out of the sorted counts and putting them back finds it.
        let own: Vec<usize> = list.iter().map(|t| priority[*t as usize].len()).collect();
        let mut left = own.clone();
        let mut top: Vec<usize> = Vec::new();
        for count in &most_named {
            if top.len() >= 5 {
                break;
            }
            match left.iter().position(|c| c == count) {
                Some(at) => drop(left.swap_remove(at)),
                None => top.push(*count),
            }
        }
        top.extend(own.iter().map(|count| count - 1));
        top.sort_unstable_by(|a, b| b.cmp(a));
        let fifth = top.get(4).copied().unwrap_or(0).max(1);
        f64::from(u8::from(
            own.iter().filter(|count| **count > fifth).count() >= 3,
        ))
    }))
}

/// Mean number of a person's first three themes that at least half of the others name.
fn measured_alignment(team: &Team<'_>, priority: &[Vec<usize>]) -> Option<f64> {
    let answered: Vec<&Vec<Theme>> = team
        .people
        .iter()
        .filter_map(|p| p.priorities.as_ref())
        .collect();
    let others = answered.len().checked_sub(1).filter(|others| *others > 0)?;
    mean(answered.iter().filter(|list| !list.is_empty()).map(|list| {
        list.iter()
            .take(3)
            .filter(|t| (priority[**t as usize].len() - 1) * 2 >= others)
            .count() as f64
    }))
}

/// Who favours which side, per unordered pair of themes (ascending): for the first only, for the second only, for both.
pub(super) type Axes = BTreeMap<(Theme, Theme), [Vec<usize>; 3]>;

pub(super) fn axes(team: &Team<'_>) -> Axes {
    let mut axes = Axes::new();
    for (i, person) in team.people.iter().enumerate() {
        let list = person.trade_offs.as_deref().unwrap_or_default();
        for &(favour, over) in list {
            let back = list.binary_search(&(over, favour)).is_ok();
            if favour < over {
                axes.entry((favour, over)).or_default()[if back { 2 } else { 0 }].push(i);
            } else if !back {
                axes.entry((over, favour)).or_default()[1].push(i);
            }
        }
    }
    axes
}

fn trade_offs(team: &Team<'_>, answers: Answers) -> TradeOffFigures {
    let axes = axes(team);
    let pairs = |n: usize| n * n.saturating_sub(1) / 2;
    let (mut together, mut opposed, mut majority) = (0, 0, Edges::new());
    for (&(a, b), sides) in &axes {
        let [first, second, both] = [sides[0].len(), sides[1].len(), sides[2].len()];
        together += pairs(first + second + both);
        opposed += first * second + both * (first + second) + pairs(both);
        if first > second {
            majority.insert((a, b));
        } else if second > first {
            majority.insert((b, a));
        }
    }
    TradeOffFigures {
        answers,
        none: team
            .responses
            .iter()
            .filter(|r| r.trade_offs.is_empty() && !r.unknown.contains(&Question::TradeOffs))
            .count(),
        opposed_share: (together > 0).then(|| opposed as f64 / together as f64),
        pairs: axes
            .iter()
            .map(|(&(a, b), sides)| TradedPair {
                a: team.themes[a as usize].to_owned(),
                b: team.themes[b as usize].to_owned(),
                a_over_b: sides[0].len() + sides[2].len(),
                b_over_a: sides[1].len() + sides[2].len(),
            })
            .collect(),
        cycles: simple_cycles(&majority, 6, 50)
            .iter()
            .map(|cycle| team.names(cycle))
            .collect(),
    }
}

fn collisions(team: &Team<'_>, stances: &Stances) -> Vec<StopCollision> {
    (0..team.themes.len())
        .filter_map(|theme| {
            let (stop, protect) = (&stances.stop[theme], stances.protectors(theme));
            others(stop, &protect).then(|| StopCollision {
                theme: team.themes[theme].to_owned(),
                stop: stop.len(),
                protect: protect.len(),
            })
        })
        .collect()
}

/// Whether somebody on one side faces somebody else on the other.
pub(super) fn others(one: &[usize], other: &[usize]) -> bool {
    let alone = one.len() == 1 && one == other;
    !(one.is_empty() || other.is_empty() || alone)
}

fn successes(team: &Team<'_>, stances: &Stances, answers: Answers) -> SuccessFigures {
    let all = || team.responses.iter().flat_map(|r| &r.successes);
    let lists = team
        .people
        .iter()
        .filter(|p| p.priorities.as_ref().is_some_and(|l| !l.is_empty()))
        .count();
    SuccessFigures {
        answers,
        measured: mean(all().map(|s| f64::from(u8::from(s.measure.is_some())))),
        conflicting: team.names(&ascending(conflicts(team).into_iter().map(|c| c.theme))),
        unmeasured: team.names(&unmeasured(team, stances, lists)),
    }
}

/// Themes on more than half of the lists that no success statement measures.
pub(super) fn unmeasured(team: &Team<'_>, stances: &Stances, lists: usize) -> Vec<Theme> {
    let measured = ascending(
        team.responses
            .iter()
            .flat_map(|r| &r.successes)
            .filter(|s| s.measure.is_some())
            .map(|s| team.theme(&s.coded.theme)),
    );
    (0..team.themes.len() as Theme)
        .filter(|t| {
            lists > 1
                && stances.priority[*t as usize].len() * 2 > lists
                && measured.binary_search(t).is_err()
        })
        .collect()
}

/// Measures of one theme, metric and unit that do not go together.
pub(super) struct Conflict {
    pub(super) theme: Theme,
    /// Range of the targets over the largest; for dates in quarters of 91 days; at most 1.
    pub(super) spread: f64,
    /// Who aims at least, and who at most, when both occur.
    pub(super) opposite: Option<(Vec<usize>, Vec<usize>)>,
    /// Who has which target, lowest target first.
    pub(super) sides: Vec<Vec<usize>>,
}

/// Days in a quarter, the measure of how far two dates lie apart.
const QUARTER: f64 = 91.0;
/// Targets further apart than this share disagree.
const TOLERANCE: f64 = 0.10;

/// Theme, metric, unit, and whether the target is a date.
type MeasureKey = (Theme, String, String, bool);

pub(super) fn conflicts(team: &Team<'_>) -> Vec<Conflict> {
    // Metric and unit without regard to case and spacing; dates and numbers are not compared.
    let plain = |text: &str| {
        text.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    let mut groups: BTreeMap<MeasureKey, Vec<(usize, &Measure)>> = BTreeMap::new();
    for (i, response) in team.responses.iter().enumerate() {
        for success in &response.successes {
            if let Some(measure) = &success.measure {
                let unit = plain(measure.unit.as_deref().unwrap_or_default());
                let dated = measure.comparison == Comparison::ByDate;
                let key = (
                    team.theme(&success.coded.theme),
                    plain(&measure.metric),
                    unit,
                    dated,
                );
                groups.entry(key).or_default().push((i, measure));
            }
        }
    }
    groups
        .into_iter()
        .filter_map(|((theme, _, _, dated), measures)| conflict(theme, dated, &measures))
        .collect()
}

fn conflict(theme: Theme, dated: bool, measures: &[(usize, &Measure)]) -> Option<Conflict> {
    let people = ascending(measures.iter().map(|(i, _)| *i));
    if people.len() < 2 {
        return None;
    }
    let mut targets: Vec<(f64, usize)> = measures
        .iter()
        .filter_map(|(i, measure)| match &measure.target {
            Target::Number(number) => Some((*number, *i)),
            Target::Date(date) => day_number(date).map(|days| (days as f64, *i)),
        })
        .collect();
    targets.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (low, high) = (targets.first()?.0, targets.last()?.0);
    let scale = if dated {
        QUARTER
    } else {
        low.abs().max(high.abs())
    };
    // Halved first, so that targets near the largest number do not overflow.
    let spread = if scale > 0.0 {
        (2.0 * (high / 2.0 - low / 2.0) / scale).min(1.0)
    } else {
        0.0
    };
    let with = |comparison| {
        ascending(
            measures
                .iter()
                .filter(|(_, m)| m.comparison == comparison)
                .map(|(i, _)| *i),
        )
    };
    let (least, most) = (with(Comparison::AtLeast), with(Comparison::AtMost));
    let opposite = others(&least, &most).then_some((least, most));
    let mut sides: Vec<(f64, Vec<usize>)> = Vec::new();
    for (target, person) in targets {
        match sides.last_mut() {
            Some(side) if side.0 == target => side.1.push(person),
            _ => sides.push((target, vec![person])),
        }
    }
    (spread > TOLERANCE + 1e-12 || opposite.is_some()).then(|| Conflict {
        theme,
        spread,
        opposite,
        sides: sides
            .into_iter()
            .map(|(_, people)| ascending(people.into_iter()))
            .collect(),
    })
}

/// Everybody's asks: the asker, the function and theme asked, and what became of it.
pub(super) fn asks_made(team: &Team<'_>) -> Vec<(usize, u32, Theme, AskOutcome)> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); team.functions.len()];
    for (i, person) in team.people.iter().enumerate() {
        if person.asks.is_some() {
            members[person.function as usize].push(i);
        }
    }
    let opinion = |person: usize, theme: Theme| {
        let person = &team.people[person];
        let protects = person.protects(theme);
        [
            usize::from(protects),
            usize::from(!protects && person.lets_go(theme)),
        ]
    };
    let mut heard: BTreeMap<(u32, Theme), [usize; 2]> = BTreeMap::new();
    let mut made = Vec::new();
    for (i, person) in team.people.iter().enumerate() {
        for &(function, theme) in person.asks.iter().flatten() {
            let members = &members[function as usize];
            let total = heard.entry((function, theme)).or_insert_with(|| {
                members.iter().fold([0, 0], |sum, member| {
                    let [protects, lets_go] = opinion(*member, theme);
                    [sum[0] + protects, sum[1] + lets_go]
                })
            });
            let inside = function == person.function;
            let own = if inside { opinion(i, theme) } else { [0, 0] };
            let outcome = if members.len() == usize::from(inside) {
                AskOutcome::Unanswered
            } else if total[0] > own[0] {
                AskOutcome::Colliding
            } else if total[1] > own[1] {
                AskOutcome::TakenUp
            } else {
                AskOutcome::Unheard
            };
            made.push((i, function, theme, outcome));
        }
    }
    made
}

fn asks(team: &Team<'_>, answers: Answers) -> AskFigures {
    let made = asks_made(team);
    let count = |outcome| made.iter().filter(|ask| ask.3 == outcome).count();
    let functions = team.functions.len();
    let (mut asked, mut collisions) = (
        vec![vec![0; functions]; functions],
        vec![vec![0; functions]; functions],
    );
    let mut list = Vec::with_capacity(made.len());
    for &(i, to, theme, outcome) in &made {
        let from = team.people[i].function;
        asked[from as usize][to as usize] += 1;
        collisions[from as usize][to as usize] += usize::from(outcome == AskOutcome::Colliding);
        list.push(Ask {
            from: team.functions[from as usize].to_owned(),
            to: team.functions[to as usize].to_owned(),
            theme: team.themes[theme as usize].to_owned(),
            outcome,
        });
    }
    list.sort();
    AskFigures {
        answers,
        taken_up: count(AskOutcome::TakenUp),
        unheard: count(AskOutcome::Unheard),
        colliding: count(AskOutcome::Colliding),
        unanswered: count(AskOutcome::Unanswered),
        functions: team.functions.iter().map(|f| (*f).to_owned()).collect(),
        asked,
        collisions,
        list,
    }
}
