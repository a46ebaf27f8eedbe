//! When things go wrong: letters that are refused, workers that die, databases that cannot be
//! written, keys that are lost. Nothing panics and no answer is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use coherence::app::{self, StartError};
use coherence::mail::{Letter, Mailer, Refusal};
use coherence::settings::Settings;
use coherence::worker::Step;
use coherence::world::{Clock as _, SeededEntropy};
use entity::outbox;
use entity::types::LetterState;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::stage::{Stage, TEAM};
use crate::support::app::TestApp;
use crate::support::db::{Backend, on_both_databases};
use crate::visitor::Visitor;

/// Refuses one address for good and another for the first two times; counts what it takes.
#[derive(Default)]
struct Moody {
    taken: AtomicUsize,
    tried: AtomicUsize,
}

#[async_trait]
impl Mailer for Moody {
    async fn send(&self, letter: &Letter) -> Result<(), Refusal> {
        match letter.to.address.as_str() {
            "quillon@halden.example" => Err(Refusal::permanent("550 5.1.1 mailbox unknown")),
            "brisa@halden.example" if self.tried.fetch_add(1, Ordering::SeqCst) < 2 => {
                Err(Refusal::transient("451 4.3.0 try again later"))
            }
            _ => {
                self.taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        }
    }
}

on_both_databases! {
    async fn a_refused_letter_is_shown_with_the_servers_words_and_a_delayed_one_is_tried_again(backend: Backend) {
        let mailer = Arc::new(Moody::default());
        let stage = Stage::on(TestApp::with_mailer(backend, mailer.clone()).await, "confidential").await;
        assert_eq!(stage.app.deliver().await, 3);
        let page = stage.noa.get(&stage.round).await;
        page.is(200).says("550 5.1.1 mailbox unknown").says("451 4.3.0 try again later");
        assert_eq!(stage.app.postman.step().await.expect("works"), Step::Idle, "not before its time");
        stage.app.clock.advance(TimeDelta::minutes(1));
        assert_eq!(stage.app.postman.step().await.expect("works"), Step::Failed);
        stage.app.clock.advance(TimeDelta::minutes(2));
        assert_eq!(stage.app.postman.step().await.expect("works"), Step::Sent);
        stage.noa.get(&stage.round).await.is(200).does_not_say("451 4.3.0").says("550 5.1.1 mailbox unknown");
        stage.app.stop().await;
    }

    async fn two_postmen_send_each_letter_once(backend: Backend) {
        let mailer = Arc::new(Moody::default());
        let stage = Stage::on(TestApp::with_mailer(backend, mailer.clone()).await, "confidential").await;
        let (one, two) = tokio::join!(stage.app.deliver(), stage.app.deliver());
        assert_eq!(one + two, 3);
        assert_eq!(mailer.taken.load(Ordering::SeqCst), 3);
    }

    async fn a_letter_whose_worker_died_is_sent_after_the_lease(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await;
        let taken = coherence::store::outbox::lease(stage.app.db(), stage.app.now(), TimeDelta::minutes(3)).await.expect("leased");
        assert!(taken.is_some());
        assert_eq!(stage.app.deliver().await, 4, "the leased one stays with its worker");
        stage.app.clock.advance(TimeDelta::minutes(3));
        assert_eq!(stage.app.deliver().await, 1);
        stage.app.stop().await;
    }

    async fn a_round_closes_by_itself_when_its_time_has_come(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await.answered_by(4).await;
        assert_eq!(stage.app.calendar.step().await.expect("looks"), 0);
        stage.app.clock.set("2026-12-04T18:00:00Z".parse().expect("a time"));
        assert_eq!(stage.app.calendar.step().await.expect("looks"), 1);
        assert_eq!(stage.app.calendar.step().await.expect("looks"), 0, "once");
        stage.noa.post("/sign-in", &[("email", "noa@example.com"), ("password", crate::visitor::PASSWORD)]).await.leads_to("/");
        stage.noa.get(&format!("{}/themes/priorities", stage.round)).await.is(200).says("Platform reliability");
        let rows = outbox::Entity::find().all(stage.app.db()).await.expect("read");
        assert!(rows.iter().all(|row| row.state != LetterState::Pending));
    }

    async fn answers_that_arrive_while_the_round_closes_are_kept_or_refused_and_never_half(backend: Backend) {
        let stage = Stage::open(backend, "confidential").await.answered_by(4).await;
        let link = stage.app.private_path(TEAM[4].1);
        let reader = Visitor::at(&stage.app.address());
        let (fields, send) = (
            [("text.0", "Late words"), ("version", "0"), ("action", "next")],
            [("perceived", "2"), ("quote", "verbatim"), ("version", "0"), ("action", "send")],
        );
        reader.post(&format!("{link}/1"), &fields).await.leads_to(&link);
        let (page, closing) = (format!("{link}/last"), format!("{}/close", stage.round));
        let (reply, _) = tokio::join!(reader.post(&page, &send), stage.noa.post(&closing, &[("sure", "yes")]));
        let board = stage.noa.get(&format!("{}/themes/priorities", stage.round)).await;
        assert_eq!(reply.status == 303, board.body.contains("Late words"), "{}: {}", reply.status, reply.body);
        stage.app.deliver().await;
    }
}

#[tokio::test]
async fn a_full_disk_is_said_plainly_and_loses_no_answer() {
    let app =
        TestApp::with_settings(Backend::Sqlite, &[("COHERENCE_DATABASE_CONNECTIONS", "1")]).await;
    let stage = Stage::on(app, "confidential").await.answered_by(1).await;
    let link = stage.app.private_path(TEAM[1].1);
    let reader = Visitor::at(&stage.app.address());
    reader
        .post(
            &format!("{link}/1"),
            &[
                ("text.0", "Saved before"),
                ("version", "0"),
                ("action", "save"),
            ],
        )
        .await
        .leads_to(&link);
    // The one connection may not let the file grow: what a full disk is to SQLite.
    let pages = stage
        .app
        .db()
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Sqlite,
            "PRAGMA page_count",
        ))
        .await
        .expect("asked")
        .expect("a row")
        .try_get_by_index::<i64>(0)
        .expect("a number");
    stage
        .app
        .db()
        .execute_unprepared(&format!("PRAGMA max_page_count = {pages}"))
        .await
        .expect("set");
    let long = "Words that no longer fit ".repeat(60);
    let mut fields = vec![("version", "1"), ("action", "next")];
    let names: Vec<String> = (0..5).map(|nth| format!("text.{nth}")).collect();
    fields.extend(names.iter().map(|name| (name.as_str(), long.as_str())));
    let refused = reader.post(&format!("{link}/1"), &fields).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    refused
        .says("could not be saved")
        .says("Words that no longer fit");
    stage
        .app
        .db()
        .execute_unprepared("PRAGMA max_page_count = 1000000")
        .await
        .expect("set");
    reader
        .get(&format!("{link}/1"))
        .await
        .is(200)
        .says("Saved before");
    reader.post(&format!("{link}/1"), &fields).await;
    reader
        .get(&format!("{link}/1"))
        .await
        .is(200)
        .says("Words that no longer fit");
}

#[tokio::test]
async fn a_read_only_database_is_said_plainly_and_can_still_be_read() {
    let app =
        TestApp::with_settings(Backend::Sqlite, &[("COHERENCE_DATABASE_CONNECTIONS", "1")]).await;
    let stage = Stage::on(app, "confidential").await.answered_by(1).await;
    let link = stage.app.private_path(TEAM[1].1);
    let reader = Visitor::at(&stage.app.address());
    stage
        .app
        .db()
        .execute_unprepared("PRAGMA query_only = 1")
        .await
        .expect("set");
    let refused = reader
        .post(
            &format!("{link}/1"),
            &[
                ("text.0", "Nobody keeps this"),
                ("version", "0"),
                ("action", "next"),
            ],
        )
        .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    refused.says("could not be saved").says("Nobody keeps this");
    reader.get(&link).await.is(200);
    stage.noa.get(&stage.round).await.is(200);
    let refused = stage
        .noa
        .post(&format!("{}/close", stage.round), &[("sure", "yes")])
        .await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    refused.says("can be read and not written");
    stage
        .app
        .db()
        .execute_unprepared("PRAGMA query_only = 0")
        .await
        .expect("set");
    reader
        .post(
            &format!("{link}/1"),
            &[("text.0", "Kept now"), ("version", "0"), ("action", "next")],
        )
        .await
        .leads_to(&link);
}

fn settings_in(folder: &std::path::Path, more: &[(&str, String)]) -> Settings {
    let mut variables = vec![(
        "COHERENCE_DATA_DIR".to_owned(),
        folder.display().to_string(),
    )];
    variables.extend(
        more.iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    Settings::read(None, variables.into_iter()).expect("valid settings")
}

async fn start_error(settings: &Settings) -> StartError {
    match app::open(settings, Arc::new(SeededEntropy::new(2))).await {
        Ok(_) => panic!("the server must not start"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_start_without_the_key_or_with_another_is_refused_and_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = settings_in(folder.path(), &[]);
    {
        let opened = app::open(&settings, Arc::new(SeededEntropy::new(1)))
            .await
            .expect("first start");
        assert!(opened.key_is_new);
        let person = coherence::store::consultants::ConsultantPerson {
            name: coherence::survey::Line::parse("Noa Berg").expect("a name"),
            email: coherence::survey::EmailAddress::parse("noa@example.com").expect("an address"),
        };
        let now = coherence::world::SystemClock.now();
        coherence::store::consultants::add(&opened.db, &opened.tools, &person, None, now)
            .await
            .expect("added");
        opened.db.close().await.expect("closes");
    }
    let kept = folder.path().join("kept.key");
    std::fs::rename(&settings.key_file, &kept).expect("moved");
    let said = start_error(&settings).await.to_string();
    assert!(
        said.contains("server.key") && said.contains("is missing"),
        "{said}"
    );
    assert!(
        !settings.key_file.exists(),
        "no new key is made over old data"
    );
    let other = tempfile::tempdir().expect("a folder");
    let elsewhere = settings_in(other.path(), &[]);
    app::open(&elsewhere, Arc::new(SeededEntropy::new(9)))
        .await
        .expect("another server");
    std::fs::copy(&elsewhere.key_file, &settings.key_file).expect("copied");
    let said = start_error(&settings).await.to_string();
    assert!(said.contains("does not belong to this database"), "{said}");
    std::fs::remove_file(&settings.key_file).expect("removed");
    std::fs::rename(&kept, &settings.key_file).expect("put back");
    let opened = app::open(&settings, Arc::new(SeededEntropy::new(3)))
        .await
        .expect("starts again");
    assert!(!opened.key_is_new);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_stops_the_start_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("notes.sqlite");
    std::fs::write(
        &file,
        "this is a diary and no database, and long enough to be told apart from one",
    )
    .expect("written");
    for url in [
        format!("sqlite://{}", file.display()),
        format!("sqlite://{}/nowhere/x.sqlite", folder.path().display()),
        "postgres://nobody@127.0.0.1:1/none".to_owned(),
    ] {
        let said = start_error(&settings_in(
            folder.path(),
            &[("COHERENCE_DATABASE_URL", url)],
        ))
        .await
        .to_string();
        assert!(
            said.contains("the database cannot be used") && said.contains("database_url"),
            "{said}"
        );
    }
}
