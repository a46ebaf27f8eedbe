//! What the templates of the questions show, from drafts and mistakes.

use minijinja::{Value, context};

use super::Speech;
use super::form::{Step, named};
use crate::store::invitations::OpenInvitation;
use crate::survey::draft::OTHER_FUNCTION;
use crate::survey::{Comparison, Draft, Entry, Mistakes, Part, Question, Quote};

/// What the page says above the question.
#[derive(Debug)]
pub(super) enum Note {
    /// Nothing: the page was opened. What breaks a rule is hinted at beside its field.
    Opened,
    /// It was saved on purpose.
    Saved,
    /// It was saved, and something is open before one goes on.
    Open(Mistakes),
    /// It was not saved, because no draft can hold it.
    Refused(Mistakes),
    /// It was not saved, because the database cannot take anything just now.
    Unavailable,
}

impl Note {
    const fn key(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Saved => "saved",
            Self::Open(_) => "open",
            Self::Refused(_) => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Speech<'_> {
    /// The screen of one question.
    pub(super) fn question(
        self,
        invitation: &OpenInvitation,
        question: Question,
        part: &Part,
        draft: &Draft,
        note: Note,
    ) -> Value {
        let step = Step::Question(question);
        let shown_as = note.key();
        let (mistakes, summarised) = match note {
            Note::Open(mistakes) | Note::Refused(mistakes) => (mistakes, true),
            Note::Opened | Note::Saved | Note::Unavailable => (hints(question, part), false),
        };
        let shown = part.entries.len().max(question.asked_for());
        let lines: Value = (0..shown)
            .map(|line| {
                let entry = part.entries.get(line).cloned().unwrap_or_default();
                self.line(invitation, question, line, &entry, &mistakes)
            })
            .collect();
        context! {
            key => question.key(),
            number => question.number(),
            title => self.say(&format!("respond-question-{}", question.key()), &[]),
            prompt => self.say(&format!("respond-prompt-{}", question.key()), &[]),
            hint => self.say(
                if question == Question::TradeOffs { "respond-hint-trade_offs" } else { "respond-hint-text" },
                &[],
            ),
            ordered => matches!(question, Question::Priorities | Question::Stops),
            lines,
            can_add => shown < question.most(),
            unknown => part.unknown,
            unknown_mistake => mistakes.of("unknown").map(|rule| self.mistake("unknown", rule)),
            version => part.version,
            note => shown_as,
            summary_list => if summarised { self.summary(question, &mistakes) } else { Value::from(Vec::<Value>::new()) },
            steps => self.steps(draft, step),
            back => step.before().map(Step::path),
            next => step.after().map(Step::path),
            next_words => step.after().map(|next| self.next(next)),
            quotes => self.quotes(),
            comparisons => self.comparisons(),
        }
    }

    fn next(self, step: Step) -> String {
        let name = self.say(&step.short(), &[]);
        self.say("respond-next", &[("step", name.into())])
    }

    fn line(
        self,
        invitation: &OpenInvitation,
        question: Question,
        line: usize,
        entry: &Entry,
        mistakes: &Mistakes,
    ) -> Value {
        let fields = named(entry).map(|(name, value)| {
            let id = format!("{name}.{line}");
            let mistake = mistakes.of(&id).map(|rule| self.mistake(&id, rule));
            (name, context! { id, value, mistake })
        });
        let measured = [&entry.metric, &entry.target, &entry.unit]
            .iter()
            .any(|field| !field.trim().is_empty());
        context! {
            label => self.line_label(question, line),
            functions => functions(invitation, &entry.function),
            other_function => OTHER_FUNCTION,
            measured,
            quoted => !entry.quote.is_empty(),
            index => line,
            ..Value::from_pairs(fields)
        }
    }

    fn line_label(self, question: Question, line: usize) -> String {
        self.say(
            &format!("respond-line-{}", question.key()),
            &[("number", (line + 1).into())],
        )
    }

    /// A field's name for people: "Trade-off 2, over".
    pub(super) fn label(self, question: Question, field: &str) -> String {
        let Some((name, line)) = field.split_once('.') else {
            let key = if field == "unknown" {
                "respond-field-unknown".to_owned()
            } else {
                format!("respond-short-{}", question.key())
            };
            return self.say(&key, &[]);
        };
        let line = self.line_label(question, line.parse().unwrap_or_default());
        let name = match (name, question) {
            ("text", Question::TradeOffs) => "favour",
            ("text", Question::Asks) => "ask",
            ("text", _) => return line,
            (name, _) => name,
        };
        let name = self.say(&format!("respond-field-{name}"), &[]);
        self.say(
            "respond-line-field",
            &[("line", line.into()), ("field", name.into())],
        )
    }

    /// The mistakes of one question, each with a link to its field.
    fn summary(self, question: Question, mistakes: &Mistakes) -> Value {
        mistakes
            .iter()
            .map(|mistake| {
                let field = self.label(question, &mistake.field);
                let words = self.mistake(&mistake.field, &mistake.rule);
                context! {
                    href => format!("#{}", mistake.field),
                    words => self.say("respond-mistake", &[("field", field.into()), ("words", words.into())]),
                }
            })
            .collect()
    }

    /// The mistakes of the whole draft, each with a link to its question.
    pub(super) fn summary_of_all(self, base: &str, mistakes: &Mistakes) -> Value {
        mistakes
            .iter()
            .map(|mistake| {
                let place = mistake.field.split_once('.').and_then(|(key, field)| Some((Question::from_key(key)?, field)));
                let (href, field) = match place {
                    Some((question, field)) => {
                        (format!("{base}/{}#{field}", question.number()), self.label(question, field))
                    }
                    None => (format!("#{}", mistake.field), self.say(&format!("respond-field-{}", mistake.field), &[])),
                };
                let words = self.mistake(place.map_or(&mistake.field, |(_, field)| field), &mistake.rule);
                context! {
                    href,
                    words => self.say("respond-mistake", &[("field", field.into()), ("words", words.into())]),
                }
            })
            .collect()
    }

    /// The way through, with where one stands and what is answered.
    pub(super) fn steps(self, draft: &Draft, now: Step) -> Value {
        Step::all()
            .enumerate()
            .map(|(nth, step)| {
                let state = match step {
                    Step::Question(question) if draft.part(question).unknown => "unknown",
                    Step::Question(question) if !draft.part(question).is_blank() => "answered",
                    Step::Last | Step::Question(_) => "empty",
                };
                let name = self.say(&step.short(), &[]);
                let label = if step == Step::Last {
                    name.clone()
                } else {
                    self.say(
                        &format!("respond-step-{state}"),
                        &[("number", (nth + 1).into()), ("step", (&name).into())],
                    )
                };
                context! { path => step.path(), number => nth + 1, name, label, state, current => step == now }
            })
            .collect()
    }

    /// The choices of consent, the most open first.
    pub(super) fn quotes(self) -> Value {
        Quote::ALL
            .into_iter()
            .map(|quote| {
                let words = self.say(&format!("respond-quote-{}", quote.key()), &[]);
                context! { key => quote.key(), words }
            })
            .collect()
    }

    fn comparisons(self) -> Value {
        Comparison::ALL
            .into_iter()
            .map(|comparison| {
                let words = self.say(&format!("respond-comparison-{}", comparison.key()), &[]);
                context! { key => comparison.key(), words }
            })
            .collect()
    }
}

/// The functions to choose from. One chosen earlier that the team no longer has stays a choice.
fn functions(invitation: &OpenInvitation, chosen: &str) -> Vec<String> {
    let mut functions = invitation.functions().to_vec();
    if !chosen.is_empty()
        && chosen != OTHER_FUNCTION
        && !functions.iter().any(|name| name == chosen)
    {
        functions.push(chosen.to_owned());
    }
    functions
}

/// What breaks a rule in a part that has been begun.
fn hints(question: Question, part: &Part) -> Mistakes {
    check(question, part)
        .err()
        .filter(|_| !part.is_blank())
        .unwrap_or_default()
}

/// Checks one part by itself.
pub(super) fn check(question: Question, part: &Part) -> Result<(), Mistakes> {
    let mut draft = Draft::default();
    *draft.part_mut(question) = part.clone();
    draft.check_part(question).map(drop)
}
