//! People: executives as they are entered, and the languages they read.

use serde::{Deserialize, Serialize};

use super::rule::{Mistakes, Rule};
use super::text::Line;

/// A language in which executives can be asked.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// British English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// All languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// The language's own name for itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// The language of that code; a region (`de-AT`) is ignored.
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        let code = raw.trim().to_ascii_lowercase();
        let code = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or(Rule::NotAChoice)
    }
}

/// An e-mail address: checked, the domain in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Most characters that mail servers accept (RFC 5321).
    pub const MAX: usize = 254;

    /// Checks an address such as `ada@example.com`; display names and quoted parts are refused.
    pub fn parse(raw: &str) -> Result<Self, Rule> {
        let text = raw.trim();
        let given = text.chars().count();
        if text.is_empty() {
            return Err(Rule::Required);
        }
        if given > Self::MAX {
            return Err(Rule::TooLong {
                max: Self::MAX,
                given,
            });
        }
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        let parsed = email_address::EmailAddress::parse_with_options(text, options)
            .map_err(|_| Rule::NotAnAddress)?;
        if parsed.local_part().contains('"') {
            return Err(Rule::NotAnAddress);
        }
        Ok(Self(format!(
            "{}@{}",
            parsed.local_part(),
            parsed.domain().to_lowercase()
        )))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// What two spellings of one mailbox have in common: the whole address in lower case.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = String;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        Self::parse(&raw).map_err(|rule| rule.to_string())
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// An executive as entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: Line<1, 120>,
    /// Where the private letter goes.
    pub email: EmailAddress,
    /// Job title; may be empty.
    pub title: Line<0, 120>,
    /// Sales, Product, Finance ...; may be empty.
    pub function: Line<0, 60>,
    /// Own language; the round's where there is none.
    pub language: Option<Language>,
}

impl Person {
    /// Checks the five fields `name`, `email`, `title`, `function`, `language`.
    pub fn parse(
        name: &str,
        email: &str,
        title: &str,
        function: &str,
        language: &str,
    ) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::none();
        let name = mistakes.take("name", Line::parse(name));
        let email = mistakes.take("email", EmailAddress::parse(email));
        let title = mistakes.take("title", Line::parse(title));
        let function = mistakes.take("function", Line::parse(function));
        let language = match language.trim() {
            "" => Some(None),
            given => mistakes.take("language", Language::parse(given)).map(Some),
        };
        match (name, email, title, function, language) {
            (Some(name), Some(email), Some(title), Some(function), Some(language)) => Ok(Self {
                name,
                email,
                title,
                function,
                language,
            }),
            _ => Err(mistakes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_folded() {
        let address = EmailAddress::parse(" Ada.Lovelace@Example.COM ").expect("valid");
        assert_eq!(address.as_str(), "Ada.Lovelace@example.com");
        assert_eq!(address.folded(), "ada.lovelace@example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for raw in [
            "ada",
            "ada@",
            "@example.com",
            "Ada <ada@example.com>",
            "ada@localhost",
            "ada@[127.0.0.1]",
            "\"a b\"@example.com",
            "a@example.com, b@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
        ] {
            assert_eq!(EmailAddress::parse(raw), Err(Rule::NotAnAddress), "{raw}");
        }
        assert_eq!(EmailAddress::parse(" "), Err(Rule::Required));
    }

    #[test]
    fn all_mistakes_of_a_person_are_named_at_once() {
        let mistakes = Person::parse("", "x", "", "", "fr").expect_err("three mistakes");
        assert_eq!(mistakes.of("name"), Some(&Rule::Required));
        assert_eq!(mistakes.of("email"), Some(&Rule::NotAnAddress));
        assert_eq!(mistakes.of("language"), Some(&Rule::NotAChoice));
    }

    #[test]
    fn a_region_is_ignored_in_a_language() {
        assert_eq!(Language::parse("de-AT"), Ok(Language::De));
        assert_eq!(Language::parse("EN_gb"), Ok(Language::En));
    }
}
