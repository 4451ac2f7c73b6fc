//! Rows as the rest of Salon sees them.

mod agents;
mod moderation;
mod people;
mod talk;

pub use agents::{
    ActRow, AgentRow, ApprovalRow, ChainSoFar, Errand, FactRow, PinState, SpendScope, SpentRow,
    SummaryRow, Turn, TurnCall,
};
pub use moderation::{ModerationRow, ReportRow};
pub use people::{
    AccountRow, Credential, CredentialPurpose, CredentialRow, Identity, IdentityRow, Invite,
    InviteRow, NewPasskey, PasskeyRow, PushSubscription, SecondFactorRow, User,
};
pub use talk::{
    AddedEmoji, FileRow, Found, Holds, KeptRoom, Listener, MadeOf, MessageFilter, MessageRow,
    NewEmoji, Room, SearchCursor, UploadRow,
};
