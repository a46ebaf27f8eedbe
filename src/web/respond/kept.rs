//! Nothing typed is lost: pages that give back in full what could not be saved.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use minijinja::{Value, context};

use super::shown::{Line, plain};
use super::{Speech, form};
use crate::error::Error;
use crate::store::rounds::Round;
use crate::survey::draft::Closing;
use crate::survey::{Question, Quote};
use crate::web::Fields;

/// The answer to a form that came after the round had closed.
pub(super) fn closed(
    speech: Speech<'_>,
    round: &Round,
    token: &str,
    fields: &Fields,
    json: bool,
) -> Result<HttpResponse, Error> {
    if json {
        let words = speech.say("respond-too-late", &[]);
        return Ok(HttpResponse::Conflict().json(serde_json::json!({ "closed": words })));
    }
    // A consultant may have closed it early, or nobody has yet and only its time is over.
    let at = round.closed_at().unwrap_or_else(|| round.closes_at());
    page(
        speech,
        token,
        StatusCode::CONFLICT,
        context! {
            heading => speech.say("respond-closed-heading", &[]),
            sentences => vec![
                speech.say("respond-closed-when", &[("closed", speech.moment(at, round.time_zone()).into())]),
                speech.say("respond-closed-before", &[]),
            ],
            words => words(speech, fields),
            again => false,
        },
    )
}

/// The answer to a form while the database is away, and with it all that is known of the link.
pub(super) fn unavailable(
    speech: Speech<'_>,
    token: &str,
    fields: &Fields,
    json: bool,
) -> Result<HttpResponse, Error> {
    if json {
        return Ok(unavailable_json());
    }
    page(
        speech,
        token,
        StatusCode::SERVICE_UNAVAILABLE,
        context! {
            heading => speech.say("respond-unsaved-heading", &[]),
            sentences => vec![speech.say("respond-unsaved-words", &[])],
            words => words(speech, fields),
            again => true,
        },
    )
}

/// The same for the page's script, which keeps what is typed and tries again.
pub(super) fn unavailable_json() -> HttpResponse {
    HttpResponse::ServiceUnavailable().json(serde_json::json!({ "unavailable": true }))
}

fn page(
    speech: Speech<'_>,
    token: &str,
    status: StatusCode,
    what: Value,
) -> Result<HttpResponse, Error> {
    speech.state.page_with(
        status,
        "respond/kept.html",
        context! { ..what, ..speech.frame(token) },
    )
}

/// Everything of a form that an executive typed or chose, as plain text.
fn words(speech: Speech<'_>, fields: &Fields) -> String {
    // The fields say which question it was: only trade-offs have two sides, and so on.
    let has = |name: &str| {
        fields
            .iter()
            .any(|(field, _)| field.split('.').next() == Some(name))
    };
    let question = if has("over") {
        Question::TradeOffs
    } else if has("metric") {
        Question::Successes
    } else if has("function") || has("other") {
        Question::Asks
    } else {
        Question::Priorities
    };
    let part = form::part(question, fields);
    let mut text = plain(&speech.entries(question, &part.entries));
    if part.unknown {
        text.push_str(&speech.say("respond-is-unknown", &[]));
        text.push('\n');
    }
    text.push_str(&plain(&closing_lines(speech, &form::closing(fields))));
    text
}

/// The two choices of the last step in words.
pub(super) fn closing_lines(speech: Speech<'_>, closing: &Closing) -> Vec<Line> {
    let line = |field: &str, value: String| {
        let field = speech.say(&format!("respond-field-{field}"), &[]);
        let words = speech.say(
            "respond-mistake",
            &[("field", field.into()), ("words", value.into())],
        );
        Line {
            words,
            measure: None,
            quote: None,
        }
    };
    let perceived = Some(closing.perceived.clone()).filter(|given| !given.is_empty());
    let quote = Quote::from_key(&closing.quote)
        .map(|quote| speech.say(&format!("respond-quote-{}", quote.key()), &[]));
    perceived
        .map(|given| line("perceived", given))
        .into_iter()
        .chain(quote.map(|given| line("quote", given)))
        .collect()
}

/// Names and values for hidden fields.
pub(super) fn pairs(fields: Vec<(String, String)>) -> Value {
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| context! { name, value })
        .collect()
}
