//! The log and its projections, durable.
//!
//! Owns the database: nothing outside this crate writes SQL. It knows rows and transactions and
//! leaves *who may* to `salon-chat`, except for what must hold at the instant of the commit
//! (membership, mutes, authorship), which it checks inside the transaction.

mod error;
mod model;
mod segment;
mod sqlite;
mod write;

pub use error::StoreError;
pub use model::{
    Credential, CredentialPurpose, Invite, MessageFilter, MessageRow, Room, Turn, TurnCall, User,
};
pub use sqlite::{Publication, Store, StoreConfig, Tx};
pub use write::{
    Actor, Appended, Change, FinishTurn, NewEvent, NewRoom, NewUser, SendKey, TurnCause,
};
