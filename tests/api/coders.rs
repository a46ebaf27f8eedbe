//! Two coders: a second consultant codes a closed round blind, and the differences are settled.

use std::collections::BTreeSet;

use entity::{coding, second_code, second_coding};
use sea_orm::EntityTrait;

use crate::rounds::{PEOPLE, Prepared, SAID};
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// A closed round of 25 texts: 15 priorities and the two sides of five trade-offs.
struct Two {
    prepared: Prepared,
    kim: Visitor,
    round: String,
}

/// What lies on the second coder's desk.
struct Card {
    text: String,
    version: String,
    statement: String,
    side: String,
}

#[track_caller]
fn card(page: &Answer) -> Card {
    let text = page.body.split("id=\"card-text\"><q>").nth(1);
    let text = text.unwrap_or_else(|| panic!("no card in {}", page.body));
    Card {
        text: text.split('<').next().expect("words").to_owned(),
        version: page.field("version"),
        statement: page.field("statement"),
        side: page.field("side"),
    }
}

/// The key of a theme by its name: the button of the desk.
#[track_caller]
fn theme(page: &Answer, name: &str) -> String {
    let button = format!("\"><span>{name}</span>");
    let end = page.body.find(&button);
    let end = end.unwrap_or_else(|| panic!("no theme {name} in {}", page.body));
    let before = &page.body[..end];
    before.rsplit('"').next().expect("a key").to_owned()
}

impl Two {
    async fn of(backend: Backend) -> Self {
        Self::with(backend, &[]).await
    }

    async fn with(backend: Backend, plan: &[(&str, &str)]) -> Self {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let organisation = &prepared.organisation;
        let kim = prepared
            .noa
            .colleague(organisation, "Kim Roe", "kim@example.com")
            .await;
        // Given access before the round opens: the notice names them.
        prepared.app.clock.advance(chrono::TimeDelta::minutes(1));
        let round = prepared.closed(plan).await;
        Self {
            prepared,
            kim,
            round,
        }
    }

    fn noa(&self) -> &Visitor {
        &self.prepared.noa
    }

    fn at(&self, page: &str) -> String {
        format!("{}/{page}", self.round)
    }

    /// The first coder puts every text under one of two themes: what is of a trade-off, and the rest.
    /// The board has exactly these two afterwards that hold a text.
    async fn sort(&self) {
        for (question, name) in [
            ("priorities", "Priority theme"),
            ("trade_offs", "Trade theme"),
        ] {
            let path = self.at(&format!("themes/{question}"));
            let page = self.noa().get(&path).await;
            let version = page.field("version");
            let codings = codings(&page);
            let mut fields = vec![("version", version.as_str()), ("name", name)];
            fields.extend(codings.iter().map(|coding| ("coding", coding.as_str())));
            self.noa()
                .post(&format!("{path}/new"), &fields)
                .await
                .leads_to(&self.round);
        }
    }

    async fn start(&self) -> Answer {
        self.kim
            .post(&self.at("coders/start"), &[])
            .await
            .leads_to(&self.at("coders/blind"));
        self.desk().await
    }

    async fn desk(&self) -> Answer {
        self.kim.get(&self.at("coders/blind")).await
    }

    /// Presses one button for the text in hand of that page.
    async fn press(&self, page: &Answer, deed: &str, name: &str, value: &str) -> Answer {
        let card = card(page);
        let fields = [
            ("version", card.version.as_str()),
            ("statement", &card.statement),
            ("side", &card.side),
            (name, value),
        ];
        self.kim
            .post(&self.at(&format!("coders/blind/{deed}")), &fields)
            .await
    }

    async fn code(&self, deed: &str, name: &str, value: &str) -> Answer {
        let page = self.desk().await;
        self.press(&page, deed, name, value)
            .await
            .leads_to(&self.at("coders/blind"));
        self.desk().await
    }

    async fn finish(&self) -> Answer {
        let version = self
            .kim
            .get(&self.at("coders/finish"))
            .await
            .field("version");
        self.kim
            .post(&self.at("coders/finish"), &[("version", &version)])
            .await
            .leads_to(&self.at("coders"));
        self.kim.get(&self.at("coders")).await
    }

    async fn settle(&self, who: &Visitor, page: &Answer, how: &[(&str, &str)]) -> Answer {
        let (version, text) = (page.field("version"), page.field("text"));
        let mut fields = vec![("version", version.as_str()), ("text", &text)];
        fields.extend(how);
        who.post(&self.at("coders/settle"), &fields).await
    }
}

on_both_databases! {
    /// Two themes over 25 texts, 15 and 10. The second coder puts the sides of trade-offs as the first
    /// did but for two, and cannot tell of one priority. So both gave 24 texts a theme, 22 the same:
    /// of 48 codes 14 + 16 = 30 and 10 + 8 = 18; observed 4, expected 2 · 30 · 18 = 1080;
    /// alpha = 1 − 47 · 4 / 1080 = 0.8259.
    async fn two_coders_from_the_first_button_to_the_report(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        two.noa().get(&two.round).await.says("has not sorted on this board can code it a second time").does_not_say("coders/start");
        two.kim.get(&two.round).await.says("Code it a second time, blind");
        let desk = two.start().await;
        let (priority, trade) = (theme(&desk, "Priority theme"), theme(&desk, "Trade theme"));
        let (mut sides, mut priorities) = (0, 0);
        for nth in 0..25 {
            let page = two.desk().await;
            page.says(&format!("Coded so far: {nth} of 25 statements"));
            let is_side = card(&page).side != "whole";
            let (name, value) = if is_side {
                sides += 1;
                ("theme", if sides <= 2 { &priority } else { &trade })
            } else {
                priorities += 1;
                if priorities == 1 { ("unclear", &priority) } else { ("theme", &priority) }
            };
            two.press(&page, "code", name, value).await.leads_to(&two.at("coders/blind"));
            let progress = format!("Kim Roe is coding this round a second time, blind: {} of 25 statements", nth + 1);
            if nth == 11 {
                two.noa().get(&two.round).await.says(&progress).does_not_say("side by side");
                two.noa().get(&two.at("coders")).await.leads_to(&format!("{}#coders", two.round));
                two.noa().get(&two.at("report")).await.does_not_say("alpha");
            }
        }
        assert_eq!((sides, priorities), (10, 15));
        two.desk().await.says("All 25 statements are coded");
        two.kim.get(&two.at("coders/finish")).await.says("You have coded all 25 statements.").does_not_say("Better wait");
        let page = two.finish().await;
        page.is(200)
            .says("<dd class=\"num\">0.82</dd>")
            .says("22 of 24 statements (92 %)")
            .says("Here it is .800 or more.")
            .says("Left out of 25 statements: one of which the second coder could not tell what it is about.")
            .says("The index is ")
            .says("To settle: 2")
            .says("“Priority theme” and “Trade theme”");
        two.noa().get(&two.at("report")).await
            .says("Krippendorff’s alpha (nominal)")
            .says("22 of 24 statements (92 %)")
            .says("Index under the second coding")
            .says("Two differences are still to be settled.")
            .says("Two people chose the themes of 24 statements independently of each other and chose the same for 92 % (Krippendorff’s alpha 0.82).");
        two.noa().get(&two.at("report/client")).await.says("alpha 0.82").does_not_say("Index under the second");
        // One is taken from the second coder, by the first; one stays, by the second.
        let settled = two.settle(two.noa(), &page, &[("how", "second")]).await;
        settled.leads_to(&two.at("coders?done=settled"));
        let page = two.kim.get(&two.at("coders?done=settled")).await;
        page.says("Settled. It stands in").says("To settle: 1").says("One statement settled").says("Now under <b>Priority theme</b>");
        two.settle(&two.kim, &page, &[("how", "first")]).await.leads_to(&two.at("coders"));
        let page = two.noa().get(&two.at("coders")).await;
        page.says("Every difference is settled").says("Two statements settled").says("<dd class=\"num\">0.82</dd>");
        two.noa().get(&two.at("themes/history")).await
            .says("Moved one statement from “Trade theme” to “Priority theme”")
            .says("Confirmed one statement in “Trade theme”")
            .says("Kim Roe");
        two.noa().post(&two.at("publish"), &[]).await.leads_to(&two.round);
        two.noa().get(&two.at("coders")).await.is(200).does_not_say("name=\"how\"");
        two.settle(two.noa(), &settled_form(&page), &[("how", "first")]).await.is(404);
    }

    async fn the_desk_shows_nothing_of_the_first_coding(backend: Backend) {
        let two = Two::of(backend).await;
        two.start().await;
        two.code("code", "unclear", "yes").await;
        let before = two.desk().await.body;
        // The first coder confirms what the program proposed.
        let board = two.at("themes/priorities");
        let page = two.noa().get(&board).await;
        let version = page.field("version");
        let codings = codings(&page);
        let mut fields = vec![("version", version.as_str())];
        fields.extend(codings.iter().map(|coding| ("coding", coding.as_str())));
        two.noa().post(&format!("{board}/confirm"), &fields).await.leads_to(&board);
        assert_eq!(two.desk().await.body, before, "not a byte of the desk depends on what is confirmed");
        // Sorts everything under two themes, then moves one statement from the one to the other.
        two.sort().await;
        let desk = two.desk().await;
        let trade = theme(&desk, "Trade theme");
        let page = two.noa().get(&board).await;
        let fields = [("version", page.field("version")), ("coding", first_coding(&page)), ("to", trade)];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        two.noa().post(&format!("{board}/move"), &fields).await.leads_to(&board);
        two.noa().get(&two.at("themes/history")).await.says("Moved one statement from “Priority theme” to “Trade theme”");
        let after = two.desk().await;
        assert_eq!(after.body, desk.body, "not a byte of the desk depends on where anything is");
        for forbidden in ["Index", "proposed", "confirmed", "data-coding", "class=\"tent\"", "where it is"] {
            after.does_not_say(forbidden);
        }
        for coding in coding::Entity::find().all(two.prepared.app.db()).await.expect("read") {
            after.does_not_say(&coding.id.to_string());
        }
        for (name, email) in PEOPLE {
            after.does_not_say(name).does_not_say(email);
        }
        // In another order than the board's, which is that of the keys.
        let mut order = vec![card(&after).statement];
        for _ in 0..9 {
            order.push(card(&two.code("code", "unclear", "yes").await).statement);
        }
        assert!(!order.is_sorted(), "{order:?}");
    }

    async fn whoever_codes_blind_sees_neither_board_nor_report_until_the_comparison(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        two.start().await;
        two.code("code", "unclear", "yes").await;
        let closed = [
            "themes/priorities", "themes/stops", "themes/history", "report", "report/client", "report/edit", "publish", "report.pdf", "score.json",
        ];
        for page in closed {
            two.kim.get(&two.at(page)).await.is(409).says("You are coding 2026-Q4 blind").says("coders/abandon").does_not_say("Priority theme");
            two.noa().get(&two.at(page)).await.is(200);
        }
        for deed in ["themes/priorities/move", "themes/priorities/confirm", "publish"] {
            two.kim.post(&two.at(deed), &[("version", "3")]).await.is(409).says("blind");
        }
        two.kim.get(&two.round).await.is(200).says("you are coding it blind").does_not_say("Index").does_not_say(" sorted").does_not_say("themes/history");
        // The report of the next round compares with this one.
        let next = two.noa().post(&two.at("next"), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        two.prepared.app.clock.advance(chrono::TimeDelta::minutes(1));
        two.noa().post(&format!("{next}/open"), &[]).await.leads_to(&next);
        two.prepared.app.deliver().await;
        for (nth, (_, email)) in PEOPLE.iter().enumerate() {
            two.prepared.answer(email, SAID[nth]).await;
        }
        two.noa().post(&format!("{next}/close"), &[]).await.leads_to(&next);
        two.kim.get(&format!("{next}/report")).await.is(409).says("You are coding 2026-Q4 blind");
        two.kim.get(&format!("{next}/themes/priorities")).await.is(200);
        two.finish().await;
        for page in closed {
            two.kim.get(&two.at(page)).await.is(200);
        }
        two.kim.get(&format!("{next}/report")).await.is(200);
    }

    async fn only_a_colleague_who_has_not_sorted_may_begin_and_only_one(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        two.noa().post(&two.at("coders/start"), &[]).await.is(409).says("You have sorted on this round’s board");
        two.prepared.app.clock.advance(chrono::TimeDelta::minutes(1));
        let late = two.noa().colleague(&two.prepared.organisation, "Ulla Stern", "ulla@example.com").await;
        late.post(&two.at("coders/start"), &[]).await.is(409).says("given access after this round opened");
        late.get(&two.round).await.is(200).does_not_say("coders/start");
        let guest = Visitor::at(&two.prepared.app.address());
        guest.post(&two.at("coders/start"), &[]).await.is(401);
        two.start().await;
        two.code("code", "unclear", "yes").await;
        two.start().await.says("Coded so far: 1 of 25 statements");
        two.noa().post(&two.at("coders/start"), &[]).await.is(409).says("has a second coding already");
        for page in ["coders/blind", "coders/finish", "coders"] {
            two.noa().get(&two.at(page)).await.leads_to(&two.round);
        }
        for deed in ["coders/blind/undo", "coders/finish", "coders/abandon"] {
            two.noa().post(&two.at(deed), &[("version", "1")]).await.is(409);
        }
        two.desk().await.says("Coded so far: 1 of 25 statements");
    }

    async fn a_step_is_taken_back_and_two_windows_overwrite_nothing(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        let first = two.start().await;
        let trade = theme(&first, "Trade theme");
        let second = two.code("code", "theme", &trade).await;
        second.says("under “Trade theme”").says(&card(&first).text);
        // The same press sent twice is one; another decision from the old window is none.
        two.press(&first, "code", "theme", &trade).await.leads_to(&two.at("coders/blind"));
        let stale = two.press(&first, "code", "unclear", "yes").await;
        stale.is(409).says("You have gone on in another window").says("Coded so far: 1 of 25");
        two.desk().await.says("under “Trade theme”");
        let undo = two.at("coders/blind/undo");
        two.kim.post(&undo, &[("version", &card(&first).version)]).await.is(409).says("another window");
        two.kim.post(&undo, &[("version", &second.field("version"))]).await.leads_to(&two.at("coders/blind"));
        let back = two.desk().await;
        assert_eq!(card(&back).statement, card(&first).statement);
        back.says("Coded so far: 0 of 25").does_not_say("Take it back");
        two.kim.post(&undo, &[("version", &back.field("version"))]).await.is(409).says("nothing to take back");
        two.press(&second, "code", "unclear", "yes").await.is(409);
        two.desk().await.says("Coded so far: 0 of 25");
        two.kim.post(&undo, &[("version", "x")]).await.is(400);
        two.press(&back, "code", "theme", "x").await.is(400);
        two.press(&back, "burn", "theme", &trade).await.is(404);
        let stranger = uuid::Uuid::new_v4().to_string();
        let fields = [("version", card(&back).version), ("statement", stranger), ("side", "whole".into()), ("unclear", "yes".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        two.kim.post(&two.at("coders/blind/code"), &fields).await.is(404);
    }

    async fn a_new_theme_stays_with_its_coder_until_a_difference_is_settled_in_its_favour(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        let page = two.start().await;
        two.press(&page, "new", "name", " ").await.is(422).says("The new theme’s name must not be empty.");
        let long = "x".repeat(81);
        two.press(&page, "new", "name", &long).await.is(422).says(&long).says("at most 80 characters");
        let page = two.code("new", "name", "How we <meet>").await;
        page.says("under “How we &lt;meet&gt;”").says("your new theme").does_not_say("<meet>");
        two.code("code", "again", "How we <meet>").await;
        // A name that the codebook has, in whatever case, is that theme.
        two.code("new", "name", "trade THEME").await.says("under “Trade theme”");
        for question in ["priorities", "trade_offs"] {
            two.noa().get(&two.at(&format!("themes/{question}"))).await.does_not_say("&lt;meet&gt;");
        }
        two.noa().get(&two.round).await.does_not_say("&lt;meet&gt;");
        let page = two.finish().await;
        page.says("Second coder, a new theme").says("22 that the second coder did not come to");
        two.noa().get(&two.at("themes/priorities")).await.does_not_say("&lt;meet&gt;");
        let mut open = page;
        let mut taken = 0;
        while open.body.contains("a new theme") {
            two.settle(two.noa(), &only(&open, "a new theme"), &[("how", "second")]).await.leads_to(&two.at("coders"));
            open = two.noa().get(&two.at("coders")).await;
            taken += 1;
        }
        // The first of them made the theme, for the other as well.
        assert_eq!(taken, 1);
        open.says("How we &lt;meet&gt;");
        two.noa().get(&two.at("themes/history")).await.says("Made the theme “How we &lt;meet&gt;” from one statement");
        two.settle(two.noa(), &only(&open, "How we &lt;meet&gt;"), &[("how", "second")]).await.leads_to(&two.at("coders"));
        let history = two.noa().get(&two.at("themes/history")).await;
        history.says("to “How we &lt;meet&gt;”");
        assert_eq!(history.body.matches("Made the theme “How we &lt;meet&gt;”").count(), 1);
    }

    async fn settling_is_version_checked_and_may_choose_neither(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        let page = two.start().await;
        let (priority, trade) = (theme(&page, "Priority theme"), theme(&page, "Trade theme"));
        let whole = card(&page).side == "whole";
        let other = if whole { &trade } else { &priority };
        two.code("code", "theme", other).await;
        let page = two.finish().await;
        page.says("To settle: 1").says("24 that the second coder did not come to");
        two.settle(&two.kim, &page, &[("how", "other"), ("to", "")]).await.is(422).says("Another theme: please choose one.");
        two.settle(&two.kim, &page, &[("how", "other"), ("to", "x")]).await.is(400);
        two.settle(&two.kim, &page, &[("how", "burn")]).await.is(400);
        // Somebody renames the theme meanwhile: nothing is overwritten. And makes a third of another text.
        let board = two.at(if whole { "themes/trade_offs" } else { "themes/priorities" });
        let seen = two.noa().get(&board).await;
        let (version, text) = (seen.field("version"), first_coding(&seen));
        let make = [("version", version.as_str()), ("coding", text.as_str()), ("name", "Third theme")];
        two.noa().post(&format!("{board}/new"), &make).await.leads_to(&board);
        let version = two.noa().get(&board).await.field("version");
        let rename = [("version", version.as_str()), ("theme", other.as_str()), ("name", "Renamed")];
        two.noa().post(&format!("{board}/rename"), &rename).await.leads_to(&board);
        let stale = two.settle(&two.kim, &page, &[("how", "second")]).await;
        stale.is(409).says("The board was changed while you looked").says("Renamed").says("To settle: 1");
        let option = stale.body.split(">Third theme</option>").next().expect("before it");
        let third = option.rsplit('"').nth(1).expect("a key").to_owned();
        let press = [("how", "other"), ("to", third.as_str())];
        two.settle(&two.kim, &stale, &press).await.leads_to(&two.at("coders"));
        two.settle(&two.kim, &stale, &press).await.leads_to(&two.at("coders"));
        let history = two.noa().get(&two.at("themes/history")).await.body;
        assert_eq!(history.matches("Moved one statement").count(), 1, "pressed twice, done once");
        two.kim.get(&two.at("coders")).await.says("Every difference is settled");
        // Taken back on the board, it is open again.
        two.kim.post(&format!("{board}/undo"), &[]).await.leads_to(&board);
        two.noa().get(&two.at("coders")).await.says("To settle: 1");
    }

    async fn what_nobody_has_confirmed_is_left_out_and_said(backend: Backend) {
        let two = Two::of(backend).await;
        let page = two.start().await;
        let any = page.body.split("<button name=\"theme\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a theme").to_owned();
        for _ in 0..25 {
            two.code("code", "theme", &any).await;
        }
        two.kim.get(&two.at("coders/finish")).await.says("On the board 25 statements are still where the program put them.");
        let page = two.finish().await;
        page.says("not defined: no statement has a theme from both").says("Left out of 25 statements: 25 that only the program had sorted");
        page.says("Only proposed by the program");
        two.noa().get(&two.at("report/client")).await.does_not_say("independently of each other");
    }

    async fn a_second_coding_is_abandoned_ends_with_publication_and_goes_with_the_answers(backend: Backend) {
        let two = Two::of(backend).await;
        two.sort().await;
        let db = two.prepared.app.db();
        let left = async || (
            second_coding::Entity::find().all(db).await.expect("read").len(),
            second_code::Entity::find().all(db).await.expect("read").len(),
        );
        two.start().await;
        two.code("new", "name", "Zzmeet").await;
        two.desk().await.says("What you have coded, one statement, is deleted.");
        two.kim.post(&two.at("coders/abandon"), &[]).await.leads_to(&two.round);
        assert_eq!(left().await, (0, 0));
        two.kim.get(&two.at("themes/priorities")).await.is(200);
        two.start().await;
        two.code("code", "unclear", "yes").await;
        two.noa().get(&two.round).await.says("1 of 25 statements, ends with it and is deleted");
        two.noa().post(&two.at("publish"), &[]).await.leads_to(&two.round);
        assert_eq!(left().await, (0, 0));
        two.kim.get(&two.at("report")).await.is(200);
        two.kim.post(&two.at("coders/start"), &[]).await.is(409).says("published");
        // Of another round, compared and then erased.
        let two = Two::of(backend).await;
        let db = two.prepared.app.db();
        two.start().await;
        two.code("new", "name", "Zzmeet").await;
        two.finish().await;
        two.kim.post(&two.at("coders/abandon"), &[]).await.is(409);
        assert_eq!(second_code::Entity::find().all(db).await.expect("read").len(), 25);
        if let Some(file) = two.prepared.app.database().file() {
            let mut bytes = std::fs::read(&file).expect("readable");
            bytes.extend(std::fs::read(file.with_extension("sqlite-wal")).unwrap_or_default());
            assert!(!bytes.windows(6).any(|window| window == b"Zzmeet"), "new themes are sealed");
        }
        two.prepared.app.clock.set("2027-11-21T12:00:00Z".parse().expect("a time"));
        assert_eq!(two.prepared.app.janitor.step().await.expect("cleans"), 1);
        assert!(second_coding::Entity::find().all(db).await.expect("read").is_empty());
        assert!(second_code::Entity::find().all(db).await.expect("read").is_empty());
    }

    async fn below_four_answers_no_index_is_shown(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let kim = prepared.noa.colleague(&prepared.organisation, "Kim Roe", "kim@example.com").await;
        prepared.app.clock.advance(chrono::TimeDelta::minutes(1));
        let round = prepared.open(&[]).await;
        for nth in 0..3 {
            prepared.answer(PEOPLE[nth].1, SAID[nth]).await;
        }
        prepared.noa.post(&format!("{round}/close"), &[]).await.leads_to(&round);
        let two = Two { prepared, kim, round };
        two.sort().await;
        two.start().await;
        two.code("code", "unclear", "yes").await;
        two.finish().await.is(200).says("Krippendorff").does_not_say("The index is");
    }
}

/// The statements on a page of the board.
fn codings(page: &Answer) -> BTreeSet<String> {
    let rest = page.body.split("data-coding=\"").skip(1);
    rest.filter_map(|rest| rest.split('"').next().map(str::to_owned))
        .collect()
}

/// The first statement on a page of the board.
#[track_caller]
fn first_coding(page: &Answer) -> String {
    let coding = page.body.split("data-coding=\"").nth(1);
    let coding = coding.and_then(|rest| rest.split('"').next());
    coding
        .unwrap_or_else(|| panic!("no statement in {}", page.body))
        .to_owned()
}

/// The page cut to what stands before and in the first difference that says so.
#[track_caller]
fn only(page: &Answer, words: &str) -> Answer {
    let item = page
        .body
        .split("<li>")
        .skip(1)
        .find(|item| item.contains(words) && item.contains("name=\"how\""));
    Answer {
        status: page.status,
        location: String::new(),
        body: item
            .unwrap_or_else(|| panic!("no difference {words} in {}", page.body))
            .to_owned(),
    }
}

/// A form of a page that has none any more.
fn settled_form(page: &Answer) -> Answer {
    Answer {
        status: page.status,
        location: String::new(),
        body: format!(
            "<input name=\"version\" value=\"9\"><input name=\"text\" value=\"{}\">",
            uuid::Uuid::nil()
        ),
    }
}
