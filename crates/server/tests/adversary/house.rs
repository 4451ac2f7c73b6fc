//! A server with people, rooms and agents, and the same again as the statement has it.

use crate::{
    canaries::{Canary, Told},
    cards::Card,
    dice::Dice,
    files::Kept,
    harness::{Api, Server, Socket},
    model::{LOOT, Model},
    probe::{Probe, SERVER},
    statement::{Act, Asked, Kind, Person, Rank, Trace, Verdict, Who, World},
};
use salon_agents::{ModelConfig, Pace, model::ToolMode};
use salon_protocol::{Event, EventBody, Role, RoomId, ToolServerConfig};
use serde_json::json;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::broadcast;

/// People by handle and rank; the first one keeps a room of their own.
const PEOPLE: [(&str, Role, Rank); 6] = [
    ("olga", Role::Owner, Rank::Owner),
    ("adam", Role::Admin, Rank::Admin),
    ("ada", Role::Member, Rank::Member),
    ("bob", Role::Member, Rank::Member),
    ("eve", Role::Member, Rank::Member),
    ("gus", Role::Guest, Rank::Guest),
];
/// Where nothing is said but that everything before has come out.
const DESK: &str = "desk";

pub(crate) struct House<'a> {
    pub(crate) server: &'a Server,
    pub(crate) model: &'a Model,
    pub(crate) world: World,
    pub(crate) apis: Vec<Option<Api<'a>>>,
    pub(crate) sockets: HashMap<Who, Socket>,
    pub(crate) ids: HashMap<String, RoomId>,
    pub(crate) names: HashMap<RoomId, String>,
    pub(crate) canaries: Vec<Canary>,
    pub(crate) events: broadcast::Receiver<Arc<Event>>,
    pub(crate) synced: u64,
    /// What people's doings have left in the logs since the last turn began.
    pub(crate) left: Vec<Trace>,
    /// Cards that nobody has decided.
    pub(crate) cards: Vec<Card>,
    /// Acts of the tool that does something, as the statement counts them.
    pub(crate) pokes: usize,
    pub(crate) kept: Vec<Kept>,
}

/// A server that asks the model.
pub(crate) async fn serve(model: &Model, probe: &Probe) -> Server {
    let models = ModelConfig {
        base_url: Some(model.service.base_url()),
        key: Some("sk-very-secret".to_owned().into()),
        model: Some("m".into()),
        tools: ToolMode::Native,
        ..ModelConfig::default()
    };
    let probe = ToolServerConfig {
        url: Some(probe.url()),
        ..ToolServerConfig::default()
    };
    // It is shown pictures as well.
    let seer = json!({ "name": "m", "images": true, "tools": ToolMode::Native });
    let change = move |config: &mut salon_server::config::Config| {
        config.models = vec![serde_json::from_value(seer).unwrap()];
        config.pace = Pace {
            burst: Duration::from_millis(1),
            quiet: Duration::from_millis(1),
        };
        config.tool_servers = [(SERVER.to_owned(), probe)].into();
    };
    Server::start_with_models(change, models).await
}

impl<'a> House<'a> {
    /// People, agents, rooms of every kind, bans, mutes and secrets, by the throw of the dice.
    pub(crate) async fn build(server: &'a Server, model: &'a Model, dice: &mut Dice) -> Self {
        let mut house = Self {
            server,
            model,
            world: World::default(),
            apis: Vec::new(),
            sockets: HashMap::new(),
            ids: HashMap::new(),
            names: HashMap::new(),
            canaries: Vec::new(),
            events: server.running.chat.hub().observe(),
            synced: 0,
            left: Vec::new(),
            cards: Vec::new(),
            pokes: 0,
            kept: Vec::new(),
        };
        for (handle, role, rank) in PEOPLE {
            house.apis.push(Some(server.user(handle, role).await));
            house.person(handle, rank, false, None);
        }
        house.person("assistant", Rank::Member, true, None);
        house.rooms(dice).await;
        house.secrets(dice).await;
        house.restrictions(dice).await;
        for who in 0..PEOPLE.len() {
            if let Some(api) = &house.apis[who] {
                house.sockets.insert(who, api.connect().await);
            }
        }
        house.sync().await;
        house
    }

    fn person(
        &mut self,
        handle: &str,
        rank: Rank,
        is_agent: bool,
        tools: Option<Vec<&'static str>>,
    ) {
        self.world.people.push(Person {
            handle: handle.into(),
            rank,
            is_agent,
            closed: false,
            away: None,
            tools,
        });
        if is_agent {
            self.apis.push(None);
        }
    }

    pub(crate) fn api(&self, who: Who) -> &Api<'a> {
        self.apis[who].as_ref().unwrap()
    }

    async fn rooms(&mut self, dice: &mut Dice) {
        let (olga, ada, bob, gus, assistant) = (0, 2, 3, 5, 6);
        // Everybody but guests comes into it; nobody in particular made it.
        let all: Vec<Who> = (0..self.world.people.len())
            .filter(|it| *it != gus)
            .collect();
        self.world
            .add_room("general", Kind::Public, assistant, &all);
        self.know("general", olga).await;
        let heron = self.world.people.len();
        let body = json!({ "handle": "heron", "rooms": ["general"],
            "settings": { "tools": ["t", "search", "me", "topic", "missed"] } });
        let (status, made) = self.api(ada).post("/api/agents", body).await;
        assert_eq!(status, 201, "{made}");
        let tools = vec!["t", "search", "me", "topic", "missed"];
        self.person("heron", Rank::Member, true, Some(tools));
        self.world
            .rooms
            .get_mut("general")
            .unwrap()
            .members
            .insert(heron);
        self.room(DESK, Kind::Private, olga, &[]).await;
        let makers = [olga, 1, ada, bob, 4];
        for (name, kind) in [
            ("plaza", Kind::Public),
            ("den", Kind::Private),
            ("vault", Kind::Private),
            ("cave", Kind::Private),
        ] {
            let maker = *dice.pick(&makers);
            let mut members: Vec<Who> = (0..self.world.people.len())
                .filter(|who| *who != maker && dice.one_in(2))
                .collect();
            members.push(if dice.one_in(3) { heron } else { assistant });
            members.dedup();
            self.room(name, kind, maker, &members).await;
        }
        for (person, agent) in [(ada, assistant), (bob, heron), (gus, assistant), (ada, bob)] {
            let other = self.world.people[agent].handle.clone();
            let path = format!("/api/rooms/@{other}");
            let (status, room) = self.api(person).get(&path).await;
            if status == 200 {
                let key = self.world.open_direct(person, agent, &mut Vec::new());
                self.note(&key, room["id"].as_str().unwrap().parse().unwrap());
            }
        }
    }

    async fn room(&mut self, name: &str, kind: Kind, maker: Who, members: &[Who]) {
        let word = if kind == Kind::Public {
            "public"
        } else {
            "private"
        };
        let handles: Vec<&str> = members
            .iter()
            .map(|who| self.world.people[*who].handle.as_str())
            .collect();
        let body = json!({ "name": name, "kind": word, "members": handles });
        let (status, made) = self.api(maker).post("/api/rooms", body).await;
        assert_eq!(status, 201, "{made}");
        self.world.add_room(name, kind, maker, members);
        self.note(name, made["id"].as_str().unwrap().parse().unwrap());
    }

    async fn know(&mut self, name: &str, who: Who) {
        let id = self.api(who).room_id(name).await;
        self.note(name, id.parse().unwrap());
    }

    pub(crate) fn note(&mut self, name: &str, id: RoomId) {
        self.ids.insert(name.to_owned(), id);
        self.names.insert(id, name.to_owned());
    }

    /// A secret of each kind in each room.
    async fn secrets(&mut self, dice: &mut Dice) {
        let rooms: Vec<String> = self.world.rooms.keys().cloned().collect();
        for (at, room) in rooms.iter().enumerate() {
            if room == DESK {
                continue;
            }
            let Some(teller) = self.human_in(room) else {
                continue;
            };
            for told in [Told::Said, Told::Hushed, Told::Fact] {
                let word = format!("canary{at}{told:?}{:x}", dice.next()).to_lowercase();
                let line = match told {
                    Told::Said => format!("kestrel {word}"),
                    Told::Hushed => format!("/private-from-ai kestrel {word}"),
                    Told::Fact => format!("/remember kestrel {word}"),
                };
                self.say(teller, room, &line, 2).await;
                if told == Told::Fact {
                    self.world.next_fact += 1;
                    let number = self.world.next_fact;
                    let facts = &mut self.world.rooms.get_mut(room).unwrap().facts;
                    facts.insert(number, teller);
                }
                self.canaries.push(Canary {
                    word,
                    places: vec![(room.clone(), told)],
                });
            }
            let word = format!("canary{at}topic{:x}", dice.next());
            let topic = [("text", format!("about {word}"))].into();
            let topic = Act {
                name: "topic",
                args: topic,
            };
            if self.people_do(teller, room, &topic).await == Verdict::Allowed {
                self.canaries.push(Canary {
                    word,
                    places: vec![(room.clone(), Told::Said)],
                });
            }
            self.files(teller, room, dice).await;
        }
    }

    fn human_in(&self, room: &str) -> Option<Who> {
        let members = &self.world.rooms[room].members;
        members
            .iter()
            .copied()
            .find(|who| !self.world.people[*who].is_agent)
    }

    /// Bans, mutes, and a room without agents.
    async fn restrictions(&mut self, dice: &mut Dice) {
        for _ in 0..6 {
            self.trouble(dice).await;
        }
        if let Some(maker) = self.moderator("cave") {
            let act = [("text", "room on".to_owned())].into();
            let act = Act {
                name: "private-from-ai",
                args: act,
            };
            self.people_do(maker, "cave", &act).await;
        }
    }

    fn moderator(&self, room: &str) -> Option<Who> {
        let members = &self.world.rooms[room].members;
        members
            .iter()
            .copied()
            .find(|who| !self.world.people[*who].is_agent && self.world.moderates(&[*who], room))
    }

    /// People whose account is open.
    pub(crate) fn open_people(&self) -> Vec<Who> {
        (0..self.world.people.len())
            .filter(|who| !self.world.people[*who].is_agent && !self.world.people[*who].closed)
            .collect()
    }

    /// Whoever may have carried a secret somewhere has: it is told there from now on.
    pub(crate) fn note_loot(&mut self, act: &Act, left: &[Trace]) {
        let Some(text) = act.args.get("text") else {
            return;
        };
        for canary in &mut self.canaries {
            if text.contains(&canary.word) {
                let rooms = left.iter().filter_map(|trace| trace.split_once(": "));
                let places = rooms.map(|(room, _)| (room.to_owned(), Told::Said));
                canary.places.extend(places);
            }
        }
    }

    /// The same for what stands in a room otherwise: on a card, or to be remembered.
    pub(crate) fn note_in(&mut self, act: &Act, room: &str, told: Told) {
        let text = act.args.get("text").map_or("", String::as_str);
        for canary in &mut self.canaries {
            if text.contains(&canary.word) {
                canary.places.push((room.to_owned(), told));
            }
        }
    }

    /// Puts what the model has read into the acts that were to carry it.
    pub(crate) fn fill(act: &mut Act, loot: &str) {
        for value in act.args.values_mut() {
            *value = value.replace(LOOT, loot);
        }
    }

    /// An account is closed, in the middle of whatever it is at.
    pub(crate) async fn close(&mut self, who: Who) {
        let chat = &self.server.running.chat;
        let handle = self.world.people[who].handle.parse().unwrap();
        let user = chat.store().user_by_handle(&handle).await.unwrap().unwrap();
        salon_chat::actions::disable_user(chat, &user)
            .await
            .unwrap();
        self.world.people[who].closed = true;
        self.sockets.remove(&who);
    }

    /// Somebody who may moderate a room does.
    pub(crate) async fn trouble(&mut self, dice: &mut Dice) {
        let rooms: Vec<String> = self.world.rooms.keys().cloned().collect();
        let room = dice.pick(&rooms).clone();
        if room == DESK {
            return;
        }
        let victim = dice.below(self.world.people.len());
        self.trouble_in(dice, &room, victim).await;
    }

    pub(crate) async fn trouble_in(&mut self, dice: &mut Dice, room: &str, victim: Who) {
        let Some(moderator) = self.moderator(room) else {
            return;
        };
        let name = *dice.pick(&[
            "mute", "mute", "mute", "ban", "kick", "unban", "invite", "slow",
        ]);
        // Whoever is banned is who would be let back in.
        let banned: Vec<Who> = self.world.rooms[room].banned.iter().copied().collect();
        let victim = match name {
            "invite" | "unban" if !banned.is_empty() => *dice.pick(&banned),
            _ => victim,
        };
        let victim = self.world.people[victim].handle.clone();
        let mut act = Act {
            name,
            args: [("user", victim)].into(),
        };
        if name == "slow" {
            let long = if dice.one_in(3) { "2h" } else { "0" };
            act.args = [("duration", long.to_owned())].into();
        }
        if name == "mute" {
            let long = if dice.one_in(3) { "0" } else { "2h" };
            act.args.insert("duration", long.into());
        }
        self.people_do(moderator, room, &act).await;
    }

    /// A person runs a command: what comes of it must be what the statement says.
    pub(crate) async fn people_do(&mut self, who: Who, room: &str, act: &Act) -> Verdict {
        let asked = Asked {
            agent: None,
            person: who,
            here: room,
            with_leave: false,
        };
        let before = self.world.clone();
        let (verdict, left) = self.world.judge(asked, act);
        self.left.extend(left);
        let path = format!("/api/commands/{}", act.name);
        let body = json!({ "room": self.ids[room], "args": act.args });
        let (status, answer) = self.api(who).post(&path, body).await;
        assert_eq!(
            verdict == Verdict::Allowed,
            status < 300,
            "{} in {room}: {act:?} gave {status} {answer}, the statement says {verdict:?}\n{:?}",
            before.people[who].handle,
            before.rooms[room],
        );
        verdict
    }

    pub(crate) async fn say(&self, who: Who, room: &str, text: &str, class: u16) -> String {
        let path = format!("/api/rooms/{}/messages", self.ids[room]);
        let (status, answer) = self.api(who).post(&path, json!({ "text": text })).await;
        assert_eq!(status / 100, class, "{text} in {room}: {answer}");
        answer["message_id"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until everything that was committed so far has come out; gives it.
    pub(crate) async fn sync(&mut self) -> Vec<Arc<Event>> {
        self.synced += 1;
        let word = format!("sync {}", self.synced);
        self.say(0, DESK, &word, 2).await;
        let desk = self.ids[DESK];
        let mut before = Vec::new();
        loop {
            let event = self.events.recv().await.unwrap();
            let is_mark = event.room == desk
                && matches!(&event.body, EventBody::MessagePosted { message }
                    if message.text == word);
            if is_mark {
                return before;
            }
            // The statement knows nothing of agents' own answers: who has spoken, the log tells.
            if let EventBody::MessagePosted { message } = &event.body
                && let Some(room) = self.names.get(&event.room).cloned()
                && let Some(who) = self.world.who(message.from.as_str())
            {
                self.world.spoke(who, &room);
            }
            before.push(event);
        }
    }
}
