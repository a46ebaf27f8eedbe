//! Decisions of a debrief: what the team made of its report, who owns it, and how the next round
//! checks it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rule::{Mistakes, Rule};
use super::text::Line;

/// Furthest day a date may name, in days from today.
const FURTHEST: i64 = 730;

/// What was decided, in words: 2 to 280 characters.
type Words = Line<2, 280>;
/// Words that may be left out: at most 280 characters.
type Optional = Line<0, 280>;
/// An owner who is not in the team: 1 to 120 characters.
type Name = Line<1, 120>;

/// What a decision makes of its theme, and so how the next round checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The team goes on with it: contradicted by whoever would stop it or give it up.
    Keep,
    /// The team stops it: contradicted by whoever still protects it.
    Stop,
}

impl Way {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Keep, Self::Stop];

    /// The form's key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Stop => "stop",
        }
    }

    /// The way of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.key() == key)
    }
}

/// What the next round's answers are held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Key of the theme.
    pub theme: String,
    /// What was decided about it.
    pub way: Way,
}

/// One of a fork's two ways out, as the report offered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its words.
    pub label: String,
    /// What the next round would check if it is chosen.
    pub check: Option<Check>,
}

/// A fork of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its question to the room.
    pub text: String,
    /// Its two ways out.
    pub offered: [Offered; 2],
}

/// Which way a fork was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first one offered.
    A,
    /// The second.
    B,
}

/// Who sees to a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// An executive of the team, by key.
    Executive(String),
    /// Somebody else, by name.
    Other(String),
}

/// A decision. Its words are as they were spoken when it was recorded; the report they come from
/// may be gone by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The fork's question; none for a decision of the team's own.
    pub question: Option<String>,
    /// The way taken and its words, where it is one of those offered.
    pub chosen: Option<(Side, String)>,
    /// The team's own words; may be empty beside a way taken.
    pub words: String,
    /// Who sees to it.
    pub owner: Owner,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// What stops because of it; may be empty.
    pub stops: String,
    /// How the next round checks it; none where the answers cannot.
    pub check: Option<Check>,
    /// When the owner is reminded by letter, if so.
    pub remind_on: Option<NaiveDate>,
}

impl Decision {
    /// What was decided, without the question: one or two sentences.
    pub fn answer(&self) -> String {
        let sentence = |text: &str| {
            if text.ends_with(['.', '!', '?', '…']) {
                text.to_owned()
            } else {
                format!("{text}.")
            }
        };
        let chosen = self.chosen.as_ref().map(|(_, label)| label.as_str());
        [chosen.unwrap_or_default(), &self.words]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(sentence)
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Question and answer.
    pub fn whole(&self) -> String {
        match &self.question {
            Some(question) => format!("{question} {}", self.answer()),
            None => self.answer(),
        }
    }
}

/// A decision's form, as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecisionForm<'a> {
    /// `a`, `b` or `own`; left out where there is no fork.
    pub choice: &'a str,
    /// Own words.
    pub words: &'a str,
    /// Key of an executive, or `other`.
    pub owner: &'a str,
    /// Name of an owner who is not in the team.
    pub owner_name: &'a str,
    /// `2026-12-04`, or empty.
    pub due_on: &'a str,
    /// What stops; may be empty.
    pub stops: &'a str,
    /// Key of a theme; `none` for no check; empty for what the choice means.
    pub theme: &'a str,
    /// A [`Way`]; empty for what the choice means.
    pub way: &'a str,
    /// Whether the owner is to be reminded.
    pub remind: bool,
    /// When; empty for the due date.
    pub remind_on: &'a str,
}

/// What a form is read against.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The fork, if it is about one.
    pub question: Option<&'a Question>,
    /// Keys of the executives who may own it.
    pub executives: &'a [String],
    /// Keys of the themes it may be about.
    pub themes: &'a [String],
    /// The decision as it was, where it is changed: what was allowed then stays so.
    pub before: Option<&'a Decision>,
    /// Today, where the team is.
    pub today: NaiveDate,
}

impl DecisionForm<'_> {
    /// Reads the form; all mistakes at once, by field.
    pub fn parse(&self, table: &Table<'_>) -> Result<Decision, Mistakes> {
        let mut mistakes = Mistakes::none();
        let chosen = match (table.question, self.choice) {
            (None, _) | (Some(_), "own") => Ok(None),
            (Some(question), "a") => Ok(Some((Side::A, &question.offered[0]))),
            (Some(question), "b") => Ok(Some((Side::B, &question.offered[1]))),
            (Some(_), "") => Err(Rule::Required),
            _ => Err(Rule::NotAChoice),
        };
        let chosen = mistakes.take("choice", chosen);
        let words = match chosen {
            // Without a choice, the choice is what is missing.
            None | Some(Some(_)) => Optional::parse(self.words).map(String::from),
            Some(None) => Words::parse(self.words).map(String::from),
        };
        let words = mistakes.take("words", words);
        let owner = self.owner(table, &mut mistakes);
        let before = table.before;
        let due_on = mistakes.take("due_on", day(self.due_on, table.today));
        let stops = mistakes.take("stops", Optional::parse(self.stops).map(String::from));
        let offered = chosen
            .flatten()
            .and_then(|(_, offered)| offered.check.clone());
        let check = mistakes.take("theme", self.check(table, offered.as_ref()));
        let remind_on = if self.remind {
            let typed = if self.remind_on.trim().is_empty() {
                self.due_on
            } else {
                self.remind_on
            };
            let was = before.and_then(|before| before.remind_on);
            let day = day(typed, table.today).and_then(|day| match day {
                None => Err(Rule::Required),
                Some(day) if day < table.today && was != Some(day) => Err(Rule::InThePast),
                day => Ok(day),
            });
            if matches!(owner, Some(Owner::Other(_))) {
                mistakes.add("remind", Rule::NotAnExecutive);
            }
            mistakes.take("remind_on", day)
        } else {
            Some(None)
        };
        match (chosen, words, owner, due_on, stops, check, remind_on) {
            (
                Some(chosen),
                Some(words),
                Some(owner),
                Some(due_on),
                Some(stops),
                Some(check),
                Some(remind_on),
            ) if mistakes.is_empty() => Ok(Decision {
                question: table.question.map(|question| question.text.clone()),
                chosen: chosen.map(|(side, offered)| (side, offered.label.clone())),
                words,
                owner,
                due_on,
                stops,
                check,
                remind_on,
            }),
            _ => Err(mistakes),
        }
    }

    fn owner(&self, table: &Table<'_>, mistakes: &mut Mistakes) -> Option<Owner> {
        match self.owner {
            "" => {
                mistakes.add("owner", Rule::Required);
                None
            }
            "other" => mistakes
                .take("owner_name", Name::parse(self.owner_name))
                .map(|name| Owner::Other(name.into())),
            key => {
                let there = table.executives.iter().any(|id| id == key)
                    || table.before.is_some_and(
                        |before| matches!(&before.owner, Owner::Executive(id) if id == key),
                    );
                let owner = if there {
                    Ok(Owner::Executive(key.to_owned()))
                } else {
                    Err(Rule::NotAChoice)
                };
                mistakes.take("owner", owner)
            }
        }
    }

    /// A theme without a way, or a way without a theme, checks nothing and is not what was meant.
    fn check(&self, table: &Table<'_>, offered: Option<&Check>) -> Result<Option<Check>, Rule> {
        if self.theme == "none" {
            return Ok(None);
        }
        let way = match self.way {
            "" => offered.map(|check| check.way),
            key => Some(Way::from_key(key).ok_or(Rule::NotAChoice)?),
        };
        let theme = match self.theme {
            "" => offered.map(|check| check.theme.clone()),
            key => Some(key.to_owned()),
        };
        match (theme, way) {
            (None, None) => Ok(None),
            (Some(theme), Some(way)) => {
                let known = |check: &Check| check.theme == theme;
                if table.themes.contains(&theme)
                    || table
                        .before
                        .and_then(|before| before.check.as_ref())
                        .is_some_and(known)
                {
                    Ok(Some(Check { theme, way }))
                } else if offered.is_some_and(known) {
                    // The report's theme is gone: there is nothing to check.
                    Ok(None)
                } else {
                    Err(Rule::NotAChoice)
                }
            }
            _ => Err(Rule::Incomplete),
        }
    }
}

/// A day as the browser's field for dates has it; `None` where nothing was typed.
fn day(raw: &str, today: NaiveDate) -> Result<Option<NaiveDate>, Rule> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(raw, "%Y-%m-%d").map_err(|_| Rule::NotADay)?;
    let ahead = day.signed_duration_since(today).num_days();
    if ahead > FURTHEST {
        Err(Rule::TooFar { days: FURTHEST })
    } else if ahead < -FURTHEST {
        Err(Rule::NotADay)
    } else {
        Ok(Some(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        let offered = |label: &str, way| Offered {
            label: label.to_owned(),
            check: Some(Check {
                theme: "platform".to_owned(),
                way,
            }),
        };
        Question {
            text: "Do we protect the platform?".to_owned(),
            offered: [
                offered("Protect it", Way::Keep),
                offered("Stop it", Way::Stop),
            ],
        }
    }

    fn read(form: &DecisionForm<'_>, question: Option<&Question>) -> Result<Decision, Mistakes> {
        form.parse(&Table {
            question,
            executives: &["ada".to_owned()],
            themes: &["platform".to_owned(), "launch".to_owned()],
            before: None,
            today: "2026-11-20".parse().expect("a day"),
        })
    }

    const TYPED: DecisionForm<'_> = DecisionForm {
        choice: "a",
        words: "",
        owner: "ada",
        owner_name: "",
        due_on: "2026-12-04",
        stops: "",
        theme: "",
        way: "",
        remind: false,
        remind_on: "",
    };

    #[test]
    fn a_choice_brings_its_words_and_its_check() {
        let fork = question();
        let decision = read(&TYPED, Some(&fork)).expect("complete");
        assert_eq!(decision.whole(), "Do we protect the platform? Protect it.");
        assert_eq!(
            decision.check,
            Some(Check {
                theme: "platform".into(),
                way: Way::Keep
            })
        );
        let other = DecisionForm {
            choice: "b",
            words: "from January!",
            theme: "launch",
            ..TYPED
        };
        let decision = read(&other, Some(&fork)).expect("complete");
        assert_eq!(decision.answer(), "Stop it. from January!");
        assert_eq!(
            decision.check,
            Some(Check {
                theme: "launch".into(),
                way: Way::Stop
            })
        );
        let unchecked = DecisionForm {
            theme: "none",
            ..TYPED
        };
        assert_eq!(read(&unchecked, Some(&fork)).expect("complete").check, None);
    }

    #[test]
    fn every_mistake_is_named_at_its_field() {
        let wrong = DecisionForm {
            choice: "",
            words: "",
            owner: "bo",
            due_on: "soon",
            theme: "launch",
            remind: true,
            remind_on: "2026-11-19",
            ..DecisionForm::default()
        };
        let mistakes = read(&wrong, Some(&question())).expect_err("wrong");
        assert_eq!(mistakes.of("choice"), Some(&Rule::Required));
        assert_eq!(mistakes.of("words"), None);
        assert_eq!(mistakes.of("owner"), Some(&Rule::NotAChoice));
        assert_eq!(mistakes.of("due_on"), Some(&Rule::NotADay));
        assert_eq!(mistakes.of("theme"), Some(&Rule::Incomplete));
        assert_eq!(mistakes.of("remind_on"), Some(&Rule::InThePast));
        let own = DecisionForm {
            words: "",
            owner: "other",
            owner_name: " ",
            ..TYPED
        };
        let mistakes = read(&own, None).expect_err("wrong");
        assert_eq!(mistakes.of("words"), Some(&Rule::Required));
        assert_eq!(mistakes.of("owner_name"), Some(&Rule::Required));
    }

    #[test]
    fn only_an_executive_is_reminded_and_without_a_day_when_it_is_due() {
        let due = DecisionForm {
            remind: true,
            ..TYPED
        };
        let decision = read(&due, Some(&question())).expect("complete");
        assert_eq!(decision.remind_on, decision.due_on);
        let other = DecisionForm {
            owner: "other",
            owner_name: "The board",
            ..due
        };
        let mistakes = read(&other, Some(&question())).expect_err("wrong");
        assert_eq!(mistakes.of("remind"), Some(&Rule::NotAnExecutive));
        let never = DecisionForm { due_on: "", ..due };
        let mistakes = read(&never, Some(&question())).expect_err("wrong");
        assert_eq!(mistakes.of("remind_on"), Some(&Rule::Required));
        let far = DecisionForm {
            due_on: "9999-12-31",
            ..TYPED
        };
        let mistakes = read(&far, Some(&question())).expect_err("wrong");
        assert_eq!(mistakes.of("due_on"), Some(&Rule::TooFar { days: 730 }));
    }

    #[test]
    fn what_was_allowed_stays_so_when_a_decision_is_changed() {
        let fork = question();
        let before = read(
            &DecisionForm {
                remind: true,
                ..TYPED
            },
            Some(&fork),
        )
        .expect("complete");
        let later = DecisionForm {
            remind: true,
            remind_on: "2026-12-04",
            stops: "The rebrand",
            ..TYPED
        }
        .parse(&Table {
            question: Some(&fork),
            executives: &[],
            themes: &[],
            before: Some(&before),
            today: "2026-12-20".parse().expect("a day"),
        })
        .expect("the owner has left, and the reminder has gone");
        assert_eq!(later.stops, "The rebrand");
        assert_eq!(later.check, before.check);
    }
}
