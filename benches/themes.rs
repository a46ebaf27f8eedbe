//! What the sentence model costs, on one core: `cargo bench --bench themes`.
//!
//! Prints first what cannot be repeated within a process: loading, vectors and proposals of 250 and 10,000 statements from
//! cold, memory while the model is held and after. Then the time a statement takes, in batches and alone.

use std::hint::black_box;
use std::time::{Duration, Instant};

use coherence::themes::{Item, KnownTheme, Language, Method, Model, Question, Space, ThemeRef};
use criterion::{BenchmarkId, Criterion, Throughput};

/// The development texts, again and again with a number, until there are `count`.
fn statements(count: usize) -> Vec<String> {
    let lines = include_str!("../tests/fixtures/themes-dev.jsonl");
    let texts: Vec<String> = lines
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("a row");
            row["text"].as_str().expect("a text").to_owned()
        })
        .collect();
    (0..count)
        .map(|at| match at / texts.len() {
            0 => texts[at].clone(),
            again => format!("{} {again}", texts[at % texts.len()]),
        })
        .collect()
}

/// Megabytes that this process holds (`VmRSS`) or held at most (`VmHWM`), where the system says.
fn memory(kind: &str) -> f64 {
    let read = || -> Option<f64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with(kind))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    read().map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

/// Processor seconds that this process has used, where the system says: a busy machine does not lengthen them
/// much. In hundredths.
fn processor_time() -> f64 {
    let read = || -> Option<f64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (f64, f64) =
            (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) / 100.0)
    };
    read().unwrap_or(f64::NAN)
}

fn timed(what: &str, work: impl FnOnce()) {
    let (clock, processor) = (Instant::now(), processor_time());
    work();
    println!(
        "{what}: {:.0} ms by the clock, {:.0} ms of processor time; {:.0} MB held, {:.0} MB at most",
        clock.elapsed().as_secs_f64() * 1e3,
        (processor_time() - processor) * 1e3,
        memory("VmRSS:"),
        memory("VmHWM:"),
    );
}

fn embed(count: usize) {
    let texts = statements(count);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let model = Model::built_in().expect("the built-in model loads");
    black_box(model.embed(&texts).expect("vectors"));
}

fn items(count: usize) -> Vec<Item> {
    (0..)
        .zip(statements(count))
        .map(|(at, text)| Item {
            id: format!("{at:06}"),
            question: Question::Priorities,
            text,
        })
        .collect()
}

/// Proposes from cold, by meaning.
fn propose(count: usize) {
    let model = Model::built_in().expect("the built-in model loads");
    let items = items(count);
    let method = Method::meaning(Language::En, model);
    black_box(coherence::themes::propose(&items, &[], &method).expect("a proposal"));
}

fn propose_by_words(count: usize) {
    let method = Method::lexical(Language::En);
    black_box(coherence::themes::propose(&items(count), &[], &method).expect("a proposal"));
}

fn once() {
    println!("before: {:.0} MB held", memory("VmRSS:"));
    timed("loading", || {
        black_box(Model::built_in().expect("the built-in model loads"));
    });
    timed("250 statements, model cold", || embed(250));
    timed("250 statements proposed, model cold", || propose(250));
    timed("10,000 statements, model cold", || embed(10_000));
    timed("10,000 statements proposed, model cold", || propose(10_000));
    timed("10,000 statements proposed by words", || {
        propose_by_words(10_000);
    });
}

fn main() {
    once();
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    let model = Model::built_in().expect("the built-in model loads");
    let mut group = criterion.benchmark_group("vectors");
    for count in [1, 222] {
        let texts = statements(count);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| black_box(model.embed(&texts).expect("vectors")));
        });
    }
    group.finish();
    // What a board does after each decision: the three likeliest themes of every statement of a usual round.
    let items = items(112);
    let space = Space::of_round(&Method::meaning(Language::En, model), &items, &[]);
    let space = space.expect("vectors");
    let proposals = space.propose(&items, &[]);
    let themes: Vec<KnownTheme> = proposals
        .groups
        .iter()
        .map(|group| KnownTheme {
            id: group.key.clone(),
            name: group.name.clone(),
            examples: proposals
                .assignments
                .iter()
                .zip(&items)
                .filter(|(a, _)| a.theme == ThemeRef::New(group.key.clone()))
                .map(|(_, item)| item.text.clone())
                .collect(),
        })
        .collect();
    let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
    criterion.bench_function("offers for 112 statements", |b| {
        b.iter(|| black_box(space.suggest(&texts, &themes, 3)));
    });
    criterion.final_summary();
}
