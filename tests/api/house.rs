//! The house's own rules, read off its sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            into.push(path);
        }
    }
}

/// The rooms a source names as `crate::room` (and crates as `room::`).
fn names(text: &str, what: &str) -> bool {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .any(|line| line.contains(what))
}

#[test]
fn rooms_know_only_the_rooms_they_may() {
    // What each room may name of `crate::`; a room that is not listed may name all.
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("scoring", &["scoring"][..]),
        ("themes", &["themes"]),
        ("survey", &["survey"]),
        ("exchange", &["exchange", "scoring"]),
        ("wording", &["wording", "survey"]),
        ("vault", &["vault", "world"]),
        ("store", &["store", "survey", "vault", "world", "error"]),
        ("assistant", &["assistant", "settings", "store", "survey"]),
        ("mail", &["mail", "survey", "wording"]),
        ("report", &["report", "scoring", "survey"]),
        ("export", &["exchange", "export", "report"]),
        (
            "conduct",
            &[
                "conduct", "error", "exchange", "mail", "report", "scoring", "settings", "store",
                "survey", "themes", "wording",
            ],
        ),
    ]);
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut faults = Vec::new();
    for file in &files {
        let inner = file.strip_prefix(root().join("src")).expect("below src");
        let room = inner
            .components()
            .next()
            .expect("a room")
            .as_os_str()
            .to_string_lossy()
            .replace(".rs", "");
        let text = fs::read_to_string(file).expect("readable");
        if let Some(allowed) = allowed.get(room.as_str()) {
            for line in text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
            {
                for part in line.split("crate::").skip(1) {
                    let named: String = part
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    if !named.is_empty() && named != "support" && !allowed.contains(&named.as_str())
                    {
                        faults.push(format!("{}: {room} must not know {named}", inner.display()));
                    }
                }
            }
        }
        if ![
            "store", "error.rs", "app.rs", "web", "worker", "conduct", "commands", "demo",
        ]
        .iter()
        .any(|known| room == known.trim_end_matches(".rs"))
            && names(&text, "sea_orm")
        {
            faults.push(format!(
                "{}: only the store and those who hand it a connection know the database",
                inner.display()
            ));
        }
        if room != "store" && (names(&text, "Entity::") || names(&text, "sea_query")) {
            faults.push(format!("{}: a query outside the store", inner.display()));
        }
        if !["web", "error", "app", "telemetry", "settings"].contains(&room.as_str())
            && names(&text, "actix_web")
        {
            faults.push(format!(
                "{}: only the web knows the web framework",
                inner.display()
            ));
        }
    }
    assert!(files.len() > 60, "the sources were read");
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn migrations_name_no_entity_and_entities_read_nothing_from_outside() {
    let mut migrations = Vec::new();
    sources(&root().join("migration"), &mut migrations);
    let mut entities = Vec::new();
    sources(&root().join("entity"), &mut entities);
    assert!(!migrations.is_empty() && !entities.is_empty());
    for file in migrations {
        assert!(
            !names(&fs::read_to_string(&file).expect("readable"), "entity::"),
            "{}",
            file.display()
        );
    }
    for file in entities {
        assert!(
            !names(&fs::read_to_string(&file).expect("readable"), "Deserialize"),
            "{}",
            file.display()
        );
    }
}

#[test]
fn every_setting_stands_in_the_readme_as_the_program_knows_it() {
    let readme = fs::read_to_string(root().join("README.md")).expect("readable");
    for setting in coherence::settings::SETTINGS {
        let row = format!(
            "| `{}` | {} | {} |",
            setting.name, setting.default, setting.about
        );
        assert!(readme.contains(&row), "README.md lacks the row: {row}");
    }
}

#[test]
fn pages_have_no_script_or_style_of_their_own() {
    let mut pages = Vec::new();
    let mut folders = vec![root().join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "html")
                && !path.to_string_lossy().contains("/mail/")
            {
                pages.push(path);
            }
        }
    }
    assert!(pages.len() > 20);
    for page in pages {
        let text = fs::read_to_string(&page).expect("readable");
        for forbidden in [
            "<style",
            " onclick",
            " onload",
            " onsubmit",
            " onchange",
            "javascript:",
        ] {
            assert!(!text.contains(forbidden), "{}: {forbidden}", page.display());
        }
        for script in text.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/assets/") || script.starts_with(" src=\"{{"),
                "{}: a script of its own",
                page.display()
            );
        }
    }
}
