//! The five questions.

use serde::{Deserialize, Serialize};

/// One of the five questions, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// What are our top priorities right now?
    Priorities,
    /// What trade-offs are we deliberately making?
    TradeOffs,
    /// Which work should stop if capacity gets tight?
    Stops,
    /// How will we know this quarter was successful?
    Successes,
    /// What are we asking other teams to deprioritise?
    Asks,
}

impl Question {
    /// All five, in order.
    pub const ALL: [Self; 5] = [
        Self::Priorities,
        Self::TradeOffs,
        Self::Stops,
        Self::Successes,
        Self::Asks,
    ];

    /// The name used in files, addresses and message keys.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Priorities => "priorities",
            Self::TradeOffs => "trade_offs",
            Self::Stops => "stops",
            Self::Successes => "successes",
            Self::Asks => "asks",
        }
    }

    /// The question of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.key() == key)
    }

    /// 1 to 5.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The question of that number (1 to 5).
    pub fn from_number(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }

    /// How many statements an executive may give.
    pub const fn most(self) -> usize {
        match self {
            Self::Priorities => 5,
            _ => 3,
        }
    }

    /// How many statements are asked for; the others are optional.
    pub const fn asked_for(self) -> usize {
        3
    }
}
