//! The demo: a sample organisation with three reported quarters and a fourth round open, and a second
//! team, made by the same moves that people make, on a clock that is set back.

use std::net::SocketAddr;
use std::path::Path;

use crate::settings::{Settings, SettingsError};

mod fill;
mod sample;

pub use fill::fill;

/// Address of the sample consultant.
pub const ADDRESS: &str = "demo@consulting.example";
/// Password of the sample consultant. The demo listens on this machine alone.
pub const PASSWORD: &str = "five honest questions";

/// A temporary folder that goes when the demo ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// Makes one.
    pub fn make() -> std::io::Result<Self> {
        tempfile::Builder::new()
            .prefix("coherence-demo-")
            .tempdir()
            .map(Self)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The demo's settings: nothing of the operator's environment counts.
pub fn settings(folder: &Path, address: SocketAddr) -> Result<Settings, SettingsError> {
    let variables = [
        ("COHERENCE_LISTEN", address.to_string()),
        ("COHERENCE_PUBLIC_URL", format!("http://{address}")),
        ("COHERENCE_DATA_DIR", folder.display().to_string()),
        (
            "COHERENCE_MAIL_FROM",
            "coherence@consulting.example".to_owned(),
        ),
        ("COHERENCE_LOG", "warn".to_owned()),
    ];
    Settings::read(
        None,
        variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
    )
}
