//! Asks a language model to group statements: one HTTP call to an OpenAI-compatible endpoint
//! (`POST {url}/chat/completions` with `response_format: json_schema`, as
//! <https://platform.openai.com/docs/api-reference/chat> describes it and local servers follow it).
//!
//! It takes nothing but a [`Sheet`], which cannot be had without the promise of a round (see
//! `store::assistance`), and gives back nothing but a [`Grouping`] that fits it, or a [`Fault`] in our
//! own words. No redirect is followed, no proxy is used, an answer may have [`LARGEST`] bytes and take
//! as long as the operator has set. It does not try again: when to do that is the worker's business.

mod reply;
mod request;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::types::{CallOutcome, KeptReason};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};

use crate::settings::ModelSettings;
use crate::store::assistance::{Cost, Grouping, Misfit, Sheet, Usage};
use crate::survey::Provider;

/// Largest answer in bytes. A thousand statements need a fiftieth of it.
pub const LARGEST: usize = 1 << 20;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// The client cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// The machine's TLS cannot be set up.
    #[error("encrypted connections cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client cannot be built, or the address has no path to add to.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
    /// The key cannot stand in a header.
    #[error("the setting “language_model_key” holds a character that no header may hold")]
    Key,
}

/// Why there is no grouping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No answer in time.
    #[error("no answer in time")]
    Late,
    /// No connection, or one that broke.
    #[error("no connection")]
    Unreachable,
    /// 429, or 503 with a time: no more requests for now.
    #[error("status {status}: no more requests for now")]
    Busy {
        /// The status.
        status: u16,
        /// How long the provider asks to wait.
        wait: Option<TimeDelta>,
    },
    /// Another 5xx.
    #[error("status {0}")]
    Server(u16),
    /// Any other status that is not 200; a redirect is one.
    #[error("status {0}")]
    Status(u16),
    /// More than [`LARGEST`] bytes.
    #[error("the answer has more than {LARGEST} bytes")]
    TooLarge,
    /// Not the JSON of a chat completion.
    #[error("the answer is no chat completion")]
    NotACompletion,
    /// The model stopped before it was done.
    #[error("the answer is cut off")]
    CutOff,
    /// The model said that it would not, or a filter did.
    #[error("the model declined")]
    Declined,
    /// Not the JSON that was asked for.
    #[error("the answer is not of the shape asked for")]
    Shape,
    /// It does not fit the statements.
    #[error("{0}")]
    Misfit(#[from] Misfit),
}

impl Fault {
    /// Whether asking again may help.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Late | Self::Unreachable | Self::Busy { .. } | Self::Server(_)
        )
    }

    /// How the log of calls has it.
    pub const fn outcome(&self) -> CallOutcome {
        match self {
            Self::Late => CallOutcome::Late,
            Self::Unreachable => CallOutcome::Unreachable,
            Self::Busy { .. } => CallOutcome::Busy,
            Self::Server(_) | Self::Status(_) => CallOutcome::Failed,
            Self::Declined => CallOutcome::Declined,
            Self::TooLarge
            | Self::NotACompletion
            | Self::CutOff
            | Self::Shape
            | Self::Misfit(_) => CallOutcome::Misfit,
        }
    }

    /// What consultants are told, once nobody asks again.
    pub const fn reason(&self) -> KeptReason {
        match self {
            Self::Late => KeptReason::Late,
            Self::Unreachable => KeptReason::Unreachable,
            Self::Busy { .. } => KeptReason::Busy,
            Self::Server(_) | Self::Status(_) => KeptReason::Failed,
            Self::Declined => KeptReason::Declined,
            Self::TooLarge
            | Self::NotACompletion
            | Self::CutOff
            | Self::Shape
            | Self::Misfit(_) => KeptReason::Misfit,
        }
    }
}

/// What came of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Tokens, as far as the provider says.
    pub usage: Usage,
    /// The grouping.
    pub outcome: Result<Grouping, Fault>,
}

/// One provider's model.
#[derive(Clone)]
pub struct Assistant {
    client: Client,
    settings: Arc<ModelSettings>,
    endpoint: Url,
    authorization: Option<HeaderValue>,
}

impl std::fmt::Debug for Assistant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assistant")
    }
}

impl Assistant {
    /// Sets the client up; sends nothing.
    pub fn new(settings: &ModelSettings) -> Result<Self, AssistantError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(settings.timeout)
            .user_agent(concat!("coherence/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(AssistantError::Client)?;
        let mut endpoint = settings.url.clone();
        let path = format!("{}/chat/completions", endpoint.path().trim_end_matches('/'));
        endpoint.set_path(&path);
        let authorization = settings
            .key
            .as_ref()
            .map(|key| {
                HeaderValue::try_from(format!("Bearer {}", key.as_str())).map(|mut value| {
                    value.set_sensitive(true);
                    value
                })
            })
            .transpose()
            .map_err(|_| AssistantError::Key)?;
        Ok(Self {
            client,
            settings: Arc::new(settings.clone()),
            endpoint,
            authorization,
        })
    }

    /// Whose model it is, as executives read it.
    pub fn provider(&self) -> &Provider {
        &self.settings.provider
    }

    /// The model's name at the provider.
    pub fn model(&self) -> &str {
        &self.settings.name
    }

    /// How long one call may take.
    pub fn longest(&self) -> Duration {
        self.settings.timeout
    }

    /// What that many tokens cost by the operator's prices; `None` where either is not known.
    pub fn cost(&self, usage: Usage) -> Option<Cost> {
        let prices = self.settings.prices.as_ref()?;
        Some(Cost {
            micros: prices.micros(usage.tokens_in?, usage.tokens_out?)?,
            currency: prices.currency.clone(),
        })
    }

    /// Asks once. `now` is for a wait that the provider gives as a date.
    pub async fn ask(&self, sheet: &Sheet, now: DateTime<Utc>) -> Reply {
        let body = request::body(&self.settings.name, sheet);
        let mut request = self
            .client
            .post(self.endpoint.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let received = match request.send().await {
            Ok(response) => receive(response, now).await,
            Err(error) => Err(broken(&error)),
        };
        match received {
            Ok(bytes) => reply::read(&bytes, sheet),
            Err(fault) => Reply {
                usage: Usage::default(),
                outcome: Err(fault),
            },
        }
    }
}

/// The authorities of Mozilla's list and those the machine's operator has added, with the
/// cryptography the rest of the program uses.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    // A certificate that cannot be read is one authority less, and no reason to stop.
    let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// An error of the line. Its own words may hold the address and are not kept.
fn broken(error: &reqwest::Error) -> Fault {
    if error.is_timeout() && !error.is_connect() {
        Fault::Late
    } else {
        Fault::Unreachable
    }
}

async fn receive(mut response: Response, now: DateTime<Utc>) -> Result<Vec<u8>, Fault> {
    let status = response.status();
    if status != StatusCode::OK {
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| wait(value, now));
        let code = status.as_u16();
        return Err(match status {
            StatusCode::TOO_MANY_REQUESTS => Fault::Busy { status: code, wait },
            StatusCode::SERVICE_UNAVAILABLE if wait.is_some() => Fault::Busy { status: code, wait },
            _ if status.is_server_error() => Fault::Server(code),
            _ => Fault::Status(code),
        });
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > LARGEST => return Err(Fault::TooLarge),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(broken(&error)),
        }
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); never negative.
fn wait(value: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(TimeDelta::seconds(i64::from(seconds)));
    }
    let at = DateTime::parse_from_rfc2822(value).ok()?;
    Some((at.with_timezone(&Utc) - now).max(TimeDelta::zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_in_seconds_and_as_a_date() {
        let now = "2026-11-20T12:00:00Z".parse().expect("a time");
        assert_eq!(wait("7", now), Some(TimeDelta::seconds(7)));
        assert_eq!(
            wait("Fri, 20 Nov 2026 12:01:00 GMT", now),
            Some(TimeDelta::minutes(1))
        );
        assert_eq!(
            wait("Fri, 20 Nov 2026 11:00:00 GMT", now),
            Some(TimeDelta::zero())
        );
        for nonsense in ["", "soon", "-5", "99999999999999999999", "1.5"] {
            assert_eq!(wait(nonsense, now), None, "{nonsense}");
        }
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        let passing = [
            Fault::Late,
            Fault::Unreachable,
            Fault::Busy {
                status: 429,
                wait: None,
            },
            Fault::Server(500),
        ];
        assert!(passing.iter().all(Fault::is_passing));
        let final_ones = [
            Fault::Status(401),
            Fault::Status(307),
            Fault::TooLarge,
            Fault::NotACompletion,
            Fault::CutOff,
            Fault::Declined,
            Fault::Shape,
            Fault::Misfit(Misfit::Missing(1)),
        ];
        assert!(!final_ones.iter().any(Fault::is_passing));
    }
}
