//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use coherence::commands;

/// Asks a leadership team five questions in private and shows where its answers part.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// Settings file (TOML). Environment variables COHERENCE_* win over it.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Run a server with a sample organisation in a temporary folder; no letter leaves the machine.
    Demo {
        /// Port on 127.0.0.1.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Score a round from a JSON file ("-" reads standard input); the score goes to standard output.
    Score {
        /// The round, as docs/FORMATS.md describes it.
        file: PathBuf,
        /// Use this seed instead of the file's.
        #[arg(long)]
        seed: Option<u64>,
        /// Let the program propose themes for statements without one.
        #[arg(long)]
        propose: bool,
        /// What to print.
        #[arg(long, value_enum, default_value = "json")]
        report: commands::ScoreReport,
    },
    /// Propose themes for a round's statements; the round with themes goes to standard output.
    Themes {
        /// The round, as docs/FORMATS.md describes it.
        #[arg(required_unless_present = "evaluate")]
        file: Option<PathBuf>,
        /// Language of the statements: en, de or another.
        #[arg(long, default_value = "en")]
        language: String,
        /// How statements are compared; by default by their meaning where a model serves the language.
        #[arg(long, value_enum)]
        method: Option<commands::Compare>,
        /// Print how good proposals are on statements that people have sorted (one a line, as docs/FORMATS.md describes
        /// it; "-" reads standard input).
        #[arg(long, value_name = "GOLD", conflicts_with = "file")]
        evaluate: Option<PathBuf>,
    },
    /// Bring the database to its present shape (serve does so by itself).
    Migrate,
    /// Add and list consultants, or give one a new password.
    #[command(subcommand)]
    User(commands::UserCommand),
    /// Copy the SQLite database into a new file while the server runs.
    Backup {
        /// The new file.
        to: PathBuf,
    },
    /// Check settings, database and key without starting the server.
    Check,
    /// Send one letter to see whether the mail server takes it.
    SendTestMail {
        /// Whom to send it to.
        to: String,
    },
    /// Ask the language model about three made-up statements to see whether it answers.
    TryLanguageModel,
    /// List the calls to the language model as CSV: when, how long, how each ended, what it cost.
    LanguageModelCalls,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = cli.settings.as_deref();
    match cli.command {
        Command::Serve => commands::serve(settings),
        Command::Demo { port } => commands::demo(port),
        Command::Score {
            file,
            seed,
            propose,
            report,
        } => commands::score(&file, seed, propose, report),
        Command::Themes {
            file,
            language,
            method,
            evaluate,
        } => match (evaluate, file) {
            (Some(gold), _) => commands::evaluate_themes(&gold, &language, method, settings),
            (None, file) => {
                let file = file.unwrap_or_else(|| PathBuf::from("-"));
                commands::themes(&file, &language, method, settings)
            }
        },
        Command::Migrate => commands::migrate(settings),
        Command::User(user) => commands::user(settings, user),
        Command::Backup { to } => commands::backup(settings, &to),
        Command::Check => commands::check(settings),
        Command::SendTestMail { to } => commands::send_test_mail(settings, &to),
        Command::TryLanguageModel => commands::try_language_model(settings),
        Command::LanguageModelCalls => commands::language_model_calls(settings),
    }
}
