//! The whole path, as people go it: from the set-up link to the next round.

use std::sync::Arc;

use chrono::TimeDelta;
use coherence::mail;

use crate::album::{self, Album, Look};
use crate::consultant::{self, Board};
use crate::executive::{ENGLISH, GERMAN};
use crate::sample::{self, CALLUM, Executive, MARA, PRIYA, TEAM_OF_FIVE, TOBIAS, WILMA};
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Kind};
use crate::support::db::{Backend, on_both_databases};
use crate::support::smtp::Smtp;

const QUESTIONS: [&str; 5] = ["priorities", "trade_offs", "stops", "successes", "asks"];

/// The stage of one walk.
struct Walk {
    app: TestApp,
    post: Smtp,
    album: Album,
}

on_both_databases! {
    async fn a_team_is_asked_and_reads_where_its_answers_part(backend: Backend) {
        let post = Smtp::start();
        let mailer = mail::Smtp::new(&post.url()).expect("the test's mail server has an address");
        let app = TestApp::with_mailer(backend, Arc::new(mailer)).await;
        // The pages look the same on both databases: one set of pictures is enough.
        let mut walk = Walk { app, post, album: Album::new(backend == Backend::Sqlite) };
        let noa = Kind::desktop(1280, 900).start().await;
        walk.comes_in(&noa).await;
        walk.prepares_the_team(&noa).await;
        let round = walk.opens_a_round(&noa).await;
        walk.five_answer(&noa, &round).await;
        walk.closes_and_sorts(&noa, &round).await;
        walk.reads_and_shares(&noa, &round).await;
        walk.starts_the_next_round(&noa, &round).await;
        walk.app.stop().await;
        walk.album.close();
    }
}

impl Walk {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.app.address())
    }

    async fn comes_in(&mut self, noa: &Browser) {
        consultant::set_up(noa, &self.app).await;
        self.album.everywhere(noa, "set-up").await;
        noa.click("Create my access").await;
        noa.wait_for_text("Welcome, Noa Berg").await;
        self.album.everywhere(noa, "home-empty").await;
        noa.click("Sign out").await;
        noa.fill("E-mail", consultant::ADDRESS).await;
        noa.fill("Password", "not the one").await;
        noa.click("Sign in").await;
        noa.wait_for("[role=alert]").await;
        self.album
            .everywhere_after(noa, "sign-in-refused", &[401, 403, 422])
            .await;
        consultant::sign_in(noa).await;
        noa.wait_for_text("Welcome, Noa Berg").await;
        noa.goto(&self.at("/set-up/nothing")).await;
        self.album.everywhere_after(noa, "not-found", &[404]).await;
    }

    async fn prepares_the_team(&mut self, noa: &Browser) {
        noa.goto(&self.at("/")).await;
        noa.click("Add an organisation").await;
        self.album.everywhere(noa, "organisations-empty").await;
        noa.fill("Name", sample::ORGANISATION).await;
        noa.click("Add the organisation").await;
        noa.wait_for_text("Add the first one.").await;
        noa.fill("Name of the team", sample::TEAM).await;
        self.album.everywhere(noa, "organisation").await;
        noa.click("Add the team").await;
        noa.wait_for_text("Nobody to ask yet").await;
        self.album.everywhere(noa, "team-empty").await;
        noa.click("import a list").await;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("executives.csv");
        std::fs::write(&file, sample::bad_list()).expect("the list can be written");
        noa.attach("Or a file", &file).await;
        noa.click("Look before storing").await;
        noa.wait_for_text("Lines that cannot be taken").await;
        self.album.everywhere(noa, "import-one-bad-line").await;
        std::fs::write(&file, sample::list()).expect("the list can be written");
        noa.attach("Or a file", &file).await;
        noa.click("Look before storing").await;
        noa.click("Add 5 executives").await;
        noa.wait_for_text("Five executives added").await;
        self.album.everywhere(noa, "team").await;
        noa.click("Edit Wilma Fontane").await;
        self.album.everywhere(noa, "executive").await;
        noa.click("Back without saving").await;
    }

    /// Returns the address of the round.
    async fn opens_a_round(&mut self, noa: &Browser) -> String {
        noa.click("New round").await;
        consultant::plan(noa).await;
        noa.fill("Answers are taken until", "2026-11-01T18:00")
            .await;
        noa.click("Save the draft").await;
        noa.wait_for("[role=alert]").await;
        self.album
            .everywhere_after(noa, "round-form-with-a-mistake", &[422])
            .await;
        noa.fill("Answers are taken until", "2026-12-04T18:00")
            .await;
        noa.click("Save the draft").await;
        noa.wait_for_text("five people will be asked").await;
        let round = noa
            .path()
            .await
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        self.album.everywhere(noa, "round-draft").await;
        noa.click("Read the letter first").await;
        noa.wait_for_text("As it will be sent").await;
        self.album.everywhere(noa, "letter").await;
        noa.click("Back to the round").await;
        noa.click("Send 5 invitations").await;
        noa.wait_for_text("The round is open.").await;
        assert_eq!(self.app.deliver().await, 5, "five letters were sent");
        assert_eq!(self.post.letters().len(), 5, "five letters arrived");
        noa.reload().await;
        self.album.everywhere(noa, "round-open").await;
        round
    }

    /// The private address in the last letter to that executive, which nobody else got.
    fn private_link(&self, executive: &Executive) -> String {
        let letters = self.post.letters_to(executive.email);
        let letter = letters
            .last()
            .unwrap_or_else(|| panic!("no letter to {}", executive.name));
        assert_eq!(letter.to, [executive.email], "a letter goes to one person");
        let private = self.at("/r/");
        letter
            .links()
            .into_iter()
            .find(|link| link.starts_with(&private))
            .expect("the letter has a private link")
    }

    /// Sends what is due and looks for the receipt, which says nothing of the answers.
    async fn gets_a_receipt(&self, executive: &Executive) {
        assert_eq!(
            self.app.deliver().await,
            1,
            "one receipt for {}",
            executive.name
        );
        let letters = self.post.letters_to(executive.email);
        let receipt = letters.last().expect("the receipt");
        let subject = if executive.language == "de" {
            "Ihre Antworten sind angekommen"
        } else {
            "Your answers have arrived"
        };
        assert_eq!(receipt.subject, subject);
        assert!(
            !receipt.raw.contains(executive.answers.priorities[0]),
            "{}",
            receipt.text
        );
    }

    /// Days later the session has ended; the sign-in leads back to where she wanted to go.
    async fn comes_back(&self, noa: &Browser, path: &str) {
        noa.goto(&self.at(path)).await;
        consultant::sign_in(noa).await;
        noa.wait_for_text("Who has answered").await;
        assert_eq!(noa.path().await, path);
    }

    async fn five_answer(&mut self, noa: &Browser, round: &str) {
        self.priya_on_a_phone().await;
        self.app.clock.advance(TimeDelta::days(1));
        self.callum_without_scripts().await;
        self.wilma_on_two_devices().await;
        self.comes_back(noa, round).await;
        self.album.everywhere(noa, "round-in-progress").await;
        noa.click("Remind 2 who have not answered").await;
        noa.wait_for_text("reminders are on the way").await;
        assert_eq!(
            self.app.deliver().await,
            2,
            "only those who have not answered are reminded"
        );
        self.tobias_in_german().await;
        self.app.clock.advance(TimeDelta::days(2));
        self.mara_in_two_tabs().await;
        self.comes_back(noa, round).await;
        noa.wait_for_text("all five have answered").await;
        self.album.page(noa, "round-all-answered").await;
    }

    async fn priya_on_a_phone(&mut self) {
        let phone = Kind::phone(360, 780).start().await;
        phone.goto(&self.private_link(&PRIYA)).await;
        phone
            .wait_for_text("Five questions for you, Priya Raman")
            .await;
        self.album.page(&phone, "phone-welcome").await;
        phone.click(ENGLISH.begin).await;
        for number in 1..=5 {
            ENGLISH.fill(&phone, number, &PRIYA.answers).await;
            self.album
                .page(
                    &phone,
                    &format!("phone-{}", QUESTIONS[number - 1].replace('_', "-")),
                )
                .await;
            phone.click(ENGLISH.next).await;
        }
        ENGLISH.taps(&phone, &PRIYA.answers).await;
        self.album.page(&phone, "phone-last").await;
        phone.click(ENGLISH.send).await;
        phone.wait_for_text(ENGLISH.thanks).await;
        self.album.page(&phone, "phone-done").await;
        self.gets_a_receipt(&PRIYA).await;
        phone.goto(&self.private_link(&PRIYA)).await;
        phone.wait_for_text("Your answers have been sent.").await;
        self.album.page(&phone, "phone-welcome-again").await;
    }

    async fn callum_without_scripts(&mut self) {
        let plain = Kind::desktop(1280, 900).without_scripts().start().await;
        let link = self.private_link(&CALLUM);
        plain.goto(&link).await;
        self.album.page(&plain, "no-scripts-welcome").await;
        plain.click("I would rather not take part").await;
        plain.wait_for_text("You would rather not take part").await;
        self.album.page(&plain, "no-scripts-decline").await;
        plain.goto(&link).await;
        plain.click(ENGLISH.begin).await;
        ENGLISH.fill(&plain, 1, &CALLUM.answers).await;
        plain.fill("Priority 3", "x").await;
        plain.click(ENGLISH.next).await;
        plain.wait_for_text("Something is still open").await;
        self.album
            .page_after(&plain, "no-scripts-mistake", &[422])
            .await;
        ENGLISH.from(&plain, 1, &CALLUM.answers).await;
        self.album.page(&plain, "no-scripts-done").await;
        self.gets_a_receipt(&CALLUM).await;
    }

    async fn wilma_on_two_devices(&mut self) {
        let link = self.private_link(&WILMA);
        let desk = Kind::desktop(1280, 900).dark().start().await;
        desk.goto(&link).await;
        self.album.page(&desk, "dark-welcome").await;
        desk.click(ENGLISH.begin).await;
        ENGLISH.fill(&desk, 1, &WILMA.answers).await;
        self.album.page(&desk, "dark-priorities").await;
        desk.click(ENGLISH.next).await;
        ENGLISH.fill(&desk, 2, &WILMA.answers).await;
        desk.click(ENGLISH.save).await;
        desk.wait_for_text("Saved. You can close this page").await;
        self.album.page(&desk, "dark-saved-for-later").await;
        drop(desk);
        let phone = Kind::phone(360, 780).dark().start().await;
        phone.goto(&link).await;
        self.album.page(&phone, "phone-dark-continue").await;
        phone.click("Continue").await;
        phone.wait_for_text(ENGLISH.titles[2]).await;
        phone.click("Back").await;
        phone.wait_for_text(ENGLISH.titles[1]).await;
        let kept = phone.within("Trade-off 1").value("over").await;
        assert_eq!(
            kept, WILMA.answers.trade_offs[0].1,
            "the draft is there on another device"
        );
        phone.click(ENGLISH.next).await;
        ENGLISH.fill(&phone, 3, &WILMA.answers).await;
        self.album.page(&phone, "phone-dark-stops").await;
        phone.click(ENGLISH.next).await;
        ENGLISH.from(&phone, 4, &WILMA.answers).await;
        self.gets_a_receipt(&WILMA).await;
    }

    async fn tobias_in_german(&mut self) {
        let browser = Kind::desktop(1280, 900).language("de").start().await;
        browser.goto(&self.private_link(&TOBIAS)).await;
        browser
            .wait_for_text("Fünf Fragen an Sie, Tobias Kern")
            .await;
        self.album.page(&browser, "german-welcome").await;
        browser.click(GERMAN.begin).await;
        for number in 1..=5 {
            GERMAN.fill(&browser, number, &TOBIAS.answers).await;
            self.album
                .page(
                    &browser,
                    &format!("german-{}", QUESTIONS[number - 1].replace('_', "-")),
                )
                .await;
            browser.click(GERMAN.next).await;
        }
        GERMAN.taps(&browser, &TOBIAS.answers).await;
        self.album.page(&browser, "german-last").await;
        browser.click(GERMAN.send).await;
        browser.wait_for_text(GERMAN.thanks).await;
        self.album.page(&browser, "german-done").await;
        self.gets_a_receipt(&TOBIAS).await;
    }

    async fn mara_in_two_tabs(&mut self) {
        let browser = Kind::desktop(1280, 900).start().await;
        let question = format!("{}/1", self.private_link(&MARA));
        browser.goto(&question).await;
        let client = browser.client();
        let first = client.window().await.expect("a tab");
        let second = client.new_window(true).await.expect("a second tab").handle;
        client
            .switch_to_window(second)
            .await
            .expect("the second tab opens");
        browser.goto(&question).await;
        browser.fill("Priority 1", "Launch in Sweden").await;
        browser.click(ENGLISH.save).await;
        browser
            .wait_for_text("Saved. You can close this page")
            .await;
        client
            .switch_to_window(first)
            .await
            .expect("the first tab is still there");
        ENGLISH.fill(&browser, 1, &MARA.answers).await;
        browser.click(ENGLISH.save).await;
        browser
            .wait_for_text("This was changed in another tab or on another device")
            .await;
        browser.wait_for_text("Launch in Sweden").await;
        browser.wait_for_text(MARA.answers.priorities[2]).await;
        self.album
            .everywhere_after(&browser, "conflict", &[409])
            .await;
        browser.click("Keep what I just typed").await;
        browser
            .wait_for_text("Saved. You can close this page")
            .await;
        assert_eq!(
            browser.page().value("Priority 3").await,
            MARA.answers.priorities[2]
        );
        browser.click(ENGLISH.next).await;
        ENGLISH.fill(&browser, 2, &MARA.answers).await;
        self.album.everywhere(&browser, "trade-offs").await;
        browser.click(ENGLISH.next).await;
        ENGLISH.fill(&browser, 3, &MARA.answers).await;
        self.album.page(&browser, "stops-unknown").await;
        browser.click(ENGLISH.next).await;
        ENGLISH.fill(&browser, 4, &MARA.answers).await;
        self.album.page(&browser, "successes").await;
        browser.click(ENGLISH.next).await;
        ENGLISH.fill(&browser, 5, &MARA.answers).await;
        self.album.page(&browser, "asks-unknown").await;
        browser.click(ENGLISH.next).await;
        ENGLISH.taps(&browser, &MARA.answers).await;
        self.album.everywhere(&browser, "last").await;
        browser.click(ENGLISH.send).await;
        browser.wait_for_text(ENGLISH.thanks).await;
        self.album.everywhere(&browser, "done").await;
        self.gets_a_receipt(&MARA).await;
    }

    async fn closes_and_sorts(&mut self, noa: &Browser, round: &str) {
        noa.goto(&self.at(round)).await;
        noa.click("Close it now").await;
        self.album.page(noa, "round-before-closing").await;
        noa.click("Close the round for good").await;
        noa.wait_for_text("The round is closed.").await;
        self.album.everywhere(noa, "round-closed").await;
        noa.click("Open the board").await;
        let board = Board { browser: noa };
        self.album.everywhere(noa, "board").await;
        let card = board.cards().await.into_iter().next().expect("a card");
        board.open_theme(&card.theme).await;
        self.album.everywhere(noa, "board-theme-open").await;
        Self::by_key(&board).await;
        Self::by_dragging(&board).await;
        for (question, nth) in QUESTIONS.into_iter().zip(1..) {
            noa.goto(&self.at(&format!("{round}/themes/{question}")))
                .await;
            board.sort().await;
            noa.wait_for_text("Every statement of this question has a confirmed theme.")
                .await;
            if nth == 2 {
                self.album.everywhere(noa, "board-trade-offs").await;
            } else {
                self.album
                    .page(noa, &format!("board-{}", question.replace('_', "-")))
                    .await;
            }
        }
        noa.goto(&self.at(&format!("{round}/themes/history"))).await;
        noa.wait_for_text("Noa Berg").await;
        self.album.everywhere(noa, "board-history").await;
    }

    /// The key 1 puts the card in hand into the likeliest theme.
    async fn by_key(board: &Board<'_>) {
        // One that the program has put into a theme, so that there is a likeliest one.
        let cards = board.cards().await;
        let card = cards.iter().rfind(|card| !card.theme.is_empty());
        let card = card.expect("a card in a theme").clone();
        board.take(&card.coding).await;
        board
            .browser
            .script("document.getElementById('now').focus()")
            .await;
        let named = "return document.querySelector('#now [data-key=\"1\"] span').firstChild.textContent.trim()";
        let likeliest = board.browser.script(named).await;
        board.changes(board.browser.press("1")).await;
        let after = board.cards().await;
        let after = after
            .iter()
            .find(|other| other.coding == card.coding)
            .expect("the card is still there");
        assert_eq!(likeliest, after.theme.as_str());
    }

    /// A card is dragged from one theme onto another.
    async fn by_dragging(board: &Board<'_>) {
        let cards = board.cards().await;
        let card = cards.first().expect("a card");
        let other = cards
            .iter()
            .find(|other| other.theme_id != card.theme_id && !other.theme.is_empty())
            .expect("a second theme");
        let from = format!("article.theme a[data-coding='{}']", card.coding);
        let to = format!("article.theme[data-theme='{}'] h3", other.theme_id);
        board.changes(board.browser.drag(&from, &to)).await;
        let after = board.cards().await;
        let after = after
            .iter()
            .find(|one| one.coding == card.coding)
            .expect("the card is still there");
        assert_eq!(after.theme, other.theme);
    }

    async fn reads_and_shares(&mut self, noa: &Browser, round: &str) {
        noa.goto(&self.at(round)).await;
        noa.wait_for_text("everything is sorted").await;
        self.album.everywhere(noa, "round-sorted").await;
        noa.click("Your report").await;
        noa.wait_for_text("For you alone").await;
        self.album.everywhere(noa, "report-consultant").await;
        noa.click("Back to 2026-Q4").await;
        noa.click("Preview of the client’s report").await;
        noa.wait_for_text("To decide first").await;
        self.album.everywhere(noa, "report-client-preview").await;
        noa.click("Back to 2026-Q4").await;
        noa.click("Before you publish").await;
        noa.wait_for_text("What could still identify somebody")
            .await;
        noa.click("Publish the report").await;
        noa.wait_for_text("The report is published and frozen.")
            .await;
        noa.click("Make a link for").await;
        noa.wait_for_text("The link is ready.").await;
        self.album.everywhere(noa, "round-published").await;
        let link = noa.page().value("Private link, until").await;
        self.sponsor_reads(&link).await;
    }

    async fn sponsor_reads(&mut self, link: &str) {
        let phone = Kind::phone(360, 780).start().await;
        phone.goto(link).await;
        phone.wait_for_text("To decide first").await;
        let page = phone.text().await;
        for executive in TEAM_OF_FIVE {
            assert!(
                !page.contains(executive.name),
                "the report names {}",
                executive.name
            );
        }
        self.album.page(&phone, "sponsor-phone").await;
        drop(phone);
        let desk = Kind::desktop(1280, 900).start().await;
        desk.goto(link).await;
        self.album.everywhere(&desk, "sponsor").await;
        album::for_the_readme(&desk).await;
        Look::Zoomed.put(&desk).await;
        desk.assert_no_horizontal_scroll().await;
    }

    async fn starts_the_next_round(&mut self, noa: &Browser, round: &str) {
        noa.goto(&self.at(round)).await;
        noa.click("Start the next round from this one").await;
        noa.wait_for_text("A draft with the same settings.").await;
        noa.wait_for_text("2027-Q1").await;
        self.album.everywhere(noa, "next-round").await;
        noa.goto(&self.at("/")).await;
        self.album.everywhere(noa, "home").await;
        noa.goto(&self.at("/organisations")).await;
        self.album.page(noa, "organisations").await;
    }
}
