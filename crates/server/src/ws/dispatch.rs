//! From a client's frame to an action, in one exhaustive match, and from its outcome to frames.

use salon_chat::{Caller, Chat, ChatError, Words, actions};
use salon_protocol::{
    ClientFrame, Done, ErrorCode, Lang, ServerFrame, limits::REQUEST_ID_CHARS_MAX,
};
use serde_json::Value;

pub(super) type Request = ClientFrame;

/// What a session needs to know of a request before it runs.
pub(super) trait RequestExt: Sized {
    fn room(&self) -> Option<&str>;
    fn set_room(&mut self, id: String);
    fn may_overlap(&self) -> bool;
}

impl RequestExt for Request {
    /// The room it names, for requests that act on one.
    fn room(&self) -> Option<&str> {
        match self {
            Self::Send { room, .. } | Self::Read { room, .. } | Self::Typing { room } => Some(room),
            Self::Hello { .. }
            | Self::Edit { .. }
            | Self::Delete { .. }
            | Self::React { .. }
            | Self::Stop { .. }
            | Self::Retry { .. }
            | Self::Ping {} => None,
        }
    }

    fn set_room(&mut self, id: String) {
        if let Self::Send { room, .. } | Self::Read { room, .. } | Self::Typing { room } = self {
            *room = id;
        }
    }

    /// Whether it may run beside others of the session: a plain message goes straight to the
    /// writer's queue, so messages stay in order and share a commit. Everything else looks things
    /// up first and runs alone.
    fn may_overlap(&self) -> bool {
        match self {
            Self::Send { text, room, .. } => {
                !text.trim_start().starts_with('/')
                    && room.parse::<salon_protocol::RoomId>().is_ok()
            }
            _ => false,
        }
    }
}

type Parsed = Result<(Option<String>, Request), (Option<String>, ChatError)>;

/// Reads a frame. The `id` is found even in a frame that is otherwise wrong.
pub(super) fn parse(text: &str) -> Parsed {
    let bad = |en: String, zh: String| ChatError::BadArguments(Words::new(en, zh));
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let error = bad(
            format!("This is not JSON: {error}. Send one JSON object per frame."),
            format!("这不是有效的 JSON：{error}。每帧请发送一个 JSON 对象。"),
        );
        (None, error)
    })?;
    let id = match value.get("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if id.chars().count() <= REQUEST_ID_CHARS_MAX => Some(id.clone()),
        Some(_) => {
            let error = bad(
                format!("“id” is a text of at most {REQUEST_ID_CHARS_MAX} characters."),
                format!("“id”应为不超过 {REQUEST_ID_CHARS_MAX} 个字符的文本。"),
            );
            return Err((None, error));
        }
    };
    match value.get("type").and_then(Value::as_str) {
        Some(kind) if KINDS.contains(&kind) => {}
        Some(kind) => {
            let kind: String = kind.chars().take(40).collect();
            let kinds = KINDS.join(", ");
            let error = bad(
                format!("There is no frame “{kind}”. Send one of: {kinds}."),
                format!("没有“{kind}”这种帧。可用的有：{kinds}。"),
            );
            return Err((id, error));
        }
        None => {
            let error = bad(
                "A frame is a JSON object with a “type”, such as {\"type\":\"ping\"}.".into(),
                "帧应为带有“type”的 JSON 对象，例如 {\"type\":\"ping\"}。".into(),
            );
            return Err((id, error));
        }
    }
    match serde_json::from_value::<Request>(value) {
        Ok(request) => Ok((id, request)),
        Err(error) => {
            let error = bad(
                format!("The frame's fields are not right: {error}."),
                format!("帧的字段不正确：{error}。"),
            );
            Err((id, error))
        }
    }
}

const KINDS: &[&str] = &[
    "hello", "send", "edit", "delete", "react", "read", "typing", "stop", "retry", "ping",
];

/// Runs one request as the caller; answers with the frames to send.
pub(super) async fn run(
    chat: Chat,
    caller: Caller,
    id: Option<String>,
    request: Request,
) -> Vec<ServerFrame> {
    let (chat, caller) = (&chat, &caller);
    let done: Result<Done, ChatError> = match request {
        Request::Hello { .. } => Err(ChatError::Conflict(Words::new(
            "This session has said hello already.",
            "这个会话已经发送过 hello。",
        ))),
        Request::Send {
            room,
            text,
            key,
            reply_to,
            files,
        } => {
            actions::say(
                chat,
                caller,
                &room,
                actions::Said {
                    text,
                    key,
                    reply_to,
                    files,
                },
            )
            .await
        }
        Request::Edit { message_id, text } => {
            actions::edit_message(chat, caller, message_id, &text).await
        }
        Request::Delete { message_id, reason } => {
            let reason = reason.unwrap_or_default();
            actions::delete_message(chat, caller, message_id, &reason).await
        }
        Request::React {
            message_id,
            emoji,
            remove,
        } => actions::react(chat, caller, message_id, &emoji, remove).await,
        Request::Read { room, seq } => match actions::mark_read(chat, caller, &room, seq).await {
            // The marker comes back as a `read` frame to all of the user's sessions.
            Ok(_) => return Vec::new(),
            Err(error) => Err(error),
        },
        Request::Typing { room } => match actions::typing(chat, caller, &room).await {
            Ok(()) => return Vec::new(),
            Err(error) => Err(error),
        },
        Request::Stop { draft_id } => match actions::stop_draft(chat, caller, draft_id).await {
            // The answer is the draft's end, for everybody to see.
            Ok(_) => return Vec::new(),
            Err(error) => Err(error),
        },
        Request::Retry { message_id } => actions::retry_turn(chat, caller, message_id).await,
        Request::Ping {} => return vec![ServerFrame::Pong { id }],
    };
    match done {
        Ok(done) => answer(id, done),
        Err(error) => vec![error_frame(id, &error, caller.lang)],
    }
}

/// An ack where the log has an event, a notice where there is something to tell; a private message
/// that is kept for somebody is told as the error that its code says.
fn answer(id: Option<String>, done: Done) -> Vec<ServerFrame> {
    let Done {
        room,
        seq,
        message_id,
        notice,
        code,
    } = done;
    let mut frames = Vec::new();
    match (code, room, seq) {
        (Some(code), ..) => {
            let message = notice.map(|notice| notice.text).unwrap_or_default();
            let retry = code.retry();
            frames.push(ServerFrame::Error {
                id,
                code,
                message,
                retry,
                retry_after_ms: None,
                room,
                seq,
                message_id,
            });
            return frames;
        }
        (None, Some(room), Some(seq)) => {
            frames.push(ServerFrame::Ack {
                id: id.clone(),
                room,
                seq,
                message_id,
            });
        }
        (None, ..) => {}
    }
    if let Some(notice) = notice {
        frames.push(ServerFrame::Notice {
            id,
            room,
            text: notice.text,
            data: notice.data,
        });
    }
    frames
}

/// A refusal in the user's language.
pub(super) fn error_frame(id: Option<String>, error: &ChatError, lang: Lang) -> ServerFrame {
    let code: ErrorCode = error.code();
    ServerFrame::Error {
        id,
        code,
        message: error.message(lang),
        retry: code.retry(),
        retry_after_ms: error.retry_after_ms(),
        room: None,
        seq: None,
        message_id: None,
    }
}
