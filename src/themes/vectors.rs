//! TF-IDF vectors of a set of texts, and how alike two of them are.

use std::collections::BTreeMap;

use super::text::{Pieces, Reader};

/// How much the words count beside the letters; from 0.3 to 0.7 the development data tell little
/// difference.
const WORDS: f64 = 0.5;

/// A vector of length one, or none: `(term, weight)` by rising term.
type Sparse = Vec<(u32, f64)>;

/// One text's vectors.
#[derive(Clone, Debug, Default)]
struct Vectors {
    words: Sparse,
    letters: Sparse,
}

/// A set of distinct folded texts, in the order of their characters, and their vectors.
pub(super) struct Space {
    texts: Vec<String>,
    vectors: Vec<Vectors>,
}

impl Space {
    /// Builds the vectors of the folded texts given; equal ones are counted once, so that a statement made by
    /// everybody does not make its own words look common.
    pub fn new(reader: &Reader, texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort_unstable();
        texts.dedup();
        let pieces: Vec<Pieces> = texts.iter().map(|text| reader.pieces(text)).collect();
        let words = weigh(pieces.iter().map(|p| &p.words));
        let letters = weigh(pieces.iter().map(|p| &p.letters));
        let vectors = words
            .into_iter()
            .zip(letters)
            .map(|(words, letters)| Vectors { words, letters })
            .collect();
        Self { texts, vectors }
    }

    /// Where a folded text stands; `None` when the space was built without it.
    pub fn find(&self, folded: &str) -> Option<usize> {
        self.texts
            .binary_search_by(|text| text.as_str().cmp(folded))
            .ok()
    }

    /// How alike two texts are: 0 (nothing in common) to 1 (the same words); 1 for a text and itself, even an empty one.
    pub fn similarity(&self, a: usize, b: usize) -> f64 {
        if a == b {
            return 1.0;
        }
        let (a, b) = (&self.vectors[a], &self.vectors[b]);
        (WORDS * dot(&a.words, &b.words) + (1.0 - WORDS) * dot(&a.letters, &b.letters))
            .clamp(0.0, 1.0)
    }
}

/// TF-IDF, scaled to length one. A text without terms has an empty vector.
fn weigh<'a>(texts: impl Iterator<Item = &'a BTreeMap<String, f64>> + Clone) -> Vec<Sparse> {
    let mut seen: BTreeMap<&str, f64> = BTreeMap::new();
    let mut count = 0.0;
    for text in texts.clone() {
        count += 1.0;
        for term in text.keys() {
            *seen.entry(term).or_default() += 1.0;
        }
    }
    let terms: BTreeMap<&str, (u32, f64)> = (0..)
        .zip(&seen)
        .map(|(at, (&term, &n))| (term, (at, rarity(count, n))))
        .collect();
    texts
        .map(|text| {
            let mut vector: Sparse = text
                .iter()
                .filter_map(|(term, often)| {
                    terms
                        .get(term.as_str())
                        .map(|(at, rare)| (*at, often * rare))
                })
                .collect();
            let length = vector.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
            if length > 0.0 {
                for (_, weight) in &mut vector {
                    *weight /= length;
                }
            }
            vector
        })
        .collect()
}

/// Inverse document frequency, never 0. Rounded, because the last digit of a logarithm differs between
/// machines and the proposal must not.
fn rarity(texts: f64, with_term: f64) -> f64 {
    ((1.0 + texts / with_term).ln() * 1e9).round() / 1e9
}

/// The scalar product of two vectors whose terms rise.
fn dot(a: &Sparse, b: &Sparse) -> f64 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((x, v)), Some((y, w))) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += v * w;
                i += 1;
                j += 1;
            }
        }
    }
    sum
}
