//! What people's links lead to: looked at by the server, shown by it alone, gone with the message.

use crate::{
    agent::{World, reply, says},
    files::png,
    harness::{Api, Server, Socket},
};
use salon_protocol::Role;
use salon_server::config::Config;
use salon_testkit::{RoomState, Served, WebServer};
use serde_json::{Value, json};
use std::net::Ipv4Addr;

/// Somebody's site: each page is called by its path, and has a picture.
async fn site() -> WebServer {
    let picture = png(960, 480);
    let serve = move |path: &str| match path {
        "/picture.png" => Served::new(200, &[("content-type", "image/png")], &picture),
        "/gbk" => Served::new(
            200,
            &[("content-type", "text/html; charset=gbk")],
            b"<title>\xc4\xe3\xba\xc3</title>",
        ),
        "/gone" => Served::new(404, &[("content-type", "text/html")], b"<title>no</title>"),
        path => Served::page(&format!(
            "<title>{path}</title><meta property='og:description' content='About {path}'>
             <meta property='og:image' content='/picture.png'>"
        )),
    };
    WebServer::start(Ipv4Addr::LOCALHOST.into(), 0, serve)
        .await
        .unwrap()
}

/// Looks at links, also at those of one site on this machine.
fn looking(site: &WebServer) -> impl FnOnce(&mut Config) + use<> {
    let allowed = site.address.to_string().parse().unwrap();
    move |config| {
        config.link_previews.enabled = true;
        config.link_previews.allowed_addresses = vec![allowed];
    }
}

fn link(site: &WebServer, path: &str) -> String {
    format!("http://{}{path}", site.address)
}

async fn previewed(socket: &mut Socket) -> Value {
    socket.event("message.previewed").await
}

fn message(said: &Value) -> String {
    format!("/api/messages/{}", said["message_id"].as_str().unwrap())
}

async fn picture(api: &Api<'_>, path: &str) -> reqwest::Response {
    let request = api.server.http.get(api.server.url(path));
    request.bearer_auth(&api.token).send().await.unwrap()
}

#[tokio::test]
async fn a_link_is_shown_with_its_picture_written_anew_to_whoever_reads_the_message() {
    let site = site().await;
    let server = Server::start_with(looking(&site)).await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    let mut watching = ada.connect().await;
    let at = link(&site, "/one");
    let said = ada.say("tea", &format!("see {at} and {at}#part")).await;
    let event = previewed(&mut watching).await;
    assert_eq!(
        (&event["from"], &event["message_id"]),
        (&json!("ada"), &said["message_id"])
    );
    let name = event["previews"][0]["picture"]["name"].clone();
    let expected = json!({
        "url": at, "title": "/one", "description": "About /one",
        "picture": { "name": name, "width": 480, "height": 240 },
    });
    assert_eq!(event["previews"][0], expected);
    let view = ada.get(&message(&said)).await.1;
    assert_eq!(view["previews"], event["previews"], "{view}");

    let path = format!("{}/previews/{}", message(&said), name.as_str().unwrap());
    let response = picture(&ada, &path).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert!(header("content-security-policy").starts_with("sandbox"));
    let drawn = image::load_from_memory(&response.bytes().await.unwrap()).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (480, 240));
    assert_eq!(picture(&bob, &path).await.status(), 404);
    assert_eq!(
        ada.get(&format!("{}/previews/00", message(&said))).await.0,
        404
    );

    let gbk = ada.say("tea", &link(&site, "/gbk")).await;
    let event = previewed(&mut watching).await;
    assert_eq!(event["message_id"], gbk["message_id"]);
    assert_eq!(event["previews"][0]["title"], "你好");
}

#[tokio::test]
async fn what_is_shown_changes_with_the_words_and_goes_with_the_message() {
    let site = site().await;
    let server = Server::start_with(looking(&site)).await;
    let ada = server.member("ada").await;
    let boss = server.user("boss", Role::Admin).await;
    let mut watching = ada.connect().await;
    let said = ada.say("general", &link(&site, "/first")).await;
    let before = previewed(&mut watching).await;
    let edit = json!({ "text": link(&site, "/second") });
    assert_eq!(ada.call("PATCH", &message(&said), edit).await.0, 200);
    let after = previewed(&mut watching).await;
    assert_eq!(after["previews"][0]["title"], "/second");
    // What was told before is told to nobody any more.
    let log = ada.get("/api/rooms/general/events?limit=500").await.1;
    assert!(log.to_string().contains("About /second"));
    assert!(!log.to_string().contains("About /first"), "{log}");

    let name = before["previews"][0]["picture"]["name"].as_str().unwrap();
    let path = format!("{}/previews/{name}", message(&said));
    assert_eq!(picture(&ada, &path).await.status(), 200);
    boss.call("DELETE", &message(&said), Value::Null).await;
    assert_eq!(picture(&ada, &path).await.status(), 404);
    let log = ada.get("/api/rooms/general/events?limit=500").await.1;
    assert!(!log.to_string().contains("About /second"), "{log}");
    assert_eq!(ada.get(&message(&said)).await.1.get("previews"), None);
}

#[tokio::test]
async fn its_author_or_a_moderator_takes_it_away_for_good() {
    let site = site().await;
    let server = Server::start_with(looking(&site)).await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let boss = server.user("boss", Role::Admin).await;
    let mut watching = bob.connect().await;
    for (remover, expected) in [(&bob, 403), (&ada, 200), (&boss, 200)] {
        let said = ada.say("general", &link(&site, "/one")).await;
        previewed(&mut watching).await;
        let path = format!("{}/previews?reason=spoils", message(&said));
        assert_eq!(remover.call("DELETE", &path, Value::Null).await.0, expected);
        if expected == 403 {
            continue;
        }
        assert_eq!(previewed(&mut watching).await["previews"], json!([]));
        // Not even other words bring it back: the next message's preview comes first.
        let edit = json!({ "text": link(&site, "/other") });
        ada.call("PATCH", &message(&said), edit).await;
        let next = ada.say("general", &link(&site, "/next")).await;
        let event = previewed(&mut watching).await;
        assert_eq!(event["message_id"], next["message_id"]);
        assert_eq!(ada.get(&message(&said)).await.1.get("previews"), None);
    }
    // The author's own is no act of moderation.
    let (_, log) = boss.get("/api/admin/moderation").await;
    let acts = log["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "{log}");
    let told = ["by", "act", "user", "room_name", "detail"];
    let told = told.map(|name| acts[0][name].as_str().unwrap());
    assert_eq!(told, ["boss", "remove_preview", "ada", "general", "spoils"]);
}

#[tokio::test]
async fn nothing_that_an_agent_wrote_is_looked_at_whoever_passes_it_on() {
    let site = site().await;
    let secret = link(&site, "/secret-of-the-agent");
    let answer = format!("Look at {secret}");
    let world = World::configured([says(&answer)], looking(&site)).await;
    let ada = world.server.member("ada").await;
    ada.run("general", "/join general").await;
    let mut watching = ada.connect().await;
    ada.say("general", "@assistant where?").await;
    let answered = reply(&mut watching).await;
    assert_eq!(answered["text"], answer.as_str());
    let said = format!("/api/messages/{}", answered["id"].as_str().unwrap());
    let forward = json!({ "room": "general" });
    let (status, body) = ada.post(&format!("{said}/forward"), forward).await;
    assert!((200..300).contains(&status), "{status} {body}");
    ada.say("general", &format!("> {answer}\nIs that so?"))
        .await;
    // One host is asked once at a time and in order: had any of those been looked at, it would
    // have come before this.
    ada.say("general", &link(&site, "/mine")).await;
    previewed(&mut watching).await;
    assert_eq!(site.came(), ["/mine", "/picture.png"]);
    drop(world);
}

#[tokio::test]
async fn a_site_is_asked_once_for_many_messages_and_never_where_it_is_not_wanted() {
    let site = site().await;
    let server = Server::start_with(looking(&site)).await;
    let ada = server.member("ada").await;
    let mut watching = ada.connect().await;
    for _ in 0..3 {
        ada.say("general", &link(&site, "/one")).await;
        previewed(&mut watching).await;
        ada.say("general", &link(&site, "/gone")).await;
    }
    // Nothing is shown of what is gone; and it was not asked for again either.
    ada.say("general", &link(&site, "/last")).await;
    previewed(&mut watching).await;
    let came = site.came();
    for path in ["/one", "/gone", "/last"] {
        assert_eq!(came.iter().filter(|it| *it == path).count(), 1, "{came:?}");
    }

    let quiet = Server::start().await;
    let ada = quiet.member("ada").await;
    let said = ada.say("general", &link(&site, "/unwanted")).await;
    ada.say("general", "more").await;
    assert_eq!(ada.get(&message(&said)).await.1.get("previews"), None);
    assert_eq!(site.came(), came);
}

#[tokio::test]
async fn a_site_that_never_answers_holds_up_its_own_author_alone() {
    let site = site().await;
    let at = Ipv4Addr::new(127, 0, 0, 2).into();
    let silent = WebServer::start(at, 0, |_| Served::Stalled(Vec::new())).await;
    let silent = silent.unwrap();
    let addresses = [&site, &silent].map(|it| it.address.to_string().parse().unwrap());
    let server = Server::start_with(|config| {
        config.link_previews.enabled = true;
        config.link_previews.allowed_addresses = addresses.to_vec();
    })
    .await;
    let (ada, eve) = (server.member("ada").await, server.member("eve").await);
    let mut watching = ada.connect().await;
    for n in 0..18 {
        eve.say("general", &link(&silent, &format!("/{n}"))).await;
    }
    let said = ada.say("general", &link(&site, "/one")).await;
    let event = previewed(&mut watching).await;
    assert_eq!(event["message_id"], said["message_id"]);
}

#[tokio::test]
async fn a_client_that_follows_the_events_shows_what_it_would_fetch() {
    let site = site().await;
    let server = Server::start_with(looking(&site)).await;
    let ada = server.member("ada").await;
    let mut watching = ada.connect().await;
    let summary = ada.get("/api/rooms/general").await.1;
    let mut followed = RoomState::fetched(&summary, Vec::new());
    let first = ada.say("general", &link(&site, "/a")).await;
    previewed(&mut watching).await;
    let edit = json!({ "text": format!("{} too", link(&site, "/a")) });
    ada.call("PATCH", &message(&first), edit).await;
    previewed(&mut watching).await;
    let second = ada.say("general", &link(&site, "/b")).await;
    previewed(&mut watching).await;
    let path = format!("{}/previews", message(&second));
    ada.call("DELETE", &path, Value::Null).await;
    let third = ada.say("general", &link(&site, "/c")).await;
    previewed(&mut watching).await;
    previewed(&mut watching).await;
    ada.call("DELETE", &message(&third), Value::Null).await;

    let after = format!("/api/rooms/general/events?after={}", followed.seq);
    let log = ada.get(&after).await.1;
    for event in log["events"].as_array().unwrap() {
        followed.apply(event);
    }
    let summary = ada.get("/api/rooms/general").await.1;
    let page = ada.get("/api/rooms/general/messages").await.1;
    let messages = page["messages"].as_array().unwrap().clone();
    let own = messages.iter().filter(|it| it["from"] == "ada").cloned();
    assert_eq!(followed, RoomState::fetched(&summary, own.collect()));
}
