//! A real SMTP server on the loopback interface that keeps every letter it accepts.
//!
//! The protocol is `mailin`'s state machine; only the listening is ours. `mailin-embedded` would listen too, but it
//! can't be stopped, and it gives each connection a thread of a small fixed pool: a mailer that keeps its connections
//! open, as ours does, would starve the next one.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mailin::{Action, Handler, Response, Session, SessionBuilder, response};
use mailparse::{MailHeaderMap, ParsedMail};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long [`Smtp::wait_for`] waits before it fails the test.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than any line of a letter; an endless line ends the connection instead of filling the memory.
const LONGEST_LINE: u64 = 1 << 20;

/// One letter as the server received it.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope that were accepted.
    pub to: Vec<String>,
    /// The decoded subject.
    pub subject: String,
    /// The decoded `text/plain` part; empty when there is none.
    pub text: String,
    /// The decoded `text/html` part; empty when there is none.
    pub html: String,
    /// The `Message-ID` as written, angle brackets included.
    pub message_id: String,
    /// The whole message as it came over the wire, dots unstuffed.
    pub raw: String,
}

impl Letter {
    fn read(from: String, to: Vec<String>, data: &[u8]) -> Result<Self, mailparse::MailParseError> {
        let mail = mailparse::parse_mail(data)?;
        let header = |name| mail.headers.get_first_value(name).unwrap_or_default();
        Ok(Self {
            from,
            to,
            subject: header("Subject"),
            text: part(&mail, "text/plain")?,
            html: part(&mail, "text/html")?,
            message_id: header("Message-ID"),
            raw: String::from_utf8_lossy(data).into_owned(),
        })
    }

    /// The decoded value of the first header of that name.
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = mailparse::parse_headers(self.raw.as_bytes()).ok()?;
        headers.get_first_value(name)
    }

    /// Every link of the text part, in order.
    pub fn links(&self) -> Vec<String> {
        self.text
            .split_whitespace()
            .map(|word| word.trim_matches(|c: char| "<>()[],.;\"'".contains(c)))
            .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
            .map(str::to_owned)
            .collect()
    }
}

/// The first part of that type that isn't an attachment, decoded, with line ends as `\n`.
fn part(mail: &ParsedMail<'_>, kind: &str) -> Result<String, mailparse::MailParseError> {
    let attached = |part: &ParsedMail<'_>| {
        part.get_content_disposition().disposition == mailparse::DispositionType::Attachment
    };
    match mail
        .parts()
        .find(|part| part.ctype.mimetype == kind && !attached(part))
    {
        Some(found) => Ok(found.get_body()?.replace("\r\n", "\n")),
        None => Ok(String::new()),
    }
}

/// The running server; it stops when this is dropped.
pub struct Smtp {
    address: SocketAddr,
    desk: Desk,
    arrived: watch::Receiver<usize>,
    _stop: DropGuard,
}

impl Smtp {
    /// Starts on a free port of 127.0.0.1. Needs a Tokio runtime around it.
    pub fn start() -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .and_then(TcpListener::from_std)
            .expect("a free port of 127.0.0.1 can be listened on");
        let address = listener
            .local_addr()
            .expect("a listening socket has an address");
        let (announce, arrived) = watch::channel(0);
        let desk = Desk {
            announce: Arc::new(announce),
            held: Arc::default(),
        };
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(listen(
            listener,
            desk.clone(),
            stop.clone(),
        )));
        Self {
            address,
            desk,
            arrived,
            _stop: stop.drop_guard(),
        }
    }

    /// The address for the service's settings: `smtp://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The letters so far, in the order of their arrival.
    pub fn letters(&self) -> Vec<Letter> {
        self.desk.held().letters.clone()
    }

    /// The letters so far to one recipient.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let mut letters = self.letters();
        letters.retain(|letter| letter.to.iter().any(|to| to.eq_ignore_ascii_case(address)));
        letters
    }

    /// Waits until at least `n` letters have come and returns them all; fails the test after twenty seconds.
    pub async fn wait_for(&self, n: usize) -> Vec<Letter> {
        let mut arrived = self.arrived.clone();
        let enough = tokio::time::timeout(PATIENCE, arrived.wait_for(|&count| count >= n)).await;
        let letters = self.letters();
        assert!(
            matches!(enough, Ok(Ok(_))),
            "waited {PATIENCE:?} for {n} letters, {} came: {:?}",
            letters.len(),
            letters
                .iter()
                .map(|letter| (&letter.to, &letter.subject))
                .collect::<Vec<_>>(),
        );
        letters
    }

    /// From now on refuses this recipient with these words, such as `550 5.1.1 mailbox unknown`.
    pub fn refuse(&self, address: &str, words: &str) {
        let code = words.split(' ').next().and_then(|code| code.parse().ok());
        let code = code.filter(|code| (400..600).contains(code));
        let code = code
            .unwrap_or_else(|| panic!("a refusal starts with a code of 400 to 599, not {words:?}"));
        let rest = words.get(4..).unwrap_or_default().to_owned();
        self.desk
            .held()
            .refused
            .insert(address.to_lowercase(), (code, rest));
    }

    /// Takes letters for this recipient again.
    pub fn accept(&self, address: &str) {
        self.desk.held().refused.remove(&address.to_lowercase());
    }
}

/// What the connections share with the test.
#[derive(Clone)]
struct Desk {
    announce: Arc<watch::Sender<usize>>,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    letters: Vec<Letter>,
    refused: HashMap<String, (u16, String)>,
}

impl Desk {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, letter: Letter) {
        let mut held = self.held();
        held.letters.push(letter);
        self.announce.send_replace(held.letters.len());
    }
}

/// One connection's letter in the making.
struct Clerk {
    desk: Desk,
    from: String,
    to: Vec<String>,
    data: Vec<u8>,
}

impl Handler for Clerk {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        from.clone_into(&mut self.from);
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match self.desk.held().refused.get(&to.to_lowercase()) {
            Some((code, words)) => Response::custom(*code, words.clone()),
            None => response::OK,
        }
    }

    fn data_start(&mut self, _domain: &str, _from: &str, _is8bit: bool, to: &[String]) -> Response {
        to.clone_into(&mut self.to);
        self.data.clear();
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.data.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        match Letter::read(self.from.clone(), self.to.clone(), &self.data) {
            Ok(letter) => {
                self.desk.keep(letter);
                response::OK
            }
            // A letter we can't read is one a real server might not deliver: the sender hears it.
            Err(error) => Response::custom(554, format!("5.6.0 unreadable message: {error}")),
        }
    }
}

async fn listen(listener: TcpListener, desk: Desk, stop: CancellationToken) {
    while let Ok((stream, peer)) = listener.accept().await {
        let clerk = Clerk {
            desk: desk.clone(),
            from: String::new(),
            to: Vec::new(),
            data: Vec::new(),
        };
        let session = SessionBuilder::new("mail.test").build(peer.ip(), clerk);
        // A connection that breaks off is the sender's business and no failure of the server.
        tokio::spawn(
            stop.clone()
                .run_until_cancelled_owned(async move { converse(stream, session).await.ok() }),
        );
    }
}

async fn converse(stream: TcpStream, mut session: Session<Clerk>) -> io::Result<()> {
    let mut stream = BufStream::new(stream);
    reply(&mut stream, &session.greeting()).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        (&mut stream)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)
            .await?;
        if !line.ends_with(b"\n") {
            return Ok(()); // the other side hung up, or the line has no end
        }
        let answer = session.process(&line);
        match answer.action {
            Action::NoReply => {}
            Action::Reply => reply(&mut stream, &answer).await?,
            // TLS is never offered, so a request to start it is answered like a farewell.
            Action::Close | Action::UpgradeTls => return reply(&mut stream, &answer).await,
        }
    }
}

async fn reply(stream: &mut BufStream<TcpStream>, answer: &Response) -> io::Result<()> {
    stream.write_all(&answer.buffer()?).await?;
    stream.flush().await
}
