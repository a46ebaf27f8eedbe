//! Several teams of an organisation beside each other, alphabetically: no ranking. Each team stands on its own scale.

use serde::Serialize;

use crate::scoring::IndexFigures;

use super::ClientReport;
use super::figures::{LABEL, held_at, whole};
use super::svg::{Anchor, Drawing};
use super::trend::{Basis, TrendMaterial};
use super::view::{Figure, Table};
use super::words::{answered, number, shorten, the_round};

/// A team with what its latest round on the line says.
pub struct TeamLately {
    /// Where its trend is.
    pub address: String,
    /// Its rounds.
    pub material: TrendMaterial,
    /// The client's report of its latest round on the line, where it is published and its answers are there.
    pub report: Option<ClientReport>,
}

/// What the page says of one team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TeamCard {
    /// The team's name.
    pub name: String,
    /// Where its trend is.
    pub address: String,
    /// Which round it is about and how many answered, or why there is none.
    pub round: String,
    /// The round in a sentence; empty where the report does not say it.
    pub headline: String,
    /// What is shared; may be empty.
    pub shared: String,
    /// What is split; may be empty.
    pub split: String,
    /// The change of the same people in the latest step; may be empty.
    pub change: String,
}

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct SideBySide {
    /// The index of each team on its scale; `None` where no team has one.
    pub figure: Option<Figure>,
    /// The teams by name.
    pub teams: Vec<TeamCard>,
}

impl SideBySide {
    /// Puts the teams beside each other, by name.
    pub fn build(mut teams: Vec<TeamLately>) -> Self {
        teams.sort_by_key(|team| team.material.team.to_lowercase());
        Self {
            figure: figure(&teams),
            teams: teams.iter().map(card).collect(),
        }
    }
}

fn card(team: &TeamLately) -> TeamCard {
    let name = team.material.team.clone();
    let address = team.address.clone();
    let Some((round, counted)) = team.material.latest() else {
        return TeamCard {
            name,
            address,
            round: "No round counts yet: it takes one that has closed with at least four answers."
                .to_owned(),
            headline: String::new(),
            shared: String::new(),
            split: String::new(),
            change: String::new(),
        };
    };
    let preliminary = match counted.basis {
        Basis::Preliminary { .. } => " Preliminary: the report is not published yet.",
        _ if team.report.is_none() => " Its sentences went with the answers, as promised.",
        _ => "",
    };
    let answered = format!(
        "{} in {}.{preliminary}",
        answered(round.answered, round.asked.len()),
        the_round(&round.label)
    );
    let said = |of: fn(&ClientReport) -> &String| {
        team.report
            .as_ref()
            .map_or_else(String::new, |r| of(r).clone())
    };
    TeamCard {
        name,
        address,
        round: answered,
        headline: said(|r| &r.headline),
        shared: said(|r| &r.shared),
        split: said(|r| &r.split),
        change: team.material.latest_change().unwrap_or_default(),
    }
}

/// "about six tenths of the way"; from 0 to 1, beyond which nothing is told apart.
fn way(index: &IndexFigures) -> String {
    match index
        .position
        .map(|p| (p * 10.0).round().clamp(0.0, 10.0) as usize)
    {
        None => "not defined".to_owned(),
        Some(0) => "at chance".to_owned(),
        Some(10) => "at its best".to_owned(),
        Some(1) => "one tenth".to_owned(),
        Some(n) => format!("{} tenths", number(n)),
    }
}

fn figure(teams: &[TeamLately]) -> Option<Figure> {
    let known: Vec<(&str, &str, &IndexFigures, f64)> = teams
        .iter()
        .filter_map(|team| {
            let (round, counted) = team.material.latest()?;
            let index = &counted.score.index;
            Some((
                team.material.team.as_str(),
                round.label.as_str(),
                index,
                index.value?,
            ))
        })
        .collect();
    if known.is_empty() {
        return None;
    }
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), whole);
    let table = Table {
        caption: "The teams in figures".to_owned(),
        head: [
            "Team",
            "Round",
            "Index",
            "Chance",
            "Best possible",
            "From chance to best",
        ]
        .map(String::from)
        .to_vec(),
        rows: known
            .iter()
            .map(|(team, round, index, value)| {
                vec![
                    (*team).to_owned(),
                    (*round).to_owned(),
                    whole(*value),
                    shown(index.chance.as_ref().map(|c| c.mean)),
                    shown(index.ceiling),
                    way(index),
                ]
            })
            .collect(),
    };
    let said: Vec<String> = table
        .rows
        .iter()
        .map(|r| {
            format!(
                "{}, {}: index {}, chance {}, best possible {}, from chance to best: {}.",
                r[0], r[1], r[2], r[3], r[4], r[5]
            )
        })
        .collect();
    let step = 116.0;
    let mut drawing = Drawing::new(
        "teams",
        "The coherence index of each team, from 0 to 100",
        &said.join(" "),
        known.len() * 116,
    );
    for (i, (team, round, index, value)) in known.iter().enumerate() {
        let y = step * i as f64;
        drawing.text("lab", 0.0, y + 16.0, Anchor::Start, &shorten(team, LABEL));
        drawing.text("cap", 100.0, y + 16.0, Anchor::End, &shorten(round, 14));
        drawing.bar("back", 0.0, y + 56.0, 100.0, 10.0);
        if let (Some(chance), Some(best)) = (&index.chance, index.ceiling) {
            drawing.bar("range", chance.mean, y + 56.0, best - chance.mean, 10.0);
            for (x, name, anchor) in [
                (
                    chance.mean,
                    format!("chance {}", whole(chance.mean)),
                    Anchor::Start,
                ),
                (best, format!("best {}", whole(best)), Anchor::End),
            ] {
                drawing.line("tick", (x, y + 66.0), (x, y + 76.0));
                drawing.text("cap", x, y + 90.0, anchor, &name);
            }
        }
        drawing.line("now", (*value, y + 46.0), (*value, y + 76.0));
        drawing.text("val", *value, y + 40.0, held_at(*value), &whole(*value));
    }
    Some(Figure {
        svg: drawing.finish(),
        caption: "Each team on its own scale: the shaded part runs from what chance would give to the best that its lists allow. Teams of other sizes, with lists of other lengths, have other scales: read how far each has come on its own, not which number is higher.".to_owned(),
        table,
    })
}
