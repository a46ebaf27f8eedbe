//! What the reports say, and what they never say.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use rayon::prelude::*;

use super::sample::{
    P, breach, halden, halden_before, lone_wolves, material, of_one_mind, p, random_round, silent,
    team, two_camps, with_debrief, with_previous,
};
use super::view::Block;
use super::{ClientReport, ConsultantReport, Material, TooFew};
use crate::survey::{Attribution, Quote, Way};

const LAYOUT: &str = "<!doctype html><html lang=\"en-GB\"><title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}<main>{% block content %}{% endblock %}</main></html>";

pub(super) fn client(material: &Material) -> ClientReport {
    ClientReport::build(material).expect("enough answered")
}

fn json(report: &ClientReport) -> String {
    serde_json::to_string(report).expect("plain data")
}

pub(super) fn render(name: &str, report: &impl serde::Serialize) -> String {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.add_template("layout.html", LAYOUT)
        .expect("the stand-in parses");
    env.add_template(
        "report/_parts.html",
        include_str!("../../templates/report/_parts.html"),
    )
    .expect("parses");
    env.add_template(
        "report/client.html",
        include_str!("../../templates/report/client.html"),
    )
    .expect("parses");
    env.add_template(
        "report/consultant.html",
        include_str!("../../templates/report/consultant.html"),
    )
    .expect("parses");
    let page = env.get_template(name).expect("it is there");
    page.render(context! { report => Value::from(minijinja::value::Serde(report)) })
        .expect("every field is there")
}

fn texts(section: &super::view::Section) -> Vec<String> {
    section
        .blocks
        .iter()
        .flat_map(|block| match block {
            Block::Text { text } | Block::Note { text } => vec![text.clone()],
            Block::List { items } => items.clone(),
            _ => vec![],
        })
        .collect()
}

fn chapter<'a>(report: &'a ClientReport, id: &str) -> &'a super::view::Section {
    report
        .sections
        .iter()
        .find(|s| s.id == id)
        .expect("the chapter is there")
}

#[test]
fn a_team_in_full_agreement_is_told_so_first() {
    let report = client(&material(&of_one_mind(), 8, Attribution::Confidential));
    assert_eq!(
        report.headline,
        "You agree on quality, and nothing in your answers pulls against it."
    );
    assert_eq!(
        texts(chapter(&report, "agree"))[0],
        "All eight name quality among their priorities."
    );
    assert!(
        report.lead.starts_with("The team is telling one story."),
        "{}",
        report.lead
    );
    assert_eq!(report.split, "Nothing in the answers.");
}

#[test]
fn two_camps_are_named_by_what_parts_them_and_not_by_who() {
    let report = client(&material(&two_camps(), 8, Attribution::Confidential));
    assert_eq!(
        report.headline,
        "No priority is named by most of you. You part most over growth against margin."
    );
    assert_eq!(
        report.decisions[0].question,
        "When we cannot have both, do we put growth before margin?"
    );
    assert_eq!(
        report.decisions[0].lean,
        "Yes, growth first: four lean this way. No, margin first: four lean this way."
    );
    assert!(texts(chapter(&report, "part")).iter().any(
        |t| t == "The answers fall into two groups, more clearly than chance would make them."
    ));
}

#[test]
fn eight_lone_wolves_are_counted_and_none_is_singled_out() {
    let report = client(&material(&lone_wolves(), 8, Attribution::Confidential));
    assert_eq!(
        report.headline,
        "Eight people, 24 priorities, none on most lists."
    );
    assert!(
        texts(chapter(&report, "part"))
            .contains(&"All eight put first a priority that is on nobody else’s list.".to_owned())
    );
    let said = json(&report).to_lowercase();
    for theme in ["alpha3", "delta5", "zeta1", "eta7"] {
        assert!(!said.contains(theme), "{theme} is somebody’s alone");
    }
}

#[test]
fn silence_on_trade_offs_is_a_finding_without_blame() {
    let report = client(&material(&silent(), 6, Attribution::Confidential));
    assert!(
        report
            .decisions
            .iter()
            .any(|d| d.question == "Which trade-offs are we making on purpose?"),
        "{:?}",
        report.decisions
    );
    let said = texts(chapter(&report, "trade-offs"));
    assert!(
        said.contains(
            &"One or two name no trade-off and three say they do not know of any.".to_owned()
        ),
        "{said:?}"
    );
    assert!(
        report.unsaid.starts_with("Nearly all name no trade-off."),
        "{}",
        report.unsaid
    );
}

#[test]
fn a_missing_executive_is_a_limit_and_not_a_name() {
    let report = client(&material(&halden()[..7], 8, Attribution::Confidential));
    assert_eq!(report.meta[1], "Seven of eight answered, each alone");
    assert!(
        report.limits[0].starts_with(
            "What those who did not answer would have said. The index would lie between"
        ),
        "{:?}",
        report.limits
    );
}

#[test]
fn four_respondents_get_a_warning_and_three_get_no_report() {
    let four = material(&halden()[..4], 8, Attribution::Confidential);
    assert!(
        client(&four)
            .warning
            .is_some_and(|w| w.starts_with("Only four people answered."))
    );
    let three = material(&halden()[..3], 8, Attribution::Named);
    assert_eq!(ClientReport::build(&three), Err(TooFew { responded: 3 }));
    let refusal = ConsultantReport::build(&three).expect_err("nor for the consultant");
    assert_eq!(
        refusal.to_string(),
        "There is no report below four responses, because a reader could tell who said what: three answered."
    );
    assert!(
        client(&material(&halden(), 8, Attribution::Confidential))
            .warning
            .is_none()
    );
}

#[test]
fn the_headline_names_what_is_shared_and_what_parts() {
    let report = client(&material(&halden(), 8, Attribution::Confidential));
    insta::assert_snapshot!(report.headline, @"You agree on platform reliability. You part over Nordic expansion.");
    insta::assert_snapshot!(report.lead, @"The answers hold fragments of one story. Nearly all name platform reliability among their priorities. Yet three give it up in a trade-off. Four of eight call Nordic expansion a priority; four would stop it first. On average you expected most colleagues to name 2 of your own first three priorities; they name 0.9.");
    insta::assert_snapshot!(
        [report.shared, report.split, report.unsaid].join(" / "),
        @"Platform reliability. / Nordic expansion, platform reliability, margin, analytics module and four more. / Nobody measures platform reliability. One or two do not know what should stop."
    );
}

#[test]
fn quotations_are_only_those_their_author_released() {
    let said = json(&client(&material(&halden(), 8, Attribution::Confidential)));
    assert!(said.contains("Stop the platform outages before we sell anything else"));
    for person in ["e2", "e6", "e8"] {
        assert!(
            !said.contains(&format!("{person} on ")),
            "{person} did not release a word"
        );
    }
}

#[test]
fn a_finding_on_one_person_reaches_the_client_only_with_that_persons_words() {
    let contested = |quote| {
        let mut people = team(6, |i| {
            [
                "events;quality;speed".to_owned(),
                String::new(),
                if i == 0 {
                    "events".to_owned()
                } else {
                    "travel".to_owned()
                },
                "quality".to_owned(),
                String::new(),
            ]
        });
        people[0].quote = quote;
        // The stop of the first is a contradiction with what everybody else wants.
        material(&people, 6, Attribution::Confidential)
    };
    let held = ConsultantReport::build(&contested(Quote::Paraphrase)).expect("enough");
    let before = &held.sections[0];
    assert!(before.blocks.iter().any(|b| matches!(b, Block::Table { table } if table.caption == "Held back from the client" && table.rows.iter().any(|r| r[0] == "Contested priority"))), "{before:?}");
    assert!(!json(&held.client).contains("stop it first"));
    let free = client(&contested(Quote::Verbatim));
    assert!(
        json(&free).contains("Do we protect events this quarter, or stop it first?"),
        "{free:?}"
    );
}

#[test]
fn names_appear_only_where_the_team_agreed_to_them() {
    let named = client(&material(&halden(), 8, Attribution::Named));
    assert!(json(&named).contains("Name of e1"));
    for attribution in [Attribution::Confidential, Attribution::Consultant] {
        let mut guarded = material(&halden(), 8, attribution);
        guarded.people = Some(
            halden()
                .iter()
                .map(|p| (p.id.clone(), format!("Name of {}", p.id)))
                .collect(),
        );
        let consultant = ConsultantReport::build(&guarded).expect("enough");
        let said = serde_json::to_string(&consultant).expect("plain data");
        assert!(
            !said.contains("Name of"),
            "even if the names are handed over"
        );
    }
}

#[test]
fn in_confidence_the_consultant_reads_letters_and_no_asking_function() {
    let report = ConsultantReport::build(&material(&halden(), 8, Attribution::Confidential))
        .expect("enough");
    let said = serde_json::to_string(&report).expect("plain data");
    assert!(!said.contains("\"e1\""), "no identifier leaves");
    assert!(!said.contains("Asks from function to function"));
    let open =
        ConsultantReport::build(&material(&halden(), 8, Attribution::Consultant)).expect("enough");
    assert!(
        serde_json::to_string(&open)
            .expect("plain data")
            .contains("Asks from function to function")
    );
}

#[test]
fn a_theme_named_in_words_that_were_not_released_loses_its_name() {
    let mut people = halden();
    people[1].priorities[2] = "hiring|Get two more test engineers before Easter".into();
    let mut guarded = material(&people, 8, Attribution::Confidential);
    guarded.theme_names.insert(
        "margin".into(),
        "Get two more test engineers before…".into(),
    );
    let report = ConsultantReport::build(&guarded).expect("enough");
    let said = json(&report.client);
    assert!(!said.contains("test engineers") && said.contains("Unnamed theme 1"));
    assert!(
        texts(&report.sections[0])
            .iter()
            .any(|t| t.contains("until you rename: Get two more test engineers before…"))
    );
}

#[test]
fn what_becomes_of_asks_is_left_out_where_it_would_tell_what_one_person_protects() {
    let open = client(&material(&halden(), 8, Attribution::Confidential));
    assert!(texts(chapter(&open, "asks"))[0].contains("Against what it protects: three."));
    let mut people = halden();
    people[4].quote = Quote::Paraphrase;
    let held = client(&material(&people, 8, Attribution::Confidential));
    assert_eq!(texts(chapter(&held, "asks"))[0], "Eight asks made.");
}

#[test]
fn the_consultant_is_told_which_released_words_give_their_author_away() {
    let mut people = halden();
    people[6].priorities[0] = "margin|Finance needs margin on the accounts we have".into();
    let report =
        ConsultantReport::build(&material(&people, 8, Attribution::Confidential)).expect("enough");
    assert!(
        texts(&report.sections[0])
            .contains(&"“Finance needs margin on the accounts we have”".to_owned())
    );
}

#[test]
fn hostile_theme_names_stay_text_in_pages_and_drawings() {
    let mut hostile = with_previous(
        material(&halden(), 8, Attribution::Confidential),
        &halden_before(),
        8,
    );
    let names = [
        "<script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "🦄🚀 Überziel",
        "أولوية الفريق",
        "{{ 7*7 }}",
    ];
    let long = "x".repeat(280);
    for (i, name) in hostile.theme_names.values_mut().enumerate() {
        *name = names
            .get(i)
            .map_or_else(|| long.clone(), |n| (*n).to_owned());
    }
    hostile.facts.organisation = "<b>Acme</b>".into();
    for (page, html) in [
        ("client", render("report/client.html", &client(&hostile))),
        (
            "consultant",
            render(
                "report/consultant.html",
                &ConsultantReport::build(&hostile).expect("enough"),
            ),
        ),
    ] {
        for markup in ["<script", "<img", "<b>Acme"] {
            assert!(!html.contains(markup), "{markup} in the {page}'s page");
        }
        assert!(
            html.contains("&lt;script&gt;")
                && html.contains("أولوية")
                && html.contains("🦄")
                && !html.contains(">49<")
        );
    }
}

#[test]
fn a_frozen_report_prints_the_same_page() {
    let report = client(&with_previous(
        material(&halden(), 8, Attribution::Confidential),
        &halden_before(),
        8,
    ));
    let thawed: ClientReport =
        serde_json::from_str(&json(&report)).expect("what was written can be read");
    assert_eq!(thawed, report);
    assert_eq!(
        render("report/client.html", &thawed),
        render("report/client.html", &report)
    );
}

#[test]
fn the_last_round_is_compared_over_the_same_people() {
    let report = client(&with_previous(
        material(&halden(), 8, Attribution::Confidential),
        &halden_before(),
        8,
    ));
    let said = texts(chapter(&report, "since"));
    assert!(
        said[0].starts_with("The same eight people are ")
            && said[0].contains("further apart than in the third quarter of 2026"),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|t| t.starts_with("Kept: Platform reliability")),
        "{said:?}"
    );
    // One joined: two totals side by side would show what that person said.
    let joined = client(&with_previous(
        material(&halden(), 8, Attribution::Confidential),
        &halden_before()[..7],
        7,
    ));
    let since = chapter(&joined, "since");
    assert!(
        !since
            .blocks
            .iter()
            .any(|b| matches!(b, Block::Figure { .. }))
    );
    assert!(!json(&joined).contains("last round "));
}

/// The last debrief's decisions and what became of them.
fn read_back(report: &ClientReport) -> Vec<(String, String)> {
    let blocks = &chapter(report, "since").blocks;
    let table = blocks.iter().find_map(|block| match block {
        Block::Table { table } => Some(table),
        _ => None,
    });
    let rows = &table.expect("a table of decisions").rows;
    rows.iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect()
}

/// Six would have reliability, three of them stop the fairs, one stops hiring.
fn six_of_eight(attribution: Attribution, quote: Quote) -> Material {
    let people: Vec<P> = (0..8)
        .map(|i| {
            let priorities = if i < 6 {
                "reliability; fairs; hiring"
            } else {
                "margin"
            };
            let stops = match i {
                0..3 => "nordics",
                3 => "hiring",
                _ => "",
            };
            p(
                &format!("e{i}"),
                "F",
                [priorities, "", stops, "", ""],
                quote,
            )
        })
        .collect();
    with_debrief(
        material(&people, 8, attribution),
        &[
            ("Reliability first.", "reliability", Some(Way::Keep)),
            ("The Nordics go on.", "nordics", Some(Way::Keep)),
            ("We stop the fairs.", "fairs", Some(Way::Stop)),
            ("We go on hiring.", "hiring", Some(Way::Keep)),
            ("Analytics goes on.", "analytics", Some(Way::Keep)),
            ("We meet less.", "meetings", None),
        ],
    )
}

#[test]
fn decisions_are_read_back_as_kept_broken_or_not_mentioned() {
    let report = client(&six_of_eight(Attribution::Confidential, Quote::Paraphrase));
    assert_eq!(
        chapter(&report, "since").title,
        "Since the third quarter of 2026"
    );
    assert_eq!(
        texts(chapter(&report, "since"))[0],
        "Six decisions of the debrief on the third quarter of 2026, read back against the answers of this round:"
    );
    let said: Vec<String> = read_back(&report)
        .into_iter()
        .map(|(_, said)| said)
        .collect();
    assert_eq!(
        said,
        [
            "Kept: nothing that may be shown contradicts it.",
            "Broken: three of eight contradict it.",
            "Broken: nearly all contradict it.",
            // One person, who released nothing: it reads as if nobody had spoken.
            "Kept: nothing that may be shown contradicts it.",
            "Not mentioned, or by one or two people at most.",
            "Not checked: the answers cannot be held against it.",
        ]
    );
    let html = render("report/client.html", &report);
    assert!(html.contains("Broken: three of eight contradict it."));
}

#[test]
fn where_the_report_names_people_one_contradiction_is_said() {
    let report = client(&six_of_eight(Attribution::Named, Quote::Paraphrase));
    let said: Vec<String> = read_back(&report)
        .into_iter()
        .map(|(_, said)| said)
        .collect();
    assert_eq!(said[0], "Kept: nobody contradicts it.");
    assert_eq!(said[3], "Broken: one of eight contradicts it.");
    assert_eq!(said[4], "Not mentioned.");
}

#[test]
fn a_debrief_stands_behind_the_comparison_where_there_is_one() {
    let material = with_previous(
        material(&halden(), 8, Attribution::Confidential),
        &halden_before(),
        8,
    );
    let theme = material.coded.themes()[0].id.clone();
    let report = client(&with_debrief(
        material,
        &[("We decided something.", &theme, Some(Way::Keep))],
    ));
    assert!(texts(chapter(&report, "since"))[0].starts_with("The same eight people are "));
    assert_eq!(read_back(&report).len(), 1);
    let since = report.sections.iter().filter(|s| s.id == "since").count();
    assert_eq!(since, 1);
}

#[test]
fn a_fork_proposes_what_the_next_round_checks() {
    let report = client(&six_of_eight(Attribution::Named, Quote::Paraphrase));
    let broken = report
        .forks()
        .find(|fork| fork.question.contains("last debrief"))
        .expect("a broken decision is put to the team");
    let check = broken.a.check.as_ref().expect("as it was decided");
    let way = match check.theme.as_str() {
        "fairs" => Way::Stop,
        _ => Way::Keep,
    };
    assert_eq!(check.way, way);
    assert!(broken.b.check.is_none());
    let contested = client(&material(&halden(), 8, Attribution::Confidential));
    let fork = contested
        .forks()
        .find(|fork| fork.question.starts_with("Do we protect "))
        .expect("a contested priority");
    let way = |check: &Option<crate::survey::decision::Check>| check.as_ref().map(|c| c.way);
    assert_eq!(way(&fork.a.check), Some(Way::Keep));
    assert_eq!(way(&fork.b.check), Some(Way::Stop));
}

#[test]
fn a_thousand_random_rounds_in_confidence_tell_nobody_apart() {
    (0..1000_u64).into_par_iter().for_each(|seed| {
        let material = random_round(seed);
        let report = client(&material);
        let html = render("report/client.html", &report);
        for (form, text) in [("data", json(&report)), ("page", html)] {
            if let Some(breach) = breach(&material, &text) {
                panic!("round {seed}, {form}: {breach}");
            }
        }
        assert!(report.forks().count() <= 5, "round {seed}");
        let cells = report
            .sections
            .iter()
            .flat_map(|s| &s.blocks)
            .filter_map(|b| match b {
                Block::Themes { table } => Some(&table.rows),
                _ => None,
            });
        for cell in cells
            .flatten()
            .flat_map(|r| [&r.priority, &r.stop, &r.success, &r.ask])
        {
            assert!(
                cell.on == 0 || (cell.on > 2 && (cell.off == 0 || cell.off > 2)),
                "round {seed}: {cell:?}"
            );
        }
    });
}

#[test]
fn a_breach_of_the_promise_is_found_in_any_form() {
    let material = random_round(3);
    let n = material.coded.responses().len();
    let count = format!("One of {} names it.", super::words::number(n));
    let quote = material.quotes.iter().find(|q| q.quote != Quote::Verbatim);
    let words = &quote.expect("not everybody releases everything").text;
    let wrapped = words.replacen(' ', "\n  ", 2);
    for text in [
        count.as_str(),
        &format!("1 of {n}"),
        &wrapped,
        "said by Name\nof person1",
        "one person",
    ] {
        assert!(breach(&material, text).is_some(), "{text} passes");
    }
    assert_eq!(breach(&material, "One or two of them name it."), None);
}
