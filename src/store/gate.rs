//! The gate: the one place through which executives' words leave the database.
//!
//! Every function here asks for the proof of its reader, and a proof can only be had where the
//! promise of the round allows it:
//!
//! | reader | proof | sees |
//! | --- | --- | --- |
//! | the executive | [`OpenInvitation`] | the own response |
//! | a consultant | [`ConsultantReader`] | statements without names, shuffled per question |
//! | a consultant, by promise | [`NamesForConsultant`] | who wrote which statement |
//! | the report, by promise | [`NamesForReport`] | the names of the executives |
//! | the engine | [`ConsultantReader`] | responses under pseudonyms, with functions ([`EngineRound`]) |
//! | a language model, by promise | [`Leave`](super::assistance::Leave) | texts under numbers made for the call ([`Sheet`](super::assistance::Sheet)) |
//!
//! Proofs have private fields, so nothing outside this module can make one up:
//!
//! ```compile_fail,E0423
//! let names = coherence::store::gate::NamesForConsultant(());
//! ```
//!
//! ```compile_fail,E0451
//! # use coherence::store::{gate::ConsultantReader, rounds::Round, teams::TeamAccess};
//! fn forged(round: Round, access: TeamAccess) -> ConsultantReader {
//!     ConsultantReader { round, access }
//! }
//! ```
//!
//! A sealed statement cannot be opened from outside either: the round's key stays in the store.
//!
//! ```compile_fail,E0603
//! use coherence::store::gate::round_key;
//! ```

use std::collections::HashMap;

use entity::types::{CodingId, ResponseId, RoundState, Side, StatementId, ThemeId};
use entity::{coding, invitation, response, round, statement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::invitations::OpenInvitation;
use super::responses::OwnResponse;
use super::rounds::{self, Round};
use super::teams::{self, TeamAccess};
use super::{Result, Tools};
use crate::error::Error;
use crate::survey::{Answers, Body, Draft, Promise, Question, Statement};
use crate::vault::DataKey;

pub(super) fn draft_place(id: ResponseId) -> String {
    format!("response/{id}/draft")
}

pub(super) fn submitted_place(id: ResponseId) -> String {
    format!("response/{id}/submitted")
}

pub(super) fn function_place(id: ResponseId) -> String {
    format!("response/{id}/function")
}

pub(super) fn statement_place(id: StatementId) -> String {
    format!("statement/{id}/body")
}

/// The round's data key; none once its answers have been deleted.
pub(super) fn round_key(tools: &Tools, round: &Round) -> Result<DataKey> {
    match &round.row().data_key {
        Some(wrapped) => Ok(tools
            .vault
            .unwrap_key(&rounds::key_place(round.id()), wrapped)?),
        None => Err(Error::Refused(
            "The answers of this round have been deleted, as its executives were promised.",
        )),
    }
}

/// The executive's own response.
pub(super) fn open_own(
    tools: &Tools,
    invitation: &OpenInvitation,
    row: &response::Model,
) -> Result<OwnResponse> {
    let key = round_key(tools, invitation.round())?;
    let draft = match &row.draft {
        Some(sealed) => key.open_json(&draft_place(row.id), sealed)?,
        None => Draft::default(),
    };
    let submitted = match &row.submitted {
        Some(sealed) => Some(key.open_json(&submitted_place(row.id), sealed)?),
        None => None,
    };
    Ok(OwnResponse { draft, submitted })
}

/// Whether the consultant was given access after the round had opened. The notice named everybody with access; who came
/// later was not promised in.
pub fn came_later(access: &TeamAccess, round: &Round) -> bool {
    access
        .since()
        .is_some_and(|since| round.opened_at().is_none_or(|opened| since > opened))
}

/// Proof that a consultant may read a round's statements: the round has closed, so that nobody
/// reads what may still change, and its answers have not been deleted.
#[derive(Clone, Debug)]
pub struct ConsultantReader {
    access: TeamAccess,
    round: Round,
}

impl ConsultantReader {
    /// The proof, if the round is this far.
    pub fn of(access: &TeamAccess, round: &Round) -> Result<Self> {
        if round.team_id() != access.id() {
            return Err(Error::NotFound);
        }
        if round.state() < RoundState::Closed {
            return Err(Error::Refused(
                "Statements can be read once the round has closed.",
            ));
        }
        if came_later(access, round) {
            return Err(Error::Refused(
                "You were given access after this round opened. Its executives were told who reads their statements, and you were not among them.",
            ));
        }
        if round.erased_at().is_some() {
            return Err(Error::Refused(
                "The answers of this round have been deleted, as its executives were promised.",
            ));
        }
        Ok(Self {
            access: access.clone(),
            round: round.clone(),
        })
    }

    /// The round.
    pub const fn round(&self) -> &Round {
        &self.round
    }

    /// The team.
    pub const fn access(&self) -> &TeamAccess {
        &self.access
    }

    /// What its executives were promised.
    pub const fn promise(&self) -> Promise {
        self.round.promise()
    }

    /// Leave to see who wrote what; only where executives were told so.
    pub fn names(&self) -> Option<NamesForConsultant> {
        self.promise()
            .attribution
            .consultant_sees_names()
            .then_some(NamesForConsultant(()))
    }

    /// Leave to name people in the report; only where executives were told so.
    pub fn names_in_report(&self) -> Option<NamesForReport> {
        self.promise()
            .attribution
            .report_names_people()
            .then_some(NamesForReport(()))
    }
}

/// Leave to see who wrote which statement.
#[derive(Clone, Copy, Debug)]
pub struct NamesForConsultant(());

/// Leave to name people in the report.
#[derive(Clone, Copy, Debug)]
pub struct NamesForReport(());

/// One text of one statement, without its author.
#[derive(Clone, Debug, PartialEq)]
pub struct Excerpt {
    /// The statement.
    pub statement: StatementId,
    /// Which of its texts.
    pub side: Side,
    /// The text.
    pub text: String,
    /// The whole statement, for what stands beside the text (the other side of a trade-off, the
    /// measure, the function asked).
    pub whole: Statement,
    /// The question it answers.
    pub question: Question,
    /// Place in its author's list, from 0.
    pub position: usize,
}

/// All texts of a round without their authors, shuffled: they come in the order of their random
/// keys, in which neighbours have nothing in common.
pub async fn excerpts(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Vec<Excerpt>> {
    let key = round_key(tools, &reader.round)?;
    let mut excerpts = Vec::new();
    for row in statements(db, &reader.round).await? {
        let whole = open_statement(&key, &row)?;
        for (side, text) in sides(&whole.body) {
            excerpts.push(Excerpt {
                statement: row.id,
                side,
                text: text.to_owned(),
                question: row.question.into(),
                position: usize::try_from(row.position).unwrap_or_default(),
                whole: whole.clone(),
            });
        }
    }
    excerpts.sort_by_key(|excerpt| (excerpt.question, excerpt.statement, excerpt.side));
    Ok(excerpts)
}

/// The texts of a statement that are about a theme each.
pub fn sides(body: &Body) -> Vec<(Side, &str)> {
    match body {
        Body::Priority { text }
        | Body::Stop { text }
        | Body::Success { text, .. }
        | Body::Ask { text, .. } => {
            vec![(Side::Whole, text.as_str())]
        }
        Body::TradeOff { favour, over } => {
            vec![(Side::Favour, favour.as_str()), (Side::Over, over.as_str())]
        }
    }
}

async fn statements(db: &impl ConnectionTrait, round: &Round) -> Result<Vec<statement::Model>> {
    Ok(statement::Entity::find()
        .filter(statement::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?)
}

fn open_statement(key: &DataKey, row: &statement::Model) -> Result<Statement> {
    let sealed = row.body.as_ref().ok_or_else(|| {
        Error::Broken("a statement of a round that is not erased has no words".into())
    })?;
    Ok(key.open_json(&statement_place(row.id), sealed)?)
}

/// Who wrote which statement, where the promise lets the consultant see it.
pub async fn authors(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    _: NamesForConsultant,
) -> Result<HashMap<StatementId, String>> {
    let names = names_by_response(db, tools, reader).await?;
    Ok(statements(db, &reader.round)
        .await?
        .into_iter()
        .filter_map(|row| {
            names
                .get(&row.response_id)
                .map(|(_, name)| (row.id, name.clone()))
        })
        .collect())
}

/// The names of the executives by the engine's pseudonyms, where the promise lets the report name
/// them.
pub async fn names_for_report(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
    _: NamesForReport,
) -> Result<HashMap<String, String>> {
    Ok(names_by_response(db, tools, reader)
        .await?
        .into_values()
        .collect())
}

/// Pseudonym and name of each response's author. Private: only callers with leave get here.
async fn names_by_response(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<HashMap<ResponseId, (String, String)>> {
    let people: HashMap<_, _> = teams::executives(db, &reader.access)
        .await?
        .into_iter()
        .map(|executive| (executive.id, executive.person.name.as_str().to_owned()))
        .collect();
    let invitations = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(reader.round.id()))
        .all(db)
        .await?;
    let responses = response::Entity::find()
        .filter(response::COLUMN.round_id.eq(reader.round.id()))
        .all(db)
        .await?;
    let mut names = HashMap::new();
    for invitation in invitations {
        let locator = tools.vault.locator(invitation.id);
        let found = responses
            .iter()
            .find(|response| response.locator == locator);
        if let (Some(response), Some(name)) = (found, people.get(&invitation.executive_id)) {
            names.insert(response.id, (pseudonym(response), name.clone()));
        }
    }
    Ok(names)
}

/// 16 hexadecimal characters, the same for one person in every round of the team.
fn pseudonym(response: &response::Model) -> String {
    hex::encode(&response.pseudonym.0[..response.pseudonym.0.len().min(8)])
}

/// One response as the engine needs it.
#[derive(Clone, Debug)]
pub struct EngineResponse {
    /// Pseudonym: the same for one person in every round of the team.
    pub person: String,
    /// The person's function when the round opened; may be empty.
    pub function: String,
    /// The submitted answers.
    pub answers: Answers,
    /// The statements with their keys: question, place in the list, key.
    pub statements: Vec<(Question, usize, StatementId)>,
}

/// A round as the engine needs it: responses under pseudonyms, in the order of the pseudonyms. It
/// is for computing, and must not be shown.
#[derive(Clone, Debug)]
pub struct EngineRound {
    /// How many were asked.
    pub invited: usize,
    /// Those who submitted.
    pub responses: Vec<EngineResponse>,
}

/// Reads the round for the engine.
pub(crate) async fn for_engine(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<EngineRound> {
    let round = &reader.round;
    let key = round_key(tools, round)?;
    let rows = statements(db, round).await?;
    let mut responses = Vec::new();
    for response in response::Entity::find()
        .filter(response::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?
    {
        let Some(sealed) = &response.submitted else {
            continue;
        };
        let function = key.open(&function_place(response.id), &response.function)?;
        responses.push(EngineResponse {
            person: pseudonym(&response),
            function: String::from_utf8_lossy(&function).into_owned(),
            answers: key.open_json(&submitted_place(response.id), sealed)?,
            statements: rows
                .iter()
                .filter(|row| row.response_id == response.id)
                .map(|row| {
                    (
                        row.question.into(),
                        usize::try_from(row.position).unwrap_or_default(),
                        row.id,
                    )
                })
                .collect(),
        });
    }
    responses.sort_by(|a, b| a.person.cmp(&b.person));
    let invited = invitation::Entity::find()
        .filter(invitation::COLUMN.round_id.eq(round.id()))
        .all(db)
        .await?;
    // Somebody whose link was withdrawn after answering has still answered.
    let invited = invited
        .iter()
        .filter(|row| !row.revoked || row.submitted)
        .count();
    Ok(EngineRound {
        invited: invited.max(responses.len()),
        responses,
    })
}

/// The texts that consultants have put into each theme in earlier rounds of the team, as examples
/// for the next proposal. For the program; it is not shown to anybody.
pub(crate) async fn examples(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<Vec<(ThemeId, String)>> {
    let mut examples = Vec::new();
    for row in round::Entity::find()
        .filter(round::COLUMN.team_id.eq(reader.access.id()))
        .filter(round::COLUMN.id.ne(reader.round.id()))
        .filter(
            round::COLUMN
                .state
                .is_in([RoundState::Closed, RoundState::Published]),
        )
        .filter(round::COLUMN.erased_at.is_null())
        .all(db)
        .await?
    {
        let earlier = ConsultantReader::of(&reader.access, &Round::new(row)?)?;
        let codings: HashMap<(StatementId, Side), ThemeId> = coding::Entity::find()
            .filter(coding::COLUMN.round_id.eq(earlier.round.id()))
            .filter(coding::COLUMN.confirmed.eq(true))
            .all(db)
            .await?
            .into_iter()
            .map(|row| ((row.statement_id, row.side), row.theme_id))
            .collect();
        for excerpt in excerpts(db, tools, &earlier).await? {
            if let Some(theme) = codings.get(&(excerpt.statement, excerpt.side)) {
                examples.push((*theme, excerpt.text));
            }
        }
    }
    Ok(examples)
}

/// The key of a card on the board: a coding and the text it is about.
pub type Card = (CodingId, Excerpt);
