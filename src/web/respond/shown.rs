//! Answers as they are shown back: drafts as typed, submitted ones as they count.

use minijinja::{Value, context};

use super::Speech;
use crate::survey::answers::Target;
use crate::survey::draft::OTHER_FUNCTION;
use crate::survey::{
    Answer, Answers, Body, Comparison, Entry, Language, Measure, Part, Question, Quote, Statement,
};
use crate::wording;

/// One statement in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The statement.
    pub words: String,
    /// Its measure, where there is one.
    pub measure: Option<String>,
    /// How it may be quoted, where that was said of it alone.
    pub quote: Option<String>,
}

impl Speech<'_> {
    /// The entries of a draft that are not blank, as typed.
    pub(super) fn entries(self, question: Question, entries: &[Entry]) -> Vec<Line> {
        entries
            .iter()
            .filter(|entry| !entry.is_blank())
            .map(|entry| self.entry(question, entry))
            .collect()
    }

    fn entry(self, question: Question, entry: &Entry) -> Line {
        let or_nothing = |text: &str| match text.trim() {
            "" => self.say("respond-nothing", &[]),
            text => text.to_owned(),
        };
        let text = or_nothing(&entry.text);
        let words = match question {
            Question::Priorities | Question::Stops | Question::Successes => text,
            Question::TradeOffs => self.say(
                "respond-shown-trade-off",
                &[
                    ("favour", text.into()),
                    ("over", or_nothing(&entry.over).into()),
                ],
            ),
            Question::Asks => {
                let function = if entry.function == OTHER_FUNCTION {
                    &entry.other
                } else {
                    &entry.function
                };
                self.say(
                    "respond-shown-ask",
                    &[
                        ("function", or_nothing(function).into()),
                        ("text", text.into()),
                    ],
                )
            }
        };
        let filled = |text: &str| !text.trim().is_empty();
        let measured =
            question == Question::Successes && (filled(&entry.metric) || filled(&entry.target));
        let measure = measured.then(|| {
            let comparison = Comparison::from_key(&entry.comparison).map_or_else(
                || self.say("respond-nothing", &[]),
                |comparison| self.say(&format!("respond-comparison-{}", comparison.key()), &[]),
            );
            self.say(
                "respond-shown-measure",
                &[
                    ("metric", or_nothing(&entry.metric).into()),
                    ("comparison", comparison.into()),
                    ("target", or_nothing(&entry.target).into()),
                    ("unit", entry.unit.trim().into()),
                ],
            )
            .trim_end()
            .to_owned()
        });
        Line {
            words,
            measure,
            quote: Quote::from_key(&entry.quote).map(|quote| self.quote(quote)),
        }
    }

    fn quote(self, quote: Quote) -> String {
        let choice = self.say(&format!("respond-quote-{}", quote.key()), &[]);
        self.say("respond-shown-quote", &[("quote", choice.into())])
    }

    /// The statements of a submitted answer.
    pub(super) fn statements(self, question: Question, statements: &[Statement]) -> Vec<Line> {
        statements
            .iter()
            .map(|said| self.entry(question, &self.as_typed(said)))
            .collect()
    }

    fn as_typed(self, statement: &Statement) -> Entry {
        let mut entry = Entry {
            quote: statement.quote.key().to_owned(),
            ..Entry::default()
        };
        match &statement.body {
            Body::Priority { text } | Body::Stop { text } => {
                text.as_str().clone_into(&mut entry.text);
            }
            Body::TradeOff { favour, over } => {
                favour.as_str().clone_into(&mut entry.text);
                over.as_str().clone_into(&mut entry.over);
            }
            Body::Success { text, measure } => {
                text.as_str().clone_into(&mut entry.text);
                if let Some(measure) = measure {
                    self.measure_as_typed(measure, &mut entry);
                }
            }
            Body::Ask { function, text } => {
                text.as_str().clone_into(&mut entry.text);
                // Through the other field, so that a function of that very name reads as it is.
                OTHER_FUNCTION.clone_into(&mut entry.function);
                function.as_str().clone_into(&mut entry.other);
            }
        }
        entry
    }

    fn measure_as_typed(self, measure: &Measure, entry: &mut Entry) {
        measure.metric.as_str().clone_into(&mut entry.metric);
        measure.comparison.key().clone_into(&mut entry.comparison);
        measure.unit.as_str().clone_into(&mut entry.unit);
        entry.target = match (&measure.target, self.language) {
            (Target::Number(number), Language::En) => number.to_string(),
            (Target::Number(number), Language::De) => number.to_string().replace('.', ","),
            (Target::Date(day), language) => wording::day(&self.state.catalogue, language, *day),
        };
    }

    /// A draft's part for the review: its lines, or that it was skipped or is not known.
    pub(super) fn part(self, question: Question, part: &Part) -> Value {
        self.reviewed(
            question,
            part.unknown,
            self.entries(question, &part.entries),
        )
    }

    /// Submitted answers for the review, and how they may be quoted where that is one for all.
    pub(super) fn answers(self, answers: &Answers) -> (Value, Option<String>) {
        let mut quotes = answers
            .answers
            .iter()
            .flat_map(Answer::statements)
            .map(|said| said.quote);
        let first = quotes.next();
        let one = first.filter(|first| quotes.all(|quote| quote == *first));
        let shown = Question::ALL.map(|question| {
            let answer = answers.to(question);
            let mut lines = self.statements(question, answer.statements());
            if one.is_some() {
                for line in &mut lines {
                    line.quote = None;
                }
            }
            self.reviewed(question, *answer == Answer::Unknown, lines)
        });
        (shown.to_vec().into(), one.map(|quote| self.quote(quote)))
    }

    fn reviewed(self, question: Question, unknown: bool, lines: Vec<Line>) -> Value {
        context! {
            number => question.number(),
            title => self.say(&format!("respond-question-{}", question.key()), &[]),
            short => self.say(&format!("respond-short-{}", question.key()), &[]),
            ordered => matches!(question, Question::Priorities | Question::Stops),
            unknown,
            skipped => !unknown && lines.is_empty(),
            lines => values(lines),
        }
    }
}

/// Lines for a template.
pub(super) fn values(lines: Vec<Line>) -> Value {
    lines
        .into_iter()
        .map(|line| context! { words => line.words, measure => line.measure, quote => line.quote })
        .collect()
}

/// Lines as plain text, to be copied.
pub(super) fn plain(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        for part in [
            Some(&line.words),
            line.measure.as_ref(),
            line.quote.as_ref(),
        ]
        .into_iter()
        .flatten()
        {
            text.push_str(part);
            text.push('\n');
        }
    }
    text
}
