//! Somebody else's web server: says what it is told to, and remembers who came.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Of a request's head.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What is said to one request.
#[derive(Clone, Debug)]
pub enum Served {
    /// These bytes, head and all; then the connection ends.
    Whole(Vec<u8>),
    /// The first bytes, and then the second ones over and over for as long as anybody listens.
    Endless(Vec<u8>, Vec<u8>),
    /// The bytes, and then nothing, without an end.
    Stalled(Vec<u8>),
}

impl Served {
    /// A whole answer.
    pub fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut bytes = head(status, headers);
        bytes.truncate(bytes.len() - 2);
        bytes.extend(format!("content-length: {}\r\n\r\n", body.len()).into_bytes());
        bytes.extend(body);
        Self::Whole(bytes)
    }

    /// A page in UTF-8.
    pub fn page(html: &str) -> Self {
        let kind = ("content-type", "text/html; charset=utf-8");
        Self::new(200, &[kind], html.as_bytes())
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::new(status, &[("location", to)], b"")
    }
}

/// The head of an answer whose length is not said.
pub fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

/// The server; gone when dropped.
pub struct WebServer {
    /// Where it listens.
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl WebServer {
    /// Listens on a free port and says `serve` of each path.
    pub async fn start(
        ip: IpAddr,
        port: u16,
        serve: impl Fn(&str) -> Served + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((ip, port)).await?;
        let address = listener.local_addr()?;
        let came = Arc::<Mutex<Vec<String>>>::default();
        let (noted, serve) = (came.clone(), Arc::new(serve));
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (noted, serve) = (noted.clone(), serve.clone());
                tokio::spawn(async move {
                    drop(answer(stream, &noted, serve.as_ref()).await);
                });
            }
        });
        Ok(Self {
            address,
            came,
            accepting,
        })
    }

    /// Who came, in order: the paths that were asked for; whoever only connected is an empty one.
    pub fn came(&self) -> Vec<String> {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.clone()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    came: &Mutex<Vec<String>>,
    serve: &(dyn Fn(&str) -> Served + Send + Sync),
) -> io::Result<()> {
    let place = {
        let mut came = came.lock().unwrap_or_else(PoisonError::into_inner);
        came.push(String::new());
        came.len() - 1
    };
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    came.lock().unwrap_or_else(PoisonError::into_inner)[place].clone_from(&path);
    match serve(&path) {
        Served::Whole(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Served::Endless(first, then) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&then).await?;
            }
        }
        Served::Stalled(bytes) => {
            stream.write_all(&bytes).await?;
            // Ends when the other side does.
            while stream.read_buf(&mut Vec::new()).await? > 0 {}
            Ok(())
        }
    }
}
