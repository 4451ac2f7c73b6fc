//! Everybody that there is to be, and three rooms in which they stand differently.

use crate::harness::{Api, Server};
use salon_chat::{
    Caller,
    actions::{self, SendMessage},
};
use salon_protocol::{Handle, MessageId, Role, RoomId};
use serde_json::{Value, json};

/// Who asks. Nobody has no token; an agent cannot have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Owner,
    Admin,
    /// Made the rooms, and is no admin.
    Maker,
    Member,
    Muted,
    Guest,
    /// An admin who is in none of the rooms.
    AdminOut,
    Outsider,
    GuestOut,
    Removed,
    Banned,
    Disabled,
    Nobody,
}

pub(crate) const EVERYBODY: [Who; 13] = [
    Who::Owner,
    Who::Admin,
    Who::Maker,
    Who::Member,
    Who::Muted,
    Who::Guest,
    Who::AdminOut,
    Who::Outsider,
    Who::GuestOut,
    Who::Removed,
    Who::Banned,
    Who::Disabled,
    Who::Nobody,
];

impl Who {
    pub(crate) fn handle(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// Whether somebody is in no room of a kind.
    pub(crate) fn is_out(self, kind: &str) -> bool {
        match self {
            Self::Maker | Self::Member => false,
            Self::Owner | Self::Admin | Self::Muted | Self::Guest => kind == "direct",
            _ => true,
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Owner => Role::Owner,
            Self::Admin | Self::AdminOut => Role::Admin,
            Self::Guest | Self::GuestOut => Role::Guest,
            _ => Role::Member,
        }
    }
}

/// A public room, a private one, and the direct room of the maker and the member.
pub(crate) const KINDS: [&str; 3] = ["public", "private", "direct"];

pub(crate) struct Cast<'a> {
    pub(crate) server: &'a Server,
    apis: Vec<(Who, Api<'a>)>,
    made: std::cell::Cell<u32>,
    begun: std::cell::Cell<Option<String>>,
}

/// A room as it was made for one cell, or for many.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) kind: &'static str,
    pub(crate) id: RoomId,
}

impl<'a> Cast<'a> {
    pub(crate) async fn new(server: &'a Server) -> Self {
        let mut apis = Vec::new();
        for who in EVERYBODY {
            let api = match who {
                Who::Nobody => Api {
                    server,
                    token: "no-such-token".into(),
                },
                _ => server.user(&who.handle(), who.role()).await,
            };
            apis.push((who, api));
        }
        let cast = Self {
            server,
            apis,
            made: std::cell::Cell::new(0),
            begun: std::cell::Cell::new(None),
        };
        let maker = cast.api(Who::Maker);
        assert_eq!(maker.get("/api/rooms/@member").await.0, 200);
        let spare = maker
            .post("/api/agents", json!({ "handle": "spare" }))
            .await;
        assert_eq!(spare.0, 201, "{}", spare.1);
        let chat = &server.running.chat;
        let handle: Handle = "disabled".parse().unwrap();
        let disabled = chat.store().user_by_handle(&handle);
        let disabled = disabled.await.unwrap().unwrap();
        actions::disable_user(chat, &disabled).await.unwrap();
        cast
    }

    pub(crate) fn api(&self, who: Who) -> &Api<'a> {
        let found = self.apis.iter().find(|(it, _)| *it == who);
        &found.unwrap().1
    }

    /// A room in which everybody stands as they are called; the direct one is always the same.
    pub(crate) async fn place(&self, kind: &'static str) -> Place {
        let maker = self.api(Who::Maker);
        if kind == "direct" {
            let id = maker.room_id("@member").await;
            return Place {
                kind,
                id: id.parse().unwrap(),
            };
        }
        self.made.set(self.made.get() + 1);
        let name = format!("{kind}{}", self.made.get());
        let members = [
            "owner",
            "admin",
            "member",
            "muted",
            "guest",
            "removed",
            "assistant",
        ];
        let body = json!({ "name": name, "kind": kind, "members": members });
        let (status, room) = maker.post("/api/rooms", body).await;
        assert_eq!(status, 201, "{room}");
        let id = room["id"].as_str().unwrap();
        for line in ["/mute muted 1h", "/kick removed", "/ban banned"] {
            assert!(maker.run(id, line).await.0 < 300, "{line}");
        }
        Place {
            kind,
            id: id.parse().unwrap(),
        }
    }

    /// A message of the maker.
    pub(crate) async fn message(&self, place: &Place) -> String {
        let said = self
            .api(Who::Maker)
            .say(&place.id.to_string(), "words")
            .await;
        said["message_id"].as_str().unwrap().to_owned()
    }

    /// A message of the agent, or of the maker where there is none.
    pub(crate) async fn answer(&self, place: &Place) -> String {
        if place.kind == "direct" {
            return self.message(place).await;
        }
        let chat = &self.server.running.chat;
        let handle: Handle = "assistant".parse().unwrap();
        let agent = chat.store().user_by_handle(&handle).await.unwrap().unwrap();
        let caller = Caller::new(agent, None);
        let room = place.id.to_string();
        let said = actions::send_message(chat, &caller, &room, SendMessage::text("words"));
        said.await
            .unwrap()
            .message_id
            .map(|MessageId(id)| id.to_string())
            .unwrap()
    }

    /// A file of the maker that a message carries.
    pub(crate) async fn file(&self, place: &Place) -> String {
        let maker = self.api(Who::Maker);
        let path = format!("/api/rooms/{}/files?name=a.txt", place.id);
        let request = self.server.http.post(self.server.url(&path));
        let request = request.bearer_auth(&maker.token).body("plain words");
        let info: Value = request.send().await.unwrap().json().await.unwrap();
        let path = format!("/api/rooms/{}/messages", place.id);
        let said = maker
            .post(&path, json!({ "text": "a file", "files": [info["id"]] }))
            .await;
        assert_eq!(said.0, 201, "{}", said.1);
        info["id"].as_str().unwrap().to_owned()
    }

    /// A file that the maker has begun to bring; the one before is given up.
    pub(crate) async fn upload(&self, place: &Place) -> String {
        let maker = self.api(Who::Maker);
        if let Some(before) = self.begun.take() {
            let path = format!("/api/uploads/{before}");
            maker.call("DELETE", &path, Value::Null).await;
        }
        let path = format!("/api/rooms/{}/uploads", place.id);
        let (status, begun) = maker
            .post(&path, json!({ "name": "film.mp4", "size": 9 }))
            .await;
        assert_eq!(status, 201, "{begun}");
        let id = begun["id"].as_str().unwrap().to_owned();
        self.begun.set(Some(id.clone()));
        id
    }
}

/// Sets cells below the names of who they are about.
pub(crate) fn table(rows: &[(String, Vec<String>)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = vec![String::new(); 1];
    lines[0] = format!("{:width$}", "");
    for who in EVERYBODY {
        lines[0].push_str(&format!(" {:>8}", who.handle()));
    }
    for (name, cells) in rows {
        let mut line = format!("{name:width$}");
        for cell in cells {
            line.push_str(&format!(" {cell:>8}"));
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// A cell: the status, with `=` where the answer is that of a thing that is not there. Nobody who is
/// outside learns more than that.
pub(crate) fn cell(
    who: Who,
    kind: &str,
    (status, body): (u16, &Value),
    missing: Option<&(u16, Value)>,
) -> String {
    let same = missing.is_some_and(|(gone, words)| *gone == status && words == body);
    let is_out = kind != "public" && who.is_out(kind);
    assert!(
        same || status != 404 || !is_out || missing.is_none(),
        "{who:?} is told something of a {kind} room: {body} instead of {missing:?}"
    );
    let mark = if same && status == 404 { "=" } else { "" };
    format!("{status}{mark}")
}
