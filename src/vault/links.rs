//! Private links: derived, never stored. A link carries the row's id and 128 bits of
//! HMAC-SHA-256 over its kind, id and version; raising the version revokes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Vault, mac};

const MAC_BYTES: usize = 16;

/// What a private link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// An executive's answers in one round.
    Invitation,
    /// The choice of a consultant's password.
    Password,
    /// A sponsor's view of a published report.
    Share,
    /// The set-up of the first consultant.
    SetUp,
}

impl LinkKind {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Invitation => b"invitation",
            Self::Password => b"password",
            Self::Share => b"share",
            Self::SetUp => b"set-up",
        }
    }
}

/// A token as it stands in a link: read, not yet proven.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken {
    id: Uuid,
    mac: [u8; MAC_BYTES],
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken(..)")
    }
}

impl LinkToken {
    /// Reads 43 URL-safe characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (id, mac) = bytes.split_at(16);
        Some(Self {
            id: Uuid::from_slice(id).ok()?,
            mac: mac.try_into().ok()?,
        })
    }

    /// The row it claims to open.
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

impl Vault {
    fn link_mac(&self, kind: LinkKind, id: Uuid, version: i32) -> [u8; MAC_BYTES] {
        let full = mac(
            &self.links,
            &[kind.label(), id.as_bytes(), &version.to_be_bytes()],
        );
        let mut short = [0; MAC_BYTES];
        short.copy_from_slice(&full[..MAC_BYTES]);
        short
    }

    /// The token that opens this row in this version: 43 URL-safe characters.
    pub fn link(&self, kind: LinkKind, id: Uuid, version: i32) -> String {
        let mac = self.link_mac(kind, id, version);
        URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &mac].concat())
    }

    /// Whether the token opens this row in this version; compared in constant time.
    pub fn link_opens(&self, token: &LinkToken, kind: LinkKind, id: Uuid, version: i32) -> bool {
        token.id == id && bool::from(self.link_mac(kind, id, version).ct_eq(&token.mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::ServerKey;

    #[test]
    fn a_link_opens_its_own_row_kind_and_version_and_nothing_else() {
        let vault = Vault::new(&ServerKey::from_bytes([3; 32]));
        let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let text = vault.link(LinkKind::Invitation, id, 1);
        assert_eq!(text.len(), 43);
        let token = LinkToken::parse(&text).expect("own token");
        assert!(vault.link_opens(&token, LinkKind::Invitation, id, 1));
        assert!(!vault.link_opens(&token, LinkKind::Invitation, id, 2));
        assert!(!vault.link_opens(&token, LinkKind::Invitation, other, 1));
        assert!(!vault.link_opens(&token, LinkKind::Share, id, 1));
        let stranger = Vault::new(&ServerKey::from_bytes([4; 32]));
        assert!(!stranger.link_opens(&token, LinkKind::Invitation, id, 1));
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in ["", "x", "/../etc", &"A".repeat(44), &"A".repeat(42), "é"] {
            assert!(LinkToken::parse(text).is_none(), "{text}");
        }
    }
}
