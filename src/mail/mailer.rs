//! The ways to send a letter.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::letter::Letter;
use super::text::one_line;

/// Sends letters: over SMTP, into files, into memory.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands the letter over once. Trying again is the caller's decision; the `Message-ID` stays.
    async fn send(&self, letter: &Letter) -> Result<(), Refusal>;
}

/// Why a letter was not taken.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Whether trying again is pointless.
    pub permanent: bool,
    /// The server's last words: one line of at most 300 characters. They may hold the address.
    pub words: String,
}

/// Longest [`Refusal::words`], in characters.
const LONGEST_WORDS: usize = 300;

impl Refusal {
    /// Trying again is pointless.
    pub fn permanent(words: &str) -> Self {
        Self {
            permanent: true,
            words: shortened(words),
        }
    }

    /// Trying again may help.
    pub fn transient(words: &str) -> Self {
        Self {
            permanent: false,
            words: shortened(words),
        }
    }
}

// The words may hold an address, so they are not part of what a log would show.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.permanent {
            "Refusal(permanent)"
        } else {
            "Refusal(transient)"
        })
    }
}

fn shortened(words: &str) -> String {
    one_line(words).chars().take(LONGEST_WORDS).collect()
}

/// Writes each letter into a directory as an `.eml` file that mail programs open. For development
/// and the demonstration: nothing leaves the machine.
#[derive(Clone, Debug)]
pub struct Files {
    directory: PathBuf,
}

impl Files {
    /// Letters go into that directory, which is made when the first one is written.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// Names sort by the time of writing; the same letter always has the same name.
    fn path(&self, letter: &Letter) -> PathBuf {
        let time = letter.written_at.format("%Y%m%dT%H%M%S%.6fZ");
        let digest: String = letter
            .message_id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(16)
            .collect();
        self.directory.join(format!("{time}-{digest}.eml"))
    }
}

#[async_trait]
impl Mailer for Files {
    async fn send(&self, letter: &Letter) -> Result<(), Refusal> {
        let bytes = letter.message()?.formatted();
        write(&self.directory, &self.path(letter), &bytes)
            .await
            .map_err(|error| {
                Refusal::transient(&format!(
                    "the letter could not be written to a file: {error}"
                ))
            })
    }
}

/// Writes beside the place and then moves, so that nobody reads half a letter.
async fn write(directory: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(directory).await?;
    let unfinished = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // A letter holds a private link: only the own account reads it.
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&unfinished).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    fs::rename(&unfinished, path).await
}

/// Keeps the letters in memory; clones share them. For tests and the demonstration's outbox page.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Vec<Letter>>>);

impl Memory {
    /// All letters so far, in the order in which they were sent.
    pub fn letters(&self) -> Vec<Letter> {
        // A thread that panicked while it held the lock cannot have left half a letter.
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait]
impl Mailer for Memory {
    async fn send(&self, letter: &Letter) -> Result<(), Refusal> {
        // The same checks as on the way to a server.
        letter.message()?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(letter.clone());
        Ok(())
    }
}
