//! The operator's settings: compiled-in defaults, then one file, then `COHERENCE_*` variables.
//! They are read once, at the start; a wrong one stops the start and is named.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::survey::EmailAddress;

/// One setting as the README documents it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name in the file; in the environment `COHERENCE_` and the name in capitals.
    pub name: &'static str,
    /// What holds without it, in words where it depends on others.
    pub default: &'static str,
    /// A valid value.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Whether its value may hold a secret and is never printed.
    pub secret: bool,
}

/// All settings, in the order of the README's table.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "listen",
        default: "127.0.0.1:8080",
        example: "0.0.0.0:8080",
        about: "Address and port to listen on.",
        secret: false,
    },
    Setting {
        name: "public_url",
        default: "http://127.0.0.1:8080",
        example: "https://coherence.example.com",
        about: "Where people reach the server; letters carry links to it. With https, cookies are sent over https only.",
        secret: false,
    },
    Setting {
        name: "data_dir",
        default: "data",
        example: "/var/lib/coherence",
        about: "Folder of the SQLite file, the key file and, without a mail server, the letters.",
        secret: false,
    },
    Setting {
        name: "database_url",
        default: "coherence.sqlite in data_dir",
        example: "postgres://coherence:secret@db.example.com/coherence",
        about: "Database: an SQLite file or a PostgreSQL server.",
        secret: true,
    },
    Setting {
        name: "database_connections",
        default: "8",
        example: "16",
        about: "Most connections to the database, 1 to 100.",
        secret: false,
    },
    Setting {
        name: "key_file",
        default: "server.key in data_dir",
        example: "/etc/coherence/server.key",
        about: "File of the server key, made on the first start. Back it up apart from the database.",
        secret: false,
    },
    Setting {
        name: "smtp_url",
        default: "none: letters become files in data_dir/letters",
        example: "smtps://user:password@mail.example.com",
        about: "Mail server: smtps://, or smtp://...?tls=required for STARTTLS.",
        secret: true,
    },
    Setting {
        name: "mail_from",
        default: "coherence@example.com",
        example: "coherence@consulting.example",
        about: "Sender's address of every letter. Answers go to the consultant.",
        secret: false,
    },
    Setting {
        name: "session_hours",
        default: "12",
        example: "8",
        about: "A consultant who does nothing for so long is signed out, 1 to 720.",
        secret: false,
    },
    Setting {
        name: "client_address_header",
        default: "none",
        example: "x-forwarded-for",
        about: "Header in which your proxy names the client's address; only for counting attempts. Set it only behind a proxy that overwrites it.",
        secret: false,
    },
    Setting {
        name: "themes_model",
        default: "none: the built-in model, for English",
        example: "/var/lib/coherence/model",
        about: "Directory of a sentence model for teams that do not write English; docs/THEMES.md says what it holds.",
        secret: false,
    },
    Setting {
        name: "log",
        default: "warn,coherence=info",
        example: "warn,coherence=debug",
        about: "What is logged: error, warn, info, debug, or a list by room.",
        secret: false,
    },
    Setting {
        name: "log_format",
        default: "text",
        example: "json",
        about: "text, or json for a log collector.",
        secret: false,
    },
];

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings, read and checked.
#[derive(Clone)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where people reach the server; without a slash at its end.
    pub public_url: String,
    /// Folder of files the server keeps.
    pub data_dir: PathBuf,
    /// Database to connect to.
    pub database_url: String,
    /// Most connections to the database.
    pub database_connections: u32,
    /// File of the server key.
    pub key_file: PathBuf,
    /// Mail server; none: letters become files.
    pub smtp_url: Option<String>,
    /// Sender's address of every letter.
    pub mail_from: EmailAddress,
    /// Idle time after which a consultant is signed out, in hours.
    pub session_hours: u32,
    /// Header in which a proxy names the client's address, in lower case.
    pub client_address_header: Option<String>,
    /// Directory of a sentence model for other languages than English; none: the built-in model alone.
    pub themes_model: Option<PathBuf>,
    /// What is logged.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The addresses of database and mail server may hold passwords.
        f.debug_struct("Settings")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

/// Why the settings cannot be used. It never repeats a value that may hold a secret.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// There is no such setting.
    #[error("{place}: there is no setting “{name}”. Settings are: {}", names())]
    Unknown {
        /// Where it stands.
        place: String,
        /// Its name.
        name: String,
    },
    /// A setting's value is wrong.
    #[error("{place}: the setting “{name}” {fault}. A valid value is: {example}")]
    Wrong {
        /// Where it stands.
        place: String,
        /// Its name.
        name: &'static str,
        /// What is wrong with the value.
        fault: String,
        /// A valid value.
        example: &'static str,
    },
}

fn names() -> String {
    SETTINGS
        .iter()
        .map(|setting| setting.name)
        .collect::<Vec<_>>()
        .join(", ")
}

/// A value and where it was found.
struct Given {
    place: String,
    value: String,
}

impl Settings {
    /// Reads the file (if one is named) and the variables given, of which those that start with
    /// `COHERENCE_` count.
    pub fn read(
        file: Option<&Path>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let mut given = BTreeMap::new();
        if let Some(path) = file {
            read_file(path, &mut given)?;
        }
        for (variable, value) in variables {
            let Some(name) = variable.strip_prefix("COHERENCE_") else {
                continue;
            };
            // Variables of the test suite and of tools around the server are not settings.
            if name.starts_with("TEST_") {
                continue;
            }
            let place = format!("environment variable {variable}");
            let name = name.to_lowercase();
            let setting = SETTINGS
                .iter()
                .find(|setting| setting.name == name)
                .ok_or_else(|| SettingsError::Unknown {
                    place: place.clone(),
                    name: name.clone(),
                })?;
            given.insert(setting.name, Given { place, value });
        }
        Self::check(&given)
    }

    /// The database's address where only its folder is set.
    pub fn database_in(data_dir: &Path) -> String {
        let file = data_dir.join("coherence.sqlite");
        format!("sqlite://{}?mode=rwc", file.display())
    }

    fn check(given: &BTreeMap<&'static str, Given>) -> Result<Self, SettingsError> {
        let data_dir = PathBuf::from(take(given, "data_dir", "data", not_empty)?);
        let public_url = take(given, "public_url", "http://127.0.0.1:8080", public_url)?;
        let log = take(given, "log", "warn,coherence=info", |raw| {
            tracing_subscriber::EnvFilter::try_new(raw)
                .map(|_| raw.to_owned())
                .map_err(|_| "is not a log level or a list of them".into())
        })?;
        Ok(Self {
            listen: take(given, "listen", "127.0.0.1:8080", |raw| {
                raw.parse()
                    .map_err(|_| "is not an address and a port".into())
            })?,
            public_url,
            database_url: match given.get("database_url") {
                Some(_) => take(given, "database_url", "", database_url)?,
                None => Self::database_in(&data_dir),
            },
            database_connections: take(given, "database_connections", "8", |raw| {
                whole(raw, 1, 100)
            })?,
            key_file: match given.get("key_file") {
                Some(_) => PathBuf::from(take(given, "key_file", "", not_empty)?),
                None => data_dir.join("server.key"),
            },
            smtp_url: match given.get("smtp_url") {
                Some(found) if !found.value.is_empty() => {
                    Some(take(given, "smtp_url", "", smtp_url)?)
                }
                _ => None,
            },
            mail_from: take(given, "mail_from", "coherence@example.com", |raw| {
                EmailAddress::parse(raw).map_err(|rule| rule.to_string())
            })?,
            session_hours: take(given, "session_hours", "12", |raw| whole(raw, 1, 720))?,
            client_address_header: match given.get("client_address_header") {
                Some(found) if !found.value.is_empty() => {
                    Some(take(given, "client_address_header", "", header_name)?)
                }
                _ => None,
            },
            themes_model: match given.get("themes_model") {
                Some(found) if !found.value.trim().is_empty() => {
                    Some(PathBuf::from(take(given, "themes_model", "", not_empty)?))
                }
                _ => None,
            },
            log,
            log_format: take(given, "log_format", "text", |raw| match raw {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                _ => Err("is neither text nor json".into()),
            })?,
            data_dir,
        })
    }
}

fn read_file(path: &Path, given: &mut BTreeMap<&'static str, Given>) -> Result<(), SettingsError> {
    let failed = |why: String| SettingsError::File {
        path: path.into(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // Only the message: the excerpt that `Display` adds could hold a password.
        let line = error.span().map_or(1, |span| {
            text[..span.start.min(text.len())].lines().count().max(1)
        });
        failed(format!("line {line}: {}", error.message()))
    })?;
    for (name, value) in table {
        let place = format!("{}", path.display());
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .ok_or_else(|| SettingsError::Unknown {
                place: place.clone(),
                name: name.clone(),
            })?;
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            _ => {
                return Err(SettingsError::Wrong {
                    place,
                    name: setting.name,
                    fault: "is neither a text in quotes nor a number".into(),
                    example: setting.example,
                });
            }
        };
        given.insert(setting.name, Given { place, value });
    }
    Ok(())
}

fn take<T>(
    given: &BTreeMap<&'static str, Given>,
    name: &'static str,
    default: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, SettingsError> {
    let setting = SETTINGS
        .iter()
        .find(|setting| setting.name == name)
        .expect("every name taken is in the table, as a test checks");
    let (place, value) = given.get(name).map_or(("default", default), |found| {
        (found.place.as_str(), found.value.trim())
    });
    parse(value).map_err(|fault| SettingsError::Wrong {
        place: place.to_owned(),
        name,
        fault: if setting.secret {
            fault
        } else {
            format!("is “{value}”, which {fault}")
        },
        example: setting.example,
    })
}

fn not_empty(raw: &str) -> Result<String, String> {
    if raw.is_empty() {
        Err("is empty".into())
    } else {
        Ok(raw.to_owned())
    }
}

fn whole(raw: &str, min: u32, max: u32) -> Result<u32, String> {
    raw.parse()
        .ok()
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| format!("is not a whole number from {min} to {max}"))
}

fn public_url(raw: &str) -> Result<String, String> {
    let rest = raw
        .strip_prefix("https://")
        .or_else(|| raw.strip_prefix("http://"))
        .ok_or("starts with neither https:// nor http://")?;
    let host = rest.trim_end_matches('/');
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err("is not a scheme and a host alone".into());
    }
    Ok(raw.trim_end_matches('/').to_owned())
}

fn database_url(raw: &str) -> Result<String, String> {
    if ["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| raw.starts_with(scheme))
    {
        Ok(raw.to_owned())
    } else {
        Err("starts with neither sqlite:// nor postgres://".into())
    }
}

fn smtp_url(raw: &str) -> Result<String, String> {
    if raw.starts_with("smtp://") || raw.starts_with("smtps://") {
        Ok(raw.to_owned())
    } else {
        Err("starts with neither smtps:// nor smtp://".into())
    }
}

fn header_name(raw: &str) -> Result<String, String> {
    actix_web::http::header::HeaderName::from_bytes(raw.as_bytes())
        .map(|name| name.as_str().to_owned())
        .map_err(|_| "is not the name of a header".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::read(
            None,
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
        )
    }

    #[test]
    fn without_any_setting_the_defaults_hold() {
        let settings = with(&[("PATH", "/bin"), ("COHERENCE_TEST_POSTGRES", "x")]).expect("valid");
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(
            settings.database_url,
            "sqlite://data/coherence.sqlite?mode=rwc"
        );
        assert_eq!(settings.key_file, Path::new("data/server.key"));
        assert_eq!(settings.smtp_url, None);
        assert_eq!(settings.themes_model, None);
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_fault_and_a_valid_example() {
        let said = with(&[("COHERENCE_LISTEN", "here")])
            .expect_err("wrong")
            .to_string();
        assert_eq!(
            said,
            "environment variable COHERENCE_LISTEN: the setting “listen” is “here”, which is not an address and a port. A valid value is: 0.0.0.0:8080"
        );
        for (name, value) in [
            ("COHERENCE_PUBLIC_URL", "coherence.example.com"),
            ("COHERENCE_PUBLIC_URL", "https://a.example/path"),
            ("COHERENCE_DATABASE_CONNECTIONS", "0"),
            ("COHERENCE_MAIL_FROM", "nobody"),
            ("COHERENCE_SESSION_HOURS", "1.5"),
            ("COHERENCE_LOG", "loud=very"),
            ("COHERENCE_LOG_FORMAT", "xml"),
            ("COHERENCE_DATA_DIR", ""),
            ("COHERENCE_CLIENT_ADDRESS_HEADER", "x y"),
        ] {
            let said = with(&[(name, value)]).expect_err(name).to_string();
            let setting = name.trim_start_matches("COHERENCE_").to_lowercase();
            assert!(
                said.contains(name) && said.contains(&format!("“{setting}”")),
                "{said}"
            );
            assert!(said.contains("A valid value is: "), "{said}");
        }
    }

    #[test]
    fn a_value_that_may_hold_a_secret_is_never_repeated() {
        for name in ["COHERENCE_DATABASE_URL", "COHERENCE_SMTP_URL"] {
            let said = with(&[(name, "mysql://u:hunter2@h/d")])
                .expect_err("wrong")
                .to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
        let settings =
            with(&[("COHERENCE_SMTP_URL", "smtps://u:hunter2@mail.example.com")]).expect("valid");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }

    #[test]
    fn an_unknown_setting_is_named_with_those_that_exist() {
        let said = with(&[("COHERENCE_LISTN", "x")])
            .expect_err("unknown")
            .to_string();
        assert!(
            said.contains("“listn”") && said.contains("listen, public_url"),
            "{said}"
        );
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("coherence.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nsession_hours = 3\n").expect("written");
        let env = [("COHERENCE_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
        let settings = Settings::read(Some(&path), env.into_iter()).expect("valid");
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.session_hours, 3);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_said_without_its_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("coherence.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:1\"\nsmtp_url = \"smtps://u:hunter2@h\n",
        )
        .expect("written");
        let said = Settings::read(Some(&path), std::iter::empty())
            .expect_err("broken")
            .to_string();
        assert!(
            said.contains("line 2") && !said.contains("hunter2"),
            "{said}"
        );
        let missing = Settings::read(Some(Path::new("/nowhere/x.toml")), std::iter::empty());
        assert!(
            missing
                .expect_err("missing")
                .to_string()
                .contains("/nowhere/x.toml")
        );
        std::fs::write(&path, "listen = true").expect("written");
        let said = Settings::read(Some(&path), std::iter::empty())
            .expect_err("wrong type")
            .to_string();
        assert!(said.contains("“listen”"), "{said}");
    }

    #[test]
    fn every_example_in_the_table_is_valid() {
        for setting in SETTINGS {
            let variable = format!("COHERENCE_{}", setting.name.to_uppercase());
            assert!(
                with(&[(&variable, setting.example)]).is_ok(),
                "{}",
                setting.name
            );
        }
    }
}
