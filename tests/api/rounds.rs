//! Rounds: draft, open, closed, published, and what a consultant may do in each.

use chrono::TimeDelta;
use coherence::store::{invitations, outbox, responses};
use coherence::survey::Question;
use coherence::survey::draft::{Closing, Entry, Part};
use coherence::vault::LinkToken;

use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor};

pub const PEOPLE: [(&str, &str); 5] = [
    ("Ada Quill", "ada@halden.example"),
    ("Bo Lund", "bo@halden.example"),
    ("Cleo Marsh", "cleo@halden.example"),
    ("Dario Vega", "dario@halden.example"),
    ("Elin Sund", "elin@halden.example"),
];

/// A server, its first consultant, and a team.
pub struct Prepared {
    pub app: TestApp,
    pub noa: Visitor,
    pub organisation: String,
    pub team: String,
}

impl Prepared {
    pub async fn with(backend: Backend, people: &[(&str, &str)]) -> Self {
        Self::on(TestApp::start(backend).await, people).await
    }

    pub async fn on(app: TestApp, people: &[(&str, &str)]) -> Self {
        let noa = Visitor::set_up(&app.address(), &app.set_up_path()).await;
        let organisation = noa.organisation("Halden Instruments").await;
        let team = noa.team(&organisation, "Executive team").await;
        for (name, email) in people {
            noa.executive(&team, name, email).await;
        }
        Self {
            app,
            noa,
            organisation,
            team,
        }
    }

    /// A draft with usual settings, changed where `with` says; its address.
    pub async fn draft(&self, with: &[(&str, &str)]) -> String {
        let path = self.save(with).await.leads_to("/rounds/");
        path.split('?').next().expect("a path").to_owned()
    }

    pub async fn save(&self, with: &[(&str, &str)]) -> Answer {
        let mut plan = vec![
            ("label", "2026-Q4"),
            ("attribution", "confidential"),
            ("retention_months", "12"),
            ("language", "en"),
            ("time_zone", "Europe/London"),
            ("closes_at", "2026-12-04T18:00"),
            ("message", "Before we plan the year."),
        ];
        for (name, value) in with {
            plan.retain(|(field, _)| field != name);
            plan.push((name, value));
        }
        self.noa
            .post(&format!("{}/rounds/new", self.team), &plan)
            .await
    }

    /// A round that has opened, its letters sent; its address.
    pub async fn open(&self, with: &[(&str, &str)]) -> String {
        let round = self.draft(with).await;
        self.noa
            .post(&format!("{round}/open"), &[])
            .await
            .leads_to(&round);
        self.app.deliver().await;
        round
    }

    /// Answers for the executive of that address: three priorities and a trade-off.
    pub async fn answer(&self, email: &str, priorities: [&str; 3]) {
        self.answer_quoting(email, priorities, "verbatim").await;
    }

    /// The same with another consent to being quoted.
    pub async fn answer_quoting(&self, email: &str, priorities: [&str; 3], quote: &str) {
        let (db, tools) = (self.app.db(), &self.app.state().tools);
        let path = self.app.private_path(email);
        let token = LinkToken::parse(path.trim_start_matches("/r/")).expect("a token");
        let proven = invitations::prove(db, tools, &token, self.app.now())
            .await
            .expect("a genuine link");
        let invitations::Proven::Open(open) = proven else {
            panic!("the round takes answers");
        };
        let entry = |text: &str| Entry {
            text: text.to_owned(),
            ..Entry::default()
        };
        let part = |entries| Part {
            version: 0,
            entries,
            unknown: false,
        };
        let trade = Entry {
            over: "new features".to_owned(),
            ..entry("stability")
        };
        for (question, part) in [
            (Question::Priorities, part(priorities.map(entry).to_vec())),
            (Question::TradeOffs, part(vec![trade])),
        ] {
            responses::save_part(db, tools, &open, question, part, self.app.now())
                .await
                .expect("saved");
        }
        let closing = Closing {
            version: 0,
            perceived: "2".to_owned(),
            quote: quote.to_owned(),
        };
        responses::save_closing(db, tools, &open, closing, self.app.now())
            .await
            .expect("saved");
        responses::submit(db, tools, &open, self.app.now())
            .await
            .expect("the database answers")
            .expect("complete");
        self.app.deliver().await;
    }

    /// A round that has closed after all five answered.
    pub async fn closed(&self, with: &[(&str, &str)]) -> String {
        let round = self.open(with).await;
        for (nth, (_, email)) in PEOPLE.iter().enumerate() {
            self.answer(email, SAID[nth]).await;
        }
        self.noa
            .post(&format!("{round}/close"), &[])
            .await
            .leads_to(&round);
        round
    }
}

pub const SAID: [[&str; 3]; 5] = [
    [
        "Fix platform reliability",
        "Enter Sweden and Norway",
        "Gross margin to 62 %",
    ],
    [
        "Platform reliability first",
        "Margin on existing accounts",
        "Hire two engineers",
    ],
    [
        "Ship the analytics module",
        "Reliability of the platform",
        "Fewer meetings",
    ],
    [
        "Nordics: Sweden and Norway go live",
        "Win back Brackwater",
        "Analytics module",
    ],
    [
        "Platform reliability",
        "Relaunch the brand",
        "Sweden and Norway",
    ],
];

on_both_databases! {
    async fn every_mistake_in_the_settings_is_named_and_what_was_typed_is_kept(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let wrong = [
            ("label", ""),
            ("attribution", "public"),
            ("retention_months", "61"),
            ("language", "xx"),
            ("closes_at", "2026-11-19T18:00"),
            ("message", "Keep <these> words"),
        ];
        let again = prepared.save(&wrong).await;
        again
            .is(422)
            .says("Name of the round must not be empty.")
            .says("Who sees who wrote what is not one of the choices offered.")
            .says("Delete the answers after must be a whole number from 1 to 60.")
            .says("Language is not one of the choices offered.")
            .says("Closing time must lie in the future.")
            .says("Keep &lt;these&gt; words")
            .says(r##"<a href="#closes_at">"##);
        assert_eq!(again.field("closes_at"), "2026-11-19T18:00");
        assert_eq!(again.field("retention_months"), "61");
        prepared.save(&[("time_zone", "Mars/Olympus")]).await.is(422).says("Time zone is not one of the choices offered.");
        prepared.save(&[("message", &"x".repeat(1001))]).await.is(422).says("Your own words may have at most 1000 characters");
    }

    async fn a_first_round_is_proposed_with_settings_that_can_be_saved_as_they_are(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let page = prepared.noa.get(&format!("{}/rounds/new", prepared.team)).await;
        assert_eq!(page.field("label"), "2026-Q4");
        assert_eq!(page.field("closes_at"), "2026-12-04T18:00");
        page.is(200).says("Noa Berg reads all statements without names").says("The report gives your answers with your name");
    }

    async fn a_team_uses_a_label_once(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        prepared.draft(&[]).await;
        prepared.save(&[]).await.is(422).says("Name of the round is there already.");
        let other = prepared.draft(&[("label", "2027-Q1")]).await;
        let settings = [
            ("label", "2026-Q4"), ("attribution", "named"), ("retention_months", "6"), ("language", "de"),
            ("time_zone", "Europe/Berlin"), ("closes_at", "2026-12-11T17:00"), ("message", ""),
        ];
        prepared.noa.post(&format!("{other}/edit"), &settings).await.is(422).says("Name of the round is there already.");
        let mut settings = settings;
        settings[0].1 = "Winter";
        prepared.noa.post(&format!("{other}/edit"), &settings).await.leads_to(&other);
        prepared.noa.get(&other).await.says("Winter").says("Friday 11 December 2026, 17:00, Berlin time").says("Six months after closing");
    }

    async fn a_round_without_an_executive_cannot_open(backend: Backend) {
        let prepared = Prepared::with(backend, &[]).await;
        let round = prepared.draft(&[]).await;
        prepared.noa.get(&round).await.is(200).says("The team has no executives yet");
        prepared.noa.post(&format!("{round}/open"), &[]).await.is(422).says("The team has no executive to ask.");
        prepared.noa.get(&round).await.says("A draft: nothing has been sent.");
        assert_eq!(prepared.app.deliver().await, 0);
    }

    async fn a_round_cannot_open_after_its_closing_time(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.draft(&[("closes_at", "2026-11-20T18:00")]).await;
        prepared.app.clock.advance(TimeDelta::hours(7));
        prepared.noa.get(&round).await.is(200).says("The closing time has passed.");
        prepared.noa.post(&format!("{round}/open"), &[]).await.is(422).says("The closing date lies in the past.");
        assert_eq!(prepared.app.deliver().await, 0);
    }

    async fn a_team_below_four_is_warned_and_can_be_asked(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE[..3]).await;
        let round = prepared.draft(&[]).await;
        prepared.noa.get(&round).await.says("there is no report below four answers").says("Send 3 invitations");
        prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        assert_eq!(prepared.app.deliver().await, 3);
    }

    async fn the_letter_is_shown_as_it_is_sent_but_for_the_private_link(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.draft(&[]).await;
        let preview = prepared.noa.get(&round).await.link(&format!("{round}/letter?executive="));
        let page = prepared.noa.get(&preview).await;
        page.is(200)
            .says("Five questions, ten minutes, by Friday 4 December")
            .says("Before we plan the year.")
            .says("ada@halden.example")
            .says("<iframe")
            .says(" sandbox ");
        prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        prepared.app.deliver().await;
        let private = prepared.app.private_path("ada@halden.example");
        let after = prepared.noa.get(&preview).await;
        after.is(200).does_not_say(&private);
        let letter = prepared.app.letters().into_iter().find(|l| l.to.address.as_str() == "ada@halden.example");
        let sent = letter.expect("Ada got a letter").text;
        let first = sent.lines().find(|line| line.contains("five questions")).expect("the letter says what it wants");
        page.says(first);
        prepared.noa.get(&format!("{round}/letter?executive=nobody")).await.is(404);
        prepared.noa.get(&format!("{round}/letter")).await.is(404);
    }

    async fn a_round_opens_once_and_its_settings_stay_as_promised(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.draft(&[]).await;
        let done = prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        prepared.noa.get(&done).await.is(200).says("Five letters are on the way.").says("nobody of five has answered yet");
        assert_eq!(prepared.app.deliver().await, PEOPLE.len());
        prepared.noa.post(&format!("{round}/open"), &[]).await.is(409).says("never reopened");
        prepared.noa.get(&format!("{round}/edit")).await.is(409).says("stay as they are");
        let settings = [
            ("label", "Other"), ("attribution", "named"), ("retention_months", "6"), ("language", "en"),
            ("time_zone", "Europe/London"), ("closes_at", "2026-12-11T17:00"), ("message", ""),
        ];
        prepared.noa.post(&format!("{round}/edit"), &settings).await.is(409);
        prepared.noa.post(&format!("{round}/delete"), &[]).await.is(409).says("Only a draft can be deleted.");
        prepared.noa.get(&round).await.says("Noa Berg reads all statements without names");
    }

    async fn only_those_who_have_neither_answered_nor_declined_are_reminded(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        prepared.answer(PEOPLE[0].1, SAID[0]).await;
        let executive = Visitor::at(&prepared.app.address());
        executive.post(&format!("{}/decline", prepared.app.private_path(PEOPLE[1].1)), &[]).await;
        prepared.noa.get(&round).await.says("Declined").says("Remind 3 who have not answered");
        let before = prepared.app.letters().len();
        let done = prepared.noa.post(&format!("{round}/remind"), &[]).await.leads_to(&round);
        prepared.noa.get(&done).await.says("Three reminders are on the way.").says("Reminded once");
        assert_eq!(prepared.app.deliver().await, 3);
        let mut reminded: Vec<String> =
            prepared.app.letters()[before..].iter().map(|letter| letter.to.address.as_str().to_owned()).collect();
        reminded.sort();
        assert_eq!(reminded, PEOPLE[2..].iter().map(|(_, email)| (*email).to_owned()).collect::<Vec<_>>());
        let again = prepared.noa.post(&format!("{round}/remind"), &[]).await.leads_to(&round);
        prepared.noa.get(&again).await.says("had today’s reminder already");
        assert_eq!(prepared.app.deliver().await, 0);
    }

    async fn a_letter_that_came_back_shows_the_servers_words_and_can_be_sent_again(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE[..1]).await;
        let round = prepared.draft(&[]).await;
        prepared.noa.post(&format!("{round}/open"), &[]).await.leads_to(&round);
        let (db, tools, now) = (prepared.app.db(), &prepared.app.state().tools, prepared.app.now());
        let letter = outbox::lease(db, now, TimeDelta::minutes(1)).await.expect("the outbox answers").expect("a letter");
        let words = "550 5.1.1 <ada@halden.example> mailbox unknown".to_owned();
        outbox::settle(db, tools, letter.id, outbox::Next::Dead { words }, now).await.expect("settled");
        let page = prepared.noa.get(&round).await;
        page.says("The letter came back").says("550 5.1.1 &lt;ada@halden.example&gt; mailbox unknown").says("Correct the address");
        prepared.app.clock.advance(TimeDelta::minutes(1));
        let invitation = page.field("invitation");
        prepared.noa.post(&format!("{round}/resend"), &[("invitation", &invitation)]).await.leads_to(&round);
        prepared.noa.get(&round).await.says("The letter waits to be sent").does_not_say("550 5.1.1");
        assert_eq!(prepared.app.deliver().await, 1);
        prepared.noa.get(&round).await.says("Letter sent");
        prepared.noa.post(&format!("{round}/resend"), &[("invitation", "x")]).await.is(400);
    }

    async fn a_withdrawn_link_opens_nothing_and_gets_no_reminder(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE[..1]).await;
        let round = prepared.open(&[]).await;
        let private = prepared.app.private_path(PEOPLE[0].1);
        let executive = Visitor::at(&prepared.app.address());
        executive.get(&private).await.is(200);
        let invitation = prepared.noa.get(&round).await.field("invitation");
        let done = prepared.noa.post(&format!("{round}/revoke"), &[("invitation", &invitation)]).await.leads_to(&round);
        prepared.noa.get(&done).await.says("Link withdrawn").does_not_say("Remind ");
        executive.get(&private).await.is(404);
        prepared.noa.post(&format!("{round}/remind"), &[]).await.leads_to(&round);
        assert_eq!(prepared.app.deliver().await, 0);
    }

    async fn an_open_round_can_be_given_more_time_and_never_less(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        let extend = format!("{round}/extend");
        for (typed, rule) in [
            ("", "The new closing time must not be empty."),
            ("soon", "The new closing time is not a date and time"),
            ("2026-11-19T18:00", "The new closing time must lie in the future."),
            ("2026-12-01T18:00", "The new closing time must be later than the one there is."),
        ] {
            let again = prepared.noa.post(&extend, &[("closes_at", typed)]).await;
            again.is(422).says(rule);
            assert_eq!(again.field("closes_at"), typed);
        }
        prepared.noa.post(&extend, &[("closes_at", "2026-12-11T18:00")]).await.leads_to(&round);
        prepared.noa.get(&round).await.says("Open until Friday 11 December 2026, 18:00, London time.");
        let executive = Visitor::at(&prepared.app.address());
        executive.get(&prepared.app.private_path(PEOPLE[0].1)).await.says("11 December 2026");
    }

    async fn a_closed_round_takes_no_answer_and_is_not_reopened(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        let private = prepared.app.private_path(PEOPLE[4].1);
        for nth in 0..4 {
            prepared.answer(PEOPLE[nth].1, SAID[nth]).await;
        }
        prepared.noa.get(&round).await.says("One person has not started and can’t any more.");
        let done = prepared.noa.post(&format!("{round}/close"), &[]).await.leads_to(&round);
        prepared.noa.get(&done).await.says("The round is closed.").says("sort 20 of 20 statements").says("Only four have answered");
        Visitor::at(&prepared.app.address()).get(&private).await.is(404);
        for deed in ["open", "close", "remind"] {
            prepared.noa.post(&format!("{round}/{deed}"), &[]).await.is(409);
        }
        prepared.noa.post(&format!("{round}/extend"), &[("closes_at", "2026-12-11T18:00")]).await.is(409);
        prepared.noa.get(&round).await.does_not_say("Reopen").does_not_say("Open the round");
    }

    async fn there_is_no_report_below_four_answers(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        for nth in 0..3 {
            prepared.answer(PEOPLE[nth].1, SAID[nth]).await;
        }
        prepared.noa.get(&format!("{round}/report")).await.is(409);
        prepared.noa.post(&format!("{round}/close"), &[]).await.leads_to(&round);
        prepared.noa.get(&round).await.says("There is no report below four answers").does_not_say("Index");
        for page in ["report", "report/client", "score.json"] {
            prepared.noa.get(&format!("{round}/{page}")).await.is(409).says("no report below four");
        }
        prepared.noa.post(&format!("{round}/publish"), &[]).await.is(409);
        prepared.noa.get(&format!("{round}/themes/priorities")).await.is(200).says("no index below four answers");
    }

    async fn a_report_is_read_published_and_shared_by_a_link_that_can_be_withdrawn(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        prepared.noa.get(&format!("{round}/report")).await.is(200).says("For you alone");
        prepared.noa.get(&format!("{round}/report/client")).await.is(200).says("Preview: not published");
        let score = prepared.noa.get(&format!("{round}/score.json")).await;
        let score: serde_json::Value = serde_json::from_str(&score.is(200).body).expect("JSON");
        assert_eq!(score["format"], "coherence-score/1");
        assert_eq!(score["responded"], 5);
        prepared.noa.post(&format!("{round}/share"), &[]).await.is(409);
        prepared.noa.post(&format!("{round}/publish"), &[]).await.leads_to(&round);
        prepared.noa.post(&format!("{round}/publish"), &[]).await.is(409).says("stays as it is");
        prepared.noa.get(&format!("{round}/report/client")).await.is(200).says("as published");
        prepared.noa.post(&format!("{round}/share"), &[]).await.leads_to(&round);
        let page = prepared.noa.get(&round).await;
        let link = page.link(&format!("{}/s/", prepared.app.address())).replace(&prepared.app.address(), "");
        let sponsor = Visitor::at(&prepared.app.address());
        sponsor.get(&link).await.is(200);
        prepared.noa.post(&format!("{round}/unshare"), &[("share", &page.field("share"))]).await.leads_to(&round);
        sponsor.get(&link).await.is(404);
    }

    async fn the_next_round_keeps_settings_and_shows_who_came_and_went(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[("attribution", "consultant"), ("retention_months", "9")]).await;
        let ada = prepared.noa.get(&prepared.team).await.link("/executives/");
        prepared.noa.post(&format!("{ada}/leave"), &[]).await.leads_to("/");
        prepared.noa.executive(&prepared.team, "Femi Okoro", "femi@halden.example").await;
        prepared.noa.get(&round).await.says("New since 2026-Q4: Femi Okoro.").says("Gone since: Ada Quill.");
        let next = prepared.noa.post(&format!("{round}/next"), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        prepared
            .noa
            .get(&next)
            .await
            .says("2027-Q1: five people will be asked")
            .says("With names for you, without in the report")
            .says("Nine months after closing")
            .says("new since the last round")
            .says("no longer in the team: Ada Quill");
        let again = prepared.noa.post(&format!("{round}/next"), &[]).await.leads_to("/rounds/");
        assert_eq!(again, next);
        prepared.noa.post(&format!("{next}/next"), &[]).await.is(409);
        prepared.noa.post(&format!("{next}/delete"), &[]).await.leads_to(&prepared.team);
        prepared.noa.get(&next).await.is(404);
    }

    async fn another_consultants_round_does_not_exist(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        let elsewhere = prepared.noa.organisation("Brackwater Health").await;
        let colleague = prepared.noa.colleague(&elsewhere, "Kim Roe", "kim@example.com").await;
        for page in ["", "/edit", "/report", "/report/client", "/score.json", "/themes/priorities", "/themes/history"] {
            colleague.get(&format!("{round}{page}")).await.is(404);
        }
        for deed in ["open", "remind", "close", "publish", "share", "next", "delete", "themes/priorities/confirm"] {
            colleague.post(&format!("{round}/{deed}"), &[]).await.is(404);
        }
        assert!(prepared.organisation.starts_with("/organisations/"));
        let guest = Visitor::at(&prepared.app.address());
        guest.get(&round).await.leads_to("/sign-in");
        guest.post(&format!("{round}/next"), &[]).await.is(401);
    }
}
