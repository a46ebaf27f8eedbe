//! The notice of who sees what: the one place where a round's settings, the promise and the
//! wording meet. Page and letter show the same lines, word for word.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::catalogue::{Arg, Catalogue};
use super::dates::{moment, number};
use crate::survey::Language;
use crate::survey::promise::{Attribution, Count, Promise};

/// What the notice is about.
#[derive(Clone, Debug)]
pub struct NoticeFacts<'a> {
    /// What the round promises.
    pub promise: Promise,
    /// Whose language model may propose groups; usually nobody's.
    pub provider: Option<&'a str>,
    /// The client's name.
    pub organisation: &'a str,
    /// The team's name.
    pub team: &'a str,
    /// The consultant who asks.
    pub consultant: &'a str,
    /// All other consultants with access to the organisation; usually none.
    pub others: &'a [String],
    /// How many executives are asked.
    pub team_size: usize,
    /// When answers become final.
    pub closes_at: DateTime<Utc>,
    /// The zone in which that time is shown.
    pub time_zone: Tz,
}

/// Who sees what, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The gist in one line.
    pub headline: String,
    /// Whole sentences, in reading order.
    pub lines: Vec<String>,
}

/// Says what the code does with one executive's answers in that round.
pub fn notice(catalogue: &Catalogue, language: Language, facts: &NoticeFacts<'_>) -> Notice {
    let headline = match facts.promise.attribution {
        Attribution::Confidential => "notice-headline-confidential",
        Attribution::Consultant => "notice-headline-consultant",
        Attribution::Named => "notice-headline-named",
    };
    let mut headline = say(catalogue, language, facts, &[(headline, &["consultant"])]);
    Notice {
        headline: headline.pop().unwrap_or_default(),
        lines: say(catalogue, language, facts, &sentences(facts)),
    }
}

/// The sentences about a language model by themselves: what ticking its box adds to the notice.
pub fn about_model(
    catalogue: &Catalogue,
    language: Language,
    facts: &NoticeFacts<'_>,
) -> Vec<String> {
    say(catalogue, language, facts, &[MODEL, MODEL_DELETION])
}

/// A message's key and the values it mentions.
type Sentence = (&'static str, &'static [&'static str]);

const MODEL: Sentence = ("notice-model", &["consultant", "organisation", "provider"]);
const MODEL_DELETION: Sentence = ("notice-model-deletion", &["provider"]);

fn say(
    catalogue: &Catalogue,
    language: Language,
    facts: &NoticeFacts<'_>,
    sentences: &[Sentence],
) -> Vec<String> {
    let args = values(catalogue, language, facts);
    sentences
        .iter()
        .map(|(key, names)| {
            let mentioned: Vec<(&str, Arg<'_>)> = args
                .iter()
                .filter(|(name, _)| names.contains(name))
                .cloned()
                .collect();
            catalogue.say(language, key, &mentioned)
        })
        .collect()
}

/// The sentences that are true of the round, each with the values it mentions.
fn sentences(facts: &NoticeFacts<'_>) -> Vec<Sentence> {
    let promise = facts.promise;
    let names_for_consultant = promise.attribution.consultant_sees_names();
    let names_in_report = promise.attribution.report_names_people();
    let mut said: Vec<Sentence> = vec![(
        "notice-asked",
        &["consultant", "size", "people", "organisation", "team"],
    )];
    said.push(if names_for_consultant {
        ("notice-consultant-with-names", &["consultant"])
    } else {
        ("notice-consultant-without-names", &["consultant"])
    });
    said.push(if names_in_report {
        ("notice-report-with-names", &[])
    } else {
        ("notice-report-without-names", &[])
    });
    match (names_for_consultant, names_in_report) {
        (false, _) => said.push(("notice-guess-all", &["consultant", "people"])),
        (true, false) => said.push(("notice-guess-colleagues", &["people"])),
        (true, true) => {}
    }
    said.push(("notice-quote", &[]));
    // Asks the promise itself how it would speak of one person among many.
    said.push(
        if promise.count(1, Promise::FEWEST_RESPONSES) == Count::OneOrTwo {
            ("notice-fewest-blurred", &["fewest"])
        } else {
            ("notice-fewest", &["fewest"])
        },
    );
    said.push(("notice-progress", &["consultant"]));
    said.push(if facts.others.is_empty() {
        ("notice-access-one", &["consultant"])
    } else {
        ("notice-access-several", &["consultant", "others"])
    });
    if facts.provider.is_some() {
        said.push(MODEL);
    }
    said.push(("notice-change", &["closes"]));
    said.push(("notice-decline", &[]));
    said.push(("notice-deletion", &["months", "count"]));
    if facts.provider.is_some() {
        said.push(MODEL_DELETION);
    }
    said
}

fn values<'a>(
    catalogue: &Catalogue,
    language: Language,
    facts: &NoticeFacts<'a>,
) -> Vec<(&'static str, Arg<'a>)> {
    let months = facts.promise.retention_months;
    let word = |count: usize| Arg::from(number(catalogue, language, count));
    let closes = moment(catalogue, language, facts.closes_at, facts.time_zone);
    vec![
        ("consultant", facts.consultant.into()),
        ("others", facts.others.join(", ").into()),
        ("organisation", facts.organisation.into()),
        ("provider", facts.provider.unwrap_or_default().into()),
        ("team", facts.team.into()),
        ("size", facts.team_size.into()),
        ("people", word(facts.team_size)),
        ("fewest", word(Promise::FEWEST_RESPONSES)),
        ("closes", closes.into()),
        ("months", months.into()),
        ("count", word(months as usize)),
    ]
}
