//! Consultants' sessions: the middleware's cookie, the database's rows.

use std::collections::HashMap;
use std::sync::Arc;

use actix_session::config::{BrowserSession, TtlExtensionPolicy};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_session::{Session, SessionMiddleware};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Key, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use entity::types::ConsultantId;
use sea_orm::DatabaseConnection;

use crate::error::Error;
use crate::settings::Settings;
use crate::store::{Tools, sessions};
use crate::vault::Vault;
use crate::world::Clock;

const CONSULTANT: &str = "consultant";

/// A session's end is moved at most this often: a page that is only read writes nothing.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(10);

/// Begins a session for a consultant who has proven to be one. The key changes, so that a session
/// planted before is worth nothing.
pub fn begin(session: &Session, id: ConsultantId) -> Result<(), Error> {
    session.renew();
    session
        .insert(CONSULTANT, id.to_string())
        .map_err(|error| Error::Broken(format!("the session cannot be kept: {error}")))
}

/// The consultant of a session.
pub fn consultant(session: &Session) -> Option<ConsultantId> {
    session
        .get::<String>(CONSULTANT)
        .ok()
        .flatten()?
        .parse()
        .ok()
}

/// Keeps sessions in the database. The cookie holds a random token, the table its keyed digest and
/// the sealed state.
#[derive(Clone)]
pub struct DatabaseSessions {
    /// The database.
    pub db: DatabaseConnection,
    /// Vault and randomness.
    pub tools: Tools,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl DatabaseSessions {
    fn end(&self, ttl: &Duration) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::seconds(ttl.whole_seconds())
    }

    async fn keep(
        &self,
        token: &str,
        state: &HashMap<String, String>,
        ttl: &Duration,
    ) -> Result<(), Error> {
        // The middleware keeps values as JSON: a text stands in quotes.
        let consultant = state
            .get(CONSULTANT)
            .and_then(|id| id.trim_matches('"').parse().ok());
        sessions::save(
            &self.db,
            &self.tools,
            token,
            state,
            consultant,
            self.end(ttl),
        )
        .await
    }
}

fn key_of(token: String) -> Result<SessionKey, Error> {
    SessionKey::try_from(token).map_err(|_| Error::Broken("a session token is too long".into()))
}

impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        sessions::load(&self.db, &self.tools, key.as_ref(), self.clock.now())
            .await
            .map_err(|error| LoadError::Other(error.into()))
    }

    async fn save(
        &self,
        state: HashMap<String, String>,
        ttl: &Duration,
    ) -> Result<SessionKey, SaveError> {
        let token = Vault::random_token(&*self.tools.entropy);
        let kept = self.keep(&token, &state, ttl).await;
        kept.and_then(|()| key_of(token))
            .map_err(|error| SaveError::Other(error.into()))
    }

    async fn update(
        &self,
        key: SessionKey,
        state: HashMap<String, String>,
        ttl: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        self.keep(key.as_ref(), &state, ttl)
            .await
            .map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        let end = self.end(ttl);
        let moved = sessions::touch(&self.db, &self.tools, key.as_ref(), end, TOUCH_EVERY).await;
        if let Err(error) = moved {
            // The page can be shown all the same; the session ends a little earlier.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a session's end could not be moved"
            );
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(sessions::end(&self.db, &self.tools, key.as_ref()).await?)
    }
}

/// The middleware: one cookie, signed and encrypted, for this site alone.
pub fn session_middleware(
    store: DatabaseSessions,
    settings: &Settings,
) -> SessionMiddleware<DatabaseSessions> {
    let key = Key::from(&store.tools.vault.cookie_key());
    let secure = settings.public_url.starts_with("https://");
    let ttl = Duration::hours(i64::from(settings.session_hours));
    SessionMiddleware::builder(store, key)
        .cookie_name(
            if secure {
                "__Host-coherence"
            } else {
                "coherence"
            }
            .into(),
        )
        .cookie_secure(secure)
        .cookie_http_only(true)
        // Lax: a link to a page in a colleague's mail opens it; no other site's form is sent with it.
        .cookie_same_site(SameSite::Lax)
        .session_lifecycle(
            BrowserSession::default()
                .state_ttl(ttl)
                .state_ttl_extension_policy(TtlExtensionPolicy::OnEveryRequest),
        )
        .build()
}
