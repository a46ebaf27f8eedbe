//! A person's answers in a fixed space, for the draws, and an order of themes that does not depend on their names.

use super::input::{Coded, CodedResponse, MAX_STATEMENTS};
use super::people::{Person, Team, Theme};

/// At most [`MAX_STATEMENTS`] items; skipped, or answered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Few<T> {
    items: [T; MAX_STATEMENTS],
    len: u8,
    pub(crate) answered: bool,
}

impl<T: Copy + Default + Ord> Few<T> {
    pub(crate) fn empty(answered: bool) -> Self {
        Self {
            answered,
            ..Self::default()
        }
    }

    /// Adds an item if there is room for it and it is new.
    pub(crate) fn add(&mut self, item: T) {
        let len = usize::from(self.len);
        if len < MAX_STATEMENTS && !self.items[..len].contains(&item) {
            self.items[len] = item;
            self.len += 1;
        }
    }

    /// Adds an item that is known to be new.
    pub(crate) fn push(&mut self, item: T) {
        let len = usize::from(self.len);
        if len < MAX_STATEMENTS {
            self.items[len] = item;
            self.len += 1;
        }
    }

    pub(crate) fn sort(&mut self) {
        let len = usize::from(self.len);
        self.items[..len].sort_unstable();
    }

    pub(crate) fn of(list: Option<&Vec<T>>) -> Self {
        let mut few = Self::empty(list.is_some());
        for item in list.into_iter().flatten() {
            few.add(*item);
        }
        few
    }

    pub(crate) fn to_vec(self) -> Option<Vec<T>> {
        self.answered.then(|| self.as_slice().to_vec())
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        &self.items[..usize::from(self.len)]
    }
}

/// A [`Person`] without anything on the heap, its themes in canonical numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) function: u32,
    /// Best first.
    pub(crate) priorities: Few<Theme>,
    /// (favoured, given up), ascending, as the sets below.
    pub(crate) trade_offs: Few<(Theme, Theme)>,
    pub(crate) stops: Few<Theme>,
    pub(crate) successes: Few<Theme>,
    /// (function asked, theme).
    pub(crate) asks: Few<(u32, Theme)>,
}

impl Sheet {
    pub(crate) fn of(person: &Person, numbers: &Numbers) -> Self {
        let mut sheet = Self {
            function: person.function,
            priorities: Few::of(person.priorities.as_ref()),
            trade_offs: Few::of(person.trade_offs.as_ref()),
            stops: Few::of(person.stops.as_ref()),
            successes: Few::of(person.successes.as_ref()),
            asks: Few::of(person.asks.as_ref()),
        };
        sheet.rename(|theme| numbers.of(theme));
        sheet
    }

    /// The same statements under other themes; different themes must stay different.
    pub(crate) fn rename(&mut self, to: impl Fn(Theme) -> Theme) {
        let set = |few: &mut Few<Theme>| few.items.iter_mut().for_each(|theme| *theme = to(*theme));
        set(&mut self.priorities);
        set(&mut self.stops);
        set(&mut self.successes);
        for (favour, over) in &mut self.trade_offs.items {
            (*favour, *over) = (to(*favour), to(*over));
        }
        for (_, theme) in &mut self.asks.items {
            *theme = to(*theme);
        }
        self.sort();
    }

    pub(crate) fn sort(&mut self) {
        self.stops.sort();
        self.successes.sort();
        self.trade_offs.sort();
        self.asks.sort();
    }

    pub(crate) fn person(&self) -> Person {
        Person {
            function: self.function,
            priorities: self.priorities.to_vec(),
            trade_offs: self.trade_offs.to_vec(),
            stops: self.stops.to_vec(),
            successes: self.successes.to_vec(),
            asks: self.asks.to_vec(),
        }
    }
}

/// Numbers for the themes that a round mentions, in an order that follows from who says what where, not from names: the draws
/// then come out the same however the themes are called.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    of: Vec<Theme>,
    count: usize,
}

/// A theme's part in one statement, and the theme at the other end, if any.
struct Link {
    from: Theme,
    to: Theme,
    label: u64,
}

/// Rounds of passing on what is at the other end.
const ROUNDS: usize = 6;
/// Steps to spend on telling apart themes that play the same part; past these their names decide.
const STEPS: usize = 2_000_000;

impl Numbers {
    /// Numbers for the themes of a team, second proposals included.
    pub(crate) fn new(team: &Team<'_>) -> Self {
        let mut colours = vec![0u64; team.themes.len()];
        let mut mentioned = vec![false; team.themes.len()];
        let mut links = Vec::new();
        for (i, response) in team.responses.iter().enumerate() {
            parts(team, i as u64, response, &mut |from, to, label| {
                mentioned[from as usize] = true;
                colours[from as usize] = colours[from as usize].wrapping_add(mix(label));
                if let Some(to) = to {
                    mentioned[to as usize] = true;
                    links.push(Link { from, to, label });
                }
            });
        }
        let mut steps = 0;
        loop {
            pass_on(&mut colours, &links);
            steps += ROUNDS * links.len();
            let Some(tied) = first_tie(&colours, &links, &mentioned).filter(|_| steps < STEPS)
            else {
                break;
            };
            colours[tied] = mix(colours[tied] ^ 0x5bd1_e995);
        }
        let mut order: Vec<usize> = (0..colours.len()).filter(|t| mentioned[*t]).collect();
        order.sort_by_key(|t| (colours[*t], *t));
        let mut of = vec![0; colours.len()];
        for (number, theme) in order.iter().enumerate() {
            of[*theme] = number as Theme;
        }
        Self {
            of,
            count: order.len(),
        }
    }

    /// Themes by their own numbers, for teams that are only counted.
    pub(crate) fn as_they_are(themes: usize) -> Self {
        Self {
            of: (0..themes as Theme).collect(),
            count: themes,
        }
    }

    pub(crate) fn of(&self, theme: Theme) -> Theme {
        self.of.get(theme as usize).copied().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }
}

/// Spreads a number over 64 bits (the finaliser of `SplitMix64`).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn label(parts: &[u64]) -> u64 {
    parts.iter().fold(1, |label, part| mix(label ^ part))
}

/// Tells every part that a theme plays in a response.
fn parts(
    team: &Team<'_>,
    person: u64,
    response: &CodedResponse,
    tell: &mut impl FnMut(Theme, Option<Theme>, u64),
) {
    let mut statement = |coded: &Coded, question: u64, place: u64| {
        let theme = team.theme(&coded.theme);
        tell(theme, None, label(&[person, question, place]));
        if let Some(proposed) = &coded.proposed {
            let sure = label(&[person, question, place, proposed.confidence.to_bits()]);
            tell(theme, proposed.second.as_ref().map(|s| team.theme(s)), sure);
        }
    };
    for (rank, coded) in response.priorities.iter().enumerate() {
        statement(coded, 1, rank as u64);
    }
    for trade_off in &response.trade_offs {
        statement(&trade_off.favour, 2, 0);
        statement(&trade_off.over, 2, 1);
    }
    for coded in &response.stops {
        statement(coded, 3, 0);
    }
    for success in &response.successes {
        statement(&success.coded, 4, 0);
    }
    for ask in &response.asks {
        statement(&ask.coded, 5, u64::from(team.function(&ask.function)));
    }
    for trade_off in &response.trade_offs {
        let (favour, over) = (
            team.theme(&trade_off.favour.theme),
            team.theme(&trade_off.over.theme),
        );
        tell(favour, Some(over), label(&[person, 6]));
    }
}

/// Lets every theme take on what its links lead to.
fn pass_on(colours: &mut Vec<u64>, links: &[Link]) {
    for _ in 0..ROUNDS.min(links.len()) {
        let mut next = colours.clone();
        for link in links {
            let (from, to) = (link.from as usize, link.to as usize);
            next[from] = next[from].wrapping_add(mix(link.label ^ mix(colours[to])));
            next[to] = next[to].wrapping_add(mix(!link.label ^ mix(colours[from])));
        }
        *colours = next.into_iter().map(mix).collect();
    }
}

/// The first by name of the themes that share the lowest shared colour, among those with links; the others are interchangeable.
fn first_tie(colours: &[u64], links: &[Link], mentioned: &[bool]) -> Option<usize> {
    let mut linked = vec![false; colours.len()];
    for link in links {
        linked[link.from as usize] = true;
        linked[link.to as usize] = true;
    }
    let mut order: Vec<(u64, usize)> = (0..colours.len())
        .filter(|t| linked[*t] && mentioned[*t])
        .map(|t| (colours[t], t))
        .collect();
    order.sort_unstable();
    order
        .windows(2)
        .find(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[0].1)
}
