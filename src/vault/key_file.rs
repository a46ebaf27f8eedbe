//! The server key's file: 64 hexadecimal characters, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::world::Entropy;

/// The 256-bit key from which every other is derived.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ServerKey([u8; 32]);

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

impl ServerKey {
    /// A key from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Why the server key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is a database and no key: its contents cannot be read, and a new key would not help.
    #[error(
        "the key file {0} is missing, and the database holds data sealed with it. Put the file back (from your backup of it); without it, names and answers cannot be read by anyone"
    )]
    Missing(PathBuf),
    /// The file's content is not a key.
    #[error(
        "the key file {0} does not hold a key (64 hexadecimal characters). Put the right file back"
    )]
    NotAKey(PathBuf),
    /// Others on this machine can read the file.
    #[error("the key file {0} can be read by others on this machine. Run: chmod 600 {0}")]
    TooOpen(PathBuf),
    /// The file cannot be read or written.
    #[error("the key file {path} cannot be {action}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads the key file. Where there is none it is made, unless `must_exist` (the database already
/// holds sealed data). Returns the key and whether it is new.
pub fn load_or_create(
    path: &Path,
    must_exist: bool,
    entropy: &dyn Entropy,
) -> Result<(ServerKey, bool), KeyFileError> {
    match fs::read_to_string(path) {
        Ok(mut text) => {
            guard_mode(path)?;
            let key = parse(text.trim());
            text.zeroize();
            key.map(|key| (key, false))
                .ok_or_else(|| KeyFileError::NotAKey(path.into()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && must_exist => {
            Err(KeyFileError::Missing(path.into()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path, entropy).map(|key| (key, true))
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(KeyFileError::NotAKey(path.into()))
        }
        Err(source) => Err(KeyFileError::Io {
            path: path.into(),
            action: "read",
            source,
        }),
    }
}

fn parse(text: &str) -> Option<ServerKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(ServerKey(bytes))
}

fn create(path: &Path, entropy: &dyn Entropy) -> Result<ServerKey, KeyFileError> {
    let failed = |source| KeyFileError::Io {
        path: path.into(),
        action: "written",
        source,
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let mut text = hex::encode(bytes);
    text.push('\n');
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    text.zeroize();
    Ok(ServerKey(bytes))
}

#[cfg(unix)]
fn guard_mode(path: &Path) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)
        .map_err(|source| KeyFileError::Io {
            path: path.into(),
            action: "read",
            source,
        })?
        .permissions()
        .mode();
    // Neither group nor others: the last six bits.
    if mode.trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(KeyFileError::TooOpen(path.into()))
    }
}

#[cfg(not(unix))]
fn guard_mode(_: &Path) -> Result<(), KeyFileError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SeededEntropy;

    #[test]
    fn the_key_file_is_made_once_for_its_owner_alone_and_read_from_then_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep").join("server.key");
        let entropy = SeededEntropy::new(1);
        let (key, new) = load_or_create(&path, false, &entropy).expect("made");
        assert!(new);
        let (again, new) = load_or_create(&path, true, &entropy).expect("read");
        assert!(!new);
        assert_eq!(key.0, again.0);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
            assert!(matches!(
                load_or_create(&path, true, &entropy),
                Err(KeyFileError::TooOpen(_))
            ));
        }
    }

    #[test]
    fn a_missing_key_with_data_there_is_refused_and_nothing_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("server.key");
        let error = load_or_create(&path, true, &SeededEntropy::new(1)).expect_err("refused");
        assert!(matches!(error, KeyFileError::Missing(_)));
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("server.key");
        for text in ["", "short", &"g".repeat(64), &"é".repeat(32)] {
            let _ = fs::remove_file(&path);
            fs::write(&path, text).expect("written");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
            }
            let error = load_or_create(&path, true, &SeededEntropy::new(1)).expect_err("refused");
            assert!(matches!(error, KeyFileError::NotAKey(_)), "{text}: {error}");
        }
    }
}
