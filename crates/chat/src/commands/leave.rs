//! `/leave`

use super::declare::{Command, Invocation, Place, Reach};
use crate::{ChatError, actions::leave_room};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "leave",
    aliases: &["part"],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Members,
    summary: Text {
        en: "Go out of this room.",
        zh: "离开本聊天室。",
    },
    help: Text {
        en: "You get nothing more from this room. Into a private room only an invitation leads back.",
        zh: "之后不再收到本聊天室的消息。私密聊天室需要再次被邀请才能回来。",
    },
    run: |invocation| leave(invocation).boxed(),
};

async fn leave(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    leave_room(invocation.chat, invocation.caller, invocation.room()?).await
}
