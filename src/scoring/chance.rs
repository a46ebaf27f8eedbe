//! The team as chance would have it, and the team under other groupings.

use super::draws::{Draw, Purpose};
use super::input::{Coded, MAX_STATEMENTS, Question};
use super::people::{Team, Theme};
use super::sheet::{Few, Numbers, Sheet};

/// Most themes that one question of one person can hold: two for every trade-off.
const MOST: usize = 2 * MAX_STATEMENTS;

/// Themes to draw from, in proportion to whole weights, without replacement (the alias method, in whole numbers).
#[derive(Clone, Debug)]
pub(crate) struct Urn {
    themes: Vec<Theme>,
    weights: Vec<u64>,
    total: u64,
    /// Below which part of the total a column is its own theme, and whose it is above.
    columns: Vec<(u64, usize)>,
}

impl Urn {
    pub(crate) fn new(weighted: impl Iterator<Item = (Theme, u64)>) -> Self {
        let (themes, weights): (Vec<Theme>, Vec<u64>) = weighted.unzip();
        let total: u64 = weights.iter().sum();
        let count = weights.len() as u64;
        let mut columns = vec![(total, 0); weights.len()];
        // Each column holds `total`, each theme brings its weight times the number of columns: what is too much for one tops up another.
        let mut left: Vec<u64> = weights.iter().map(|weight| weight * count).collect();
        let (mut poor, mut rich): (Vec<usize>, Vec<usize>) =
            (0..weights.len()).partition(|at| left[*at] < total);
        while let (Some(at), Some(giver)) = (poor.pop(), rich.last().copied()) {
            columns[at] = (left[at], giver);
            left[giver] -= total - left[at];
            if left[giver] < total {
                rich.pop();
                poor.push(giver);
            }
        }
        Self {
            themes,
            weights,
            total,
            columns,
        }
    }

    /// Fills `taken` with distinct themes in the order drawn; with fewer when the urn holds fewer. Says how many.
    pub(crate) fn draw(&self, taken: &mut [Theme], draw: &mut Draw) -> usize {
        let count = taken.len().min(self.themes.len());
        let mut places = [0usize; MOST];
        for done in 0..count.min(MOST) {
            let before = &places[..done];
            // Drawing again when a theme is out already is drawing among those left. When few are left it could
            // take long, so after some trials the rest is walked through.
            let again = (0..16)
                .map(|_| self.at(draw))
                .find(|at| !before.contains(at));
            let at = again.unwrap_or_else(|| self.among_the_rest(before, draw));
            places[done] = at;
            taken[done] = self.themes[at];
        }
        count
    }

    /// One number picks a column and a height in it. The deviation from the exact proportions is below
    /// columns x total / 2^64.
    fn at(&self, draw: &mut Draw) -> usize {
        let product = u128::from(draw.number()) * self.columns.len() as u128;
        let at = (product >> 64) as usize;
        let height = ((product & u128::from(u64::MAX)) * u128::from(self.total)) >> 64;
        let (own, other) = self.columns[at];
        if (height as u64) < own { at } else { other }
    }

    fn among_the_rest(&self, taken: &[usize], draw: &mut Draw) -> usize {
        let rest = || (0..self.themes.len()).filter(|at| !taken.contains(at));
        let mut number = draw.below(rest().map(|at| self.weights[at]).sum());
        let mut last = 0;
        for at in rest() {
            if number < self.weights[at] {
                return at;
            }
            number -= self.weights[at];
            last = at;
        }
        last
    }
}

/// The team as chance would have it: everybody keeps the number and the shape of own statements (what is traded
/// against what, which function is asked), and the themes are drawn.
pub(crate) struct ChanceTeam {
    urns: [Urn; 5],
    /// Each person with themes numbered from 0 within each question, and how many there are.
    shapes: Vec<(Sheet, [u8; 5])>,
}

impl ChanceTeam {
    /// Per question, a theme that the team used anywhere weighs 1 + the number of executives who named it there.
    pub(crate) fn new(team: &Team<'_>, numbers: &Numbers) -> Self {
        let mut named = vec![[0u64; 5]; numbers.count()];
        for person in &team.people {
            for question in Question::ALL {
                for theme in person.themes_of(question) {
                    named[numbers.of(theme) as usize][question.slot()] += 1;
                }
            }
        }
        let urns = Question::ALL.map(|question| {
            let used = named
                .iter()
                .enumerate()
                .filter(|(_, counts)| counts.iter().any(|count| *count > 0));
            Urn::new(used.map(|(theme, counts)| (theme as Theme, 1 + counts[question.slot()])))
        });
        let shapes = team
            .people
            .iter()
            .map(|person| shape(Sheet::of(person, numbers)))
            .collect();
        Self { urns, shapes }
    }

    /// One draw of everybody's themes, person by person.
    pub(crate) fn sheets(&self, seed: u64, number: u64) -> impl Iterator<Item = Sheet> {
        let mut draw = Draw::new(seed, Purpose::Chance, number);
        self.shapes.iter().map(move |(shape, counts)| {
            let mut drawn = [[0; MOST]; 5];
            for ((urn, drawn), count) in self.urns.iter().zip(&mut drawn).zip(counts) {
                urn.draw(&mut drawn[..usize::from(*count)], &mut draw);
            }
            named(shape, &drawn)
        })
    }
}

/// A shape under the themes drawn for it.
fn named(shape: &Sheet, drawn: &[[Theme; MOST]; 5]) -> Sheet {
    let list = |shape: &Few<Theme>, question: Question| {
        let mut few = Few::empty(shape.answered);
        for local in shape.as_slice() {
            few.push(drawn[question.slot()][*local as usize % MOST]);
        }
        few
    };
    let mut sheet = Sheet {
        function: shape.function,
        priorities: list(&shape.priorities, Question::Priorities),
        trade_offs: Few::empty(shape.trade_offs.answered),
        stops: list(&shape.stops, Question::Stops),
        successes: list(&shape.successes, Question::Successes),
        asks: Few::empty(shape.asks.answered),
    };
    let [_, traded, _, _, asked] = drawn;
    for &(a, b) in shape.trade_offs.as_slice() {
        sheet
            .trade_offs
            .push((traded[a as usize % MOST], traded[b as usize % MOST]));
    }
    for &(function, theme) in shape.asks.as_slice() {
        sheet.asks.push((function, asked[theme as usize % MOST]));
    }
    sheet.sort();
    sheet
}

/// Numbers the themes of each question from 0, in order of their first place.
fn shape(sheet: Sheet) -> (Sheet, [u8; 5]) {
    let mut counts = [0; 5];
    let local = |seen: &mut Vec<Theme>, theme: Theme| {
        let at = seen.iter().position(|t| *t == theme).unwrap_or_else(|| {
            seen.push(theme);
            seen.len() - 1
        });
        at as Theme
    };
    let mut list = |few: &Few<Theme>, question: Question| {
        let (mut seen, mut shape) = (Vec::new(), Few::empty(few.answered));
        for theme in few.as_slice() {
            shape.add(local(&mut seen, *theme));
        }
        counts[question.slot()] = seen.len() as u8;
        shape
    };
    let priorities = list(&sheet.priorities, Question::Priorities);
    let stops = list(&sheet.stops, Question::Stops);
    let successes = list(&sheet.successes, Question::Successes);
    let (mut traded, mut trade_offs) = (Vec::new(), Few::empty(sheet.trade_offs.answered));
    for &(favour, over) in sheet.trade_offs.as_slice() {
        let favour = local(&mut traded, favour);
        trade_offs.add((favour, local(&mut traded, over)));
    }
    let (mut asked, mut asks) = (Vec::new(), Few::empty(sheet.asks.answered));
    for &(function, theme) in sheet.asks.as_slice() {
        asks.add((function, local(&mut asked, theme)));
    }
    counts[Question::TradeOffs.slot()] = traded.len() as u8;
    counts[Question::Asks.slot()] = asked.len() as u8;
    let shape = Sheet {
        function: sheet.function,
        priorities,
        trade_offs,
        stops,
        successes,
        asks,
    };
    (shape, counts)
}

/// A statement's theme: as it is, and what else it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Choice {
    theme: Theme,
    /// The next best theme, and how sure the best is.
    other: Option<(Theme, f64)>,
    open: bool,
}

impl Choice {
    fn of(coded: &Coded, team: &Team<'_>, numbers: &Numbers) -> Self {
        let number = |id: &str| numbers.of(team.theme(id));
        let proposed = coded.proposed.as_ref();
        Self {
            theme: number(&coded.theme),
            other: proposed.and_then(|p| Some((number(p.second.as_ref()?), p.confidence))),
            open: proposed.is_some(),
        }
    }

    fn key(self) -> (Theme, bool, Option<(Theme, u64)>) {
        let other = self.other.map(|(theme, sure)| (theme, sure.to_bits()));
        (self.theme, self.open, other)
    }

    fn draw(self, draw: &mut Draw) -> Theme {
        match self.other {
            Some((second, sure)) if draw.unit() >= sure => second,
            _ => self.theme,
        }
    }
}

/// Everybody's statements, those of unconfirmed themes to be redrawn.
pub(crate) struct Regrouping {
    sheets: Vec<Sheet>,
    open: Vec<(usize, Statements)>,
}

/// One person's statements; what is not ranked in an order that does not depend on names.
struct Statements {
    priorities: Vec<Choice>,
    trade_offs: Vec<[Choice; 2]>,
    stops: Vec<Choice>,
    successes: Vec<Choice>,
    asks: Vec<(u32, Choice)>,
}

impl Regrouping {
    pub(crate) fn new(team: &Team<'_>, numbers: &Numbers) -> Self {
        let mut open = Vec::new();
        for (i, response) in team.responses.iter().enumerate() {
            let choice = |coded: &Coded| Choice::of(coded, team, numbers);
            let sorted = |mut list: Vec<Choice>| {
                list.sort_by_key(|choice| choice.key());
                list
            };
            let mut trade_offs: Vec<_> = response
                .trade_offs
                .iter()
                .map(|t| [choice(&t.favour), choice(&t.over)])
                .collect();
            trade_offs.sort_by_key(|ends| ends.map(Choice::key));
            let mut asks: Vec<_> = response
                .asks
                .iter()
                .map(|ask| (team.function(&ask.function), choice(&ask.coded)))
                .collect();
            asks.sort_by_key(|(function, choice)| (*function, choice.key()));
            let statements = Statements {
                priorities: response.priorities.iter().map(choice).collect(),
                trade_offs,
                stops: sorted(response.stops.iter().map(choice).collect()),
                successes: sorted(
                    response
                        .successes
                        .iter()
                        .map(|s| choice(&s.coded))
                        .collect(),
                ),
                asks,
            };
            if statements.unconfirmed() > 0 {
                open.push((i, statements));
            }
        }
        Self {
            sheets: team.people.iter().map(|p| Sheet::of(p, numbers)).collect(),
            open,
        }
    }

    /// Statements whose theme nobody has confirmed; a trade-off with an open end counts once.
    pub(crate) fn unconfirmed(&self) -> usize {
        self.open
            .iter()
            .map(|(_, statements)| statements.unconfirmed())
            .sum()
    }

    /// One draw of the unconfirmed themes, person by person.
    pub(crate) fn sheets(&self, seed: u64, number: u64) -> impl Iterator<Item = Sheet> {
        let mut draw = Draw::new(seed, Purpose::Grouping, number);
        let mut open = self.open.iter().peekable();
        self.sheets.iter().enumerate().map(move |(i, sheet)| {
            match open.next_if(|(person, _)| *person == i) {
                Some((_, statements)) => statements.draw(sheet, &mut draw),
                None => *sheet,
            }
        })
    }
}

impl Statements {
    fn unconfirmed(&self) -> usize {
        let lists = self
            .priorities
            .iter()
            .chain(&self.stops)
            .chain(&self.successes);
        lists.filter(|choice| choice.open).count()
            + self.asks.iter().filter(|(_, choice)| choice.open).count()
            + self
                .trade_offs
                .iter()
                .filter(|ends| ends.iter().any(|choice| choice.open))
                .count()
    }

    fn draw(&self, as_it_is: &Sheet, draw: &mut Draw) -> Sheet {
        let mut list = |choices: &[Choice], answered: bool| {
            let mut few = Few::empty(answered);
            for choice in choices {
                few.add(choice.draw(draw));
            }
            few
        };
        let priorities = list(&self.priorities, as_it_is.priorities.answered);
        let stops = list(&self.stops, as_it_is.stops.answered);
        let successes = list(&self.successes, as_it_is.successes.answered);
        let mut sheet = Sheet {
            function: as_it_is.function,
            priorities,
            trade_offs: Few::empty(as_it_is.trade_offs.answered),
            stops,
            successes,
            asks: Few::empty(as_it_is.asks.answered),
        };
        for [favour, over] in &self.trade_offs {
            let (favour, over) = (favour.draw(draw), over.draw(draw));
            if favour != over {
                sheet.trade_offs.add((favour, over));
            }
        }
        for (function, choice) in &self.asks {
            sheet.asks.add((*function, choice.draw(draw)));
        }
        sheet.sort();
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::measures::subset_probabilities;

    #[test]
    fn an_urn_draws_sets_with_the_probabilities_of_successive_sampling() {
        let weights = [5u64, 3, 2, 1];
        let urn = Urn::new((0..).zip(weights));
        let exact = subset_probabilities(&weights.map(|w| w as f64), 2);
        let mut counts = vec![0.0; exact.len()];
        let draws = 40_000;
        for number in 0..draws {
            let mut pair = [0; 2];
            assert_eq!(
                urn.draw(&mut pair, &mut Draw::new(7, Purpose::Chance, number)),
                2
            );
            let mut set = pair.map(|theme| theme as usize);
            set.sort_unstable();
            let at = exact.iter().position(|(s, _)| *s == set);
            counts[at.expect("a set of two")] += 1.0;
        }
        for (count, (set, p)) in counts.iter().zip(&exact) {
            assert!(
                (count / draws as f64 - p).abs() < 0.012,
                "{set:?}: {count} of {draws}, expected {p}"
            );
        }
    }

    #[test]
    fn the_columns_of_an_urn_hold_exactly_the_weights() {
        for weights in [
            vec![1u64, 1, 1],
            vec![7, 1, 1, 100],
            vec![3],
            vec![9, 8, 7, 6, 5, 4, 3, 2, 1],
        ] {
            let urn = Urn::new((0..).zip(weights.clone()));
            let mut held = vec![0; weights.len()];
            for (at, (own, other)) in urn.columns.iter().enumerate() {
                held[at] += own;
                held[*other] += urn.total - own;
            }
            let due: Vec<u64> = weights.iter().map(|w| w * weights.len() as u64).collect();
            assert_eq!(held, due);
        }
    }

    #[test]
    fn an_urn_that_runs_out_gives_what_it_has() {
        let urn = Urn::new([(4, 1_000_000), (9, 1)].into_iter());
        let mut all = [0; 5];
        assert_eq!(urn.draw(&mut all, &mut Draw::new(1, Purpose::Chance, 0)), 2);
        all[..2].sort_unstable();
        assert_eq!(all[..2], [4, 9]);
        let none = Urn::new(std::iter::empty());
        assert_eq!(
            none.draw(&mut all, &mut Draw::new(1, Purpose::Chance, 0)),
            0
        );
    }
}
