//! The application on a real socket, with a database of its own, a clock that stands still and
//! letters kept in memory (or sent to a server of the test's).

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use coherence::app::{self, App, Parts};
use coherence::mail::{Letter, Mailer, Memory};
use coherence::settings::Settings;
use coherence::store::{consultants, outbox};
use coherence::web::State;
use coherence::worker::{Calendar, Janitor, Postman, Sorter, Step};
use coherence::world::{Clock as _, HandClock, SeededEntropy};
use sea_orm::DatabaseConnection;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::db::{Backend, Database};

/// When every test begins: a Friday at noon.
pub const NOON: &str = "2026-11-20T12:00:00Z";

/// A running application.
pub struct TestApp {
    pub clock: HandClock,
    pub postman: Postman,
    pub calendar: Calendar,
    pub janitor: Janitor,
    pub sorter: Sorter,
    pub memory: Memory,
    state: actix_web::web::Data<State>,
    database: Database,
    folder: TempDir,
    address: String,
    stop: CancellationToken,
    server: Option<JoinHandle<()>>,
    expects_pending: bool,
}

impl TestApp {
    /// Starts with letters in memory.
    pub async fn start(backend: Backend) -> Self {
        let memory = Memory::default();
        Self::with(backend, Arc::new(memory.clone()), memory, &[], false).await
    }

    /// Starts with the demo's sample: three reported quarters of one team, a fourth one open, a second team's round
    /// being sorted.
    pub async fn with_sample(backend: Backend) -> Self {
        let memory = Memory::default();
        Self::with(backend, Arc::new(memory.clone()), memory, &[], true).await
    }

    /// Starts with letters in memory and further settings (`("COHERENCE_...", value)`).
    pub async fn with_settings(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let memory = Memory::default();
        Self::with(backend, Arc::new(memory.clone()), memory, settings, false).await
    }

    /// Starts with letters going to that mailer.
    pub async fn with_mailer(backend: Backend, mailer: Arc<dyn Mailer>) -> Self {
        Self::with(backend, mailer, Memory::default(), &[], false).await
    }

    async fn with(
        backend: Backend,
        mailer: Arc<dyn Mailer>,
        memory: Memory,
        more: &[(&str, &str)],
        sample: bool,
    ) -> Self {
        let database = backend.database().await;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port can be found");
        let address = format!(
            "http://{}",
            listener.local_addr().expect("the socket has an address")
        );
        let mut variables = vec![
            (
                "COHERENCE_LISTEN".to_owned(),
                address.trim_start_matches("http://").to_owned(),
            ),
            ("COHERENCE_PUBLIC_URL".to_owned(), address.clone()),
            (
                "COHERENCE_DATA_DIR".to_owned(),
                folder.path().display().to_string(),
            ),
            (
                "COHERENCE_DATABASE_URL".to_owned(),
                database.url().to_owned(),
            ),
            ("COHERENCE_DATABASE_CONNECTIONS".to_owned(), "4".to_owned()),
            (
                "COHERENCE_MAIL_FROM".to_owned(),
                "coherence@consulting.example".to_owned(),
            ),
        ];
        variables.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let settings =
            Settings::read(None, variables.into_iter()).expect("the test's settings are valid");
        let opened = app::open(&settings, Arc::new(SeededEntropy::new(1)))
            .await
            .expect("the database opens");
        let clock = HandClock::at(NOON.parse().expect("a time"));
        let app = App::build(Parts {
            settings,
            opened,
            listener,
            mailer,
            letters: None,
            clock: Arc::new(clock.clone()),
        })
        .expect("the application can be built");
        if sample {
            Box::pin(coherence::demo::fill(&app))
                .await
                .expect("the sample fits");
        }
        let stop = CancellationToken::new();
        let (state, postman, calendar, janitor, sorter) = (
            app.state().clone(),
            app.postman(),
            app.calendar(),
            app.janitor(),
            app.sorter(),
        );
        let token = stop.clone();
        let server = tokio::spawn(async move { app.serve(token).await.expect("the server runs") });
        Self {
            clock,
            postman,
            calendar,
            janitor,
            sorter,
            memory,
            state,
            database,
            folder,
            address,
            stop,
            server: Some(server),
            expects_pending: false,
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// Path of the link that sets up the first consultant.
    pub fn set_up_path(&self) -> String {
        format!("/set-up/{}", consultants::set_up_token(&self.state.tools))
    }

    /// What the handlers use: connection, vault, templates.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// A connection to the application's database.
    pub fn db(&self) -> &DatabaseConnection {
        &self.state.db
    }

    /// The test's database (its kind, its file).
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The folder of the application's files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The application's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Works the outbox until nothing is due; returns how many letters were sent.
    pub async fn deliver(&self) -> usize {
        let mut sent = 0;
        loop {
            match self.postman.step().await.expect("the outbox can be worked") {
                Step::Idle => return sent,
                Step::Sent => sent += 1,
                Step::Failed | Step::Dropped => {}
            }
        }
    }

    /// Letters sent so far, where they are kept in memory.
    pub fn letters(&self) -> Vec<Letter> {
        self.memory.letters()
    }

    /// Path of the private link in the last letter to that address.
    #[track_caller]
    pub fn private_path(&self, address: &str) -> String {
        let letters = self.letters();
        let letter = letters
            .iter()
            .rev()
            .find(|letter| letter.to.address.as_str() == address)
            .unwrap_or_else(|| panic!("no letter to {address} was sent"));
        path_in(&letter.text, &self.address)
    }

    /// Letters that are still waiting are meant to be.
    pub fn expect_pending_letters(&mut self) {
        self.expects_pending = true;
    }

    /// Stops the server; fails the test where a letter was left waiting by accident.
    pub async fn stop(mut self) {
        let waiting = outbox::waiting(self.db())
            .await
            .expect("the outbox can be read");
        assert!(
            waiting == 0 || self.expects_pending,
            "{waiting} letters were left waiting"
        );
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            server.await.expect("the server stops in order");
        }
    }
}

/// The path of the first link in a letter that leads to that server.
#[track_caller]
pub fn path_in(text: &str, address: &str) -> String {
    let link = text
        .split_whitespace()
        .find(|word| word.starts_with(address))
        .unwrap_or_else(|| panic!("no link to {address} in the letter: {text}"));
    link[address.len()..].to_owned()
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
