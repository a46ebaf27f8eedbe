//! A language model's endpoint on the loopback interface: real HTTP, scripted answers, good and bad.
//! The bad ones are why it speaks HTTP by itself: no server library sends half an answer.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

const PATIENCE: Duration = Duration::from_secs(20);

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path.
    pub line: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The whole body as text.
    pub raw: String,
    /// What the model was shown: known themes and statements.
    pub shown: Value,
}

impl Asked {
    /// The statements' numbers and texts.
    pub fn statements(&self) -> Vec<(u64, String)> {
        self.shown["statements"]
            .as_array()
            .expect("statements")
            .iter()
            .map(|one| {
                let text = one["text"].as_str().expect("a text").to_owned();
                (one["statement"].as_u64().expect("a number"), text)
            })
            .collect()
    }

    /// The known themes' numbers and names.
    pub fn known(&self) -> Vec<(u64, String)> {
        self.shown["known_themes"]
            .as_array()
            .expect("themes")
            .iter()
            .map(|one| {
                let name = one["name"].as_str().expect("a name").to_owned();
                (one["theme"].as_u64().expect("a number"), name)
            })
            .collect()
    }

    /// An answer that fits: each statement in the first theme whose word it contains, the rest in the
    /// last one. A name that is a known theme's uses its number.
    pub fn grouped(&self, themes: &[(&str, &str)]) -> Value {
        let mut groups: Vec<Vec<u64>> = vec![Vec::new(); themes.len()];
        for (number, text) in self.statements() {
            let place = themes
                .iter()
                .position(|(_, word)| text.contains(word))
                .unwrap_or(themes.len() - 1);
            groups[place].push(number);
        }
        let known = self.known();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for ((name, _), statements) in themes.iter().zip(groups) {
            match known.iter().find(|(_, known)| known == name) {
                Some((number, _)) => old.push(json!({ "theme": number, "statements": statements })),
                None if statements.is_empty() => {}
                None => new.push(json!({ "name": name, "statements": statements })),
            }
        }
        json!({ "known_themes": old, "new_themes": new })
    }
}

type Content = Box<dyn FnOnce(&Asked) -> String + Send>;

/// What the model does with one request.
pub enum Act {
    /// Answers as a chat completion with that content.
    Says(Content),
    /// The same once the test lets it.
    SaysAfter(oneshot::Receiver<()>, Content),
    /// Answers 200 with that body.
    Body(String),
    /// Answers with a status, further header lines and a short body.
    Status(u16, &'static str),
    /// Answers nothing and keeps the line open.
    Silent,
    /// Sends half an answer and hangs up.
    Cut,
    /// Sends ten megabytes.
    Big,
}

impl Act {
    /// An answer that fits; see [`Asked::grouped`].
    pub fn groups(themes: &'static [(&'static str, &'static str)]) -> Self {
        Self::Says(Box::new(|asked| asked.grouped(themes).to_string()))
    }

    /// A completion with that content, whatever was asked.
    pub fn says(content: &str) -> Self {
        let content = content.to_owned();
        Self::Says(Box::new(|_| content))
    }

    /// The good answer after something has been done to it.
    pub fn groups_but(change: impl FnOnce(&mut Value) + Send + 'static) -> Self {
        Self::Says(Box::new(|asked| {
            let mut answer = asked.grouped(&[("Everything", "")]);
            change(&mut answer);
            answer.to_string()
        }))
    }
}

/// The running endpoint; it stops when this is dropped.
pub struct Model {
    address: SocketAddr,
    desk: Desk,
    arrived: watch::Receiver<usize>,
    _stop: DropGuard,
}

#[derive(Clone)]
struct Desk {
    announce: Arc<watch::Sender<usize>>,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    acts: VecDeque<Act>,
    asked: Vec<Asked>,
}

impl Desk {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Model {
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

    /// The address for the service's settings: `http://127.0.0.1:PORT/v1`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What it does with the request after those that are planned already. One that nothing is planned
    /// for gets 500.
    pub fn will(&self, act: Act) {
        self.desk.held().acts.push_back(act);
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.desk.held().asked.clone()
    }

    /// Waits until that many requests have come; fails the test after twenty seconds.
    pub async fn wait_for(&self, n: usize) {
        let mut arrived = self.arrived.clone();
        let enough = tokio::time::timeout(PATIENCE, arrived.wait_for(|&count| count >= n)).await;
        assert!(
            matches!(enough, Ok(Ok(_))),
            "waited {PATIENCE:?} for {n} requests"
        );
    }
}

async fn listen(listener: TcpListener, desk: Desk, stop: CancellationToken) {
    while let Ok((stream, _)) = listener.accept().await {
        let desk = desk.clone();
        // A line that breaks off is the caller's business and no failure of the endpoint.
        tokio::spawn(
            stop.clone()
                .run_until_cancelled_owned(async move { converse(stream, desk).await.ok() }),
        );
    }
}

async fn converse(stream: TcpStream, desk: Desk) -> io::Result<()> {
    let mut stream = BufStream::new(stream);
    let asked = read(&mut stream).await?;
    let act = {
        let mut held = desk.held();
        held.asked.push(asked.clone());
        desk.announce.send_replace(held.asked.len());
        held.acts.pop_front()
    };
    match act {
        Some(Act::Says(content)) => {
            reply(&mut stream, 200, "", &completion(&content(&asked))).await
        }
        Some(Act::SaysAfter(leave, content)) => {
            leave.await.map_err(io::Error::other)?;
            reply(&mut stream, 200, "", &completion(&content(&asked))).await
        }
        Some(Act::Body(body)) => reply(&mut stream, 200, "", &body).await,
        Some(Act::Status(status, headers)) => {
            reply(
                &mut stream,
                status,
                headers,
                "{\"error\":{\"message\":\"zzmodelwords\"}}",
            )
            .await
        }
        Some(Act::Silent) => {
            // Until the caller hangs up.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.map(|_| ())
        }
        Some(Act::Cut) => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"choices\":[")
                .await?;
            stream.flush().await
        }
        Some(Act::Big) => reply(&mut stream, 200, "", &" ".repeat(10 << 20)).await,
        None => reply(&mut stream, 500, "", "nothing was planned").await,
    }
}

/// A chat completion as endpoints send it, with fields that mean nothing to us.
fn completion(content: &str) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_795_000_000, "model": "some-model",
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "refusal": null },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 10_000, "completion_tokens": 2_000, "total_tokens": 12_000 },
    })
    .to_string()
}

async fn read(stream: &mut BufStream<TcpStream>) -> io::Result<Asked> {
    let (mut first, mut length, mut authorization) = (String::new(), 0, None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().map_err(io::Error::other)?;
            }
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.to_owned());
            }
            _ if first.is_empty() => line.clone_into(&mut first),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let raw = String::from_utf8(body).map_err(io::Error::other)?;
    let json: Value = serde_json::from_str(&raw).map_err(io::Error::other)?;
    let shown = json["messages"][1]["content"].as_str().unwrap_or("null");
    let shown = serde_json::from_str(shown).map_err(io::Error::other)?;
    Ok(Asked {
        line: first,
        authorization,
        raw,
        shown,
    })
}

async fn reply(
    stream: &mut BufStream<TcpStream>,
    status: u16,
    headers: &str,
    body: &str,
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.flush().await
}
