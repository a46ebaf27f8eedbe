//! An open round: who has answered, and what can be done about the others.

use minijinja::{Value, context};

use super::draft::role;
use super::form::local;
use super::page::when;
use crate::error::Error;
use crate::store::invitations::{self, Delivery, Progress, Stage};
use crate::web::consult::{capital, counted, in_words};
use crate::web::{RoundPath, State};

pub(super) async fn values(
    state: &State,
    path: &RoundPath,
    typed: Option<String>,
) -> Result<Value, Error> {
    let progress =
        invitations::progress(&state.db, &state.tools, &path.access, path.round.id()).await?;
    let closes = when(state, path, path.round.closes_at());
    let over = path.round.closes_at() <= state.now();
    let people: Vec<Value> = progress
        .iter()
        .map(|one| person(state, path, one))
        .collect();
    let tally = Tally::of(&progress);
    let mut warnings = Vec::new();
    if tally.failed > 0 {
        warnings.push(format!(
            "{} back. Correct the address, then send the letter again.",
            capital(&if tally.failed == 1 {
                "one letter came".to_owned()
            } else {
                format!("{} letters came", in_words(tally.failed))
            })
        ));
    }
    Ok(context! {
        heading => format!("{}: {}", path.round.label(), tally.heading()),
        lead => if over {
            "The closing time has passed; no answer is taken any more. The round closes by itself within a minute.".to_owned()
        } else {
            format!("Open until {closes}.")
        },
        warnings => warnings,
        tally => tally.value(),
        people => people,
        remind => if over { None } else { remind_words(tally.missing()) },
        zone => path.round.time_zone().name().replace('_', " "),
        closes => closes,
        closing => tally.closing(),
        typed => context! { closes_at => typed.unwrap_or_else(|| local(path.round.closes_at(), path.round.time_zone())) },
    })
}

/// How many stand where, among those who are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) asked: usize,
    pub(super) answered: usize,
    started: usize,
    waiting: usize,
    declined: usize,
    failed: usize,
}

impl Tally {
    pub(super) fn of(progress: &[Progress]) -> Self {
        let mut tally = Self::default();
        // Somebody whose link was withdrawn after answering has still answered.
        for one in progress
            .iter()
            .filter(|one| !one.revoked || one.stage == Stage::Submitted)
        {
            tally.asked += 1;
            match one.stage {
                Stage::Submitted => tally.answered += 1,
                Stage::Started => tally.started += 1,
                Stage::Waiting => tally.waiting += 1,
                Stage::Declined => tally.declined += 1,
            }
            tally.failed +=
                usize::from(matches!(one.delivery, Delivery::Failed { .. }) && !one.revoked);
        }
        tally
    }

    const fn missing(self) -> usize {
        self.started + self.waiting
    }

    pub(super) fn heading(self) -> String {
        if self.answered == self.asked && self.asked > 0 {
            return match self.asked {
                1 => "the one person asked has answered".to_owned(),
                n => format!("all {} have answered", in_words(n)),
            };
        }
        let have = if self.answered == 1 { "has" } else { "have" };
        match self.answered {
            0 => format!("nobody of {} has answered yet", in_words(self.asked)),
            n => format!(
                "{} of {} {have} answered",
                in_words(n),
                in_words(self.asked)
            ),
        }
    }

    pub(super) fn value(self) -> Value {
        context! {
            words => format!("{} of {} answered", self.answered, self.asked),
            percent => (self.answered * 100).checked_div(self.asked).unwrap_or(0),
        }
    }

    /// What closing now would mean.
    fn closing(self) -> Vec<String> {
        let person = |n| capital(&counted(n, "person", "people"));
        let have = |n| if n == 1 { "has" } else { "have" };
        let mut lines = Vec::new();
        match self.answered {
            0 => lines.push("Nobody has answered: there would be nothing to report.".to_owned()),
            n => lines.push(format!(
                "{} {} answered; from then on the answers are final.",
                person(n),
                have(n)
            )),
        }
        if self.started > 0 {
            lines.push(format!(
                "{} {} started and not sent; what they wrote will not count.",
                person(self.started),
                have(self.started)
            ));
        }
        if self.waiting > 0 {
            lines.push(format!(
                "{} {} not started and can’t any more.",
                person(self.waiting),
                have(self.waiting)
            ));
        }
        lines.push("All links stop working, and a closed round is never reopened.".to_owned());
        lines
    }
}

fn remind_words(missing: usize) -> Option<String> {
    match missing {
        0 => None,
        1 => Some("Remind the one who has not answered".to_owned()),
        n => Some(format!("Remind {n} who have not answered")),
    }
}

/// How far somebody is: a class of the style sheet and words.
pub(super) const fn stage(progress: &Progress) -> (&'static str, &'static str) {
    match progress.stage {
        Stage::Submitted => ("submitted", "Answered"),
        _ if progress.revoked => ("declined", "Link withdrawn"),
        Stage::Waiting => ("waiting", "Not started"),
        Stage::Started => ("started", "Started, not sent"),
        Stage::Declined => ("declined", "Declined"),
    }
}

fn person(state: &State, path: &RoundPath, one: &Progress) -> Value {
    let (class, words) = stage(one);
    let (letter, server) = match &one.delivery {
        Delivery::None => ("No letter".to_owned(), None),
        Delivery::Queued { words: None } => ("The letter waits to be sent".to_owned(), None),
        Delivery::Queued { words } => (
            "Not delivered yet; it is tried again".to_owned(),
            words.clone(),
        ),
        Delivery::Sent { at } => (format!("Letter sent {}", when(state, path, *at)), None),
        Delivery::Failed { words } => ("The letter came back".to_owned(), Some(words.clone())),
    };
    let name = one.person.name.as_str();
    context! {
        invitation => one.invitation.to_string(),
        executive => one.executive.to_string(),
        name => name,
        role => role(&one.person),
        stage => class,
        stage_words => words,
        failed => matches!(one.delivery, Delivery::Failed { .. }),
        letter => letter,
        server => server.filter(|words| !words.is_empty()),
        reminders => match one.reminders {
            0 => None,
            1 => Some("Reminded once".to_owned()),
            n => Some(format!("Reminded {} times", in_words(n))),
        },
        revoked => one.revoked,
        can_resend => one.can_be_reminded(),
        withdraw => if one.stage == Stage::Submitted {
            format!("{name} can no longer see or change the answers. They still count. This can’t be undone.")
        } else {
            format!("{name} can no longer answer in this round, and gets no reminder. This can’t be undone.")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_says_how_many_have_answered() {
        let tally = |answered, asked| Tally {
            asked,
            answered,
            waiting: asked - answered,
            ..Tally::default()
        };
        assert_eq!(tally(0, 8).heading(), "nobody of eight has answered yet");
        assert_eq!(tally(1, 8).heading(), "one of eight has answered");
        assert_eq!(tally(5, 8).heading(), "five of eight have answered");
        assert_eq!(tally(8, 8).heading(), "all eight have answered");
    }

    #[test]
    fn closing_names_what_will_be_lost() {
        let tally = Tally {
            asked: 8,
            answered: 5,
            started: 2,
            waiting: 1,
            declined: 0,
            failed: 0,
        };
        assert_eq!(tally.missing(), 3);
        let said = tally.closing().join(" ");
        assert!(
            said.contains("Two people have started and not sent; what they wrote will not count.")
        );
        assert!(said.contains("One person has not started"));
        assert!(said.contains("never reopened"));
        assert_eq!(
            remind_words(3).as_deref(),
            Some("Remind 3 who have not answered")
        );
        assert_eq!(remind_words(0), None);
    }
}
