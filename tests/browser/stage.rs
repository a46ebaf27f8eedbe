//! A team that has been asked, for tests that begin there.

use coherence::store::{invitations, responses};
use coherence::survey::Question;
use coherence::survey::draft::{Closing, Entry, Part};
use coherence::vault::LinkToken;

use crate::consultant;
use crate::sample::{self, Answers, Executive, TEAM_OF_FIVE};
use crate::support::app::TestApp;
use crate::support::browser::{Browser, Kind};
use crate::support::db::Backend;

/// A server, its consultant at her browser, and an open round.
pub struct Stage {
    pub app: TestApp,
    pub noa: Browser,
    /// Paths of the organisation, of the team and of the round.
    pub organisation: String,
    pub team: String,
    pub round: String,
}

impl Stage {
    /// Everything up to the letters, by the consultant's own pages.
    pub async fn open() -> Self {
        Self::open_with(&sample::list(), TEAM_OF_FIVE.len()).await
    }

    /// Likewise for a list of executives, of that many lines.
    pub async fn open_with(list: &str, people: usize) -> Self {
        let app = TestApp::start(Backend::Sqlite).await;
        let noa = Kind::desktop(1280, 900).start().await;
        consultant::set_up(&noa, &app).await;
        noa.click("Create my access").await;
        noa.click("Add an organisation").await;
        noa.fill("Name", sample::ORGANISATION).await;
        noa.click("Add the organisation").await;
        noa.fill("Name of the team", sample::TEAM).await;
        let organisation = noa.path().await;
        noa.click("Add the team").await;
        noa.click("import a list").await;
        let team = noa.path().await.trim_end_matches("/import").to_owned();
        noa.fill("List", list).await;
        noa.click("Look before storing").await;
        noa.click(&format!("Add {people} executives")).await;
        noa.click("New round").await;
        consultant::plan(&noa).await;
        noa.click("Save the draft").await;
        noa.click(&format!("Send {people} invitations")).await;
        noa.wait_for_text("The round is open.").await;
        let round = noa
            .path()
            .await
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(app.deliver().await, people);
        Self {
            app,
            noa,
            organisation,
            team,
            round,
        }
    }

    /// The address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.app.address())
    }

    /// The private address of an executive.
    pub fn private(&self, executive: &Executive) -> String {
        self.at(&self.app.private_path(executive.email))
    }

    /// All five answer, without a browser.
    pub async fn answered(&self) {
        for executive in TEAM_OF_FIVE {
            self.answer(executive).await;
        }
        assert_eq!(self.app.deliver().await, 5, "five receipts");
    }

    async fn answer(&self, executive: &Executive) {
        let perceived = executive.answers.perceived;
        self.answer_with(executive.email, parts(&executive.answers), perceived)
            .await;
    }

    /// The executive of that address answers, without a browser.
    pub async fn answer_with(&self, email: &str, parts: [(Question, Part); 5], perceived: &str) {
        let (db, tools, now) = (self.app.db(), &self.app.state().tools, self.app.now());
        let path = self.app.private_path(email);
        let token = LinkToken::parse(path.trim_start_matches("/r/")).expect("a token");
        let proven = invitations::prove(db, tools, &token, now)
            .await
            .expect("a genuine link");
        let invitations::Proven::Open(open) = proven else {
            panic!("the round takes answers");
        };
        for (question, part) in parts {
            responses::save_part(db, tools, &open, question, part, now)
                .await
                .expect("saved");
        }
        let closing = Closing {
            version: 0,
            perceived: perceived.to_owned(),
            quote: "verbatim".to_owned(),
        };
        responses::save_closing(db, tools, &open, closing, now)
            .await
            .expect("saved");
        responses::submit(db, tools, &open, now)
            .await
            .expect("the database answers")
            .expect("complete");
    }

    /// The consultant closes the round.
    pub async fn close(&self) {
        self.noa.goto(&self.at(&self.round)).await;
        self.noa.click("Close it now").await;
        self.noa.click("Close the round for good").await;
        self.noa.wait_for_text("The round is closed.").await;
    }
}

fn parts(answers: &Answers) -> [(Question, Part); 5] {
    let part = |entries: Vec<Entry>| Part {
        version: 0,
        unknown: entries.is_empty(),
        entries,
    };
    let texts = |texts: &[&str]| part(texts.iter().map(|text| entry(text)).collect());
    let pair = |(favour, over): &(&str, &str)| Entry {
        over: (*over).to_owned(),
        ..entry(favour)
    };
    let ask = |(function, text): &(&str, &str)| Entry {
        function: (*function).to_owned(),
        ..entry(text)
    };
    let success = |(text, measure): &(&str, Option<sample::Measure>)| match measure {
        None => entry(text),
        Some((metric, comparison, target, unit)) => Entry {
            metric: (*metric).to_owned(),
            comparison: (*comparison).to_owned(),
            target: (*target).to_owned(),
            unit: (*unit).to_owned(),
            ..entry(text)
        },
    };
    [
        (Question::Priorities, texts(answers.priorities)),
        (
            Question::TradeOffs,
            part(answers.trade_offs.iter().map(pair).collect()),
        ),
        (Question::Stops, texts(answers.stops)),
        (
            Question::Successes,
            part(answers.successes.iter().map(success).collect()),
        ),
        (Question::Asks, part(answers.asks.iter().map(ask).collect())),
    ]
}

pub fn entry(text: &str) -> Entry {
    Entry {
        text: text.to_owned(),
        ..Entry::default()
    }
}
