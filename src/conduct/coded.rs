//! From answers and codings to the engine's input.

use std::collections::HashMap;

use entity::types::{Side, StatementId, ThemeId};
use sea_orm::ConnectionTrait;

use super::debrief;
use crate::error::Error;
use crate::scoring::{
    self, Coded, CodedAsk, CodedResponse, CodedRound, CodedSuccess, CodedTradeOff, Decision,
    Executive, Proposed, RoundParts, Weights,
};
use crate::store::Tools;
use crate::store::codings::{self, Coding};
use crate::store::gate::{self, ConsultantReader, EngineResponse, EngineRound};
use crate::store::themes::{self, Theme};
use crate::survey::{Answer, Body, Comparison, Measure, Question, Target};

/// The round as the engine takes it: executives under pseudonyms, themes by the key they stand for
/// now (what a theme was merged into).
pub async fn coded_round(
    db: &impl ConnectionTrait,
    tools: &Tools,
    reader: &ConsultantReader,
) -> Result<CodedRound, Error> {
    let engine = gate::for_engine(db, tools, reader).await?;
    let all = themes::all(db, reader.access()).await?;
    let codings = codings::of_round(db, reader.round().id()).await?;
    let last = debrief::last(db, reader.access(), reader.round(), &all).await?;
    coded_as(
        reader,
        &engine,
        codings,
        &all,
        debrief::checks(last.as_ref()),
    )
}

/// The same under any codings of the round's texts. Themes that were merged stand for what they were
/// merged into. The decisions of the last debrief make findings; no index depends on them.
pub(super) fn coded_as(
    reader: &ConsultantReader,
    engine: &EngineRound,
    codings: Vec<Coding>,
    all: &[Theme],
    decisions: Vec<Decision>,
) -> Result<CodedRound, Error> {
    let lookup = Lookup::new(codings, all);
    let [priorities, trade_offs, stops, successes, asks] = reader.round().weights();
    let functions: HashMap<String, &str> = engine
        .responses
        .iter()
        .map(|response| (response.function.to_lowercase(), response.function.as_str()))
        .collect();
    let mut responses = Vec::with_capacity(engine.responses.len());
    for response in &engine.responses {
        responses.push(coded_response(response, &lookup, &functions)?);
    }
    let parts = RoundParts {
        invited: engine.invited,
        weights: Weights {
            priorities,
            trade_offs,
            stops,
            successes,
            asks,
        },
        seed: reader.round().seed(),
        executives: engine
            .responses
            .iter()
            .map(|response| Executive {
                id: response.person.clone(),
                function: response.function.clone(),
            })
            .collect(),
        themes: all
            .iter()
            .filter(|theme| theme.merged_into.is_none())
            .map(|theme| scoring::Theme {
                id: theme.id.to_string(),
                name: Some(theme.name.clone()),
            })
            .collect(),
        agreed_priorities: Vec::new(),
        responses,
        decisions,
    };
    CodedRound::new(parts)
        .map_err(|error| Error::Broken(format!("the round cannot be scored: {error}")))
}

/// Finds the coding of a text.
pub(super) struct Lookup {
    codings: HashMap<(StatementId, Side), Coding>,
    standing: HashMap<ThemeId, ThemeId>,
}

impl Lookup {
    pub(super) fn new(codings: Vec<Coding>, themes: &[Theme]) -> Self {
        Self {
            codings: codings
                .into_iter()
                .map(|coding| ((coding.statement, coding.side), coding))
                .collect(),
            standing: themes::standing(themes),
        }
    }

    /// The theme the text is in, by the key it stands for now.
    pub(super) fn theme(&self, statement: StatementId, side: Side) -> Result<String, Error> {
        let coding = self.coding(statement, side)?;
        Ok(self.stands_for(coding.theme))
    }

    fn coding(&self, statement: StatementId, side: Side) -> Result<&Coding, Error> {
        self.codings
            .get(&(statement, side))
            .ok_or_else(|| Error::Broken("a statement of a closed round has no coding".into()))
    }

    fn stands_for(&self, theme: ThemeId) -> String {
        self.standing
            .get(&theme)
            .copied()
            .unwrap_or(theme)
            .to_string()
    }

    fn coded(&self, statement: StatementId, side: Side) -> Result<Coded, Error> {
        let coding = self.coding(statement, side)?;
        let theme = self.stands_for(coding.theme);
        let proposed = (!coding.confirmed).then(|| Proposed {
            confidence: coding.confidence,
            second: coding
                .second
                .map(|id| self.stands_for(id))
                .filter(|second| *second != theme),
            theme: theme.clone(),
        });
        Ok(Coded { theme, proposed })
    }
}

fn coded_response(
    response: &EngineResponse,
    lookup: &Lookup,
    functions: &HashMap<String, &str>,
) -> Result<CodedResponse, Error> {
    let mut coded = CodedResponse {
        executive: response.person.clone(),
        perceived: response.answers.perceived,
        ..CodedResponse::default()
    };
    let keys: HashMap<(Question, usize), StatementId> = response
        .statements
        .iter()
        .map(|(question, position, id)| ((*question, *position), *id))
        .collect();
    for question in Question::ALL {
        let statements = match response.answers.to(question) {
            Answer::Skipped => {
                coded.skipped.push(engine_question(question));
                continue;
            }
            Answer::Unknown => {
                coded.unknown.push(engine_question(question));
                continue;
            }
            Answer::Given(statements) => statements,
        };
        for (position, statement) in statements.iter().enumerate() {
            let id = *keys
                .get(&(question, position))
                .ok_or_else(|| Error::Broken("a submitted statement has no row".into()))?;
            let whole = || lookup.coded(id, Side::Whole);
            match &statement.body {
                Body::Priority { .. } => coded.priorities.push(whole()?),
                Body::Stop { .. } => coded.stops.push(whole()?),
                Body::TradeOff { .. } => coded.trade_offs.push(CodedTradeOff {
                    favour: lookup.coded(id, Side::Favour)?,
                    over: lookup.coded(id, Side::Over)?,
                }),
                Body::Success { measure, .. } => coded.successes.push(CodedSuccess {
                    coded: whole()?,
                    measure: measure.as_ref().map(engine_measure),
                }),
                Body::Ask { function, .. } => coded.asks.push(CodedAsk {
                    // "sales" asks the same people as "Sales".
                    function: functions
                        .get(&function.as_str().to_lowercase())
                        .map_or_else(|| function.as_str().to_owned(), |&name| name.to_owned()),
                    coded: whole()?,
                }),
            }
        }
    }
    Ok(coded)
}

const fn engine_question(question: Question) -> scoring::Question {
    match question {
        Question::Priorities => scoring::Question::Priorities,
        Question::TradeOffs => scoring::Question::TradeOffs,
        Question::Stops => scoring::Question::Stops,
        Question::Successes => scoring::Question::Successes,
        Question::Asks => scoring::Question::Asks,
    }
}

fn engine_measure(measure: &Measure) -> scoring::Measure {
    scoring::Measure {
        metric: measure.metric.as_str().to_owned(),
        comparison: match measure.comparison {
            Comparison::AtLeast => scoring::Comparison::AtLeast,
            Comparison::AtMost => scoring::Comparison::AtMost,
            Comparison::Exactly => scoring::Comparison::Exactly,
            Comparison::ByDate => scoring::Comparison::ByDate,
        },
        target: match &measure.target {
            Target::Number(number) => scoring::Target::Number(*number),
            Target::Date(day) => scoring::Target::Date(day.to_string()),
        },
        unit: Some(measure.unit.as_str().to_owned()).filter(|unit| !unit.is_empty()),
    }
}
