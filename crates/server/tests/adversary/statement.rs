//! The rules, stated a second time: small, slow, and sharing nothing with `salon-chat`. It knows
//! who is in which room, and says what must come of a call and what it leaves behind.

use std::collections::{BTreeMap, BTreeSet};

/// A person or agent, by place in [`World::people`].
pub(crate) type Who = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Guest,
    Member,
    Admin,
    Owner,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Public,
    Private,
    Direct,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) handle: String,
    pub(crate) rank: Rank,
    pub(crate) is_agent: bool,
    pub(crate) closed: bool,
    pub(crate) away: Option<String>,
    /// What it may call; none means everything.
    pub(crate) tools: Option<Vec<&'static str>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) kind: Kind,
    pub(crate) maker: Who,
    pub(crate) members: BTreeSet<Who>,
    pub(crate) banned: BTreeSet<Who>,
    pub(crate) muted: BTreeSet<Who>,
    pub(crate) topic: String,
    pub(crate) mode: String,
    pub(crate) closed_to_agents: bool,
    pub(crate) budget: BTreeMap<String, String>,
    /// Seconds between two messages of one; and who has had their turn.
    pub(crate) slow: u32,
    pub(crate) spoke: BTreeSet<Who>,
    /// Who told each fact.
    pub(crate) facts: BTreeMap<u32, Who>,
    /// Cards that nobody has decided.
    pub(crate) waiting: usize,
}

/// What must come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Allowed,
    Refused,
    Asked,
}

/// Something that a call leaves in a room's log.
pub(crate) type Trace = String;

/// A call as it is meant, whatever its spelling.
#[derive(Clone, Debug, Default)]
pub(crate) struct Act {
    /// The command's own name; empty for what no server could take.
    pub(crate) name: &'static str,
    pub(crate) args: BTreeMap<&'static str, String>,
}

/// Who calls for whom, where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The agent, where one acts.
    pub(crate) agent: Option<Who>,
    /// Whoever asked it, allowed it, or acts for themselves.
    pub(crate) person: Who,
    pub(crate) here: &'a str,
    /// Somebody has allowed exactly this.
    pub(crate) with_leave: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    /// By name; a direct room by both handles.
    pub(crate) rooms: BTreeMap<String, Room>,
    pub(crate) next_fact: u32,
    /// Who has been in which room since the last look at what came to them.
    pub(crate) been: BTreeSet<(Who, String)>,
}

const MESSAGE: usize = 16_000;
const WAITING: usize = 20;

impl World {
    pub(crate) fn who(&self, handle: &str) -> Option<Who> {
        let handle = handle.trim_start_matches('@').to_lowercase();
        self.people
            .iter()
            .position(|person| person.handle.to_lowercase() == handle)
    }

    pub(crate) fn direct(&self, a: Who, b: Who) -> String {
        let mut pair = [&self.people[a].handle, &self.people[b].handle];
        pair.sort();
        format!("@{}+{}", pair[0], pair[1])
    }

    /// Whether somebody may read a room: they are in it, or could walk in.
    pub(crate) fn reads(&self, who: Who, room: &str) -> bool {
        let (person, room) = (&self.people[who], &self.rooms[room]);
        room.members.contains(&who)
            || room.kind == Kind::Public && person.rank > Rank::Guest && !room.banned.contains(&who)
    }

    /// Everybody who will read what is said in a room.
    pub(crate) fn readers(&self, room: &str) -> Vec<Who> {
        (0..self.people.len())
            .filter(|who| !self.people[*who].closed && self.reads(*who, room))
            .collect()
    }

    /// Whether what is said in one room may be read out in another by an agent, to somebody.
    pub(crate) fn may_be_told(&self, said: &str, here: &str, agent: Who, asker: Who) -> bool {
        if self.rooms[said].closed_to_agents {
            return false;
        }
        said == here
            || self
                .readers(here)
                .into_iter()
                .chain([agent, asker])
                .all(|who| self.reads(who, said))
    }

    /// Facts are kept closer: only a public room's go anywhere else.
    pub(crate) fn fact_may_be_told(&self, told: &str, here: &str, agent: Who, asker: Who) -> bool {
        told == here && !self.rooms[told].closed_to_agents
            || self.rooms[told].kind == Kind::Public && self.may_be_told(told, here, agent, asker)
    }

    fn is_open(&self, handle: &str) -> Option<Who> {
        self.who(handle).filter(|who| !self.people[*who].closed)
    }

    /// In the room, all of them, and no agent where there are to be none.
    fn inside(&self, parties: &[Who], room: &str) -> bool {
        self.rooms.get(room).is_some_and(|room| {
            parties.iter().all(|who| {
                room.members.contains(who) && !(self.people[*who].is_agent && room.closed_to_agents)
            })
        })
    }

    /// In the room, or free to come in, all of them.
    fn finds(&self, parties: &[Who], room: &str) -> Option<()> {
        let agents = parties.iter().any(|who| self.people[*who].is_agent);
        let may = |who: &Who| self.reads(*who, room);
        (!(agents && self.rooms[room].closed_to_agents) && parties.iter().all(may)).then_some(())
    }

    pub(crate) fn moderates(&self, parties: &[Who], room: &str) -> bool {
        let room = &self.rooms[room];
        room.kind != Kind::Direct
            && parties
                .iter()
                .all(|who| room.maker == *who || self.people[*who].rank >= Rank::Admin)
    }

    fn steers(&self, parties: &[Who], room: &str) -> bool {
        self.rooms[room].kind == Kind::Direct || self.moderates(parties, room)
    }

    /// Whether everybody with an account, or everybody but guests, may read a room.
    fn all_read(&self, room: &str, guests: bool) -> bool {
        (0..self.people.len())
            .filter(|who| !self.people[*who].closed)
            .filter(|who| guests || self.people[*who].rank > Rank::Guest)
            .all(|who| self.reads(who, room))
    }

    fn rank(&self, parties: &[Who]) -> Rank {
        let ranks = parties.iter().map(|who| self.people[*who].rank);
        ranks.min().unwrap_or(Rank::Guest)
    }

    /// What somebody is answered who decides a card in a room.
    pub(crate) fn may_decide(&self, who: Who, asker: Who, room: &str) -> u16 {
        if !self.inside(&[who], room) {
            return 404;
        }
        match who == asker || self.moderates(&[who], room) {
            true => 200,
            false => 403,
        }
    }

    /// What must come of a call, and what it leaves behind. The world is changed accordingly.
    pub(crate) fn judge(&mut self, asked: Asked<'_>, act: &Act) -> (Verdict, Vec<Trace>) {
        let parties: Vec<Who> = asked.agent.into_iter().chain([asked.person]).collect();
        let refused = (Verdict::Refused, Vec::new());
        if act.name.is_empty() || parties.iter().any(|who| self.people[*who].closed) {
            return refused;
        }
        let is_suited = |agent: Who| match &self.people[agent].tools {
            Some(tools) => tools.contains(&act.name),
            None => true,
        };
        if asked.agent.is_some_and(|agent| !is_suited(agent)) && !asked.with_leave {
            return refused;
        }
        let for_members = ["agent", "create", "join", "invite", "topic"];
        if for_members.contains(&act.name) && self.rank(&parties) < Rank::Member {
            return refused;
        }
        if asked.agent.is_some() && !asked.with_leave {
            match self.needs_leave(&parties, asked.here, act) {
                None => return refused,
                Some(true) => return self.card(asked, act),
                Some(false) => {}
            }
        }
        let mut traces = Vec::new();
        let verdict = match self.act(asked, &parties, act, &mut traces) {
            Some(()) => Verdict::Allowed,
            None => Verdict::Refused,
        };
        (verdict, traces)
    }

    /// A card that people can read whole, in a room where the agent is, among not too many.
    fn card(&mut self, asked: Asked<'_>, act: &Act) -> (Verdict, Vec<Trace>) {
        let agent = asked.agent.into_iter().collect::<Vec<_>>();
        let length: usize = act.args.values().map(|it| it.chars().count() + 1).sum();
        let fits = act.name.len() + 1 + length <= MESSAGE;
        let waiting = self.rooms[asked.here].waiting;
        if !fits || !self.inside(&agent, asked.here) || waiting >= WAITING {
            return (Verdict::Refused, Vec::new());
        }
        if let Some(room) = self.rooms.get_mut(asked.here) {
            room.waiting += 1;
        }
        (Verdict::Asked, Vec::new())
    }

    /// Whether an agent needs leave; none where there is nothing to ask for.
    fn needs_leave(&self, parties: &[Who], here: &str, act: &Act) -> Option<bool> {
        let target = |name: &str| self.is_open(act.args.get(name)?);
        Some(match act.name {
            "agent" => true,
            "probe/poke" => self.inside(parties, here).then_some(true)?,
            "kick" | "ban" | "unban" | "mute" | "mode" | "budget" | "slow" => {
                self.inside(parties, here).then_some(())?;
                self.steers(parties, here)
            }
            "join" | "create" | "leave" => !self.all_read(here, false),
            "away" | "back" => !self.all_read(here, true),
            "t" | "invite" => !self.reads(target("user")?, here),
            "ask" => !self.reads(target("agent")?, here),
            _ => false,
        })
    }

    fn voice(&self, parties: &[Who], room: &str) -> Option<()> {
        let room = &self.rooms[room];
        (!parties.iter().any(|who| room.muted.contains(who))).then_some(())
    }

    fn act(
        &mut self,
        asked: Asked<'_>,
        parties: &[Who],
        act: &Act,
        traces: &mut Vec<Trace>,
    ) -> Option<()> {
        let here = asked.here;
        let actor = asked.agent.unwrap_or(asked.person);
        let is_agent = asked.agent.is_some();
        let name = self.people[actor].handle.clone();
        let arg = |key: &str| act.args.get(key).map(String::as_str);
        let inside = |world: &Self| world.inside(parties, here).then_some(());
        let group = |world: &Self| (world.rooms[here].kind != Kind::Direct).then_some(());
        match act.name {
            "about" | "agents" | "help" | "rooms" | "users" => {}
            "search" => {
                let words = arg("text")?;
                (words.chars().count() <= 256 && !words.trim().is_empty()).then_some(())?;
            }
            "history" | "memory" | "usage" | "why" | "missed" | "pins" | "stop" | "probe/peek"
            | "probe/poke" => inside(self)?,
            // It tells how one stands, which is nothing where one could walk in.
            "notify" if arg("level").is_none() => self.finds(parties, here)?,
            "notify" => inside(self)?,
            // For people alone.
            "approve" | "deny" | "catchup" | "lang" | "nick" | "private-from-ai" | "vote"
            | "keep"
                if is_agent =>
            {
                return None;
            }
            "private-from-ai" => {
                inside(self)?;
                self.steers(parties, here).then_some(())?;
                let on = arg("text")? == "room on";
                self.rooms.get_mut(here)?.closed_to_agents = on;
                traces.push(format!("{here}: changed"));
            }
            "me" => {
                inside(self)?;
                self.voice(parties, here)?;
                self.post(here, actor, arg("text")?, traces)?;
            }
            "poll" => {
                let text = arg("text")?;
                // Agents ask, and end nothing that was asked.
                (!(is_agent && text == "close")).then_some(())?;
                let (question, options) = text.split_once(" | ")?;
                inside(self)?;
                self.voice(parties, here)?;
                let (one, two) = options.split_once(" | ")?;
                let text = format!("{question}\n1. {one}\n2. {two}");
                self.post(here, actor, &text, traces)?;
            }
            // Nothing that it is made to write says a time.
            "remind" => return None,
            "remember" => {
                inside(self)?;
                self.voice(parties, here)?;
                let length = arg("text")?.chars().count();
                (length <= 500 && self.rooms[here].facts.len() < 200).then_some(())?;
                self.next_fact += 1;
                let number = self.next_fact;
                let owner = asked.person;
                self.rooms.get_mut(here)?.facts.insert(number, owner);
            }
            "forget" => {
                inside(self)?;
                let number = arg("n")?.parse::<u32>().ok()?;
                let owner = *self.rooms[here].facts.get(&number)?;
                let own = parties
                    .iter()
                    .all(|who| *who == owner || self.people[*who].is_agent);
                (own || self.moderates(parties, here)).then_some(())?;
                self.rooms.get_mut(here)?.facts.remove(&number);
            }
            "topic" => {
                inside(self)?;
                group(self)?;
                self.voice(parties, here)?;
                let topic = arg("text")?.to_owned();
                (topic.chars().count() <= 250).then_some(())?;
                let room = self.rooms.get_mut(here)?;
                if room.topic != topic {
                    room.topic = topic;
                    traces.push(format!("{here}: changed"));
                }
            }
            "t" => {
                let target = self.is_open(arg("user")?)?;
                let text = arg("text")?;
                (text.chars().count() <= MESSAGE).then_some(())?;
                for party in parties {
                    let met = |room: &Room| {
                        room.members.contains(party) && room.members.contains(&target)
                    };
                    let reaches = self.people[*party].rank > Rank::Guest || *party == target;
                    (reaches || self.rooms.values().any(met)).then_some(())?;
                }
                let room = self.open_direct(actor, target, traces);
                self.inside(&[actor], &room).then_some(())?;
                self.post(&room, actor, text, traces)?;
            }
            "ask" => {
                let target = self.is_open(arg("agent")?)?;
                self.people[target].is_agent.then_some(())?;
                inside(self)?;
                let text = format!("@{} {}", self.people[target].handle, arg("text")?);
                (text.chars().count() <= MESSAGE).then_some(())?;
                self.voice(parties, here)?;
                if !self.rooms[here].members.contains(&target) {
                    self.bring(parties, here, target, traces)?;
                }
                self.post(here, actor, &text, traces)?;
            }
            "invite" => {
                let target = self.is_open(arg("user")?)?;
                self.bring(parties, here, target, traces)?;
            }
            "create" => {
                let room = arg("room")?;
                let is_name = !room.is_empty()
                    && room.chars().count() <= 32
                    && room
                        .chars()
                        .all(|c| c.is_alphanumeric() || "_-.".contains(c));
                let known = |name: &&String| name.to_lowercase() == room.to_lowercase();
                (is_name && self.rooms.keys().find(known).is_none()).then_some(())?;
                let kind = match arg("kind") {
                    Some("private") => Kind::Private,
                    _ => Kind::Public,
                };
                self.make(room, kind, actor, [actor].into());
                traces.push(format!("{room}: created"));
                traces.push(format!("{room}: {name} joined"));
            }
            "join" => {
                let wanted = arg("room")?.to_lowercase();
                let (key, room) = self
                    .rooms
                    .iter_mut()
                    .find(|(name, _)| name.to_lowercase() == wanted)?;
                let agents = is_agent && room.closed_to_agents;
                let findable = room.kind == Kind::Public
                    || parties.iter().all(|who| room.members.contains(who));
                let shut = parties.iter().any(|who| room.banned.contains(who));
                (room.kind != Kind::Direct && findable && !agents && !shut).then_some(())?;
                if room.members.insert(actor) {
                    self.been.insert((actor, key.clone()));
                    traces.push(format!("{key}: {name} joined"));
                }
            }
            "leave" => {
                inside(self)?;
                group(self)?;
                self.rooms.get_mut(here)?.members.remove(&actor);
                traces.push(format!("{here}: {name} left"));
            }
            "away" => {
                let note = arg("text").unwrap_or_default().to_owned();
                (note.chars().count() <= 200).then_some(())?;
                self.people[actor].away = Some(note);
            }
            "back" => self.people[actor].away = None,
            "mode" | "budget" => {
                let key = if act.name == "mode" { "mode" } else { "limit" };
                let Some(word) = arg(key) else {
                    return self.finds(parties, here);
                };
                inside(self)?;
                let amount = arg("amount").unwrap_or_default();
                if act.name == "budget" {
                    (amount == "-" || amount.parse::<u64>().is_ok()).then_some(())?;
                }
                self.steers(parties, here).then_some(())?;
                let room = self.rooms.get_mut(here)?;
                let was = (room.mode.clone(), room.budget.clone());
                match (act.name, amount) {
                    ("mode", _) => word.clone_into(&mut room.mode),
                    (_, "-") => drop(room.budget.remove(word)),
                    _ => drop(room.budget.insert(word.to_owned(), amount.to_owned())),
                }
                if was != (room.mode.clone(), room.budget.clone()) {
                    traces.push(format!("{here}: changed"));
                }
            }
            "slow" => {
                let Some(between) = arg("duration") else {
                    return self.finds(parties, here);
                };
                inside(self)?;
                group(self)?;
                self.moderates(parties, here).then_some(())?;
                let seconds = match between {
                    "0" => 0,
                    "10m" => 600,
                    "2h" => 7_200,
                    _ => return None,
                };
                let room = self.rooms.get_mut(here)?;
                if seconds == 0 {
                    room.spoke.clear();
                }
                if room.slow != seconds {
                    room.slow = seconds;
                    traces.push(format!("{here}: changed"));
                }
            }
            "kick" | "ban" | "unban" | "mute" => {
                self.moderate(parties, actor, here, act, traces)?
            }
            "agent" => self.agent(parties, here, act)?,
            other => panic!("no rule says what must come of /{other}: state one"),
        }
        Some(())
    }

    fn post(&mut self, room: &str, from: Who, text: &str, traces: &mut Vec<Trace>) -> Option<()> {
        let fits = !text.trim().is_empty() && text.chars().count() <= MESSAGE;
        (fits && !self.must_wait(from, room)).then_some(())?;
        self.spoke(from, room);
        let name = &self.people[from].handle;
        traces.push(format!("{room}: {name} said {}", text.trim_end()));
        Some(())
    }

    /// A slow room binds whoever does not moderate it, and every agent.
    fn is_bound(&self, who: Who, room: &str) -> bool {
        self.rooms[room].slow > 0 && (self.people[who].is_agent || !self.moderates(&[who], room))
    }

    /// Somebody has had their turn in a slow room. No run lasts until the next one.
    pub(crate) fn must_wait(&self, who: Who, room: &str) -> bool {
        self.is_bound(who, room) && self.rooms[room].spoke.contains(&who)
    }

    /// Somebody wrote.
    pub(crate) fn spoke(&mut self, who: Who, room: &str) {
        if self.is_bound(who, room)
            && let Some(room) = self.rooms.get_mut(room)
        {
            room.spoke.insert(who);
        }
    }

    /// Everybody is now where they are, and has been nowhere else.
    pub(crate) fn look_anew(&mut self) {
        let now = self.rooms.iter().flat_map(|(name, room)| {
            let member = |who: &Who| (*who, name.clone());
            room.members.iter().map(member)
        });
        self.been = now.collect();
    }

    fn make(&mut self, name: &str, kind: Kind, maker: Who, members: BTreeSet<Who>) {
        self.been
            .extend(members.iter().map(|who| (*who, name.to_owned())));
        let room = Room {
            kind,
            maker,
            members,
            banned: BTreeSet::new(),
            muted: BTreeSet::new(),
            topic: String::new(),
            mode: "mention".into(),
            closed_to_agents: false,
            budget: BTreeMap::new(),
            slow: 0,
            spoke: BTreeSet::new(),
            facts: BTreeMap::new(),
            waiting: 0,
        };
        self.rooms.insert(name.to_owned(), room);
    }

    pub(crate) fn add_room(&mut self, name: &str, kind: Kind, maker: Who, members: &[Who]) {
        let members = members.iter().copied().chain([maker]).collect();
        self.make(name, kind, maker, members);
    }

    /// The direct room of two, as it is or newly made.
    pub(crate) fn open_direct(&mut self, a: Who, b: Who, traces: &mut Vec<Trace>) -> String {
        let key = self.direct(a, b);
        if !self.rooms.contains_key(&key) {
            self.make(&key, Kind::Direct, a, [a, b].into());
            traces.push(format!("{key}: created"));
            for who in BTreeSet::from([a, b]) {
                traces.push(format!("{key}: {} joined", self.people[who].handle));
            }
        }
        key
    }

    fn bring(
        &mut self,
        parties: &[Who],
        here: &str,
        target: Who,
        traces: &mut Vec<Trace>,
    ) -> Option<()> {
        (self.rank(parties) >= Rank::Member && self.inside(parties, here)).then_some(())?;
        let name = self.people[target].handle.clone();
        let room = self.rooms.get_mut(here)?;
        (room.kind != Kind::Direct && !room.banned.contains(&target)).then_some(())?;
        if room.members.insert(target) {
            self.been.insert((target, here.to_owned()));
            traces.push(format!("{here}: {name} joined"));
        }
        Some(())
    }

    fn moderate(
        &mut self,
        parties: &[Who],
        actor: Who,
        here: &str,
        act: &Act,
        traces: &mut Vec<Trace>,
    ) -> Option<()> {
        let target = self.who(act.args.get("user")?)?;
        let (name, rank) = (self.people[target].handle.clone(), self.people[target].rank);
        let may = self.inside(parties, here) && self.moderates(parties, here);
        let above = rank > Rank::Member && rank >= self.rank(parties) && target != actor;
        (may && !above).then_some(())?;
        let room = self.rooms.get_mut(here)?;
        match act.name {
            "kick" => {
                room.members.remove(&target).then_some(())?;
                traces.push(format!("{here}: {name} removed"));
            }
            "ban" => {
                (target != actor).then_some(())?;
                room.members.remove(&target);
                room.banned.insert(target);
                traces.push(format!("{here}: {name} removed"));
            }
            "unban" => room.banned.remove(&target).then_some(())?,
            _ => {
                // Nobody lifts what was laid on them, nor has an agent do it.
                let own = target == actor || parties.contains(&target);
                (room.members.contains(&target) && !own).then_some(())?;
                match act.args.get("duration").map(String::as_str) {
                    Some("0") => drop(room.muted.remove(&target)),
                    _ => drop(room.muted.insert(target)),
                }
            }
        }
        Some(())
    }

    /// An agent never comes to own or change another one, whoever allows it.
    fn agent(&self, parties: &[Who], here: &str, act: &Act) -> Option<()> {
        let named = act.args.get("agent").and_then(|name| self.who(name));
        match act.args.get("action")?.as_str() {
            "presets" => Some(()),
            "show" => self.people[named?].is_agent.then_some(()),
            "create" => panic!("the adversary makes no agents: {here} {parties:?}"),
            _ => (self.rank(parties) >= Rank::Admin).then_some(()),
        }
    }
}
