//! Forms as typed: names and values in order, so that a page can give back everything it was given.

use actix_web::web;
use serde::Deserialize;

use crate::error::Error;

/// Most bytes of a form's body.
const MOST_BYTES: usize = 256 * 1024;

/// A form's fields as typed. Take it as `web::Form<Fields>`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of that name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// The first value of that name.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of that name: how a ticked box or a pressed button arrives.
    pub fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    /// All values of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// For a template: what was typed, by name (the first value of each).
    pub fn typed(&self) -> minijinja::Value {
        let mut map = std::collections::BTreeMap::new();
        for (key, value) in self.iter() {
            map.entry(key.to_owned())
                .or_insert_with(|| minijinja::Value::from(value));
        }
        minijinja::Value::from_pairs(map)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Fields {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(
            pairs
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        )
    }
}

pub(super) fn form_config() -> web::FormConfig {
    web::FormConfig::default()
        .limit(MOST_BYTES)
        .error_handler(|error, _| Error::Unreadable(error.to_string()).into())
}

pub(super) fn path_config() -> web::PathConfig {
    // A bad id in a path is a page that does not exist.
    web::PathConfig::default().error_handler(|_, _| Error::NotFound.into())
}

pub(super) fn query_config() -> web::QueryConfig {
    web::QueryConfig::default().error_handler(|_, _| Error::NotFound.into())
}
