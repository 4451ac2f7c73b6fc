//! Leave for what an agent may not do alone. It is shown exactly, decided once by a person who may,
//! carried out at most once, and runs out of time by itself.

use super::{append, done};
use crate::{Caller, Chat, ChatError, Words, caller::actor, rules};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{
    ApprovalState, Done, MessageId, RoomId, Text, TurnId, UserKind, limits::MESSAGE_CHARS_MAX,
};
use salon_store::{ApprovalRow, Change, NewApproval, NewEvent, StoreError, User};

/// Nobody decides for so long: then it is refused.
const APPROVAL_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Approvals carried out at once.
const BEGUN_AT_ONCE_MAX: usize = 8;

/// A call that an agent may not make alone.
#[derive(Clone, Debug)]
pub struct AskApproval {
    /// The turn.
    pub turn: TurnId,
    /// The call's number in it.
    pub n: u32,
    /// The message at the beginning of the chain.
    pub chain: MessageId,
    /// The call's name.
    pub name: String,
    /// Its arguments as JSON.
    pub arguments: String,
    /// The call as people are shown it.
    pub act: String,
    /// Why it needs leave.
    pub why: &'static str,
}

/// Asks for leave in the room, as the agent; answers with the approval.
pub async fn ask_approval(
    chat: &Chat,
    agent: &Caller,
    room: RoomId,
    ask: AskApproval,
) -> Result<ApprovalRow, ChatError> {
    let Some(behalf) = &agent.behalf else {
        return Err(ChatError::Internal(
            "only an agent asks for approval".into(),
        ));
    };
    // A card is read whole before anybody allows it: it is no longer than a message may be.
    if ask.act.chars().count() > MESSAGE_CHARS_MAX {
        let what = Text {
            en: "What needs approval",
            zh: "需要批准的操作",
        };
        return Err(ChatError::TooLong {
            what,
            max: MESSAGE_CHARS_MAX,
        });
    }
    let expires_at = salon_protocol::now()
        .saturating_add(APPROVAL_LIFE)
        .unwrap_or(Timestamp::MAX);
    let (turn, n) = (ask.turn, ask.n);
    let approval = NewApproval {
        turn,
        n,
        asker: actor(&behalf.asker),
        hops: behalf.hops,
        chain: ask.chain,
        name: ask.name,
        arguments: ask.arguments,
        act: ask.act,
        why: ask.why,
        expires_at,
    };
    let change = Change::AskApproval {
        approval: Box::new(approval),
    };
    append(chat, agent, room, change).await?;
    let asked = chat.store().approval_of_call(turn, n).await?;
    asked.ok_or_else(|| ChatError::Internal("an approval is not where it was put".into()))
}

/// Allows or refuses what an agent asked for: whoever asked the agent may, and moderators of the
/// room. It is carried out with the rights of whoever allows it.
pub async fn decide_approval(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    number: u32,
    approve: bool,
) -> Result<Done, ChatError> {
    if caller.behalf.is_some() || caller.user.kind == UserKind::Agent {
        return Err(ChatError::Forbidden(Words::new(
            "An agent cannot approve anything: only people do.",
            "AI 不能批准任何操作，只有人可以。",
        )));
    }
    let room = rules::member_room(chat, caller, room).await?;
    let row = chat.store().approval(room.id, number).await?;
    let row = row.ok_or_else(|| no_such_approval(number))?;
    if row.asker != caller.id() && !rules::may_moderate(chat, caller, &room).await? {
        return Err(ChatError::Forbidden(Words::new(
            "Only whoever asked the agent, or a moderator of this room, decides that.",
            "只有提问者或这个聊天室的管理者可以决定。",
        )));
    }
    if row.expires_at <= salon_protocol::now() {
        expire(chat, row).await?;
        return Err(too_late(number));
    }
    let state = match approve {
        true => ApprovalState::Approved,
        false => ApprovalState::Denied,
    };
    let change = Change::SettleApproval {
        number,
        from: &[ApprovalState::Waiting],
        state,
        by: Some(caller.actor()),
        result: None,
    };
    let settled = append(chat, caller, room.id, change)
        .await
        .map_err(|error| match error {
            ChatError::Conflict(_) => too_late(number),
            other => other,
        })?;
    if approve {
        chat.hub().wake_agents();
    }
    Ok(done(settled))
}

/// Takes what was allowed and nobody has begun. Each comes once.
pub async fn begin_approved(chat: &Chat) -> Result<Vec<ApprovalRow>, ChatError> {
    let work = |tx: &mut salon_store::Tx<'_>| tx.begin_approved(BEGUN_AT_ONCE_MAX);
    Ok(chat.store().write(work).await?)
}

/// Says what came of an act that was allowed.
pub async fn settle_approval(
    chat: &Chat,
    row: &ApprovalRow,
    state: ApprovalState,
    result: Option<String>,
) -> Result<(), ChatError> {
    settle(chat, row, &[ApprovalState::Approved], state, result).await
}

/// Refuses what nobody decided in time.
pub async fn expire_approvals(chat: &Chat) -> Result<(), ChatError> {
    for row in chat
        .store()
        .overdue_approvals(salon_protocol::now())
        .await?
    {
        expire(chat, row).await?;
    }
    Ok(())
}

/// Says of acts that were begun before the server ended that nobody knows what became of them.
pub async fn settle_interrupted(chat: &Chat) -> Result<(), ChatError> {
    let begun = chat.store().write(|tx| tx.begun_approvals()).await?;
    for row in begun {
        let words = "The server stopped while this was being done. Whether it was done is not known; it was not repeated. / 执行过程中服务器停止，无法确定是否完成；没有重复执行。";
        settle_approval(chat, &row, ApprovalState::Failed, Some(words.into())).await?;
    }
    Ok(())
}

async fn expire(chat: &Chat, row: ApprovalRow) -> Result<(), ChatError> {
    let from = &[ApprovalState::Waiting];
    match settle(chat, &row, from, ApprovalState::Expired, None).await {
        // Somebody decided at the same moment.
        Err(ChatError::Conflict(_)) => Ok(()),
        other => other,
    }
}

async fn settle(
    chat: &Chat,
    row: &ApprovalRow,
    from: &'static [ApprovalState],
    state: ApprovalState,
    result: Option<String>,
) -> Result<(), ChatError> {
    let agent: Option<User> = chat.store().user(row.agent).await?;
    let agent = agent.ok_or(ChatError::MessageNotFound)?;
    let change = Change::SettleApproval {
        number: row.number,
        from,
        state,
        by: None,
        result,
    };
    let new = NewEvent {
        room: row.room,
        actor: actor(&agent),
        change,
        key: None,
    };
    let appended: Result<_, StoreError> = chat.store().write(move |tx| tx.append(new)).await;
    appended.map(drop).map_err(Into::into)
}

fn no_such_approval(number: u32) -> ChatError {
    ChatError::NotFound(Words::new(
        format!("Nothing in this room has the number {number} and waits for approval."),
        format!("这个聊天室里没有编号为 {number} 的待批准操作。"),
    ))
}

fn too_late(number: u32) -> ChatError {
    ChatError::Conflict(Words::new(
        format!("Number {number} was decided already, or its time has run out."),
        format!("编号 {number} 已经有了结果，或已超时。"),
    ))
}
