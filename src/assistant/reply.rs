//! What the model answers, read strictly.

use serde::Deserialize;

use super::{Fault, Reply};
use crate::store::assistance::{Grouping, Sheet, Usage};

/// The frame of a chat completion. Providers add fields of their own to it; what they mean is not
/// ours.
#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Default, Deserialize)]
struct Tokens {
    #[serde(default)]
    prompt_tokens: Option<u64>,
    #[serde(default)]
    completion_tokens: Option<u64>,
}

/// What the model itself says: this and nothing besides.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    known_themes: Vec<Known>,
    new_themes: Vec<New>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    theme: u64,
    statements: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    statements: Vec<u64>,
}

/// Reads an answer of status 200.
pub(super) fn read(bytes: &[u8], sheet: &Sheet) -> Reply {
    let Ok(completion) = serde_json::from_slice::<Completion>(bytes) else {
        return Reply {
            usage: Usage::default(),
            outcome: Err(Fault::NotACompletion),
        };
    };
    let tokens = completion.usage.unwrap_or_default();
    Reply {
        usage: Usage {
            tokens_in: tokens.prompt_tokens,
            tokens_out: tokens.completion_tokens,
        },
        outcome: grouping(completion.choices, sheet),
    }
}

fn grouping(choices: Vec<Choice>, sheet: &Sheet) -> Result<Grouping, Fault> {
    let choice = choices.into_iter().next().ok_or(Fault::NotACompletion)?;
    // Empty words are no refusal: some servers send the field with every answer.
    if choice
        .message
        .refusal
        .is_some_and(|words| !words.is_empty())
    {
        return Err(Fault::Declined);
    }
    match choice.finish_reason.as_deref() {
        Some("length") => return Err(Fault::CutOff),
        Some("content_filter") => return Err(Fault::Declined),
        _ => {}
    }
    let content = choice.message.content.ok_or(Fault::NotACompletion)?;
    let answer: Answer = serde_json::from_str(&content).map_err(|_| Fault::Shape)?;
    let known: Vec<(u64, Vec<u64>)> = answer
        .known_themes
        .into_iter()
        .map(|known| (known.theme, known.statements))
        .collect();
    let new: Vec<(String, Vec<u64>)> = answer
        .new_themes
        .into_iter()
        .map(|new| (new.name, new.statements))
        .collect();
    Ok(Grouping::check(sheet, &known, &new)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::assistance::Misfit;
    use proptest::prelude::*;
    use serde_json::json;

    fn said(message: &serde_json::Value, finish: &str) -> Reply {
        let body = json!({
            "id": "x", "object": "chat.completion",
            "choices": [{ "index": 0, "message": message, "finish_reason": finish }],
            "usage": { "prompt_tokens": 210, "completion_tokens": 40, "total_tokens": 250 },
        });
        read(body.to_string().as_bytes(), &Sheet::sample())
    }

    fn content(content: &str) -> Result<Grouping, Fault> {
        said(&json!({ "role": "assistant", "content": content }), "stop").outcome
    }

    #[test]
    fn a_fit_answer_is_read_with_its_tokens() {
        let fit = r#"{"known_themes":[{"theme":1,"statements":[2]}],"new_themes":[{"name":"Uptime","statements":[1,3]}]}"#;
        let reply = said(&json!({ "content": fit, "refusal": null }), "stop");
        assert_eq!(reply.outcome.expect("fits").new_themes(), 1);
        assert_eq!(reply.usage.tokens_in, Some(210));
        assert_eq!(reply.usage.tokens_out, Some(40));
    }

    #[test]
    fn anything_besides_the_shape_is_refused() {
        for wrong in [
            "",
            "Here are your themes!",
            "[]",
            "{}",
            r#"{"known_themes":[]}"#,
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[1,2,3]}],"comment":"x"}"#,
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[1,2,3],"why":"x"}]}"#,
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":["1","2","3"]}]}"#,
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[-1]}]}"#,
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[1.5]}]}"#,
            r#"{"known_themes":[],"new_themes":[{"name":null,"statements":[1,2,3]}]}"#,
            "```json\n{\"known_themes\":[],\"new_themes\":[{\"name\":\"A\",\"statements\":[1,2,3]}]}\n```",
            r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[1,2,3]}]} and more"#,
        ] {
            assert_eq!(content(wrong), Err(Fault::Shape), "{wrong}");
        }
        let missing = r#"{"known_themes":[],"new_themes":[{"name":"A","statements":[1]}]}"#;
        assert_eq!(content(missing), Err(Fault::Misfit(Misfit::Missing(2))));
    }

    #[test]
    fn a_refusal_a_filter_and_a_cut_are_told_apart() {
        let refusal = json!({ "content": null, "refusal": "I will not." });
        assert_eq!(said(&refusal, "stop").outcome, Err(Fault::Declined));
        let some = json!({ "content": "{" });
        assert_eq!(said(&some, "content_filter").outcome, Err(Fault::Declined));
        assert_eq!(said(&some, "length").outcome, Err(Fault::CutOff));
        let nothing = json!({ "content": null });
        assert_eq!(said(&nothing, "stop").outcome, Err(Fault::NotACompletion));
        for frame in ["", "null", "<html>", r#"{"choices":[]}"#, r#"{"error":{}}"#] {
            let reply = read(frame.as_bytes(), &Sheet::sample());
            assert_eq!(reply.outcome, Err(Fault::NotACompletion), "{frame}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let reply = read(&bytes, &Sheet::sample());
            prop_assert!(reply.outcome.is_err());
        }

        #[test]
        fn whatever_fits_puts_every_statement_into_one_theme(
            known in proptest::collection::vec((0_u64..3, proptest::collection::vec(0_u64..5, 0..4)), 0..3),
            new in proptest::collection::vec(("[a-zA-Z<]{0,3}", proptest::collection::vec(0_u64..5, 0..4)), 0..4),
        ) {
            let mut all: Vec<u64> = known.iter().flat_map(|(_, s)| s.clone()).collect();
            all.extend(new.iter().flat_map(|(_, s)| s.clone()));
            all.sort_unstable();
            let fits = Grouping::check(&Sheet::sample(), &known, &new).is_ok();
            prop_assert!(!fits || all == [1, 2, 3]);
        }
    }
}
