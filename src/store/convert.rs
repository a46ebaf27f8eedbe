//! Between the survey's words and the table's.

use entity::types as table;

use crate::survey;

impl From<survey::Attribution> for table::Attribution {
    fn from(mode: survey::Attribution) -> Self {
        match mode {
            survey::Attribution::Confidential => Self::Confidential,
            survey::Attribution::Consultant => Self::Consultant,
            survey::Attribution::Named => Self::Named,
        }
    }
}

impl From<table::Attribution> for survey::Attribution {
    fn from(mode: table::Attribution) -> Self {
        match mode {
            table::Attribution::Confidential => Self::Confidential,
            table::Attribution::Consultant => Self::Consultant,
            table::Attribution::Named => Self::Named,
        }
    }
}

impl From<survey::Question> for table::QuestionKey {
    fn from(question: survey::Question) -> Self {
        match question {
            survey::Question::Priorities => Self::Priorities,
            survey::Question::TradeOffs => Self::TradeOffs,
            survey::Question::Stops => Self::Stops,
            survey::Question::Successes => Self::Successes,
            survey::Question::Asks => Self::Asks,
        }
    }
}

impl From<table::QuestionKey> for survey::Question {
    fn from(question: table::QuestionKey) -> Self {
        match question {
            table::QuestionKey::Priorities => Self::Priorities,
            table::QuestionKey::TradeOffs => Self::TradeOffs,
            table::QuestionKey::Stops => Self::Stops,
            table::QuestionKey::Successes => Self::Successes,
            table::QuestionKey::Asks => Self::Asks,
        }
    }
}
