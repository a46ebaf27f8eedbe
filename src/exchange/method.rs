//! `docs/METHOD.md` is recomputed: its example, and its simulation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::RoundFile;
use crate::scoring::{
    Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Executive, Options,
    Question, RoundParts, Theme, score, score_with,
};

const METHOD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/METHOD.md");

fn document() -> String {
    std::fs::read_to_string(METHOD).unwrap_or_else(|error| panic!("{METHOD}: {error}"))
}

/// The rows of the table that begins with this line, without its rule.
fn table(document: &str, head: &str) -> String {
    let after = document
        .split_once(head)
        .unwrap_or_else(|| panic!("no table {head}"));
    let rows = after
        .1
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.fold(String::new(), |all, row| all + row + "\n")
}

fn example(document: &str) -> CodedRound {
    let json = document.split("```json").nth(1).expect("a round");
    let json = json.split("```").next().expect("its end");
    RoundFile::read(json.as_bytes())
        .expect("readable")
        .to_coded()
        .expect("coded")
}

#[test]
fn the_example_on_the_page_of_methods_is_what_the_engine_says() {
    let document = document();
    let round = example(&document);
    let scored = score(&round);
    let index = &scored.index;
    let mut rows = String::new();
    let mut row = |name: &str, value: Option<f64>, digits: usize| {
        let value = value.expect("defined");
        writeln!(rows, "| {name} | {value:.digits$} |").expect("a string takes all");
    };
    for question in Question::ALL {
        let agreement = scored.questions.agreement(question);
        row(&format!("agreement: {}", question.key()), agreement, 4);
    }
    row("index", index.value, 2);
    row(
        "chance, mean of 2,000 draws",
        index.chance.map(|c| c.mean),
        2,
    );
    row("chance, 95th percentile", index.chance.map(|c| c.p95), 2);
    row("adjusted", index.adjusted, 2);
    row("ceiling", index.ceiling, 2);
    row("position", index.position, 2);
    row(
        "lowest with everybody's answer",
        index.missing.map(|m| m.low),
        2,
    );
    row(
        "highest with everybody's answer",
        index.missing.map(|m| m.high),
        2,
    );
    for id in ["fin", "prod", "sales", "ops", "people"] {
        let left = index.leave_one_out.iter().find(|left| left.executive == id);
        row(
            &format!("index without {id}"),
            left.and_then(|left| left.value),
            2,
        );
    }
    assert_eq!(
        rows,
        table(&document, "| Figure | Value |"),
        "the page should say:\n{rows}"
    );
}

#[test]
fn the_pairs_on_the_page_of_methods_overlap_as_it_says() {
    let document = document();
    let round = example(&document);
    let list = |id: &str| -> Vec<String> {
        let response = round
            .responses()
            .iter()
            .find(|r| r.executive == id)
            .expect("an executive");
        response
            .priorities
            .iter()
            .map(|coded| coded.theme.clone())
            .collect()
    };
    let rows = table(&document, "| Pair | Shared | Overlap |");
    let mut sum = 0.0;
    for row in rows.lines().filter(|row| row.contains('–')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (one, other) = cells[1].split_once('–').expect("two names");
        let overlap = crate::scoring::rbo_ext(&list(one), &list(other), 0.8).expect("defined");
        assert_eq!(format!("{overlap:.2}"), cells[3], "{row}");
        sum += overlap;
    }
    assert_eq!(
        (rows.lines().count(), format!("{sum:.2}").as_str()),
        (7, "3.40")
    );
}

/// Random numbers of one simulated team.
struct Luck(ChaCha8Rng);

impl Luck {
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.unit() * (high - low + 1) as f64) as usize
    }

    /// So many statements, each the next of the common list with probability `common`, else the next of one's own.
    fn statements(&mut self, common: f64, count: usize, list: &str, person: usize) -> Vec<String> {
        let (mut shared, mut own) = (0, 0);
        (0..count)
            .map(|_| {
                if self.unit() < common {
                    shared += 1;
                    format!("{list} {shared}")
                } else {
                    own += 1;
                    format!("{list} of {person}, {own}")
                }
            })
            .collect()
    }
}

/// Eight executives, each statement from the common agenda with probability `common`: what should be done, or what should not.
fn simulated(common: f64, team: u64) -> CodedRound {
    let mut rng = ChaCha8Rng::seed_from_u64(2026);
    rng.set_stream(team);
    let mut luck = Luck(rng);
    let mut responses = Vec::new();
    for person in 0..8 {
        let mut list = |low: usize, high: usize, list: &str| {
            let count = luck.between(low, high);
            let themes = luck.statements(common, count, list, person);
            themes.into_iter().map(Coded::confirmed).collect::<Vec<_>>()
        };
        let (priorities, stops, successes) =
            (list(3, 5, "do"), list(1, 3, "drop"), list(1, 3, "do"));
        let (favoured, given_up, asked) =
            (list(2, 2, "do"), list(2, 2, "drop"), list(0, 3, "drop"));
        responses.push(CodedResponse {
            executive: format!("e{person}"),
            priorities,
            stops,
            successes: successes
                .into_iter()
                .map(|coded| CodedSuccess {
                    coded,
                    measure: None,
                })
                .collect(),
            trade_offs: favoured
                .into_iter()
                .zip(given_up)
                .map(|(favour, over)| CodedTradeOff { favour, over })
                .collect(),
            asks: asked
                .into_iter()
                .map(|coded| CodedAsk {
                    function: format!("F{}", luck.between(0, 7)),
                    coded,
                })
                .collect(),
            ..CodedResponse::default()
        });
    }
    let themes: BTreeSet<String> = responses
        .iter()
        .flat_map(|r| {
            let trades = r.trade_offs.iter().flat_map(|t| [&t.favour, &t.over]);
            let lists = r.priorities.iter().chain(&r.stops).chain(trades);
            let rest = r.successes.iter().map(|s| &s.coded);
            lists.chain(rest).chain(r.asks.iter().map(|a| &a.coded))
        })
        .map(|coded| coded.theme.clone())
        .collect();
    CodedRound::new(RoundParts {
        invited: 8,
        seed: team,
        executives: (0..8)
            .map(|i| Executive {
                id: format!("e{i}"),
                function: format!("F{i}"),
            })
            .collect(),
        themes: themes
            .into_iter()
            .map(|id| Theme { id, name: None })
            .collect(),
        responses,
        ..RoundParts::default()
    })
    .expect("a valid round")
}

#[test]
fn the_simulation_on_the_page_of_methods_comes_out_as_it_says() {
    let options = Options {
        chance_draws: 200,
        grouping_draws: 1,
        camp_draws: 1,
    };
    let mut rows = String::new();
    for common in [0.0, 0.5, 0.7, 0.9, 1.0] {
        let (mut values, mut chance, mut position) = (Vec::new(), 0.0, 0.0);
        for team in 0..60 {
            let index = score_with(&simulated(common, team), &options).index;
            values.push(index.value.expect("defined"));
            chance += index.chance.expect("defined").mean / 60.0;
            position += index.position.expect("defined") / 60.0;
        }
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / 60.0;
        let (low, high, root) = (values[6], values[53], position.max(0.0).sqrt());
        writeln!(
            rows,
            "| {common:.1} | {mean:.0} | {low:.0} | {high:.0} | {chance:.0} | {position:.2} | {root:.2} |"
        )
        .expect("a string takes all");
        // What the page concludes from it.
        assert!((root - common).abs() < 0.12, "{root} for {common}");
    }
    let head = "| c | index, mean | 10th percentile | 90th percentile | chance, mean | position, mean | root of it |";
    assert_eq!(
        rows,
        table(&document(), head),
        "the page should say:\n{rows}"
    );
}
