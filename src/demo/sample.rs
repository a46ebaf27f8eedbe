//! The sample organisations: who belongs to them and what they say, each text with the theme that
//! the sample's consultant puts it into. All of it is invented.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};
use serde::Deserialize;

use crate::error::Error;
use crate::survey::draft::Closing;
use crate::survey::{Comparison, Draft, Entry, Part, Person, Question};

/// An organisation with one team.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisation {
    /// Its name, which says that it is a sample.
    #[serde(rename = "organisation")]
    pub(super) name: String,
    /// The team's name.
    pub(super) team: String,
    domain: String,
    people: Vec<Member>,
    /// Names of the themes by their keys in this sample.
    pub(super) themes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    key: String,
    name: String,
    title: String,
    function: String,
    #[serde(default)]
    language: String,
}

/// What one executive writes in one round.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Key of the executive.
    pub(super) who: String,
    /// Whether it stays a draft.
    #[serde(default)]
    pub(super) draft: bool,
    #[serde(default)]
    perceived: String,
    #[serde(default)]
    quote: String,
    #[serde(default)]
    unknown: Vec<Question>,
    #[serde(default)]
    priorities: Vec<Phrase>,
    #[serde(default)]
    trade_offs: Vec<TradeOff>,
    #[serde(default)]
    stops: Vec<Phrase>,
    #[serde(default)]
    successes: Vec<Success>,
    #[serde(default)]
    asks: Vec<Ask>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    theme: String,
    text: String,
    #[serde(default)]
    quote: String,
}

/// Each side is a theme's key and the words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TradeOff {
    favour: (String, String),
    over: (String, String),
    #[serde(default)]
    quote: String,
}

/// The measure is metric, comparison, target, unit; a date is `@` and days after the opening.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Success {
    theme: String,
    text: String,
    measure: Option<(String, Comparison, String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    theme: String,
    of: String,
    text: String,
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Broken(format!("the sample cannot be read: {error}")))
}

/// The organisation with three reported rounds and an open one.
pub(super) fn halden() -> Result<(Organisation, [Vec<Said>; 4]), Error> {
    Ok((
        read(include_str!("sample/halden.json"))?,
        [
            read(include_str!("sample/halden_1.json"))?,
            read(include_str!("sample/halden_2.json"))?,
            read(include_str!("sample/halden_3.json"))?,
            read(include_str!("sample/halden_4.json"))?,
        ],
    ))
}

/// A second team of the first organisation, with one reported round.
pub(super) fn nordic() -> Result<(Organisation, Vec<Said>), Error> {
    Ok((
        read(include_str!("sample/nordic.json"))?,
        read(include_str!("sample/nordic_1.json"))?,
    ))
}

/// The organisation with one round that has closed and is being sorted.
pub(super) fn brackwater() -> Result<(Organisation, Vec<Said>), Error> {
    Ok((
        read(include_str!("sample/brackwater.json"))?,
        read(include_str!("sample/brackwater_1.json"))?,
    ))
}

impl Organisation {
    /// The executives but those of these keys, as an import takes them.
    pub(super) fn people_without(&self, absent: &[&str]) -> Result<Vec<Person>, Error> {
        self.people
            .iter()
            .filter(|member| !absent.contains(&member.key.as_str()))
            .map(|m| {
                Ok(Person::parse(
                    &m.name,
                    &self.address(&m.key),
                    &m.title,
                    &m.function,
                    &m.language,
                )?)
            })
            .collect()
    }

    /// Address of the executive of that key.
    pub(super) fn address(&self, key: &str) -> String {
        format!("{key}@{}", self.domain)
    }

    /// Name of the theme of that key.
    pub(super) fn theme(&self, key: &str) -> Result<&str, Error> {
        self.themes
            .get(key)
            .map(String::as_str)
            .ok_or_else(|| Error::Broken(format!("the sample has no theme “{key}”")))
    }
}

impl Said {
    /// As a form of the questionnaire would hold it.
    pub(super) fn draft(&self, opened_at: DateTime<Utc>) -> Draft {
        let plain = |said: &Phrase| Entry {
            text: said.text.clone(),
            quote: said.quote.clone(),
            ..Entry::default()
        };
        let mut draft = Draft {
            closing: Closing {
                version: 0,
                perceived: self.perceived.clone(),
                quote: self.quote.clone(),
            },
            ..Draft::default()
        };
        let entries: [Vec<Entry>; 5] = [
            self.priorities.iter().map(plain).collect(),
            self.trade_offs.iter().map(TradeOff::entry).collect(),
            self.stops.iter().map(plain).collect(),
            self.successes
                .iter()
                .map(|success| success.entry(opened_at))
                .collect(),
            self.asks.iter().map(Ask::entry).collect(),
        ];
        for (question, entries) in Question::ALL.into_iter().zip(entries) {
            *draft.part_mut(question) = Part {
                version: 0,
                entries,
                unknown: self.unknown.contains(&question),
            };
        }
        draft
    }

    /// Every text with the key of its theme.
    pub(super) fn themes(&self) -> Vec<(Question, &str, &str)> {
        let mut themes = Vec::new();
        for (question, texts) in [
            (Question::Priorities, &self.priorities),
            (Question::Stops, &self.stops),
        ] {
            themes.extend(
                texts
                    .iter()
                    .map(|said| (question, said.text.as_str(), said.theme.as_str())),
            );
        }
        for TradeOff { favour, over, .. } in &self.trade_offs {
            for (theme, text) in [favour, over] {
                themes.push((Question::TradeOffs, text.as_str(), theme.as_str()));
            }
        }
        themes.extend(
            self.successes
                .iter()
                .map(|said| (Question::Successes, said.text.as_str(), said.theme.as_str())),
        );
        themes.extend(
            self.asks
                .iter()
                .map(|said| (Question::Asks, said.text.as_str(), said.theme.as_str())),
        );
        themes
    }
}

impl TradeOff {
    fn entry(&self) -> Entry {
        Entry {
            text: self.favour.1.clone(),
            over: self.over.1.clone(),
            quote: self.quote.clone(),
            ..Entry::default()
        }
    }
}

impl Success {
    fn entry(&self, opened_at: DateTime<Utc>) -> Entry {
        let mut entry = Entry {
            text: self.text.clone(),
            ..Entry::default()
        };
        if let Some((metric, comparison, target, unit)) = &self.measure {
            entry.metric.clone_from(metric);
            comparison.key().clone_into(&mut entry.comparison);
            entry.target = days_after(opened_at, target);
            entry.unit.clone_from(unit);
        }
        entry
    }
}

/// `@60` becomes the date sixty days later; any other target stays as it is.
fn days_after(opened_at: DateTime<Utc>, target: &str) -> String {
    target
        .strip_prefix('@')
        .and_then(|days| days.parse().ok())
        .and_then(|days| opened_at.date_naive().checked_add_days(Days::new(days)))
        .map_or_else(|| target.to_owned(), |day| day.to_string())
}

impl Ask {
    fn entry(&self) -> Entry {
        Entry {
            text: self.text.clone(),
            function: self.of.clone(),
            ..Entry::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::survey::{Answer, Question};

    fn rounds() -> Vec<(Organisation, Vec<Said>)> {
        let (_, quarters) = halden().expect("readable");
        let mut all: Vec<_> = quarters
            .into_iter()
            .map(|said| (halden().expect("readable").0, said))
            .collect();
        all.push(brackwater().expect("readable"));
        all
    }

    #[test]
    fn every_answer_of_the_sample_keeps_the_rules_of_the_questionnaire() {
        let now = DateTime::UNIX_EPOCH;
        for (organisation, round) in rounds() {
            let everybody = organisation.people_without(&[]).expect("valid people");
            for said in round.iter().filter(|said| !said.draft) {
                let answers = said
                    .draft(now)
                    .check()
                    .unwrap_or_else(|wrong| panic!("{}: {wrong}", said.who));
                assert!(
                    everybody
                        .iter()
                        .any(|p| p.email.as_str() == organisation.address(&said.who)),
                    "{}",
                    said.who
                );
                assert_ne!(answers.to(Question::Priorities), &Answer::Skipped);
                for ask in &said.asks {
                    assert!(
                        everybody.iter().any(|p| p.function.as_str() == ask.of),
                        "{}",
                        ask.of
                    );
                }
            }
        }
    }

    #[test]
    fn every_text_of_the_sample_has_one_theme_that_its_codebook_names() {
        for (organisation, round) in rounds() {
            let mut seen = HashMap::new();
            for (question, text, theme) in round.iter().flat_map(Said::themes) {
                organisation.theme(theme).expect("a known theme");
                let before = seen.insert((question, text.to_owned()), theme);
                assert!(before.is_none_or(|before| before == theme), "{text}");
            }
        }
    }

    #[test]
    fn a_target_date_counts_from_the_opening_of_the_round() {
        let opened: DateTime<Utc> = "2026-01-20T08:30:00Z".parse().expect("a time");
        assert_eq!(days_after(opened, "@60"), "2026-03-21");
        assert_eq!(days_after(opened, "9.5"), "9.5");
    }
}
