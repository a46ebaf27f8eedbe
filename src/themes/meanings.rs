//! A sentence model's vectors of a set of texts, seen from their middle: how alike their meanings are.

use rayon::prelude::*;

/// Statements of one team have much in common ("we should do something about our business"); taking the middle of
/// the set off leaves what each one is about, and lets one threshold serve terse and wordy teams. The middle of a few
/// texts says little, so it is drawn towards nothing as if the set held this many texts more. From 2 to 5 the
/// development data tell no difference; without it a set of six falls apart.
const DRAWN: f32 = 5.0;

/// The vectors of a set of texts, one after the other.
#[derive(Clone)]
pub(super) struct Meanings {
    width: usize,
    /// As the model gave them.
    raw: Vec<f32>,
    /// Of length one, from the middle of the set.
    centred: Vec<f32>,
}

impl Meanings {
    /// The vectors of a set of texts that are all different, in the order given: the order of the sums.
    pub fn of(vectors: &[Vec<f32>]) -> Self {
        let width = vectors.first().map_or(0, Vec::len);
        let mut middle = vec![0.0_f32; width];
        for vector in vectors {
            for (sum, value) in middle.iter_mut().zip(vector) {
                *sum += value;
            }
        }
        for value in &mut middle {
            *value /= vectors.len() as f32 + DRAWN;
        }
        let mut centred = Vec::with_capacity(vectors.len() * width);
        for vector in vectors {
            let moved: Vec<f32> = vector.iter().zip(&middle).map(|(v, m)| v - m).collect();
            let length = product(&moved, &moved).sqrt();
            // The middle is shorter than one, so nothing lies right on it.
            centred.extend(moved.iter().map(|v| v / length.max(f32::MIN_POSITIVE)));
        }
        Self {
            width,
            raw: vectors.concat(),
            centred,
        }
    }

    /// What the model gave for a text.
    pub fn raw(&self, text: usize) -> &[f32] {
        &self.raw[text * self.width..(text + 1) * self.width]
    }

    fn at(&self, text: usize) -> &[f32] {
        &self.centred[text * self.width..(text + 1) * self.width]
    }

    /// The scalar product of two texts, in [-1, 1].
    pub fn product(&self, a: usize, b: usize) -> f32 {
        product(self.at(a), self.at(b))
    }

    /// Fills each row `i` of a triangle with the products of text `of[i]` with `of[i + 1]`, `of[i + 2]`, ...
    pub fn triangle(&self, of: &[usize], rows: Vec<&mut [f32]>) {
        rows.into_par_iter().enumerate().for_each(|(at, row)| {
            let one = self.at(of[at]);
            for (cell, &other) in row.iter_mut().zip(&of[at + 1..]) {
                *cell = product(one, self.at(other));
            }
        });
    }

    /// The sums of some groups of texts, each text as often as it counts, and their squared lengths.
    pub fn sums(&self, groups: &[Vec<(usize, f64)>]) -> (Vec<f32>, Vec<f64>) {
        let mut sums = Vec::with_capacity(groups.len() * self.width);
        let mut squares = Vec::with_capacity(groups.len());
        for members in groups {
            let mut sum = vec![0.0_f64; self.width];
            for &(text, times) in members {
                for (sum, value) in sum.iter_mut().zip(self.at(text)) {
                    *sum += times * f64::from(*value);
                }
            }
            squares.push(sum.iter().map(|v| v * v).sum());
            sums.extend(sum.into_iter().map(|v| v as f32));
        }
        (sums, squares)
    }

    /// The scalar products of a text with each sum.
    pub fn against(&self, text: usize, sums: &[f32], out: &mut [f64]) {
        let one = self.at(text);
        for (out, sum) in out.iter_mut().zip(sums.chunks_exact(self.width.max(1))) {
            *out = f64::from(product(one, sum));
        }
    }
}

/// Sixteen sums side by side: the processor adds them at once, and always in this order.
fn product(a: &[f32], b: &[f32]) -> f32 {
    const SIDE: usize = 16;
    let mut sums = [0.0_f32; SIDE];
    let (a, rest_a) = a.as_chunks::<SIDE>();
    let (b, rest_b) = b.as_chunks::<SIDE>();
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}
