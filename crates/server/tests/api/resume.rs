//! Nothing missed: what a session gets when it comes back.

use crate::harness::{Api, Server, Socket};
use serde_json::{Value, json};
use std::time::Duration;

/// A session comes and goes; where it left off: the epoch, and the newest number of the first room.
async fn left_off(who: &Api<'_>) -> (Value, u64) {
    let socket = who.connect().await;
    let last = socket.welcome["rooms"][0]["seq"].as_u64().unwrap();
    (socket.welcome["epoch"].clone(), last)
}

fn seqs(frames: &[Value]) -> Vec<u64> {
    frames
        .iter()
        .filter(|f| f["type"] == "event")
        .map(|f| f["seq"].as_u64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_returning_session_gets_exactly_what_it_missed() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let room = ada.room_id("general").await;
    let (epoch, last) = left_off(&ada).await;
    for n in 0..5 {
        ada.say("general", &format!("missed {n}")).await;
    }
    let resume = json!({ "epoch": epoch, "rooms": { &room: last } });
    let back = ada.resume(resume.clone()).await;
    assert_eq!(
        seqs(&back.before_ready),
        (last + 1..=last + 5).collect::<Vec<_>>()
    );
    let up_to_date = ada
        .resume(json!({ "epoch": epoch, "rooms": { &room: last + 5 } }))
        .await;
    assert_eq!(up_to_date.before_ready, Vec::<Value>::new());
}

#[tokio::test]
async fn a_restart_keeps_the_epoch_and_the_log() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let room = ada.room_id("general").await;
    let (epoch, last) = left_off(&ada).await;
    ada.say("general", "before the restart").await;
    let token = ada.token.clone();
    let server = server.restart().await;
    let ada = Api {
        server: &server,
        token,
    };
    let back = ada
        .resume(json!({ "epoch": epoch, "rooms": { &room: last } }))
        .await;
    assert_eq!(back.welcome["epoch"], epoch);
    assert_eq!(seqs(&back.before_ready), [last + 1]);
}

#[tokio::test]
async fn a_gap_that_cannot_be_given_whole_is_said() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let room = ada.room_id("general").await;
    for resume in [
        json!({ "epoch": "another life", "rooms": { &room: 1 } }),
        json!({ "epoch": ada.connect().await.welcome["epoch"], "rooms": { &room: 1_000_000 } }),
    ] {
        let back = ada.resume(resume).await;
        assert_eq!(
            back.before_ready,
            [json!({ "type": "reset", "room": room })]
        );
    }
}

#[tokio::test]
async fn sessions_that_come_while_others_write_miss_nothing_and_see_nothing_twice() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let room = ada.room_id("general").await;
    let start = ada.connect().await;
    let epoch = start.welcome["epoch"].clone();
    let last = start.welcome["rooms"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == room.as_str())
        .unwrap()["seq"]
        .as_u64()
        .unwrap();
    let mut writer = bob.connect().await;
    let writing = async {
        for n in 0..300 {
            let text = n.to_string();
            writer
                .send(json!({ "type": "send", "room": room, "text": text }))
                .await;
        }
        writer.drain().await;
    };
    let resuming = async {
        let mut views = Vec::new();
        for _ in 0..10 {
            let resume = json!({ "epoch": epoch, "rooms": { &room: last } });
            views.push(ada.resume(resume).await);
            tokio::task::yield_now().await;
        }
        views
    };
    let ((), views) = tokio::join!(writing, resuming);
    for mut view in views {
        let mut seen = seqs(&view.before_ready);
        while seen.last() != Some(&(last + 300)) {
            let event = view.expect("event").await;
            seen.push(event["seq"].as_u64().unwrap());
        }
        assert_eq!(seen, (last + 1..=last + 300).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn long_messages_that_were_missed_are_too_much_for_nobody_who_reads() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let room = ada.room_id("general").await;
    let (epoch, last) = left_off(&ada).await;
    let long = "长".repeat(16_000);
    let mut writer = bob.connect().await;
    for _ in 0..200 {
        writer
            .send(json!({ "type": "send", "room": room, "text": long }))
            .await;
        writer.expect("ack").await;
    }
    let back = ada
        .resume(json!({ "epoch": epoch, "rooms": { &room: last } }))
        .await;
    let missed: Vec<u64> = (last + 1..=last + 200).collect();
    assert_eq!(seqs(&back.before_ready), missed);
}

#[tokio::test]
async fn many_rooms_that_were_missed_wait_for_a_reader_who_takes_a_while() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (epoch, _) = left_off(&ada).await;
    let mut missed = serde_json::Map::new();
    for n in 0..40 {
        let (status, room) = ada
            .post("/api/rooms", json!({ "name": format!("room{n}") }))
            .await;
        assert_eq!(status, 201, "{room}");
        let id = room["id"].as_str().unwrap();
        missed.insert(id.into(), room["seq"].clone());
        ada.say(id, &"长".repeat(16_000)).await;
    }
    let mut back = Socket::open(&server).await;
    let resume = json!({ "epoch": epoch, "rooms": missed });
    back.send(json!({ "type": "hello", "token": ada.token, "resume": resume }))
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut came = Vec::new();
    while came
        .last()
        .is_none_or(|frame: &Value| frame["type"] != "ready")
    {
        came.push(back.next().await);
    }
    assert_eq!(seqs(&came).len(), 40);
}
