//! What every part of the report needs at hand: names, counts, quotations, the findings that may be printed.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::scoring::{CodedRound, Finding, FindingKind, ThemeCounts, theme_table};
use crate::survey::{Attribution, Count, Question, Quote};

use super::view::{Cell, CellKind, Voice};
use super::words::{self, Crowd, Usage};
use super::{Material, Quotable, QuoteSide, gate};

/// Above this number of people, circles say less than words.
const MOST_CIRCLES: usize = 16;
/// Longest theme name in a sentence, in characters; tables show it whole.
const LONGEST_NAME: usize = 80;

/// The material, looked at once.
pub(crate) struct Desk<'a> {
    pub(crate) material: &'a Material,
    pub(crate) crowd: Crowd,
    /// Counts per theme, the most mentioned first.
    pub(crate) themes: Vec<ThemeCounts>,
    /// Findings for the client, the most severe first.
    pub(crate) shown: Vec<&'a Finding>,
    /// Findings kept from the client, and why.
    pub(crate) held: Vec<(&'a Finding, &'static str)>,
    /// Themes whose name repeats words that were not released.
    pub(crate) unnamed: BTreeSet<String>,
    names: BTreeMap<String, String>,
    usage: Usage,
    /// Everybody who mentions a theme, in any question.
    mentions: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(material: &'a Material) -> Self {
        let (mut shown, mut held) = (Vec::new(), Vec::new());
        for finding in &material.score.findings {
            match gate::held_back(material, finding) {
                None => shown.push(finding),
                Some(why) => held.push((finding, why)),
            }
        }
        let (names, unnamed) = names(material);
        Self {
            material,
            crowd: Crowd::new(material.promise, material.coded.responses().len()),
            themes: theme_table(&material.coded),
            shown,
            held,
            unnamed,
            names,
            usage: Usage::of(material.quotes.iter().map(|q| q.text.as_str())),
            mentions: mentions(&material.coded),
        }
    }

    /// Whether the promise lets this report name people.
    pub(crate) fn names_people(&self) -> bool {
        self.material.promise.attribution.report_names_people()
    }

    /// A theme's name, for headings and tables.
    pub(crate) fn title(&self, theme: &str) -> String {
        self.names
            .get(theme)
            .cloned()
            .unwrap_or_else(|| "A theme without a name".to_owned())
    }

    /// A theme's name, for the inside of a sentence.
    pub(crate) fn theme(&self, theme: &str) -> String {
        words::isolate(
            self.usage
                .inside(&words::shorten(&self.title(theme), LONGEST_NAME)),
        )
    }

    /// Names of several themes, for the inside of a sentence.
    pub(crate) fn list(&self, themes: &[String]) -> Vec<String> {
        themes.iter().map(|theme| self.theme(theme)).collect()
    }

    /// How many people mention the theme anywhere.
    pub(crate) fn mentioned_by(&self, theme: &str) -> usize {
        self.mentions.get(theme).map_or(0, BTreeSet::len)
    }

    /// Whether the client may read that anybody mentions the theme: where people are not named, a theme of
    /// one or two would point at them.
    pub(crate) fn may_show(&self, theme: &str) -> bool {
        self.names_people() || self.mentioned_by(theme) > 2
    }

    /// Findings of one kind that the client may read.
    pub(crate) fn of_kind(&self, kind: FindingKind) -> impl Iterator<Item = &'a Finding> {
        self.shown
            .iter()
            .copied()
            .filter(move |finding| finding.kind == kind)
    }

    /// A number of people as circles, or as what stands for them.
    pub(crate) fn cell(&self, k: usize) -> Cell {
        let n = self.crowd.size();
        let words = match self.crowd.count(k) {
            Count::None => "none".to_owned(),
            _ => self.crowd.of(k),
        };
        let (kind, on) = match self.crowd.count(k) {
            Count::None => (CellKind::None, 0),
            Count::OneOrTwo => (CellKind::Few, 0),
            Count::NearlyAll => (CellKind::Nearly, 0),
            Count::Exactly(k) | Count::All(k) => {
                if n > MOST_CIRCLES {
                    (CellKind::Words, 0)
                } else {
                    (CellKind::Dots, k)
                }
            }
        };
        Cell {
            kind,
            on,
            off: if kind == CellKind::Dots { n - on } else { 0 },
            words,
        }
    }

    /// At most `most` quotations for one side of a finding, one a person, best placed first.
    pub(crate) fn voices(&self, finding: &Finding, side: usize, most: usize) -> Vec<Voice> {
        let people = finding.sides.get(side).map_or(&[][..], Vec::as_slice);
        let texts = gate::texts(self.material, finding, side);
        self.pick(
            texts
                .into_iter()
                .filter(|q| people.contains(&q.executive))
                .collect(),
            most,
        )
    }

    /// At most `most` quotations on a theme in one question.
    pub(crate) fn voices_on(&self, theme: &str, question: Question, most: usize) -> Vec<Voice> {
        self.pick(
            self.material
                .quotes
                .iter()
                .filter(|q| q.theme == theme && q.question == question)
                .collect(),
            most,
        )
    }

    fn pick(&self, mut texts: Vec<&Quotable>, most: usize) -> Vec<Voice> {
        // Among equals the order must say nothing about who answered when or who comes first in the roster.
        texts.retain(|q| q.quote == Quote::Verbatim);
        texts.sort_by_key(|q| (q.position, self.lot("quotes", &q.text)));
        let (mut heard, mut said) = (BTreeSet::new(), BTreeSet::new());
        texts
            .into_iter()
            .filter_map(|q| {
                let text = self.whole(q)?;
                (heard.insert(&q.executive) && said.insert(text.to_lowercase())).then(|| Voice {
                    text,
                    who: self.person(&q.executive),
                })
            })
            .take(most)
            .collect()
    }

    /// The statement a text belongs to, in its author's words: a trade-off is quoted with both its sides, as it was
    /// asked for. `None` where one of them was not released.
    fn whole(&self, text: &Quotable) -> Option<String> {
        let part = |side| {
            self.material.quotes.iter().find(|q| {
                q.side == side
                    && q.question == text.question
                    && q.position == text.position
                    && q.executive == text.executive
            })
        };
        match (text.side, part(QuoteSide::Favour), part(QuoteSide::Over)) {
            (QuoteSide::Whole, _, _) => Some(text.text.clone()),
            (_, Some(favour), Some(over)) => (favour.quote == Quote::Verbatim
                && over.quote == Quote::Verbatim)
                .then(|| format!("{}” over “{}", favour.text, over.text)),
            _ => Some(text.text.clone()),
        }
    }

    /// A person's name, where the promise names people.
    pub(crate) fn person(&self, executive: &str) -> Option<String> {
        let people = self
            .material
            .people
            .as_ref()
            .filter(|_| self.names_people())?;
        people.get(executive).cloned()
    }

    /// A lot drawn with the round's seed: it orders things without telling where they came from.
    pub(crate) fn lot(&self, draw: &str, text: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.material.coded.seed().to_le_bytes());
        hash.update((draw.len() as u64).to_le_bytes());
        hash.update(draw.as_bytes());
        hash.update(text.as_bytes());
        hash.finalize().into()
    }

    /// What each executive is called in the consultant's tables, in the order in which they are shown: by name
    /// where the report names people, else as A, B, C, drawn by lot.
    pub(crate) fn roster(&self) -> Vec<(String, String)> {
        let mut ids: Vec<String> = self
            .material
            .coded
            .responses()
            .iter()
            .map(|r| r.executive.clone())
            .collect();
        if self.material.promise.attribution == Attribution::Named {
            let name = |id: &String| self.person(id).unwrap_or_else(|| "Somebody".to_owned());
            ids.sort_by_key(|id| (name(id), id.clone()));
            return ids
                .into_iter()
                .map(|id| (name(&id), id))
                .map(|(name, id)| (id, name))
                .collect();
        }
        ids.sort_by_key(|id| self.lot("letters", id));
        ids.into_iter()
            .enumerate()
            .map(|(i, id)| (id, letter(i)))
            .collect()
    }
}

/// A, B, ... Z, AA, AB, ...
fn letter(mut i: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.insert(0, char::from(b'A' + (i % 26) as u8));
        if i < 26 {
            return letters.into_iter().collect();
        }
        i = i / 26 - 1;
    }
}

fn names(material: &Material) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let (mut names, mut unnamed) = (BTreeMap::new(), BTreeSet::new());
    let guarded = gate::Guarded::new(&material.quotes);
    let previous = material.previous.iter().flat_map(|p| p.theme_names.iter());
    for (id, name) in material.theme_names.iter().chain(previous) {
        if names.contains_key(id) || name.trim().is_empty() {
            continue;
        }
        if guarded.repeated_in(name) || material.unreleased_names.contains(id) {
            unnamed.insert(id.clone());
            names.insert(id.clone(), format!("Unnamed theme {}", unnamed.len()));
        } else {
            names.insert(
                id.clone(),
                name.split_whitespace().collect::<Vec<_>>().join(" "),
            );
        }
    }
    (names, unnamed)
}

/// Who mentions each theme, in whatever question.
pub(crate) fn mentions(coded: &CodedRound) -> BTreeMap<String, BTreeSet<String>> {
    let mut mentions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for response in coded.responses() {
        let themes = (response
            .priorities
            .iter()
            .chain(&response.stops)
            .map(|c| &c.theme))
        .chain(
            response
                .trade_offs
                .iter()
                .flat_map(|t| [&t.favour.theme, &t.over.theme]),
        )
        .chain(response.successes.iter().map(|s| &s.coded.theme))
        .chain(response.asks.iter().map(|a| &a.coded.theme));
        for theme in themes {
            mentions
                .entry(theme.clone())
                .or_default()
                .insert(response.executive.clone());
        }
    }
    mentions
}
