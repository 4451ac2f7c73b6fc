//! The web client's types, generated from ours.

use crate::*;
use ts_rs::{Config, TS};

/// One TypeScript module with every word of this crate.
pub fn typescript() -> String {
    let config = Config::default();
    let mut out =
        String::from("// Generated from crates/protocol by `cargo xtask types`. Do not edit.\n\n");
    macro_rules! declare {
        ($($name:ty),+ $(,)?) => {
            $(out.push_str(&format!("export {}\n", <$name as TS>::decl(&config)));)+
        };
    }
    declare!(
        UserId,
        RoomId,
        MessageId,
        DraftId,
        TurnId,
        Seq,
        Handle,
        Lang,
        UserKind,
        Role,
        Presence,
        UserInfo,
        RoomKind,
        Member,
        RoomSummary,
        AgentState,
        DraftUpdate,
        DraftEnd,
        ErrorCode,
        Problem,
        MessageState,
        Message,
        EventBody,
        Event,
        ReactionView,
        MessageView,
        Resume,
        ClientFrame,
        SessionLimits,
        ServerFrame,
        Effect,
        ParamKind,
        ParamInfo,
        CommandInfo,
        OnlineUsers,
        Directory,
        LoginRequest,
        RedeemRequest,
        InviteInfo,
        InviteRequest,
        InviteCreated,
        Me,
        Rooms,
        CreateRoomRequest,
        Members,
        Events,
        Messages,
        SendRequest,
        EditRequest,
        ReactRequest,
        ReadRequest,
        Done,
        NoticeBody,
        Commands,
        RunCommandRequest,
        SearchHit,
        SearchResults,
    );
    out
}
