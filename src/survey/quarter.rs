//! Quarters: the usual rhythm of rounds.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A calendar quarter, written `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i32,
    /// 1 to 4.
    nth: u8,
}

impl Quarter {
    /// The quarter in which that day lies.
    pub fn of(day: NaiveDate) -> Self {
        Self {
            year: day.year(),
            nth: day.month0() as u8 / 3 + 1,
        }
    }

    /// The quarter after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.nth == 4 {
            Self {
                year: self.year + 1,
                nth: 1,
            }
        } else {
            Self {
                year: self.year,
                nth: self.nth + 1,
            }
        }
    }

    /// The calendar year.
    pub const fn year(self) -> i32 {
        self.year
    }

    /// 1 to 4.
    pub const fn number(self) -> u8 {
        self.nth
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.year, self.nth)
    }
}

/// The text is not of the form `2026-Q4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAQuarter;

impl FromStr for Quarter {
    type Err = NotAQuarter;
    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let (year, nth) = text.split_once("-Q").ok_or(NotAQuarter)?;
        let year: i32 = year.parse().map_err(|_| NotAQuarter)?;
        let nth: u8 = nth.parse().map_err(|_| NotAQuarter)?;
        if (1..=9999).contains(&year) && (1..=4).contains(&nth) {
            Ok(Self { year, nth })
        } else {
            Err(NotAQuarter)
        }
    }
}

/// The label to propose for the round after the one of that label.
pub fn next_label(label: &str, today: NaiveDate) -> String {
    label
        .parse::<Quarter>()
        .map_or_else(|_| Quarter::of(today), Quarter::next)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_follow_one_another_over_the_year() {
        let quarter: Quarter = "2026-Q4".parse().expect("valid");
        assert_eq!(quarter.next().to_string(), "2027-Q1");
        let day = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
        assert_eq!(Quarter::of(day), quarter);
        assert_eq!(next_label("Autumn", day), "2026-Q4");
        for wrong in ["2026-Q5", "2026", "Q4-2026", "x-Q1", "0-Q1"] {
            assert_eq!(wrong.parse::<Quarter>(), Err(NotAQuarter), "{wrong}");
        }
    }
}
