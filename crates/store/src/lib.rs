//! The log and its projections, durable.
//!
//! Owns the database: nothing outside this crate writes SQL. Owns the files' bytes beside it. It knows rows and transactions and
//! leaves *who may* to `salon-chat`, except for what must hold at the instant of the commit
//! (membership, mutes, authorship), which it checks inside the transaction.

mod backup;
mod error;
mod model;
mod search;
mod sqlite;
mod vault;
mod write;

pub use backup::{Manifest, Restored, backup, restore};
pub use error::{PollRefusal, StoreError};
pub use model::{
    AccountRow, ActRow, AddedEmoji, AgentRow, ApprovalRow, ChainSoFar, Credential,
    CredentialPurpose, CredentialRow, Errand, FactRow, FileRow, Found, Holds, Identity,
    IdentityRow, Invite, InviteRow, KeptRoom, Listener, MadeOf, MessageFilter, MessageRow,
    ModerationRow, NewEmoji, NewPasskey, PasskeyRow, PinState, PushSubscription, ReportRow, Room,
    SearchCursor, SecondFactorRow, SpendScope, SpentRow, SummaryRow, Turn, TurnCall, UploadRow,
    User,
};
pub use search::{Passage, Wanted};
pub use sqlite::{ClaimedTurn, Publication, Store, StoreConfig, Tx, Workers};
pub use vault::{BucketConfig, ByteDigest, Hold, Piece, Staged, Unfinished, Vault};
pub use write::{
    Actor, Appended, Calling, Candidate, Change, FinishTurn, NewApproval, NewEvent, NewFile,
    NewModeration, NewPicture, NewRoom, NewUser, SendKey, Spent, TurnCause,
};
