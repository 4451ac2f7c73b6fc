//! What agents may spend: by agent, room, asker and server, with a word before the limit, and never
//! more than one call past it.

use super::{costs, make, priced, said_by, until};
use crate::agent::{World, calls, reply, room, says};
use crate::harness::{Api, Socket};
use futures::future::join_all;
use salon_protocol::{Budget, Role};
use salon_server::config::BudgetsConfig;
use salon_testkit::Step;
use serde_json::{Value, json};
use std::time::Duration;

fn a_day(tokens: u64) -> Budget {
    Budget {
        tokens_day: Some(tokens),
        ..Budget::default()
    }
}

fn a_month(tokens: u64) -> Budget {
    Budget {
        tokens_month: Some(tokens),
        ..Budget::default()
    }
}

/// A world with budgets whose every answer costs 85 tokens.
async fn world(budgets: BudgetsConfig) -> World {
    World::configured([costs("fine", 70, 15)], |config| config.budgets = budgets).await
}

/// Asks until the limit of 100 is reached, and gives the warning and the refusal.
async fn spend_up(ada: &Api<'_>, socket: &mut Socket) -> (String, String) {
    let text = |value: &Value| value["text"].as_str().unwrap().to_owned();
    ada.say("general", "@heron one").await;
    assert_eq!(said_by(socket, "heron").await["state"], "complete");
    ada.say("general", "@heron two").await;
    let warned = text(&socket.expect("notice").await);
    assert_eq!(said_by(socket, "heron").await["state"], "complete");
    ada.say("general", "@heron three").await;
    let declined = said_by(socket, "heron").await;
    assert_eq!(declined["state"], "degraded", "{declined}");
    (warned, text(&declined))
}

async fn spends_up(budgets: BudgetsConfig, own: Value, near: &str, spent: &str) {
    let world = world(budgets).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "budget": own })).await;
    let (warned, declined) = spend_up(&ada, &mut socket).await;
    assert!(warned.contains(near) && warned.contains("80 %"), "{warned}");
    assert!(declined.contains(spent), "{declined}");
    assert_eq!(world.service.seen().len(), 2);
}

#[tokio::test]
async fn an_agent_has_a_limit_of_its_own_a_day() {
    let own = json!({ "tokens_day": 100 });
    spends_up(BudgetsConfig::default(), own, "@heron", "My budget").await;
}

#[tokio::test]
async fn every_agent_has_the_servers_limit_a_month() {
    let budgets = BudgetsConfig {
        agent: a_month(100),
        ..BudgetsConfig::default()
    };
    spends_up(budgets, json!({}), "@heron", "My budget").await;
}

#[tokio::test]
async fn every_room_has_the_servers_limit() {
    let budgets = BudgetsConfig {
        room: a_day(100),
        ..BudgetsConfig::default()
    };
    spends_up(budgets, json!({}), "#general", "This room's budget").await;
}

#[tokio::test]
async fn a_room_has_the_limit_that_the_configuration_gives_it_by_name() {
    let budgets = BudgetsConfig {
        rooms: [("general".to_owned(), a_month(100))].into(),
        ..BudgetsConfig::default()
    };
    spends_up(budgets, json!({}), "#general", "This room's budget").await;
}

#[tokio::test]
async fn an_asker_has_a_limit_over_all_agents() {
    let budgets = BudgetsConfig {
        asker: a_day(100),
        ..BudgetsConfig::default()
    };
    spends_up(budgets, json!({}), "@ada", "Your budget").await;
}

#[tokio::test]
async fn the_whole_server_has_a_limit() {
    let budgets = BudgetsConfig {
        server: a_month(100),
        ..BudgetsConfig::default()
    };
    spends_up(budgets, json!({}), "this server", "This server's budget").await;
}

#[tokio::test]
async fn whoever_moderates_a_room_says_what_may_be_spent_there_and_everybody_sees_it() {
    let world = world(BudgetsConfig::default()).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let body = json!({ "name": "den", "members": ["assistant", "bob"] });
    assert_eq!(ada.post("/api/rooms", body).await.0, 201);
    let mut socket = bob.connect().await;
    assert_eq!(bob.run("den", "/budget tokens_day 5").await.0, 403);
    let (status, told) = ada.run("den", "/budget tokens_day 100").await;
    assert_eq!(status, 201, "{told}");
    let changed = socket.event("room.changed").await;
    assert_eq!(changed["budget"], json!({ "tokens_day": 100 }));
    let refused = ada.run("den", "/budget money_day much").await;
    assert_eq!(
        (refused.0, &refused.1["code"]),
        (400, &json!("bad_arguments"))
    );
    assert_eq!(ada.run("den", "/budget money_day -1").await.0, 400);
    for _ in 0..2 {
        bob.say("den", "@assistant hello").await;
        assert_eq!(reply(&mut socket).await["state"], "complete");
    }
    bob.say("den", "@assistant hello").await;
    assert_eq!(reply(&mut socket).await["state"], "degraded");
    // Other rooms are not concerned, and the limit is taken back by whoever set it.
    bob.run("general", "/join general").await;
    bob.say("general", "@assistant hello").await;
    assert_eq!(reply(&mut socket).await["state"], "complete");
    assert_eq!(ada.run("den", "/budget tokens_day -").await.0, 201);
    bob.say("den", "@assistant hello").await;
    assert_eq!(reply(&mut socket).await["state"], "complete");
}

#[tokio::test]
async fn no_agent_raises_a_rooms_limit_without_leave() {
    let raise = calls("budget", &json!({ "limit": "tokens_day", "amount": "9" }));
    let world = World::new([raise, says("Asked.")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let mut socket = room(&owner).await;
    owner.say("general", "@assistant raise the limit").await;
    let card = socket.event("approval.asked").await["approval"].clone();
    assert_eq!(
        (&card["act"], &card["why"]),
        (&json!("/budget tokens_day 9"), &json!("moderates"))
    );
    let room = owner.get("/api/rooms/general").await.1;
    assert_eq!(room["budget"], Value::Null);
}

#[tokio::test]
async fn money_is_told_in_the_currency_of_the_configuration() {
    let world = World::configured([costs("dear", 1_000, 0)], |config| {
        config.models = vec![priced("dear", 500.0)];
        config.currency = "EUR".into();
        config.budgets.asker.money_day = Some(2.0);
    })
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    assert_eq!(socket.welcome["currency"], "EUR");
    make(&ada, "heron", json!({ "model": "dear" })).await;
    ada.say("general", "@heron hello").await;
    said_by(&mut socket, "heron").await;
    assert_eq!(ada.get("/api/usage").await.1["currency"], "EUR");
    let told = ada.run("general", "/usage").await.1["notice"]["text"].to_string();
    assert!(told.contains("0.5025 / 2 EUR"), "{told}");
}

/// Fifty people ask at once, each in a room of their own; every answer costs 500 tokens.
async fn fifty_ask(budgets: BudgetsConfig) -> (World, u64) {
    let mut answer = costs("fine", 400, 100);
    answer.insert(1, Step::Pause(Duration::from_millis(20)));
    let world = World::configured([answer], |config| config.budgets = budgets).await;
    let names: Vec<String> = (0..50).map(|n| format!("u{n}")).collect();
    let people = join_all(names.iter().map(|name| world.server.member(name))).await;
    join_all(people.iter().map(|it| it.say("@assistant", "hello"))).await;
    for person in &people {
        until("an answer or a refusal", async || {
            let page = person.get("/api/rooms/@assistant/messages").await.1;
            page["messages"].as_array().unwrap().len() == 2
        })
        .await;
    }
    let usage = people[0].get("/api/usage").await.1;
    let spent = usage["spending"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "assistant")
        .map(|it| it["days"][0].clone())
        .unwrap();
    let tokens = spent["tokens_in"].as_u64().unwrap() + spent["tokens_out"].as_u64().unwrap();
    drop(people);
    (world, tokens)
}

#[tokio::test]
async fn fifty_questions_at_once_exceed_an_agents_limit_by_one_call_at_most() {
    let budgets = BudgetsConfig {
        agent: a_day(2_200),
        ..BudgetsConfig::default()
    };
    let (world, spent) = fifty_ask(budgets).await;
    assert!((2_200..=2_700).contains(&spent), "{spent} of 2,200 tokens");
    assert_eq!(world.service.seen().len(), 5);
}

#[tokio::test]
async fn fifty_questions_at_once_exceed_the_servers_limit_by_one_call_at_most() {
    let budgets = BudgetsConfig {
        server: a_month(2_200),
        ..BudgetsConfig::default()
    };
    let (_world, spent) = fifty_ask(budgets).await;
    assert!((2_200..=2_700).contains(&spent), "{spent} of 2,200 tokens");
}
