//! What an import would do, told before it is done.

use minijinja::{Value, context};

use super::{capital, counted, in_words};
use crate::store::teams::{Effect, Executive};
use crate::survey::roster::{GoodLine, Roster};
use crate::survey::{Language, Person};

/// What one line would do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// Somebody new.
    New,
    /// Somebody in the team with other details: each one in words.
    Changed(Vec<String>),
    /// Somebody who had left: comes back, with these details changed.
    Back(Vec<String>),
    /// Everything is there already.
    Same,
}

/// What a list would do to a team.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    roster: &'a Roster,
    fates: Vec<Fate>,
    absent: Vec<String>,
}

impl<'a> Plan<'a> {
    /// `effects` is one for each good line, in order; `there` is everybody of the team.
    pub(super) fn new(roster: &'a Roster, effects: &[Effect], there: &[Executive]) -> Self {
        let fates = roster
            .good
            .iter()
            .zip(effects)
            .map(|(line, effect)| fate(line, *effect, there))
            .collect();
        let listed = |e: &&Executive| {
            roster
                .good
                .iter()
                .any(|line| line.person.email.folded() == e.person.email.folded())
        };
        let absent = there
            .iter()
            .filter(|e| e.left_at.is_none() && !listed(e))
            .map(|e| e.person.name.as_str().to_owned())
            .collect();
        Self {
            roster,
            fates,
            absent,
        }
    }

    fn count(&self, wanted: impl Fn(&Fate) -> bool) -> usize {
        self.fates.iter().filter(|fate| wanted(fate)).count()
    }

    fn counts(&self) -> (usize, usize, usize) {
        (
            self.count(|fate| *fate == Fate::New),
            self.count(|fate| matches!(fate, Fate::Changed(_))),
            self.count(|fate| matches!(fate, Fate::Back(_))),
        )
    }

    /// One letter a line: what has been confirmed is done only while it is still what would be done.
    pub(super) fn code(&self) -> String {
        self.fates
            .iter()
            .map(|fate| match fate {
                Fate::New => 'n',
                Fate::Changed(_) => 'c',
                Fate::Back(_) => 'b',
                Fate::Same => 's',
            })
            .collect()
    }

    /// Whether no line can be taken.
    pub(super) fn is_hopeless(&self) -> bool {
        self.fates.is_empty()
    }

    /// "Add 7 executives, change 1"; nothing where nothing would change.
    fn button(&self) -> Option<String> {
        let (new, changed, back) = self.counts();
        let mut parts = Vec::new();
        for (n, verb, rest) in [
            (new, "add", ""),
            (changed, "change", ""),
            (back, "bring", " back"),
        ] {
            if n > 0 {
                let whom = match (parts.is_empty(), n) {
                    (true, 1) => " executive",
                    (true, _) => " executives",
                    _ => "",
                };
                parts.push(format!("{verb} {n}{whom}{rest}"));
            }
        }
        (!parts.is_empty()).then(|| capital(&parts.join(", ")))
    }

    fn heading(&self) -> String {
        if self.is_hopeless() {
            "No line of the list can be taken".to_owned()
        } else if self.button().is_none() {
            "Nothing would change".to_owned()
        } else {
            "What the list would do".to_owned()
        }
    }

    fn lead(&self) -> String {
        let bad = self.roster.bad.len();
        let left_out = match bad {
            0 => String::new(),
            1 => " One line cannot be taken and is left out.".to_owned(),
            n => format!(
                " {} lines cannot be taken and are left out.",
                capital(&in_words(n))
            ),
        };
        if self.is_hopeless() {
            return "Each line is named below with the reason. Correct them and look again."
                .to_owned();
        }
        let same = self.count(|fate| *fate == Fate::Same);
        if same == self.fates.len() {
            let who = counted(
                same,
                "executive of the list is",
                "executives of the list are",
            );
            return format!(
                "{} in the team already, with the same details.{left_out}",
                capital(&who)
            );
        }
        let unchanged = if same == 0 {
            String::new()
        } else {
            format!(
                " {} in the team already, with the same details.",
                capital(&counted(same, "is", "are"))
            )
        };
        format!("Nothing has been stored yet.{unchanged}{left_out}")
    }

    /// For the page.
    pub(super) fn value(&self, outdated: bool) -> Value {
        let good: Vec<Value> = self
            .roster
            .good
            .iter()
            .zip(&self.fates)
            .map(|(line, fate)| good_value(line, fate))
            .collect();
        let bad: Vec<Value> = self
            .roster
            .bad
            .iter()
            .map(|line| context! { line => line.line, shown => line.shown.as_str(), why => format!("{}.", capital(&line.why)) })
            .collect();
        context! {
            heading => self.heading(),
            lead => self.lead(),
            good => good,
            bad => bad,
            absent => self.absent.join(", "),
            button => self.button(),
            plan => self.code(),
            outdated => outdated,
        }
    }
}

fn good_value(line: &GoodLine, fate: &Fate) -> Value {
    let person = &line.person;
    let language = person.language.map_or("", Language::name);
    let rest: Vec<&str> = [person.title.as_str(), person.function.as_str(), language]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let (class, fate, changes) = match fate {
        Fate::New => ("new", "new", Vec::new()),
        Fate::Changed(changes) => ("changed", "changed", changes.clone()),
        Fate::Back(changes) => ("back", "comes back", changes.clone()),
        Fate::Same => ("same", "unchanged", Vec::new()),
    };
    context! {
        line => line.line,
        name => person.name.as_str(),
        email => person.email.as_str(),
        rest => rest.join(", "),
        class => class,
        fate => fate,
        changes => changes,
    }
}

fn fate(line: &GoodLine, effect: Effect, there: &[Executive]) -> Fate {
    match effect {
        Effect::New => Fate::New,
        Effect::Unchanged(_) => Fate::Same,
        Effect::Changed(id) => {
            let before = there.iter().find(|e| e.id == id);
            let changes = before.map_or_else(Vec::new, |e| differences(&e.person, &line.person));
            if before.is_some_and(|e| e.left_at.is_some()) {
                Fate::Back(changes)
            } else {
                Fate::Changed(changes)
            }
        }
    }
}

/// Each detail that differs, in words.
fn differences(before: &Person, after: &Person) -> Vec<String> {
    let language = |person: &Person| person.language.map_or("", Language::name);
    [
        ("Name", before.name.as_str(), after.name.as_str()),
        ("E-mail", before.email.as_str(), after.email.as_str()),
        ("Job title", before.title.as_str(), after.title.as_str()),
        (
            "Function",
            before.function.as_str(),
            after.function.as_str(),
        ),
        ("Language", language(before), language(after)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(what, before, after)| match (before, after) {
        ("", after) => format!("{what} becomes “{after}”; it was empty."),
        (before, "") => format!("{what} becomes empty; it was “{before}”."),
        (before, after) => format!("{what} becomes “{after}”; it was “{before}”."),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use entity::types::ExecutiveId;

    use super::*;
    use crate::survey::roster;

    fn executive(id: u128, email: &str, title: &str, left: bool) -> Executive {
        let now = "2026-11-20T12:00:00Z".parse().expect("a time");
        Executive {
            id: ExecutiveId(uuid::Uuid::from_u128(id)),
            person: Person::parse("Ada Quill", email, title, "", "").expect("valid"),
            joined_at: now,
            left_at: left.then_some(now),
        }
    }

    fn list(text: &str) -> Roster {
        roster::read(text.as_bytes()).expect("readable")
    }

    #[test]
    fn the_button_says_what_will_happen() {
        let roster = list(
            "Ada Quill,ada@example.com,CFO\nBo Lind,bo@example.com\nCy Roe,cy@example.com\nDi Moor,di@example.com",
        );
        let there = [
            executive(1, "ada@example.com", "Treasurer", false),
            executive(2, "bo@example.com", "", true),
        ];
        let plan = Plan::new(
            &roster,
            &[
                Effect::Changed(there[0].id),
                Effect::Changed(there[1].id),
                Effect::New,
                Effect::New,
            ],
            &there,
        );
        assert_eq!(
            plan.button().as_deref(),
            Some("Add 2 executives, change 1, bring 1 back")
        );
        assert_eq!(plan.code(), "cbnn");
        assert_eq!(
            plan.fates[0],
            Fate::Changed(vec![
                "Job title becomes “CFO”; it was “Treasurer”.".to_owned()
            ])
        );
        assert!(
            matches!(&plan.fates[1], Fate::Back(changes) if changes[0].starts_with("Name becomes “Bo Lind”"))
        );
    }

    #[test]
    fn a_list_that_is_there_already_has_no_button_and_says_so() {
        let roster = list("Ada Quill,ada@example.com");
        let there = [executive(1, "ada@example.com", "", false)];
        let plan = Plan::new(&roster, &[Effect::Unchanged(there[0].id)], &there);
        assert_eq!(plan.button(), None);
        assert_eq!(plan.heading(), "Nothing would change");
        assert_eq!(
            plan.lead(),
            "One executive of the list is in the team already, with the same details."
        );
    }

    #[test]
    fn those_the_list_does_not_name_are_named_and_stay() {
        let roster = list("Bo Lind,bo@example.com");
        let there = [
            executive(1, "ada@example.com", "", false),
            executive(2, "gone@example.com", "", true),
        ];
        let plan = Plan::new(&roster, &[Effect::New], &there);
        assert_eq!(plan.absent, ["Ada Quill"]);
    }

    #[test]
    fn lines_that_cannot_be_taken_are_counted_in_the_lead() {
        let roster = list("Bo Lind,bo@example.com\nX,nobody\nY,nobody");
        assert_eq!(
            Plan::new(&roster, &[Effect::New], &[]).lead(),
            "Nothing has been stored yet. Two lines cannot be taken and are left out."
        );
        let hopeless = list("X,nobody");
        assert!(Plan::new(&hopeless, &[], &[]).is_hopeless());
    }
}
