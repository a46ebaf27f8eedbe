use super::*;
use crate::scoring::{self, Options, PositionWords, Question, score_with};

const EXAMPLE: &str = r#"{
  "format": "coherence-round/1", "team": "Executive team", "round": "2026-Q4", "invited": 3,
  "weights": {"priorities": 0.30, "trade_offs": 0.25, "stops": 0.15, "successes": 0.15, "asks": 0.15},
  "seed": 20261120,
  "executives": [{"id": "e1", "function": "Finance"}, {"id": "e2", "function": "Sales"}, {"id": "e3", "function": "Product"}],
  "themes": [{"id": "reliability", "name": "Platform reliability"}, {"id": "features"}, {"id": "brand"}, {"id": "retention"}, {"id": "custom"}],
  "agreed_priorities": ["reliability"],
  "responses": [
    {"executive": "e1",
     "priorities": [{"text": "Get uptime to 99.95", "theme": "reliability"}],
     "trade_offs": [{"favour": {"text": "stability", "theme": "reliability"}, "over": {"text": "new features", "theme": "features"}}],
     "stops": [{"text": "the rebrand", "theme": "brand"}],
     "successes": [{"text": "NRR of 110 %", "theme": "retention", "measure": {"metric": "NRR", "comparison": "at_least", "target": 110, "unit": "%"}}],
     "asks": [{"function": "Sales", "text": "custom deals", "theme": "custom"}],
     "unknown": [], "skipped": [], "perceived": 2},
    {"executive": "e2",
     "priorities": [{"text": "Features", "theme": "features"}, {"text": "Uptime", "theme": "reliability", "proposed": {"theme": "reliability", "confidence": 0.7, "second": "features"}}],
     "unknown": ["trade_offs"], "skipped": ["asks"]}
  ]
}"#;

fn read(text: &str) -> Result<RoundFile, FileError> {
    RoundFile::read(text.as_bytes())
}

/// The example with one piece replaced; the piece must be there.
fn with(from: &str, to: &str) -> String {
    assert!(EXAMPLE.contains(from), "{from}");
    EXAMPLE.replacen(from, to, 1)
}

fn message(text: &str) -> String {
    read(text)
        .and_then(|round| round.to_coded().map(|_| ()))
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn a_round_is_read_scored_and_written_without_loss() {
    let round = read(EXAMPLE).expect("the example is valid");
    let mut written = Vec::new();
    round.write(&mut written).expect("memory is writable");
    assert_eq!(
        RoundFile::read(&*written).expect("what was written is valid"),
        round
    );
    let text = String::from_utf8(written).expect("JSON is UTF-8");
    assert!(
        text.ends_with("}\n") && text.contains("\"target\": 110,"),
        "{text}"
    );

    let scored = scoring::score(&round.to_coded().expect("every statement has a theme"));
    assert_eq!((scored.responded, scored.invited), (2, 3));
    assert_eq!(scored.index.grouping.map(|g| g.unconfirmed), Some(1));
}

#[test]
fn the_same_round_gives_the_same_bytes_and_undefined_is_null() {
    let bytes = || {
        let mut out = Vec::new();
        let round = read(EXAMPLE)
            .and_then(|round| round.to_coded())
            .expect("the example is valid");
        write_score(&scoring::score(&round), &mut out).expect("memory is writable");
        String::from_utf8(out).expect("JSON is UTF-8")
    };
    assert_eq!(bytes(), bytes());
    assert!(bytes().ends_with("}\n"));
    let json: serde_json::Value = serde_json::from_str(&bytes()).expect("the score is JSON");
    assert_eq!(json["format"], "coherence-score/1");
    assert_eq!(
        json["questions"]["asks"]["agreement"],
        serde_json::Value::Null
    );
    assert_eq!(json["questions"]["trade_offs"]["agreement"], 0.0);
    assert_eq!(json["similarity"]["matrix"][0][0], 1.0);
    assert_eq!(json["camps"], serde_json::Value::Null);
    assert_eq!(
        json["findings"][0]["kind"]
            .as_str()
            .map(|kind| kind.contains(' ')),
        Some(false)
    );
    let back: ScoredRound = serde_json::from_str(&bytes()).expect("a score can be read back");
    assert_eq!(back.responded, 2);
    assert_eq!(
        serde_json::to_value(PositionWords::DriftingApart).expect("a string"),
        "drifting apart"
    );
}

#[test]
fn every_key_of_the_documented_score_is_there() {
    let round = read(EXAMPLE)
        .and_then(|round| round.to_coded())
        .expect("the example is valid");
    let json = serde_json::to_value(scoring::score(&round)).expect("a score is JSON");
    for (pointer, keys) in [
        (
            "",
            "format responded invited index questions similarity camps findings agenda",
        ),
        (
            "/index",
            "value chance adjusted ceiling position words missing grouping leave_one_out",
        ),
        ("/index/chance", "mean p95"),
        ("/index/missing", "low high"),
        ("/index/grouping", "p05 p95"),
        ("/index/leave_one_out/0", "executive value"),
        (
            "/questions/priorities",
            "agreement answered unknown jaccard jaccard_adjusted overlap distinct distinct_fewest distinct_most \
             on_every_list on_most_lists on_one_list knows_three perceived measured",
        ),
        (
            "/questions/trade_offs",
            "agreement opposed_share pairs cycles",
        ),
        ("/questions/trade_offs/pairs/0", "a b a_over_b b_over_a"),
        ("/questions/stops", "agreement"),
        ("/questions/successes", "agreement measured"),
        ("/questions/asks", "agreement taken_up unheard colliding"),
        ("/similarity", "executives matrix"),
        ("/findings/0", "kind themes severity sides"),
    ] {
        for key in keys.split_whitespace() {
            let object = json.pointer(pointer).and_then(serde_json::Value::as_object);
            assert!(
                object.is_some_and(|object| object.contains_key(key)),
                "{pointer}/{key}"
            );
        }
    }
}

#[test]
fn faults_are_named_with_their_path_and_rule() {
    for (text, expected) in [
        (
            with("\"coherence-round/1\"", "\"coherence-round/2\""),
            "format: \"coherence-round/2\" can't be read",
        ),
        (with("\"seed\"", "\"sead\""), "sead: unknown field"),
        (
            with("\"text\": \"the rebrand\"", "\"text\": \"x\", \"txt\": 1"),
            "responses[0].stops[0].txt: unknown field",
        ),
        (
            with("\"perceived\": 2", "\"perceived\": 4"),
            "responses[0].perceived: 0 to 3",
        ),
        (
            with("\"perceived\": 2", "\"perceived\": \"2\""),
            "responses[0].perceived: invalid type",
        ),
        (
            with("\"target\": 110", "\"target\": true"),
            "responses[0].successes[0].measure.target: must be a number",
        ),
        (
            with("\"target\": 110", "\"target\": \"2026-12-31\""),
            "responses[0].successes[0].measure.target: must be a number",
        ),
        (
            with("\"invited\": 3", "\"invited\": 1"),
            "invited: 1 invited, but 2 responses",
        ),
        (
            with(
                "\"over\": {\"text\": \"new features\", \"theme\": \"features\"}",
                "\"over\": {\"text\": \"x\", \"theme\": \"nope\"}",
            ),
            "responses[0].trade_offs[0].over.theme: \"nope\" is not in `themes`",
        ),
        (
            with("\"confidence\": 0.7", "\"confidence\": 1.7"),
            "responses[1].priorities[1].proposed.confidence: a number from 0 to 1",
        ),
        (
            with(
                "\"unknown\": [\"trade_offs\"]",
                "\"unknown\": [\"tradeoffs\"]",
            ),
            "responses[1].unknown[0]: unknown variant `tradeoffs`",
        ),
        (
            with("\"stops\": 0.15", "\"stops\": -0.15"),
            "weights.stops: -0.15 is not a weight",
        ),
        (
            with("\"executive\": \"e2\"", "\"executive\": \"e1\""),
            "responses[1].executive: \"e1\" has answered already",
        ),
        (
            with("\"executive\": \"e2\"", "\"executive\": \"e9\""),
            "responses[1].executive: \"e9\" is not in `executives`",
        ),
        (
            with("\"team\": \"Executive team\", ", ""),
            "missing field `team`",
        ),
        (EXAMPLE[..200].to_owned(), "not valid JSON: "),
        (
            format!("{EXAMPLE} {{}}"),
            "not valid JSON: trailing characters",
        ),
        (String::new(), "not valid JSON: EOF"),
        ("[]".to_owned(), "the round: "),
    ] {
        let message = message(&text);
        assert!(
            message.contains(expected),
            "{message}\nshould contain\n{expected}"
        );
    }
}

#[test]
fn statements_without_a_theme_are_listed_and_can_be_given_one() {
    let text = with(
        "\"text\": \"the rebrand\", \"theme\": \"brand\"",
        "\"text\": \"the rebrand\"",
    )
    .replacen(
        "\"text\": \"stability\", \"theme\": \"reliability\"",
        "\"text\": \"stability\"",
        1,
    );
    assert_eq!(
        message(&text),
        "2 statements have no theme: responses[0].trade_offs[0].favour, responses[0].stops[0]"
    );
    let mut round = read(&text).expect("a round without themes is valid");
    let paths: Vec<_> = round
        .statements_mut()
        .into_iter()
        .map(|s| (s.path, s.question))
        .collect();
    assert_eq!(paths.len(), 8);
    assert_eq!(
        paths[1],
        (
            "responses[0].trade_offs[0].favour".to_owned(),
            Question::TradeOffs
        )
    );
    for statement in round.statements_mut() {
        statement.theme.get_or_insert_with(|| "brand".to_owned());
    }
    assert!(round.to_coded().is_ok());
}

#[test]
fn a_byte_order_mark_and_left_out_lists_are_accepted() {
    let text = "\u{feff}{\"format\": \"coherence-round/1\", \"team\": \"T\", \"round\": \"R\", \"invited\": 0, \"executives\": [], \"responses\": []}";
    let round = read(text).expect("nothing but what is required");
    assert_eq!(round.weights, scoring::Weights::default());
    assert_eq!(
        scoring::score(&round.to_coded().expect("an empty round is valid"))
            .index
            .value,
        None
    );
}

#[test]
fn a_list_or_text_beyond_its_limit_is_refused_where_it_gets_there() {
    let stops = r#"{"text": "x", "theme": "a"},"#.repeat(6) + r#"{"text": "x", "theme": "a"}"#;
    let text = "y".repeat(20_001);
    let round = |responses: &str| {
        format!(
            r#"{{"format": "coherence-round/1", "team": "t", "round": "r", "invited": 1,
            "executives": [{{"id": "e", "function": "F"}}], "themes": [{{"id": "a"}}], "responses": [{responses}]}}"#
        )
    };
    let many = message(&round(&format!(
        r#"{{"executive": "e", "stops": [{stops}]}}"#
    )));
    assert!(
        many.contains("responses[0].stops") && many.contains("at most 6"),
        "{many}"
    );
    let long = message(&round(&format!(
        r#"{{"executive": "e", "stops": [{{"text": "{text}", "theme": "a"}}]}}"#
    )));
    assert!(
        long.contains("responses[0].stops[0].text") && long.contains("20000"),
        "{long}"
    );
}

/// One byte after another without end, made up as it is read.
struct Endless(u8);

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        into.fill(self.0);
        Ok(into.len())
    }
}

#[test]
fn an_endless_file_ends_in_a_message() {
    let error = RoundFile::read(Endless(b'[')).expect_err("no round");
    assert!(!error.to_string().is_empty());
    let mut limited = bounded::Limited::new(Endless(b' '), 1_000).expect("readable");
    let read = std::io::copy(&mut limited, &mut std::io::sink());
    assert!(read.is_err() && limited.too_large);
}

#[test]
fn statements_without_a_theme_are_named_up_to_twenty() {
    let paths = (0..23)
        .map(|i| format!("responses[{i}].stops[0]"))
        .collect();
    let message = FileError::Uncoded { paths }.to_string();
    assert!(message.starts_with("23 statements have no theme: responses[0].stops[0], "));
    assert!(
        message.ends_with("responses[19].stops[0] and 3 more"),
        "{message}"
    );
}

#[test]
fn a_file_is_opened_by_name_and_its_seed_can_be_replaced() {
    let method = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/METHOD.md"));
    let method = method.expect("the page of methods");
    let json = method
        .split("```json")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let path = std::env::temp_dir().join(format!("coherence-round-{}.json", std::process::id()));
    std::fs::write(&path, json.expect("a round")).expect("a file");
    let name = path.to_str().expect("a plain name");
    assert_eq!(open_coded(name, Some(9)).expect("a round").seed(), 9);
    assert_eq!(open_coded(name, None).expect("a round").seed(), 1);
    std::fs::remove_file(&path).expect("removed");
    assert!(matches!(open_coded(name, None), Err(FileError::Io(_))));
}

#[test]
fn a_list_as_a_file_is_told_from_a_round() {
    let said = |bytes: &[u8]| RoundFile::read(bytes).expect_err("refused").to_string();
    assert_eq!(
        said(b" \n\t[\"coherence-round/1\"]"),
        "the round: must be one object, {...}; this file holds a list"
    );
    assert_eq!(said(b"\xef\xbb\xbf[]"), said(b"[]"));
    assert!(
        said(b" \n ").starts_with("not valid JSON"),
        "{}",
        said(b" ")
    );
}

#[test]
fn no_case_that_fuzzing_kept_panics() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/round");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).expect("the kept cases") {
        let bytes = std::fs::read(entry.expect("a case").path()).expect("readable");
        let Ok(file) = RoundFile::read(&bytes[..]) else {
            continue;
        };
        cases += 1;
        if let Ok(round) = file.to_coded() {
            let options = Options {
                chance_draws: 3,
                grouping_draws: 3,
                camp_draws: 19,
            };
            write_score(&score_with(&round, &options), &mut Vec::new()).expect("written");
        }
    }
    assert!(cases >= 3, "{cases} readable cases in {folder}");
}
