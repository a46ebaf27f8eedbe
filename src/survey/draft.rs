//! Drafts: what an executive has typed so far, kept as typed and checked when it is submitted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::answers::{Answer, Answers, Body, Comparison, Measure, Quote, Statement, Target};
use super::question::Question;
use super::rule::{Mistakes, Rule};
use super::text::{Line, StatementText};

/// One line of a question's form, as typed. Fields that the question does not have stay empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// The statement, or what a trade-off favours.
    pub text: String,
    /// What a trade-off gives up.
    pub over: String,
    /// What is measured.
    pub metric: String,
    /// A [`Comparison`]'s key.
    pub comparison: String,
    /// A number, or an ISO date.
    pub target: String,
    /// The target's unit.
    pub unit: String,
    /// The function asked; `other` stands for the field of that name.
    pub function: String,
    /// A function that is not on the list.
    pub other: String,
    /// A [`Quote`]'s key where it differs from the whole response's.
    pub quote: String,
}

impl Entry {
    /// Whether nothing has been typed; a chosen comparison or function alone is nothing.
    pub fn is_blank(&self) -> bool {
        [
            &self.text,
            &self.over,
            &self.metric,
            &self.target,
            &self.other,
        ]
        .iter()
        .all(|field| field.trim().is_empty())
    }
}

/// The part of a draft that answers one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Counts the saves of this part; a save names the version it was based on.
    pub version: u32,
    /// As typed, blank ones included.
    pub entries: Vec<Entry>,
    /// "I don't know".
    pub unknown: bool,
}

impl Part {
    /// Whether the question has been left alone.
    pub fn is_blank(&self) -> bool {
        !self.unknown && self.entries.iter().all(Entry::is_blank)
    }
}

/// What follows the five questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Closing {
    /// Counts the saves of this part.
    pub version: u32,
    /// `0` to `3`, or empty.
    pub perceived: String,
    /// A [`Quote`]'s key for the whole response, or empty.
    pub quote: String,
}

/// A draft of one response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// One part for each question, in the order of [`Question::ALL`].
    pub parts: [Part; 5],
    /// What follows the five questions.
    pub closing: Closing,
}

/// Value of [`Entry::function`] that stands for [`Entry::other`].
pub const OTHER_FUNCTION: &str = "other";

impl Draft {
    /// The part that answers that question.
    pub fn part(&self, question: Question) -> &Part {
        &self.parts[question as usize]
    }

    /// The part that answers that question.
    pub fn part_mut(&mut self, question: Question) -> &mut Part {
        &mut self.parts[question as usize]
    }

    /// Checks one question. Fields are named `text.0`, `over.2` ... by their line's number.
    pub fn check_part(&self, question: Question) -> Result<Answer, Mistakes> {
        // The consent of the whole response is checked once, in `check`.
        let fallback = Quote::from_key(&self.closing.quote).unwrap_or(Quote::Consultant);
        check_part(question, self.part(question), fallback)
    }

    /// Checks everything. Fields are named `priorities.text.0` ... and `perceived`, `quote`.
    pub fn check(&self) -> Result<Answers, Mistakes> {
        let mut mistakes = Mistakes::none();
        let mut answers = [const { Answer::Skipped }; 5];
        for question in Question::ALL {
            match self.check_part(question) {
                Ok(answer) => answers[question as usize] = answer,
                Err(found) => {
                    for mistake in &found {
                        let field = format!("{}.{}", question.key(), mistake.field);
                        mistakes.add(field, mistake.rule.clone());
                    }
                }
            }
        }
        let perceived = match self.closing.perceived.as_str() {
            "" => None,
            given => mistakes.take(
                "perceived",
                given
                    .parse::<u8>()
                    .ok()
                    .filter(|count| *count <= 3)
                    .ok_or(Rule::NotAChoice),
            ),
        };
        mistakes.take(
            "quote",
            match self.closing.quote.as_str() {
                "" => Err(Rule::Required),
                key => Quote::from_key(key).ok_or(Rule::NotAChoice),
            },
        );
        mistakes.done()?;
        Ok(Answers { answers, perceived })
    }
}

fn check_part(question: Question, part: &Part, fallback: Quote) -> Result<Answer, Mistakes> {
    let mut mistakes = Mistakes::none();
    if part.unknown && !part.entries.iter().all(Entry::is_blank) {
        mistakes.add("unknown", Rule::KnownAndUnknown);
    }
    if part.entries.len() > question.most() {
        mistakes.add(
            "text",
            Rule::TooMany {
                max: question.most(),
            },
        );
    }
    let mut statements = Vec::new();
    for (line, entry) in part.entries.iter().enumerate() {
        if entry.is_blank() {
            continue;
        }
        let quote = match entry.quote.as_str() {
            "" => Some(fallback),
            key => mistakes.take(
                format!("quote.{line}"),
                Quote::from_key(key).ok_or(Rule::NotAChoice),
            ),
        };
        let body = check_entry(question, entry, line, &mut mistakes);
        if let (Some(body), Some(quote)) = (body, quote) {
            statements.push(Statement { body, quote });
        }
    }
    mistakes.done()?;
    Ok(match (part.unknown, statements.is_empty()) {
        (true, _) => Answer::Unknown,
        (false, true) => Answer::Skipped,
        (false, false) => Answer::Given(statements),
    })
}

fn check_entry(
    question: Question,
    entry: &Entry,
    line: usize,
    mistakes: &mut Mistakes,
) -> Option<Body> {
    let text = mistakes.take(format!("text.{line}"), StatementText::parse(&entry.text));
    Some(match question {
        Question::Priorities => Body::Priority { text: text? },
        Question::Stops => Body::Stop { text: text? },
        Question::TradeOffs => {
            let over = mistakes.take(format!("over.{line}"), StatementText::parse(&entry.over));
            Body::TradeOff {
                favour: text?,
                over: over?,
            }
        }
        Question::Successes => {
            let before = mistakes.iter().count();
            let measure = check_measure(entry, line, mistakes);
            if mistakes.iter().count() > before {
                return None;
            }
            Body::Success {
                text: text?,
                measure,
            }
        }
        Question::Asks => {
            let (field, raw) = if entry.function == OTHER_FUNCTION {
                ("other", &entry.other)
            } else {
                ("function", &entry.function)
            };
            let function = mistakes.take(format!("{field}.{line}"), Line::parse(raw));
            Body::Ask {
                function: function?,
                text: text?,
            }
        }
    })
}

/// `None` where no measure was given, or where it has a mistake (which is then noted).
fn check_measure(entry: &Entry, line: usize, mistakes: &mut Mistakes) -> Option<Measure> {
    let filled = |field: &str| !field.trim().is_empty();
    if !filled(&entry.metric) && !filled(&entry.target) {
        return None;
    }
    let metric = mistakes.take(format!("metric.{line}"), Line::parse(&entry.metric));
    let comparison = mistakes.take(
        format!("comparison.{line}"),
        Comparison::from_key(&entry.comparison).ok_or(Rule::NotAChoice),
    );
    let unit = mistakes.take(format!("unit.{line}"), Line::parse(&entry.unit));
    let target = mistakes.take(
        format!("target.{line}"),
        check_target(entry.target.trim(), comparison),
    );
    Some(Measure {
        metric: metric?,
        comparison: comparison?,
        target: target?,
        unit: unit?,
    })
}

fn check_target(raw: &str, comparison: Option<Comparison>) -> Result<Target, Rule> {
    if raw.is_empty() {
        return Err(Rule::Incomplete);
    }
    if comparison == Some(Comparison::ByDate) {
        return raw
            .parse::<NaiveDate>()
            .map(Target::Date)
            .map_err(|_| Rule::NotADate);
    }
    // A decimal comma is what half of Europe types, and `1,500` is fifteen hundred to the other half.
    if is_ambiguous(raw) {
        return Err(Rule::AmbiguousNumber);
    }
    raw.replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())
        .map(Target::Number)
        .ok_or(Rule::NotANumber)
}

/// Whether a separator is followed by exactly three digits, as in `1,500` or `12.000`: thousands or
/// thousandths. After a lone zero it can only be a fraction.
fn is_ambiguous(raw: &str) -> bool {
    let number = raw.trim_start_matches(['-', '+']);
    let Some((whole, rest)) = number.split_once([',', '.']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && whole != "0" && digits(rest) && rest.len() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry {
            text: text.into(),
            ..Entry::default()
        }
    }

    fn draft() -> Draft {
        let mut draft = Draft::default();
        draft.closing.quote = "verbatim".into();
        draft
    }

    #[test]
    fn an_untouched_question_is_skipped_and_i_do_not_know_is_an_answer() {
        let mut draft = draft();
        draft.part_mut(Question::Stops).unknown = true;
        let answers = draft.check().expect("valid");
        assert_eq!(answers.to(Question::Priorities), &Answer::Skipped);
        assert_eq!(answers.to(Question::Stops), &Answer::Unknown);
    }

    #[test]
    fn i_do_not_know_excludes_statements() {
        let mut draft = draft();
        let part = draft.part_mut(Question::Stops);
        part.unknown = true;
        part.entries.push(entry("the rebrand"));
        let mistakes = draft.check().expect_err("both given");
        assert_eq!(mistakes.of("stops.unknown"), Some(&Rule::KnownAndUnknown));
    }

    #[test]
    fn blank_lines_close_up_and_keep_the_order() {
        let mut draft = draft();
        draft.part_mut(Question::Priorities).entries =
            vec![entry("first"), entry("  "), entry("second")];
        let answers = draft.check().expect("valid");
        let texts: Vec<_> = answers
            .to(Question::Priorities)
            .statements()
            .iter()
            .map(|s| match &s.body {
                Body::Priority { text } => text.as_str(),
                other => panic!("not a priority: {other:?}"),
            })
            .collect();
        assert_eq!(texts, ["first", "second"]);
    }

    #[test]
    fn a_trade_off_needs_both_sides() {
        let mut draft = draft();
        draft.part_mut(Question::TradeOffs).entries = vec![entry("stability")];
        let mistakes = draft.check().expect_err("one side only");
        assert_eq!(mistakes.of("trade_offs.over.0"), Some(&Rule::Required));
    }

    #[test]
    fn a_measure_needs_metric_comparison_and_target() {
        let mut draft = draft();
        let success = Entry {
            text: "NRR of 110 %".into(),
            metric: "NRR".into(),
            comparison: "at_least".into(),
            ..Entry::default()
        };
        draft.part_mut(Question::Successes).entries = vec![success.clone()];
        assert_eq!(
            draft
                .check()
                .expect_err("no target")
                .of("successes.target.0"),
            Some(&Rule::Incomplete)
        );
        draft.part_mut(Question::Successes).entries[0].target = "110,5".into();
        let answers = draft.check().expect("valid");
        let [
            Statement {
                body:
                    Body::Success {
                        measure: Some(measure),
                        ..
                    },
                ..
            },
        ] = answers.to(Question::Successes).statements()
        else {
            panic!("no measure: {answers:?}")
        };
        assert_eq!(measure.target, Target::Number(110.5));
        draft.part_mut(Question::Successes).entries[0].target = "NaN".into();
        assert_eq!(
            draft
                .check()
                .expect_err("not finite")
                .of("successes.target.0"),
            Some(&Rule::NotANumber)
        );
    }

    #[test]
    fn a_number_that_can_be_read_in_two_ways_is_asked_for_again() {
        for raw in ["1,500", "1.500", "-12,000", "99.995"] {
            assert_eq!(check_target(raw, None), Err(Rule::AmbiguousNumber), "{raw}");
        }
        for (raw, number) in [
            ("1500", 1500.0),
            ("1.5", 1.5),
            ("1,50", 1.5),
            ("0,125", 0.125),
            ("99.9950", 99.995),
        ] {
            assert_eq!(check_target(raw, None), Ok(Target::Number(number)), "{raw}");
        }
    }

    #[test]
    fn a_statement_can_be_kept_back_where_the_response_may_be_quoted() {
        let mut draft = draft();
        draft.part_mut(Question::Stops).entries = vec![
            Entry {
                quote: "consultant".into(),
                ..entry("the rebrand")
            },
            entry("the app"),
        ];
        let answers = draft.check().expect("valid");
        let quotes: Vec<_> = answers
            .to(Question::Stops)
            .statements()
            .iter()
            .map(|s| s.quote)
            .collect();
        assert_eq!(quotes, [Quote::Consultant, Quote::Verbatim]);
    }

    #[test]
    fn consent_must_be_chosen_and_perceived_is_none_to_three() {
        let mut draft = Draft::default();
        draft.closing.perceived = "4".into();
        let mistakes = draft.check().expect_err("two mistakes");
        assert_eq!(mistakes.of("quote"), Some(&Rule::Required));
        assert_eq!(mistakes.of("perceived"), Some(&Rule::NotAChoice));
    }

    #[test]
    fn a_draft_written_by_an_older_program_still_opens() {
        let draft: Draft =
            serde_json::from_str(r#"{"closing":{"quote":"verbatim"}}"#).expect("opens");
        assert_eq!(draft.closing.quote, "verbatim");
        assert!(draft.parts.iter().all(Part::is_blank));
    }
}
