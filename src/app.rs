//! The application: everything built once, then run until it is told to stop.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as Web, HttpServer, web};
use migration::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::assistant::{Assistant, AssistantError};
use crate::conduct::{Desk, Grouping};
use crate::error::Error;
use crate::mail::{Files, Mailer, Memory, Smtp};
use crate::settings::Settings;
use crate::store::{self, Tools};
use crate::telemetry::RequestSpan;
use crate::vault::{self, KeyFileError, Vault, VaultError};
use crate::web::{
    DatabaseSessions, Limits, State, head_as_get, pages_for_errors, refuse_cross_site, routes,
    secure_headers, session_middleware,
};
use crate::wording::{Catalogue, CatalogueError};
use crate::worker::{Calendar, Janitor, Postman, Sorter};
use crate::world::{Clock, Entropy};

/// Why the server cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made.
    #[error(
        "the folder {folder} cannot be made: {source}. Make it, or set “data_dir” to one that this user may write"
    )]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database cannot be opened or brought to its present shape.
    #[error(
        "the database cannot be used: {0}. Check “database_url” and that this user may read and write there"
    )]
    Database(#[source] sea_orm::DbErr),
    /// The SQLite file in the data folder cannot be opened.
    #[error(
        "the SQLite file in the folder {folder} cannot be used: {source}. Let this user read and write there, or set “data_dir” to another folder, such as /var/lib/coherence"
    )]
    DataFolder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the database says.
        source: sea_orm::DbErr,
    },
    /// The database answers and something in it is wrong.
    #[error("the database cannot be read: {0}")]
    Store(#[source] Error),
    /// The server key cannot be had.
    #[error("{0}")]
    Key(#[from] KeyFileError),
    /// The server key is another one than the database's.
    #[error(
        "the key file {0} does not belong to this database: names and answers in it were sealed with another key. Put the right file back"
    )]
    WrongKey(std::path::PathBuf),
    /// The mail server's address is wrong.
    #[error(
        "the setting “smtp_url” cannot be used: {0}. A valid value is: smtps://user:password@mail.example.com"
    )]
    Smtp(String),
    /// The language model's client cannot be set up.
    #[error("the language model cannot be used: {0}")]
    Model(#[from] AssistantError),
    /// A text of the program is wrong.
    #[error("the message catalogue cannot be read: {0}")]
    Catalogue(#[from] CatalogueError),
    /// A template of the program is wrong.
    #[error("a template cannot be read: {0}")]
    Template(#[from] minijinja::Error),
    /// The server cannot listen.
    #[error(
        "the address {address} cannot be listened on: {source}. Stop what uses it, or set “listen” to another"
    )]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server stopped by a failure.
    #[error("the server failed: {0}")]
    Run(#[source] std::io::Error),
}

/// The database, the vault and the key's story: what every command needs.
pub struct Opened {
    /// The database, migrated.
    pub db: DatabaseConnection,
    /// Vault and randomness.
    pub tools: Tools,
    /// Whether the key file was made just now.
    pub key_is_new: bool,
}

/// Opens the database, brings it to its present shape, and reads or makes the server key.
pub async fn open(settings: &Settings, entropy: Arc<dyn Entropy>) -> Result<Opened, StartError> {
    std::fs::create_dir_all(&settings.data_dir).map_err(|source| StartError::Folder {
        folder: settings.data_dir.clone(),
        source,
    })?;
    let db = store::connect(&settings.database_url, settings.database_connections)
        .await
        .map_err(|source| unusable(settings, source))?;
    Migrator::up(&db, None)
        .await
        .map_err(|source| unusable(settings, source))?;
    let holds_data = store::holds_sealed_data(&db)
        .await
        .map_err(StartError::Store)?;
    let (key, key_is_new) = vault::load_or_create(&settings.key_file, holds_data, &*entropy)?;
    let tools = Tools {
        vault: Vault::new(&key),
        entropy,
    };
    match store::opens_with(&db, &tools).await {
        Ok(()) => {}
        Err(Error::Vault(VaultError::DoesNotOpen)) => {
            return Err(StartError::WrongKey(settings.key_file.clone()));
        }
        Err(error) => return Err(StartError::Store(error)),
    }
    Ok(Opened {
        db,
        tools,
        key_is_new,
    })
}

/// Names the setting that decides where the database is.
fn unusable(settings: &Settings, source: sea_orm::DbErr) -> StartError {
    if settings.database_url == Settings::database_in(&settings.data_dir) {
        StartError::DataFolder {
            folder: settings.data_dir.clone(),
            source,
        }
    } else {
        StartError::Database(source)
    }
}

/// Where the settings send letters: to the mail server, else into files.
pub fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, StartError> {
    Ok(match &settings.smtp_url {
        Some(url) => Arc::new(Smtp::new(url).map_err(|error| StartError::Smtp(error.to_string()))?),
        None => Arc::new(Files::new(settings.data_dir.join("letters"))),
    })
}

/// The language model that the settings name, if any. Nothing is sent.
pub fn assistant(settings: &Settings) -> Result<Option<Assistant>, StartError> {
    Ok(settings.model.as_ref().map(Assistant::new).transpose()?)
}

/// All templates, compiled: one with a mistake stops the start.
pub fn templates() -> Result<minijinja::Environment<'static>, minijinja::Error> {
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    minijinja_embed::load_templates!(&mut environment);
    Ok(environment)
}

/// The application, built and not yet running.
pub struct App {
    listener: TcpListener,
    state: web::Data<State>,
    mailer: Arc<dyn Mailer>,
    assistant: Option<Assistant>,
}

/// What an application is built from.
pub struct Parts {
    /// The settings.
    pub settings: Settings,
    /// The database and the vault.
    pub opened: Opened,
    /// The socket to listen on.
    pub listener: TcpListener,
    /// Where letters go.
    pub mailer: Arc<dyn Mailer>,
    /// Letters kept in memory, where there is a page to read them.
    pub letters: Option<Memory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl App {
    /// Builds everything that is built once.
    pub fn build(parts: Parts) -> Result<Self, StartError> {
        let assistant = assistant(&parts.settings)?;
        let state = web::Data::new(State {
            db: parts.opened.db,
            tools: parts.opened.tools,
            clock: parts.clock,
            templates: Arc::new(templates()?),
            catalogue: Arc::new(Catalogue::load()?),
            grouping: Arc::new(Grouping::new(parts.settings.themes_model.as_deref())),
            settings: Arc::new(parts.settings),
            limits: Limits::default(),
            letters: parts.letters,
        });
        Ok(Self {
            listener: parts.listener,
            state,
            mailer: parts.mailer,
            assistant,
        })
    }

    /// What the handlers use; tests look through it.
    pub const fn state(&self) -> &web::Data<State> {
        &self.state
    }

    /// A postman for this application's outbox. Tests step it; `run` lets one run.
    pub fn postman(&self) -> Postman {
        let state = &self.state;
        Postman {
            db: state.db.clone(),
            tools: state.tools.clone(),
            desk: Desk {
                templates: state.templates.clone(),
                catalogue: state.catalogue.clone(),
                settings: state.settings.clone(),
            },
            mailer: self.mailer.clone(),
            clock: state.clock.clone(),
        }
    }

    /// The calendar of this application.
    pub fn calendar(&self) -> Calendar {
        let state = &self.state;
        Calendar {
            db: state.db.clone(),
            tools: state.tools.clone(),
            grouping: state.grouping.clone(),
            clock: state.clock.clone(),
        }
    }

    /// The janitor of this application.
    pub fn janitor(&self) -> Janitor {
        let state = &self.state;
        Janitor {
            db: state.db.clone(),
            clock: state.clock.clone(),
            limits: state.limits.clone(),
            grouping: state.grouping.clone(),
        }
    }

    /// The sorter of this application.
    pub fn sorter(&self) -> Sorter {
        let state = &self.state;
        Sorter {
            db: state.db.clone(),
            tools: state.tools.clone(),
            assistant: self.assistant.clone(),
            clock: state.clock.clone(),
        }
    }

    /// Serves pages and does the work behind them until the token is cancelled; then lets requests
    /// under way and the letter being sent finish.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let mut workers = JoinSet::new();
        workers.spawn(self.postman().run(stop.clone()));
        workers.spawn(self.calendar().run(stop.clone()));
        workers.spawn(self.janitor().run(stop.clone()));
        workers.spawn(self.sorter().run(stop.clone()));
        let pages = self.server(stop.clone())?;
        let watched = stop.clone();
        let watch = async {
            // A worker ends by itself only by a panic. Pages without letters, closing and deletion
            // would look well and break promises: stop, and let the service manager start anew.
            let ended = workers.join_next().await;
            let early = !watched.is_cancelled();
            watched.cancel();
            while workers.join_next().await.is_some() {}
            match ended {
                Some(Err(panic)) if early => Err(StartError::Run(std::io::Error::other(panic))),
                _ => Ok(()),
            }
        };
        let served = async {
            let outcome = pages.await.map_err(StartError::Run);
            stop.cancel();
            outcome
        };
        let (outcome, workers) = tokio::join!(served, watch);
        outcome.and(workers)
    }

    /// Serves pages alone, without the work behind them: tests do that step by step.
    pub async fn serve(self, stop: CancellationToken) -> Result<(), StartError> {
        let server = self.server(stop)?;
        server.await.map_err(StartError::Run)
    }

    fn server(self, stop: CancellationToken) -> Result<Server, StartError> {
        let state = self.state;
        let sessions = DatabaseSessions {
            db: state.db.clone(),
            tools: state.tools.clone(),
            clock: state.clock.clone(),
        };
        let threads = std::thread::available_parallelism()
            .map_or(2, usize::from)
            .min(4);
        let server = HttpServer::new(move || {
            Web::new()
                .app_data(state.clone())
                .wrap(session_middleware(sessions.clone(), &state.settings))
                .wrap(from_fn(refuse_cross_site))
                .wrap(from_fn(pages_for_errors))
                .wrap(from_fn(secure_headers))
                .wrap(from_fn(head_as_get))
                .wrap(Compress::default())
                .wrap(tracing_actix_web::TracingLogger::<RequestSpan>::new())
                .configure(routes)
        })
        .workers(threads)
        .shutdown_timeout(10)
        .disable_signals()
        .shutdown_signal(async move { stop.cancelled().await })
        .listen(self.listener)
        .map_err(StartError::Run)?
        .run();
        Ok(server)
    }
}
