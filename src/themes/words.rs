//! TF-IDF vectors of a set of texts: how alike their words are.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::text::{Pieces, Reader};

/// How much the words count beside the letters; from 0.3 to 0.7 the development data tell little
/// difference.
const WORDS: f64 = 0.5;

/// `(term, weight)` by rising term. Of length one, or empty.
type Sparse = Vec<(u32, f32)>;

/// The vectors of a set of texts, one for each.
#[derive(Clone)]
pub(super) struct Words {
    vectors: Vec<Sparse>,
    /// Terms are below this.
    terms: usize,
}

impl Words {
    /// The vectors of folded texts that are all different, so that a statement made by everybody does not make
    /// its own words look common.
    pub fn of(reader: &Reader, folded: &[String]) -> Self {
        let pieces: Vec<Pieces> = folded.iter().map(|text| reader.pieces(text)).collect();
        let (words, first) = weigh(pieces.iter().map(|p| &p.words), WORDS.sqrt());
        let (letters, second) = weigh(pieces.iter().map(|p| &p.letters), (1.0 - WORDS).sqrt());
        let vectors = words
            .into_iter()
            .zip(letters)
            .map(|(mut words, letters)| {
                words.extend(letters.iter().map(|(term, w)| (term + first, *w)));
                words
            })
            .collect();
        Self {
            vectors,
            terms: (first + second) as usize,
        }
    }

    /// The scalar product of two texts, in [0, 1].
    pub fn product(&self, a: usize, b: usize) -> f32 {
        let (a, b) = (&self.vectors[a], &self.vectors[b]);
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

    /// Fills each row `i` of a triangle with the products of text `of[i]` with `of[i + 1]`, `of[i + 2]`, ...
    pub fn triangle(&self, of: &[usize], rows: Vec<&mut [f32]>) {
        // Which texts hold a term: most pairs share nothing and are never looked at.
        let mut holders: Vec<Vec<(u32, f32)>> = vec![Vec::new(); self.terms];
        for (at, &text) in (0..).zip(of) {
            for &(term, weight) in &self.vectors[text] {
                holders[term as usize].push((at, weight));
            }
        }
        rows.into_par_iter().enumerate().for_each(|(at, row)| {
            row.fill(0.0);
            for &(term, weight) in &self.vectors[of[at]] {
                let holders = &holders[term as usize];
                let next = holders.partition_point(|(other, _)| *other as usize <= at);
                for &(other, its) in &holders[next..] {
                    row[other as usize - at - 1] += weight * its;
                }
            }
        });
    }

    /// The sums of some groups of texts, each text as often as it counts.
    pub fn sums(&self, groups: &[Vec<(usize, f64)>]) -> (Sums, Vec<f64>) {
        let mut holders: Vec<Vec<(u32, f32)>> = vec![Vec::new(); self.terms];
        let mut squares = Vec::with_capacity(groups.len());
        for (group, members) in (0..).zip(groups) {
            let mut sum: BTreeMap<u32, f64> = BTreeMap::new();
            for &(text, times) in members {
                for &(term, weight) in &self.vectors[text] {
                    *sum.entry(term).or_default() += times * f64::from(weight);
                }
            }
            squares.push(sum.values().map(|w| w * w).sum());
            for (term, weight) in sum {
                holders[term as usize].push((group, weight as f32));
            }
        }
        (Sums(holders), squares)
    }

    /// The scalar products of a text with each sum.
    pub fn against(&self, text: usize, sums: &Sums, out: &mut [f64]) {
        out.fill(0.0);
        for &(term, weight) in &self.vectors[text] {
            for &(group, its) in &sums.0[term as usize] {
                out[group as usize] += f64::from(weight) * f64::from(its);
            }
        }
    }
}

/// Sums of groups of texts: for each term the groups that hold it.
pub(super) struct Sums(Vec<Vec<(u32, f32)>>);

/// TF-IDF, scaled to a length; and how many terms there are. A text without terms has an empty vector.
fn weigh<'a>(
    texts: impl Iterator<Item = &'a BTreeMap<String, f64>> + Clone,
    scale: f64,
) -> (Vec<Sparse>, u32) {
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
    let vectors = texts
        .map(|text| {
            let vector: Vec<(u32, f64)> = text
                .iter()
                .filter_map(|(term, often)| {
                    terms
                        .get(term.as_str())
                        .map(|(at, rare)| (*at, often * rare))
                })
                .collect();
            let length = vector.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
            vector
                .into_iter()
                .filter(|_| length > 0.0)
                .map(|(term, weight)| (term, (weight / length * scale) as f32))
                .collect()
        })
        .collect();
    (vectors, seen.len() as u32)
}

/// Inverse document frequency, never 0. Rounded, because the last digit of a logarithm differs between
/// machines and the proposal must not.
fn rarity(texts: f64, with_term: f64) -> f64 {
    ((1.0 + texts / with_term).ln() * 1e9).round() / 1e9
}
