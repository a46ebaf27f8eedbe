//! Rate limits: how often somebody may try what could be guessed.

use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::HttpRequest;
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::error::Error;
use crate::settings::Settings;
use crate::survey::EmailAddress;

/// Counts attempts by client and by account. In memory: each copy of the server counts its own.
#[derive(Clone)]
pub struct Limits {
    sign_in: Arc<DefaultKeyedRateLimiter<String>>,
    account: Arc<DefaultKeyedRateLimiter<String>>,
    links: Arc<DefaultKeyedRateLimiter<String>>,
}

const fn times(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("a quota of at least one")
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |quota| Arc::new(DefaultKeyedRateLimiter::keyed(quota));
        Self {
            // Ten at once, then one every six seconds.
            sign_in: limiter(Quota::per_minute(times(10))),
            // For one account, from wherever: ten, then one every two minutes.
            account: limiter(Quota::per_hour(times(30)).allow_burst(times(10))),
            // Links that open nothing. 128 bits cannot be guessed; this keeps guessers quiet.
            links: limiter(Quota::per_minute(times(60))),
        }
    }
}

impl Limits {
    /// One attempt to sign in, by client and by account (any text that names it).
    pub fn sign_in(&self, client: &str, account: &str) -> Result<(), Error> {
        check(&self.sign_in, client)?;
        // What is no address belongs to nobody: one count for all of that.
        let account = EmailAddress::parse(account).map(|address| address.folded());
        check(&self.account, &account.unwrap_or_default())
    }

    /// One private link that opened nothing.
    pub fn unknown_link(&self, client: &str) -> Result<(), Error> {
        check(&self.links, client)
    }

    /// Forgets those who have been quiet for long.
    pub fn sweep(&self) {
        for limiter in [&self.sign_in, &self.account, &self.links] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), Error> {
    limiter
        .check_key(&key.to_owned())
        .map_err(|_| Error::TooMany)
}

/// The client's address, for counting only: the proxy's header where one is set, else the peer.
pub fn client(request: &HttpRequest, settings: &Settings) -> String {
    let named = settings.client_address_header.as_deref().and_then(|name| {
        let value = request.headers().get(name)?.to_str().ok()?;
        // The proxy adds the address it saw at the end of the list.
        value
            .rsplit(',')
            .next()
            .map(|address| address.trim().to_owned())
    });
    named
        .or_else(|| request.peer_addr().map(|peer| peer.ip().to_string()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_attempt_in_a_row_is_refused_for_its_client_and_its_account() {
        let limits = Limits::default();
        for _ in 0..10 {
            assert!(limits.sign_in("10.0.0.1", "ada@example.com").is_ok());
        }
        assert!(matches!(
            limits.sign_in("10.0.0.1", "bo@example.com"),
            Err(Error::TooMany)
        ));
        assert!(matches!(
            limits.sign_in("10.0.0.2", "ADA@example.com"),
            Err(Error::TooMany)
        ));
        assert!(limits.sign_in("10.0.0.3", "cy@example.com").is_ok());
    }
}
