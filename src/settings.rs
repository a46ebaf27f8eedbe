//! The operator's settings: compiled-in defaults, then one file, then `COHERENCE_*` variables.
//! They are read once, at the start; a wrong one stops the start and is named.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::{Host, Url};
use zeroize::Zeroizing;

use crate::survey::{EmailAddress, Provider};

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
    Setting {
        name: "language_model_url",
        default: "none: the program groups statements by itself",
        example: "https://llm.example.com/v1",
        about: "OpenAI-compatible endpoint of a language model, without /chat/completions. Asked only for rounds whose notice names its provider. Needs language_model_name and language_model_provider.",
        // People put keys into addresses.
        secret: true,
    },
    Setting {
        name: "language_model_key",
        default: "none",
        example: "sk-0123456789",
        about: "Key for that endpoint, sent as a bearer token.",
        secret: true,
    },
    Setting {
        name: "language_model_name",
        default: "none",
        example: "example-large",
        about: "Name of the model at its provider.",
        secret: false,
    },
    Setting {
        name: "language_model_provider",
        default: "none",
        example: "Example Ltd, Dublin",
        about: "Who runs the model, as executives read it in the notice, 1 to 80 characters. Another name is another provider.",
        secret: false,
    },
    Setting {
        name: "language_model_timeout",
        default: "120",
        example: "60",
        about: "Longest time for one answer in seconds, 1 to 600.",
        secret: false,
    },
    Setting {
        name: "language_model_price_in",
        default: "none",
        example: "0.25",
        about: "Price of a million tokens sent, for the log of calls; with language_model_price_out and language_model_currency.",
        secret: false,
    },
    Setting {
        name: "language_model_price_out",
        default: "none",
        example: "2.00",
        about: "Price of a million tokens received.",
        secret: false,
    },
    Setting {
        name: "language_model_currency",
        default: "none",
        example: "EUR",
        about: "Currency of these prices, three letters.",
        secret: false,
    },
];

/// A secret: it goes when it is dropped, and `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Prices of a language model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Of a million tokens sent, in millionths of the currency.
    pub sent: u64,
    /// Of a million tokens received, in millionths of the currency.
    pub received: u64,
    /// ISO 4217 code.
    pub currency: String,
}

impl Prices {
    /// What that many tokens cost, in millionths of the currency, rounded; `None` for numbers of
    /// tokens that nobody could pay.
    pub fn micros(&self, sent: u64, received: u64) -> Option<i64> {
        let sum = u128::from(sent) * u128::from(self.sent)
            + u128::from(received) * u128::from(self.received);
        i64::try_from((sum + 500_000) / 1_000_000).ok()
    }
}

/// The language model that the operator has set.
#[derive(Clone, PartialEq, Eq)]
pub struct ModelSettings {
    /// The endpoint, without `/chat/completions`.
    pub url: Url,
    /// Key for it; a model in the own house may need none.
    pub key: Option<Secret>,
    /// The model's name at its provider.
    pub name: String,
    /// Who runs it, as executives read it.
    pub provider: Provider,
    /// Longest time for one answer.
    pub timeout: Duration,
    /// Prices, for the log of calls.
    pub prices: Option<Prices>,
}

impl fmt::Debug for ModelSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a key in its path.
        f.debug_struct("ModelSettings")
            .field("name", &self.name)
            .field("provider", &self.provider.as_str())
            .finish_non_exhaustive()
    }
}

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
    /// The language model; none: the program groups statements by itself.
    pub model: Option<ModelSettings>,
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
            model: model(given)?,
            data_dir,
        })
    }
}

/// The language model, where an address is set. Everything that is given is checked all the same, so
/// that a mistake is found before the address is.
fn model(given: &BTreeMap<&'static str, Given>) -> Result<Option<ModelSettings>, SettingsError> {
    let url = optional(given, "language_model_url", model_url)?;
    let key = optional(given, "language_model_key", |raw| {
        if raw.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Secret(Zeroizing::new(raw.to_owned())))
        } else {
            Err("holds a character that no key has".into())
        }
    })?;
    let name = optional(given, "language_model_name", not_empty)?;
    let provider = optional(given, "language_model_provider", |raw| {
        Provider::parse(raw).map_err(|rule| rule.to_string())
    })?;
    let timeout = take(given, "language_model_timeout", "120", |raw| {
        whole(raw, 1, 600)
    })?;
    let sent = optional(given, "language_model_price_in", price)?;
    let received = optional(given, "language_model_price_out", price)?;
    let currency = optional(given, "language_model_currency", currency)?;
    let Some(url) = url else {
        return Ok(None);
    };
    let prices = if sent.is_none() && received.is_none() && currency.is_none() {
        None
    } else {
        Some(Prices {
            sent: with_the_others(given, "language_model_price_in", sent)?,
            received: with_the_others(given, "language_model_price_out", received)?,
            currency: with_the_others(given, "language_model_currency", currency)?,
        })
    };
    Ok(Some(ModelSettings {
        url,
        key,
        name: with_the_others(given, "language_model_name", name)?,
        provider: with_the_others(given, "language_model_provider", provider)?,
        timeout: Duration::from_secs(timeout.into()),
        prices,
    }))
}

/// A setting that may be left out, or empty.
fn optional<T>(
    given: &BTreeMap<&'static str, Given>,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, SettingsError> {
    match given.get(name) {
        Some(found) if !found.value.trim().is_empty() => take(given, name, "", parse).map(Some),
        _ => Ok(None),
    }
}

/// A setting that others, which are given, make no sense without.
fn with_the_others<T>(
    given: &BTreeMap<&'static str, Given>,
    name: &'static str,
    value: Option<T>,
) -> Result<T, SettingsError> {
    value.ok_or_else(|| {
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        SettingsError::Wrong {
            place: given
                .get("language_model_url")
                .map_or_else(|| "default".to_owned(), |found| found.place.clone()),
            name,
            fault: "is missing beside the others of the language model".into(),
            example: setting.map_or("", |setting| setting.example),
        }
    })
}

/// The address of a language model: https, or http where it does not leave the house.
fn model_url(raw: &str) -> Result<Url, String> {
    let url = Url::parse(raw).map_err(|_| "is not an address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or a password; use language_model_key".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("holds more than a host and a path; use language_model_key for a key".into());
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if in_the_house(&host) => Ok(url),
        ("http", Some(_)) => Err(
            "starts with http://, which is taken for this machine and private networks only".into(),
        ),
        _ => Err("starts with neither https:// nor http://".into()),
    }
}

/// This machine, a private network (RFC 1918, RFC 4193), or a name without a dot, as containers have.
fn in_the_house(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => !name.contains('.') || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback() || address.is_private(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// A price with a point and up to six digits behind it, in millionths.
fn price(raw: &str) -> Result<u64, String> {
    let fault = || "is not a price such as 0.25".to_owned();
    let (whole, part) = raw.split_once('.').unwrap_or((raw, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 6 || part.len() > 6 {
        return Err(fault());
    }
    format!("{whole}{part:0<6}").parse().map_err(|_| fault())
}

fn currency(raw: &str) -> Result<String, String> {
    if raw.len() == 3 && raw.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(raw.to_owned())
    } else {
        Err("is not three capital letters".into())
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
            ("COHERENCE_LANGUAGE_MODEL_PROVIDER", "a\u{7}b"),
            ("COHERENCE_LANGUAGE_MODEL_TIMEOUT", "0"),
            ("COHERENCE_LANGUAGE_MODEL_PRICE_IN", "0,25"),
            ("COHERENCE_LANGUAGE_MODEL_PRICE_OUT", "-1"),
            ("COHERENCE_LANGUAGE_MODEL_CURRENCY", "euro"),
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
        for name in [
            "COHERENCE_DATABASE_URL",
            "COHERENCE_SMTP_URL",
            "COHERENCE_LANGUAGE_MODEL_URL",
            "COHERENCE_LANGUAGE_MODEL_KEY",
        ] {
            let said = with(&[(name, "mysql://u:hunter2@h/d\u{e9}")])
                .expect_err("wrong")
                .to_string();
            assert!(!said.contains("hunter2"), "{said}");
        }
        let settings =
            with(&[("COHERENCE_SMTP_URL", "smtps://u:hunter2@mail.example.com")]).expect("valid");
        assert!(!format!("{settings:?}").contains("hunter2"));
        let settings = with(&[
            (
                "COHERENCE_LANGUAGE_MODEL_URL",
                "https://llm.example.com/hunter2/v1",
            ),
            ("COHERENCE_LANGUAGE_MODEL_KEY", "hunter2"),
            ("COHERENCE_LANGUAGE_MODEL_NAME", "m"),
            ("COHERENCE_LANGUAGE_MODEL_PROVIDER", "p"),
        ])
        .expect("valid");
        let model = settings.model.expect("a model");
        assert_eq!(model.key.as_ref().map(Secret::as_str), Some("hunter2"));
        assert!(!format!("{model:?} {:?}", model.key).contains("hunter2"));
    }

    #[test]
    fn a_language_model_is_off_until_its_address_is_set_and_then_needs_its_name_and_provider() {
        let off = with(&[
            ("COHERENCE_LANGUAGE_MODEL_URL", ""),
            ("COHERENCE_LANGUAGE_MODEL_NAME", "m"),
            ("COHERENCE_LANGUAGE_MODEL_PROVIDER", "Example Ltd, Dublin"),
        ]);
        assert_eq!(off.expect("valid").model, None);
        let url = ("COHERENCE_LANGUAGE_MODEL_URL", "https://llm.example.com/v1");
        let name = ("COHERENCE_LANGUAGE_MODEL_NAME", "m");
        let provider = ("COHERENCE_LANGUAGE_MODEL_PROVIDER", "Example Ltd, Dublin");
        for (given, missing) in [
            (vec![url, name], "language_model_provider"),
            (vec![url, provider], "language_model_name"),
            (
                vec![
                    url,
                    name,
                    provider,
                    ("COHERENCE_LANGUAGE_MODEL_PRICE_IN", "1"),
                ],
                "language_model_price_out",
            ),
        ] {
            let said = with(&given).expect_err("incomplete").to_string();
            assert!(said.contains(&format!("“{missing}” is missing")), "{said}");
        }
        let model = with(&[url, name, provider])
            .expect("valid")
            .model
            .expect("a model");
        assert_eq!(model.timeout, Duration::from_mins(2));
        assert_eq!((model.key, model.prices), (None, None));
    }

    #[test]
    fn statements_leave_the_house_encrypted_or_not_at_all() {
        for good in [
            "https://llm.example.com/v1",
            "http://127.0.0.1:11434/v1",
            "http://localhost:8000",
            "http://[::1]:8000/v1",
            "http://10.1.2.3/v1",
            "http://192.168.0.7:8080/v1",
            "http://ollama:11434/v1",
        ] {
            assert!(model_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://llm.example.com/v1",
            "http://8.8.8.8/v1",
            "http://172.32.0.1/v1",
            "ftp://127.0.0.1",
            "https://user:word@llm.example.com/v1",
            "https://llm.example.com/v1?key=1",
            "llm.example.com/v1",
            "https://",
        ] {
            assert!(model_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn costs_are_whole_millionths_of_the_currency() {
        assert_eq!(price("0.25"), Ok(250_000));
        assert_eq!(price("2"), Ok(2_000_000));
        assert_eq!(price("0.000001"), Ok(1));
        for wrong in ["", ".5", "5.", "1e3", "1,5", "0.0000001", "-1", "1234567"] {
            assert!(price(wrong).is_err(), "{wrong}");
        }
        let prices = Prices {
            sent: 250_000,
            received: 2_000_000,
            currency: "EUR".into(),
        };
        // 10,000 at 0.25 and 2,000 at 2.00 a million: 0.0025 and 0.004.
        assert_eq!(prices.micros(10_000, 2_000), Some(6_500));
        assert_eq!(prices.micros(1, 0), Some(0));
        assert_eq!(prices.micros(u64::MAX, u64::MAX), None);
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
        let variables: Vec<(String, &str)> = SETTINGS
            .iter()
            .map(|setting| {
                let name = format!("COHERENCE_{}", setting.name.to_uppercase());
                (name, setting.example)
            })
            .collect();
        let all: Vec<(&str, &str)> = variables.iter().map(|(k, v)| (k.as_str(), *v)).collect();
        for (name, example) in &all {
            // The address of a model alone is half a setting.
            if *name != "COHERENCE_LANGUAGE_MODEL_URL" {
                assert!(with(&[(name, example)]).is_ok(), "{name}");
            }
        }
        assert!(with(&all).is_ok(), "all together");
    }
}
