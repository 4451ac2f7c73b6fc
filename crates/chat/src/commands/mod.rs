//! The commands: one declaration each, from which come the parser, `/help`, completion,
//! `/api/commands`, the agents' tools and the documentation. A new command is one file and one
//! line in [`Registry::new`].

mod about;
mod agent;
mod agents;
mod approve;
mod arguments;
mod ask;
mod away;
mod back;
mod ban;
mod budget;
mod catchup;
mod create;
mod declare;
mod deny;
mod forget;
mod help;
mod history;
#[cfg(any(test, fuzzing))]
pub(crate) mod hostile;
mod invite;
mod join;
mod keep;
mod kick;
mod lang;
mod leave;
mod me;
mod memory;
mod missed;
mod mode;
mod mute;
mod nick;
mod notify;
mod pins;
mod poll;
mod private_from_ai;
mod registry;
mod remember;
mod remind;
mod rooms;
mod run;
mod search;
mod slow;
mod stop;
mod tell;
mod topic;
mod unban;
mod usage;
mod users;
mod vote;
mod why;

pub use catchup::digest;
pub use declare::{Along, Arguments, Command, Invocation, Param, Place, Reach};
pub use registry::Registry;
pub use run::{act_shown, run_line, run_named};
