//! How long scoring takes, on one core: `cargo bench --bench scoring`.
//!
//! Reports full scores of small and large groups, the time per respondent at 10,000 and 100,000, the most memory used, and a straightforward
//! version that compares every pair, so that what counting saves is measured.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use coherence::scoring::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Executive, Options,
    Proposed, RoundParts, Theme, jaccard, mean_over_pairs, rbo_ext, score, score_with,
};
use criterion::{BenchmarkId, Criterion};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Themes of the codebook from which everybody draws, early ones more often.
const THEMES: usize = 60;

struct Luck(ChaCha8Rng);

impl Luck {
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.unit() * (high - low + 1) as f64) as usize
    }

    /// A third of the statements have a theme that nobody has confirmed when `open`.
    fn themes(&mut self, low: usize, high: usize, open: bool) -> Vec<Coded> {
        (0..self.between(low, high))
            .map(|_| {
                let theme = format!("t{:02}", (self.unit().powi(2) * THEMES as f64) as usize);
                let proposed = (open && self.unit() < 0.33).then(|| Proposed {
                    theme: theme.clone(),
                    confidence: 0.7,
                    second: Some(format!("t{:02}", self.between(0, THEMES - 1))),
                });
                Coded { theme, proposed }
            })
            .collect()
    }
}

/// A group that answers all five questions, in eight functions.
fn group(people: usize, open: bool) -> CodedRound {
    let mut luck = Luck(ChaCha8Rng::seed_from_u64(7));
    let function = |i: usize| format!("F{}", i % 8);
    let responses = (0..people)
        .map(|i| CodedResponse {
            executive: format!("e{i:06}"),
            priorities: luck.themes(3, 5, open),
            trade_offs: luck
                .themes(1, 3, open)
                .into_iter()
                .map(|favour| CodedTradeOff {
                    favour,
                    over: Coded::confirmed(format!("t{:02}", luck.between(0, THEMES - 1))),
                })
                .collect(),
            stops: luck.themes(1, 3, open),
            successes: luck
                .themes(1, 3, open)
                .into_iter()
                .map(|coded| CodedSuccess {
                    coded,
                    measure: None,
                })
                .collect(),
            asks: luck
                .themes(0, 3, open)
                .into_iter()
                .map(|coded| CodedAsk {
                    function: function(luck.between(0, 7)),
                    coded,
                })
                .collect(),
            ..CodedResponse::default()
        })
        .collect();
    CodedRound::new(RoundParts {
        invited: people,
        seed: 7,
        executives: (0..people)
            .map(|i| Executive {
                id: format!("e{i:06}"),
                function: function(i),
            })
            .collect(),
        themes: (0..THEMES)
            .map(|i| Theme {
                id: format!("t{i:02}"),
                name: None,
            })
            .collect(),
        responses,
        ..RoundParts::default()
    })
    .expect("a valid round")
}

/// Everything that is computed once, without draws.
const ONCE: Options = Options {
    chance_draws: 1,
    grouping_draws: 1,
    camp_draws: 1,
};

/// The four list questions, every pair compared: the definition, read aloud.
fn pair_by_pair(round: &CodedRound) -> f64 {
    let distinct = |list: &[Coded]| {
        let mut seen = Vec::new();
        for coded in list {
            if !seen.contains(&coded.theme) {
                seen.push(coded.theme.clone());
            }
        }
        seen
    };
    let set = |list: &[Coded]| distinct(list).into_iter().collect::<BTreeSet<String>>();
    let all = round.responses();
    let ranked: Vec<_> = all.iter().map(|r| distinct(&r.priorities)).collect();
    let stops: Vec<_> = all.iter().map(|r| set(&r.stops)).collect();
    let successes: Vec<BTreeSet<String>> = all
        .iter()
        .map(|r| r.successes.iter().map(|s| s.coded.theme.clone()).collect())
        .collect();
    let trades: Vec<BTreeSet<(String, String)>> = all
        .iter()
        .map(|r| {
            let edges = r.trade_offs.iter();
            edges
                .map(|t| (t.favour.theme.clone(), t.over.theme.clone()))
                .collect()
        })
        .collect();
    let means = [
        mean_over_pairs(&ranked, |a, b| rbo_ext(a, b, 0.8)).0,
        mean_over_pairs(&stops, jaccard).0,
        mean_over_pairs(&successes, jaccard).0,
        mean_over_pairs(&trades, jaccard).0,
    ];
    means.into_iter().flatten().sum()
}

/// The most memory this process has used, in megabytes, where the system says.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// Processor seconds that this process has used, where the system says: a busy machine does not lengthen them.
fn processor_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in brackets; user and system time are fields 14 and 15 of the line, in hundredths of a second.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}

/// Processor seconds of the best of `times` full scores; by the clock where the system does not say.
fn best(round: &CodedRound, times: usize) -> f64 {
    (0..times)
        .map(|_| {
            let (clock, before) = (Instant::now(), processor_time());
            black_box(score(round));
            match (before, processor_time()) {
                (Some(before), Some(after)) => after - before,
                _ => clock.elapsed().as_secs_f64(),
            }
        })
        .fold(f64::INFINITY, f64::min)
}

fn large_groups() {
    let ten = best(&group(10_000, false), 5);
    let start = peak_memory();
    let hundred = best(&group(100_000, false), 2);
    println!(
        "10,000 respondents, 200 draws: {ten:.2} s, {:.1} microseconds each",
        ten * 100.0
    );
    println!(
        "100,000 respondents, 200 draws: {hundred:.2} s, {:.1} microseconds each",
        hundred * 10.0
    );
    println!(
        "time per respondent, 100,000 to 10,000: {:.2}",
        hundred / ten / 10.0
    );
    if let (Some(before), Some(most)) = (start, peak_memory()) {
        println!(
            "most memory: {before:.0} MB at 10,000, {most:.0} MB at 100,000 (the round itself included)"
        );
    }
}

fn main() {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("the first pool of this process");
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    large_groups();
    let mut full = criterion.benchmark_group("full score");
    for (people, open) in [(8, true), (12, true), (200, true), (10_000, false)] {
        let round = group(people, open);
        full.bench_function(BenchmarkId::from_parameter(people), |b| {
            b.iter(|| black_box(score(&round)));
        });
    }
    full.finish();
    let mut compared = criterion.benchmark_group("without draws");
    for people in [200, 2_000] {
        let round = group(people, false);
        compared.bench_function(BenchmarkId::new("counted", people), |b| {
            b.iter(|| black_box(score_with(&round, &ONCE)));
        });
        compared.bench_function(BenchmarkId::new("pair by pair", people), |b| {
            b.iter(|| black_box(pair_by_pair(&round)));
        });
    }
    compared.finish();
    criterion.final_summary();
}
