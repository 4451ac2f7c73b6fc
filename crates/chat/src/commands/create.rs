//! `/create ROOM [private]`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError, Words,
    actions::{CreateRoom, create_room},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, NoticeBody, ParamKind, Role, RoomKind, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "create",
    aliases: &[],
    params: &[
        Param::required(
            "room",
            ParamKind::Room,
            Text {
                en: "Its name.",
                zh: "聊天室名称。",
            },
        ),
        Param::optional(
            "kind",
            ParamKind::Word,
            Text {
                en: "Who may find it; public by default.",
                zh: "谁能找到它；默认公开。",
            },
        )
        .one_of(&["public", "private"]),
    ],
    place: Place::Anywhere,
    role: Role::Member,
    effect: Effect::Writes,
    reach: Reach::Members,
    summary: Text {
        en: "Make a room.",
        zh: "创建聊天室。",
    },
    help: Text {
        en: "Makes a room with you in it. A private room is known to its members only.",
        zh: "创建一个聊天室并加入其中。私密聊天室只有成员知道。",
    },
    run: |invocation| create(invocation).boxed(),
};

async fn create(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let kind = match invocation.args.get("kind") {
        Some("private") => RoomKind::Private,
        _ => RoomKind::Public,
    };
    let new = CreateRoom {
        name: invocation.args.text("room").to_owned(),
        kind,
        topic: String::new(),
        members: Vec::new(),
    };
    let room = create_room(invocation.chat, invocation.caller, new).await?;
    let words = Words::new(
        format!(
            "Room #{} is there; /invite USER brings others in.",
            room.name
        ),
        format!("聊天室 #{} 已创建；用 /invite 邀请其他人。", room.name),
    );
    Ok(Done {
        room: Some(room.id),
        seq: Some(room.seq),
        notice: Some(NoticeBody {
            text: words.get(invocation.caller.lang).to_owned(),
            data: Some(json!({ "room": room.id, "name": room.name })),
        }),
        ..Done::default()
    })
}
