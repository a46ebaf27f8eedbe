//! Draws on several cores. Every draw has its own stream of random numbers and results are kept in the order of the draws,
//! so the number of threads changes no byte.

use rayon::prelude::*;

/// The results of draws `from` to `to` (exclusive), in order. Each thread works with a state of its own.
pub(crate) fn draws<S, T: Send>(
    from: usize,
    to: usize,
    state: impl Fn() -> S + Sync + Send,
    draw: impl Fn(&mut S, u64) -> T + Sync + Send,
) -> Vec<T> {
    // A state may hold large tables: a few long stretches each, not many short ones.
    let stretch = (to.saturating_sub(from) / (4 * rayon::current_num_threads())).max(1);
    (from..to)
        .into_par_iter()
        .with_min_len(stretch)
        .map_init(state, |state, number| draw(state, number as u64))
        .collect()
}
