//! The binary, started as an operator starts it.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

const SALON: &str = env!("CARGO_BIN_EXE_salon");
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts and waits until it answers.
    pub(crate) async fn start(data: &Path) -> Self {
        Self::start_with(data, &[], Stdio::inherit()).await
    }

    /// The same with environment variables, and with its log somewhere.
    pub(crate) async fn start_with(data: &Path, env: &[(&str, &str)], log: Stdio) -> Self {
        Self::start_by(&[], data, env, log).await
    }

    /// The same through a program that runs the one behind its own arguments.
    pub(crate) async fn start_by(
        by: &[&str],
        data: &Path,
        env: &[(&str, &str)],
        log: Stdio,
    ) -> Self {
        let address = free_address().await;
        let mut command = match by {
            [] => Command::new(SALON),
            [program, args @ ..] => {
                let mut command = Command::new(program);
                command.args(args).arg(SALON);
                command
            }
        };
        let child = at(&mut command, data)
            .args(["serve", "--listen", &address.to_string()])
            .env("SALON_RATE_LIMITS", "off")
            .envs(env.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let answers = async {
            while TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answers)
            .await
            .expect("the server does not answer");
        Self { child, address }
    }

    /// A session that is ready.
    pub(crate) async fn connect(&self, token: &str) -> Socket {
        let (mut socket, _) = connect_async(format!("ws://{}/api/ws", self.address))
            .await
            .unwrap();
        let hello = json!({ "type": "hello", "token": token });
        socket.send(Message::text(hello.to_string())).await.unwrap();
        while next(&mut socket).await.expect("closed before ready")["type"] != "ready" {}
        socket
    }

    /// Signs in; gives what the browser's cookie holds.
    pub(crate) async fn sign_in(&self, handle: &str, password: &str) -> String {
        let response = client()
            .post(format!("http://{}/api/login", self.address))
            .json(&json!({ "handle": handle, "password": password }))
            .send()
            .await
            .unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        let (_, value) = cookie.split_once('=').unwrap();
        value.split(';').next().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Value {
        serde_json::from_slice(&self.bytes(token, path).await).unwrap()
    }

    /// Whether it is ready, and what it says of that.
    pub(crate) async fn health(&self) -> (u16, String) {
        let request = client().get(format!("http://{}/readyz", self.address));
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.text().await.unwrap())
    }

    /// What comes back as it came.
    pub(crate) async fn bytes(&self, token: &str, path: &str) -> Vec<u8> {
        self.ask("GET", token, path, Vec::new()).await
    }

    /// Sends a body, JSON or not, and reads JSON.
    pub(crate) async fn post(&self, token: &str, path: &str, body: Vec<u8>) -> Value {
        serde_json::from_slice(&self.ask("POST", token, path, body).await).unwrap()
    }

    /// Sends a piece of a file, and reads JSON.
    pub(crate) async fn piece(&self, token: &str, path: &str, offset: usize, body: &[u8]) -> Value {
        let request = client()
            .patch(format!("http://{}{path}", self.address))
            .bearer_auth(token)
            .header("upload-offset", offset)
            .body(body.to_vec());
        request.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) {
        self.ask("DELETE", token, path, Vec::new()).await;
    }

    async fn ask(&self, method: &str, token: &str, path: &str, body: Vec<u8>) -> Vec<u8> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = client().request(method, format!("http://{}{path}", self.address));
        let request = request
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(body);
        let response = request.send().await.unwrap();
        response.bytes().await.unwrap().into()
    }
}

fn client() -> reqwest::Client {
    // Installed once a process; a second time is refused and changes nothing.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The next frame; none when the connection ended.
pub(crate) async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        let message = tokio::time::timeout(PATIENCE, socket.next())
            .await
            .expect("nothing came");
        match message? {
            Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// An account with a token, made by the administrative commands.
pub(crate) fn account(data: &Path, name: &str) -> String {
    run(salon(data).args(["user", "add", name]));
    let output = run(salon(data).args(["token", "create", name]));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn salon(data: &Path) -> Command {
    let mut command = Command::new(SALON);
    at(&mut command, data);
    command
}

fn at<'a>(command: &'a mut Command, data: &Path) -> &'a mut Command {
    command
        .env("SALON_DATA", data)
        .env("SALON_LOG", "error")
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .stdin(Stdio::null())
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
}

/// Runs a terminal command; answers with its code and what it said on both outputs.
pub(crate) fn terminal(data: &Path, args: &[&str]) -> (Option<i32>, String) {
    terminal_with(data, &[], args)
}

/// The same with environment variables.
pub(crate) fn terminal_with(
    data: &Path,
    env: &[(&str, &str)],
    args: &[&str],
) -> (Option<i32>, String) {
    let mut command = salon(data);
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .envs(env.iter().copied())
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    (status.code(), said)
}

/// The same with something on its standard input; it must succeed.
pub(crate) fn terminal_told(data: &Path, args: &[&str], input: &str) {
    let mut child = salon(data)
        .args(args)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success(), "{args:?}");
}
