//! The model gives what the published weights give, and takes any text and any directory.

#![allow(
    clippy::unwrap_used,
    reason = "a failing test may stop where it stands"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::model::Model;
use super::source::ModelSource;

/// Length of the built-in model's vectors.
const WIDTH: usize = 384;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn development_texts() -> Vec<String> {
    let lines = fs::read_to_string(folder("tests/fixtures/themes-dev.jsonl")).unwrap();
    let row = |line| serde_json::from_str::<Value>(line).unwrap();
    lines
        .lines()
        .map(|line| row(line)["text"].as_str().unwrap().to_owned())
        .collect()
}

/// The vectors of the published weights in double precision, as `models/make.py` writes them.
fn reference() -> Vec<Vec<f64>> {
    let bytes = fs::read(folder("tests/fixtures/minilm.bin")).unwrap();
    let number = |two: &[u8]| f64::from(i16::from_le_bytes([two[0], two[1]])) / 32_767.0;
    bytes
        .chunks_exact(WIDTH * 2)
        .map(|text| text.chunks_exact(2).map(number).collect())
        .collect()
}

fn cosine(a: &[f32], b: &[f64]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(a, b)| f64::from(*a) * b).sum();
    dot / b.iter().map(|b| b * b).sum::<f64>().sqrt()
}

fn embed(texts: &[&str]) -> Vec<Vec<f32>> {
    Model::built_in().unwrap().embed(texts).unwrap()
}

fn length(vector: &[f32]) -> f64 {
    vector
        .iter()
        .map(|x| f64::from(*x).powi(2))
        .sum::<f64>()
        .sqrt()
}

/// A copy of the built-in model as a directory, so that a test can break one of its files.
fn copied() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in [
        "model.onnx",
        "model.onnx.data",
        "tokenizer.json",
        "languages.json",
    ] {
        let from = folder("models/all-MiniLM-L6-v2").join(name);
        fs::copy(from, copy.path().join(name)).unwrap();
    }
    copy
}

#[test]
fn every_development_text_lies_where_the_published_weights_put_it() {
    let (texts, reference) = (development_texts(), reference());
    assert_eq!((texts.len(), reference.len()), (222, 222));
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectors = embed(&texts);
    let mut cosines: Vec<f64> = vectors
        .iter()
        .zip(&reference)
        .map(|(own, published)| cosine(own, published))
        .collect();
    cosines.sort_by(f64::total_cmp);
    println!("least {:.5}, median {:.5}", cosines[0], cosines[111]);
    assert!(cosines[0] >= 0.998 && cosines[111] >= 0.9995, "{cosines:?}");
    assert!(
        vectors
            .iter()
            .all(|v| v.len() == WIDTH && (length(v) - 1.0).abs() < 1e-6)
    );
}

#[test]
fn the_known_vector_of_the_model_card_s_first_example_comes_out() {
    // The first numbers that the model's makers print for this sentence.
    let found = embed(&["This is an example sentence"]);
    for (found, published) in found[0]
        .iter()
        .zip([0.0677, 0.0635, 0.0487, 0.0793, 0.0374])
    {
        assert!((found - published).abs() < 0.005, "{found} {published}");
    }
}

#[test]
fn like_meaning_lies_closer_than_unlike_meaning_without_a_shared_word() {
    let v = embed(&[
        "Expand into Germany",
        "Win clients in Munich and Berlin",
        "Cut the cloud bill",
    ]);
    let near: Vec<f64> = v[1].iter().map(|x| f64::from(*x)).collect();
    let far: Vec<f64> = v[2].iter().map(|x| f64::from(*x)).collect();
    assert!(cosine(&v[0], &near) > cosine(&v[0], &far) + 0.2);
}

#[test]
fn a_text_s_vector_depends_on_nothing_but_the_text() {
    let texts = development_texts();
    let forward: Vec<&str> = texts.iter().map(String::as_str).take(60).collect();
    let backward: Vec<&str> = forward.iter().rev().copied().collect();
    let together = embed(&forward);
    let mut turned = embed(&backward);
    turned.reverse();
    assert!(together == turned, "another order gave other numbers");
    for (text, vector) in forward.iter().zip(&together).step_by(7) {
        assert!(
            embed(&[text])[0] == *vector,
            "{text}: alone it gave other numbers"
        );
    }
    // More of one length than fit into one batch.
    let many = vec!["Enter Japan"; 700];
    let vectors = embed(&many);
    assert!(vectors.iter().all(|vector| *vector == vectors[0]));
}

#[test]
fn any_text_has_a_vector() {
    let long = "winning back accounts ".repeat(5_000);
    let joined = "x".repeat(100_000);
    let umlauts = "Überfälligkeitsgebühr ".repeat(4_000);
    let texts = [
        "",
        " ",
        "\0\u{1}\u{7f}\u{85}\u{200b}\u{feff}",
        "🚀🚀🚀",
        "👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}",
        "日本市場に参入する",
        "[CLS] [SEP] [PAD] [MASK] [UNK] ##ing",
        "\u{202e}abc\u{10ffff}",
        &long,
        &joined,
        &umlauts,
    ];
    let vectors = embed(&texts);
    assert_eq!(vectors.len(), texts.len());
    for (text, vector) in texts.iter().zip(&vectors) {
        let start: String = text.chars().take(20).collect();
        assert!((length(vector) - 1.0).abs() < 1e-6, "{start:?}");
    }
    assert_eq!(embed(&[]), Vec::<Vec<f32>>::new());
    // Only the beginning of a long text counts.
    let longer = format!("{long} and the harbour in Rotterdam");
    assert!(embed(&[&longer])[0] == vectors[8]);
}

#[test]
fn only_english_is_served_by_the_built_in_model() {
    let model = Model::built_in().unwrap();
    assert!(model.serves("en") && model.serves("EN_gb") && model.serves("en-US"));
    assert!(!model.serves("de") && !model.serves("fr-CA") && !model.serves(""));
}

#[test]
fn a_model_is_loaded_once_and_let_go_with_its_last_holder() {
    let source = ModelSource::built_in();
    let first = source.model().unwrap();
    let second = source.model().unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    let left = std::sync::Arc::downgrade(&first);
    drop((first, second));
    assert!(left.upgrade().is_none());
    assert!(source.model().is_ok());
}

#[test]
fn a_directory_holds_a_model_too() {
    let copy = copied();
    let texts = ["Win the DACH mid-market", ""];
    let model = Model::from_directory(copy.path()).unwrap();
    assert!(model.embed(&texts).unwrap() == embed(&texts));
    assert!(model.serves("en") && !model.serves("de"));

    fs::write(copy.path().join("languages.json"), "[\"DE\", \"fr-CA\"]").unwrap();
    let model = Model::from_directory(copy.path()).unwrap();
    assert!(model.serves("de-AT") && model.serves("fr") && !model.serves("en"));

    // As sentence models lie on Hugging Face: the network in `onnx`, no list of languages.
    fs::remove_file(copy.path().join("languages.json")).unwrap();
    fs::create_dir(copy.path().join("onnx")).unwrap();
    for name in ["model.onnx", "model.onnx.data"] {
        fs::rename(copy.path().join(name), copy.path().join("onnx").join(name)).unwrap();
    }
    fs::write(
        copy.path().join("sentence_bert_config.json"),
        "{\"max_seq_length\": 8}",
    )
    .unwrap();
    fs::create_dir(copy.path().join("1_Pooling")).unwrap();
    let pooling = copy.path().join("1_Pooling/config.json");
    fs::write(&pooling, "{\"pooling_mode_mean_tokens\": true}").unwrap();
    let model = Model::from_directory(copy.path()).unwrap();
    assert!(model.serves("de") && model.serves("ja"));
    let cut = model
        .embed(&[
            "one two three four five six seven",
            "one two three four five six",
        ])
        .unwrap();
    assert!(cut[0] == cut[1], "six words and two marks are eight tokens");
    fs::write(&pooling, "{\"pooling_mode_cls_token\": true}").unwrap();
    let first = Model::from_directory(copy.path()).unwrap();
    assert!(first.embed(&texts).unwrap() != model.embed(&texts).unwrap());
}

#[test]
fn a_tokenizer_of_word_pieces_learnt_by_likelihood_is_read() {
    // Unigram, as multilingual models have it, here with a handful of pieces.
    let copy = copied();
    let tokenizer = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "post_processor": null, "decoder": null,
        "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": false,
            "vocab": [["<unk>", 0.0], ["▁", -2.0], ["▁Markt", -3.0], ["an", -3.5], ["teil", -3.5], ["e", -4.0]]}
    });
    fs::write(copy.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    let model = Model::from_directory(copy.path()).unwrap();
    let found = model.embed(&["Marktanteile", "Marktanteil", ""]).unwrap();
    assert!(found[0] != found[1] && found.iter().all(|v| (length(v) - 1.0).abs() < 1e-6));
}

#[test]
fn a_directory_that_holds_no_usable_model_is_named_with_its_file() {
    let said = |at: &Path| Model::from_directory(at).unwrap_err().to_string();
    assert!(said(Path::new("/nowhere/model")).contains("/nowhere/model/model.onnx cannot be read"));

    for name in ["model.onnx", "model.onnx.data", "tokenizer.json"] {
        let copy = copied();
        let file = copy.path().join(name);
        let whole = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let missing = said(copy.path());
        assert!(missing.contains(file.to_str().unwrap()), "{missing}");
        for content in [&b""[..], b"\xff\xfe not a model", &whole[..whole.len() / 2]] {
            fs::write(&file, content).unwrap();
            let broken = said(copy.path());
            // The network's own file names the data file that does not fit it.
            let named = broken.contains(copy.path().join("model.onnx").to_str().unwrap())
                || broken.contains(file.to_str().unwrap());
            assert!(named && broken.len() < 600, "{name}: {broken}");
        }
    }
    for (name, content) in [
        ("languages.json", "{"),
        ("sentence_bert_config.json", "{\"max_seq_length\": -1}"),
        (
            "1_Pooling/config.json",
            "{\"pooling_mode_max_tokens\": true}",
        ),
    ] {
        let copy = copied();
        let file = copy.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        let broken = said(copy.path());
        assert!(broken.contains(file.to_str().unwrap()), "{broken}");
    }
    // A tokenizer with more words than the network knows.
    let copy = copied();
    let file = copy.path().join("tokenizer.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"first\":2034", "\"first\":99999")).unwrap();
    assert!(said(copy.path()).contains("model.onnx"));
}
