//! From a statement to the pieces that are compared: folded words, their stems, their four-letter pieces.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::Language;

/// A statement has at most 280 characters; anything beyond this many is not compared.
const LONGEST: usize = 2_000;

/// The length of the pieces of a word.
const PIECE: usize = 4;

/// What a word tells about the theme, beside how rare it is.
const PLAIN: f64 = 1.0;

/// Words that say in which direction something should go, not what it is about, and figures.
/// Two statements that share only "reduce" or "10" are hardly on one theme.
const WEAK: f64 = 0.2;

/// English words that carry no theme.
const STOP_EN: &[&str] = &[
    "a", "about", "above", "across", "actually", "after", "all", "an", "and", "any", "are", "as",
    "at", "be", "been", "before", "below", "but", "by", "can", "do", "does", "don", "each",
    "every", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it",
    "its", "just", "like", "of", "off", "on", "or", "our", "out", "over", "own", "per", "rather",
    "s", "should", "so", "such", "t", "than", "that", "the", "their", "them", "then", "there",
    "these", "they", "this", "those", "through", "to", "too", "under", "until", "up", "us", "very",
    "was", "we", "were", "what", "when", "which", "while", "who", "will", "with", "without", "you",
    "your",
];

/// German words that carry no theme, as they are after folding.
const STOP_DE: &[&str] = &[
    "aber", "alle", "allen", "aller", "alles", "als", "also", "am", "an", "auch", "auf", "aus",
    "bei", "beim", "bis", "da", "damit", "das", "dass", "dem", "den", "der", "des", "die", "dies",
    "diese", "diesem", "diesen", "dieser", "durch", "ein", "eine", "einem", "einen", "einer",
    "eines", "er", "es", "fur", "hat", "haben", "ich", "ihr", "ihre", "im", "in", "ins", "ist",
    "jede", "jeden", "jeder", "kann", "man", "mit", "nach", "nicht", "noch", "nur", "ob", "oder",
    "ohne", "pro", "sein", "sich", "sie", "sind", "so", "statt", "uber", "um", "und", "uns",
    "unser", "unsere", "unserem", "unseren", "unserer", "unter", "vom", "von", "vor", "was",
    "wenn", "wie", "wir", "wird", "zu", "zum", "zur", "zwischen",
];

/// English words of direction and degree.
const WEAK_EN: &[&str] = &[
    "achieve",
    "become",
    "better",
    "bring",
    "build",
    "close",
    "cut",
    "deliver",
    "down",
    "drive",
    "faster",
    "fewer",
    "fix",
    "focus",
    "get",
    "give",
    "good",
    "grow",
    "high",
    "improve",
    "increase",
    "keep",
    "less",
    "low",
    "lower",
    "make",
    "many",
    "more",
    "new",
    "no",
    "one",
    "plan",
    "raise",
    "reach",
    "reduce",
    "run",
    "stop",
    "successful",
    "take",
    "target",
    "three",
    "time",
    "two",
    "win",
    "work",
    "year",
];

/// German words of direction and degree, as they are after folding.
const WEAK_DE: &[&str] = &[
    "abbauen",
    "arbeit",
    "besser",
    "bessere",
    "erhohen",
    "erreichen",
    "gut",
    "halten",
    "hoch",
    "jahr",
    "kein",
    "keine",
    "machen",
    "mehr",
    "neu",
    "neue",
    "neuen",
    "neues",
    "niedrig",
    "reduzieren",
    "schnell",
    "schneller",
    "senken",
    "sichern",
    "steigern",
    "stoppen",
    "verbessern",
    "weniger",
    "ziel",
];

/// The pieces of one statement: how often each occurs, times what it tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pieces {
    /// Stems of the words.
    pub words: BTreeMap<String, f64>,
    /// Four-letter pieces of the padded words; a shorter word is one piece.
    pub letters: BTreeMap<String, f64>,
}

/// Reads statements of one language.
pub(super) struct Reader {
    language: Language,
    stemmer: Option<Stemmer>,
}

impl Reader {
    pub fn new(language: Language) -> Self {
        let stemmer = match language {
            Language::En => Some(Stemmer::create(Algorithm::English)),
            Language::De => Some(Stemmer::create(Algorithm::German)),
            Language::Other => None,
        };
        Self { language, stemmer }
    }

    /// Lower case, without accents, one space between words, without punctuation: two statements with the
    /// same folded text are the same statement. Text without a letter or figure (an emoji) stays as it is.
    pub fn fold(&self, text: &str) -> String {
        let text: String = text.chars().take(LONGEST).collect();
        let words = self.words(&text);
        if words.is_empty() {
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        } else {
            words.join(" ")
        }
    }

    /// The pieces of a folded text.
    pub fn pieces(&self, folded: &str) -> Pieces {
        let mut pieces = Pieces::default();
        let all: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let telling: Vec<&str> = all
            .iter()
            .copied()
            .filter(|word| !self.is_stop(word))
            .collect();
        // "Over and out" holds stop words only; they are better than nothing.
        for word in if telling.is_empty() { all } else { telling } {
            let weight = if self.is_weak(word) { WEAK } else { PLAIN };
            let stem = self.stemmer.as_ref().map_or_else(
                || word.to_owned(),
                |stemmer| stemmer.stem(word).into_owned(),
            );
            *pieces.words.entry(stem).or_default() += weight;
            for piece in letters(word) {
                *pieces.letters.entry(piece).or_default() += weight;
            }
        }
        pieces
    }

    /// The folded words of a text, in their order.
    pub fn words(&self, text: &str) -> Vec<String> {
        let folded: String = text
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .collect();
        let folded: Vec<char> = folded.replace('ß', "ss").chars().collect();
        let mut words = Vec::new();
        let mut word = String::new();
        for (at, &c) in folded.iter().enumerate() {
            let inside = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric());
            // "A&E" and "P&L" are words; "99.95" is a figure. Elsewhere the sign parts two words.
            let joins = !word.is_empty()
                && match c {
                    '&' => inside(folded.get(at + 1)),
                    '.' | ',' => {
                        word.ends_with(|c: char| c.is_numeric())
                            && folded.get(at + 1).is_some_and(|c| c.is_numeric())
                    }
                    _ => false,
                };
            if c.is_alphanumeric() || joins {
                word.push(if c == ',' { '.' } else { c });
            } else if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
        if self.language == Language::De {
            for word in &mut words {
                *word = without_spelt_umlauts(word);
            }
        }
        words
    }

    fn is_stop(&self, word: &str) -> bool {
        match self.language {
            Language::En => STOP_EN.contains(&word),
            Language::De => STOP_DE.contains(&word),
            Language::Other => false,
        }
    }

    fn is_weak(&self, word: &str) -> bool {
        word.chars().all(|c| c.is_numeric() || c == '.')
            || match self.language {
                Language::En => WEAK_EN.contains(&word),
                Language::De => WEAK_DE.contains(&word),
                Language::Other => false,
            }
    }
}

/// `verfuegbar` and `verfügbar` are one word. After a vowel or `q` the `e` is a letter of its own
/// (`neue`, `Quelle`).
fn without_spelt_umlauts(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut before = None;
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        out.push(c);
        let alone = !before.is_some_and(|b| matches!(b, 'a' | 'e' | 'i' | 'o' | 'u' | 'q'));
        if matches!(c, 'a' | 'o' | 'u') && alone && letters.peek() == Some(&'e') {
            letters.next();
        }
        before = Some(c);
    }
    out
}

/// The pieces of one word, with its start and end marked.
fn letters(word: &str) -> Vec<String> {
    let padded: Vec<char> = std::iter::once('<')
        .chain(word.chars())
        .chain(std::iter::once('>'))
        .collect();
    if padded.len() <= PIECE {
        return vec![padded.into_iter().collect()];
    }
    padded
        .windows(PIECE)
        .map(|piece| piece.iter().collect())
        .collect()
}
