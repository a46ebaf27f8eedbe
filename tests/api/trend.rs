//! All rounds of a team on one page, and the teams of an organisation beside each other.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use coherence::store::{invitations, responses};
use coherence::survey::Question;
use coherence::survey::draft::{Closing, Entry, Part};
use coherence::vault::LinkToken;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor, first_consultant};

/// Keys of the statements on a page of the board, each once.
fn codings(page: &Answer) -> Vec<String> {
    let mut keys: Vec<String> = page
        .body
        .split("data-coding=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Puts all priorities of a closed round into a theme of that name.
async fn sort(prepared: &Prepared, round: &str, name: &str) {
    let path = format!("{round}/themes/priorities");
    let page = prepared.noa.get(&path).await;
    let version = page.field("version");
    let codings = codings(&page);
    assert_eq!(codings.len(), 15);
    let mut fields = vec![("version", version.as_str()), ("name", name)];
    fields.extend(codings.iter().map(|coding| ("coding", coding.as_str())));
    prepared
        .noa
        .post(&format!("{path}/new"), &fields)
        .await
        .leads_to(round);
}

/// Merges one theme into another, from the board of a closed round.
async fn merge(prepared: &Prepared, round: &str, from: &str, into: &str) {
    let path = format!("{round}/themes/priorities");
    let page = prepared.noa.get(&path).await;
    let (version, from, into) = (
        page.field("version"),
        theme(&page, from),
        theme(&page, into),
    );
    let fields = [
        ("version", version.as_str()),
        ("theme", from.as_str()),
        ("into", into.as_str()),
    ];
    prepared
        .noa
        .post(&format!("{path}/merge"), &fields)
        .await
        .leads_to(round);
}

/// The key of a theme by its name, from a page of the board that offers it to merge into.
#[track_caller]
fn theme(page: &Answer, name: &str) -> String {
    let end = page.body.find(&format!("\">{name}</option>"));
    let end = end.unwrap_or_else(|| panic!("no theme {name} in {}", page.body));
    page.body[..end]
        .rsplit('"')
        .next()
        .expect("a key")
        .to_owned()
}

async fn publish(prepared: &Prepared, round: &str) {
    prepared
        .noa
        .post(&format!("{round}/publish"), &[])
        .await
        .leads_to(round);
}

/// A closed round of all five; the clock goes on before it, so that rounds follow each other.
async fn closed(prepared: &Prepared, label: &str) -> String {
    prepared.app.clock.advance(TimeDelta::minutes(5));
    prepared.closed(&[("label", label)]).await
}

async fn trend(prepared: &Prepared) -> Answer {
    let page = prepared.noa.get(&format!("{}/trend", prepared.team)).await;
    page.is(200);
    page
}

async fn sign_in_again(prepared: &Prepared) {
    let [_, email, password, _] = first_consultant();
    prepared
        .noa
        .post("/sign-in", &[email, password])
        .await
        .leads_to("/");
}

const THINGS: [&str; 12] = [
    "Platform reliability",
    "The Nordic launch",
    "Gross margin",
    "Hiring engineers",
    "The analytics module",
    "Customer retention",
    "The rebrand",
    "Internal tools",
    "Custom deals",
    "On-site calibration",
    "Supply of sensors",
    "The service desk",
];

/// Answers all five questions at their usual length; who and when decide which of the things.
async fn answer_in_full(prepared: &Prepared, email: &str, start: usize) {
    let (db, tools, now) = (
        prepared.app.db(),
        &prepared.app.state().tools,
        prepared.app.now(),
    );
    let path = prepared.app.private_path(email);
    let token = LinkToken::parse(path.trim_start_matches("/r/")).expect("a token");
    let proven = invitations::prove(db, tools, &token, now)
        .await
        .expect("a genuine link");
    let invitations::Proven::Open(open) = proven else {
        panic!("the round takes answers");
    };
    for (nth, (question, many)) in Question::ALL.into_iter().zip([5, 2, 3, 3, 2]).enumerate() {
        let thing =
            |i: usize| THINGS[(start + nth + i * (1 + start % 3)) % THINGS.len()].to_owned();
        let entries = (0..many)
            .map(|i| Entry {
                text: thing(i),
                over: if question == Question::TradeOffs {
                    thing(i + 1)
                } else {
                    String::new()
                },
                function: if question == Question::Asks {
                    "other".into()
                } else {
                    String::new()
                },
                other: if question == Question::Asks {
                    "Sales".into()
                } else {
                    String::new()
                },
                ..Entry::default()
            })
            .collect();
        let part = Part {
            version: 0,
            entries,
            unknown: false,
        };
        responses::save_part(db, tools, &open, question, part, now)
            .await
            .expect("saved");
    }
    let closing = Closing {
        version: 0,
        perceived: "2".to_owned(),
        quote: "paraphrase".to_owned(),
    };
    responses::save_closing(db, tools, &open, closing, now)
        .await
        .expect("saved");
    responses::submit(db, tools, &open, now)
        .await
        .expect("the database answers")
        .expect("complete");
}

/// A team of eight with eight rounds, seven of them published: the page's time as published, and once a merge makes every
/// round be computed anew. `cargo test --release --test api -- --ignored eight_rounds --nocapture` prints it.
#[tokio::test]
#[ignore = "a measurement, of use in a release build on a quiet machine"]
async fn eight_rounds_of_eight_people_are_there_in_time() {
    let people: Vec<(String, String)> = (0..8)
        .map(|i| (format!("Person {i}"), format!("person{i}@halden.example")))
        .collect();
    let people: Vec<(&str, &str)> = people
        .iter()
        .map(|(name, email)| (name.as_str(), email.as_str()))
        .collect();
    let prepared = Prepared::with(Backend::Sqlite, &people).await;
    let mut last = String::new();
    for number in 0..8 {
        prepared.app.clock.advance(TimeDelta::minutes(5));
        let label = format!("{}-Q{}", 2027 + number / 4, 1 + number % 4);
        last = prepared.open(&[("label", &label)]).await;
        for (nth, (_, email)) in people.iter().enumerate() {
            answer_in_full(&prepared, email, nth / 2 + number).await;
        }
        prepared.app.deliver().await;
        prepared
            .noa
            .post(&format!("{last}/close"), &[])
            .await
            .leads_to(&last);
        if number < 7 {
            publish(&prepared, &last).await;
        }
    }
    let timed = async |what: &str| {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            trend(&prepared).await;
            best = best.min(start.elapsed());
        }
        println!("{what}: {} ms, the best of five", best.as_millis());
        best
    };
    let as_published = timed("seven rounds as published, one preliminary").await;
    merge(&prepared, &last, "Gross margin", "Platform reliability").await;
    trend(&prepared).await.says("Computed anew");
    timed("the rounds that held a merged theme computed anew").await;
    assert!(as_published < Duration::from_millis(300) || cfg!(debug_assertions));
}

on_both_databases! {
    async fn without_two_rounds_the_page_says_what_is_missing(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        trend(&prepared).await.says("No round counts yet.").says("the answers of at least four");
        prepared.noa.get(&prepared.team).await.does_not_say("/trend");
        let few = prepared.open(&[("label", "2026-Q2")]).await;
        for (nth, (_, email)) in PEOPLE[..3].iter().enumerate() {
            prepared.answer(email, SAID[nth]).await;
        }
        prepared.noa.post(&format!("{few}/close"), &[]).await.leads_to(&few);
        trend(&prepared).await.says("No round counts yet.").says("Not on the line: fewer than four answered.").says("three of five answered.");
        let round = closed(&prepared, "2026-Q3").await;
        trend(&prepared).await.says("One round counts so far.").says("Preliminary: ");
        prepared.noa.get(&round).await.does_not_say("/trend");
        // A draft and an open round are not there at all.
        prepared.open(&[("label", "2026-Q4")]).await;
        prepared.draft(&[("label", "2027-Q1")]).await;
        trend(&prepared).await.does_not_say("2026-Q4").does_not_say("2027-Q1");
    }

    async fn two_rounds_make_a_line_and_lead_to_it(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let first = closed(&prepared, "2026-Q3").await;
        publish(&prepared, &first).await;
        let second = closed(&prepared, "2026-Q4").await;
        trend(&prepared)
            .await
            .says("Over the last two quarters the team is about where it was")
            .says("The same five people answered every time.")
            .says("From the third quarter of 2026 to the fourth quarter of 2026")
            .says("The same five people were asked. Five people answered both times.")
            .says("The index of each round in figures")
            .says("As published.")
            .says("Preliminary: ");
        for page in [&prepared.team, &first, &second] {
            prepared.noa.get(page).await.link(&format!("{}/trend", prepared.team));
        }
    }

    async fn another_consultants_trend_does_not_exist(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let elsewhere = prepared.noa.organisation("Brackwater Health").await;
        let colleague = prepared.noa.colleague(&elsewhere, "Kim Roe", "kim@example.com").await;
        for page in [format!("{}/trend", prepared.team), format!("{}/teams", prepared.organisation)] {
            colleague.get(&page).await.is(404);
            Visitor::at(&prepared.app.address()).get(&page).await.leads_to("/sign-in");
        }
    }

    async fn who_came_later_sees_only_the_rounds_since(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let first = closed(&prepared, "2026-Q3").await;
        publish(&prepared, &first).await;
        prepared.app.clock.advance(TimeDelta::minutes(5));
        let kim = prepared.noa.colleague(&prepared.organisation, "Kim Roe", "kim@example.com").await;
        let second = closed(&prepared, "2026-Q4").await;
        publish(&prepared, &second).await;
        kim.get(&format!("{}/trend", prepared.team))
            .await
            .is(200)
            .says("One round counts so far.")
            .says("Not on the line: you were given access after it had opened.");
        trend(&prepared).await.does_not_say("Not on the line");
    }

    async fn who_codes_a_round_blind_does_not_see_it_nor_the_one_after(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let kim = prepared.noa.colleague(&prepared.organisation, "Kim Roe", "kim@example.com").await;
        for label in ["2026-Q1", "2026-Q2"] {
            let round = closed(&prepared, label).await;
            publish(&prepared, &round).await;
        }
        let third = closed(&prepared, "2026-Q3").await;
        let fourth = closed(&prepared, "2026-Q4").await;
        publish(&prepared, &fourth).await;
        kim.post(&format!("{third}/coders/start"), &[]).await.leads_to(&third);
        let page = kim.get(&format!("{}/trend", prepared.team)).await;
        page.is(200).says("From the first quarter of 2026 to the second quarter of 2026").does_not_say("to the fourth quarter");
        assert_eq!(page.body.matches("Not on the line: you are coding it").count(), 2);
        trend(&prepared).await.says("to the fourth quarter of 2026");
    }

    async fn themes_merged_after_a_report_do_not_look_like_a_change(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let first = closed(&prepared, "2026-Q2").await;
        sort(&prepared, &first, "Steady operations").await;
        publish(&prepared, &first).await;
        let second = closed(&prepared, "2026-Q3").await;
        sort(&prepared, &second, "Keeping it running").await;
        publish(&prepared, &second).await;
        trend(&prepared).await.says("New: Keeping it running.").says("Dropped: Steady operations.").does_not_say("counts as");
        // From the board of a later round: what was published stays as it was.
        let third = closed(&prepared, "2026-Q4").await;
        sort(&prepared, &third, "Keeping it running 2").await;
        merge(&prepared, &third, "Steady operations", "Keeping it running").await;
        trend(&prepared)
            .await
            .does_not_say("Dropped: Steady operations")
            .says("Kept: Keeping it running.")
            .says("“Steady operations” counts as “Keeping it running”.")
            .says("Computed anew: themes were merged since.");
        // The same once the answers of both have been deleted.
        prepared.app.clock.advance(TimeDelta::days(31 * 13));
        sign_in_again(&prepared).await;
        assert_eq!(prepared.app.janitor.step().await.expect("cleans"), 3);
        trend(&prepared)
            .await
            .says("From the second quarter of 2026 to the third quarter of 2026")
            .says("Kept: Keeping it running.")
            .says("Not on the line: its answers went before a report was published.");
    }

    async fn teams_stand_beside_each_other_by_name_with_what_their_reports_say(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let beside = format!("{}/teams", prepared.organisation);
        prepared.noa.get(&prepared.organisation).await.does_not_say("side by side");
        prepared.noa.team(&prepared.organisation, "Adriatic region").await;
        prepared.noa.get(&prepared.organisation).await.link(&beside);
        let round = closed(&prepared, "2026-Q4").await;
        prepared.noa.get(&beside).await.is(200).says("Preliminary: the report is not published yet.");
        publish(&prepared, &round).await;
        let page = prepared.noa.get(&beside).await;
        page.is(200)
            .says("All five answered in the fourth quarter of 2026.")
            .says("No round counts yet: it takes one that has closed")
            .says("This is no ranking")
            .says("<dt>Split</dt>")
            .link(&format!("{}/trend", prepared.team));
        let (a, b) = (page.body.find("Adriatic region"), page.body.find("All five answered"));
        assert!(a < b, "by name");
    }
}
