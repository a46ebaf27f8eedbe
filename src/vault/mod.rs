//! The vault: everything that needs the server key. Encryption at rest (XChaCha20-Poly1305 by
//! RustCrypto), blind indexes, private links, and the keys by which a response is found.
//!
//! One 256-bit server key; every use has its own key derived from it by HKDF-SHA-256. Each team and
//! each round has a random data key of its own, wrapped by the server key: forgetting a round's
//! data key makes all its answers unreadable in this database.

mod key_file;
mod links;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use entity::types::{Digest, ExecutiveId, InvitationId, Sealed, TeamId};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use key_file::{KeyFileError, ServerKey, load_or_create};
pub use links::{LinkKind, LinkToken};

use crate::world::Entropy;

/// First byte of everything sealed, so that a later scheme can be told apart.
const SCHEME: u8 = 1;
const NONCE_BYTES: usize = 24;

/// Something could not be sealed or opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Sealed by another key, for another place, or damaged.
    #[error(
        "sealed data does not open with this server key: it was sealed by another, or is damaged"
    )]
    DoesNotOpen,
    /// What was sealed is not what was expected (a newer program's data).
    #[error("sealed data opens, and does not have the expected form")]
    Unexpected,
    /// Sealing failed.
    #[error("data could not be sealed")]
    Seal,
}

/// A 256-bit key that wipes itself from memory.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(..)")
    }
}

impl DataKey {
    /// A new random key.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Seals bytes for one place: `place` (table, column, row) must be given again to open them,
    /// so that a sealed value moved to another row does not open.
    pub fn seal(
        &self,
        place: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Sealed, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Seal)?;
        Ok(Sealed(
            [&[SCHEME], nonce.as_slice(), sealed.as_slice()].concat(),
        ))
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    pub fn open(&self, place: &str, sealed: &Sealed) -> Result<Vec<u8>, VaultError> {
        let rest = match sealed.0.split_first() {
            Some((&SCHEME, rest)) if rest.len() > NONCE_BYTES => rest,
            _ => return Err(VaultError::DoesNotOpen),
        };
        let (nonce, text) = rest.split_at(NONCE_BYTES);
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::DoesNotOpen)?;
        XChaCha20Poly1305::new((&self.0).into())
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: text,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| VaultError::DoesNotOpen)
    }

    /// Seals a value as JSON.
    pub fn seal_json<T: Serialize>(
        &self,
        place: &str,
        value: &T,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, VaultError> {
        let plain = serde_json::to_vec(value).map_err(|_| VaultError::Seal)?;
        self.seal(place, &plain, entropy)
    }

    /// Opens a value sealed as JSON.
    pub fn open_json<T: DeserializeOwned>(
        &self,
        place: &str,
        sealed: &Sealed,
    ) -> Result<T, VaultError> {
        serde_json::from_slice(&self.open(place, sealed)?).map_err(|_| VaultError::Unexpected)
    }
}

/// All that is derived from the server key.
#[derive(Clone, Debug)]
pub struct Vault {
    /// Seals consultants, sessions and mail servers' words.
    pub server: DataKey,
    wrap: DataKey,
    index: DataKey,
    links: DataKey,
    locator: DataKey,
    pseudonym: DataKey,
    cookie: DataKey,
}

impl Vault {
    /// Derives every key from the server key.
    pub fn new(key: &ServerKey) -> Self {
        let expander = Hkdf::<Sha256>::new(None, key.bytes());
        let derive = |purpose: &str| {
            let mut bytes = [0; 32];
            expander
                .expand(format!("coherence/1/{purpose}").as_bytes(), &mut bytes)
                .expect("32 bytes are far below HKDF's limit");
            DataKey(bytes)
        };
        Self {
            server: derive("server data"),
            wrap: derive("wrap data keys"),
            index: derive("blind index"),
            links: derive("private links"),
            locator: derive("response locator"),
            pseudonym: derive("pseudonym"),
            cookie: derive("session cookie"),
        }
    }

    /// Wraps a data key for its place (`team/<id>`, `round/<id>`).
    pub fn wrap(
        &self,
        place: &str,
        key: &DataKey,
        entropy: &dyn Entropy,
    ) -> Result<Sealed, VaultError> {
        self.wrap.seal(place, &key.0, entropy)
    }

    /// Unwraps a data key.
    pub fn unwrap_key(&self, place: &str, wrapped: &Sealed) -> Result<DataKey, VaultError> {
        let mut bytes = self.wrap.open(place, wrapped)?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| VaultError::Unexpected);
        bytes.zeroize();
        key.map(DataKey)
    }

    /// Blind index of a value within a scope: equal values give equal digests.
    pub fn blind_index(&self, scope: &str, value: &str) -> Digest {
        Digest(mac(&self.index, &[scope.as_bytes(), value.as_bytes()]).to_vec())
    }

    /// Where the response of an invitation is kept.
    pub(crate) fn locator(&self, invitation: InvitationId) -> Digest {
        Digest(mac(&self.locator, &[invitation.0.as_bytes()]).to_vec())
    }

    /// The same person in every round of one team.
    pub(crate) fn pseudonym(&self, team: TeamId, executive: ExecutiveId) -> Digest {
        Digest(
            mac(
                &self.pseudonym,
                &[team.0.as_bytes(), executive.0.as_bytes()],
            )
            .to_vec(),
        )
    }

    /// 64 bytes for the web framework's cookie key.
    pub fn cookie_key(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        Hkdf::<Sha256>::new(None, &self.cookie.0)
            .expand(b"cookie", &mut bytes)
            .expect("64 bytes are far below HKDF's limit");
        bytes
    }

    /// A random token for a cookie, 256 bits, URL-safe.
    pub fn random_token(entropy: &dyn Entropy) -> String {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the session table keeps of a token.
    pub fn token_digest(&self, token: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.cookie, &[b"session", token.as_bytes()]))
    }
}

/// HMAC-SHA-256 over the parts, each led by its length so that no two lists of parts collide.
fn mac(key: &DataKey, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SeededEntropy;

    fn vault(byte: u8) -> Vault {
        Vault::new(&ServerKey::from_bytes([byte; 32]))
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_in_the_same_place_only() {
        let entropy = SeededEntropy::new(1);
        let key = DataKey::random(&entropy);
        let sealed = key
            .seal("executive/1", b"Ada Quill", &entropy)
            .expect("sealed");
        assert_eq!(
            key.open("executive/1", &sealed).expect("opens"),
            b"Ada Quill"
        );
        assert_eq!(
            key.open("executive/2", &sealed),
            Err(VaultError::DoesNotOpen)
        );
        let other = DataKey::random(&entropy);
        assert_eq!(
            other.open("executive/1", &sealed),
            Err(VaultError::DoesNotOpen)
        );
        for broken in 0..sealed.0.len() {
            let mut damaged = sealed.clone();
            damaged.0[broken] ^= 1;
            assert_eq!(
                key.open("executive/1", &damaged),
                Err(VaultError::DoesNotOpen)
            );
        }
        assert_eq!(
            key.open("executive/1", &Sealed(Vec::new())),
            Err(VaultError::DoesNotOpen)
        );
    }

    #[test]
    fn the_same_words_sealed_twice_look_different() {
        let entropy = SeededEntropy::new(2);
        let key = DataKey::random(&entropy);
        let twice = [0, 1].map(|_| key.seal("a", b"same", &entropy).expect("sealed"));
        assert_ne!(twice[0], twice[1]);
    }

    #[test]
    fn a_wrapped_key_opens_only_with_its_server_key() {
        let entropy = SeededEntropy::new(3);
        let key = DataKey::random(&entropy);
        let wrapped = vault(1).wrap("round/1", &key, &entropy).expect("wrapped");
        assert_eq!(
            vault(1).unwrap_key("round/1", &wrapped).expect("unwraps").0,
            key.0
        );
        assert!(vault(2).unwrap_key("round/1", &wrapped).is_err());
        assert!(vault(1).unwrap_key("round/2", &wrapped).is_err());
    }

    #[test]
    fn indexes_locators_and_pseudonyms_are_stable_keyed_and_apart() {
        let id = uuid::Uuid::from_u128(7);
        let (team, person) = (TeamId(id), ExecutiveId(id));
        assert_eq!(
            vault(1).blind_index("team", "a"),
            vault(1).blind_index("team", "a")
        );
        assert_ne!(
            vault(1).blind_index("team", "a"),
            vault(2).blind_index("team", "a")
        );
        assert_ne!(
            vault(1).blind_index("team", "a"),
            vault(1).blind_index("tea", "ma")
        );
        assert_ne!(
            vault(1).locator(InvitationId(id)),
            vault(1).pseudonym(team, person)
        );
    }

    #[test]
    fn keys_do_not_show_in_debug_output() {
        assert!(!format!("{:?}", vault(0xAB)).contains("171"));
    }
}
