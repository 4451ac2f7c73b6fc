//! A server of one's own and clients for it.

use futures::{SinkExt, StreamExt};
use salon_agents::ModelConfig;
use salon_chat::{
    accounts,
    actions::{self, CreateUser},
};
use salon_protocol::{Role, UserKind};
use salon_server::{
    Running,
    config::{Config, Switch},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// What is waited for comes well within this, or never.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) http: reqwest::Client,
    folder: TempDir,
    models: ModelConfig,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, change, ModelConfig::default()).await
    }

    /// With agents that ask this model service, and another configuration.
    pub(crate) async fn start_with_models(
        change: impl FnOnce(&mut Config),
        mut models: ModelConfig,
    ) -> Self {
        let mut config = Config::default();
        config.link_previews.enabled = false;
        change(&mut config);
        models.more = config.models.clone();
        let change = move |into: &mut Config| {
            into.pace = config.pace;
            into.models = config.models;
            into.agents = config.agents;
            into.tool_servers = config.tool_servers;
            into.budgets = config.budgets;
            into.link_previews = config.link_previews;
            into.currency = config.currency;
        };
        Self::start_in(tempfile::tempdir().unwrap(), change, models).await
    }

    async fn start_in(
        folder: TempDir,
        change: impl FnOnce(&mut Config),
        models: ModelConfig,
    ) -> Self {
        // Installed once a process; a second time is refused and changes nothing.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().to_owned(),
            rate_limits: Switch::Off,
            ..Config::default()
        };
        // What a test shows does not depend on what other people's servers answer.
        config.link_previews.enabled = false;
        change(&mut config);
        let running = salon_server::start_with(config, &models).await.unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            // Where somebody is sent is an answer, too.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            running,
            http,
            folder,
            models,
        }
    }

    /// Stops and starts again on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// With another configuration.
    pub(crate) async fn restart_with(self, change: impl FnOnce(&mut Config)) -> Self {
        let Self {
            running,
            folder,
            models,
            ..
        } = self;
        running.stop().await;
        Self::start_in(folder, change, models).await
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// An account with a token.
    pub(crate) async fn user(&self, handle: &str, role: Role) -> Api<'_> {
        let chat = &self.running.chat;
        let new = CreateUser {
            handle: handle.into(),
            display_name: None,
            kind: UserKind::Human,
            role,
            password_hash: None,
        };
        let user = actions::create_user(chat, new).await.unwrap();
        let token = accounts::create_token(chat, user.id).await.unwrap();
        Api {
            server: self,
            token,
        }
    }

    /// A member.
    pub(crate) async fn member(&self, handle: &str) -> Api<'_> {
        self.user(handle, Role::Member).await
    }
}

/// A program with a token.
#[derive(Clone)]
pub(crate) struct Api<'a> {
    pub(crate) server: &'a Server,
    pub(crate) token: String,
}

impl Api<'_> {
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .server
            .http
            .request(method, self.server.url(path))
            .bearer_auth(&self.token);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, body).await
    }

    /// Says something in a room and expects it to be kept.
    pub(crate) async fn say(&self, room: &str, text: &str) -> Value {
        let path = format!("/api/rooms/{room}/messages");
        let (status, body) = self.post(&path, json!({ "text": text })).await;
        assert!(status == 201 || status == 200, "{status}: {body}");
        body
    }

    /// Runs a typed command and gives what came of it.
    pub(crate) async fn run(&self, room: &str, line: &str) -> (u16, Value) {
        self.post(
            &format!("/api/rooms/{room}/messages"),
            json!({ "text": line }),
        )
        .await
    }

    /// The id of a room that the caller is in.
    pub(crate) async fn room_id(&self, name: &str) -> String {
        let (status, room) = self.get(&format!("/api/rooms/{name}")).await;
        assert_eq!(status, 200, "{room}");
        room["id"].as_str().unwrap().to_owned()
    }

    /// A session that is ready, with its welcome.
    pub(crate) async fn connect(&self) -> Socket {
        self.resume(Value::Null).await
    }

    /// The same, asking for what was missed.
    pub(crate) async fn resume(&self, resume: Value) -> Socket {
        let mut socket = Socket::open(self.server).await;
        let mut hello = json!({ "type": "hello", "token": self.token });
        if !resume.is_null() {
            hello["resume"] = resume;
        }
        socket.send(hello).await;
        socket.welcome = socket.next().await;
        assert_eq!(socket.welcome["type"], "welcome", "{}", socket.welcome);
        loop {
            let frame = socket.next().await;
            if frame["type"] == "ready" {
                return socket;
            }
            socket.before_ready.push(frame);
        }
    }
}

/// One WebSocket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) welcome: Value,
    pub(crate) before_ready: Vec<Value>,
}

impl Socket {
    pub(crate) async fn open(server: &Server) -> Self {
        let url = format!("ws://{}/api/ws", server.address());
        let (stream, _) = connect_async(url.into_client_request().unwrap())
            .await
            .unwrap();
        Self::over(stream)
    }

    /// Over a connection that was made already.
    pub(crate) fn over(stream: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        Self {
            stream,
            welcome: Value::Null,
            before_ready: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_raw(Message::text(frame.to_string())).await;
    }

    /// Sends frames in one write.
    pub(crate) async fn send_together(&mut self, frames: impl Iterator<Item = Value>) {
        for frame in frames {
            self.stream
                .feed(Message::text(frame.to_string()))
                .await
                .unwrap();
        }
        self.stream.flush().await.unwrap();
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// The next frame.
    pub(crate) async fn next(&mut self) -> Value {
        match self.next_or_close().await {
            Ok(frame) => frame,
            Err(code) => panic!("the server closed with {code}"),
        }
    }

    /// The next frame, or the code with which the server closed.
    pub(crate) async fn next_or_close(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("nothing came")
                .expect("the connection ended without a close frame")
                .expect("the connection broke");
            match message {
                Message::Text(text) => return Ok(serde_json::from_str(&text).unwrap()),
                Message::Close(frame) => return Err(frame.map_or(1005, |f| f.code.into())),
                _ => {}
            }
        }
    }

    /// The close code, whatever frames come before it.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next_or_close().await {
                return code;
            }
        }
    }

    /// The next frame of a type, passing over others.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.expect_where(|frame| frame["type"] == kind).await
    }

    /// The next event of a kind, passing over other frames.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        self.expect_where(|frame| frame["type"] == "event" && frame["kind"] == kind)
            .await
    }

    /// The next frame that fits, passing over others.
    pub(crate) async fn expect_where(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.next().await;
            if fits(&frame) {
                return frame;
            }
        }
    }

    /// Sends a request and gives the first frame that carries its id.
    pub(crate) async fn ask(&mut self, mut request: Value) -> Value {
        let id = format!("r{}", request.to_string().len());
        request["id"] = json!(id);
        self.send(request).await;
        self.expect_where(|frame| frame["id"] == id.as_str()).await
    }

    /// Everything that came before a `pong` to a ping sent now: what is not there will not come.
    pub(crate) async fn drain(&mut self) -> Vec<Value> {
        self.send(json!({ "type": "ping", "id": "drain" })).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "pong" {
                return frames;
            }
            frames.push(frame);
        }
    }
}

/// The password of everybody who has one.
pub(crate) const PASSWORD: &str = "correct horse battery";

impl Server {
    /// An account with a password and no token.
    pub(crate) async fn person(&self, handle: &str, role: Role) {
        let chat = &self.running.chat;
        let hash = accounts::hash_password(chat, PASSWORD.into())
            .await
            .unwrap();
        let new = CreateUser {
            handle: handle.into(),
            display_name: None,
            kind: UserKind::Human,
            role,
            password_hash: Some(hash),
        };
        actions::create_user(chat, new).await.unwrap();
    }

    /// What sign-in answers, and the secret of its cookie.
    pub(crate) async fn login(&self, body: Value) -> (u16, Value, Option<String>) {
        let request = self.http.post(self.url("/api/login")).json(&body);
        let response = request
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            )
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let cookie = response.headers().get("set-cookie").map(|cookie| {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            pair.split_once('=').unwrap().1.to_owned()
        });
        (status, response.json().await.unwrap(), cookie)
    }

    /// Signs in with the password and acts with the cookie's secret.
    pub(crate) async fn sign_in(&self, handle: &str) -> Api<'_> {
        let (status, body, cookie) = self
            .login(json!({ "handle": handle, "password": PASSWORD }))
            .await;
        assert_eq!(status, 200, "{body}");
        Api {
            server: self,
            token: cookie.unwrap(),
        }
    }
}
