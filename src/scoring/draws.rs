//! Seeded draws: the same seed gives the same numbers on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::input::Question;
use super::people::{Person, Team, Theme, ascending};

/// What a stream of draws is for, so that no two purposes share one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Chance = 1,
    Grouping = 2,
    Change = 3,
}

/// Random numbers for one draw of one purpose. Only whole numbers of the `ChaCha` stream and exact
/// arithmetic are used, so that no library's sampling method can change a figure.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8] = purpose as u8;
        let mut rng = ChaCha8Rng::from_seed(bytes);
        rng.set_stream(number);
        Self(rng)
    }

    /// A whole number below `bound` (0 for a bound of 0). The deviation from evenness is below bound / 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in [0, 1), a multiple of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Themes to draw from, in proportion to whole weights, without replacement.
#[derive(Clone, Debug)]
pub(crate) struct Urn {
    themes: Vec<Theme>,
    /// Weights added up.
    upto: Vec<u64>,
}

impl Urn {
    pub(crate) fn new(weighted: impl Iterator<Item = (Theme, u64)>) -> Self {
        let mut urn = Self {
            themes: Vec::new(),
            upto: Vec::new(),
        };
        let mut total = 0;
        for (theme, weight) in weighted {
            total += weight;
            urn.themes.push(theme);
            urn.upto.push(total);
        }
        urn
    }

    /// `count` distinct themes (fewer when the urn holds fewer), in the order drawn.
    pub(crate) fn draw(&self, count: usize, draw: &mut Draw) -> Vec<Theme> {
        let mut taken: Vec<usize> = Vec::with_capacity(count);
        let total = self.upto.last().copied().unwrap_or_default();
        while taken.len() < count.min(self.themes.len()) {
            // Drawing again when a theme is out already is drawing among those left. When few are left it could
            // take long, so after some trials the rest is walked through.
            let again = (0..16)
                .map(|_| self.at(draw.below(total)))
                .find(|at| !taken.contains(at));
            let at = again.or_else(|| self.among_the_rest(&taken, draw));
            let Some(at) = at else { break };
            taken.push(at);
        }
        taken.into_iter().map(|at| self.themes[at]).collect()
    }

    fn at(&self, number: u64) -> usize {
        self.upto
            .partition_point(|upto| *upto <= number)
            .min(self.themes.len().saturating_sub(1))
    }

    fn weight(&self, at: usize) -> u64 {
        self.upto[at] - if at == 0 { 0 } else { self.upto[at - 1] }
    }

    fn among_the_rest(&self, taken: &[usize], draw: &mut Draw) -> Option<usize> {
        let rest: Vec<usize> = (0..self.themes.len())
            .filter(|at| !taken.contains(at))
            .collect();
        let mut number = draw.below(rest.iter().map(|at| self.weight(*at)).sum());
        for at in &rest {
            let weight = self.weight(*at);
            if number < weight {
                return Some(*at);
            }
            number -= weight;
        }
        rest.last().copied()
    }
}

/// The team as chance would have it: everybody keeps the number and the shape of own statements (what is traded
/// against what, which function is asked), and the themes are drawn.
#[derive(Clone, Debug)]
pub(crate) struct ChanceTeam {
    urns: [Urn; 5],
    /// Each person with themes numbered from 0 within each question, and how many there are.
    shapes: Vec<(Person, [usize; 5])>,
}

impl ChanceTeam {
    /// Per question, a theme that the team used anywhere weighs 1 + the number of executives who named it there.
    pub(crate) fn new(team: &Team<'_>) -> Self {
        let of = |question: Question| team.people.iter().flat_map(move |p| p.themes_of(question));
        let used = ascending(Question::ALL.into_iter().flat_map(of));
        let urns = Question::ALL.map(|question| {
            let mut weights = vec![1u64; used.len()];
            for theme in of(question) {
                if let Ok(at) = used.binary_search(&theme) {
                    weights[at] += 1;
                }
            }
            Urn::new(used.iter().copied().zip(weights))
        });
        let shapes = team.people.iter().map(shape).collect();
        Self { urns, shapes }
    }

    /// One draw of everybody's themes.
    pub(crate) fn people(&self, draw: &mut Draw) -> Vec<Person> {
        self.shapes
            .iter()
            .map(|(shape, counts)| {
                let drawn = Question::ALL.map(|q| self.urns[q.slot()].draw(counts[q.slot()], draw));
                rename(shape, |question, theme| {
                    drawn[question.slot()][theme as usize]
                })
            })
            .collect()
    }
}

fn shape(person: &Person) -> (Person, [usize; 5]) {
    let themes = Question::ALL.map(|question| person.themes_of(question));
    let shape = rename(person, |question, theme| {
        themes[question.slot()]
            .iter()
            .position(|t| *t == theme)
            .unwrap_or_default() as Theme
    });
    (shape, themes.map(|list| list.len()))
}

/// The same statements under other themes. Different themes of one question must stay different.
fn rename(person: &Person, to: impl Fn(Question, Theme) -> Theme) -> Person {
    let set = |question, list: &Option<Vec<Theme>>| {
        list.as_ref()
            .map(|list| ascending(list.iter().map(|t| to(question, *t))))
    };
    Person {
        function: person.function,
        priorities: person
            .priorities
            .as_ref()
            .map(|list| list.iter().map(|t| to(Question::Priorities, *t)).collect()),
        trade_offs: person.trade_offs.as_ref().map(|list| {
            ascending(
                list.iter()
                    .map(|(a, b)| (to(Question::TradeOffs, *a), to(Question::TradeOffs, *b))),
            )
        }),
        stops: set(Question::Stops, &person.stops),
        successes: set(Question::Successes, &person.successes),
        asks: person
            .asks
            .as_ref()
            .map(|list| ascending(list.iter().map(|(f, t)| (*f, to(Question::Asks, *t))))),
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
            let mut set: Vec<usize> = urn
                .draw(2, &mut Draw::new(7, Purpose::Chance, number))
                .iter()
                .map(|t| *t as usize)
                .collect();
            set.sort_unstable();
            counts[exact
                .iter()
                .position(|(s, _)| *s == set)
                .expect("a set of two")] += 1.0;
        }
        for (count, (set, p)) in counts.iter().zip(&exact) {
            assert!(
                (count / draws as f64 - p).abs() < 0.012,
                "{set:?}: {count} of {draws}, expected {p}"
            );
        }
    }

    #[test]
    fn an_urn_that_runs_out_gives_what_it_has() {
        let urn = Urn::new([(4, 1_000_000), (9, 1)].into_iter());
        let mut all = urn.draw(5, &mut Draw::new(1, Purpose::Chance, 0));
        all.sort_unstable();
        assert_eq!(all, [4, 9]);
        assert!(
            Urn::new(std::iter::empty())
                .draw(3, &mut Draw::new(1, Purpose::Chance, 0))
                .is_empty()
        );
    }

    #[test]
    fn streams_of_different_purposes_and_numbers_differ() {
        let first = |purpose, number| Draw::new(3, purpose, number).below(u64::MAX);
        assert_ne!(first(Purpose::Chance, 0), first(Purpose::Chance, 1));
        assert_ne!(first(Purpose::Chance, 0), first(Purpose::Grouping, 0));
        assert_ne!(first(Purpose::Grouping, 0), first(Purpose::Change, 0));
    }
}
