//! Runs a command: typed, over HTTP or by an agent, the same way.

use super::{
    arguments,
    declare::{Along, Arguments, Command, Invocation, Place, Reach},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, Effect, Role};
use serde_json::{Map, Value};

/// Runs a typed line that begins with a slash.
pub async fn run_line(
    chat: &Chat,
    caller: &Caller,
    room: Option<&str>,
    line: &str,
    along: Along,
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
    run(chat, caller, room, command, args, along).await
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
    run(chat, caller, room, command, args, Along::with_key(key)).await
}

async fn run(
    chat: &Chat,
    caller: &Caller,
    room: Option<&str>,
    command: &'static Command,
    args: Arguments,
    along: Along,
) -> Result<Done, ChatError> {
    rules::require_open(chat, caller).await?;
    if command.role > Role::Guest {
        rules::require_role(chat, caller, command.role).await?;
    }
    if !along.files.is_empty() && !command.takes_files() {
        return Err(ChatError::BadArguments(Words::new(
            format!(
                "/{} carries no files. Send them in a message of their own.",
                command.name
            ),
            format!("/{} 不能携带文件，请另发一条消息。", command.name),
        )));
    }
    if let Some(why) = needs_approval(chat, caller, room, command, &args).await? {
        return Err(ChatError::NeedsApproval { why });
    }
    let invocation = Invocation {
        chat,
        caller,
        room,
        args,
        key: along.key,
        reply_to: along.reply_to,
        files: along.files,
    };
    if command.place == Place::Room {
        invocation.room()?;
    }
    metrics::counter!("salon_commands_run_total", "command" => command.name).increment(1);
    (command.run)(invocation).await
}

/// Why an agent may not run this alone, in one stable word; none where it may. Whom this guards:
/// the asker, from a model that was talked into telling others what was said among few, and a
/// room, from a model that was talked into moderating it.
async fn needs_approval(
    chat: &Chat,
    caller: &Caller,
    room: Option<&str>,
    command: &Command,
    args: &Arguments,
) -> Result<Option<&'static str>, ChatError> {
    let Some(behalf) = caller.behalf.as_ref().filter(|behalf| !behalf.approved) else {
        return Ok(None);
    };
    if command.effect == Effect::Moderates {
        // What they may not do at all is refused by the command itself, not put to anybody.
        // Whoever makes or changes an agent moderates no room by it.
        let may = match room.filter(|_| command.place == Place::Room) {
            Some(room) => {
                let room = rules::member_room(chat, caller, room).await?;
                rules::may_steer_agents(chat, caller, &room).await?
            }
            None => true,
        };
        return Ok(may.then_some("moderates"));
    }
    let told = match command.reach {
        Reach::Nothing | Reach::Here => true,
        Reach::Members => rules::everybody_reads(chat, behalf.audience, false).await?,
        Reach::Everybody => rules::everybody_reads(chat, behalf.audience, true).await?,
        Reach::User(param) => {
            let user = rules::open_user_named(chat, args.text(param)).await?;
            rules::reads(chat, behalf.audience, &user).await?
        }
    };
    Ok((!told).then_some("outside_readers"))
}

/// A call as people are shown it before they allow it: the line that somebody would type.
pub fn act_shown(chat: &Chat, name: &str, args: &Map<String, Value>) -> String {
    let mut line = format!("/{name}");
    let Ok(command) = chat.commands().find(name) else {
        return format!("{line} {}", Value::Object(args.clone()));
    };
    for param in command.params {
        match args.get(param.name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => line.push_str(&format!(" {text}")),
            Some(other) => line.push_str(&format!(" {other}")),
        }
    }
    line
}
