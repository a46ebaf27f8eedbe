//! A stage for tests of what lies below the pages: a team that has been asked, and answers.

use crate::support::app::TestApp;
use crate::support::db::Backend;
use crate::visitor::Visitor;

/// Names, addresses and functions that stand nowhere else, so that a search finds only them.
pub const TEAM: [(&str, &str, &str); 5] = [
    ("Quillon Abernathy", "quillon@halden.example", "Finance"),
    ("Brisa Tomlinek", "brisa@halden.example", "Sales"),
    ("Corvin Odekirk", "corvin@halden.example", "Product"),
    ("Delphine Marsh", "delphine@halden.example", "Engineering"),
    ("Eskil Sundqvist", "eskil@halden.example", "People"),
];

/// An open round of [`TEAM`].
pub struct Stage {
    pub app: TestApp,
    pub noa: Visitor,
    pub team: String,
    pub round: String,
}

impl Stage {
    pub async fn open(backend: Backend, attribution: &str) -> Self {
        Self::on(TestApp::start(backend).await, attribution).await
    }

    pub async fn on(app: TestApp, attribution: &str) -> Self {
        let noa = Visitor::set_up(&app.address(), &app.set_up_path()).await;
        let organisation = noa.organisation("Halden Instruments").await;
        let team = noa.team(&organisation, "Executive team").await;
        for (name, email, function) in TEAM {
            let fields = [("name", name), ("email", email), ("function", function)];
            noa.post(&format!("{team}/executives"), &fields)
                .await
                .leads_to(&team);
        }
        let plan = [
            ("label", "2026-Q4"),
            ("attribution", attribution),
            ("retention_months", "12"),
            ("language", "en"),
            ("time_zone", "Europe/London"),
            ("closes_at", "2026-12-04T18:00"),
            ("message", ""),
        ];
        let round = noa
            .post(&format!("{team}/rounds/new"), &plan)
            .await
            .leads_to("/rounds/");
        let round = round.split('?').next().expect("a path").to_owned();
        noa.post(&format!("{round}/open"), &[])
            .await
            .leads_to("/rounds/");
        Self {
            app,
            noa,
            team,
            round,
        }
    }

    /// Answers all five questions and sends them. `nth` of [`TEAM`]; the words name the person, so
    /// that a test can tell whose they are.
    pub async fn answer(&self, nth: usize) {
        let (name, address, _) = TEAM[nth];
        let link = self.app.private_path(address);
        let own = name.split(' ').next().expect("a first name").to_lowercase();
        let reader = Visitor::at(&self.app.address());
        let say = |words: &str| format!("{words} zz{own}");
        let pages: [Vec<(&str, String)>; 5] = [
            vec![
                ("text.0", "Platform reliability".into()),
                ("text.1", say("Nordic launch")),
            ],
            vec![
                ("text.0", "Platform reliability".into()),
                ("over.0", say("new features")),
            ],
            vec![("text.0", say("The rebrand"))],
            vec![("text.0", say("Fewer outages"))],
            vec![
                ("text.0", say("Custom deals")),
                ("function.0", "Sales".into()),
            ],
        ];
        for (number, fields) in pages.iter().enumerate() {
            let mut form: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            form.extend([("version", "0"), ("action", "next")]);
            reader
                .post(&format!("{link}/{}", number + 1), &form)
                .await
                .leads_to(&link);
        }
        let send = [
            ("perceived", "2"),
            ("quote", "verbatim"),
            ("version", "0"),
            ("action", "send"),
        ];
        reader
            .post(&format!("{link}/last"), &send)
            .await
            .leads_to(&format!("{link}/done"));
    }

    /// Delivers the letters and lets that many executives answer.
    pub async fn answered_by(self, number: usize) -> Self {
        self.app.deliver().await;
        for nth in 0..number {
            self.answer(nth).await;
        }
        self.app.deliver().await;
        self
    }

    pub async fn close(&self) {
        self.noa
            .post(&format!("{}/close", self.round), &[("sure", "yes")])
            .await
            .leads_to("/rounds/");
    }
}
