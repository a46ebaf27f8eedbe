//! The sample is whole, and as the demo promises it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use entity::types::RoundState;

use super::*;
use crate::app::{self, Parts};
use crate::conduct::Frozen;
use crate::demo::{Folder, settings};
use crate::mail::{Letter, Memory};
use crate::report::ClientReport;
use crate::scoring::PositionWords;
use crate::store::{overview, reports};
use crate::world::SeededEntropy;

const SECOND_TEAM: &str = "Nordic region";

struct Demo {
    app: App,
    letters: Memory,
    _folder: Folder,
}

impl Demo {
    async fn filled(now: &str) -> Self {
        let folder = Folder::make().expect("a temporary folder");
        let listener =
            TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
        let settings = settings(folder.path(), listener.local_addr().expect("an address"))
            .expect("valid settings");
        let opened = app::open(&settings, Arc::new(SeededEntropy::new(5)))
            .await
            .expect("a new database");
        let letters = Memory::default();
        let clock = Arc::new(HandClock::at(now.parse().expect("a time")));
        let mailer = Arc::new(letters.clone());
        let parts = Parts {
            settings,
            opened,
            listener,
            mailer,
            letters: Some(letters.clone()),
            clock,
        };
        let app = App::build(parts).expect("an application");
        fill(&app).await.expect("the sample");
        Self {
            app,
            letters,
            _folder: folder,
        }
    }

    async fn rounds(&self) -> Vec<overview::Overview> {
        let state = self.app.state();
        let email = EmailAddress::parse(ADDRESS).expect("valid");
        let (id, _) = consultants::credentials(&state.db, &state.tools, &email)
            .await
            .expect("read")
            .expect("there");
        let who = consultants::signed_in(&state.db, &state.tools, id)
            .await
            .expect("signed in");
        overview::all(&state.db, &who).await.expect("read")
    }

    /// The rounds of all teams but the second one of the first organisation.
    async fn rounds_but_the_second_teams(&self) -> Vec<overview::Overview> {
        let mut rounds = self.rounds().await;
        rounds.retain(|o| o.team != SECOND_TEAM);
        rounds
    }

    async fn frozen(&self, round: &Round) -> Frozen {
        let state = self.app.state();
        let access = teams::for_program(
            &state.db,
            &state.tools,
            round.team_id(),
            round.consultant_id(),
        )
        .await
        .expect("a team");
        reports::score(&state.db, &access, round.id())
            .await
            .expect("read")
            .expect("published")
            .content
    }
}

fn link_of(letter: &Letter) -> Option<&str> {
    letter
        .text
        .split_whitespace()
        .find_map(|word| word.split_once("/r/"))
        .map(|(_, token)| token)
}

#[tokio::test]
async fn three_quarters_are_reported_fully_sorted_and_drift_apart() {
    let demo = Demo::filled("2026-11-20T12:00:00Z").await;
    let rounds = demo.rounds_but_the_second_teams().await;
    let stands: Vec<_> = rounds
        .iter()
        .map(|o| (o.round.label(), o.round.state(), o.asked, o.submitted))
        .collect();
    assert_eq!(
        stands,
        [
            ("2026-Q4", RoundState::Open, 8, 3),
            ("2026-Q4", RoundState::Closed, 6, 5),
            ("2026-Q3", RoundState::Published, 8, 8),
            ("2026-Q2", RoundState::Published, 8, 7),
            ("2026-Q1", RoundState::Published, 8, 8),
        ]
    );
    assert!(
        0 < rounds[1].confirmed && rounds[1].confirmed < rounds[1].texts,
        "half sorted"
    );
    let (mut index, mut words) = (Vec::new(), Vec::new());
    for past in &rounds[2..] {
        assert!(
            past.texts > 50 && past.confirmed == past.texts,
            "{}",
            past.round.label()
        );
        let figures = demo.frozen(&past.round).await.score.index;
        index.push(figures.value.expect("a defined index"));
        words.push(figures.words);
    }
    assert!(
        index[0] + 7.0 < index[1] && index[1] + 7.0 < index[2],
        "{index:?}"
    );
    let drift = [
        PositionWords::FragmentsOfOne,
        PositionWords::DriftingApart,
        PositionWords::MostlyOneStory,
    ];
    assert_eq!(words, drift.map(Some), "{index:?}");
}

#[tokio::test]
async fn a_second_team_of_the_organisation_has_one_reported_quarter() {
    let demo = Demo::filled("2026-11-20T12:00:00Z").await;
    let rounds = demo.rounds().await;
    let of_team = |team| rounds.iter().filter(move |o| o.team == team);
    let second: Vec<_> = of_team(SECOND_TEAM).collect();
    assert_eq!(second.len(), 1);
    let other = of_team("Executive team").next().expect("there");
    assert_eq!(second[0].organisation_id, other.organisation_id);
    assert_eq!(
        (second[0].round.label(), second[0].round.state()),
        ("2026-Q3", RoundState::Published)
    );
    assert_eq!((second[0].asked, second[0].submitted), (5, 5));
    assert_eq!(second[0].confirmed, second[0].texts);
}

#[tokio::test]
async fn the_third_quarter_reads_back_the_second_ones_debrief() {
    let demo = Demo::filled("2026-11-20T12:00:00Z").await;
    let state = demo.app.state();
    let rounds = demo.rounds_but_the_second_teams().await;
    let third = &rounds[2].round;
    let report: ClientReport = reports::client(&state.db, &state.tools, third)
        .await
        .expect("read")
        .expect("published")
        .content;
    let said = serde_json::to_string(&report).expect("plain data");
    assert!(said.contains("Three decisions of the debrief on the second quarter of 2026"));
    for verdict in [
        "Kept: nothing that may be shown contradicts it.",
        "Broken: four of eight contradict it.",
        "Not mentioned, or by one or two people at most.",
    ] {
        assert_eq!(said.matches(verdict).count(), 1, "{verdict}");
    }
}

#[tokio::test]
async fn letters_of_the_open_round_are_delivered_and_their_links_open() {
    let demo = Demo::filled("2026-11-20T12:00:00Z").await;
    let state = demo.app.state();
    // The reminder of one decision's owner waits for its day.
    assert_eq!(outbox::waiting(&state.db).await.expect("counted"), 1);
    let letters = demo.letters.letters();
    // Eight invitations and three receipts, and none of an earlier round.
    assert_eq!(letters.len(), 11);
    let mut open = 0;
    for letter in &letters {
        assert!(letter.to.address.domain() == "halden.example" && letter.written_at < state.now());
        let token = LinkToken::parse(link_of(letter).expect("a private link")).expect("a token");
        let proven = invitations::prove(&state.db, &state.tools, &token, state.now())
            .await
            .expect("genuine");
        open += usize::from(matches!(proven, Proven::Open(_)));
    }
    assert_eq!(open, letters.len());
    assert!(
        letters
            .iter()
            .all(|letter| !letter.to.address.as_str().starts_with("dominik")),
        "who left is not asked"
    );
}

#[tokio::test]
async fn the_sample_is_made_on_the_first_day_of_a_year_too() {
    let demo = Demo::filled("2028-01-01T00:10:00Z").await;
    let labels: Vec<_> = demo
        .rounds_but_the_second_teams()
        .await
        .iter()
        .map(|o| o.round.label().to_owned())
        .collect();
    assert_eq!(
        labels,
        ["2028-Q1", "2028-Q1", "2027-Q4", "2027-Q3", "2027-Q2"]
    );
}

#[test]
fn a_weekend_is_moved_to_the_friday_before_it() {
    let friday = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
    for (later, expected) in [(0, 0), (1, 0), (2, 0), (3, 3), (6, 6)] {
        assert_eq!(
            workday(friday + Days::new(later)),
            friday + Days::new(expected)
        );
    }
}

#[test]
fn a_quarter_starts_on_the_first_of_its_first_month() {
    let day = NaiveDate::from_ymd_opt(2028, 2, 29).expect("a day");
    let starts: Vec<_> = (0..4)
        .map(|back| quarter_start(day, back).to_string())
        .collect();
    assert_eq!(
        starts,
        ["2028-01-01", "2027-10-01", "2027-07-01", "2027-04-01"]
    );
}
