//! What the hub's actor is told, in order.

use crate::{Outlet, Published, Registered, SessionId, drafts::Draft};
use salon_protocol::{AgentState, DraftEnd, DraftId, RoomId, Seq, ServerFrame, UserId, UserInfo};
use std::sync::Arc;
use tokio::sync::oneshot;

pub(crate) enum Command {
    Publish(Vec<Published>),
    Register {
        user: UserId,
        credential: Option<[u8; 32]>,
        outlet: Arc<Outlet>,
        answer: oneshot::Sender<Registered>,
    },
    Release(SessionId),
    Unregister(SessionId),
    AgentOnline(UserId, bool),
    UserChanged(UserInfo),
    UserDisabled(UserId),
    UserSignedOut(UserId, Option<[u8; 32]>),
    CredentialRevoked([u8; 32]),
    Credentials(oneshot::Sender<Vec<[u8; 32]>>),
    Typing {
        room: RoomId,
        user: UserId,
    },
    Read {
        room: RoomId,
        user: UserId,
        seq: Seq,
    },
    TellUser {
        user: UserId,
        frame: Box<ServerFrame>,
    },
    Notice {
        user: UserId,
        room: Option<RoomId>,
        text: String,
        data: Option<serde_json::Value>,
    },
    BeginDraft(Box<Draft>),
    Draft(DraftId, DraftChange),
    StopDraft(DraftId),
    DraftRoom(DraftId, oneshot::Sender<Option<RoomId>>),
    DraftsIn(RoomId, oneshot::Sender<Vec<DraftId>>),
    Shutdown(oneshot::Sender<()>),
}

pub(crate) enum DraftChange {
    Append(String),
    State(AgentState, Option<String>),
    /// The reply is about to be posted: what the log will bring is no longer a draft's business.
    End(DraftEnd),
}
