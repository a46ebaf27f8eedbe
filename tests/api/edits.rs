//! The client's report in the consultant's words: changed, looked over, published, published again, and counted.

use entity::report_edit;
use sea_orm::EntityTrait;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor, first_consultant};

struct Found {
    key: String,
    seen: String,
}

/// Key and state of the piece with those words on the editing page.
#[track_caller]
fn piece(page: &Answer, words: &str) -> Found {
    let at = page
        .body
        .find(words)
        .unwrap_or_else(|| panic!("“{words}” is not in {}", page.body));
    let from = page.body[..at].rfind("id=\"p-").expect("in a piece") + 6;
    let seen = page.body[at..]
        .find("name=\"seen\" value=\"")
        .expect("a form")
        + at
        + 19;
    let value = |from: usize| {
        page.body[from..]
            .split('"')
            .next()
            .expect("a value")
            .to_owned()
    };
    Found {
        key: value(from),
        seen: value(seen),
    }
}

/// The state of a chapter's commentary.
fn comment_seen(page: &Answer, chapter: &str) -> String {
    let at = page
        .body
        .find(&format!("name=\"chapter\" value=\"{chapter}\""))
        .expect("a form");
    let from = page.body[at..]
        .find("name=\"seen\" value=\"")
        .expect("a state")
        + at
        + 19;
    page.body[from..]
        .split('"')
        .next()
        .expect("a value")
        .to_owned()
}

struct Desk {
    prepared: Prepared,
    round: String,
}

impl Desk {
    async fn closed(backend: Backend) -> Self {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(&[]).await;
        Self { prepared, round }
    }

    fn noa(&self) -> &Visitor {
        &self.prepared.noa
    }

    async fn page(&self) -> Answer {
        let page = self.noa().get(&format!("{}/report/edit", self.round)).await;
        page.is(200);
        page
    }

    async fn act(&self, found: &Found, action: &str, words: &str) -> Answer {
        let fields = [
            ("piece", found.key.as_str()),
            ("seen", &found.seen),
            ("action", action),
            ("words", words),
        ];
        self.noa()
            .post(&format!("{}/report/edit", self.round), &fields)
            .await
    }

    async fn does(&self, words: &str, action: &str, new: &str) {
        let found = piece(&self.page().await, words);
        self.act(&found, action, new).await.leads_to(&self.round);
    }

    async fn comment(&self, chapter: &str, markdown: &str) -> Answer {
        let seen = comment_seen(&self.page().await, chapter);
        let fields = [
            ("chapter", chapter),
            ("seen", &seen),
            ("action", "comment"),
            ("words", markdown),
        ];
        self.noa()
            .post(&format!("{}/report/edit", self.round), &fields)
            .await
    }

    async fn client(&self) -> Answer {
        self.noa()
            .get(&format!("{}/report/client", self.round))
            .await
    }

    /// Publishes what the page before publishing shows.
    async fn publish(&self) {
        let page = self.noa().get(&format!("{}/publish", self.round)).await;
        page.is(200);
        let (edits, coding) = (page.field("edits"), page.field("coding"));
        self.noa()
            .post(
                &format!("{}/publish", self.round),
                &[("edits", &edits), ("coding", &coding)],
            )
            .await
            .leads_to(&self.round);
    }

    async fn revise(&self, reason: &str) -> Answer {
        let page = self.noa().get(&format!("{}/publish", self.round)).await;
        page.is(200);
        let (edits, revision) = (page.field("edits"), page.field("revision"));
        let fields = [
            ("edits", edits.as_str()),
            ("revision", &revision),
            ("reason", reason),
        ];
        self.noa()
            .post(&format!("{}/publish", self.round), &fields)
            .await
    }

    async fn shared(&self) -> (Visitor, String) {
        self.noa()
            .post(&format!("{}/share", self.round), &[])
            .await
            .leads_to(&self.round);
        let base = self.prepared.app.address();
        let link = self
            .noa()
            .get(&self.round)
            .await
            .link(&format!("{base}/s/"));
        (Visitor::at(&base), link.replace(&base, ""))
    }
}

const LIMIT: &str = "Who is right. People who see different things may each see well.";

on_both_databases! {
    async fn a_sentence_is_changed_looked_over_published_and_read_by_the_sponsor(backend: Backend) {
        let desk = Desk::closed(backend).await;
        desk.does(LIMIT, "reword", "  Who is   right: ask each other. ").await;
        let page = desk.page().await;
        page.says("Who is right: ask each other.").says("The program wrote:").says(LIMIT);
        let quote = SAID[0][0];
        desk.does(&format!("“{quote}”"), "out", "").await;
        desk.comment("brief", "Read **this** first.\n\n<script>alert(1)</script>").await.leads_to(&desk.round);
        let preview = desk.client().await;
        preview.is(200).says("Preview: not published").says("Who is right: ask each other.").does_not_say(LIMIT)
            .says("Read <strong>this</strong> first.").says("&lt;script&gt;alert(1)").does_not_say("<script>alert")
            .does_not_say(&format!("“{quote}”"));
        desk.noa().get(&format!("{}/report", desk.round)).await.says("Who is right: ask each other.");
        let before = desk.noa().get(&format!("{}/publish", desk.round)).await;
        before.is(200).says("one sentence in your words, one piece left out, commentary in one place").says("seed ");
        desk.publish().await;
        let (sponsor, link) = desk.shared().await;
        sponsor.get(&link).await.is(200).says("Who is right: ask each other.").does_not_say(LIMIT).does_not_say(&format!("“{quote}”"));
        desk.page().await.says(LIMIT);
    }

    async fn the_originals_come_back_and_what_was_typed_survives_a_mistake(backend: Backend) {
        let desk = Desk::closed(backend).await;
        let untouched = desk.client().await.body;
        let found = piece(&desk.page().await, LIMIT);
        desk.act(&found, "reword", "").await.is(422).says("What you typed must not be empty.");
        let long = "x".repeat(2001);
        desk.act(&found, "reword", &long).await.is(422).says("at most 2000 characters").says(&long);
        desk.comment("method", &"y".repeat(4001)).await.is(422).says("at most 4000 characters").says(&"y".repeat(4001));
        desk.act(&found, "shout", "Words").await.is(400);
        // What stays stays: a limit is never left out.
        desk.act(&found, "out", "").await.leads_to(&desk.round);
        desk.client().await.says(LIMIT);
        desk.act(&found, "reword", "Other words").await.leads_to(&desk.round);
        desk.does("Other words", "restore", "").await;
        desk.comment("agree", "Well done.").await.leads_to(&desk.round);
        desk.client().await.says("Well done.");
        desk.comment("agree", " ").await.leads_to(&desk.round);
        assert_eq!(desk.client().await.body, untouched);
    }

    async fn of_two_tabs_the_later_one_is_told_and_loses_nothing(backend: Backend) {
        let desk = Desk::closed(backend).await;
        let page = desk.page().await;
        let (limit, other) = (piece(&page, LIMIT), piece(&page, "How strongly anybody holds"));
        desk.act(&limit, "reword", "First words.").await.leads_to(&desk.round);
        // Another sentence is no quarrel, nor are the same words twice.
        desk.act(&other, "reword", "Asked what, not how much.").await.leads_to(&desk.round);
        desk.act(&limit, "reword", "First words.").await.leads_to(&desk.round);
        let told = desk.act(&limit, "reword", "Second words.").await;
        told.is(409).says("It now reads: “First words.”").says("Second words.</textarea>");
        desk.client().await.says("First words.").does_not_say("Second words.");
        desk.act(&piece(&told, "First words.</p>"), "reword", "Second words.").await.leads_to(&desk.round);
        desk.client().await.says("Second words.");
        let fields = [("chapter", "agree"), ("seen", "stale"), ("action", "comment"), ("words", "Mine.")];
        desk.comment("agree", "Theirs.").await.leads_to(&desk.round);
        desk.noa().post(&format!("{}/report/edit", desk.round), &fields).await.is(409).says("Theirs.").says("Mine.</textarea>");
        // Whoever publishes publishes what they have read.
        desk.noa().post(&format!("{}/publish", desk.round), &[("edits", "1")]).await.is(409).says("has changed since you opened");
        desk.client().await.says("Preview: not published");
    }

    async fn a_change_whose_sentence_is_gone_is_set_aside_until_it_is_dropped(backend: Backend) {
        let desk = Desk::closed(backend).await;
        let gone = Found { key: "0123456789abcdef".to_owned(), seen: "x".to_owned() };
        desk.act(&gone, "reword", "Nowhere to go.").await.is(409).says("no longer in the report").says("Nowhere to go.</textarea>");
        let page = desk.page().await;
        page.does_not_say("Set aside");
        // The limit counts: once a statement is confirmed it is another sentence.
        desk.does("that nobody has confirmed.</p>", "reword", "Some are still to be sorted.").await;
        desk.client().await.says("Some are still to be sorted.");
        let board = format!("{}/themes/priorities", desk.round);
        let page = desk.noa().get(&board).await;
        let coding = page.body.split("data-coding=\"").nth(1).expect("a card").split('"').next().expect("a key").to_owned();
        let fields = [("version", page.field("version")), ("coding", coding)];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.noa().post(&format!("{board}/confirm"), &fields).await.leads_to(&board);
        desk.client().await.does_not_say("Some are still to be sorted.");
        let page = desk.page().await;
        page.says("Set aside").says("Some are still to be sorted.").says("that nobody has confirmed.");
        desk.noa().get(&format!("{}/publish", desk.round)).await.says("One change of yours fits nothing");
        let at = page.body.find("class=\"asides\"").expect("a list");
        let rest = Answer { body: page.body[at..].to_owned(), ..page };
        let fields = [("piece", rest.field("piece")), ("action", "forget".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        desk.noa().post(&format!("{}/report/edit", desk.round), &fields).await.leads_to(&desk.round);
        desk.page().await.does_not_say("Some are still to be sorted.");
    }

    async fn a_revision_has_a_reason_and_the_earlier_one_stays_readable(backend: Backend) {
        let desk = Desk::closed(backend).await;
        desk.publish().await;
        let (sponsor, link) = desk.shared().await;
        let first = sponsor.get(&link).await.body;
        desk.noa().post(&format!("{}/publish", desk.round), &[]).await.is(409).says("stays as it is");
        desk.revise("Nothing yet").await.is(409).says("Nothing of the report has changed");
        desk.does(LIMIT, "reword", "Who is right: ask.").await;
        assert_eq!(sponsor.get(&link).await.body, first, "changes are nobody's before they are published");
        desk.revise("  ").await.is(422).says("The reason must not be empty.");
        desk.revise("ab").await.is(422).says("needs at least 3 characters");
        desk.revise("A sentence said <too> much").await.leads_to(&desk.round);
        let day = "Friday 20 November 2026: A sentence said &lt;too&gt; much";
        sponsor.get(&link).await.says(&format!("Revision 2, {day}")).says("Who is right: ask.");
        let page = desk.noa().get(&desk.round).await;
        page.says("Revisions").says("Noa Berg").says("A sentence said &lt;too&gt; much");
        desk.noa().get(&format!("{}/report/revision/1", desk.round)).await.is(200).says("Revision 1, published").says(LIMIT).does_not_say("Revision 2");
        desk.noa().get(&format!("{}/report/revision/2", desk.round)).await.is(200).says("Revision 2, published");
        desk.noa().get(&format!("{}/report/revision/3", desk.round)).await.is(404);
        // A form from before the revision is told.
        let fields = [("edits", "1"), ("revision", "1"), ("reason", "Once more")];
        desk.noa().post(&format!("{}/publish", desk.round), &fields).await.is(409);
        sponsor.get(&link).await.says("Revision 2, ");
    }

    async fn decisions_follow_their_question_to_its_new_number(backend: Backend) {
        let desk = Desk::closed(backend).await;
        desk.publish().await;
        let page = desk.page().await;
        let forks = page.body.matches("<article class=\"fork").count();
        assert!(forks >= 2, "{forks}");
        let debrief = desk.noa().get(&format!("{}/debrief", desk.round)).await;
        let question = debrief.body.split("id=\"f1-question\">").nth(1).expect("a fork").split("</h2>").next().expect("its end");
        let question = question.split("</span> ").nth(1).expect("a question").to_owned();
        let key = debrief.field("decision");
        let fields = [
            ("decision", key.as_str()), ("version", "0"), ("fork", "1"), ("choice", "a"),
            ("owner", "other"), ("owner_name", "Ada Quill"),
        ];
        desk.noa().post(&format!("{}/debrief", desk.round), &fields).await.leads_to(&desk.round);
        let at = page.body.find("<article class=\"fork").expect("a fork");
        let first = Answer { body: page.body[at..].to_owned(), ..page };
        let key = first.body.split("id=\"p-").nth(1).expect("a key").split('"').next().expect("a key").to_owned();
        let down = Found { key, seen: first.field("seen") };
        desk.act(&down, "down", "").await.leads_to(&desk.round);
        desk.act(&down, "down", "").await.is(409).says("The order of the decisions has changed");
        desk.revise("The other one first").await.leads_to(&desk.round);
        let report = desk.client().await;
        let second = report.body.split("id=\"fork-2\"").nth(1).expect("a second decision");
        assert!(second.split("</h3>").next().expect("a heading").contains(&question));
        let debrief = desk.noa().get(&format!("{}/debrief", desk.round)).await;
        let second = debrief.body.split("id=\"f2\"").nth(1).expect("a second card").to_owned();
        let second = second.split("</section>").next().expect("its end");
        assert!(second.contains(&question) && second.contains("Ada Quill"), "{second}");
    }

    async fn openings_are_counted_where_somebody_reads(backend: Backend) {
        let desk = Desk::closed(backend).await;
        desk.publish().await;
        let (sponsor, link) = desk.shared().await;
        desk.noa().get(&desk.round).await.says("Not opened yet.");
        let head = sponsor.send(sponsor.heading(&link)).await;
        head.is(200);
        for purpose in ["prefetch", "prefetch;prerender"] {
            sponsor.send(sponsor.getting(&link).header("Sec-Purpose", purpose)).await.is(200);
        }
        desk.noa().get(&desk.round).await.says("Not opened yet.");
        sponsor.get(&link).await.is(200);
        desk.noa().get(&desk.round).await.says("Opened once, on Friday 20 November 2026");
        sponsor.get(&link).await.is(200);
        sponsor.get(&link).await.is(200);
        desk.noa().get(&desk.round).await.says("Opened three times, last on Friday 20 November 2026");
    }

    async fn nobody_else_reaches_the_changes_and_they_go_with_the_answers(backend: Backend) {
        let desk = Desk::closed(backend).await;
        desk.does(LIMIT, "reword", "Who is right: ask.").await;
        let elsewhere = desk.noa().organisation("Brackwater Health").await;
        let stranger = desk.noa().colleague(&elsewhere, "Kim Roe", "kim@example.com").await;
        desk.prepared.app.clock.advance(chrono::TimeDelta::minutes(1));
        let late = desk.noa().colleague(&desk.prepared.organisation, "Lou Orr", "lou@example.com").await;
        let guest = Visitor::at(&desk.prepared.app.address());
        let found = piece(&desk.page().await, "Who is right: ask.");
        let fields = [("piece", found.key.as_str()), ("seen", &found.seen), ("action", "restore")];
        for page in ["report/edit", "publish"] {
            let path = format!("{}/{page}", desk.round);
            stranger.get(&path).await.is(404);
            stranger.post(&path, &fields).await.is(404);
            late.get(&path).await.is(409).does_not_say("Who is right");
            late.post(&path, &fields).await.is(409);
            guest.get(&path).await.leads_to("/sign-in");
            guest.post(&path, &fields).await.is(401);
        }
        stranger.get(&format!("{}/report/revision/1", desk.round)).await.is(404);
        desk.client().await.says("Who is right: ask.");
        desk.publish().await;
        let (sponsor, link) = desk.shared().await;
        for page in ["report/edit", "publish", "report/revision/1"] {
            sponsor.get(&format!("{link}/{page}")).await.is(404);
            sponsor.get(&format!("{}/{page}", desk.round)).await.leads_to("/sign-in");
        }
        let db = desk.prepared.app.db();
        assert_eq!(report_edit::Entity::find().all(db).await.expect("read").len(), 1);
        desk.prepared.app.clock.set("2027-12-20T12:00:01Z".parse().expect("a time"));
        desk.prepared.app.janitor.step().await.expect("cleans");
        assert!(report_edit::Entity::find().all(db).await.expect("read").is_empty());
        let [_, email, password, _] = first_consultant();
        desk.noa().post("/sign-in", &[email, password]).await.leads_to("/");
        for (page, why) in [("report/edit", "deleted"), ("publish", "deleted"), ("report/revision/1", "went with the answers")] {
            desk.noa().get(&format!("{}/{page}", desk.round)).await.is(409).says(why);
        }
        desk.noa().get(&desk.round).await.is(200).does_not_say("Who is right");
    }
}
