//! The theme board: statements are sorted by hand, and every change is kept with who and when.

use crate::rounds::{PEOPLE, Prepared};
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::{Answer, Visitor};

/// A closed round's board of the priorities.
struct Board {
    prepared: Prepared,
    round: String,
}

/// The values of an attribute or a name on a page, in order.
fn all_of(page: &Answer, before: &str) -> Vec<String> {
    page.body
        .split(before)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

/// The key of the theme of that name that has statements on the page.
#[track_caller]
fn theme(page: &Answer, name: &str) -> String {
    page.body
        .split("data-theme=\"")
        .skip(1)
        .find(|rest| {
            rest.split("</h3>")
                .next()
                .is_some_and(|head| head.ends_with(&format!(">{name}")))
        })
        .unwrap_or_else(|| panic!("no theme {name} in {}", page.body))
        .split('"')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The key of the statement with those words, in a theme or still to sort.
#[track_caller]
fn statement(page: &Answer, words: &str) -> String {
    let text = format!("{words}<");
    page.body
        .split("data-coding=\"")
        .skip(1)
        .find(|rest| {
            let shown = rest.split_once('>').map_or("", |(_, shown)| shown);
            shown.trim_start_matches("<q>").starts_with(&text)
        })
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_else(|| panic!("no statement {words} in {}", page.body))
        .to_owned()
}

impl Board {
    async fn of(backend: Backend, with: &[(&str, &str)]) -> Self {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.closed(with).await;
        Self { prepared, round }
    }

    fn noa(&self) -> &Visitor {
        &self.prepared.noa
    }

    fn path(&self) -> String {
        format!("{}/themes/priorities", self.round)
    }

    async fn page(&self) -> Answer {
        self.noa().get(&self.path()).await
    }

    /// A change on the board as it is now; the page that follows.
    async fn change(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.page().await.field("version");
        let mut fields = fields.to_vec();
        fields.push(("version", &version));
        let next = self
            .noa()
            .post(&format!("{}/{action}", self.path()), &fields)
            .await
            .leads_to(&self.path());
        self.noa().get(&next).await
    }

    /// Makes a theme of that statement; its key.
    async fn made(&self, words: &str, name: &str) -> String {
        let coding = statement(&self.page().await, words);
        let after = self
            .change("new", &[("coding", &coding), ("name", name)])
            .await;
        theme(&after, name)
    }

    async fn history(&self) -> Answer {
        self.noa()
            .get(&format!("{}/themes/history", self.round))
            .await
    }
}

on_both_databases! {
    async fn statements_cannot_be_read_before_the_round_has_closed(backend: Backend) {
        let prepared = Prepared::with(backend, &PEOPLE).await;
        let round = prepared.open(&[]).await;
        prepared.answer(PEOPLE[0].1, ["Fix platform reliability", "Cash", "Hire"]).await;
        prepared.noa.get(&format!("{round}/themes/priorities")).await.is(409).does_not_say("reliability");
        prepared.noa.post(&format!("{round}/themes/priorities/confirm"), &[("version", "0")]).await.is(409);
    }

    async fn a_confidential_board_shows_no_name_and_the_consultants_mode_shows_them(backend: Backend) {
        let confidential = Board::of(backend, &[]).await;
        for question in ["priorities", "trade_offs", "stops", "successes", "asks", "history"] {
            let page = confidential.noa().get(&format!("{}/themes/{question}", confidential.round)).await;
            page.is(200);
            for (name, email) in PEOPLE {
                page.does_not_say(name).does_not_say(email);
            }
        }
        let page = confidential.page().await;
        page.says("without names, in shuffled order").says("Fix platform reliability");
        let named = Board::of(backend, &[("attribution", "consultant")]).await;
        let page = named.page().await;
        let author = PEOPLE.iter().any(|(name, _)| page.body.contains(name));
        assert!(author, "the card in hand names its author: {}", page.body);
    }

    async fn a_statement_moves_to_another_theme_and_is_confirmed_there(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let page = board.page().await;
        page.says("25 statements to sort");
        let to = board.made("Win back Brackwater", "Accounts").await;
        let from = board.made("Relaunch the brand", "Brand").await;
        assert_ne!(to, from);
        let coding = statement(&page, "Relaunch the brand");
        let after = board.change("move", &[("coding", &coding), ("to", &to)]).await;
        after.says("2 of 25 statements have a confirmed theme").says("Moved one statement from “Brand” to “Accounts”.");
        board.history().await.says("Noa Berg").says("Friday 20 November 2026, 12:00, London time").says("The program");
    }

    async fn a_new_theme_is_made_from_a_statement_and_renamed(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let coding = statement(&board.page().await, "Fewer meetings");
        let after = board.change("new", &[("coding", &coding), ("name", "How we <meet>")]).await;
        after.says("How we &lt;meet&gt;").does_not_say("<meet>");
        let made = theme(&after, "How we &lt;meet&gt;");
        let after = board.change("rename", &[("theme", &made), ("name", "Meetings")]).await;
        assert_eq!(theme(&after, "Meetings"), made);
        board.history().await.says("Made the theme “How we &lt;meet&gt;” from one statement").says("Renamed “How we &lt;meet&gt;” to “Meetings”");
    }

    async fn a_theme_merges_into_another_and_splits_again(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let from = board.made("Relaunch the brand", "Campaign").await;
        let into = board.made("Win back Brackwater", "Accounts").await;
        let merged = board.change("merge", &[("theme", &from), ("into", &into)]).await;
        assert!(!all_of(&merged, "data-theme=\"").contains(&from));
        let back = statement(&merged, "Relaunch the brand");
        let split = board.change("split", &[("theme", &into), ("coding", &back), ("name", "Brand")]).await;
        theme(&split, "Brand");
        board.history().await.says("Merged “Campaign” into “Accounts”").says("Made the theme “Brand” from one statement");
        let version = board.page().await.field("version");
        let gone = [("coding", back.as_str()), ("to", &from), ("version", &version)];
        board.noa().post(&format!("{}/move", board.path()), &gone).await.is(409).says("merged into another one");
        let itself = [("theme", into.as_str()), ("into", &into), ("version", &version)];
        board.noa().post(&format!("{}/merge", board.path()), &itself).await.is(409).says("cannot be merged into itself");
    }

    async fn one_statement_or_all_of_a_theme_or_all_close_matches_are_confirmed(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let coding = statement(&board.page().await, "Fewer meetings");
        board.change("confirm", &[("coding", &coding)]).await.says("1 of 25 statements").says("Confirmed one statement.");
        let page = board.page().await;
        if page.body.contains("name=\"close\"") {
            board.change("confirm", &[("close", "yes")]).await.says("Confirmed ");
            board.page().await.does_not_say("name=\"close\"");
        }
        let version = board.page().await.field("version");
        let none = [("close", "yes"), ("version", version.as_str())];
        board.noa().post(&format!("{}/confirm", board.path()), &none).await.is(409).says("Nothing is left to confirm");
        let codings = all_of(&board.page().await, "draggable=\"true\" data-coding=\"");
        let mut fields: Vec<(&str, &str)> = codings.iter().map(|coding| ("coding", coding.as_str())).collect();
        fields.dedup();
        board.change("confirm", &fields).await.says("Every statement of this question has a confirmed theme");
    }

    async fn what_is_left_out_is_named_and_what_was_typed_is_kept(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let page = board.page().await;
        let coding = statement(&page, "Fewer meetings");
        let target = board.made("Win back Brackwater", "Accounts").await;
        let version = board.page().await.field("version");
        let post = async |action: &str, extra: &[(&str, &str)]| {
            let mut fields = vec![("version", version.as_str()), ("coding", coding.as_str()), ("theme", target.as_str())];
            fields.extend(extra);
            board.noa().post(&format!("{}/{action}", board.path()), &fields).await
        };
        post("move", &[("find", "")]).await.is(422).says("Another theme: please type its name, or a part of it.");
        let unknown = post("move", &[("find", "zebra")]).await;
        unknown.is(422).says("no theme is called “zebra”").says("value=\"zebra\"").says(r##"<a href="#find">"##);
        post("words", &[("words", "DACH")]).await.is(422).says("two wordings of 2 to 80 characters").says("value=\"DACH\"");
        let long = "x".repeat(81);
        let again = post("new", &[("name", &long)]).await;
        again.is(422).says("The new theme’s name may have at most 80 characters; it has 81.").says(&long).says(r##"<a href="#name">"##);
        post("rename", &[("name", " ")]).await.is(422).says("The theme’s name must not be empty.");
        post("merge", &[("into", "")]).await.is(422).says("Merge into: please choose a theme.");
        post("burn", &[]).await.is(404);
        post("move", &[("to", "nothing")]).await.is(400);
        assert_eq!(board.page().await.field("version"), version, "nothing was changed");
    }

    async fn a_change_based_on_an_older_board_overwrites_nothing_and_loses_nothing(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let seen = board.page().await;
        let version = seen.field("version");
        let kim = board.prepared.noa.colleague(&board.prepared.organisation, "Kim Roe", "kim@example.com").await;
        let mine = statement(&seen, "Fewer meetings");
        let fields = [("version", version.as_str()), ("coding", &mine), ("name", "Discipline")];
        kim.post(&format!("{}/new", board.path()), &fields).await.leads_to(&board.path());
        let fields = [("version", version.as_str()), ("coding", &mine), ("name", "Meetings")];
        let stale = board.noa().post(&format!("{}/new", board.path()), &fields).await;
        stale
            .is(409)
            .says("The board changed while you looked at it")
            .says("You wanted to make the theme “Meetings” from “Fewer meetings”.")
            .says("Made the theme “Discipline” from one statement")
            .says("Kim Roe");
        let now = board.page().await;
        theme(&now, "Discipline");
        assert_ne!(now.field("version"), version);
        let fields = [
            ("version", stale.field("version")),
            ("coding", stale.field("coding")),
            ("name", stale.field("name")),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        board.noa().post(&format!("{}/new", board.path()), &fields).await.leads_to(&board.path());
        let now = board.page().await;
        theme(&now, "Meetings");
    }

    async fn two_consultants_sort_at_once_and_see_each_others_changes(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let seen = board.page().await;
        let version = seen.field("version");
        let kim = board.prepared.noa.colleague(&board.prepared.organisation, "Kim Roe", "kim@example.com").await;
        let made = async |who: &Visitor, words: &str, name: &str| {
            let coding = statement(&seen, words);
            let fields = [("version", version.as_str()), ("coding", &coding), ("name", name)];
            who.post(&format!("{}/new", board.path()), &fields).await.leads_to(&board.path());
        };
        // Both start from the same page; they sort different statements, so neither is in the other's way.
        made(&kim, "Fewer meetings", "Meetings").await;
        made(board.noa(), "Hire two engineers", "Hiring").await;
        let page = board.page().await;
        theme(&page, "Meetings");
        theme(&page, "Hiring");
        let news = board.noa().get(&format!("{}/themes/since?version={version}", board.round)).await;
        let news: serde_json::Value = serde_json::from_str(&news.body).expect("JSON");
        let now: i64 = page.field("version").parse().expect("a number");
        assert_eq!(news["version"].as_i64(), Some(now));
        let lines: Vec<&str> = news["lines"].as_array().expect("lines").iter().filter_map(|l| l.as_str()).collect();
        assert!(lines[0].starts_with("Kim Roe: Made the theme “Meetings”"), "{lines:?}");
        assert_eq!(lines.len(), 2);
        let quiet = board.noa().get(&format!("{}/themes/since?version={now}", board.round)).await;
        assert!(quiet.body.contains("\"lines\":[]"), "{}", quiet.body);
    }

    async fn every_change_of_ones_own_can_be_taken_back(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let before = board.page().await;
        let undo = async || {
            let next = board.noa().post(&format!("{}/undo", board.path()), &[("version", "0")]).await.leads_to(&board.path());
            board.noa().get(&next).await
        };
        board.noa().post(&format!("{}/undo", board.path()), &[]).await.is(409).says("nothing of yours to take back");
        let (one, two) = (statement(&before, "Fewer meetings"), statement(&before, "Hire two engineers"));
        board.change("new", &[("coding", &one), ("name", "Meetings")]).await;
        let meetings = theme(&board.page().await, "Meetings");
        board.change("move", &[("coding", &two), ("find", "meet")]).await.says("to “Meetings”");
        board.change("rename", &[("theme", &meetings), ("name", "Discipline")]).await;
        board.change("new", &[("coding", &two), ("name", "Hiring")]).await;
        let hiring = theme(&board.page().await, "Hiring");
        board.change("merge", &[("theme", &hiring), ("into", &meetings)]).await.says("Merged");
        undo().await.says("Took back: merged “Hiring” into “Discipline”.");
        theme(&board.page().await, "Hiring");
        // Taken back twice is taking back the one before.
        undo().await.says("Took back: made the theme “Hiring”").does_not_say(">Hiring<");
        undo().await.says("Took back: renamed “Meetings” to “Discipline”.");
        undo().await.says("Took back: moved one statement");
        undo().await.says("Took back: made the theme “Meetings”").says("25 statements to sort");
        board.noa().post(&format!("{}/undo", board.path()), &[]).await.is(409);
        board.history().await.says("Took back: merged “Hiring” into “Discipline”");
        // What somebody else has built upon stays.
        let kim = board.prepared.noa.colleague(&board.prepared.organisation, "Kim Roe", "kim@example.com").await;
        board.change("new", &[("coding", &one), ("name", "Meetings")]).await;
        let page = board.page().await;
        let fields = [("version", page.field("version")), ("coding", one.clone()), ("name", "Order".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        kim.post(&format!("{}/new", board.path()), &fields).await.leads_to(&board.path());
        board.noa().post(&format!("{}/undo", board.path()), &[]).await.is(409).says("somebody has changed the same");
        theme(&board.page().await, "Order");
    }

    async fn an_unused_theme_is_put_away_and_taken_out_again(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let page = board.page().await;
        let (one, two) = (statement(&page, "Fewer meetings"), statement(&page, "Hire two engineers"));
        board.change("new", &[("coding", &one), ("name", "Meetings")]).await;
        let meetings = theme(&board.page().await, "Meetings");
        let version = board.page().await.field("version");
        let fields = [("version", version.as_str()), ("theme", &meetings)];
        board.noa().post(&format!("{}/archive", board.path()), &fields).await.is(409).says("Move or merge them first");
        board.change("new", &[("coding", &two), ("name", "Hiring")]).await;
        board.change("move", &[("coding", &one), ("find", "Hiring")]).await;
        board.change("archive", &[("theme", &meetings)]).await.says("Put “Meetings” away").says("One theme put away");
        let version = board.page().await.field("version");
        let fields = [("version", version.as_str()), ("coding", &one), ("find", "Meetings")];
        board.noa().post(&format!("{}/move", board.path()), &fields).await.is(422).says("no theme is called");
        board.change("restore", &[("theme", &meetings)]).await.says("Took “Meetings” out again");
        board.change("move", &[("coding", &one), ("find", "Meetings")]).await.says("to “Meetings”");
    }

    async fn the_teams_own_words_help_to_group_what_is_left(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let page = board.page().await;
        let coding = statement(&page, "Fewer meetings");
        board.change("new", &[("coding", &coding), ("name", "Meetings")]).await;
        let words = [("words", "calendar = fewer meetings")];
        let next = board.noa().post(&format!("{}/words", board.path()), &words).await.leads_to(&board.path());
        board.noa().get(&next).await.says("calendar").says("fewer meetings");
        let twice = board.noa().post(&format!("{}/words", board.path()), &words).await.leads_to(&board.path());
        let page = board.noa().get(&twice).await;
        assert_eq!(all_of(&page, "name=\"alias\" value=\"").len(), 1, "the same words again change nothing");
        board.change("again", &[]).await.says("Grouped 24 statements anew").says("1 of 25 statements");
        let id = all_of(&board.page().await, "name=\"alias\" value=\"").remove(0);
        board.noa().post(&format!("{}/words/remove", board.path()), &[("alias", &id)]).await.leads_to(&board.path());
        board.page().await.does_not_say("name=\"alias\"");
    }

    async fn the_board_shows_all_statements_or_those_of_one_question(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let all = board.noa().get(&format!("{}/themes", board.round)).await.leads_to(&board.round);
        let all = board.noa().get(&all).await;
        let cards = |page: &Answer| {
            let mut all = all_of(page, "data-coding=\"");
            all.sort();
            all.dedup();
            all.len()
        };
        let queue = |page: &Answer| page.body.contains("To sort: 25") || page.body.contains("25 left");
        assert!(queue(&all) && cards(&all) > cards(&board.page().await), "all five questions");
        board.noa().get(&format!("{}/themes/nonsense", board.round)).await.is(404);
    }

    async fn a_published_board_can_be_read_and_not_changed(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let seen = board.page().await;
        board.noa().post(&format!("{}/publish", board.round), &[]).await.leads_to(&board.round);
        board.page().await.is(200).says("Fewer meetings").does_not_say("<form method=\"post\" action=\"/rounds");
        let coding = statement(&seen, "Fewer meetings");
        let fields = [("version", seen.field("version")), ("coding", coding)];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        board.noa().post(&format!("{}/confirm", board.path()), &fields).await.is(409).says("themes stay as they are");
    }

    async fn the_teams_themes_carry_on_to_the_next_round(backend: Backend) {
        let board = Board::of(backend, &[]).await;
        let brand = board.made("Relaunch the brand", "Brand").await;
        board.change("rename", &[("theme", &brand), ("name", "Brand and marketing")]).await;
        let next = board.noa().post(&format!("{}/next", board.round), &[]).await.leads_to("/rounds/");
        let next = next.split('?').next().expect("a path").to_owned();
        board.noa().post(&format!("{next}/open"), &[]).await.leads_to(&next);
        board.prepared.app.deliver().await;
        for (_, email) in PEOPLE {
            board.prepared.answer(email, ["Relaunch the brand", "Win back Brackwater", "Cash"]).await;
        }
        board.noa().post(&format!("{next}/close"), &[]).await.leads_to(&next);
        let page = board.noa().get(&format!("{next}/themes/priorities")).await;
        assert_eq!(theme(&page, "Brand and marketing"), brand);
        page.says("from an earlier round");
    }
}
