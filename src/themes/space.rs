//! The texts of a round and a codebook side by side, and how alike they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::alias::Aliases;
use super::meanings::Meanings;
use super::model::{Model, ModelError};
use super::text::Reader;
use super::words::{self, Words};
use super::{Item, KnownTheme, Language};

/// How a team's texts are compared: by their meaning where a model serves the language, by their words otherwise.
#[derive(Clone, Debug)]
pub struct Method {
    language: Language,
    model: Option<Arc<Model>>,
    aliases: Aliases,
}

impl Method {
    /// By their words: stems and pieces of words, rare ones counting most. Knows no meaning, needs no model.
    pub fn lexical(language: Language) -> Self {
        Self {
            language,
            model: None,
            aliases: Aliases::default(),
        }
    }

    /// By their meaning, as a model sees it. The model is in memory as long as the method; a [`Space`] does not
    /// hold it. The language still decides which texts are the same text.
    pub fn meaning(language: Language, model: Arc<Model>) -> Self {
        Self {
            model: Some(model),
            ..Self::lexical(language)
        }
    }

    /// By their meaning where the model serves the language of a tag such as `en-GB`, else by their words.
    pub fn of(tag: &str, model: Option<Arc<Model>>) -> Self {
        let language = Language::from_tag(tag);
        match model.filter(|model| model.serves(tag)) {
            Some(model) => Self::meaning(language, model),
            None => Self::lexical(language),
        }
    }

    /// The same with a team's short forms.
    #[must_use]
    pub fn with_aliases(self, aliases: Aliases) -> Self {
        Self { aliases, ..self }
    }

    /// Whether only words are compared. Proposals are poor then, and a page should say so.
    pub fn is_lexical(&self) -> bool {
        self.model.is_none()
    }
}

/// A set of texts with their vectors, in memory: made once for a round, asked after each decision on the board.
///
/// Which texts it holds decides everything, not the order in which they came. Two texts that differ only in
/// case, accents and punctuation are one. Holds the statements' words: keep it no longer than a page needs.
#[derive(Clone)]
pub struct Space {
    language: Language,
    aliases: Aliases,
    /// The folded texts, in the order of their characters, and of those that fold to each the first by its
    /// characters: what a model reads.
    texts: BTreeMap<String, String>,
    /// The folded texts again; a text's place is its position here.
    keys: Vec<String>,
    vectors: Vectors,
}

#[derive(Clone)]
enum Vectors {
    Words(Words),
    Meanings(Meanings),
}

impl Space {
    /// The space of these texts. Texts of any kind will do, the empty one too.
    pub fn of<'a>(
        method: &Method,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, ModelError> {
        let mut space = Self::empty(method);
        space.add(method, texts)?;
        Ok(space)
    }

    /// The space of a round: its statements, and the names and examples of the themes.
    pub fn of_round(
        method: &Method,
        items: &[Item],
        themes: &[KnownTheme],
    ) -> Result<Self, ModelError> {
        let themes = themes
            .iter()
            .flat_map(|theme| theme.examples.iter().chain([&theme.name]));
        let items = items.iter().map(|item| &item.text);
        Self::of(method, items.chain(themes).map(String::as_str))
    }

    /// A space without a text yet.
    pub fn empty(method: &Method) -> Self {
        Self {
            language: method.language,
            aliases: method.aliases.clone(),
            texts: BTreeMap::new(),
            keys: Vec::new(),
            vectors: match &method.model {
                None => Vectors::Words(Words::of(&Reader::new(method.language), &[])),
                Some(_) => Vectors::Meanings(Meanings::of(&[])),
            },
        }
    }

    /// Whether all these texts are there, so that nothing has to be computed for them.
    pub fn holds(&self, texts: &[&str]) -> bool {
        let finder = self.finder();
        texts.iter().all(|text| finder.find(text).is_some())
    }

    /// Adds texts, such as the name of a theme that was made just now; afterwards the space is the one that
    /// [`Space::of`] would have made of all of them. The method must be the one that the space was made by. Only
    /// texts that were not there are read by its model. On an error the space stays as it was.
    pub fn add<'a>(
        &mut self,
        method: &Method,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), ModelError> {
        let reader = Reader::new(self.language);
        let mut all = self.texts.clone();
        for text in texts {
            let text = self.aliases.expand(&reader, text);
            let kept = all
                .entry(reader.fold(&text))
                .or_insert_with(|| text.clone());
            if text < *kept {
                *kept = text;
            }
        }
        if all == self.texts && !all.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = all.keys().cloned().collect();
        let vectors = match &method.model {
            None => Vectors::Words(Words::of(&reader, &keys)),
            Some(model) => Vectors::Meanings(self.meanings(model, &all)?),
        };
        (self.texts, self.keys, self.vectors) = (all, keys, vectors);
        Ok(())
    }

    /// The meanings of all texts; those that were there are not computed again.
    fn meanings(
        &self,
        model: &Model,
        all: &BTreeMap<String, String>,
    ) -> Result<Meanings, ModelError> {
        let there: Vec<Option<Vec<f32>>> = all
            .iter()
            .map(|(key, text)| match &self.vectors {
                Vectors::Meanings(meanings) if self.texts.get(key) == Some(text) => {
                    self.place(key).map(|at| meanings.raw(at).to_vec())
                }
                _ => None,
            })
            .collect();
        let missing: Vec<&str> = all
            .values()
            .zip(&there)
            .filter(|(_, there)| there.is_none())
            .map(|(text, _)| text.as_str())
            .collect();
        let mut computed = model.embed(&missing)?.into_iter();
        let vectors: Vec<Vec<f32>> = there
            .into_iter()
            .map(|there| there.or_else(|| computed.next()).unwrap_or_default())
            .collect();
        Ok(Meanings::of(&vectors))
    }

    /// Whether only words are compared here.
    pub fn is_lexical(&self) -> bool {
        matches!(self.vectors, Vectors::Words(_))
    }

    /// Finds texts.
    pub(super) fn finder(&self) -> Finder<'_> {
        Finder {
            space: self,
            reader: Reader::new(self.language),
        }
    }

    fn place(&self, folded: &str) -> Option<usize> {
        self.keys
            .binary_search_by(|key| key.as_str().cmp(folded))
            .ok()
    }

    /// Whether a text holds nothing to compare.
    pub(super) fn blank(&self, at: usize) -> bool {
        self.keys[at].is_empty()
    }

    /// How alike two texts are: 1 for the same, about 0 for two that have nothing to do with each other. By words
    /// never below 0; by meaning it can be, for two that lie apart in what the set is about.
    pub(super) fn similarity(&self, a: usize, b: usize) -> f64 {
        if a == b {
            return 1.0;
        }
        let product = match &self.vectors {
            Vectors::Words(words) => words.product(a, b),
            Vectors::Meanings(meanings) => meanings.product(a, b),
        };
        f64::from(product).clamp(-1.0, 1.0)
    }

    /// The similarities of all pairs among different texts: those of the first with the second, third, ..., then
    /// of the second with the third, ... Takes four bytes a pair.
    pub(super) fn pairs(&self, of: &[usize]) -> Vec<f32> {
        let mut pairs = vec![0.0; of.len() * of.len().saturating_sub(1) / 2];
        let mut rows = Vec::with_capacity(of.len());
        let mut rest = pairs.as_mut_slice();
        for at in 0..of.len() {
            let (row, next) = rest.split_at_mut(of.len() - at - 1);
            rows.push(row);
            rest = next;
        }
        match &self.vectors {
            Vectors::Words(words) => words.triangle(of, rows),
            Vectors::Meanings(meanings) => meanings.triangle(of, rows),
        }
        pairs
    }

    /// The sums of groups of texts, each text as often as it counts (text, times).
    pub(super) fn sums(&self, groups: &[Vec<(usize, f64)>]) -> Sums {
        let counts = groups
            .iter()
            .map(|group| group.iter().map(|(_, times)| times).sum())
            .collect();
        let (vectors, squares) = match &self.vectors {
            Vectors::Words(words) => {
                let (sums, squares) = words.sums(groups);
                (SumVectors::Words(sums), squares)
            }
            Vectors::Meanings(meanings) => {
                let (sums, squares) = meanings.sums(groups);
                (SumVectors::Meanings(sums), squares)
            }
        };
        Sums {
            counts,
            squares,
            vectors,
        }
    }

    /// The scalar products of a text with each sum.
    pub(super) fn against(&self, text: usize, sums: &Sums, out: &mut Vec<f64>) {
        out.resize(sums.counts.len(), 0.0);
        match (&self.vectors, &sums.vectors) {
            (Vectors::Words(words), SumVectors::Words(sums)) => words.against(text, sums, out),
            (Vectors::Meanings(meanings), SumVectors::Meanings(sums)) => {
                meanings.against(text, sums, out);
            }
            // Sums come from the same space.
            _ => out.fill(0.0),
        }
    }
}

/// Finds texts in a space.
pub(super) struct Finder<'a> {
    space: &'a Space,
    reader: Reader,
}

impl Finder<'_> {
    /// A text's place; `None` when the space was made without it.
    pub fn find(&self, text: &str) -> Option<usize> {
        let text = self.space.aliases.expand(&self.reader, text);
        self.space.place(&self.reader.fold(&text))
    }
}

/// Sums of groups of texts: what a text has to be compared with to be compared with all of a group at once.
pub(super) struct Sums {
    /// How many texts each group has.
    pub counts: Vec<f64>,
    /// The squared length of each sum.
    pub squares: Vec<f64>,
    vectors: SumVectors,
}

enum SumVectors {
    Words(words::Sums),
    Meanings(Vec<f32>),
}
