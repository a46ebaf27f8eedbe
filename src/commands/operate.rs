//! Commands for operators.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use clap::Subcommand;
use sea_orm::ActiveEnum as _;

use super::{Failure, block_on, done, open, read_settings};
use crate::app;
use crate::mail::{Correspondent, Letter};
use crate::settings::{ModelSettings, Settings};
use crate::store::assistance::{self, Sheet};
use crate::store::consultants::{self, ConsultantPerson};
use crate::store::{self};
use crate::survey::{EmailAddress, Line};
use crate::themes::Model;
use crate::world::{Clock as _, SystemClock};

/// What to do with consultants.
#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a consultant; prints a link to choose a password.
    Add {
        /// Full name.
        name: String,
        /// E-mail address.
        email: String,
    },
    /// Give a consultant a new link to choose a password; the old password ends when it is used.
    Reset {
        /// E-mail address.
        email: String,
    },
    /// List the consultants.
    List,
}

/// Brings the database to its present shape.
pub fn migrate(settings: Option<&Path>) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            open(&settings).await?;
            println!("The database has its present shape.");
            Ok(())
        })
    }))
}

/// Adds, resets or lists consultants.
pub fn user(settings: Option<&Path>, command: UserCommand) -> ExitCode {
    done(read_settings(settings).and_then(|settings| block_on(change_users(settings, command))))
}

async fn change_users(settings: Settings, command: UserCommand) -> Result<(), Failure> {
    let opened = open(&settings).await?;
    let (db, tools) = (&opened.db, &opened.tools);
    match command {
        UserCommand::Add { name, email } => {
            let person = ConsultantPerson {
                name: Line::parse(&name)
                    .map_err(|rule| Failure::Input(format!("the name {rule}")))?,
                email: address(&email)?,
            };
            let tx = store::begin_write(db)
                .await
                .map_err(crate::error::Error::from)?;
            match consultants::add(&tx, tools, &person, None, SystemClock.now()).await {
                Ok(_) => {}
                Err(crate::error::Error::Stale) => {
                    return Err(Failure::Input(
                        "there is a consultant with this address already".into(),
                    ));
                }
                Err(error) => return Err(error.into()),
            }
            let link = consultants::new_password_link(&tx, tools, &person.email).await?;
            tx.commit().await.map_err(crate::error::Error::from)?;
            print_link(&settings, link)
        }
        UserCommand::Reset { email } => {
            let link = consultants::new_password_link(db, tools, &address(&email)?).await?;
            print_link(&settings, link)
        }
        UserCommand::List => {
            for (person, can_sign_in) in consultants::list(db, tools).await? {
                let note = if can_sign_in {
                    ""
                } else {
                    "  (has not chosen a password yet)"
                };
                println!("{} <{}>{note}", person.name.as_str(), person.email.as_str());
            }
            Ok(())
        }
    }
}

fn address(raw: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(raw).map_err(|rule| Failure::Input(format!("the address {rule}")))
}

fn print_link(settings: &Settings, token: Option<String>) -> Result<(), Failure> {
    let token = token.ok_or_else(|| Failure::Input("no consultant has this address".into()))?;
    println!("Give this link to the consultant; it works once:");
    println!("  {}/password/{token}", settings.public_url);
    Ok(())
}

/// Copies the SQLite database while the server runs.
pub fn backup(settings: Option<&Path>, to: &Path) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            if !settings.database_url.starts_with("sqlite:") {
                return Err(Failure::Input("only an SQLite database is copied by this command; use pg_dump for PostgreSQL".into()));
            }
            if to.exists() {
                return Err(Failure::Input(format!("{} is there already; nothing was written", to.display())));
            }
            let opened = open(&settings).await?;
            store::copy_sqlite(&opened.db, to).await?;
            println!("The database has been copied to {}", to.display());
            println!("The copy is worth nothing without the key file {}: back it up too, in another place.", settings.key_file.display());
            Ok(())
        })
    }))
}

/// Checks settings, database, key and sentence model.
pub fn check(settings: Option<&Path>) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            let opened = open(&settings).await?;
            println!("Settings are valid.");
            println!(
                "The database has its present shape and opens with the key file {}.",
                settings.key_file.display()
            );
            app::templates().map_err(app::StartError::from)?;
            app::mailer(&settings)?;
            let consultants = consultants::count(&opened.db).await?;
            let waiting = store::outbox::waiting(&opened.db).await?;
            println!("Consultants: {consultants}. Letters waiting: {waiting}.");
            app::assistant(&settings)?;
            println!("{}", about_model(settings.model.as_ref()));
            check_model(&settings)
        })
    }))
}

/// Says which language model is set; it is not asked.
fn about_model(model: Option<&ModelSettings>) -> String {
    match model {
        None => "Language model: none.".to_owned(),
        Some(model) => format!(
            "Language model: {} of {}, at {}. It was not asked; “coherence try-language-model” asks it.",
            model.name,
            model.provider.as_str(),
            model.url.host_str().unwrap_or_default()
        ),
    }
}

/// Asks the language model about three made-up statements.
pub fn try_language_model(settings: Option<&Path>) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            let assistant = app::assistant(&settings)?.ok_or_else(|| {
                Failure::Input("no language model is set; see “language_model_url”".into())
            })?;
            let begun = SystemClock.now();
            let reply = assistant.ask(&Sheet::sample(), begun).await;
            let took = (SystemClock.now() - begun).num_milliseconds();
            if let (Some(sent), Some(received)) = (reply.usage.tokens_in, reply.usage.tokens_out) {
                println!("{sent} tokens sent, {received} received.");
            }
            match reply.outcome {
                Ok(_) => {
                    println!("The language model answered in {took} ms, and the answer fits.");
                    Ok(())
                }
                Err(fault) => Err(Failure::Other(format!(
                    "the language model gave no grouping after {took} ms: {fault}"
                ))),
            }
        })
    }))
}

/// Prints the log of calls to the language model as CSV, the first first.
pub fn language_model_calls(settings: Option<&Path>) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            let opened = open(&settings).await?;
            let failed =
                |error: csv::Error| Failure::Other(format!("the list cannot be written: {error}"));
            let mut table = csv::Writer::from_writer(std::io::stdout());
            table
                .write_record([
                    "at",
                    "round",
                    "provider",
                    "model",
                    "outcome",
                    "detail",
                    "millis",
                    "tokens_in",
                    "tokens_out",
                    "cost",
                    "currency",
                ])
                .map_err(failed)?;
            let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
            for call in assistance::all_calls(&opened.db).await? {
                let (cost, currency) = call
                    .cost
                    .map(|cost| {
                        let micros = cost.micros.unsigned_abs();
                        let cost_text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
                        (cost_text, cost.currency)
                    })
                    .unwrap_or_default();
                table
                    .write_record([
                        call.at.to_rfc3339(),
                        call.round.to_string(),
                        call.provider,
                        call.model,
                        call.outcome.to_value(),
                        call.detail.unwrap_or_default(),
                        call.millis.map_or_else(String::new, |n| n.to_string()),
                        number(call.usage.tokens_in),
                        number(call.usage.tokens_out),
                        cost,
                        currency,
                    ])
                    .map_err(failed)?;
            }
            table.flush().map_err(|error| failed(error.into()))
        })
    }))
}

/// Loads the sentence model and says which languages it serves.
fn check_model(settings: &Settings) -> Result<(), Failure> {
    let Some(directory) = &settings.themes_model else {
        Model::built_in()?;
        println!(
            "Themes: the built-in model loads; it serves English. In other languages statements are compared by their words, so proposals will be poor; the setting “themes_model” names a model for them."
        );
        return Ok(());
    };
    let model = Model::from_directory(directory)?;
    let serves = match model.languages() {
        None => "every language, as it lists none".to_owned(),
        Some(tags) => tags.join(", "),
    };
    println!(
        "Themes: the model in {} loads; it serves: {serves}.",
        directory.display()
    );
    Ok(())
}

/// Sends one letter.
pub fn send_test_mail(settings: Option<&Path>, to: &str) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        block_on(async {
            let to = address(to)?;
            let mailer: Arc<dyn crate::mail::Mailer> = app::mailer(&settings)?;
            let own = Correspondent::new("Coherence", settings.mail_from.clone());
            let text = "This letter was sent to see whether letters arrive. They do.";
            let now = Utc::now();
            let letter = Letter {
                from: own.clone(),
                reply_to: own,
                to: Correspondent::new("", to),
                subject: "A test letter".to_owned(),
                text: format!("{text}\n"),
                html: format!("<p>{text}</p>"),
                message_id: format!(
                    "<test-{}@{}>",
                    now.timestamp_micros(),
                    settings.mail_from.domain()
                ),
                written_at: now,
            };
            mailer.send(&letter).await.map_err(|refusal| {
                Failure::Other(format!("the letter was refused: {}", refusal.words))
            })?;
            match &settings.smtp_url {
                Some(_) => println!("The mail server took the letter."),
                None => println!(
                    "No mail server is set; the letter is a file in {}",
                    settings.data_dir.join("letters").display()
                ),
            }
            Ok(())
        })
    }))
}
