//! What can be wrong with a field: the rule it breaks, with the numbers a person needs.

use std::fmt;

/// A rule that something typed can break. The wording for executives is in the message catalogue
/// under [`key`](Rule::key); `Display` is the English of the consultants' pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Must not be empty.
    Required,
    /// Must have at least `min` characters.
    TooShort {
        /// Fewest characters.
        min: usize,
    },
    /// Must have at most `max` characters; `given` were typed.
    TooLong {
        /// Most characters.
        max: usize,
        /// Characters typed.
        given: usize,
    },
    /// Must be an e-mail address.
    NotAnAddress,
    /// Must be a number.
    NotANumber,
    /// Must be a number that can be read in one way only: `1,500` and `1.500` cannot.
    AmbiguousNumber,
    /// Must lie at most `days` days ahead.
    TooFar {
        /// Most days.
        days: i64,
    },
    /// Must be a time that exists: the clocks skip this hour.
    SkippedHour,
    /// Must be a whole number from `min` to `max`.
    OutOfRange {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Must be a date.
    NotADate,
    /// Must be a date without a time.
    NotADay,
    /// Must be an executive of the team: nobody else has an address.
    NotAnExecutive,
    /// Must be one of the choices offered.
    NotAChoice,
    /// Must lie in the future.
    InThePast,
    /// Must not be there already.
    Duplicate,
    /// Must not contain control characters.
    ControlCharacter,
    /// Needs its other half (the two sides of a trade-off, the target of a measure).
    Incomplete,
    /// "I don't know" excludes statements.
    KnownAndUnknown,
    /// At most `max` entries.
    TooMany {
        /// Most entries.
        max: usize,
    },
    /// The two passwords differ.
    Different,
    /// There is nobody to ask.
    Nobody,
}

impl Rule {
    /// Key of the rule's sentence in the message catalogue.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Required => "rule-required",
            Self::TooShort { .. } => "rule-too-short",
            Self::TooLong { .. } => "rule-too-long",
            Self::NotAnAddress => "rule-not-an-address",
            Self::NotANumber => "rule-not-a-number",
            Self::AmbiguousNumber => "rule-ambiguous-number",
            Self::TooFar { .. } => "rule-too-far",
            Self::SkippedHour => "rule-skipped-hour",
            Self::OutOfRange { .. } => "rule-out-of-range",
            Self::NotADate => "rule-not-a-date",
            Self::NotADay => "rule-not-a-day",
            Self::NotAnExecutive => "rule-not-an-executive",
            Self::NotAChoice => "rule-not-a-choice",
            Self::InThePast => "rule-in-the-past",
            Self::Duplicate => "rule-duplicate",
            Self::ControlCharacter => "rule-control-character",
            Self::Incomplete => "rule-incomplete",
            Self::KnownAndUnknown => "rule-known-and-unknown",
            Self::TooMany { .. } => "rule-too-many",
            Self::Different => "rule-different",
            Self::Nobody => "rule-nobody",
        }
    }

    /// The numbers that the sentence mentions, by name.
    pub fn numbers(&self) -> Vec<(&'static str, i64)> {
        let n = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        match self {
            Self::TooShort { min } => vec![("min", n(*min))],
            Self::TooLong { max, given } => vec![("max", n(*max)), ("given", n(*given))],
            Self::OutOfRange { min, max } => vec![("min", *min), ("max", *max)],
            Self::TooMany { max } => vec![("max", n(*max))],
            Self::TooFar { days } => vec![("days", *days)],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("must not be empty"),
            Self::TooShort { min } => write!(f, "needs at least {min} characters"),
            Self::TooLong { max, given } => {
                write!(f, "may have at most {max} characters; it has {given}")
            }
            Self::NotAnAddress => f.write_str("is not an e-mail address, such as ada@example.com"),
            Self::NotANumber => f.write_str("is not a number, such as 110 or 99.5"),
            Self::OutOfRange { min, max } => {
                write!(f, "must be a whole number from {min} to {max}")
            }
            Self::AmbiguousNumber => f.write_str(
                "can be read in two ways; write 1500 for fifteen hundred, 1.50 for one and a half",
            ),
            Self::TooFar { days } => write!(f, "may lie at most {days} days ahead"),
            Self::SkippedHour => {
                f.write_str("does not exist on that day: the clocks skip this hour")
            }
            Self::NotADate => f.write_str("is not a date and time, such as 2026-12-04T18:00"),
            Self::NotADay => f.write_str("is not a date, such as 2026-12-04"),
            Self::NotAnExecutive => {
                f.write_str("needs an owner from the team: only executives have an address")
            }
            Self::NotAChoice => f.write_str("is not one of the choices offered"),
            Self::InThePast => f.write_str("must lie in the future"),
            Self::Duplicate => f.write_str("is there already"),
            Self::ControlCharacter => f.write_str("contains a character that cannot be shown"),
            Self::Incomplete => f.write_str("needs its other half"),
            Self::KnownAndUnknown => {
                f.write_str("is both answered and marked “I don’t know”; keep one of them")
            }
            Self::TooMany { max } => write!(f, "may have at most {max} entries"),
            Self::Different => f.write_str("differs from the first one"),
            Self::Nobody => f.write_str("needs at least one executive"),
        }
    }
}

/// One field and the rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name in the form.
    pub field: String,
    /// The rule.
    pub rule: Rule,
}

impl Mistake {
    /// A mistake in the field of that name.
    pub fn new(field: impl Into<String>, rule: Rule) -> Self {
        Self {
            field: field.into(),
            rule,
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

/// All mistakes of one form, so that a person mends them in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// None yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, rule: Rule) {
        self.0.push(Mistake::new(field, rule));
    }

    /// Takes the value, or notes the mistake under that field.
    pub fn take<T>(&mut self, field: impl Into<String>, parsed: Result<T, Rule>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(rule) => {
                self.add(field, rule);
                None
            }
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.0.iter()
    }

    /// The first mistake in that field.
    pub fn of(&self, field: &str) -> Option<&Rule> {
        self.iter().find(|m| m.field == field).map(|m| &m.rule)
    }

    /// `Ok` when nothing is wrong.
    pub fn done(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a Mistakes {
    type Item = &'a Mistake;
    type IntoIter = std::slice::Iter<'a, Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, mistake) in self.0.iter().enumerate() {
            if nth > 0 {
                f.write_str("; ")?;
            }
            mistake.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
