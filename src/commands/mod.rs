//! What the command line does. Each command prints for people and returns an exit status: 0 done,
//! 1 failed, 2 wrong input.

mod evaluate;
mod files;
mod operate;
mod report_page;
mod serve;

pub use evaluate::evaluate_themes;
pub use files::{Compare, ScoreReport, score, themes};
pub use operate::{
    UserCommand, backup, check, language_model_calls, migrate, send_test_mail, try_language_model,
    user,
};
pub use serve::{demo, serve};

use std::future::Future;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::app::{self, Opened, StartError};
use crate::settings::{Settings, SettingsError};
use crate::themes::ModelError;
use crate::world::OsEntropy;

/// Why a command failed, for a person.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A setting is wrong.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// The server, or what it is made of, cannot start.
    #[error("{0}")]
    Start(#[from] StartError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] crate::error::Error),
    /// A sentence model cannot be used.
    #[error("{0}")]
    Model(#[from] ModelError),
    /// Something typed on the command line is wrong.
    #[error("{0}")]
    Input(String),
    /// Something else went wrong.
    #[error("{0}")]
    Other(String),
}

/// Prints what went wrong and chooses the status.
fn done(result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("coherence: {failure}.");
            match failure {
                Failure::Settings(_) | Failure::Input(_) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn read_settings(file: Option<&Path>) -> Result<Settings, Failure> {
    Ok(Settings::read(
        file,
        std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
    )?)
}

/// Runs a future on a new runtime.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::Other(format!("the program's threads cannot be started: {error}"))
        })?
        .block_on(work)
}

async fn open(settings: &Settings) -> Result<Opened, Failure> {
    Ok(app::open(settings, Arc::new(OsEntropy)).await?)
}
