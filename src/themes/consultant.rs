//! A consultant who sorts statements the way people have sorted them, on a board that works as ours does, and counts
//! what it takes. `docs/THEMES.md` says what costs what, and why.

use std::collections::BTreeMap;

use super::{Item, KnownTheme, Proposals, Space, ThemeRef};

/// How many themes a card offers.
const OFFERED: usize = 3;

/// What an action costs: confirming a tight group, taking an offered theme, making a new theme.
const ONE: usize = 1;
/// Choosing from the list of all themes; moving a statement out of a group it does not belong to.
const TWO: usize = 2;

/// What is on the board.
pub(super) struct Board<'a> {
    /// Holds the statements, the themes of earlier rounds, and the names that the consultant will type.
    pub space: &'a Space,
    /// The statements, by id.
    pub items: BTreeMap<&'a str, &'a Item>,
    /// The theme that people gave each statement, by id. A theme's key is its name.
    pub gold: BTreeMap<&'a str, &'a str>,
    /// The themes of earlier rounds; their ids are the people's themes.
    pub codebook: &'a [KnownTheme],
    /// What the program proposed.
    pub proposals: &'a Proposals,
}

/// How a consultant confirms what is tight: the board has a button for each theme, and one for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirming {
    ThemeByTheme,
    AllAtOnce,
}

/// How good the offers were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// Statements whose theme was there already.
    pub asked: usize,
    /// Of these, those whose theme was offered first.
    pub first: usize,
    /// Of these, those whose theme was offered at all.
    pub offered: usize,
}

impl Board<'_> {
    /// Sorts every statement by itself, in the board's order, and looks what is offered each time.
    pub fn offers(&self) -> Offers {
        let mut desk = Desk::new(self);
        let mut offers = Offers::default();
        for assignment in self.proposals.in_order(|_| true) {
            let id = assignment.item.as_str();
            if desk.has(self.gold[id]) {
                let place = desk.place(id);
                offers.asked += 1;
                offers.first += usize::from(place == Some(0));
                offers.offered += usize::from(place.is_some());
            }
            desk.put(id, self.gold[id], None);
        }
        offers
    }

    /// Sorts everything as a consultant would, and counts the actions: the tight statements theme by theme, or
    /// all at once.
    pub fn actions(&self, confirming: Confirming) -> usize {
        let mut desk = Desk::new(self);
        let mut actions = 0;
        let mut confirmed = false;
        for (proposed, items) in self.proposals.tight() {
            let (theme, name) = match proposed {
                ThemeRef::Known(id) => (id.as_str(), None),
                ThemeRef::New(key) => {
                    let theme = self.mostly(&items, |theme| !desk.has(theme));
                    (theme, self.name(key))
                }
            };
            let (right, wrong): (Vec<&str>, Vec<&str>) =
                items.into_iter().partition(|id| self.gold[id] == theme);
            if !right.is_empty() {
                // What turns out to be a theme that is there already is merged with it: chosen from the list.
                let merged = matches!(proposed, ThemeRef::New(_)) && desk.has(theme);
                actions += match confirming {
                    _ if merged => TWO,
                    Confirming::AllAtOnce if confirmed => 0,
                    _ => ONE,
                };
                confirmed |= !merged;
            }
            actions += TWO * wrong.len();
            for id in right.into_iter().chain(wrong) {
                desk.put(id, self.gold[id], name.filter(|_| self.gold[id] == theme));
            }
        }
        for assignment in self.proposals.to_sort() {
            let id = assignment.item.as_str();
            actions += if desk.has(self.gold[id]) && desk.place(id).is_none() {
                TWO
            } else {
                ONE
            };
            desk.put(id, self.gold[id], None);
        }
        actions
    }

    /// The theme of most of these statements; of themes with as many, the one that comes first by `order`, then by
    /// its name.
    fn mostly<K: Ord>(&self, ids: &[&str], order: impl Fn(&str) -> K) -> &str {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for id in ids {
            *votes.entry(self.gold[id]).or_default() += 1;
        }
        votes
            .into_iter()
            .min_by_key(|(theme, votes)| (usize::MAX - votes, order(theme), *theme))
            .map_or("", |(theme, _)| theme)
    }

    /// The name proposed for a new theme.
    fn name(&self, key: &str) -> Option<&str> {
        self.proposals
            .groups
            .iter()
            .find(|group| group.key == key)
            .map(|group| group.name.as_str())
    }
}

/// What has been decided so far.
struct Desk<'a> {
    board: &'a Board<'a>,
    themes: BTreeMap<String, KnownTheme>,
}

impl<'a> Desk<'a> {
    fn new(board: &'a Board<'a>) -> Self {
        let themes = board.codebook.iter().cloned();
        Self {
            board,
            themes: themes.map(|theme| (theme.id.clone(), theme)).collect(),
        }
    }

    fn has(&self, theme: &str) -> bool {
        self.themes.contains_key(theme)
    }

    /// At which place of the offers the statement's theme is, from 0.
    fn place(&self, id: &str) -> Option<usize> {
        let themes: Vec<KnownTheme> = self.themes.values().cloned().collect();
        self.board
            .space
            .suggest(&[&self.board.items[id].text], &themes, OFFERED)
            .into_iter()
            .flatten()
            .position(|offer| offer.theme == self.board.gold[id])
    }

    /// Puts a statement into a theme. A theme that is not there yet is made, under that name; without one the
    /// consultant types the people's.
    fn put(&mut self, id: &str, theme: &str, name: Option<&str>) {
        self.themes
            .entry(theme.to_owned())
            .or_insert_with(|| KnownTheme {
                id: theme.to_owned(),
                name: name.map_or_else(|| typed(theme), str::to_owned),
                examples: Vec::new(),
            })
            .examples
            .push(self.board.items[id].text.clone());
    }
}

/// The name that a consultant types for one of the people's themes: `sales_hiring` is "sales hiring".
pub(super) fn typed(theme: &str) -> String {
    theme.replace('_', " ")
}
