//! The commands: one declaration each, from which come the parser, `/help`, completion,
//! `/api/commands`, the agents' tools and the documentation. A new command is one file and one
//! line in [`Registry::new`].

mod about;
mod agents;
mod arguments;
mod ask;
mod away;
mod back;
mod ban;
mod create;
mod declare;
mod help;
mod history;
mod invite;
mod join;
mod kick;
mod lang;
mod leave;
mod me;
mod missed;
mod mute;
mod nick;
mod registry;
mod rooms;
mod run;
mod search;
mod stop;
mod tell;
mod topic;
mod unban;
mod users;

pub use declare::{Arguments, Command, Invocation, Param, Place};
pub use registry::Registry;
pub use run::{run_line, run_named};
