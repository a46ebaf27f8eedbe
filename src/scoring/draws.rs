//! Seeded draws: the same seed gives the same numbers on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of draws is for, so that no two purposes share one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Chance = 1,
    Grouping = 2,
    Change = 3,
    Permutation = 4,
}

/// Random numbers for one draw of one purpose. Only whole numbers of the `ChaCha` stream and exact
/// arithmetic are used, so that no library's sampling method can change a figure.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8] = purpose as u8;
        let mut rng = ChaCha8Rng::from_seed(bytes);
        rng.set_stream(number);
        Self(rng)
    }

    /// A whole number of 64 bits.
    pub(crate) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `bound` (0 for a bound of 0). The deviation from evenness is below bound / 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// Puts a list in random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// A number in [0, 1), a multiple of 2^-53.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_different_purposes_and_numbers_differ() {
        let first = |purpose, number| Draw::new(3, purpose, number).below(u64::MAX);
        assert_ne!(first(Purpose::Chance, 0), first(Purpose::Chance, 1));
        assert_ne!(first(Purpose::Chance, 0), first(Purpose::Grouping, 0));
        assert_ne!(first(Purpose::Grouping, 0), first(Purpose::Change, 0));
    }
}
