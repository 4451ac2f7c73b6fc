//! Runs a command: typed, over HTTP or by an agent, the same way.

use super::{
    arguments,
    declare::{Arguments, Command, Invocation, Place},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, MessageId, Role};
use serde_json::{Map, Value};

/// Runs a typed line that begins with a slash.
pub async fn run_line(
    chat: &Chat,
    caller: &Caller,
    room: Option<&str>,
    line: &str,
    key: Option<String>,
    reply_to: Option<MessageId>,
) -> Result<Done, ChatError> {
    let line = line.trim_start().strip_prefix('/').unwrap_or(line);
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if name.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Write a command behind the slash; /help lists them.",
            "请在斜杠后写上命令；用 /help 查看全部命令。",
        )));
    }
    let command = chat.commands().find(name)?;
    let args = arguments::from_line(command, rest)?;
    run(chat, caller, room, command, args, key, reply_to).await
}

/// Runs a command by name with arguments by name.
pub async fn run_named(
    chat: &Chat,
    caller: &Caller,
    name: &str,
    room: Option<&str>,
    args: &Map<String, Value>,
    key: Option<String>,
) -> Result<Done, ChatError> {
    let command = chat.commands().find(name)?;
    let args = arguments::from_json(command, args)?;
    run(chat, caller, room, command, args, key, None).await
}

async fn run(
    chat: &Chat,
    caller: &Caller,
    room: Option<&str>,
    command: &'static Command,
    args: Arguments,
    key: Option<String>,
    reply_to: Option<MessageId>,
) -> Result<Done, ChatError> {
    if command.role > Role::Guest {
        rules::require_role(chat, caller, command.role).await?;
    }
    let invocation = Invocation {
        chat,
        caller,
        room,
        args,
        key,
        reply_to,
    };
    if command.place == Place::Room {
        invocation.room()?;
    }
    metrics::counter!("salon_commands_run_total", "command" => command.name).increment(1);
    (command.run)(invocation).await
}
