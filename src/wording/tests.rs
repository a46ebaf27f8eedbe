use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::{Environment, UndefinedBehavior, context};

use super::catalogue::sources;
use super::*;
use crate::survey::promise::{Attribution, Promise};

fn catalogue() -> Catalogue {
    Catalogue::load().expect("the files are valid")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// Every message of a language with the names of the values it mentions.
fn messages(language: Language) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, text) in sources(language) {
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let (name, _) = line
                    .split_once(" =")
                    .unwrap_or_else(|| panic!("{file}: {line}"));
                name.clone_into(&mut key);
                found.entry(key.clone()).or_default();
            }
            for rest in line.split('$').skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
                let names = found
                    .get_mut(&key)
                    .unwrap_or_else(|| panic!("{file}: {line}"));
                names.push(rest[..end.unwrap_or(rest.len())].to_owned());
            }
        }
    }
    for names in found.values_mut() {
        names.sort();
        names.dedup();
    }
    found
}

fn every_rule() -> Vec<Rule> {
    // A new rule fails to compile here until it is added below.
    fn known(rule: &Rule) {
        match rule {
            Rule::Required
            | Rule::TooShort { .. }
            | Rule::TooLong { .. }
            | Rule::NotAnAddress
            | Rule::NotANumber
            | Rule::OutOfRange { .. }
            | Rule::AmbiguousNumber
            | Rule::TooFar { .. }
            | Rule::SkippedHour
            | Rule::NotADate
            | Rule::NotADay
            | Rule::NotAnExecutive
            | Rule::NotAChoice
            | Rule::InThePast
            | Rule::Duplicate
            | Rule::ControlCharacter
            | Rule::Incomplete
            | Rule::KnownAndUnknown
            | Rule::TooMany { .. }
            | Rule::Different
            | Rule::Nobody => {}
        }
    }
    let rules = vec![
        Rule::Required,
        Rule::TooShort { min: 2 },
        Rule::TooLong {
            max: 280,
            given: 301,
        },
        Rule::NotAnAddress,
        Rule::NotANumber,
        Rule::OutOfRange { min: 1, max: 60 },
        Rule::AmbiguousNumber,
        Rule::TooFar { days: 180 },
        Rule::SkippedHour,
        Rule::NotADate,
        Rule::NotADay,
        Rule::NotAnExecutive,
        Rule::NotAChoice,
        Rule::InThePast,
        Rule::Duplicate,
        Rule::ControlCharacter,
        Rule::Incomplete,
        Rule::KnownAndUnknown,
        Rule::TooMany { max: 3 },
        Rule::Different,
        Rule::Nobody,
    ];
    rules.iter().for_each(known);
    rules
}

#[test]
fn every_language_has_the_same_messages_with_the_same_values() {
    let english = messages(Language::En);
    assert!(english.len() > 40, "the files were read");
    for language in Language::ALL {
        assert_eq!(messages(language), english, "{}", language.name());
    }
}

#[test]
fn every_message_formats_without_a_fault_in_every_language() {
    for language in Language::ALL {
        let id = language.code().parse().expect("a language");
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(vec![id]);
        for (file, text) in sources(language) {
            let read = FluentResource::try_new((*text).to_owned());
            bundle
                .add_resource(read.expect(file))
                .expect("no key twice");
        }
        for (key, names) in messages(language) {
            for value in [
                FluentValue::from(1),
                FluentValue::from(7),
                FluentValue::from("x"),
            ] {
                let mut args = FluentArgs::new();
                for name in &names {
                    args.set(name.clone(), value.clone());
                }
                let message = bundle
                    .get_message(&key)
                    .expect("was read from the same text");
                let pattern = message
                    .value()
                    .unwrap_or_else(|| panic!("{key} has no value"));
                let mut faults = Vec::new();
                let text = bundle.format_pattern(pattern, Some(&args), &mut faults);
                assert!(faults.is_empty(), "{key}: {faults:?}");
                assert!(!text.trim().is_empty(), "{key} says nothing");
            }
        }
    }
}

#[test]
fn every_rule_has_a_sentence_with_its_numbers_in_every_language() {
    let catalogue = catalogue();
    for language in Language::ALL {
        for rule in every_rule() {
            let sentence = mistake(&catalogue, language, &rule);
            assert_ne!(sentence, rule.key());
            assert!(sentence.ends_with('.'), "{sentence}");
            for (_, number) in rule.numbers() {
                assert!(sentence.contains(&number.to_string()), "{sentence}");
            }
        }
    }
    let long = Rule::TooLong {
        max: 280,
        given: 301,
    };
    assert_eq!(
        mistake(&catalogue, Language::En, &long),
        "Please keep to 280 characters; there are 301 now."
    );
    assert_eq!(
        mistake(&catalogue, Language::De, &long),
        "Hier haben höchstens 280 Zeichen Platz; zurzeit sind es 301."
    );
}

#[test]
fn a_missing_key_gives_the_key_and_no_panic() {
    let catalogue = catalogue();
    for key in ["no-such-message", "", "{ $x }", "-term"] {
        assert_eq!(catalogue.say(Language::De, key, &[]), key);
    }
}

#[test]
fn the_catalogue_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>(_: &Arc<T>) {}
    shared(&Arc::new(catalogue()));
}

#[test]
fn a_moment_names_weekday_and_place() {
    let catalogue = catalogue();
    let close = at("2026-12-04T18:00:00Z");
    let said = |language, zone| moment(&catalogue, language, close, zone);
    assert_eq!(
        said(Language::En, chrono_tz::Europe::London),
        "Friday 4 December 2026, 18:00, London time"
    );
    assert_eq!(
        said(Language::De, chrono_tz::Europe::Berlin),
        "Freitag, 4. Dezember 2026, 19:00 Uhr, Ortszeit Berlin"
    );
    assert_eq!(
        said(Language::En, chrono_tz::America::Argentina::Buenos_Aires),
        "Friday 4 December 2026, 15:00, Buenos Aires time"
    );
    assert_eq!(
        said(Language::En, chrono_tz::Asia::Tokyo),
        "Saturday 5 December 2026, 03:00, Tokyo time"
    );
}

#[test]
fn a_zone_that_is_no_place_is_named_by_its_offset() {
    let catalogue = catalogue();
    let close = at("2026-12-04T18:00:00Z");
    for zone in ["UTC", "Etc/UTC", "GMT"] {
        assert_eq!(
            moment(
                &catalogue,
                Language::De,
                close,
                zone.parse().expect("a zone")
            ),
            "Freitag, 4. Dezember 2026, 18:00 Uhr, UTC"
        );
    }
    // The sign in the IANA name is the other way round than people read it.
    assert_eq!(
        moment(
            &catalogue,
            Language::En,
            close,
            "Etc/GMT+5".parse().expect("a zone")
        ),
        "Friday 4 December 2026, 13:00, UTC-05:00"
    );
}

#[test]
fn days_quarters_and_small_numbers_are_said_in_words() {
    let catalogue = catalogue();
    let date = at("2026-12-04T18:00:00Z").date_naive();
    assert_eq!(
        short_day(&catalogue, Language::En, date),
        "Friday 4 December"
    );
    assert_eq!(
        day(&catalogue, Language::De, date),
        "Freitag, 4. Dezember 2026"
    );
    assert_eq!(
        round_label(&catalogue, Language::En, "2026-Q4"),
        "fourth quarter of 2026"
    );
    assert_eq!(
        round_label(&catalogue, Language::De, "2026-Q4"),
        "4. Quartal 2026"
    );
    assert_eq!(
        round_label(&catalogue, Language::De, "Herbst 2026"),
        "Herbst 2026"
    );
    assert_eq!(number(&catalogue, Language::En, 8), "eight");
    assert_eq!(number(&catalogue, Language::De, 12), "zwölf");
    assert_eq!(number(&catalogue, Language::De, 40), "40");
}

fn notice_of(language: Language, attribution: Attribution, others: &[String]) -> Notice {
    notice_with(language, attribution, others, None)
}

fn notice_with(
    language: Language,
    attribution: Attribution,
    others: &[String],
    provider: Option<&str>,
) -> Notice {
    let facts = NoticeFacts {
        promise: Promise {
            attribution,
            retention_months: 12,
        },
        provider,
        organisation: "Halden Instruments",
        team: "Executive team",
        consultant: "Anna Weber",
        others,
        team_size: 8,
        closes_at: at("2026-12-04T18:00:00Z"),
        time_zone: chrono_tz::Europe::London,
    };
    notice(&catalogue(), language, &facts)
}

#[test]
fn the_notice_reads_as_approved_in_every_mode_and_language() {
    for language in Language::ALL {
        for attribution in Attribution::ALL {
            let notice = notice_of(language, attribution, &[]);
            let name = format!("notice_{}_{}", language.code(), attribution.key());
            insta::assert_snapshot!(
                name,
                format!("{}\n\n{}", notice.headline, notice.lines.join("\n"))
            );
        }
    }
}

#[test]
fn a_language_model_is_named_where_one_may_be_asked_and_nowhere_else() {
    let provider = "Example Ltd, Dublin";
    for language in Language::ALL {
        let mode = Attribution::Confidential;
        let without = notice_of(language, mode, &[]);
        let with = notice_with(language, mode, &[], Some(provider));
        let new: Vec<&String> = with
            .lines
            .iter()
            .filter(|line| !without.lines.contains(line))
            .collect();
        assert_eq!(new.len(), 2, "one sentence on sending, one on deletion");
        assert!(new.iter().all(|line| line.contains(provider)));
        assert!(!without.lines.join(" ").contains(provider));
        insta::assert_snapshot!(
            format!("notice_{}_language_model", language.code()),
            format!("{}\n\n{}", with.headline, with.lines.join("\n"))
        );
    }
}

#[test]
fn the_notice_never_claims_more_than_confidence() {
    for language in Language::ALL {
        for attribution in Attribution::ALL {
            let notice = notice_of(language, attribution, &[]);
            let text = format!("{} {}", notice.headline, notice.lines.join(" ")).to_lowercase();
            for claim in [
                "anonym",
                "trace",
                "aggregate",
                "zurückverfolg",
                "aggregiert",
                "notice-",
            ] {
                assert!(!text.contains(claim), "{claim}: {text}");
            }
        }
    }
}

#[test]
fn names_are_promised_exactly_where_the_promise_gives_them() {
    for attribution in Attribution::ALL {
        let text = notice_of(Language::En, attribution, &[]).lines.join("\n");
        let hidden = !attribution.consultant_sees_names();
        assert_eq!(text.contains("reads all statements without names"), hidden);
        assert_eq!(
            text.contains("reads your statements with your name"),
            !hidden
        );
        assert_eq!(
            text.contains("statements with names"),
            attribution.report_names_people()
        );
        assert_eq!(
            text.contains("may guess"),
            !attribution.report_names_people()
        );
        assert_eq!(
            text.contains("“one or two”"),
            !attribution.report_names_people()
        );
    }
}

#[test]
fn everybody_with_access_is_named() {
    let others = ["Ben Roth".to_owned(), "Cleo Marsh".to_owned()];
    let text = notice_of(Language::En, Attribution::Confidential, &others)
        .lines
        .join("\n");
    assert!(
        text.contains("these consultants can see too: Ben Roth, Cleo Marsh."),
        "{text}"
    );
    assert!(!text.contains("no other consultant"), "{text}");
}

#[test]
fn templates_say_messages_escaped_and_refuse_undefined_values() {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.add_template("page.html", "{{ t('mail-greeting', name=person) }}")
        .expect("valid");
    env.add_template("many.txt", "{{ t('rule-too-many', max=count) }}")
        .expect("valid");
    let t = words(Arc::new(catalogue()), Language::En);
    let render = |name: &str, values| env.get_template(name).expect("added").render(values);
    let page = render(
        "page.html",
        context! { t => t.clone(), person => "<Ada & Co>" },
    );
    assert_eq!(page.expect("renders"), "Dear &lt;Ada &amp; Co&gt;,");
    let one = render("many.txt", context! { t => t.clone(), count => 1 });
    assert_eq!(one.expect("renders"), "Please keep to one entry.");
    assert!(render("page.html", context! { t => t.clone() }).is_err());
    assert!(render("many.txt", context! { t => t, count => ["a"] }).is_ok());
}
