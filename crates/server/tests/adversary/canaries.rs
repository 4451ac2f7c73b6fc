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

/// A word that stands nowhere else.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    pub(crate) word: String,
    pub(crate) room: String,
    pub(crate) told: Told,
}

impl Canary {
    /// Whether a model that answers there may read it.
    pub(crate) fn model_may(&self, world: &World, here: &str, agent: Who, asker: Who) -> bool {
        match self.told {
            Told::Hushed => false,
            Told::Said => world.may_be_told(&self.room, here, agent, asker),
            Told::Fact => world.fact_may_be_told(&self.room, here, agent, asker),
        }
    }

    /// Whether somebody's session may bring it.
    pub(crate) fn person_may(&self, world: &World, who: Who) -> bool {
        world.reads(who, &self.room)
    }
}
