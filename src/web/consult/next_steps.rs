//! What waits for the consultant, worked out from where each round stands.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::types::RoundState;

use super::{capital, in_words};
use crate::store::overview::Overview;

/// An open round with missing answers is worth a look when it closes within this many days.
const SOON_DAYS: i64 = 5;
/// Below this many responses there is no report.
const FEWEST_RESPONSES: usize = 4;

/// What the home page knows of a round.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The round's page.
    pub path: String,
    /// The organisation's name.
    pub organisation: String,
    /// The team's name.
    pub team: String,
    /// The round's label.
    pub label: String,
    /// Where it stands.
    pub state: RoundState,
    /// When answers become final.
    pub closes_at: DateTime<Utc>,
    /// When it closed, if it has.
    pub closed_at: Option<DateTime<Utc>>,
    /// The zone of its dates.
    pub zone: Tz,
    /// How many executives it asks; 0 while it is a draft.
    pub asked: usize,
    /// How many have submitted.
    pub submitted: usize,
    /// How many have declined.
    pub declined: usize,
    /// How many letters came back for good.
    pub failed: usize,
    /// How many texts there are to sort.
    pub texts: usize,
    /// How many of them are confirmed.
    pub confirmed: usize,
}

impl From<&Overview> for Facts {
    fn from(o: &Overview) -> Self {
        Self {
            path: format!("/rounds/{}", o.round.id()),
            organisation: o.organisation.clone(),
            team: o.team.clone(),
            label: o.round.label().to_owned(),
            state: o.round.state(),
            closes_at: o.round.closes_at(),
            closed_at: o.round.closed_at(),
            zone: o.round.time_zone(),
            asked: o.asked,
            submitted: o.submitted,
            declined: o.declined,
            failed: o.failed_letters,
            texts: o.texts,
            confirmed: o.confirmed,
        }
    }
}

impl Facts {
    /// Asked, and neither answered nor declined.
    fn missing(&self) -> usize {
        self.asked.saturating_sub(self.submitted + self.declined)
    }

    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// Whole days from today to that day, as the round's zone counts them.
    fn days_until(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
        (self.day(at) - self.day(now)).num_days()
    }

    /// Where the round stands, in words.
    pub(super) fn state_in_words(&self, now: DateTime<Utc>) -> String {
        match self.state {
            RoundState::Draft => "being prepared".to_owned(),
            RoundState::Open if self.closes_at <= now => "closing".to_owned(),
            RoundState::Open => {
                format!(
                    "open until {}",
                    self.closes_at
                        .with_timezone(&self.zone)
                        .format("%A %-d %B, %H:%M %Z")
                )
            }
            RoundState::Closed if self.confirmed < self.texts => "being sorted".to_owned(),
            RoundState::Closed => "sorted".to_owned(),
            RoundState::Published => "published".to_owned(),
        }
    }
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Since when or until when.
    pub when: String,
    /// What, in a few words.
    pub heading: String,
    /// Why, and what it takes.
    pub why: String,
    /// Where to do it.
    pub path: String,
    /// What the link says.
    pub action: String,
    /// What comes first: lower is more urgent.
    urgency: i64,
}

/// What waits, the most urgent first.
pub(super) fn next_steps(rounds: &[Facts], now: DateTime<Utc>) -> Vec<Step> {
    let mut steps: Vec<Step> = rounds.iter().filter_map(|round| step(round, now)).collect();
    steps.sort_by_key(|step| step.urgency);
    steps
}

/// "Three things wait for you".
pub(super) fn heading(steps: usize) -> String {
    match steps {
        0 => "Nothing waits for you".to_owned(),
        1 => "One thing waits for you".to_owned(),
        n => format!("{} things wait for you", capital(&in_words(n))),
    }
}

fn step(round: &Facts, now: DateTime<Utc>) -> Option<Step> {
    match round.state {
        RoundState::Draft => Some(draft(round)),
        RoundState::Open => open(round, now),
        RoundState::Closed => Some(closed(round, now)),
        RoundState::Published => None,
    }
}

fn draft(round: &Facts) -> Step {
    Step {
        when: "not opened yet".to_owned(),
        heading: format!("{}: finish preparing {}", round.organisation, round.label),
        why: format!(
            "{}. Nothing has been sent; you see each letter first.",
            round.team
        ),
        path: round.path.clone(),
        action: "Go on preparing".to_owned(),
        urgency: 300,
    }
}

fn open(round: &Facts, now: DateTime<Utc>) -> Option<Step> {
    let days = round.days_until(round.closes_at, now);
    if round.closes_at <= now {
        return None; // The program is closing it.
    }
    let when = match days {
        ..=0 => format!(
            "closes today, {}",
            round
                .closes_at
                .with_timezone(&round.zone)
                .format("%H:%M %Z")
        ),
        1 => "closes tomorrow".to_owned(),
        n => format!("closes in {n} days"),
    };
    let missing = round.missing();
    let (heading, why, action) = if round.failed > 0 {
        let what = if round.failed == 1 {
            "one letter came back".to_owned()
        } else {
            format!("{} letters came back", in_words(round.failed))
        };
        let rest = if missing == 0 {
            "Everybody else has answered".to_owned()
        } else {
            format!(
                "{} of {} have not answered",
                capital(&in_words(missing)),
                in_words(round.asked)
            )
        };
        (
            what,
            format!("{rest}. Correct the address and send the letter again."),
            "See which",
        )
    } else if missing == 0 && round.asked > 0 {
        let why = if round.declined == 0 {
            "Close the round, or leave time to change answers.".to_owned()
        } else {
            format!(
                "{} declined. Close the round, or leave time to change answers.",
                capital(&in_words(round.declined))
            )
        };
        ("every answer is in".to_owned(), why, "Look at the round")
    } else if missing > 0 && days <= SOON_DAYS {
        let verb = if missing == 1 { "has" } else { "have" };
        (
            format!(
                "{} of {} {verb} not answered",
                in_words(missing),
                in_words(round.asked)
            ),
            "A reminder goes only to those who have not answered.".to_owned(),
            "See who",
        )
    } else {
        return None;
    };
    Some(Step {
        when,
        heading: format!("{}: {heading}", round.organisation),
        why: format!("{}, {}. {why}", round.team, round.label),
        path: round.path.clone(),
        action: action.to_owned(),
        urgency: if round.failed > 0 { days - 100 } else { days },
    })
}

fn closed(round: &Facts, now: DateTime<Utc>) -> Step {
    let days = round.closed_at.map_or(0, |at| -round.days_until(at, now));
    let when = match days {
        ..=0 => "closed today".to_owned(),
        1 => "closed yesterday".to_owned(),
        n => format!("closed {n} days ago"),
    };
    let left = round.texts.saturating_sub(round.confirmed);
    let answered = format!(
        "{} of {} answered",
        capital(&in_words(round.submitted)),
        in_words(round.asked)
    );
    let (heading, why, path, action) = if round.submitted < FEWEST_RESPONSES {
        (
            "too few answers for a report".to_owned(),
            format!("{answered}; a report needs {}.", in_words(FEWEST_RESPONSES)),
            round.path.clone(),
            "Look at the round",
        )
    } else if left > 0 {
        (
            format!("sort {left} of {} statements", round.texts),
            format!("{answered}. The program has proposed a theme for each; you decide."),
            format!("{}/themes/priorities", round.path),
            "Open the board",
        )
    } else {
        (
            "the report is ready to be published".to_owned(),
            format!("{answered}, every statement has a theme. Read it once more, then publish."),
            format!("{}/report", round.path),
            "Read the report",
        )
    };
    Step {
        when,
        heading: format!("{}: {heading}", round.organisation),
        why: format!("{}, {}. {why}", round.team, round.label),
        path,
        action: action.to_owned(),
        urgency: 100 - days.clamp(0, 90),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().expect("a time")
    }

    fn facts(state: RoundState) -> Facts {
        Facts {
            path: "/rounds/1".to_owned(),
            organisation: "Brackwater Health".to_owned(),
            team: "Board of directors".to_owned(),
            label: "2026-Q4".to_owned(),
            state,
            closes_at: "2026-11-23T17:00:00Z".parse().expect("a time"),
            closed_at: None,
            zone: chrono_tz::Europe::London,
            asked: 11,
            submitted: 9,
            declined: 0,
            failed: 0,
            texts: 0,
            confirmed: 0,
        }
    }

    #[test]
    fn an_open_round_that_closes_soon_says_how_many_have_not_answered() {
        let steps = next_steps(&[facts(RoundState::Open)], now());
        assert_eq!(
            steps[0].heading,
            "Brackwater Health: two of eleven have not answered"
        );
        assert_eq!(steps[0].when, "closes in 3 days");
    }

    #[test]
    fn an_open_round_with_time_left_and_letters_delivered_needs_nothing() {
        let round = Facts {
            closes_at: "2026-12-20T17:00:00Z".parse().expect("a time"),
            ..facts(RoundState::Open)
        };
        assert!(next_steps(&[round], now()).is_empty());
    }

    #[test]
    fn a_letter_that_came_back_comes_first_however_much_time_is_left() {
        let late = Facts {
            failed: 1,
            closes_at: "2026-12-20T17:00:00Z".parse().expect("a time"),
            ..facts(RoundState::Open)
        };
        let steps = next_steps(&[facts(RoundState::Open), late], now());
        assert_eq!(steps[0].heading, "Brackwater Health: one letter came back");
        assert_eq!(steps.len(), 2);
    }

    #[test]
    fn a_round_that_all_have_answered_can_be_closed() {
        let round = Facts {
            submitted: 10,
            declined: 1,
            ..facts(RoundState::Open)
        };
        let steps = next_steps(&[round], now());
        assert_eq!(steps[0].heading, "Brackwater Health: every answer is in");
        assert!(steps[0].why.contains("One declined"), "{}", steps[0].why);
    }

    #[test]
    fn a_closed_round_is_sorted_then_published_and_with_too_few_answers_neither() {
        let closed = Facts {
            closed_at: Some("2026-11-19T18:00:00Z".parse().expect("a time")),
            texts: 112,
            confirmed: 81,
            ..facts(RoundState::Closed)
        };
        let step = |round: &Facts| next_steps(std::slice::from_ref(round), now()).remove(0);
        let sorting = step(&closed);
        assert_eq!(
            sorting.heading,
            "Brackwater Health: sort 31 of 112 statements"
        );
        assert_eq!(sorting.when, "closed yesterday");
        assert_eq!(sorting.path, "/rounds/1/themes/priorities");
        assert_eq!(
            step(&Facts {
                confirmed: 112,
                ..closed.clone()
            })
            .path,
            "/rounds/1/report"
        );
        let few = step(&Facts {
            submitted: 3,
            ..closed
        });
        assert_eq!(
            few.heading,
            "Brackwater Health: too few answers for a report"
        );
    }

    #[test]
    fn a_published_round_waits_for_nothing_and_the_heading_counts_in_words() {
        assert!(next_steps(&[facts(RoundState::Published)], now()).is_empty());
        assert_eq!(heading(0), "Nothing waits for you");
        assert_eq!(heading(1), "One thing waits for you");
        assert_eq!(heading(3), "Three things wait for you");
        assert_eq!(heading(14), "14 things wait for you");
    }

    #[test]
    fn a_closing_time_is_said_with_weekday_and_zone() {
        assert_eq!(
            facts(RoundState::Open).state_in_words(now()),
            "open until Monday 23 November, 17:00 GMT"
        );
    }

    #[test]
    fn today_is_the_day_in_the_rounds_zone() {
        let round = Facts {
            zone: chrono_tz::Pacific::Auckland,
            closes_at: "2026-11-20T12:30:00Z".parse().expect("a time"),
            ..facts(RoundState::Open)
        };
        // 20 November, noon in London, is 01:00 on the 21st in Auckland: it closes the same day.
        assert!(
            next_steps(&[round], now())[0]
                .when
                .starts_with("closes today, 01:30")
        );
    }
}
