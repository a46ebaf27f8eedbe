//! The executives' forms: from fields as typed to the parts of a draft.

use crate::survey::draft::{Closing, OTHER_FUNCTION};
use crate::survey::{Entry, Mistakes, Part, Question, Rule};
use crate::web::Fields;

/// Most characters of one field in a draft. A draft keeps what breaks the rules; this only keeps
/// a book out of it.
pub(super) const MOST_TYPED: usize = 2000;

/// Lines that are read at all; no page has as many.
const MOST_LINES: usize = 20;

/// A place on the way through the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// One of the five.
    Question(Question),
    /// What follows them.
    Last,
}

impl Step {
    /// The steps in order.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Question::ALL
            .into_iter()
            .map(Self::Question)
            .chain([Self::Last])
    }

    /// Its part of the address: `1` to `5`, or `last`.
    pub(super) fn path(self) -> String {
        match self {
            Self::Question(question) => question.number().to_string(),
            Self::Last => "last".to_owned(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        Self::all().find(|step| step.path() == text)
    }

    /// The one before; none before the first.
    pub(super) fn before(self) -> Option<Self> {
        Self::all().take_while(|step| *step != self).last()
    }

    /// The one after; none after the last.
    pub(super) fn after(self) -> Option<Self> {
        Self::all().skip_while(|step| *step != self).nth(1)
    }

    /// Key of its short name in the catalogue.
    pub(super) fn short(self) -> String {
        let key = match self {
            Self::Question(question) => question.key(),
            Self::Last => "last",
        };
        format!("respond-short-{key}")
    }
}

/// What the pressed button asks for. Everything is saved first, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Stay, and say that it is saved.
    Save,
    /// The next step, if nothing is wrong here.
    Next,
    /// The step before.
    Back,
    /// Another step.
    To(Step),
    /// One more line.
    Add,
    /// A line changes places with the one before it.
    Up(usize),
    /// A line changes places with the one after it.
    Down(usize),
    /// Send all answers.
    Send,
}

impl Action {
    /// Reads `next`, `up.2`, `to.4` ...; anything else only saves.
    pub(super) fn read(fields: &Fields) -> Self {
        let text = fields.get("action");
        let (verb, object) = text.split_once('.').unwrap_or((text, ""));
        let line = || object.parse().ok().filter(|line| *line < MOST_LINES);
        match verb {
            "next" => Self::Next,
            "back" => Self::Back,
            "add" => Self::Add,
            "send" => Self::Send,
            "to" => Step::read(object).map_or(Self::Save, Self::To),
            "up" => line().map_or(Self::Save, Self::Up),
            "down" => line().map_or(Self::Save, Self::Down),
            _ => Self::Save,
        }
    }
}

/// The part of a draft that the form of that question holds. Lines at the end that nobody touched
/// are left out, so that leafing through the questions changes nothing.
pub(super) fn part(question: Question, fields: &Fields) -> Part {
    let lines = fields
        .iter()
        .filter_map(|(name, _)| line_of(name))
        .max()
        .map_or(0, |last| last + 1);
    let mut entries: Vec<Entry> = (0..lines).map(|line| entry(line, fields)).collect();
    if entries.len() <= question.asked_for() {
        let touched = entries.iter().rposition(|entry| *entry != Entry::default());
        entries.truncate(touched.map_or(0, |last| last + 1));
    }
    Part {
        version: version(fields),
        entries,
        unknown: fields.has("unknown"),
    }
}

/// What follows the five questions, as the form holds it.
pub(super) fn closing(fields: &Fields) -> Closing {
    Closing {
        version: version(fields),
        perceived: fields.get("perceived").to_owned(),
        quote: fields.get("quote").to_owned(),
    }
}

/// Applies the buttons that change the lines themselves.
pub(super) fn rearrange(question: Question, part: &mut Part, action: Action) {
    let len = part.entries.len();
    match action {
        Action::Up(line) if (1..len).contains(&line) => part.entries.swap(line, line - 1),
        Action::Down(line) if line + 1 < question.most() && line < len => {
            part.entries.resize_with(len.max(line + 2), Entry::default);
            part.entries.swap(line, line + 1);
        }
        Action::Add => {
            let shown = len.max(question.asked_for());
            part.entries
                .resize_with((shown + 1).min(question.most()).max(len), Entry::default);
        }
        _ => {}
    }
}

/// What not even a draft may hold: fields without end, more lines than the question has.
pub(super) fn unkeepable(question: Question, part: &Part) -> Result<(), Mistakes> {
    let mut mistakes = Mistakes::none();
    if part.entries.len() > question.most() {
        mistakes.add(
            format!("text.{}", question.most()),
            Rule::TooMany {
                max: question.most(),
            },
        );
    }
    for (line, entry) in part.entries.iter().enumerate() {
        for (name, value) in named(entry) {
            let given = value.chars().count();
            if given > MOST_TYPED {
                mistakes.add(
                    format!("{name}.{line}"),
                    Rule::TooLong {
                        max: MOST_TYPED,
                        given,
                    },
                );
            }
        }
    }
    mistakes.done()
}

/// The fields of a line with their names, without the line's number.
pub(super) fn named(entry: &Entry) -> [(&'static str, &str); 9] {
    [
        ("text", &entry.text),
        ("over", &entry.over),
        ("metric", &entry.metric),
        ("comparison", &entry.comparison),
        ("target", &entry.target),
        ("unit", &entry.unit),
        ("function", &entry.function),
        ("other", &entry.other),
        ("quote", &entry.quote),
    ]
}

fn line_of(name: &str) -> Option<usize> {
    let (field, line) = name.split_once('.')?;
    let known = named(&Entry::default())
        .iter()
        .any(|(name, _)| *name == field);
    line.parse().ok().filter(|line| known && *line < MOST_LINES)
}

fn entry(line: usize, fields: &Fields) -> Entry {
    // Browsers send line breaks as CRLF; a script reads them as LF. Both are the same text.
    let field = |name: &str| fields.get(&format!("{name}.{line}")).replace("\r\n", "\n");
    let mut entry = Entry {
        text: field("text"),
        over: field("over"),
        metric: field("metric"),
        comparison: field("comparison"),
        target: field("target"),
        unit: field("unit"),
        function: field("function"),
        other: field("other"),
        quote: field("quote"),
    };
    if entry.function.is_empty() && !entry.other.trim().is_empty() {
        // Whoever types another function means it, chosen from the list or not.
        OTHER_FUNCTION.clone_into(&mut entry.function);
    }
    entry
}

fn version(fields: &Fields) -> u32 {
    fields.get("version").parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(part: &Part) -> Vec<&str> {
        part.entries
            .iter()
            .map(|entry| entry.text.as_str())
            .collect()
    }

    #[test]
    fn an_untouched_form_is_an_empty_part() {
        let fields = Fields::from([
            ("text.0", ""),
            ("text.1", ""),
            ("text.2", ""),
            ("version", "4"),
            ("action", "next"),
        ]);
        let part = part(Question::Priorities, &fields);
        assert!(part.entries.is_empty());
        assert_eq!(part.version, 4);
        assert_eq!(Action::read(&fields), Action::Next);
    }

    #[test]
    fn blank_lines_between_and_an_added_line_stay() {
        let gap = Fields::from([("text.0", "one"), ("text.1", ""), ("text.2", "three")]);
        assert_eq!(texts(&part(Question::Stops, &gap)), ["one", "", "three"]);
        let mut added = part(Question::Priorities, &Fields::from([("text.0", "one")]));
        rearrange(Question::Priorities, &mut added, Action::Add);
        assert_eq!(texts(&added), ["one", "", "", ""]);
        let again = Fields::from([
            ("text.0", "one"),
            ("text.1", ""),
            ("text.2", ""),
            ("text.3", ""),
        ]);
        assert_eq!(part(Question::Priorities, &again), added);
    }

    #[test]
    fn no_button_makes_more_lines_than_the_question_has() {
        let mut full = Part {
            entries: vec![Entry::default(); 5],
            ..Part::default()
        };
        rearrange(Question::Priorities, &mut full, Action::Add);
        assert_eq!(full.entries.len(), 5);
        rearrange(Question::Priorities, &mut full, Action::Down(4));
        assert_eq!(full.entries.len(), 5);
    }

    #[test]
    fn lines_move_up_and_down_and_not_beyond_the_ends() {
        let fields = Fields::from([("text.0", "a"), ("text.1", "b")]);
        let mut moved = part(Question::Priorities, &fields);
        rearrange(Question::Priorities, &mut moved, Action::Up(1));
        assert_eq!(texts(&moved), ["b", "a"]);
        rearrange(Question::Priorities, &mut moved, Action::Up(0));
        rearrange(Question::Priorities, &mut moved, Action::Up(19));
        assert_eq!(texts(&moved), ["b", "a"]);
        rearrange(Question::Priorities, &mut moved, Action::Down(1));
        assert_eq!(texts(&moved), ["b", "", "a"]);
    }

    #[test]
    fn a_typed_function_counts_even_where_none_was_chosen() {
        let fields = Fields::from([
            ("text.0", "the audit"),
            ("function.0", ""),
            ("other.0", "Legal"),
        ]);
        assert_eq!(
            part(Question::Asks, &fields).entries[0].function,
            OTHER_FUNCTION
        );
    }

    #[test]
    fn a_draft_keeps_what_breaks_the_rules_but_no_book() {
        let long = "x".repeat(MOST_TYPED + 1);
        let kept = part(
            Question::Stops,
            &Fields::from([("text.0", &long[..MOST_TYPED])]),
        );
        assert!(unkeepable(Question::Stops, &kept).is_ok());
        let refused = part(Question::Stops, &Fields::from([("text.0", long.as_str())]));
        let mistakes = unkeepable(Question::Stops, &refused).expect_err("too long");
        assert_eq!(
            mistakes.of("text.0"),
            Some(&Rule::TooLong {
                max: MOST_TYPED,
                given: MOST_TYPED + 1
            })
        );
        assert_eq!(refused.entries[0].text, long, "nothing is cut");
        let crowd = part(Question::Stops, &Fields::from([("text.3", "a fourth")]));
        assert_eq!(
            unkeepable(Question::Stops, &crowd)
                .expect_err("too many")
                .of("text.3"),
            Some(&Rule::TooMany { max: 3 })
        );
    }

    #[test]
    fn strange_names_and_buttons_are_no_lines_and_only_save() {
        let fields = Fields::from([
            ("text.99999999999", "x"),
            ("text.-1", "x"),
            ("evil.0", "x"),
            ("action", "up.999"),
        ]);
        assert!(part(Question::Stops, &fields).entries.is_empty());
        assert_eq!(Action::read(&fields), Action::Save);
        assert_eq!(
            Action::read(&Fields::from([("action", "to.last")])),
            Action::To(Step::Last)
        );
        assert_eq!(
            Action::read(&Fields::from([("action", "to.6")])),
            Action::Save
        );
    }

    #[test]
    fn the_steps_follow_each_other() {
        let first = Step::Question(Question::Priorities);
        assert_eq!(first.before(), None);
        assert_eq!(first.after(), Some(Step::Question(Question::TradeOffs)));
        assert_eq!(Step::Last.before(), Some(Step::Question(Question::Asks)));
        assert_eq!(Step::Last.after(), None);
    }
}
