//! A model service that does exactly what a test tells it to, down to the bytes and their pauses.
//!
//! It speaks HTTP/1.1 by hand, because a well-behaved server library would not cut a stream in
//! the middle of a character.

use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// One step of an answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// Writes bytes as they are.
    Bytes(Vec<u8>),
    /// Waits.
    Pause(Duration),
    /// Waits until the test says [`ModelServer::go_on`].
    Wait,
    /// Says nothing more and keeps the connection open until the client closes it.
    Hang,
    /// Resets the connection instead of ending it.
    Cut,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The head, with the request line.
    pub head: String,
    /// The body.
    pub body: Value,
}

/// A service with a script: each request gets the next answer, the last one again and again.
pub struct ModelServer {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// Decides what to answer when a request has come.
type Respond = dyn Fn(Seen) -> Pin<Box<dyn Future<Output = Vec<Step>> + Send>> + Send + Sync;

#[derive(Default)]
struct Shared {
    /// Instead of a script.
    respond: Option<Box<Respond>>,
    /// Written by the test and by each request.
    script: Mutex<VecDeque<Vec<Step>>>,
    seen: Mutex<Vec<Seen>>,
    go_on: Notify,
    /// Hanging answers whose client closed the connection.
    closed: AtomicUsize,
}

impl ModelServer {
    /// Starts on a free port.
    ///
    /// # Panics
    /// When the machine has no free port.
    pub async fn start(script: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self::serving(Shared {
            script: Mutex::new(script.into_iter().collect()),
            ..Shared::default()
        })
        .await
    }

    /// Starts on a free port and has `respond` decide each answer; requests are not kept.
    ///
    /// # Panics
    /// When the machine has no free port.
    pub async fn answering<F, A>(respond: F) -> Self
    where
        F: Fn(Seen) -> A + Send + Sync + 'static,
        A: Future<Output = Vec<Step>> + Send + 'static,
    {
        Self::serving(Shared {
            respond: Some(Box::new(move |seen| Box::pin(respond(seen)))),
            ..Shared::default()
        })
        .await
    }

    #[expect(clippy::expect_used, reason = "a test cannot go on without its server")]
    async fn serving(shared: Shared) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(shared);
        let serving = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = serving.clone();
                tokio::spawn(async move { drop(serve(stream, &shared).await) });
            }
        });
        Self {
            address,
            shared,
            task,
        }
    }

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Replaces what is left of the script.
    pub fn script(&self, script: impl IntoIterator<Item = Vec<Step>>) {
        *lock(&self.shared.script) = script.into_iter().collect();
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }

    /// Hanging answers that nobody waits for any more: their client closed the connection.
    pub fn closed(&self) -> usize {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// Lets an answer that waits go on.
    pub fn go_on(&self) {
        self.shared.go_on.notify_one();
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let seen = Seen { head, body };
    let steps = match &shared.respond {
        Some(respond) => respond(seen).await,
        None => {
            lock(&shared.seen).push(seen);
            let mut script = lock(&shared.script);
            match script.len() {
                0 | 1 => script.front().cloned().unwrap_or_default(),
                _ => script.pop_front().unwrap_or_default(),
            }
        }
    };
    let mut stream = stream.into_inner();
    for step in steps {
        match step {
            Step::Bytes(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Step::Pause(time) => tokio::time::sleep(time).await,
            Step::Wait => shared.go_on.notified().await,
            Step::Hang => {
                let mut rest = [0; 64];
                while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
                shared.closed.fetch_add(1, Ordering::SeqCst);
                return Ok(());
            }
            Step::Cut => return stream.set_zero_linger(),
        }
    }
    stream.shutdown().await
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A whole answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<Step> {
    let mut head = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {}\r\nconnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    vec![Step::Bytes(format!("{head}\r\n{body}").into_bytes())]
}

/// The head of a stream, then what follows.
pub fn sse(steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    std::iter::once(Step::Bytes(head.into()))
        .chain(steps)
        .collect()
}

/// One event with a piece of text.
pub fn chunk(text: &str) -> Step {
    let value =
        json!({ "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] });
    Step::Bytes(format!("data: {value}\n\n").into_bytes())
}

/// The events of a proper end.
pub fn done() -> Step {
    let value = json!({
        "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 10, "completion_tokens": 5 },
    });
    Step::Bytes(format!("data: {value}\n\ndata: [DONE]\n\n").into_bytes())
}
