//! The message catalogue: Fluent files embedded in the program, one set per language.

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::survey::Language;

/// A file of messages: its name and its text.
pub(super) type Source = (&'static str, &'static str);

/// The one list of files: every language has all of them.
macro_rules! sources {
    ($language:literal) => {
        sources!($language: "dates", "rules", "notice", "mail", "errors", "respond")
    };
    ($language:literal: $($room:literal),+) => {
        &[$((
            concat!($language, "/", $room, ".ftl"),
            include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/locales/", $language, "/", $room, ".ftl"
            )),
        )),+]
    };
}

/// The files of that language.
pub(super) const fn sources(language: Language) -> &'static [Source] {
    match language {
        Language::En => sources!("en"),
        Language::De => sources!("de"),
    }
}

/// A value that a message mentions. Numbers also choose between singular and plural.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// Words, put in as they are.
    Text(Cow<'a, str>),
    /// A number, written without separators.
    Number(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

/// A fault in the embedded files. A test reads them all, so a release never meets it.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file is not valid Fluent.
    #[error("message file locales/{file} cannot be read: {fault}")]
    Syntax {
        /// Language and name.
        file: &'static str,
        /// The parser's first complaint.
        fault: String,
    },
    /// Two files of one language define the same key.
    #[error("message file locales/{file} repeats a key: {fault}")]
    Repeated {
        /// Language and name of the later file.
        file: &'static str,
        /// Which key.
        fault: String,
    },
}

/// All messages in all languages. Share it in an `Arc`.
pub struct Catalogue {
    /// In the order of [`Language::ALL`].
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Catalogue")
    }
}

impl Catalogue {
    /// Reads the embedded files.
    pub fn load() -> Result<Self, CatalogueError> {
        let bundles = Language::ALL
            .into_iter()
            .map(|language| Ok((language, bundle(language)?)))
            .collect::<Result<_, _>>()?;
        Ok(Self { bundles })
    }

    /// The message of that key: in the language, else in English, else the key itself. What is
    /// missing is logged by its key; values never are.
    pub fn say(&self, language: Language, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, arg) in args {
            values.set(
                (*name).to_owned(),
                match arg {
                    Arg::Text(text) => FluentValue::from(text.as_ref()),
                    Arg::Number(number) => FluentValue::from(*number),
                },
            );
        }
        self.format(language, key, &values)
            .or_else(|| {
                tracing::error!(key, language = language.code(), "a message is missing");
                self.format(Language::En, key, &values)
            })
            .unwrap_or_else(|| key.to_owned())
    }

    fn format(&self, language: Language, key: &str, values: &FluentArgs<'_>) -> Option<String> {
        let (_, bundle) = self.bundles.iter().find(|(own, _)| *own == language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        let text = bundle
            .format_pattern(pattern, Some(values), &mut faults)
            .into_owned();
        if !faults.is_empty() {
            tracing::error!(key, language = language.code(), "a message lacks a value");
        }
        Some(text)
    }
}

fn bundle(language: Language) -> Result<FluentBundle<FluentResource>, CatalogueError> {
    let id = LanguageIdentifier::from_bytes(language.code().as_bytes()).unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // The marks around values confuse plain text and old mail programs, and no language here is
    // written from right to left.
    bundle.set_use_isolating(false);
    for (file, text) in sources(language) {
        let resource = FluentResource::try_new((*text).to_owned()).map_err(|(_, faults)| {
            let fault = faults.first().map(ToString::to_string).unwrap_or_default();
            CatalogueError::Syntax { file, fault }
        })?;
        bundle.add_resource(resource).map_err(|faults| {
            let fault = faults.first().map(ToString::to_string).unwrap_or_default();
            CatalogueError::Repeated { file, fault }
        })?;
    }
    Ok(bundle)
}
