//! The ChromeDriver process behind a browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long the driver may take to close its browsers before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A ChromeDriver on a free port of 127.0.0.1. Dropping it ends it and every browser it started, also when a test
/// panics.
pub struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver and waits until it listens.
    pub fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0") // the driver picks a free one and says which
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver does not start ({error}): run the tests with tests/run, which installs it")
            });
        let output = process
            .stdout
            .take()
            .expect("the output was asked for as a pipe");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else {
            process.kill().and_then(|()| process.wait().map(drop)).ok();
            panic!("chromedriver ended before it said on which port it listens");
        };
        // Nobody reads the rest, but a full or closed pipe would stop the driver.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port }
    }

    /// The address for a WebDriver client.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks the driver to close its browsers and itself.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream
            .write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A killed driver would leave its browsers running, so it is asked first.
        if self.shut_down().is_err() {
            self.process.kill().ok();
        }
        self.process.wait().ok();
    }
}
