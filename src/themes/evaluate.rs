//! How good proposals and offers are on statements that people have sorted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::consultant::{Board, Confirming, Offers, typed};
use super::gold::{Gold, GoldRow};
use super::measure::{Agreement, Table, pooled};
use super::{Item, KnownTheme, Method, ModelError, Space, ThemeRef};

/// Whether an earlier round has been sorted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// A team's first round: no theme is known.
    None,
    /// The statements of the first half of each team's executives (by name, the smaller half) are in the codebook,
    /// in the people's themes and under their names; only the others' are proposed, sorted and counted.
    Half,
}

/// The figures of one method on some teams.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The kind of data; `None` for all of the file.
    pub split: Option<String>,
    /// Teams with a statement to sort.
    pub teams: usize,
    /// Statements sorted.
    pub statements: usize,
    /// The mean over teams, each counting the same; teams where a figure is undefined left out.
    pub mean: Figures,
    /// Over all statements together.
    pub pooled: Figures,
}

/// What was reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// The proposal beside the people's themes.
    pub agreement: Agreement,
    /// Sorting one after the other: the share of statements whose theme is offered first, among those whose theme is
    /// there already, in [0, 1]. Undefined without such a statement.
    pub first: Option<f64>,
    /// The same for the three themes offered.
    pub offered: Option<f64>,
    /// A consultant's actions for each statement, above 0, when tight statements are confirmed theme by theme.
    /// Undefined without statements.
    pub actions: Option<f64>,
    /// The same when all tight statements of the round are confirmed at once.
    pub actions_at_once: Option<f64>,
}

/// What one team gave.
struct Team {
    split: Option<String>,
    table: Table,
    offers: Offers,
    actions: usize,
    actions_at_once: usize,
    statements: usize,
}

impl Team {
    fn figures(teams: &[&Self]) -> Figures {
        let sum = |of: fn(&Self) -> usize| teams.iter().map(|team| of(team)).sum::<usize>() as f64;
        let share = |of: f64, all: f64| (all > 0.0).then(|| of / all);
        let asked = sum(|team| team.offers.asked);
        let statements = sum(|team| team.statements);
        Figures {
            agreement: pooled(teams.iter().map(|team| &team.table)),
            first: share(sum(|team| team.offers.first), asked),
            offered: share(sum(|team| team.offers.offered), asked),
            actions: share(sum(|team| team.actions), statements),
            actions_at_once: share(sum(|team| team.actions_at_once), statements),
        }
    }
}

/// Proposes and sorts each team's statements by itself: the figures of each split, by its name, where the file has
/// some, then those of all.
pub fn evaluate(
    gold: &Gold,
    method: &Method,
    earlier: Earlier,
) -> Result<Vec<Evaluation>, ModelError> {
    let mut rows: BTreeMap<(Option<&str>, &str), Vec<&GoldRow>> = BTreeMap::new();
    for row in gold.rows() {
        rows.entry((row.split.as_deref(), &row.company))
            .or_default()
            .push(row);
    }
    let mut teams = Vec::new();
    for rows in rows.values() {
        teams.extend(team(rows, method, earlier)?);
    }
    let splits: BTreeSet<&str> = teams.iter().filter_map(|t| t.split.as_deref()).collect();
    Ok(splits
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|split| {
            let among: Vec<&Team> = teams
                .iter()
                .filter(|team| split.is_none() || team.split.as_deref() == split)
                .collect();
            evaluation(split, &among)
        })
        .collect())
}

fn evaluation(split: Option<&str>, teams: &[&Team]) -> Evaluation {
    let each: Vec<Figures> = teams.iter().map(|&team| Team::figures(&[team])).collect();
    let mean = |of: fn(&Figures) -> Option<f64>| {
        let values: Vec<f64> = each.iter().filter_map(of).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    Evaluation {
        split: split.map(str::to_owned),
        teams: teams.len(),
        statements: teams.iter().map(|team| team.statements).sum(),
        mean: Figures {
            agreement: Agreement {
                pair_f1: mean(|f| f.agreement.pair_f1),
                bcubed: mean(|f| f.agreement.bcubed),
                adjusted_rand: mean(|f| f.agreement.adjusted_rand),
                to_move: mean(|f| f.agreement.to_move),
            },
            first: mean(|f| f.first),
            offered: mean(|f| f.offered),
            actions: mean(|f| f.actions),
            actions_at_once: mean(|f| f.actions_at_once),
        },
        pooled: Team::figures(teams),
    }
}

/// One team's figures; `None` where nothing is left to sort.
fn team(rows: &[&GoldRow], method: &Method, earlier: Earlier) -> Result<Option<Team>, ModelError> {
    let (before, now) = divided(rows, earlier);
    if now.is_empty() {
        return Ok(None);
    }
    let codebook = codebook(&before);
    let items: Vec<Item> = (0..)
        .zip(&now)
        .map(|(at, row)| Item {
            id: format!("{at:020}"),
            question: row.question,
            text: row.text.clone(),
        })
        .collect();
    let mut space = Space::of_round(method, &items, &codebook)?;
    let proposals = space.propose(&items, &codebook);
    let names: Vec<String> = now.iter().map(|row| typed(&row.theme)).collect();
    space.add(method, names.iter().map(String::as_str))?;
    let ids = items.iter().map(|item| item.id.as_str());
    let board = Board {
        space: &space,
        items: ids.clone().zip(&items).collect(),
        gold: ids.zip(now.iter().map(|row| row.theme.as_str())).collect(),
        codebook: &codebook,
        proposals: &proposals,
    };
    let known: BTreeSet<&str> = codebook.iter().map(|theme| theme.id.as_str()).collect();
    let pairs = proposals
        .assignments
        .iter()
        .map(|a| (&a.theme, board.gold[a.item.as_str()]));
    let table = Table::count(pairs, |proposed, theme| match proposed {
        ThemeRef::Known(id) => id == theme,
        ThemeRef::New(_) => !known.contains(theme),
    });
    Ok(Some(Team {
        split: now[0].split.clone(),
        table,
        offers: board.offers(),
        actions: board.actions(Confirming::ThemeByTheme),
        actions_at_once: board.actions(Confirming::AllAtOnce),
        statements: items.len(),
    }))
}

/// The statements of an earlier round, and of the one to sort.
fn divided<'a>(rows: &[&'a GoldRow], earlier: Earlier) -> (Vec<&'a GoldRow>, Vec<&'a GoldRow>) {
    let executives: BTreeSet<&str> = rows.iter().map(|row| row.exec.as_str()).collect();
    let half = match earlier {
        Earlier::None => 0,
        Earlier::Half => executives.len() / 2,
    };
    let first: BTreeSet<&str> = executives.into_iter().take(half).collect();
    rows.iter()
        .partition(|row| first.contains(row.exec.as_str()))
}

fn codebook(rows: &[&GoldRow]) -> Vec<KnownTheme> {
    let mut themes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows {
        themes.entry(&row.theme).or_default().push(row.text.clone());
    }
    themes
        .into_iter()
        .map(|(theme, examples)| KnownTheme {
            id: theme.to_owned(),
            name: typed(theme),
            examples,
        })
        .collect()
}
