//! What a report says where two people coded the statements independently of each other.

use super::figures::whole;
use super::words::{capital, list, number, several};

/// Alpha from which conclusions may be drawn, by convention. Source: Krippendorff (2004), Content
/// Analysis, 2nd ed., chapter 11.
pub const RELIABLE: f64 = 0.800;
/// Alpha from which tentative conclusions may be drawn, by the same convention.
pub const TENTATIVE: f64 = 0.667;

/// How far two coders agreed before they talked, and what it matters. Texts, not people, are counted;
/// the sides of a trade-off are two texts.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoCoders {
    /// Texts in the round.
    pub texts: usize,
    /// Texts that both gave a theme, and a person in the first coding: what agreement is over.
    pub both: usize,
    /// Of those, texts that both put under the same theme.
    pub same: usize,
    /// Krippendorff's alpha (nominal), at most 1, 0 for what chance gives. Undefined where `both` is 0
    /// and where all were put under one theme.
    pub alpha: Option<f64>,
    /// Texts where only the program had decided in the first coding.
    pub unconfirmed: usize,
    /// Of the others, texts of which the second coder could not tell what they are about.
    pub unclear: usize,
    /// Of the others, texts the second coder did not come to.
    pub unreached: usize,
    /// The index under the first coding, 0 to 100; undefined below the fewest responses.
    pub first: Option<f64>,
    /// The index under the second; where that left a text open, the first coder's theme stands in.
    pub second: Option<f64>,
    /// The index as the themes are now.
    pub now: Option<f64>,
    /// Differences that nobody has settled yet.
    pub open: usize,
}

impl TwoCoders {
    /// "87 of 100 statements (87 %)"; how often both chose the same theme.
    pub fn agreement(&self) -> String {
        if self.both == 0 {
            return "not defined: no statement has a theme from both".to_owned();
        }
        format!(
            "{} of {} statements ({} %)",
            self.same,
            self.both,
            whole(self.same as f64 * 100.0 / self.both as f64)
        )
    }

    /// Alpha with two decimals (cut, not rounded up to a convention it does not reach), or why it is undefined.
    pub fn alpha_in_words(&self) -> String {
        match self.alpha {
            Some(alpha) => two(alpha),
            None if self.both == 0 => "not defined: no statement has a theme from both".to_owned(),
            None => {
                "not defined: both put every statement under one theme, so there was nothing to agree on"
                    .to_owned()
            }
        }
    }

    /// How to read alpha, in a sentence or two.
    pub fn reading(&self) -> String {
        let Some(alpha) = self.alpha else {
            return "Without alpha only the plain agreement can be read; it does not take out what chance would give.".to_owned();
        };
        let here = if alpha >= RELIABLE {
            "Here it is .800 or more."
        } else if alpha >= TENTATIVE {
            "Here it lies between the two."
        } else {
            "Here it is below .667: settle the differences, and look at the themes that were taken for each other, before you rest anything on the index."
        };
        format!(
            "Alpha is 1 when two coders always agree and 0 when they agree as chance would have it; by convention conclusions rest on .800 and more, tentative ones on .667 and more (Krippendorff 2004). These are conventions, not verdicts. {here}"
        )
    }

    /// What agreement leaves out, in a sentence; empty where it leaves out nothing.
    pub fn left_out(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |n: usize, one: &str, many: &str| {
            if n > 0 {
                parts.push(format!("{} {}", number(n), if n == 1 { one } else { many }));
            }
        };
        part(
            self.unconfirmed,
            "that only the program had sorted in the first coding",
            "that only the program had sorted in the first coding",
        );
        part(
            self.unclear,
            "of which the second coder could not tell what it is about",
            "of which the second coder could not tell what they are about",
        );
        part(
            self.unreached,
            "that the second coder did not come to",
            "that the second coder did not come to",
        );
        if parts.is_empty() {
            return String::new();
        }
        format!(
            "Left out of {}: {}.",
            several(self.texts, "statement", "statements"),
            list(&parts)
        )
    }

    /// What the index is under each coding, in a sentence; `None` where it is undefined.
    pub fn indices(&self) -> Option<String> {
        let (first, second) = (whole(self.first?), whole(self.second?));
        let matters = if first == second {
            format!("The index is {first} under either coding")
        } else {
            format!("The index is {first} under the first coding and {second} under the second")
        };
        Some(match self.now.map(whole) {
            Some(now) if now != first || now != second => {
                format!("{matters}; as the themes are now it is {now}.")
            }
            _ => format!("{matters}."),
        })
    }

    /// The rows of the consultant's table.
    pub(super) fn rows(&self) -> Vec<Vec<String>> {
        let row = |what: &str, value: String| vec![what.to_owned(), value];
        let mut rows = vec![
            row("Krippendorff’s alpha (nominal)", self.alpha_in_words()),
            row("The same theme", self.agreement()),
        ];
        for (what, value) in [
            ("Index under the first coding", self.first),
            ("Index under the second coding", self.second),
        ] {
            rows.extend(value.map(|value| row(what, whole(value))));
        }
        rows
    }

    /// What the consultant reads below the table.
    pub(super) fn sentence(&self) -> String {
        let mut said = vec![
            "A second person coded the statements without seeing the first coding.".to_owned(),
            self.reading(),
            self.left_out(),
        ];
        if self.open > 0 {
            said.push(format!(
                "{} still to be settled.",
                capital(&several(self.open, "difference is", "differences are"))
            ));
        }
        said.retain(|sentence| !sentence.is_empty());
        said.join(" ")
    }

    /// What the client reads in the method section.
    pub(super) fn for_client(&self) -> Option<String> {
        let alpha = self
            .alpha
            .map(|alpha| format!(" (Krippendorff’s alpha {})", two(alpha)))
            .unwrap_or_default();
        (self.both > 0).then(|| {
            format!(
                "Two people chose the themes of {} independently of each other and chose the same for {} %{alpha}.",
                several(self.both, "statement", "statements"),
                whole(self.same as f64 * 100.0 / self.both as f64)
            )
        })
    }
}

/// Two decimals, cut towards the lower: .799 does not read as .80.
fn two(alpha: f64) -> String {
    // The small addition takes back what binary fractions lose of .29 × 100.
    format!("{:.2}", (alpha * 100.0 + 1e-9).floor() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coders() -> TwoCoders {
        TwoCoders {
            texts: 112,
            both: 100,
            same: 87,
            alpha: Some(0.7999),
            unclear: 1,
            unreached: 0,
            unconfirmed: 11,
            first: Some(41.4),
            second: Some(43.2),
            now: Some(42.0),
            open: 2,
        }
    }

    #[test]
    fn agreement_reads_as_sentences() {
        let coders = coders();
        assert_eq!(coders.agreement(), "87 of 100 statements (87 %)");
        assert_eq!(coders.alpha_in_words(), "0.79", "never rounded up to .80");
        assert!(coders.reading().contains("between the two"));
        assert_eq!(
            coders.left_out(),
            "Left out of 112 statements: eleven that only the program had sorted in the first coding and one of which the second coder could not tell what it is about."
        );
        assert_eq!(
            coders.indices().as_deref(),
            Some(
                "The index is 41 under the first coding and 43 under the second; as the themes are now it is 42."
            )
        );
        assert!(
            coders
                .sentence()
                .ends_with("Two differences are still to be settled.")
        );
        assert_eq!(
            coders.for_client().as_deref(),
            Some(
                "Two people chose the themes of 100 statements independently of each other and chose the same for 87 % (Krippendorff’s alpha 0.79)."
            )
        );
    }

    #[test]
    fn the_conventions_are_met_from_their_value_on() {
        let at = |alpha| TwoCoders {
            alpha: Some(alpha),
            ..coders()
        };
        assert!(at(0.8).reading().contains("is .800 or more"));
        assert!(at(0.667).reading().contains("between the two"));
        assert!(at(0.6669).reading().contains("below .667"));
        assert_eq!(two(0.29), "0.29");
        assert_eq!(two(1.0), "1.00");
        assert_eq!(two(-0.015), "-0.02");
    }

    #[test]
    fn both_reports_say_it_and_only_the_consultants_has_the_indices() {
        use crate::report::sample::{halden, material};
        use crate::report::{ClientReport, ConsultantReport};
        use crate::survey::Attribution;
        let mut round = material(&halden(), 9, Attribution::Confidential);
        let said = |material: &_| {
            let client = ClientReport::build(material).expect("enough");
            let consultant = ConsultantReport::build(material).expect("enough");
            (
                serde_json::to_string(&client.sections).expect("plain data"),
                serde_json::to_string(&consultant.sections).expect("plain data"),
            )
        };
        let (client, consultant) = said(&round);
        assert!(!client.contains("alpha") && !consultant.contains("alpha"));
        round.coders = Some(coders());
        let (client, consultant) = said(&round);
        assert!(client.contains("independently of each other"));
        assert!(!client.contains("second coding"));
        assert!(consultant.contains("87 of 100 statements (87 %)"));
        assert!(consultant.contains(r#"["Index under the second coding","43"]"#));
    }

    #[test]
    fn what_is_undefined_is_said_in_words() {
        let nothing = TwoCoders {
            both: 0,
            same: 0,
            alpha: None,
            first: None,
            ..coders()
        };
        assert!(
            nothing
                .agreement()
                .contains("no statement has a theme from both")
        );
        assert!(
            nothing
                .alpha_in_words()
                .contains("no statement has a theme")
        );
        assert_eq!((nothing.for_client(), nothing.indices()), (None, None));
        let alike = TwoCoders {
            both: 9,
            same: 9,
            alpha: None,
            ..coders()
        };
        assert!(alike.alpha_in_words().contains("one theme"));
        assert!(
            alike
                .for_client()
                .expect("said")
                .ends_with("the same for 100 %.")
        );
        let whole = TwoCoders {
            unconfirmed: 0,
            unclear: 0,
            open: 0,
            ..coders()
        };
        assert_eq!(whole.left_out(), "");
        assert!(!whole.sentence().contains("settled"));
    }
}
