//! Makes the sample by the moves that people make: a consultant adds organisations and opens
//! rounds, executives answer through their private links, the consultant closes, sorts and
//! publishes. Only the time is set back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::London;
use entity::types::{CodingId, RoundId, TeamId, ThemeId};
use sea_orm::DatabaseTransaction;

use super::sample::{self, Organisation, Said};
use super::{ADDRESS, PASSWORD};
use crate::app::App;
use crate::conduct;
use crate::error::Error;
use crate::store::codings::{self, Change};
use crate::store::consultants::{self, ConsultantPerson, SignedIn};
use crate::store::gate::ConsultantReader;
use crate::store::invitations::{self, Proven};
use crate::store::responses::{self, Saved};
use crate::store::rounds::{self, Round};
use crate::store::teams::{self, TeamAccess};
use crate::store::themes::ThemeName;
use crate::store::{Tools, begin_write, organisations, outbox};
use crate::survey::quarter::Quarter;
use crate::survey::round::{RoundForm, RoundPlan};
use crate::survey::{Attribution, EmailAddress, Line, Promise, Question};
use crate::vault::{LinkKind, LinkToken};
use crate::web::State;
use crate::wording::Catalogue;
use crate::worker::Step;
use crate::world::HandClock;

const CONSULTANT: &str = "Robin Ashdown";
const MESSAGE: &str = "Please answer before you talk to each other about it. \
    Short sentences are enough; what counts is what you would defend in the room.";

/// Adds the sample to an empty database: one organisation with three reported quarters and a
/// fourth round open, its letters delivered by the application's postman; another with a round
/// that is being sorted.
pub async fn fill(app: &App) -> Result<(), Error> {
    let state = app.state();
    let today = state.now().with_timezone(&London).date_naive();
    let who = consultant(state, moment(quarter_start(today, 3), 9, 0)).await?;
    let (halden, quarters) = sample::halden()?;
    let mut halden = Host::add(state, &who, halden, moment(quarter_start(today, 3), 9, 30)).await?;
    let [first, second, third, fourth] = &quarters;
    // The head of Sales changes between the second and the third quarter.
    halden.report(first, quarter_start(today, 3), &["ines"]).await?;
    halden.report(second, quarter_start(today, 2), &["ines"]).await?;
    halden.report(third, quarter_start(today, 1), &["dominik"]).await?;
    half_sorted(state, &who, today).await?;
    halden.ask(app, fourth, today).await
}

/// The first day of the quarter that lies so many quarters before that day's.
fn quarter_start(day: NaiveDate, quarters_back: u32) -> NaiveDate {
    let months = day.month0() % 3 + 3 * quarters_back;
    let first = day.with_day(1).unwrap_or(day);
    first.checked_sub_months(Months::new(months)).unwrap_or(first)
}

/// That time of that day in London.
fn moment(day: NaiveDate, hour: i64, minute: i64) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(60 * hour + minute);
    London.from_local_datetime(&local).latest().map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

fn broken(what: impl std::fmt::Display) -> Error {
    Error::Broken(format!("the sample cannot be made: {what}"))
}

async fn consultant(state: &State, now: DateTime<Utc>) -> Result<SignedIn, Error> {
    let mut salt = [0; 16];
    state.tools.entropy.fill(&mut salt);
    let hash: PasswordHash = Argon2::default().hash_password_with_salt(PASSWORD.as_bytes(), &salt).map_err(broken)?;
    let person = ConsultantPerson {
        name: Line::parse(CONSULTANT).map_err(broken)?,
        email: EmailAddress::parse(ADDRESS).map_err(broken)?,
    };
    let tx = begin_write(&state.db).await?;
    let id = consultants::add_first(&tx, &state.tools, &person, hash.to_string(), now).await?;
    let who = consultants::signed_in(&tx, &state.tools, id).await?;
    tx.commit().await?;
    Ok(who)
}

/// The second organisation: its round has closed, and two of five questions are sorted.
async fn half_sorted(state: &State, who: &SignedIn, today: NaiveDate) -> Result<(), Error> {
    let (organisation, said) = sample::brackwater()?;
    let opens = today - Days::new(16);
    let mut host = Host::add(state, who, organisation, moment(opens, 8, 0)).await?;
    let tx = begin_write(&state.db).await?;
    host.invite(&tx, &[], moment(opens, 8, 5)).await?;
    let closes = today - Days::new(2);
    let round = host.open(&tx, &Quarter::of(today).to_string(), moment(opens, 8, 30), closes).await?;
    host.collect(&tx, round, &said).await?;
    let reader = host.close(&tx, round, moment(closes, 18, 0)).await?;
    let themes = host.meant(&said, &[Question::Priorities, Question::TradeOffs])?;
    Sorting::begin(&tx, &state.tools, &reader, moment(closes, 18, 30)).await?.sort(&themes).await?;
    tx.commit().await?;
    Ok(())
}

/// One sample organisation in the consultant's hands.
struct Host<'a> {
    state: &'a State,
    tools: &'a Tools,
    catalogue: &'a Catalogue,
    who: &'a SignedIn,
    sample: Organisation,
    team: TeamId,
    previous: Option<RoundId>,
}

impl<'a> Host<'a> {
    async fn add(state: &'a State, who: &'a SignedIn, sample: Organisation, now: DateTime<Utc>) -> Result<Self, Error> {
        let tools = &state.tools;
        let tx = begin_write(&state.db).await?;
        let name = Line::parse(&sample.organisation).map_err(broken)?;
        let id = organisations::add(&tx, tools, who, &name, now).await?;
        let access = organisations::access(&tx, who, id).await?;
        let team = teams::add(&tx, tools, &access, &Line::parse(&sample.team).map_err(broken)?, now).await?;
        tx.commit().await?;
        Ok(Self { state, tools, catalogue: &state.catalogue, who, sample, team, previous: None })
    }

    async fn access(&self, tx: &DatabaseTransaction) -> Result<TeamAccess, Error> {
        teams::access(tx, self.tools, self.who, self.team).await
    }

    /// A whole quarter: asked three weeks in, open for two weeks, reported five days later.
    async fn report(&mut self, said: &[Said], start: NaiveDate, absent: &[&str]) -> Result<(), Error> {
        let opens = start + Days::new(20);
        let (closes, reports) = (opens + Days::new(14), opens + Days::new(19));
        let tx = begin_write(&self.state.db).await?;
        self.invite(&tx, absent, moment(opens, 8, 0)).await?;
        let round = self.open(&tx, &Quarter::of(start).to_string(), moment(opens, 8, 30), closes).await?;
        self.collect(&tx, round, said).await?;
        let reader = self.close(&tx, round, moment(closes, 18, 0)).await?;
        let themes = self.meant(said, &Question::ALL)?;
        Sorting::begin(&tx, self.tools, &reader, moment(closes, 18, 30)).await?.sort(&themes).await?;
        conduct::publish(&tx, self.tools, &reader, moment(reports, 11, 0)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The round that runs: opened five days ago, open for nine more.
    async fn ask(&mut self, app: &App, said: &[Said], today: NaiveDate) -> Result<(), Error> {
        let opened_at = moment(today - Days::new(5), 8, 30);
        let tx = begin_write(&self.state.db).await?;
        let round = self.open(&tx, &Quarter::of(today).to_string(), opened_at, today + Days::new(9)).await?;
        tx.commit().await?;
        let clock = HandClock::at(opened_at);
        let mut postman = app.postman();
        postman.clock = Arc::new(clock.clone());
        while postman.step().await? != Step::Idle {}
        for (nth, said) in said.iter().enumerate() {
            let at = answered_at(opened_at, nth);
            let tx = begin_write(&self.state.db).await?;
            self.answer(&tx, round, said, at).await?;
            tx.commit().await?;
            clock.set(at);
            while postman.step().await? != Step::Idle {}
        }
        Ok(())
    }

    /// Makes the team what it is from then on: everybody of the sample but those absent.
    async fn invite(&self, tx: &DatabaseTransaction, absent: &[&str], now: DateTime<Utc>) -> Result<(), Error> {
        let access = self.access(tx).await?;
        teams::import(tx, self.tools, &access, &self.sample.people_without(absent)?, now).await?;
        let gone: Vec<String> = absent.iter().map(|key| self.sample.address(key)).collect();
        for executive in teams::executives(tx, &access).await? {
            if executive.left_at.is_none() && gone.contains(&executive.person.email.folded()) {
                teams::set_left(tx, &access, executive.id, Some(now)).await?;
            }
        }
        Ok(())
    }

    async fn open(&mut self, tx: &DatabaseTransaction, label: &str, now: DateTime<Utc>, closes: NaiveDate) -> Result<RoundId, Error> {
        let access = self.access(tx).await?;
        let form = RoundForm {
            label,
            attribution: Attribution::Confidential.key(),
            retention_months: &Promise::RETENTION_MONTHS.to_string(),
            language: "en",
            time_zone: London.name(),
            closes_at: &format!("{closes}T18:00"),
            message: MESSAGE,
        };
        let plan = RoundPlan::parse(&form, now)?;
        let id = rounds::add(tx, self.tools, &access, &plan, self.previous, now).await?;
        let round = self.round(tx, id).await?;
        conduct::open_round(tx, self.tools, self.catalogue, &access, &round, now).await?;
        self.previous = Some(id);
        Ok(id)
    }

    async fn round(&self, tx: &DatabaseTransaction, id: RoundId) -> Result<Round, Error> {
        Ok(rounds::access(tx, self.tools, self.who, id).await?.1)
    }

    /// Everybody answers. The letters of a round long past count as sent; nobody needs to read
    /// them any more.
    async fn collect(&self, tx: &DatabaseTransaction, round: RoundId, said: &[Said]) -> Result<(), Error> {
        let opened_at = self.round(tx, round).await?.opened_at().ok_or_else(|| broken("a round is not open"))?;
        for (nth, said) in said.iter().enumerate() {
            self.answer(tx, round, said, answered_at(opened_at, nth)).await?;
        }
        let end = answered_at(opened_at, said.len());
        while let Some(letter) = outbox::lease(tx, end, TimeDelta::minutes(1)).await? {
            outbox::settle(tx, self.tools, letter.id, outbox::Next::Sent, letter.created_at).await?;
        }
        Ok(())
    }

    /// One executive answers through the private link, and submits unless it stays a draft.
    async fn answer(&self, tx: &DatabaseTransaction, round: RoundId, said: &Said, now: DateTime<Utc>) -> Result<(), Error> {
        let access = self.access(tx).await?;
        let address = self.sample.address(&said.who);
        let asked = invitations::progress(tx, self.tools, &access, round)
            .await?
            .into_iter()
            .find(|progress| progress.person.email.folded() == address)
            .ok_or_else(|| broken(format_args!("“{}” is not asked", said.who)))?;
        let link = self.tools.vault.link(LinkKind::Invitation, asked.invitation.0, 1);
        let token = LinkToken::parse(&link).ok_or(Error::NotFound)?;
        let Proven::Open(invitation) = invitations::prove(tx, self.tools, &token, now).await? else {
            return Err(broken("a round is not open"));
        };
        let draft = said.draft(invitation.round().opened_at().unwrap_or(now));
        let stale = || broken("an answer was there before it was given");
        for question in Question::ALL {
            let part = draft.part(question).clone();
            if !part.is_blank()
                && let Saved::Stale { .. } = responses::save_part(tx, self.tools, &invitation, question, part, now).await?
            {
                return Err(stale());
            }
        }
        if said.draft {
            return Ok(());
        }
        if let Saved::Stale { .. } = responses::save_closing(tx, self.tools, &invitation, draft.closing, now).await? {
            return Err(stale());
        }
        responses::submit(tx, self.tools, &invitation, now).await??;
        Ok(())
    }

    async fn close(&self, tx: &DatabaseTransaction, id: RoundId, now: DateTime<Utc>) -> Result<ConsultantReader, Error> {
        let access = self.access(tx).await?;
        conduct::close_round(tx, self.tools, &access, &self.round(tx, id).await?, now).await?;
        ConsultantReader::of(&access, &self.round(tx, id).await?)
    }

    /// The name of the theme that each text of these questions is meant to be in.
    fn meant(&self, said: &[Said], questions: &[Question]) -> Result<HashMap<(Question, String), String>, Error> {
        said.iter()
            .flat_map(Said::themes)
            .filter(|(question, ..)| questions.contains(question))
            .map(|(question, text, theme)| Ok(((question, text.to_owned()), self.sample.theme(theme)?.to_owned())))
            .collect()
    }
}

/// Executives answer some hours apart: the first in the afternoon of the day they are asked.
fn answered_at(opened_at: DateTime<Utc>, nth: usize) -> DateTime<Utc> {
    opened_at + TimeDelta::hours(7) + TimeDelta::minutes(1090 * nth as i64)
}

/// A text, where it is, and the name of the theme it is meant to be in.
struct Text {
    coding: CodingId,
    theme: ThemeId,
    meant: String,
}

/// The consultant at the board.
struct Sorting<'a> {
    tx: &'a DatabaseTransaction,
    tools: &'a Tools,
    reader: &'a ConsultantReader,
    version: i32,
    now: DateTime<Utc>,
}

impl<'a> Sorting<'a> {
    async fn begin(tx: &'a DatabaseTransaction, tools: &'a Tools, reader: &'a ConsultantReader, now: DateTime<Utc>) -> Result<Self, Error> {
        let version = reader.round().coding_version();
        let version = version.max(codings::board(tx, tools, reader).await?.version);
        Ok(Self { tx, tools, reader, version, now })
    }

    async fn apply(&mut self, change: Change) -> Result<(), Error> {
        self.version = codings::apply(self.tx, self.tools, self.reader, self.version, change, self.now).await?;
        self.now += TimeDelta::seconds(40);
        Ok(())
    }

    /// Gives the proposed groups their names, merges those that are about one thing, moves what is
    /// elsewhere, and confirms the rest.
    async fn sort(mut self, meant: &HashMap<(Question, String), String>) -> Result<(), Error> {
        let board = codings::board(self.tx, self.tools, self.reader).await?;
        let mut texts: Vec<Text> = board
            .cards
            .into_iter()
            .filter_map(|card| {
                let meant = meant.get(&(card.excerpt.question, card.excerpt.text))?.clone();
                Some(Text { coding: card.coding.id, theme: card.coding.theme, meant })
            })
            .collect();
        let names: Vec<&String> = meant.values().collect();
        let mut kept: HashMap<String, ThemeId> = HashMap::new();
        let mut proposed = Vec::new();
        for theme in board.themes {
            if names.contains(&&theme.name) {
                kept.insert(theme.name, theme.id);
            } else if theme.first_round == self.reader.round().id()
                && let Some((texts, name)) = mostly(&texts, theme.id)
            {
                proposed.push((texts, name, theme.id));
            }
        }
        // The largest group keeps the theme; smaller ones of the same meaning join it.
        proposed.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
        for (_, name, theme) in proposed {
            if let Some(into) = kept.get(&name).copied() {
                self.apply(Change::Merge { from: theme, into }).await?;
                texts.iter_mut().filter(|text| text.theme == theme).for_each(|text| text.theme = into);
            } else {
                self.apply(Change::Rename { theme, name: theme_name(&name)? }).await?;
                kept.insert(name, theme);
            }
        }
        self.settle(&texts, &kept).await
    }

    async fn settle(&mut self, texts: &[Text], kept: &HashMap<String, ThemeId>) -> Result<(), Error> {
        let mut right = Vec::new();
        let mut elsewhere: BTreeMap<&str, Vec<CodingId>> = BTreeMap::new();
        for text in texts {
            if kept.get(&text.meant) == Some(&text.theme) {
                right.push(text.coding);
            } else {
                elsewhere.entry(&text.meant).or_default().push(text.coding);
            }
        }
        for (name, codings) in elsewhere {
            let change = match kept.get(name) {
                Some(to) => Change::Move { codings, to: *to },
                None => Change::NewTheme { codings, name: theme_name(name)? },
            };
            self.apply(change).await?;
        }
        if right.is_empty() { Ok(()) } else { self.apply(Change::Confirm { codings: right }).await }
    }
}

fn theme_name(name: &str) -> Result<ThemeName, Error> {
    ThemeName::parse(name).map_err(broken)
}

/// What most texts of a theme are meant to be about, and how many those are; of equals the first
/// by name. `None` where the theme has no text.
fn mostly(texts: &[Text], theme: ThemeId) -> Option<(usize, String)> {
    let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts.iter().filter(|text| text.theme == theme) {
        *votes.entry(&text.meant).or_default() += 1;
    }
    votes.into_iter().rev().max_by_key(|(_, count)| *count).map(|(name, count)| (count, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr, TcpListener};

    use entity::types::RoundState;

    use super::*;
    use crate::app::{self, Parts};
    use crate::conduct::Frozen;
    use crate::demo::{Folder, settings};
    use crate::mail::{Letter, Memory};
    use crate::store::reports;
    use crate::world::SeededEntropy;

    struct Demo {
        app: App,
        letters: Memory,
        _folder: Folder,
    }

    impl Demo {
        async fn filled(now: &str) -> Self {
            let folder = Folder::make().expect("a temporary folder");
            let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
            let settings = settings(folder.path(), listener.local_addr().expect("an address")).expect("valid settings");
            let opened = app::open(&settings, Arc::new(SeededEntropy::new(5))).await.expect("a new database");
            let letters = Memory::default();
            let clock = Arc::new(HandClock::at(now.parse().expect("a time")));
            let mailer = Arc::new(letters.clone());
            let parts = Parts { settings, opened, listener, mailer, letters: Some(letters.clone()), clock };
            let app = App::build(parts).expect("an application");
            fill(&app).await.expect("the sample");
            Self { app, letters, _folder: folder }
        }

        async fn rounds(&self) -> Vec<rounds::Overview> {
            let state = self.app.state();
            let email = EmailAddress::parse(ADDRESS).expect("valid");
            let (id, _) = consultants::credentials(&state.db, &state.tools, &email).await.expect("read").expect("there");
            let who = consultants::signed_in(&state.db, &state.tools, id).await.expect("signed in");
            rounds::overview(&state.db, &who).await.expect("read")
        }

        async fn frozen(&self, round: &Round) -> Frozen {
            let state = self.app.state();
            let access = teams::for_program(&state.db, &state.tools, round.team_id(), round.consultant_id()).await.expect("a team");
            reports::score(&state.db, &access, round.id()).await.expect("read").expect("published").content
        }
    }

    fn link_of<'a>(letter: &'a Letter) -> Option<&'a str> {
        letter.text.split_whitespace().find_map(|word| word.split_once("/r/")).map(|(_, token)| token)
    }

    #[tokio::test]
    async fn three_quarters_are_reported_fully_sorted_and_drift_apart() {
        let demo = Demo::filled("2026-11-20T12:00:00Z").await;
        let rounds = demo.rounds().await;
        let stands: Vec<_> = rounds.iter().map(|o| (o.round.label(), o.round.state(), o.asked, o.submitted)).collect();
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
        assert!(0 < rounds[1].confirmed && rounds[1].confirmed < rounds[1].texts, "half sorted");
        let mut index = Vec::new();
        for past in &rounds[2..] {
            assert!(past.texts > 50 && past.confirmed == past.texts, "{}", past.round.label());
            let figures = demo.frozen(&past.round).await.score.index;
            index.push(figures.value.expect("a defined index"));
            eprintln!("{} {:?} {:?} {:?}", past.round.label(), figures.value, figures.position, figures.words);
        }
        assert!(index[0] + 7.0 < index[1] && index[1] + 7.0 < index[2], "{index:?}");
    }

    #[tokio::test]
    async fn letters_of_the_open_round_are_delivered_and_their_links_open() {
        let demo = Demo::filled("2026-11-20T12:00:00Z").await;
        let state = demo.app.state();
        assert_eq!(outbox::waiting(&state.db).await.expect("counted"), 0);
        let letters = demo.letters.letters();
        // Eight invitations and three receipts, and none of an earlier round.
        assert_eq!(letters.len(), 11);
        let mut open = 0;
        for letter in &letters {
            assert!(letter.to.address.domain() == "halden.example" && letter.written_at < state.now());
            let token = LinkToken::parse(link_of(letter).expect("a private link")).expect("a token");
            let proven = invitations::prove(&state.db, &state.tools, &token, state.now()).await.expect("genuine");
            open += usize::from(matches!(proven, Proven::Open(_)));
        }
        assert_eq!(open, letters.len());
        assert!(letters.iter().all(|letter| !letter.to.address.as_str().starts_with("dominik")), "who left is not asked");
    }

    #[tokio::test]
    async fn the_sample_is_made_on_the_first_day_of_a_year_too() {
        let demo = Demo::filled("2028-01-01T00:10:00Z").await;
        let labels: Vec<_> = demo.rounds().await.iter().map(|o| o.round.label().to_owned()).collect();
        assert_eq!(labels, ["2028-Q1", "2028-Q1", "2027-Q4", "2027-Q3", "2027-Q2"]);
    }

    #[test]
    fn a_quarter_starts_on_the_first_of_its_first_month() {
        let day = NaiveDate::from_ymd_opt(2028, 2, 29).expect("a day");
        let starts: Vec<_> = (0..4).map(|back| quarter_start(day, back).to_string()).collect();
        assert_eq!(starts, ["2028-01-01", "2027-10-01", "2027-07-01", "2027-04-01"]);
    }
}
