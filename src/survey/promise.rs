//! The promise: who sees what. Every other room asks here, so that the notice, the pages, the
//! report and the exports cannot disagree.

use serde::{Deserialize, Serialize};

use super::text::Line;

/// The provider of a language model as executives read it ("Example Ltd, Dublin"): 1 to 80
/// characters.
pub type Provider = Line<1, 80>;

/// Who may see who wrote a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// Nobody: the consultant reads statements without names, shuffled per question.
    #[default]
    Confidential,
    /// The consultant; the report does not say.
    Consultant,
    /// The consultant and the report, by agreement of the team.
    Named,
}

impl Attribution {
    /// All modes, the most guarded first.
    pub const ALL: [Self; 3] = [Self::Confidential, Self::Consultant, Self::Named];

    /// The name used in forms and message keys.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Confidential => "confidential",
            Self::Consultant => "consultant",
            Self::Named => "named",
        }
    }

    /// The mode of that [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.key() == key)
    }

    /// Whether the consultant reads statements with names.
    pub const fn consultant_sees_names(self) -> bool {
        matches!(self, Self::Consultant | Self::Named)
    }

    /// Whether the report names people.
    pub const fn report_names_people(self) -> bool {
        matches!(self, Self::Named)
    }
}

/// What the executives of one round are promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Who may see who wrote a statement.
    pub attribution: Attribution,
    /// Answers are deleted this many months after the round closes.
    pub retention_months: u32,
}

impl Promise {
    /// No report below this number of responses.
    pub const FEWEST_RESPONSES: usize = 4;
    /// A warning below this number of responses.
    pub const FEW_RESPONSES: usize = 5;
    /// Months until deletion unless the round says otherwise.
    pub const RETENTION_MONTHS: u32 = 12;
    /// Longest retention in months.
    pub const LONGEST_RETENTION: u32 = 60;

    /// How the client's report may speak of `k` of `n` people. In the unattributed modes one and
    /// two both read "one or two", and all but one or two "nearly all": a count of one points at
    /// somebody, and so does its complement.
    pub fn count(&self, k: usize, n: usize) -> Count {
        let blurred = !self.attribution.report_names_people();
        match k {
            0 => Count::None,
            _ if k == n => Count::All(n),
            1 | 2 if blurred => Count::OneOrTwo,
            _ if blurred && k + 2 >= n => Count::NearlyAll,
            _ => Count::Exactly(k),
        }
    }
}

/// A number of people as the report may say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Nobody.
    None,
    /// One or two, not said which.
    OneOrTwo,
    /// The number itself.
    Exactly(usize),
    /// All but one or two, not said which.
    NearlyAll,
    /// Everybody: the number of all.
    All(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(attribution: Attribution) -> Promise {
        Promise {
            attribution,
            retention_months: 12,
        }
    }

    #[test]
    fn a_count_of_one_and_its_complement_are_never_said_unless_names_are() {
        for attribution in [Attribution::Confidential, Attribution::Consultant] {
            let said: Vec<_> = (0..=8).map(|k| promise(attribution).count(k, 8)).collect();
            assert_eq!(
                said,
                [
                    Count::None,
                    Count::OneOrTwo,
                    Count::OneOrTwo,
                    Count::Exactly(3),
                    Count::Exactly(4),
                    Count::Exactly(5),
                    Count::NearlyAll,
                    Count::NearlyAll,
                    Count::All(8),
                ]
            );
        }
        assert_eq!(promise(Attribution::Named).count(1, 8), Count::Exactly(1));
    }

    #[test]
    fn only_the_named_mode_puts_names_into_the_report() {
        let names: Vec<_> = Attribution::ALL
            .iter()
            .map(|a| (a.consultant_sees_names(), a.report_names_people()))
            .collect();
        assert_eq!(names, [(false, false), (true, false), (true, true)]);
    }
}
