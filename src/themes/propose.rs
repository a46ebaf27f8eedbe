//! The codebook first, then groups of what is left.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Tree, density};
use super::odds::{Closeness, chances};
use super::space::Sums;
use super::{
    Assignment, Item, KnownTheme, Method, ModelError, NewTheme, Proposals, Space, ThemeRef,
};

/// Two groups are one theme when their statements are at least as alike, on average, as a statement is to so many of
/// its nearest others: where statements lie close together, more is asked.
const NEAREST: usize = 10;

/// That level stays within these bounds. Below the lower one likeness is chance, and two statements share words by
/// chance less often than meanings; a large theme, in which all the nearest are close, must not fall into pieces.
/// From 0.06 to 0.12 (meanings) and 0.04 to 0.08 (words) the development data tell little difference.
const FLOOR_OF_MEANINGS: f64 = 0.10;
const FLOOR_OF_WORDS: f64 = 0.06;
const CEILING: f64 = 0.25;

/// A group is tight when its statements are this alike on average: a consultant can mostly confirm it whole.
const TIGHT: f64 = 0.40;

/// A statement is tight in a known theme from this chance on.
const SURE: f64 = 0.60;

/// More distinct statements than this are not clustered with each other (their similarities would fill the
/// memory): those further on in the alphabet join the likeliest group, or stay alone.
pub(super) const MOST: usize = 12_000;

/// The longest name of a new theme, in characters.
const NAME: usize = 60;

/// Proposes a theme for every item: [`Space::propose`] in a space made for the occasion.
pub fn propose(
    items: &[Item],
    codebook: &[KnownTheme],
    method: &Method,
) -> Result<Proposals, ModelError> {
    Ok(Space::of_round(method, items, codebook)?.propose(items, codebook))
}

impl Space {
    /// Proposes a theme for every item: one of the codebook's where its examples make that likelier than a new one,
    /// otherwise a group of items like it, or a theme of its own.
    ///
    /// Every item gets exactly one assignment. The result depends on the sets of items and themes only, not on
    /// their order. A text that the space does not hold is like nothing. Time and memory grow with the square of the
    /// number of distinct statements up to 12,000 of them (four bytes for each pair), with the number itself beyond.
    pub fn propose(&self, items: &[Item], codebook: &[KnownTheme]) -> Proposals {
        self.propose_most(items, codebook, MOST)
    }

    /// With another number of statements that are clustered with each other.
    pub(super) fn propose_most(
        &self,
        items: &[Item],
        codebook: &[KnownTheme],
        most: usize,
    ) -> Proposals {
        let finder = self.finder();
        // The items of each distinct text, in the order of the folded texts.
        let mut statements: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
        let mut strangers = Vec::new();
        for item in items {
            match finder.find(&item.text) {
                Some(at) => statements.entry(at).or_default().push(item),
                None => strangers.push(Statement {
                    text: None,
                    items: vec![item],
                }),
            }
        }
        strangers.sort_by(|a, b| {
            (&a.items[0].text, &a.items[0].id).cmp(&(&b.items[0].text, &b.items[0].id))
        });
        let statements = statements
            .into_iter()
            .map(|(at, items)| Statement {
                text: Some(at).filter(|at| !self.blank(*at)),
                items,
            })
            .chain(strangers)
            .collect();
        let known = self.known(codebook);
        Proposer::new(self, statements, known, most).proposals()
    }

    /// The places of each theme's name and examples, by the theme's id. Each text counts once; blank ones not at
    /// all.
    pub(super) fn known(&self, codebook: &[KnownTheme]) -> Vec<(String, Vec<(usize, f64)>)> {
        let finder = self.finder();
        let mut themes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for theme in codebook {
            let texts = theme.examples.iter().chain([&theme.name]);
            themes.entry(&theme.id).or_default().extend(
                texts
                    .filter_map(|text| finder.find(text))
                    .filter(|at| !self.blank(*at)),
            );
        }
        themes
            .into_iter()
            .map(|(id, texts)| {
                (
                    id.to_owned(),
                    texts.into_iter().map(|text| (text, 1.0)).collect(),
                )
            })
            .collect()
    }
}

/// Where a statement goes, or could.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A theme of the codebook, by its position.
    Known(usize),
    /// A new group, by its position.
    Group(usize),
}

/// One distinct statement: its text's place in the space, and the items that say it.
struct Statement<'a> {
    /// `None` for one that is like nothing.
    text: Option<usize>,
    items: Vec<&'a Item>,
}

/// How a statement lies to the places there are.
struct View {
    confidence: f64,
    second: Option<Place>,
    /// How much it is like all of its own group: the scalar product with the sum.
    central: f64,
}

/// Everything on the table while the proposal is made.
struct Proposer<'a> {
    space: &'a Space,
    statements: Vec<Statement<'a>>,
    known: Vec<(String, Vec<(usize, f64)>)>,
    /// Each statement's place.
    places: Vec<Place>,
    /// Which of its theme's tight groups a statement is in.
    tight: Vec<Option<usize>>,
    /// The statements of each new group.
    groups: Vec<Vec<usize>>,
    /// How many groups came from the clustering; they come first. Only with these a statement is compared:
    /// comparing everything with everything would not end for a very long list.
    clustered: usize,
}

impl<'a> Proposer<'a> {
    fn new(
        space: &'a Space,
        statements: Vec<Statement<'a>>,
        known: Vec<(String, Vec<(usize, f64)>)>,
        most: usize,
    ) -> Self {
        let count = statements.len();
        let mut proposer = Self {
            space,
            statements,
            known,
            places: vec![Place::Group(0); count],
            tight: vec![None; count],
            groups: Vec::new(),
            clustered: 0,
        };
        let rest = proposer.place_known();
        proposer.place_groups(&rest, most);
        proposer
    }

    /// Puts into known themes what belongs there; returns the others.
    fn place_known(&mut self) -> Vec<usize> {
        let examples: Vec<_> = self.known.iter().map(|(_, texts)| texts.clone()).collect();
        let sums = self.space.sums(&examples);
        let mut products = Vec::new();
        let mut rest = Vec::new();
        for at in 0..self.statements.len() {
            let odds: Vec<f64> = match self.statements[at].text {
                None => Vec::new(),
                Some(text) => {
                    self.space.against(text, &sums, &mut products);
                    (0..self.known.len())
                        .map(|theme| {
                            near(&sums, &products, theme)
                                .map_or(f64::NEG_INFINITY, Closeness::log_odds)
                        })
                        .collect()
                }
            };
            match best(odds.iter().copied().enumerate()) {
                Some((theme, odds_of_best)) if odds_of_best > 0.0 => {
                    self.places[at] = Place::Known(theme);
                    if chances(&odds)[theme] >= SURE {
                        self.tight[at] = Some(0);
                    }
                }
                _ => rest.push(at),
            }
        }
        rest
    }

    /// Groups the others.
    fn place_groups(&mut self, rest: &[usize], most: usize) {
        let (clear, blank): (Vec<usize>, Vec<usize>) = rest
            .iter()
            .copied()
            .partition(|&at| self.statements[at].text.is_some());
        let (core, beyond) = clear.split_at(clear.len().min(most));
        let texts: Vec<usize> = core
            .iter()
            .filter_map(|&at| self.statements[at].text)
            .collect();
        let pairs = self.space.pairs(&texts);
        let floor = if self.space.is_lexical() {
            FLOOR_OF_WORDS
        } else {
            FLOOR_OF_MEANINGS
        };
        let level = density(texts.len(), &pairs, NEAREST).clamp(floor, CEILING);
        let tree = Tree::average_link(texts.len(), pairs);
        let labels = tree.cut(level);
        self.groups = vec![Vec::new(); labels.iter().max().map_or(0, |last| last + 1)];
        for ((&at, label), tight) in core.iter().zip(labels).zip(tree.cut(TIGHT)) {
            self.places[at] = Place::Group(label);
            self.groups[label].push(at);
            self.tight[at] = Some(tight);
        }
        self.clustered = self.groups.len();
        if !beyond.is_empty() {
            self.place_beyond(beyond);
        }
        for at in blank {
            self.places[at] = Place::Group(self.groups.len());
            self.groups.push(vec![at]);
        }
    }

    fn place_beyond(&mut self, beyond: &[usize]) {
        let sums = self.space.sums(&self.members(self.clustered));
        let mut products = Vec::new();
        for &at in beyond {
            let Some(text) = self.statements[at].text else {
                continue;
            };
            self.space.against(text, &sums, &mut products);
            let likeliest = best((0..self.clustered).filter_map(|group| {
                near(&sums, &products, group).map(|near| (group, near.log_odds()))
            }));
            let group = match likeliest {
                Some((group, odds)) if odds > 0.0 => group,
                _ => self.groups.len(),
            };
            if group == self.groups.len() {
                self.groups.push(Vec::new());
            }
            self.groups[group].push(at);
            self.places[at] = Place::Group(group);
        }
    }

    /// The texts of the first groups, each as often as it was said.
    fn members(&self, groups: usize) -> Vec<Vec<(usize, f64)>> {
        self.groups[..groups]
            .iter()
            .map(|group| {
                group
                    .iter()
                    .filter_map(|&at| {
                        let statement = &self.statements[at];
                        Some((statement.text?, statement.items.len() as f64))
                    })
                    .collect()
            })
            .collect()
    }

    /// How every statement lies to the known themes and the groups, with itself left out.
    fn views(&self) -> Vec<View> {
        let known = self.known.len();
        let places: Vec<_> = self
            .known
            .iter()
            .map(|(_, texts)| texts.clone())
            .chain(self.members(self.clustered))
            .collect();
        let sums = self.space.sums(&places);
        let mut products = Vec::new();
        let mut view = |at: usize| {
            let Some(text) = self.statements[at].text else {
                return View {
                    confidence: chances(&[])[0],
                    second: None,
                    central: 0.0,
                };
            };
            self.space.against(text, &sums, &mut products);
            let own = match self.places[at] {
                Place::Known(theme) => theme,
                Place::Group(group) => known + group,
            };
            let mut odds = vec![f64::NEG_INFINITY; places.len()];
            let mut second = None;
            for (place, odds) in odds.iter_mut().enumerate() {
                let near = near(&sums, &products, place);
                let near = if place == own && place >= known {
                    near.and_then(Closeness::without_itself)
                } else {
                    near
                };
                let Some(near) = near else { continue };
                *odds = near.log_odds();
                if place != own && near.mean() > 0.0 && second.is_none_or(|(_, most)| *odds > most)
                {
                    second = Some((place, *odds));
                }
            }
            let chances = chances(&odds);
            let alone = odds.get(own).is_none_or(|odds| *odds == f64::NEG_INFINITY);
            View {
                central: products.get(own).copied().unwrap_or(0.0),
                confidence: chances[if alone { places.len() } else { own }],
                second: second.map(|(place, _)| {
                    if place < known {
                        Place::Known(place)
                    } else {
                        Place::Group(place - known)
                    }
                }),
            }
        };
        (0..self.statements.len()).map(&mut view).collect()
    }

    /// The words of the group's statement that is most like all of it.
    fn name(&self, group: &[usize], views: &[View]) -> String {
        let first = |at: usize| {
            self.statements[at]
                .items
                .iter()
                .map(|item| (item.question, &item.text))
                .min()
        };
        group
            .iter()
            .map(|&at| (views[at].central, first(at)))
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
            .and_then(|(_, first)| first)
            .map_or_else(String::new, |(_, text)| shown(text))
    }

    /// The new themes, largest first, and each group's key.
    fn new_themes(&self, views: &[View]) -> (Vec<NewTheme>, Vec<String>) {
        let mut order: Vec<(usize, NewTheme)> = self
            .groups
            .iter()
            .map(|group| NewTheme {
                key: String::new(),
                name: self.name(group, views),
                size: group
                    .iter()
                    .map(|&at| self.statements[at].items.len())
                    .sum(),
            })
            .enumerate()
            .collect();
        order.sort_by(|(a, x), (b, y)| {
            y.size
                .cmp(&x.size)
                .then_with(|| x.name.cmp(&y.name))
                .then(a.cmp(b))
        });
        let taken: BTreeSet<&str> = self.known.iter().map(|(id, _)| id.as_str()).collect();
        let mut free = (1_u64..)
            .map(|n| format!("proposed-{n}"))
            .filter(|key| !taken.contains(key.as_str()));
        let mut keys = vec![String::new(); order.len()];
        for (group, theme) in &mut order {
            theme.key = free.next().unwrap_or_default();
            if theme.name.is_empty() {
                theme.name.clone_from(&theme.key);
            }
            keys[*group].clone_from(&theme.key);
        }
        (order.into_iter().map(|(_, theme)| theme).collect(), keys)
    }

    fn proposals(&self) -> Proposals {
        let views = self.views();
        let (groups, keys) = self.new_themes(&views);
        let reference = |place: Place| match place {
            Place::Known(theme) => ThemeRef::Known(self.known[theme].0.clone()),
            Place::Group(group) => ThemeRef::New(keys[group].clone()),
        };
        let mut sizes: BTreeMap<(Place, usize), usize> = BTreeMap::new();
        let group = |at: usize| self.tight[at].map(|tight| (self.places[at], tight));
        for (at, statement) in self.statements.iter().enumerate() {
            if let Some(group) = group(at) {
                *sizes.entry(group).or_default() += statement.items.len();
            }
        }
        let mut assignments = Vec::new();
        for (at, view) in views.into_iter().enumerate() {
            // One statement by itself is near to nothing; beside a known theme it need not have company.
            let tight = group(at)
                .is_some_and(|group| matches!(group.0, Place::Known(_)) || sizes[&group] > 1);
            assignments.extend(self.statements[at].items.iter().map(|item| Assignment {
                item: item.id.clone(),
                theme: reference(self.places[at]),
                confidence: view.confidence,
                second: view.second.map(reference),
                tight,
            }));
        }
        assignments.sort_by(|a, b| {
            (&a.item, &a.theme)
                .cmp(&(&b.item, &b.theme))
                .then(a.confidence.total_cmp(&b.confidence))
        });
        Proposals {
            groups,
            assignments,
        }
    }
}

/// How a statement lies to one group; `None` where the group has no text.
pub(super) fn near(sums: &Sums, products: &[f64], group: usize) -> Option<Closeness> {
    (sums.counts[group] > 0.0).then(|| Closeness {
        product: products[group],
        count: sums.counts[group],
        square: sums.squares[group],
    })
}

/// The likeliest; of equally likely ones the first.
fn best(odds: impl Iterator<Item = (usize, f64)>) -> Option<(usize, f64)> {
    odds.fold(None, |best: Option<(usize, f64)>, next| match best {
        Some(best) if best.1 >= next.1 => Some(best),
        _ => Some(next),
    })
}

/// One line of visible characters, cut at a word to [`NAME`] characters.
fn shown(text: &str) -> String {
    // Signs that turn the writing direction, or show nothing, would let a statement disguise itself as another.
    let hidden = |c: char| matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let text: String = text
        .chars()
        .filter(|c| !hidden(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= NAME {
        return line;
    }
    // One character is kept for the ellipsis; a word that ends right there is whole.
    let head: String = line.chars().take(NAME).collect();
    let cut = match head.rfind(' ') {
        Some(end) if end > 0 => head[..end].to_owned(),
        _ => line.chars().take(NAME - 1).collect(),
    };
    format!("{}…", cut.trim_end_matches([',', ';', ':', '-', '–', ' ']))
}
