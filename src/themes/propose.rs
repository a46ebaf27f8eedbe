//! The codebook first, then groups of what is left.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::average_link;
use super::text::Reader;
use super::vectors::Space;
use super::{
    Assignment, Item, KnownTheme, Language, Neighbour, NewTheme, Proposals, Suggestion, ThemeRef,
};

/// Two groups are one theme when their statements are at least this alike on average. From 0.06 to 0.15 the
/// development data tell little difference.
const GROUP: f64 = 0.12;

/// A statement goes into a known theme when it is at least this close to its examples.
const KNOWN: f64 = 0.15;

/// Below this a second theme would be a guess.
const SECOND: f64 = 0.04;

/// More distinct statements than this are not clustered with each other (the distances would fill the memory):
/// those further on in the alphabet join the nearest group, or stay alone.
const MOST: usize = 2_000;

/// The longest name of a new theme, in characters.
const NAME: usize = 60;

/// How often most fellows of a statement in a new group were on its theme, by how close they are:
/// (closeness, share) on the development data, joined by straight lines. The tables are in `docs/THEMES.md`.
const FELLOWS: &[(f64, f64)] = &[
    (0.0, 0.2),
    (0.2, 0.33),
    (0.3, 0.42),
    (0.4, 0.55),
    (0.6, 0.92),
    (1.0, 0.98),
];

/// How often the nearest known theme was right, by how close its examples are.
const CODEBOOK: &[(f64, f64)] = &[
    (0.0, 0.02),
    (0.1, 0.12),
    (0.2, 0.45),
    (0.3, 0.75),
    (0.5, 0.92),
    (1.0, 0.98),
];

/// How often the theme nearest to a lone statement was wrong, by how close it is.
const ALONE: &[(f64, f64)] = &[(0.0, 0.97), (0.05, 0.9), (0.1, 0.55), (1.0, 0.5)];

/// Proposes a theme for every item: one of the codebook's where a known example is near, a new one otherwise.
///
/// Every item gets exactly one assignment; one that resembles no other gets a new theme of its own. The result
/// depends on the sets of items and themes only, not on their order. No items give no groups.
/// Time and memory grow with the square of the number of distinct statements up to 2,000 of them, with the
/// number itself beyond.
pub fn propose(items: &[Item], codebook: &[KnownTheme], language: Language) -> Proposals {
    let reader = Reader::new(language);
    let folded: Vec<String> = items.iter().map(|item| reader.fold(&item.text)).collect();
    let known = Known::new(&reader, codebook);
    let space = Space::new(&reader, folded.iter().chain(known.texts()).cloned());
    let known = known.placed(&space);
    // The items of each distinct text: `space` has them in the order of their characters, so this has too.
    let mut statements: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
    for (item, text) in items.iter().zip(&folded) {
        if let Some(at) = space.find(text) {
            statements.entry(at).or_default().push(item);
        }
    }
    let board = Board::new(&space, statements, known);
    board.proposals()
}

/// The `k` items most like a text, nearest first, without those that share nothing with it.
///
/// Equally near items come in the order of their ids.
pub fn neighbours(text: &str, items: &[Item], k: usize, language: Language) -> Vec<Neighbour> {
    let reader = Reader::new(language);
    let folded: Vec<String> = items.iter().map(|item| reader.fold(&item.text)).collect();
    let asked = reader.fold(text);
    let space = Space::new(
        &reader,
        folded.iter().chain(std::iter::once(&asked)).cloned(),
    );
    let Some(asked) = space.find(&asked) else {
        return Vec::new();
    };
    let mut found: Vec<Neighbour> = items
        .iter()
        .zip(&folded)
        .filter_map(|(item, text)| {
            let similarity = space.similarity(asked, space.find(text)?);
            (similarity > 0.0).then(|| Neighbour {
                item: item.id.clone(),
                similarity,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.similarity
            .total_cmp(&a.similarity)
            .then_with(|| a.item.cmp(&b.item))
    });
    found.truncate(k);
    found
}

/// The `k` themes of the codebook that fit a text best, best first, without those that share nothing with it.
///
/// Equally near themes come in the order of their ids.
pub fn suggest(
    text: &str,
    codebook: &[KnownTheme],
    k: usize,
    language: Language,
) -> Vec<Suggestion> {
    let reader = Reader::new(language);
    let asked = reader.fold(text);
    let known = Known::new(&reader, codebook);
    let space = Space::new(
        &reader,
        known.texts().chain(std::iter::once(&asked)).cloned(),
    );
    let Some(at) = space.find(&asked) else {
        return Vec::new();
    };
    let mut found: Vec<Suggestion> = known
        .placed(&space)
        .into_iter()
        .map(|(theme, examples)| {
            let similarity = closeness(&space, at, examples.iter().map(|&example| (example, 1)));
            Suggestion {
                theme,
                similarity,
                confidence: read_off(CODEBOOK, similarity),
            }
        })
        .filter(|suggestion| suggestion.similarity > 0.0)
        .collect();
    found.sort_by(|a, b| {
        b.similarity
            .total_cmp(&a.similarity)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    found.truncate(k);
    found
}

/// The codebook's folded names and examples by theme id.
struct Known(BTreeMap<String, BTreeSet<String>>);

impl Known {
    fn new(reader: &Reader, codebook: &[KnownTheme]) -> Self {
        let mut themes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for theme in codebook {
            let texts = theme
                .examples
                .iter()
                .chain(std::iter::once(&theme.name))
                .map(|text| reader.fold(text));
            // A text without a character is near to nothing, and must not catch other empty ones.
            themes
                .entry(theme.id.clone())
                .or_default()
                .extend(texts.filter(|text| !text.is_empty()));
        }
        Self(themes)
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.0.values().flatten()
    }

    /// The same with each text's place in the space.
    fn placed(self, space: &Space) -> Vec<(String, Vec<usize>)> {
        self.0
            .into_iter()
            .map(|(id, texts)| {
                (
                    id,
                    texts.iter().filter_map(|text| space.find(text)).collect(),
                )
            })
            .collect()
    }
}

/// How close a text is to a set of others, each with how often it counts: half the nearest, half the mean.
/// The nearest alone would chain, the mean alone would let a long list of examples repel; 0 for an empty set.
fn closeness(space: &Space, text: usize, others: impl Iterator<Item = (usize, usize)>) -> f64 {
    let (mut nearest, mut sum, mut count) = (0.0_f64, 0.0, 0);
    for (other, times) in others {
        let similarity = space.similarity(text, other);
        nearest = nearest.max(similarity);
        sum += similarity * times as f64;
        count += times;
    }
    if count == 0 {
        0.0
    } else {
        f64::midpoint(nearest, sum / count as f64)
    }
}

/// Where a statement goes, or could.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A theme of the codebook, by its position.
    Known(usize),
    /// A new group, by its position.
    Group(usize),
}

/// One distinct statement: its text's place in the space, and the items that say it.
struct Statement<'a> {
    text: usize,
    items: Vec<&'a Item>,
}

/// Everything on the table while the proposal is made.
struct Board<'a> {
    space: &'a Space,
    statements: Vec<Statement<'a>>,
    known: Vec<(String, Vec<usize>)>,
    /// Each statement's place.
    places: Vec<Place>,
    /// The statements of each new group.
    groups: Vec<Vec<usize>>,
    /// Those of them that others are compared with: the clustered ones, and a later one that stayed alone.
    /// Comparing everything with everything would not end for a very long list.
    compared: Vec<Vec<usize>>,
    /// How many groups came from the clustering; they come first.
    clustered: usize,
}

impl<'a> Board<'a> {
    fn new(
        space: &'a Space,
        statements: BTreeMap<usize, Vec<&'a Item>>,
        known: Vec<(String, Vec<usize>)>,
    ) -> Self {
        let statements: Vec<Statement> = statements
            .into_iter()
            .map(|(text, items)| Statement { text, items })
            .collect();
        let places = Vec::with_capacity(statements.len());
        let mut board = Self {
            space,
            statements,
            known,
            places,
            groups: Vec::new(),
            compared: Vec::new(),
            clustered: 0,
        };
        board.place();
        board
    }

    fn place(&mut self) {
        let near: Vec<Option<usize>> = (0..self.statements.len())
            .map(|at| self.near_known(at))
            .collect();
        let rest: Vec<usize> = (0..near.len()).filter(|&at| near[at].is_none()).collect();
        let (core, beyond) = rest.split_at(rest.len().min(MOST));
        let labels = average_link(core.len(), GROUP, |a, b| self.alike(core[a], core[b]));
        let mut group = vec![None; near.len()];
        self.groups = vec![Vec::new(); labels.iter().max().map_or(0, |last| last + 1)];
        for (&at, label) in core.iter().zip(labels) {
            group[at] = Some(label);
            self.groups[label].push(at);
        }
        self.clustered = self.groups.len();
        self.compared.clone_from(&self.groups);
        for &at in beyond {
            let close = |members: &[usize]| {
                closeness(
                    self.space,
                    self.statements[at].text,
                    self.counted(members, at),
                )
            };
            let nearest = self.compared[..self.clustered]
                .iter()
                .enumerate()
                .map(|(label, members)| (label, close(members)))
                .filter(|(_, close)| *close >= GROUP)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            let label = nearest.map_or(self.groups.len(), |(label, _)| label);
            if label == self.groups.len() {
                self.groups.push(Vec::new());
                self.compared.push(vec![at]);
            }
            self.groups[label].push(at);
            group[at] = Some(label);
        }
        self.places = near
            .into_iter()
            .zip(group)
            .map(|(known, group)| match (known, group) {
                (Some(theme), _) => Place::Known(theme),
                (None, label) => {
                    Place::Group(label.expect("a statement near no known theme was grouped above"))
                }
            })
            .collect();
    }

    fn alike(&self, a: usize, b: usize) -> f64 {
        self.space
            .similarity(self.statements[a].text, self.statements[b].text)
    }

    /// The closest known theme, when it is close enough.
    fn near_known(&self, at: usize) -> Option<usize> {
        (0..self.known.len())
            .map(|theme| (theme, self.close_to(at, Place::Known(theme))))
            .filter(|(_, close)| *close >= KNOWN)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
            .map(|(theme, _)| theme)
    }

    /// The texts of a group with how many items say each, without one item of the statement at `but`.
    fn counted(&self, members: &[usize], but: usize) -> impl Iterator<Item = (usize, usize)> {
        members.iter().filter_map(move |&member| {
            let statement = &self.statements[member];
            let count = statement.items.len() - usize::from(member == but);
            (count > 0).then_some((statement.text, count))
        })
    }

    /// How close a statement is to a theme, its own item left out: 0 when nothing else is there.
    fn close_to(&self, at: usize, place: Place) -> f64 {
        let text = self.statements[at].text;
        match place {
            Place::Known(theme) => closeness(
                self.space,
                text,
                self.known[theme].1.iter().map(|&example| (example, 1)),
            ),
            Place::Group(group) => {
                closeness(self.space, text, self.counted(&self.compared[group], at))
            }
        }
    }

    /// The closest theme other than the statement's own, and how close.
    fn second(&self, at: usize) -> Option<(Place, f64)> {
        let own = self.places[at];
        let groups = (0..self.clustered).map(Place::Group);
        (0..self.known.len())
            .map(Place::Known)
            .chain(groups)
            .filter(|place| *place != own)
            .map(|place| (place, self.close_to(at, place)))
            .fold(None, |best: Option<(Place, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            })
    }

    fn confidence(&self, at: usize, second: Option<(Place, f64)>) -> f64 {
        let close = self.close_to(at, self.places[at]);
        match self.places[at] {
            Place::Known(_) => read_off(CODEBOOK, close),
            Place::Group(group)
                if self.groups[group].len() == 1 && self.statements[at].items.len() == 1 =>
            {
                read_off(ALONE, second.map_or(0.0, |(_, close)| close))
            }
            Place::Group(_) => read_off(FELLOWS, close),
        }
    }

    /// The words of the group's statement that is most like all its items.
    fn name(&self, group: &[usize]) -> String {
        let central = |at: usize| -> f64 {
            group
                .iter()
                .map(|&other| self.alike(at, other) * self.statements[other].items.len() as f64)
                .sum()
        };
        let first = |at: usize| {
            self.statements[at]
                .items
                .iter()
                .map(|item| (item.question, &item.text))
                .min()
        };
        group
            .iter()
            .map(|&at| (central(at), first(at)))
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)))
            .and_then(|(_, first)| first)
            .map_or_else(String::new, |(_, text)| shown(text))
    }

    fn proposals(&self) -> Proposals {
        let mut order: Vec<(usize, NewTheme)> = self
            .groups
            .iter()
            .zip(&self.compared)
            .map(|(group, compared)| {
                let size = group
                    .iter()
                    .map(|&at| self.statements[at].items.len())
                    .sum();
                NewTheme {
                    key: String::new(),
                    name: self.name(compared),
                    size,
                }
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
        let reference = |place: Place| match place {
            Place::Known(theme) => ThemeRef::Known(self.known[theme].0.clone()),
            Place::Group(group) => ThemeRef::New(keys[group].clone()),
        };
        let mut assignments = Vec::new();
        for (at, statement) in self.statements.iter().enumerate() {
            let second = self.second(at);
            let confidence = self.confidence(at, second);
            let second = second
                .filter(|(_, close)| *close >= SECOND)
                .map(|(place, _)| reference(place));
            assignments.extend(statement.items.iter().map(|item| Assignment {
                item: item.id.clone(),
                theme: reference(self.places[at]),
                confidence,
                second: second.clone(),
            }));
        }
        assignments.sort_by(|a, b| {
            a.item
                .cmp(&b.item)
                .then_with(|| a.theme.cmp(&b.theme))
                .then(a.confidence.total_cmp(&b.confidence))
        });
        Proposals {
            groups: order.into_iter().map(|(_, theme)| theme).collect(),
            assignments,
        }
    }
}

/// The height of a broken line at `x`, to three decimals. Straight lines, because an exponential would not
/// give the same digits on every machine.
fn read_off(line: &[(f64, f64)], x: f64) -> f64 {
    let mut height = line.first().map_or(0.5, |point| point.1);
    for pair in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        if x >= x0 {
            height = y0 + (y1 - y0) * ((x - x0) / (x1 - x0)).min(1.0);
        }
    }
    (height * 1e3).round() / 1e3
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
