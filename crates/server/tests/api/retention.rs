//! How long a room keeps its messages.

use crate::harness::{Api, Server};
use jiff::{SignedDuration, Timestamp};
use salon_chat::actions::{ImportMessage, import_messages};
use salon_protocol::{MessageId, Role, RoomId};
use salon_testkit::RoomState;
use serde_json::{Value, json};

/// A room with a message of each age, as so many words; the caller is its maker.
async fn aged(server: &Server, api: &Api<'_>, days: &[i64]) -> RoomId {
    let request = json!({ "name": "tea", "kind": "public" });
    assert_eq!(api.post("/api/rooms", request).await.0, 201);
    let room: RoomId = api.room_id("tea").await.parse().unwrap();
    let chat = &server.running.chat;
    let me = api.get("/api/me").await.1;
    let id = me["user"]["id"].as_str().unwrap().parse().unwrap();
    let author = chat.store().user(id).await.unwrap().unwrap();
    let old = |days: &i64| ImportMessage {
        id: MessageId::new(),
        author: author.clone(),
        at: Timestamp::now() - SignedDuration::from_hours(24 * days),
        text: format!("kestrel {days}"),
        reply_to: None,
        edited_at: None,
        reactions: vec![(author.clone(), "👍".into())],
        files: Vec::new(),
    };
    let messages = days.iter().map(old).collect();
    import_messages(chat, room, messages).await.unwrap();
    room
}

async fn texts(api: &Api<'_>) -> Vec<String> {
    let page = api.get("/api/rooms/tea/messages").await.1;
    let messages = page["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|it| it["text"].as_str().unwrap().to_owned())
        .collect()
}

async fn id_of(api: &Api<'_>, text: &str) -> String {
    let page = api.get("/api/rooms/tea/messages").await.1;
    let messages = page["messages"].as_array().unwrap();
    let found = messages.iter().find(|it| it["text"] == text).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_too_old_goes_by_every_door_and_what_is_pinned_stays() {
    let server = Server::start().await;
    let boss = server.user("boss", Role::Owner).await;
    aged(&server, &boss, &[60, 50, 40, 20]).await;
    boss.say("tea", "kestrel today").await;
    let pinned = id_of(&boss, "kestrel 50").await;
    let gone = id_of(&boss, "kestrel 60").await;
    let pin = format!("/api/messages/{pinned}/pin");
    assert_eq!(boss.call("PUT", &pin, Value::Null).await.0, 200);
    let before = boss.get("/api/rooms/tea").await.1;
    let page = boss.get("/api/rooms/tea/messages").await.1;
    let messages = page["messages"].as_array().unwrap().clone();
    let mut followed = RoomState::fetched(&before, messages);

    let mut watching = boss.connect().await;
    assert_eq!(boss.run("tea", "/keep 30").await.0, 201);
    let event = watching.event("messages.expired").await;
    assert_eq!(event["from"], "boss");
    assert_eq!(
        texts(&boss).await,
        ["kestrel 50", "kestrel 20", "kestrel today"]
    );
    let found = boss.get("/api/search?q=kestrel").await.1;
    assert_eq!(found["results"].as_array().unwrap().len(), 3, "{found}");
    assert_eq!(boss.get(&format!("/api/messages/{gone}")).await.0, 404);
    let all = "/api/rooms/tea/events?limit=500";
    let log = boss.get(all).await.1;
    assert!(!log.to_string().contains("kestrel 60"), "{log}");
    assert!(log.to_string().contains("kestrel 50"));
    let numbers: Vec<_> = log["events"].as_array().unwrap().iter().collect();
    for (n, event) in numbers.iter().enumerate() {
        assert_eq!(event["seq"], n + 1);
        if event["seq"].as_u64() > Some(followed.seq) {
            followed.apply(event);
        }
    }
    let summary = boss.get("/api/rooms/tea").await.1;
    assert_eq!(summary["keep_days"], 30);
    let page = boss.get("/api/rooms/tea/messages").await.1;
    let messages = page["messages"].as_array().unwrap().clone();
    assert_eq!(followed, RoomState::fetched(&summary, messages));

    // Taken down, it is no longer kept.
    assert_eq!(boss.call("DELETE", &pin, Value::Null).await.0, 200);
    assert_eq!(boss.run("tea", "/keep 31").await.0, 201);
    watching.event("messages.expired").await;
    assert_eq!(texts(&boss).await, ["kestrel 20", "kestrel today"]);
}

#[tokio::test]
async fn only_admins_say_how_long_and_it_is_written_down() {
    let server = Server::start().await;
    let maker = server.member("maker").await;
    let boss = server.user("boss", Role::Admin).await;
    aged(&server, &maker, &[400]).await;
    boss.run("general", "/join tea").await;
    assert_eq!(maker.run("tea", "/keep 1").await.0, 403);
    for wrong in ["/keep soon", "/keep -1", "/keep 999999"] {
        assert_eq!(boss.run("tea", wrong).await.0, 400, "{wrong}");
    }
    assert_eq!(boss.run("tea", "/保留 500天").await.0, 201);
    assert_eq!(boss.run("tea", "/keep forever").await.0, 201);
    assert_eq!(texts(&maker).await, ["kestrel 400"]);
    let told = boss.run("tea", "/keep").await.1;
    assert_eq!(told["notice"]["data"]["keep_days"], 0, "{told}");
    let acts = boss.get("/api/admin/moderation").await.1;
    let acts = acts["acts"].as_array().unwrap();
    let kept: Vec<_> = acts.iter().filter(|act| act["act"] == "keep").collect();
    assert_eq!(kept.len(), 2, "{acts:?}");
    assert_eq!(kept[1]["detail"], "500 d");
}
