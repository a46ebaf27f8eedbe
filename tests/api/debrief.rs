//! The debrief: decisions recorded, handed out, reminded of, and read back at the next round.

use coherence::store::outbox;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor, first_consultant};

/// A published round of five people; its address.
async fn published(backend: Backend) -> (Prepared, String) {
    let prepared = Prepared::with(backend, &PEOPLE).await;
    let round = prepared.closed(&[]).await;
    prepared
        .noa
        .post(&format!("{round}/publish"), &[])
        .await
        .leads_to(&round);
    (prepared, round)
}

/// The value of the option with that name.
fn option(page: &Answer, name: &str) -> String {
    let at = page
        .body
        .find(&format!(">{name}</option>"))
        .unwrap_or_else(|| panic!("no option “{name}” in {}", page.body));
    let from = page.body[..at].rfind("value=\"").expect("a value") + 7;
    page.body[from..]
        .split('"')
        .next()
        .expect("a value")
        .to_owned()
}

/// Moves the clock; sessions end meanwhile.
async fn later(prepared: &Prepared, at: &str) {
    prepared.app.clock.set(at.parse().expect("a time"));
    let [_, email, password, _] = first_consultant();
    prepared
        .noa
        .post("/sign-in", &[email, password])
        .await
        .leads_to("/");
}

/// The hidden field of the last form on the page: that of a new decision of the team's own.
fn new_key(page: &Answer) -> String {
    let at = page.body.rfind("name=\"decision\"").expect("a form");
    page.body[at..]
        .split('"')
        .nth(3)
        .expect("a value")
        .to_owned()
}

/// The key of the recorded decision with those words.
fn recorded_key(page: &Answer, words: &str) -> String {
    let from = page.body.find(words).expect("recorded");
    let at = page.body[from..].find("name=\"decision\"").expect("a form");
    page.body[from + at..]
        .split('"')
        .nth(3)
        .expect("a value")
        .to_owned()
}

struct Own<'a> {
    key: &'a str,
    version: &'a str,
    words: &'a str,
    owner: &'a str,
    more: &'a [(&'a str, &'a str)],
}

async fn save(prepared: &Prepared, round: &str, own: Own<'_>) -> Answer {
    let mut fields = vec![
        ("decision", own.key),
        ("version", own.version),
        ("fork", ""),
        ("words", own.words),
        ("owner", own.owner),
        ("theme", "none"),
    ];
    for (name, value) in own.more {
        fields.retain(|(there, _)| there != name);
        fields.push((name, value));
    }
    prepared
        .noa
        .post(&format!("{round}/debrief"), &fields)
        .await
}

on_both_databases! {
    async fn a_debrief_waits_for_the_report(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        page.is(200).says("publish it first");
        let key = "3f0e3a52-7d4c-4a57-9a6f-0d6a6f1f5f10";
        let own = Own { key, version: "0", words: "Reliability first", owner: "other", more: &[("owner_name", "Ada")] };
        save(&prepared, &round, own).await.is(409).says("Reliability first");
    }

    async fn a_forks_answer_is_recorded_with_its_words_owner_and_date(backend: Backend) {
        let (prepared, round) = published(backend).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        page.is(200).says("No decision is recorded yet").says("id=\"f1\"");
        prepared.noa.get(&round).await.says("Record what the team decides");
        let bo = option(&page, "Bo Lund");
        let key = page.field("decision");
        let fields = [
            ("decision", key.as_str()), ("version", "0"), ("fork", "1"), ("choice", "a"),
            ("words", "Two engineers on it"), ("owner", &bo), ("due_on", "2026-12-18"), ("stops", "The weekly deck"),
        ];
        let at = prepared.noa.post(&format!("{round}/debrief"), &fields).await.leads_to(&round);
        assert!(at.ends_with("#f1"), "{at}");
        // Sent twice, it is one decision.
        prepared.noa.post(&format!("{round}/debrief"), &fields).await.leads_to(&round);
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        page.says("One decision is recorded").says("Two engineers on it.").says("Friday 18 December 2026").says("The weekly deck");
        let list = prepared.noa.get(&format!("{round}/debrief/list")).await;
        list.is(200).says("Two engineers on it.").says("Bo Lund").says("by Friday 18 December 2026");
        for said in SAID.iter().flatten() {
            list.does_not_say(&format!("“{said}”"));
        }
        let text = prepared.noa.get(&format!("{round}/debrief/list.txt")).await;
        text.is(200).says("Two engineers on it.\n   Bo Lund, by Friday 18 December 2026\n   Stops because of it: The weekly deck\n").does_not_say("<");
        // Somebody else cannot look.
        let stranger = Visitor::at(&prepared.app.address());
        assert_ne!(stranger.get(&format!("{round}/debrief")).await.status, 200);
    }

    async fn nothing_typed_is_lost_on_a_mistake_or_when_somebody_else_was_first(backend: Backend) {
        let (prepared, round) = published(backend).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        let (ada, key) = (option(&page, "Ada Quill"), new_key(&page));
        let wrong = Own { key: &key, version: "0", words: "Reliability <first>", owner: "", more: &[("due_on", "soon"), ("stops", "The rebrand")] };
        save(&prepared, &round, wrong).await.is(422).says("The owner must not be empty.").says("The date is not a date, such as 2026-12-04.")
            .says("Reliability &lt;first&gt;").says("The rebrand").says("href=\"#new-owner\"");
        let own = |words: &'static str, version: &'static str| Own { key: &key, version, words, owner: &ada, more: &[] };
        save(&prepared, &round, own("Reliability first", "0")).await.leads_to(&round);
        save(&prepared, &round, own("Margin first", "1")).await.leads_to(&round);
        save(&prepared, &round, own("Nordics first", "1")).await.is(409)
            .says("while you wrote").says("Margin first.").says("Nordics first").says("name=\"version\" value=\"2\"");
        prepared.noa.get(&format!("{round}/debrief")).await.says("Margin first.").does_not_say("Nordics first");
        let delete = |version: &'static str| [("decision", key.clone()), ("version", version.to_owned()), ("fork", String::new())];
        let fields = |fields: &[(&'static str, String); 3]| fields.iter().map(|(n, v)| (*n, v.clone())).collect::<Vec<_>>();
        for (version, status) in [("1", 409), ("2", 303), ("2", 303)] {
            let fields = fields(&delete(version));
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            prepared.noa.post(&format!("{round}/debrief/delete"), &fields).await.is(status);
        }
        save(&prepared, &round, own("Back again", "2")).await.is(409).says("Somebody has deleted this decision").says("Back again");
    }

    async fn an_owner_is_reminded_on_the_day_unless_the_decision_changes(backend: Backend) {
        let (prepared, round) = published(backend).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        let (ada, bo, key) = (option(&page, "Ada Quill"), option(&page, "Bo Lund"), new_key(&page));
        let remind = [("remind", "yes"), ("remind_on", "2026-12-11"), ("due_on", "2026-12-18")];
        let outside = [("remind", "yes"), ("remind_on", "2026-12-11"), ("owner_name", "The board")];
        save(&prepared, &round, Own { key: &key, version: "0", words: "Reliability first", owner: "other", more: &outside })
            .await.is(422).says("The reminder needs an owner from the team");
        save(&prepared, &round, Own { key: &key, version: "0", words: "Reliability first", owner: &ada, more: &remind }).await.leads_to(&round);
        prepared.noa.get(&format!("{round}/debrief")).await.says("goes to the owner on Friday 11 December 2026");
        assert_eq!(prepared.app.deliver().await, 0, "it is not the day yet");
        assert_eq!(outbox::waiting(prepared.app.db()).await.unwrap(), 1);
        // Another owner, back again, and other words: one letter waits, and it has the last words.
        save(&prepared, &round, Own { key: &key, version: "1", words: "Reliability first", owner: &bo, more: &remind }).await.leads_to(&round);
        save(&prepared, &round, Own { key: &key, version: "2", words: "Reliability first", owner: &ada, more: &remind }).await.leads_to(&round);
        save(&prepared, &round, Own { key: &key, version: "3", words: "Reliability before all", owner: &ada, more: &remind }).await.leads_to(&round);
        assert_eq!(outbox::waiting(prepared.app.db()).await.unwrap(), 1);
        let before = prepared.app.letters().len();
        prepared.app.clock.set("2026-12-11T07:59:00Z".parse().unwrap());
        assert_eq!(prepared.app.deliver().await, 0);
        later(&prepared, "2026-12-11T08:00:00Z").await;
        assert_eq!(prepared.app.deliver().await, 1);
        let letter = &prepared.app.letters()[before];
        assert_eq!(letter.to.address.as_str(), PEOPLE[0].1);
        assert_eq!(letter.reply_to.address.as_str(), "noa@example.com");
        assert!(letter.text.contains("Reliability before all.") && letter.text.contains("By Friday 18 December 2026."), "{}", letter.text);
        // What has gone does not go again.
        let changed = Own { key: &key, version: "4", words: "Reliability above all", owner: &ada, more: &remind };
        save(&prepared, &round, changed).await.leads_to(&round);
        assert_eq!(outbox::waiting(prepared.app.db()).await.unwrap(), 0);
        prepared.noa.get(&format!("{round}/debrief")).await.says("sent Friday 11 December 2026, 08:00, London time");
    }

    async fn a_reminder_goes_with_its_decision_and_not_to_somebody_who_has_left(backend: Backend) {
        let (prepared, round) = published(backend).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        let (ada, bo) = (option(&page, "Ada Quill"), option(&page, "Bo Lund"));
        let remind = [("remind", "yes"), ("remind_on", "2026-12-11")];
        let first = new_key(&page);
        save(&prepared, &round, Own { key: &first, version: "0", words: "Reliability first", owner: &ada, more: &remind }).await.leads_to(&round);
        let second = new_key(&prepared.noa.get(&format!("{round}/debrief")).await);
        save(&prepared, &round, Own { key: &second, version: "0", words: "Margin first", owner: &bo, more: &remind }).await.leads_to(&round);
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        assert_eq!(recorded_key(&page, "Reliability first."), first);
        let fields = [("decision", first.as_str()), ("version", "1"), ("fork", "")];
        prepared.noa.post(&format!("{round}/debrief/delete"), &fields).await.leads_to(&round);
        assert_eq!(outbox::waiting(prepared.app.db()).await.unwrap(), 1);
        prepared.noa.post(&format!("/executives/{bo}/leave"), &[]).await.is(303);
        prepared.app.clock.set("2026-12-11T09:00:00Z".parse().unwrap());
        assert_eq!(prepared.app.deliver().await, 0);
        assert_eq!(outbox::waiting(prepared.app.db()).await.unwrap(), 0);
    }

    async fn the_next_round_is_read_against_the_debrief_which_then_stays_as_it_is(backend: Backend) {
        let (prepared, round) = published(backend).await;
        let page = prepared.noa.get(&format!("{round}/debrief")).await;
        let (ada, key, theme) = (option(&page, "Ada Quill"), new_key(&page), option(&page, "new features"));
        let keep = [("theme", theme.as_str()), ("way", "keep")];
        save(&prepared, &round, Own { key: &key, version: "0", words: "New features go on", owner: &ada, more: &keep }).await.leads_to(&round);
        let before = prepared.noa.get(&format!("{round}/report/client")).await.body;
        later(&prepared, "2027-01-20T12:00:00Z").await;
        let next = prepared.noa.post(&format!("{round}/next"), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        prepared.noa.post(&format!("{next}/open"), &[]).await.leads_to(&next);
        prepared.app.deliver().await;
        let late = Own { key: &key, version: "1", words: "Never mind", owner: &ada, more: &[] };
        save(&prepared, &round, late).await.is(409).says("The next round has opened").says("Never mind");
        prepared.noa.get(&format!("{round}/debrief")).await.does_not_say("Change or delete it").says("New features go on.");
        for (nth, (_, email)) in PEOPLE.iter().enumerate() {
            prepared.answer(email, SAID[nth]).await;
        }
        prepared.noa.post(&format!("{next}/close"), &[]).await.leads_to(&next);
        // Everybody gives up new features for stability.
        let report = prepared.noa.get(&format!("{next}/report/client")).await;
        report.is(200).says("New features go on.").says("Broken: all five contradict it.");
        prepared.noa.get(&format!("{next}/score.json")).await.says("broken_decision");
        prepared.noa.post(&format!("{next}/publish"), &[]).await.leads_to(&next);
        prepared.noa.get(&format!("{next}/report/client")).await.says("Broken: all five contradict it.");
        assert_eq!(prepared.noa.get(&format!("{round}/report/client")).await.body, before, "frozen");
    }
}
