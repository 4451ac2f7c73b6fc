//! Words that were said in one room, and whether they turn up where they must not.

use crate::statement::{Who, World};

/// What it was told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A message, or the room's topic.
    Said,
    /// A message that no agent is to read.
    Hushed,
    /// Something that agents are to remember.
    Fact,
}

/// A word that stands nowhere but where it was told, and where those who may have carried it.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    pub(crate) word: String,
    pub(crate) places: Vec<(String, Told)>,
}

impl Canary {
    /// Whether a model that answers there may read it.
    pub(crate) fn model_may(&self, world: &World, here: &str, agent: Who, asker: Who) -> bool {
        self.places.iter().any(|(room, told)| {
            world.rooms.contains_key(room)
                && world.rooms.contains_key(here)
                && match told {
                    Told::Hushed => false,
                    Told::Said => world.may_be_told(room, here, agent, asker),
                    Told::Fact => world.fact_may_be_told(room, here, agent, asker),
                }
        })
    }

    /// Whether somebody's session may bring it.
    pub(crate) fn person_may(&self, world: &World, who: Who) -> bool {
        let may =
            |(room, _): &(String, Told)| world.rooms.contains_key(room) && world.reads(who, room);
        self.places.iter().any(may)
    }
}
