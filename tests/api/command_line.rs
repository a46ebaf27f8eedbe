//! The command line: files in, results on standard output, mistakes on standard error with the
//! place they are in.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ROUND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/round.json");

fn coherence(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coherence"));
    command.args(arguments).env_clear();
    command
}

fn run(arguments: &[&str]) -> Output {
    coherence(arguments).output().expect("the program runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{}", said(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = coherence(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input.as_bytes())
        .expect("written");
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_round_is_scored_from_a_file_byte_for_byte_the_same_each_time() {
    let (first, second) = (run(&["score", ROUND]), run(&["score", ROUND]));
    let score = json(&first);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(score["format"], "coherence-score/1");
    assert_eq!(
        (score["responded"].as_u64(), score["invited"].as_u64()),
        (Some(5), Some(6))
    );
    let index = score["index"]["value"].as_f64().expect("an index");
    assert!(index > 0.0 && index < 100.0);
    let kinds: Vec<&str> = score["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|f| f["kind"].as_str())
        .collect();
    assert!(
        kinds.contains(&"opposed_trade_off") && kinds.contains(&"contested_priority"),
        "{kinds:?}"
    );
    let text = std::fs::read_to_string(ROUND).expect("readable");
    assert_eq!(
        with_input(&["score", "-"], &text).stdout,
        first.stdout,
        "standard input is the same round"
    );
}

#[test]
fn another_seed_moves_what_is_drawn_and_nothing_else() {
    let (own, other) = (
        json(&run(&["score", ROUND])),
        json(&run(&["score", ROUND, "--seed", "7"])),
    );
    assert_eq!(own["index"]["value"], other["index"]["value"]);
    assert_eq!(
        own["questions"]["priorities"]["agreement"],
        other["questions"]["priorities"]["agreement"]
    );
    assert_ne!(
        own["index"]["chance"]["mean"],
        other["index"]["chance"]["mean"]
    );
}

#[test]
fn a_score_comes_as_a_table_for_a_spreadsheet_too() {
    let text = std::fs::read_to_string(ROUND).expect("readable");
    let mut round: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    round["themes"][0]["name"] = "=HYPERLINK(\"x\")".into();
    let table = with_input(&["score", "-", "--report", "csv"], &round.to_string());
    assert!(table.status.success(), "{}", said(&table));
    let score = json(&with_input(&["score", "-"], &round.to_string()));
    let mut reader = csv::Reader::from_reader(&table.stdout[..]);
    let rows: Vec<[String; 5]> = reader
        .deserialize()
        .map(|row| row.expect("five cells"))
        .collect();
    let value = |part: &str, subject: &str, figure: &str| {
        let found = rows
            .iter()
            .find(|row| row[0] == part && row[1] == subject && row[3] == figure);
        found.unwrap_or_else(|| panic!("{part} {subject} {figure}"))[4].clone()
    };
    let number = |part: &str, figure: &str| value(part, "", figure).parse::<f64>().ok();
    assert_eq!(number("index", "value"), score["index"]["value"].as_f64());
    assert_eq!(
        number("index", "chance_mean"),
        score["index"]["chance"]["mean"].as_f64()
    );
    assert_eq!(
        number("stops", "agreement"),
        score["questions"]["stops"]["agreement"].as_f64()
    );
    let first = score["findings"][0].clone();
    assert_eq!(
        value("findings", "1", "kind"),
        first["kind"].as_str().expect("a kind")
    );
    let id = round["themes"][0]["id"].as_str().expect("an id");
    assert_eq!(
        value("themes", id, "name"),
        "'=HYPERLINK(\"x\")",
        "no formula"
    );
    assert!(
        table
            .stdout
            .starts_with(b"part,subject,other,figure,value\r\n")
    );
}

#[test]
fn a_round_from_a_file_makes_a_report_that_stands_alone_and_quotes_nobody() {
    let page = run(&["score", ROUND, "--report", "html"]);
    assert!(page.status.success(), "{}", said(&page));
    let html = String::from_utf8(page.stdout).expect("UTF-8");
    assert!(html.starts_with("<!doctype html>") && html.contains("For you alone"));
    assert!(
        !html.contains("<link") && !html.contains("src=") && !html.contains("<blockquote"),
        "it needs no other file and quotes nobody"
    );
    let text = std::fs::read_to_string(ROUND).expect("readable");
    let mut round: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    round["responses"]
        .as_array_mut()
        .expect("a list")
        .truncate(3);
    let few = with_input(&["score", "-", "--report", "html"], &round.to_string());
    assert_eq!(few.status.code(), Some(2));
    assert!(
        said(&few).contains("below four responses"),
        "{}",
        said(&few)
    );
    let unknown = run(&["score", ROUND, "--report", "pdf"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_its_path_and_status_2() {
    let text = std::fs::read_to_string(ROUND).expect("readable");
    let mut round: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let spoiled = |pointer: &str, value: serde_json::Value| {
        let mut copy = round.clone();
        *copy.pointer_mut(pointer).expect("there") = value;
        with_input(&["score", "-"], &copy.to_string())
    };
    for (pointer, value, path) in [
        (
            "/responses/3/trade_offs/0/over/theme",
            "nowhere".into(),
            "responses[3].trade_offs[0].over.theme",
        ),
        ("/invited", 2.into(), "invited"),
        ("/responses/1/perceived", 9.into(), "responses[1].perceived"),
        ("/format", "coherence-round/9".into(), "format"),
        (
            "/responses/0/executive",
            "nobody".into(),
            "responses[0].executive",
        ),
    ] {
        let output = spoiled(pointer, value);
        assert_eq!(output.status.code(), Some(2), "{path}: {}", said(&output));
        assert!(said(&output).contains(path), "{path}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
    round["responses"][2]["colour"] = "blue".into();
    let output = with_input(&["score", "-"], &round.to_string());
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("responses[2]") && said(&output).contains("colour"),
        "{}",
        said(&output)
    );
    let list = with_input(&["score", "-"], " \n[1]");
    assert!(said(&list).contains("one object"), "{}", said(&list));
    for input in ["", "{", "[]", "null", "\u{0}"] {
        assert_eq!(
            with_input(&["score", "-"], input).status.code(),
            Some(2),
            "{input:?}"
        );
    }
    let missing = run(&["score", "/nowhere/round.json"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("/nowhere/round.json"));
}

#[test]
fn statements_without_a_theme_are_named_and_can_be_given_proposed_ones() {
    let text = std::fs::read_to_string(ROUND).expect("readable");
    let mut round: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    round["responses"][0]["stops"][0]
        .as_object_mut()
        .expect("an object")
        .remove("theme");
    let refused = with_input(&["score", "-"], &round.to_string());
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        said(&refused).contains("responses[0].stops[0]") && said(&refused).contains("--propose"),
        "{}",
        said(&refused)
    );
    let scored = json(&with_input(
        &["score", "-", "--propose"],
        &round.to_string(),
    ));
    assert!(scored["index"]["grouping"]["unconfirmed"].as_u64() >= Some(1));
    let (one, two) = (
        with_input(&["themes", "-"], &round.to_string()),
        with_input(&["themes", "-"], &round.to_string()),
    );
    assert_eq!(one.stdout, two.stdout);
    let grouped = json(&one);
    let statement = &grouped["responses"][0]["stops"][0];
    assert_eq!(statement["theme"], statement["proposed"]["theme"]);
    assert_eq!(
        statement["theme"], "nordics",
        "its words are those of the theme"
    );
    assert!(
        grouped["responses"][0]["stops"][1]
            .get("proposed")
            .is_none(),
        "what has a theme is left alone"
    );
}

const GOLD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/themes-dev.jsonl"
);

/// The line of an evaluation that begins so, as figures; the first of its kind is the mean over teams.
fn figures(output: &Output, of: &str) -> Vec<f64> {
    assert!(output.status.success(), "{}", said(output));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{of}  ")))
        .unwrap_or_else(|| panic!("{of} is not in\n{text}"));
    line[of.len()..]
        .split_whitespace()
        .map(|figure| figure.parse().expect("a figure"))
        .collect()
}

#[test]
fn an_evaluation_sets_words_meaning_and_a_later_round_side_by_side() {
    let output = run(&["themes", "--evaluate", GOLD]);
    let words = figures(&output, "all: lexical");
    let model = figures(&output, "all: model");
    let later = figures(&output, "all: model, later round");
    assert_eq!((words[0], words[1]), (6.0, 222.0), "teams and statements");
    assert_eq!(&model[..2], &words[..2]);
    assert_eq!((later[0], later[1]), (6.0, 99.0), "half of the executives");
    // Pair F1, to move, of three, actions.
    assert!(model[2] > words[2] && model[5] < words[5], "{output:?}");
    assert!(model[7] > words[7] && model[8] < words[8], "{output:?}");
    for split in ["dev", "natdev"] {
        assert_eq!(figures(&output, &format!("{split}: model")).len(), 10);
    }
    let text = std::fs::read_to_string(GOLD).expect("readable");
    let again = with_input(&["themes", "--evaluate", "-"], &text);
    assert_eq!(again.stdout, output.stdout);
}

#[test]
fn an_evaluation_by_words_needs_no_model_and_one_by_meaning_needs_one() {
    let words = run(&[
        "themes",
        "--evaluate",
        GOLD,
        "--method",
        "lexical",
        "--language",
        "de",
    ]);
    assert_eq!(figures(&words, "all: lexical")[0], 6.0);
    assert_eq!(figures(&words, "all: lexical, later round")[1], 99.0);
    assert!(!String::from_utf8_lossy(&words.stdout).contains("model"));
    let none = run(&["themes", "--evaluate", GOLD, "--language", "de"]);
    assert_eq!(none.status.code(), Some(2));
    assert!(said(&none).contains("themes_model"), "{}", said(&none));
    assert!(none.stdout.is_empty());
}

#[test]
fn a_mistake_in_sorted_statements_is_named_by_line_and_field_with_status_2() {
    let good =
        r#"{"company": "A", "exec": "E1", "question": "stops", "text": "Hire", "theme": "t"}"#;
    for (line, says) in [
        (good.replace("stops", "starts"), "line 3: “question”"),
        (
            good.replace(r#", "theme": "t""#, ""),
            "line 3: missing field",
        ),
        (good.replace(r#""t""#, "null"), "line 3: “theme”"),
        ("{".to_owned(), "line 3: it is not one JSON object"),
    ] {
        let output = with_input(
            &["themes", "--evaluate", "-"],
            &format!("{good}\n\n{line}\n"),
        );
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(said(&output).contains(says), "{line}: {}", said(&output));
        assert!(output.stdout.is_empty());
    }
    let empty = with_input(&["themes", "--evaluate", "-"], "");
    assert_eq!(empty.status.code(), Some(2));
    let missing = run(&["themes", "--evaluate", "/nowhere/gold.jsonl"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(said(&missing).contains("/nowhere/gold.jsonl"));
    for wrong in [&["themes"][..], &["themes", ROUND, "--evaluate", GOLD]] {
        assert_eq!(run(wrong).status.code(), Some(2));
    }
}

#[test]
fn themes_are_proposed_by_words_where_asked_or_where_no_model_serves_the_language() {
    let text = std::fs::read_to_string(ROUND).expect("readable");
    let mut round: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    round["responses"][0]["stops"][0]
        .as_object_mut()
        .expect("an object")
        .remove("theme");
    let themes = |arguments: &[&str]| {
        let all: Vec<&str> = ["themes", "-"].iter().chain(arguments).copied().collect();
        with_input(&all, &round.to_string())
    };
    let words = themes(&["--method", "lexical"]);
    assert!(words.status.success() && said(&words).is_empty());
    let german = themes(&["--language", "de"]);
    assert!(german.status.success());
    assert!(
        said(&german).contains("compared by their words"),
        "{}",
        said(&german)
    );
    let asked = themes(&["--language", "de", "--method", "model"]);
    assert_eq!(asked.status.code(), Some(2));
}

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_its_fault_and_a_valid_example() {
    let output = coherence(&["serve"])
        .env("COHERENCE_LISTEN", "everywhere")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let said = said(&output);
    assert!(
        said.contains("COHERENCE_LISTEN")
            && said.contains("everywhere")
            && said.contains("0.0.0.0:8080"),
        "{said}"
    );
}

#[test]
fn an_operator_adds_a_consultant_and_copies_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let operate = |arguments: &[&str]| {
        coherence(arguments)
            .env("COHERENCE_DATA_DIR", &data)
            .output()
            .expect("the program runs")
    };
    let added = operate(&["user", "add", "Noa Berg", "noa@example.com"]);
    assert!(added.status.success(), "{}", said(&added));
    assert!(String::from_utf8_lossy(&added.stdout).contains("http://127.0.0.1:8080/password/"));
    let twice = operate(&["user", "add", "Noa Berg", "NOA@example.com"]);
    assert_eq!(twice.status.code(), Some(2));
    assert!(said(&twice).contains("already"));
    let listed = operate(&["user", "list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("Noa Berg <noa@example.com>"));
    let copy = folder.path().join("copy.sqlite");
    let to = copy.to_str().expect("text");
    assert!(operate(&["backup", to]).status.success());
    assert!(std::fs::metadata(&copy).expect("a file").len() > 0);
    assert_eq!(
        operate(&["backup", to]).status.code(),
        Some(2),
        "an existing file is never written over"
    );
    let checked = operate(&["check"]);
    assert!(
        String::from_utf8_lossy(&checked.stdout).contains("Consultants: 1. Letters waiting: 0.")
    );
    assert!(
        String::from_utf8_lossy(&checked.stdout).contains("the built-in model loads"),
        "the sentence model is checked too"
    );
    let sent = operate(&["send-test-mail", "noa@example.com"]);
    assert!(sent.status.success(), "{}", said(&sent));
    let letters: Vec<_> = std::fs::read_dir(data.join("letters"))
        .expect("a folder")
        .collect();
    assert_eq!(letters.len(), 1);
    assert!(Path::new(&data).join("server.key").exists());
}

#[test]
fn check_says_whether_the_sentence_model_of_another_language_loads() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let check = |model: &Path| {
        coherence(&["check"])
            .env("COHERENCE_DATA_DIR", &data)
            .env("COHERENCE_THEMES_MODEL", model)
            .output()
            .expect("the program runs")
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/all-MiniLM-L6-v2");
    let good = check(&own);
    assert!(good.status.success(), "{}", said(&good));
    assert!(String::from_utf8_lossy(&good.stdout).contains("loads; it serves: en."));
    let bad = check(folder.path());
    assert_eq!(bad.status.code(), Some(1));
    let expected = folder.path().join("model.onnx");
    assert!(
        said(&bad).contains(expected.to_str().expect("text")),
        "{}",
        said(&bad)
    );
}
