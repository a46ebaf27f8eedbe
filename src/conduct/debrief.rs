//! The last debrief, as the next round is held against it.

use std::collections::HashMap;

use entity::types::ThemeId;
use sea_orm::ConnectionTrait;

use crate::error::Error;
use crate::report::{Debrief, Made};
use crate::scoring::{Decision, Direction};
use crate::store::decisions;
use crate::store::rounds::Round;
use crate::store::teams::TeamAccess;
use crate::store::themes::{self, Theme};
use crate::survey::Way;
use crate::survey::decision::Check;

/// The team's latest debrief before the round, its themes by the keys they stand for now. A decision
/// whose theme is gone cannot be checked, nor can two that say the opposite of one theme: themes may
/// have been merged since.
pub(super) async fn last(
    db: &impl ConnectionTrait,
    access: &TeamAccess,
    round: &Round,
    all: &[Theme],
) -> Result<Option<Debrief>, Error> {
    let Some((held_on, recorded)) = decisions::before(db, access, round).await? else {
        return Ok(None);
    };
    let standing = themes::standing(all);
    let mut made: Vec<Made> = recorded
        .into_iter()
        .map(|recorded| Made {
            words: recorded.decision.whole(),
            check: recorded.decision.check.and_then(|check| {
                let theme: ThemeId = check.theme.parse().ok()?;
                Some(Check {
                    theme: standing.get(&theme)?.to_string(),
                    way: check.way,
                })
            }),
        })
        .collect();
    let mut ways: HashMap<String, Option<Way>> = HashMap::new();
    for check in made.iter().filter_map(|made| made.check.as_ref()) {
        let way = ways.entry(check.theme.clone()).or_insert(Some(check.way));
        if *way != Some(check.way) {
            *way = None;
        }
    }
    for one in &mut made {
        one.check = one
            .check
            .take()
            .filter(|check| ways.get(&check.theme).is_some_and(Option::is_some));
    }
    Ok(Some(Debrief {
        label: held_on.label().to_owned(),
        decisions: made,
    }))
}

/// The debrief's decisions as the engine takes them, one a theme.
pub(super) fn checks(debrief: Option<&Debrief>) -> Vec<Decision> {
    let mut checks: Vec<Decision> = Vec::new();
    for check in debrief
        .iter()
        .flat_map(|debrief| &debrief.decisions)
        .filter_map(|made| made.check.as_ref())
    {
        let decision = Decision {
            theme: check.theme.clone(),
            direction: match check.way {
                Way::Keep => Direction::Keep,
                Way::Stop => Direction::Stop,
            },
        };
        if !checks.contains(&decision) {
            checks.push(decision);
        }
    }
    checks
}
