//! What the room promises.

#![allow(
    clippy::unwrap_used,
    reason = "a failing test may stop where it stands"
)]

mod agreement;
mod data;
mod offers;
mod properties;
mod proposals;

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn item(id: &str, text: &str) -> Item {
    Item {
        id: id.to_owned(),
        question: Question::Priorities,
        text: text.to_owned(),
    }
}

fn items(texts: &[&str]) -> Vec<Item> {
    texts
        .iter()
        .enumerate()
        .map(|(at, text)| item(&format!("s{at:03}"), text))
        .collect()
}

fn known(id: &str, examples: &[&str]) -> KnownTheme {
    let examples = examples.iter().map(|&text| text.to_owned()).collect();
    KnownTheme {
        id: id.to_owned(),
        name: id.replace('_', " "),
        examples,
    }
}

/// Proposes by words.
fn by_words(asked: &[Item], codebook: &[KnownTheme], language: Language) -> Proposals {
    propose(asked, codebook, &Method::lexical(language)).unwrap()
}

/// By the built-in model.
fn english() -> Method {
    let method = Method::of("en-GB", Some(Model::built_in().unwrap()));
    assert!(!method.is_lexical());
    method
}

/// The sets of statements that share a theme.
fn together(proposals: &Proposals) -> BTreeSet<BTreeSet<String>> {
    let mut themes: BTreeMap<&ThemeRef, BTreeSet<String>> = BTreeMap::new();
    for assignment in &proposals.assignments {
        themes
            .entry(&assignment.theme)
            .or_default()
            .insert(assignment.item.clone());
    }
    themes.into_values().collect()
}

fn theme_of<'a>(proposals: &'a Proposals, id: &str) -> &'a Assignment {
    proposals.assignments.iter().find(|a| a.item == id).unwrap()
}

/// What must hold whatever was asked.
fn sound(asked: &[Item], codebook: &[KnownTheme], proposals: &Proposals) {
    let mut ids: Vec<&str> = asked.iter().map(|item| item.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        proposals
            .assignments
            .iter()
            .map(|a| a.item.as_str())
            .collect::<Vec<_>>()
    );
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let names_a_theme = |theme: &ThemeRef| match theme {
        ThemeRef::Known(id) => codebook.iter().any(|theme| theme.id == *id),
        ThemeRef::New(key) => proposals.groups.iter().any(|group| group.key == *key),
    };
    for assignment in &proposals.assignments {
        assert!(
            assignment.confidence > 0.0 && assignment.confidence < 1.0,
            "{assignment:?}"
        );
        assert!(names_a_theme(&assignment.theme), "{assignment:?}");
        assert!(
            assignment.second.as_ref().is_none_or(names_a_theme),
            "{assignment:?}"
        );
        assert_ne!(assignment.second.as_ref(), Some(&assignment.theme));
        if let ThemeRef::New(key) = &assignment.theme {
            *sizes.entry(key).or_default() += 1;
        }
    }
    let mut tight = 0;
    for (theme, items) in proposals.tight() {
        assert!(
            items.len() > 1 || matches!(theme, ThemeRef::Known(_)),
            "{theme:?}"
        );
        tight += items.len();
    }
    assert_eq!(
        proposals.to_sort().len() + tight,
        proposals.assignments.len()
    );
    assert_eq!(sizes.len(), proposals.groups.len());
    for group in &proposals.groups {
        assert_eq!(sizes[group.key.as_str()], group.size);
        assert!(
            !group.name.is_empty() && group.name.chars().count() <= 60,
            "{group:?}"
        );
        assert!(!group.name.chars().any(char::is_control), "{group:?}");
        assert!(codebook.iter().all(|theme| theme.id != group.key));
    }
}
