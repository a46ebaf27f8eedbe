//! What executives see and do behind their private link.

use coherence::vault::LinkToken;
use entity::types::InvitationId;
use entity::{invitation, outbox, response, round, session};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// An open round of four, one of whom reads German.
struct Asked {
    app: TestApp,
    consultant: Visitor,
    round: String,
    /// Private pages: Ada, Bo, Cy and Di, who reads German.
    links: [String; 4],
}

const PEOPLE: [(&str, &str, &str, &str); 4] = [
    ("Ada Quill", "ada@halden.example", "Sales", ""),
    ("Bo Tan", "bo@halden.example", "Product", ""),
    ("Cy Ode", "cy@halden.example", "Finance", ""),
    ("Di Em", "di@halden.example", "Engineering", "de"),
];

#[derive(Debug, PartialEq)]
struct Contents {
    invitations: Vec<invitation::Model>,
    responses: Vec<response::Model>,
    letters: Vec<outbox::Model>,
    rounds: Vec<round::Model>,
    sessions: Vec<session::Model>,
}

impl Asked {
    async fn by(backend: Backend) -> Self {
        let app = TestApp::start(backend).await;
        let consultant = Visitor::set_up(&app.address(), &app.set_up_path()).await;
        let organisation = consultant.organisation("Halden Instruments").await;
        let team = consultant.team(&organisation, "executive team").await;
        for (name, email, function, language) in PEOPLE {
            let fields = [
                ("name", name),
                ("email", email),
                ("title", ""),
                ("function", function),
                ("language", language),
            ];
            consultant
                .post(&format!("{team}/executives"), &fields)
                .await
                .leads_to(&team);
        }
        let plan = [
            ("label", "2026-Q4"),
            ("attribution", "confidential"),
            ("retention_months", "12"),
            ("language", "en"),
            ("time_zone", "Europe/London"),
            ("closes_at", "2026-12-04T18:00"),
            ("message", ""),
        ];
        let round = consultant
            .post(&format!("{team}/rounds/new"), &plan)
            .await
            .leads_to("/rounds/");
        let round = round.split('?').next().expect("a path").to_owned();
        consultant
            .post(&format!("{round}/open"), &[])
            .await
            .leads_to("/rounds/");
        assert_eq!(app.deliver().await, PEOPLE.len());
        let links = PEOPLE.map(|(_, address, ..)| app.private_path(address));
        Self {
            app,
            consultant,
            round,
            links,
        }
    }

    /// Somebody at a browser without cookies, as executives are.
    fn reader(&self) -> Visitor {
        Visitor::at(&self.app.address())
    }

    /// Saves as the page's script does.
    async fn autosave(&self, path: &str, fields: &[(&str, &str)]) -> (u16, serde_json::Value) {
        let reader = self.reader();
        let answer = reader
            .send(
                reader
                    .posting(path, fields)
                    .header("Accept", "application/json"),
            )
            .await;
        let body = serde_json::from_str(&answer.body)
            .unwrap_or_else(|error| panic!("{error}: {}", answer.body));
        (answer.status.as_u16(), body)
    }

    /// Everything that a page of an executive could change.
    async fn contents(&self) -> Contents {
        let db = self.app.db();
        let read = "the table can be read";
        Contents {
            invitations: invitation::Entity::find()
                .order_by_asc(invitation::Column::Id)
                .all(db)
                .await
                .expect(read),
            responses: response::Entity::find()
                .order_by_asc(response::Column::Id)
                .all(db)
                .await
                .expect(read),
            letters: outbox::Entity::find()
                .order_by_asc(outbox::Column::Id)
                .all(db)
                .await
                .expect(read),
            rounds: round::Entity::find()
                .order_by_asc(round::Column::Id)
                .all(db)
                .await
                .expect(read),
            sessions: session::Entity::find()
                .order_by_asc(session::Column::Id)
                .all(db)
                .await
                .expect(read),
        }
    }

    async fn invitation(&self, nth: usize) -> invitation::Model {
        let token = self.links[nth].trim_start_matches("/r/");
        let id = LinkToken::parse(token).expect("a token").id();
        invitation::Entity::find_by_id(InvitationId(id))
            .one(self.app.db())
            .await
            .expect("the table can be read")
            .expect("the invitation is there")
    }
}

/// What a browser would put into the hidden field of the page.
fn version(page: &Answer) -> String {
    page.field("version")
}

on_both_databases! {
    async fn the_notice_says_who_asks_and_who_sees_what_before_anything_is_asked(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = asked.reader().get(&asked.links[0]).await;
        page.is(200)
            .says(r#"<html lang="en">"#)
            .says("Noa Berg asks you five questions")
            .says("Confidential: your answers are read without your name")
            .says("until Friday 4 December 2026, 18:00, London time")
            .does_not_say("anonymous")
            .does_not_say("Bo Tan");
        asked.reader().get(&asked.links[3]).await.is(200).says(r#"<html lang="de">"#).says("Fünf Fragen an Sie, Di Em");
    }

    async fn the_five_questions_have_their_exact_wording(backend: Backend) {
        let asked = Asked::by(backend).await;
        for (number, wording) in [
            "What are our top priorities right now?",
            "What trade-offs are we deliberately making?",
            "Which work should stop if capacity gets tight?",
            "How will we know this quarter was successful?",
            "What are we asking other teams to deprioritise?",
        ].iter().enumerate() {
            asked.reader().get(&format!("{}/{}", asked.links[0], number + 1)).await.is(200).says(&format!("<h1>{wording}</h1>"));
        }
        asked.reader().get(&format!("{}/last", asked.links[0])).await
            .is(200)
            .says("Of your own top three priorities, how many would most of your colleagues also name?");
    }

    async fn a_draft_is_saved_and_found_again_on_another_device(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/1", asked.links[0]);
        let fields = [("text.0", "Fix the platform"), ("text.1", "x"), ("text.2", "Win the north"), ("version", "0"), ("action", "save")];
        let saved = asked.reader().post(&page, &fields).await.leads_to(&page);
        asked.reader().get(&saved).await.is(200).says("come back with the same link");
        let again = asked.reader().get(&page).await;
        again.is(200).says("Fix the platform</textarea>").says("Win the north</textarea>").says("at least 2 characters");
        assert_eq!(version(&again), "1");
        assert!(asked.invitation(0).await.started);
        asked.reader().get(&asked.links[0]).await.says("Continue");
    }

    async fn leafing_through_without_typing_saves_nothing(backend: Backend) {
        let asked = Asked::by(backend).await;
        let before = asked.contents().await;
        let fields = [("text.0", ""), ("over.0", ""), ("text.1", ""), ("over.1", ""), ("version", "0"), ("action", "next")];
        asked.reader().post(&format!("{}/2", asked.links[0]), &fields).await.leads_to(&format!("{}/3", asked.links[0]));
        assert_eq!(asked.contents().await, before);
    }

    async fn the_pages_script_saves_as_json(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/3", asked.links[0]);
        let (status, said) = asked.autosave(&page, &[("text.0", "The rebrand"), ("version", "0")]).await;
        assert_eq!((status, &said["version"], &said["saved"]), (200, &1.into(), &"12:00".into()));
        let (status, said) = asked.autosave(&page, &[("text.0", "The app"), ("version", "0")]).await;
        assert_eq!((status, &said["version"], &said["theirs"][0]["text"]), (409, &1.into(), &"The rebrand".into()));
        let (status, said) = asked.autosave(&page, &[("text.0", &"x".repeat(2001)), ("version", "1")]).await;
        assert_eq!((status, &said["mistakes"][0]["field"]), (422, &"text.0".into()));
    }

    async fn two_tabs_do_not_overwrite_each_other_and_both_texts_are_shown(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/2", asked.links[0]);
        let one = [("text.0", "Margin"), ("over.0", "Growth"), ("version", "0"), ("action", "next")];
        asked.reader().post(&page, &one).await.leads_to(&format!("{}/3", asked.links[0]));
        let two = [("text.0", "Speed"), ("over.0", "Polish"), ("version", "0"), ("action", "next")];
        let conflict = asked.reader().post(&page, &two).await;
        conflict.is(409).says("Margin over Growth").says("Speed over Polish");
        asked.reader().get(&page).await.says("Margin").does_not_say("Speed");
        let mine = [
            ("text.0", conflict.field("text.0")),
            ("over.0", conflict.field("over.0")),
            ("version", version(&conflict)),
            ("action", "save".to_owned()),
        ];
        let mine: Vec<(&str, &str)> = mine.iter().map(|(name, value)| (*name, value.as_str())).collect();
        asked.reader().post(&page, &mine).await.leads_to(&page);
        asked.reader().get(&page).await.says("Speed").does_not_say("Margin");
    }

    async fn a_tab_that_saves_the_same_words_has_no_quarrel(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/1", asked.links[0]);
        let fields = [("text.0", "Fix the platform"), ("version", "0"), ("action", "save")];
        asked.reader().post(&page, &fields).await.leads_to(&page);
        asked.reader().post(&page, &fields).await.leads_to(&page);
    }

    async fn lines_are_added_and_moved_without_a_script(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/1", asked.links[0]);
        let reader = asked.reader();
        reader.get(&page).await.does_not_say("Priority 4");
        reader.post(&page, &[("text.0", "first"), ("text.1", "second"), ("version", "0"), ("action", "up.1")]).await.leads_to(&format!("{page}#text.0"));
        let moved = reader.get(&page).await;
        assert!(moved.body.find("second</textarea>") < moved.body.find("first</textarea>"), "{}", moved.body);
        let fields = [("text.0", "second"), ("text.1", "first"), ("text.2", ""), ("version", "1"), ("action", "add")];
        reader.post(&page, &fields).await.leads_to(&format!("{page}#text.3"));
        reader.get(&page).await.says("Priority 4").does_not_say("Priority 5");
    }

    async fn going_on_with_a_mistake_saves_it_names_it_and_lets_one_go_on(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/4", asked.links[0]);
        let fields = [("text.0", "NRR holds"), ("metric.0", "NRR"), ("comparison.0", ""), ("target.0", "lots"), ("version", "0"), ("action", "next")];
        let again = asked.reader().post(&page, &fields).await;
        again.is(422)
            .says("Saved as you wrote it")
            .says(r##"href="#target.0">Sign of success 1, Target: This is not a number, such as 110 or 99.5.</a>"##)
            .says(r##"href="#comparison.0">Sign of success 1, How it should stand: Please choose one.</a>"##)
            .says(r#"aria-invalid="true""#)
            .says(&format!(r#"<a href="{}/5">Go on anyway</a>"#, asked.links[0]))
            .says(r#"value="lots""#);
        assert_eq!(version(&again), "1");
    }

    async fn what_no_draft_can_hold_is_refused_and_given_back_whole(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/1", asked.links[0]);
        let book = "b".repeat(2001);
        let again = asked.reader().post(&page, &[("text.0", &book), ("version", "0"), ("action", "next")]).await;
        again.is(422).says("Not saved yet").says("keep to 2000 characters; there are 2001 now").says(&book);
        asked.reader().get(&page).await.does_not_say(&book);
    }

    async fn i_do_not_know_is_an_answer_and_excludes_others(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/2", asked.links[0]);
        let next = format!("{}/3", asked.links[0]);
        asked.reader().post(&page, &[("unknown", "yes"), ("version", "0"), ("action", "next")]).await.leads_to(&next);
        asked.reader().get(&format!("{}/last", asked.links[0])).await.says("I don’t know</p>").says("Skipped");
        let both = [("text.0", "a"), ("over.0", "b"), ("unknown", "yes"), ("version", "1"), ("action", "next")];
        asked.reader().post(&page, &both).await.is(422).says("both answered and marked as not known");
    }

    async fn sending_with_mistakes_names_question_and_rule_and_keeps_everything(backend: Backend) {
        let asked = Asked::by(backend).await;
        let link = &asked.links[0];
        let half = [("text.0", "Stability"), ("over.0", ""), ("version", "0"), ("action", "save")];
        asked.reader().post(&format!("{link}/2"), &half).await.leads_to(link);
        let refused = asked.reader().post(&format!("{link}/last"), &[("perceived", "2"), ("version", "0"), ("action", "send")]).await;
        refused
            .is(422)
            .says(&format!(r#"href="{link}/2#over.0">Trade-off 1, over: This must not be empty.</a>"#))
            .says(r##"href="#quote">May be quoted: Please choose one.</a>"##)
            .says(r#"value="2" checked"#)
            .says("Stability");
        assert!(!asked.invitation(0).await.submitted);
        asked.reader().post(&format!("{link}/last"), &[("perceived", "9"), ("quote", "loudly"), ("version", "1"), ("action", "send")]).await
            .is(422)
            .says("Perceived alignment: Please choose one.")
            .says("May be quoted: Please choose one.");
    }

    async fn answers_are_sent_changed_and_sent_again_with_a_receipt_each_time(backend: Backend) {
        let asked = Asked::by(backend).await;
        let link = &asked.links[0];
        asked.reader().post(&format!("{link}/1"), &[("text.0", "Fix the platform"), ("quote.0", "consultant"), ("version", "0"), ("action", "next")]).await.leads_to(link);
        let send = [("perceived", "1"), ("quote", "verbatim"), ("version", "0"), ("action", "send")];
        asked.reader().post(&format!("{link}/last"), &send).await.leads_to(&format!("{link}/done"));
        assert!(asked.invitation(0).await.submitted);
        assert_eq!(asked.app.deliver().await, 1);
        asked.reader().get(&format!("{link}/done")).await
            .is(200)
            .says("Your answers have arrived")
            .says("Fix the platform")
            .says("Quote: For the consultant only")
            .does_not_say("not sent yet");
        asked.reader().get(link).await.says("See my answers");
        asked.reader().post(&format!("{link}/1"), &[("text.0", "Win the north"), ("version", "1"), ("action", "next")]).await.leads_to(link);
        asked.reader().get(&format!("{link}/done")).await
            .says("You have changes that are not sent yet")
            .says("Fix the platform")
            .does_not_say("Win the north");
        let again = [("perceived", "1"), ("quote", "verbatim"), ("version", "1"), ("action", "send")];
        asked.reader().post(&format!("{link}/last"), &again).await.leads_to(&format!("{link}/done"));
        assert_eq!(asked.app.deliver().await, 1);
        asked.reader().get(&format!("{link}/done")).await.says("Win the north").does_not_say("Fix the platform");
    }

    async fn declining_deletes_what_was_written_and_can_be_taken_back(backend: Backend) {
        let asked = Asked::by(backend).await;
        let link = &asked.links[0];
        asked.reader().post(&format!("{link}/1"), &[("text.0", "Fix the platform"), ("version", "0"), ("action", "save")]).await.leads_to(link);
        asked.reader().get(&format!("{link}/decline")).await.is(200).says("is deleted at once").says("Noa Berg sees that you declined");
        assert!(!asked.invitation(0).await.declined, "asking is not declining");
        asked.reader().post(&format!("{link}/decline"), &[]).await.leads_to(&format!("{link}/decline"));
        let row = asked.invitation(0).await;
        assert!(row.declined && !row.started && !row.submitted);
        asked.reader().get(link).await.says("You have declined").does_not_say("Fix the platform");
        asked.reader().get(&format!("{link}/1")).await.does_not_say("Fix the platform");
        asked.reader().post(&format!("{link}/1"), &[("text.0", "After all"), ("version", "0"), ("action", "save")]).await.leads_to(link);
        assert!(!asked.invitation(0).await.declined);
    }

    async fn unknown_forged_withdrawn_and_closed_links_look_exactly_alike(backend: Backend) {
        let asked = Asked::by(backend).await;
        let reader = asked.reader();
        let withdrawn = asked.invitation(1).await.id.to_string();
        asked.consultant.post(&format!("{}/revoke", asked.round), &[("invitation", &withdrawn)]).await.leads_to("/rounds/");
        let mut forged = asked.links[0].clone();
        let last = if forged.pop() == Some('A') { 'E' } else { 'A' };
        forged.push(last);
        let mut bodies = Vec::new();
        for link in ["/r/nothing", forged.as_str(), asked.links[1].as_str()] {
            for page in ["", "/1", "/last", "/done", "/decline"] {
                bodies.push(reader.get(&format!("{link}{page}")).await.is(404).body.clone());
            }
            bodies.push(reader.post(&format!("{link}/1"), &[("text.0", "x")]).await.is(404).body.clone());
        }
        asked.consultant.post(&format!("{}/close", asked.round), &[]).await.leads_to("/rounds/");
        bodies.push(reader.get(&asked.links[0]).await.is(404).body.clone());
        bodies.push(reader.get(&format!("{}/1", asked.links[0])).await.is(404).body.clone());
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }

    async fn reading_changes_nothing(backend: Backend) {
        let asked = Asked::by(backend).await;
        let before = asked.contents().await;
        for page in ["", "/1", "/2", "/3", "/4", "/5", "/last", "/done", "/decline", "/1?saved", "/6", "/1/2"] {
            let answer = asked.reader().get(&format!("{}{page}", asked.links[0])).await;
            assert!(!answer.status.is_server_error(), "{page}: {}", answer.body);
        }
        assert_eq!(asked.contents().await, before);
        let typed = [("text.0", "Fix the platform"), ("version", "0"), ("action", "save")];
        asked.reader().post(&format!("{}/1", asked.links[0]), &typed).await.leads_to("/r/");
        assert_ne!(asked.contents().await, before, "the comparison would see a change");
    }

    async fn what_comes_after_the_close_is_not_saved_and_given_back_in_full(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/2", asked.links[3]);
        asked.app.clock.set("2026-12-04T18:00:00Z".parse().expect("a time"));
        let before = asked.contents().await;
        let late = [("text.0", "Marge"), ("over.0", "Wachstum"), ("version", "0"), ("action", "next")];
        asked.reader().post(&page, &late).await
            .is(409)
            .says("Marge vor Wachstum")
            .says("Die Runde ist beendet")
            .says("Freitag, 4. Dezember 2026, 18:00 Uhr, Ortszeit London");
        let (status, said) = asked.autosave(&page, &late).await;
        assert_eq!(status, 409);
        assert!(said["closed"].as_str().is_some_and(|words| words.contains("beendet")), "{said}");
        asked.reader().post(&format!("{}/decline", asked.links[3]), &[]).await.is(409);
        assert_eq!(asked.contents().await, before);
        asked.reader().get(&page).await.is(404);
    }

    async fn hostile_text_is_kept_and_shown_as_text(backend: Backend) {
        let asked = Asked::by(backend).await;
        let link = &asked.links[0];
        let emoji = "🦉".repeat(280);
        let fields = [
            ("text.0", "</textarea><script>alert(1)</script>"),
            ("text.1", emoji.as_str()),
            ("text.2", "\u{202e}drowssap שלום {{ 7*7 }}"),
            ("version", "0"),
            ("action", "next"),
        ];
        asked.reader().post(&format!("{link}/1"), &fields).await.leads_to(&format!("{link}/2"));
        asked.reader().post(&format!("{link}/last"), &[("quote", "verbatim"), ("version", "0"), ("action", "send")]).await.leads_to(&format!("{link}/done"));
        for page in ["/1", "/last", "/done"] {
            asked.reader().get(&format!("{link}{page}")).await
                .is(200)
                .does_not_say("<script>alert")
                .says("&lt;script&gt;alert(1)")
                .says(&emoji)
                .says("שלום {{ 7*7 }}");
        }
    }

    async fn an_ask_offers_the_teams_functions_and_any_other(backend: Backend) {
        let asked = Asked::by(backend).await;
        let page = format!("{}/5", asked.links[0]);
        let shown = asked.reader().get(&page).await;
        for (_, _, function, _) in PEOPLE {
            shown.says(&format!("<option value=\"{function}\">"));
        }
        let fields = [("function.0", "Product"), ("text.0", "the redesign"), ("other.1", "Legal"), ("text.1", "the audit"), ("version", "0"), ("action", "next")];
        asked.reader().post(&page, &fields).await.leads_to(&format!("{}/last", asked.links[0]));
        asked.reader().get(&format!("{}/last", asked.links[0])).await.says("Product: the redesign").says("Legal: the audit");
    }

    async fn a_page_of_one_executive_shows_nothing_of_another(backend: Backend) {
        let asked = Asked::by(backend).await;
        asked.reader().post(&format!("{}/1", asked.links[0]), &[("text.0", "Ada's priority"), ("version", "0"), ("action", "save")]).await.leads_to("/r/");
        for page in ["", "/1", "/last", "/decline"] {
            asked.reader().get(&format!("{}{page}", asked.links[1])).await.is(200).does_not_say("priority</textarea>").does_not_say("Ada");
        }
    }
}

#[tokio::test]
async fn while_another_program_holds_the_database_everything_typed_comes_back() {
    let asked = Asked::by(Backend::Sqlite).await;
    let holder = asked.app.database().connect().await;
    holder
        .execute_unprepared("BEGIN IMMEDIATE")
        .await
        .expect("the write lock can be had");
    let (one, last) = (
        format!("{}/1", asked.links[0]),
        format!("{}/last", asked.links[0]),
    );
    let typed = [
        ("text.0", "Fix the platform"),
        ("version", "0"),
        ("action", "next"),
    ];
    let chosen = [
        ("perceived", "2"),
        ("quote", "paraphrase"),
        ("version", "0"),
        ("action", "send"),
    ];
    let (page, json, sent) = tokio::join!(
        async { asked.reader().post(&one, &typed).await },
        asked.autosave(&one, &typed),
        async { asked.reader().post(&last, &chosen).await },
    );
    page.is(503)
        .says("could not be saved just now")
        .says("Fix the platform</textarea>");
    assert_eq!(json.0, 503);
    sent.is(503)
        .says(r#"value="paraphrase" checked"#)
        .says(r#"value="2" checked"#);
    holder
        .execute_unprepared("ROLLBACK")
        .await
        .expect("the lock can be given back");
    asked
        .reader()
        .post(&one, &typed)
        .await
        .leads_to(&format!("{}/2", asked.links[0]));
}
