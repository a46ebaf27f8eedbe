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
    client: Arc<DefaultKeyedRateLimiter<String>>,
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
            // One client on one account: ten at once, then one every two minutes.
            sign_in: limiter(Quota::per_hour(times(30)).allow_burst(times(10))),
            // One client on any accounts.
            client: limiter(Quota::per_minute(times(30))),
            // One account from wherever: wide, because whoever knows an address could otherwise
            // keep its owner out.
            account: limiter(Quota::per_hour(times(300)).allow_burst(times(100))),
            // Links that open nothing. 128 bits cannot be guessed; this keeps guessers quiet.
            links: limiter(Quota::per_minute(times(60))),
        }
    }
}

impl Limits {
    /// One attempt to sign in, by client and by account (any text that names it).
    pub fn sign_in(&self, client: &str, account: &str) -> Result<(), Error> {
        // What is no address belongs to nobody: one count for all of that.
        let account = EmailAddress::parse(account).map(|address| address.folded());
        let account = account.unwrap_or_default();
        check(&self.client, client)?;
        check(&self.sign_in, &format!("{client} {account}"))?;
        check(&self.account, &account)
    }

    /// One private link that opened nothing.
    pub fn unknown_link(&self, client: &str) -> Result<(), Error> {
        check(&self.links, client)
    }

    /// Forgets those who have been quiet for long.
    pub fn sweep(&self) {
        for limiter in [&self.sign_in, &self.client, &self.account, &self.links] {
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
    fn the_eleventh_attempt_on_an_account_is_refused_to_its_client_and_to_no_other() {
        let limits = Limits::default();
        for _ in 0..10 {
            assert!(limits.sign_in("10.0.0.1", "ada@example.com").is_ok());
        }
        for spelling in ["ada@example.com", " ADA@Example.com "] {
            let refused = limits.sign_in("10.0.0.1", spelling);
            assert!(matches!(refused, Err(Error::TooMany)), "{spelling}");
        }
        assert!(limits.sign_in("10.0.0.1", "bo@example.com").is_ok());
        assert!(limits.sign_in("10.0.0.2", "ada@example.com").is_ok());
    }

    #[test]
    fn one_client_cannot_try_many_accounts_nor_many_clients_one_account() {
        let limits = Limits::default();
        let tried = (0..40).filter(|nth| {
            limits
                .sign_in("10.0.0.1", &format!("a{nth}@example.com"))
                .is_ok()
        });
        assert_eq!(tried.count(), 30);
        let tried = (0..200).filter(|nth| {
            limits
                .sign_in(&format!("10.0.1.{nth}"), "bo@example.com")
                .is_ok()
        });
        assert_eq!(tried.count(), 100);
    }
}
