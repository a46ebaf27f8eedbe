//! Makes the sample by the moves that people make: a consultant adds organisations and opens
//! rounds, executives answer through their private links, the consultant closes, sorts and
//! publishes. Only the time is set back.

use std::collections::HashMap;
use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::phc::PasswordHash;
use chrono::{
    DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Europe::London;
use entity::types::{RoundId, TeamId};
use sea_orm::DatabaseTransaction;

use super::sample::{self, Organisation, Said};
use super::{ADDRESS, PASSWORD};
use crate::app::App;
use crate::conduct::{self, Grouping};
use crate::error::Error;
use crate::store::consultants::{self, ConsultantPerson, SignedIn};
use crate::store::decisions::{self, Change};
use crate::store::gate::ConsultantReader;
use crate::store::invitations::{self, Proven};
use crate::store::responses::{self, Saved};
use crate::store::rounds::{self, Round};
use crate::store::teams::{self, TeamAccess};
use crate::store::{Tools, begin_write, organisations, outbox, themes};
use crate::survey::decision::Check;
use crate::survey::quarter::Quarter;
use crate::survey::round::{RoundForm, RoundPlan};
use crate::survey::{Attribution, Decision, EmailAddress, Line, Owner, Promise, Question, Way};
use crate::vault::{LinkKind, LinkToken};
use crate::web::State;
use crate::wording::Catalogue;
use crate::worker::Step;
use crate::world::HandClock;

mod sorting;

use sorting::Sorting;

const CONSULTANT: &str = "Robin Ashdown";
const MESSAGE: &str = "Please answer before you talk to each other about it. \
    Short sentences are enough; what counts is what you would defend in the room.";

/// How long each round is open: whole weeks, so that it closes on a workday as it opens on one.
const OPEN_DAYS: u64 = 14;

/// A decision of a sample debrief: words, the owner's and the theme's key in the sample, what becomes
/// of the theme, what stops, and whether the owner is reminded.
type Agreed = (
    &'static str,
    &'static str,
    &'static str,
    Way,
    &'static str,
    bool,
);

/// What the second quarter's debrief decided: the third keeps one, breaks one and forgets one.
const SECOND: [Agreed; 3] = [
    (
        "No new customer-specific variants until the platform holds",
        "priya",
        "variants",
        Way::Stop,
        "Quoting variants without a named engineer",
        false,
    ),
    (
        "The Nordic launch stays on plan with two distributors",
        "saskia",
        "nordics",
        Way::Keep,
        "",
        false,
    ),
    (
        "On-site calibration is offered to every service customer",
        "ruth",
        "calibration",
        Way::Keep,
        "",
        false,
    ),
];

/// What the third quarter's debrief decided: the round that runs will be held against it.
const THIRD: [Agreed; 2] = [
    (
        "Two engineers work on the platform and nothing else until the year ends",
        "jonas",
        "reliability",
        Way::Keep,
        "The weekly status deck",
        true,
    ),
    (
        "Customer-specific variants stay stopped",
        "priya",
        "variants",
        Way::Stop,
        "",
        false,
    ),
];

/// Adds the sample to an empty database: one organisation with three reported quarters and a
/// fourth round open, its letters delivered by the application's postman, and a second team with one
/// reported quarter; another organisation with a round that is being sorted.
pub async fn fill(app: &App) -> Result<(), Error> {
    let state = app.state();
    let today = state.now().with_timezone(&London).date_naive();
    let who = consultant(state, moment(quarter_start(today, 3), 9, 0)).await?;
    let (halden, quarters) = sample::halden()?;
    let mut halden = Host::add(state, &who, halden, moment(quarter_start(today, 3), 9, 30)).await?;
    let [first, second, third, fourth] = &quarters;
    // The head of Sales changes between the second and the third quarter.
    halden
        .report(first, quarter_start(today, 3), &["ines"])
        .await?;
    halden
        .report(second, quarter_start(today, 2), &["ines"])
        .await?;
    halden
        .decide(quarter_start(today, 2), quarter_start(today, 1), &SECOND)
        .await?;
    halden
        .report(third, quarter_start(today, 1), &["dominik"])
        .await?;
    let due = workday(today + Days::new(21));
    halden.decide(quarter_start(today, 1), due, &THIRD).await?;
    let (nordic, said) = sample::nordic()?;
    Host::add(state, &who, nordic, moment(quarter_start(today, 1), 9, 30))
        .await?
        .report(&said, quarter_start(today, 1), &[])
        .await?;
    half_sorted(state, &who, today).await?;
    halden.ask(app, fourth, today).await
}

/// The first day of the quarter that lies so many quarters before that day's.
fn quarter_start(day: NaiveDate, quarters_back: u32) -> NaiveDate {
    let months = day.month0() % 3 + 3 * quarters_back;
    let first = day.with_day(1).unwrap_or(day);
    first
        .checked_sub_months(Months::new(months))
        .unwrap_or(first)
}

/// That day, or the Friday before it where it lies on a weekend.
fn workday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(
        day.weekday().num_days_from_monday().saturating_sub(4),
    ))
}

/// That time of that day in London.
fn moment(day: NaiveDate, hour: i64, minute: i64) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(60 * hour + minute);
    London
        .from_local_datetime(&local)
        .latest()
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

fn broken(what: impl std::fmt::Display) -> Error {
    Error::Broken(format!("the sample cannot be made: {what}"))
}

async fn consultant(state: &State, now: DateTime<Utc>) -> Result<SignedIn, Error> {
    let mut salt = [0; 16];
    state.tools.entropy.fill(&mut salt);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(PASSWORD.as_bytes(), &salt)
        .map_err(broken)?;
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
    let closes = workday(today - Days::new(2));
    let opens = closes - Days::new(OPEN_DAYS);
    let mut host = Host::add(state, who, organisation, moment(opens, 8, 0)).await?;
    let tx = begin_write(&state.db).await?;
    host.invite(&tx, &[], moment(opens, 8, 5)).await?;
    let round = host
        .open(
            &tx,
            &Quarter::of(today).to_string(),
            moment(opens, 8, 30),
            closes,
        )
        .await?;
    host.collect(&tx, round, &said).await?;
    let reader = host.close(&tx, round, moment(closes, 18, 0)).await?;
    let themes = host.meant(&said, &[Question::Priorities, Question::TradeOffs])?;
    Sorting::begin(&tx, &state.tools, &reader, moment(closes, 18, 30))
        .await?
        .sort(&themes)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// One sample organisation in the consultant's hands.
struct Host<'a> {
    state: &'a State,
    tools: &'a Tools,
    grouping: &'a Arc<Grouping>,
    catalogue: &'a Catalogue,
    who: &'a SignedIn,
    sample: Organisation,
    team: TeamId,
    previous: Option<RoundId>,
}

impl<'a> Host<'a> {
    async fn add(
        state: &'a State,
        who: &'a SignedIn,
        sample: Organisation,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let tools = &state.tools;
        let tx = begin_write(&state.db).await?;
        let name = Line::parse(&sample.name).map_err(broken)?;
        // Teams of one organisation share its name.
        let known = organisations::list(&tx, who)
            .await?
            .into_iter()
            .map(|listed| listed.organisation)
            .find(|organisation| organisation.name == sample.name);
        let id = match known {
            Some(organisation) => organisation.id,
            None => organisations::add(&tx, tools, who, &name, now).await?,
        };
        let access = organisations::access(&tx, who, id).await?;
        let team = teams::add(
            &tx,
            tools,
            &access,
            &Line::parse(&sample.team).map_err(broken)?,
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(Self {
            state,
            tools,
            grouping: &state.grouping,
            catalogue: &state.catalogue,
            who,
            sample,
            team,
            previous: None,
        })
    }

    async fn access(&self, tx: &DatabaseTransaction) -> Result<TeamAccess, Error> {
        teams::access(tx, self.tools, self.who, self.team).await
    }

    /// A whole quarter: asked three weeks in, open for two weeks, reported a week later.
    async fn report(
        &mut self,
        said: &[Said],
        start: NaiveDate,
        absent: &[&str],
    ) -> Result<(), Error> {
        let opens = workday(start + Days::new(20));
        let closes = opens + Days::new(OPEN_DAYS);
        let reports = closes + Days::new(7);
        let tx = begin_write(&self.state.db).await?;
        self.invite(&tx, absent, moment(opens, 8, 0)).await?;
        let round = self
            .open(
                &tx,
                &Quarter::of(start).to_string(),
                moment(opens, 8, 30),
                closes,
            )
            .await?;
        self.collect(&tx, round, said).await?;
        let reader = self.close(&tx, round, moment(closes, 18, 0)).await?;
        let themes = self.meant(said, &Question::ALL)?;
        Sorting::begin(&tx, self.tools, &reader, moment(closes, 18, 30))
            .await?
            .sort(&themes)
            .await?;
        let publication = conduct::prepare(&tx, self.tools, &reader).await?;
        conduct::publish(
            &tx,
            self.tools,
            &reader,
            &publication,
            moment(reports, 11, 0),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The debrief of the round reported last, two days after its report.
    async fn decide(
        &self,
        start: NaiveDate,
        due: NaiveDate,
        agreed: &[Agreed],
    ) -> Result<(), Error> {
        let held = moment(
            workday(start + Days::new(20)) + Days::new(OPEN_DAYS + 9),
            10,
            0,
        );
        let tx = begin_write(&self.state.db).await?;
        let access = self.access(&tx).await?;
        let id = self
            .previous
            .ok_or_else(|| broken("no round is reported"))?;
        let round = self.round(&tx, id).await?;
        let codebook = themes::current(&tx, &access).await?;
        let team = teams::executives(&tx, &access).await?;
        for (nth, (words, owner, theme, way, stops, remind)) in agreed.iter().enumerate() {
            let recorded = held + TimeDelta::minutes(15 * nth as i64);
            let name = self.sample.theme(theme)?;
            let theme = codebook.iter().find(|theme| theme.name == name);
            let address = self.sample.address(owner);
            let owner = team
                .iter()
                .find(|one| one.person.email.folded() == address)
                .ok_or_else(|| broken(format_args!("“{owner}” is not in the team")))?;
            let decision = Decision {
                question: None,
                chosen: None,
                words: (*words).to_owned(),
                owner: Owner::Executive(owner.id.to_string()),
                due_on: Some(due),
                stops: (*stops).to_owned(),
                check: theme.map(|theme| Check {
                    theme: theme.id.to_string(),
                    way: *way,
                }),
                remind_on: remind.then_some(due),
            };
            let change = Change {
                id: self.tools.id(),
                based_on: 0,
                fork: None,
                decision: &decision,
            };
            decisions::save(&tx, self.tools, &access, &round, &change, recorded).await?;
        }
        tx.commit().await.map_err(Error::from)
    }

    /// The round that runs: opened five days ago (before a weekend up to seven), with the rest of
    /// its two weeks to go.
    async fn ask(&mut self, app: &App, said: &[Said], today: NaiveDate) -> Result<(), Error> {
        let opens = workday(today - Days::new(5));
        let opened_at = moment(opens, 8, 30);
        let tx = begin_write(&self.state.db).await?;
        let round = self
            .open(
                &tx,
                &Quarter::of(today).to_string(),
                opened_at,
                opens + Days::new(OPEN_DAYS),
            )
            .await?;
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
    async fn invite(
        &self,
        tx: &DatabaseTransaction,
        absent: &[&str],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let access = self.access(tx).await?;
        teams::import(
            tx,
            self.tools,
            &access,
            &self.sample.people_without(absent)?,
            now,
        )
        .await?;
        let gone: Vec<String> = absent.iter().map(|key| self.sample.address(key)).collect();
        for executive in teams::executives(tx, &access).await? {
            if executive.left_at.is_none() && gone.contains(&executive.person.email.folded()) {
                teams::set_left(tx, &access, executive.id, Some(now)).await?;
            }
        }
        Ok(())
    }

    async fn open(
        &mut self,
        tx: &DatabaseTransaction,
        label: &str,
        now: DateTime<Utc>,
        closes: NaiveDate,
    ) -> Result<RoundId, Error> {
        let access = self.access(tx).await?;
        let form = RoundForm {
            label,
            attribution: Attribution::Confidential.key(),
            retention_months: &Promise::RETENTION_MONTHS.to_string(),
            language: "en",
            time_zone: London.name(),
            closes_at: &format!("{closes}T18:00"),
            message: MESSAGE,
            provider: "",
            offered: None,
        };
        let plan = RoundPlan::parse(&form, now)?;
        let id = rounds::add(tx, self.tools, &access, &plan, self.previous, now).await?;
        let round = self.round(tx, id).await?;
        conduct::open_round(tx, self.tools, self.catalogue, &access, &round, None, now).await?;
        self.previous = Some(id);
        Ok(id)
    }

    async fn round(&self, tx: &DatabaseTransaction, id: RoundId) -> Result<Round, Error> {
        Ok(rounds::access(tx, self.tools, self.who, id).await?.1)
    }

    /// Everybody answers. The letters of a round long past count as sent; nobody needs to read
    /// them any more.
    async fn collect(
        &self,
        tx: &DatabaseTransaction,
        round: RoundId,
        said: &[Said],
    ) -> Result<(), Error> {
        let opened_at = self
            .round(tx, round)
            .await?
            .opened_at()
            .ok_or_else(|| broken("a round is not open"))?;
        for (nth, said) in said.iter().enumerate() {
            self.answer(tx, round, said, answered_at(opened_at, nth))
                .await?;
        }
        let end = answered_at(opened_at, said.len());
        while let Some(letter) = outbox::lease(tx, end, TimeDelta::minutes(1)).await? {
            outbox::settle(
                tx,
                self.tools,
                letter.id,
                outbox::Next::Sent,
                letter.created_at,
            )
            .await?;
        }
        Ok(())
    }

    /// One executive answers through the private link, and submits unless it stays a draft.
    async fn answer(
        &self,
        tx: &DatabaseTransaction,
        round: RoundId,
        said: &Said,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let access = self.access(tx).await?;
        let address = self.sample.address(&said.who);
        let asked = invitations::progress(tx, self.tools, &access, round)
            .await?
            .into_iter()
            .find(|progress| progress.person.email.folded() == address)
            .ok_or_else(|| broken(format_args!("“{}” is not asked", said.who)))?;
        let link = self
            .tools
            .vault
            .link(LinkKind::Invitation, asked.invitation.0, 1);
        let token = LinkToken::parse(&link).ok_or(Error::NotFound)?;
        let Proven::Open(invitation) = invitations::prove(tx, self.tools, &token, now).await?
        else {
            return Err(broken("a round is not open"));
        };
        let draft = said.draft(invitation.round().opened_at().unwrap_or(now));
        let stale = || broken("an answer was there before it was given");
        for question in Question::ALL {
            let part = draft.part(question).clone();
            if !part.is_blank()
                && let Saved::Stale { .. } =
                    responses::save_part(tx, self.tools, &invitation, question, part, now).await?
            {
                return Err(stale());
            }
        }
        if said.draft {
            return Ok(());
        }
        if let Saved::Stale { .. } =
            responses::save_closing(tx, self.tools, &invitation, draft.closing, now).await?
        {
            return Err(stale());
        }
        responses::submit(tx, self.tools, &invitation, now).await??;
        Ok(())
    }

    async fn close(
        &self,
        tx: &DatabaseTransaction,
        id: RoundId,
        now: DateTime<Utc>,
    ) -> Result<ConsultantReader, Error> {
        let access = self.access(tx).await?;
        let round = self.round(tx, id).await?;
        conduct::close_round(tx, self.tools, self.grouping, &access, &round, now).await?;
        ConsultantReader::of(&access, &self.round(tx, id).await?)
    }

    /// The name of the theme that each text of these questions is meant to be in.
    fn meant(
        &self,
        said: &[Said],
        questions: &[Question],
    ) -> Result<HashMap<(Question, String), String>, Error> {
        said.iter()
            .flat_map(Said::themes)
            .filter(|(question, ..)| questions.contains(question))
            .map(|(question, text, theme)| {
                Ok((
                    (question, text.to_owned()),
                    self.sample.theme(theme)?.to_owned(),
                ))
            })
            .collect()
    }
}

/// Executives answer some hours apart: the first in the afternoon of the day they are asked.
fn answered_at(opened_at: DateTime<Utc>, nth: usize) -> DateTime<Utc> {
    opened_at + TimeDelta::hours(7) + TimeDelta::minutes(1090 * nth as i64)
}

#[cfg(test)]
mod tests;
