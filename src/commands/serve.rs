//! `serve` and `demo`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Failure, block_on, done, open, read_settings};
use crate::app::{self, App, Parts, StartError};
use crate::demo;
use crate::mail::Memory;
use crate::settings::Settings;
use crate::store::consultants;
use crate::telemetry;
use crate::world::SystemClock;

/// Runs the server until it is told to stop.
pub fn serve(settings: Option<&Path>) -> ExitCode {
    done(read_settings(settings).and_then(|settings| {
        telemetry::start(&settings);
        block_on(run(settings))
    }))
}

async fn run(settings: Settings) -> Result<(), Failure> {
    let opened = open(&settings).await?;
    if opened.key_is_new {
        println!(
            "The server key has been made: {}",
            settings.key_file.display()
        );
        println!(
            "Back it up apart from the database. Without it names and answers cannot be read."
        );
    }
    let listener = listen(settings.listen)?;
    if consultants::count(&opened.db).await? == 0 {
        println!("Set up the first consultant here (the link works once):");
        println!(
            "  {}/set-up/{}",
            settings.public_url,
            consultants::set_up_token(&opened.tools)
        );
    }
    if settings.smtp_url.is_none() {
        println!(
            "No mail server is set: letters become files in {}",
            settings.data_dir.join("letters").display()
        );
    }
    println!("Coherence runs at {}", settings.public_url);
    let mailer = app::mailer(&settings)?;
    let app = App::build(Parts {
        settings,
        opened,
        listener,
        mailer,
        letters: None,
        clock: Arc::new(SystemClock),
    })?;
    Ok(app.run(stop_signal()).await?)
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).map_err(|source| StartError::Listen { address, source })
}

/// Cancelled by Ctrl-C, or by the signal that service managers send.
fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        let ctrl_c = tokio::signal::ctrl_c();
        #[cfg(unix)]
        {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut terminate) => {
                    tokio::select! {
                        _ = ctrl_c => {}
                        _ = terminate.recv() => {}
                    }
                }
                Err(_) => {
                    let _ = ctrl_c.await;
                }
            }
        }
        #[cfg(not(unix))]
        {
            let _ = ctrl_c.await;
        }
        token.cancel();
    });
    stop
}

/// Runs a server with a sample organisation in a temporary folder until it is told to stop.
pub fn demo(port: u16) -> ExitCode {
    done(block_on(run_demo(port)))
}

async fn run_demo(port: u16) -> Result<(), Failure> {
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let address = listener.local_addr().map_err(|error| {
        Failure::Other(format!("the server's own address is not known: {error}"))
    })?;
    println!("Coherence’s demo: http://{address}");
    println!(
        "  Sign in as {} with the password {}",
        demo::ADDRESS,
        demo::PASSWORD
    );
    println!("  Letters are read at http://{address}/outbox; none leaves this machine.");
    println!("  Stop with Ctrl-C; everything is forgotten then.");
    let folder = demo::Folder::make()
        .map_err(|error| Failure::Other(format!("a temporary folder cannot be made: {error}")))?;
    let settings = demo::settings(folder.path(), address)?;
    telemetry::start(&settings);
    let opened = open(&settings).await?;
    let letters = Memory::default();
    let app = App::build(Parts {
        settings,
        opened,
        listener,
        mailer: Arc::new(letters.clone()),
        letters: Some(letters),
        clock: Arc::new(SystemClock),
    })?;
    demo::fill(&app).await?;
    Ok(app.run(stop_signal()).await?)
}
