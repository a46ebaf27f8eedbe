//! Passwords: what may be one, and argon2id on a thread that may block.

use actix_web::web;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::survey::{Mistakes, Rule};
use crate::world::Entropy;

const MIN: usize = 12;
const MAX: usize = 200;
const SALT_BYTES: usize = 16;

/// Each hash takes 19 MiB: a flood of sign-ins waits instead of filling the memory.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Verified in place of a hash that does not exist, so that an unknown address takes as long as a
/// wrong password. Its parameters are those of [`Argon2::default`].
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password, in the form in which it is hashed (NFKC, so that two keyboards type the same).
pub(crate) struct Password(Zeroizing<String>);

impl Password {
    /// As typed at sign-in: any text, since it only has to be compared.
    pub(crate) fn typed(raw: &str) -> Self {
        Self(Zeroizing::new(raw.nfkc().collect()))
    }

    /// A new one of 12 to 200 characters, typed twice, in the fields `password` and `again`.
    pub(super) fn chosen(password: &str, again: &str) -> Result<Self, Mistakes> {
        let given = password.chars().count();
        let rule = match given {
            0 => Some(Rule::Required),
            1..MIN => Some(Rule::TooShort { min: MIN }),
            _ if given > MAX => Some(Rule::TooLong { max: MAX, given }),
            _ => None,
        };
        let mut mistakes = Mistakes::none();
        if let Some(rule) = rule {
            mistakes.add("password", rule);
        } else if password != again {
            mistakes.add("again", Rule::Different);
        }
        mistakes.done()?;
        Ok(Self::typed(password))
    }

    /// The argon2id hash in PHC form, with a fresh salt.
    pub(crate) async fn hash(self, entropy: &dyn Entropy) -> Result<String, Error> {
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt);
        blocking(move || {
            let hash: Result<PasswordHash, _> =
                Argon2::default().hash_password_with_salt(self.0.as_bytes(), &salt);
            hash.map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| Error::Broken(format!("a password could not be hashed: {error}")))
    }

    /// Whether it is the one of that hash. `None`, for an address nobody has, takes as long.
    pub(super) async fn fits(self, hash: Option<String>) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODYS.to_owned());
        let fits = blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(self.0.as_bytes(), &hash)
                    .is_ok()
            })
        })
        .await?;
        Ok(fits && known)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let broken = |what: String| Error::Broken(format!("a password could not be looked at: {what}"));
    let _turn = AT_ONCE
        .acquire()
        .await
        .map_err(|error| broken(error.to_string()))?;
    web::block(work)
        .await
        .map_err(|error| broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SeededEntropy;

    #[test]
    fn a_password_has_twelve_to_200_characters_and_is_typed_twice() {
        let rule = |password: &str, again: &str, field: &str| {
            Password::chosen(password, again)
                .err()
                .and_then(|mistakes| mistakes.of(field).cloned())
        };
        assert_eq!(rule("", "", "password"), Some(Rule::Required));
        assert_eq!(
            rule("short", "short", "password"),
            Some(Rule::TooShort { min: 12 })
        );
        let long = "x".repeat(201);
        assert_eq!(
            rule(&long, &long, "password"),
            Some(Rule::TooLong {
                max: 200,
                given: 201
            })
        );
        assert_eq!(
            rule("four good words", "four good word", "again"),
            Some(Rule::Different)
        );
        assert!(Password::chosen("four good words", "four good words").is_ok());
    }

    #[actix_web::test]
    async fn a_hash_fits_its_own_password_and_no_other() {
        let entropy = SeededEntropy::new(1);
        let hash = Password::typed("Zu\u{308}rich an der Limmat")
            .hash(&entropy)
            .await
            .expect("hashed");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(
            Password::typed("Zürich an der Limmat")
                .fits(Some(hash.clone()))
                .await
                .expect("looked at")
        );
        assert!(
            !Password::typed("Zürich an der Aare")
                .fits(Some(hash))
                .await
                .expect("looked at")
        );
    }

    #[actix_web::test]
    async fn nobody_signs_in_without_a_hash_and_it_costs_as_much() {
        assert!(PasswordHash::new(NOBODYS).is_ok());
        let own: PasswordHash = Argon2::default()
            .hash_password_with_salt(b"x", &[1; SALT_BYTES])
            .expect("hashed");
        let nobodys = PasswordHash::new(NOBODYS).expect("readable");
        assert_eq!(own.params.to_string(), nobodys.params.to_string());
        assert!(
            !Password::typed("anything")
                .fits(None)
                .await
                .expect("looked at")
        );
    }
}
