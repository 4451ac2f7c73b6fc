// Generated from crates/protocol by `cargo xtask types`. Do not edit.

export type UserId = string;
export type RoomId = string;
export type MessageId = string;
export type DraftId = string;
export type TurnId = string;
export type Seq = number;
export type Handle = string;
export type Lang = "en" | "zh";
export type UserKind = "human" | "agent" | "bot";
export type Role = "guest" | "member" | "admin" | "owner";
export type Presence = "online" | "away" | "offline";
export type UserInfo = { 
/**
 * Id.
 */
id: UserId, 
/**
 * Handle.
 */
handle: Handle, 
/**
 * The name to show; the handle where none was chosen.
 */
display_name: string, 
/**
 * Human, agent or bot.
 */
kind: UserKind, 
/**
 * Role on the server.
 */
role: Role, 
/**
 * Whether they can be reached now.
 */
presence: Presence, 
/**
 * What they said with `/away`.
 */
away?: string, 
/**
 * The account is closed; its messages remain.
 */
disabled?: boolean, };
export type RoomKind = "public" | "private" | "direct";
export type Member = { 
/**
 * Id.
 */
id: UserId, 
/**
 * Handle.
 */
handle: Handle, 
/**
 * The name to show.
 */
display_name: string, 
/**
 * Human, agent or bot.
 */
kind: UserKind, 
/**
 * Role on the server.
 */
role: Role, };
export type RoomSummary = { 
/**
 * Id.
 */
id: RoomId, 
/**
 * Name; of a direct room the other user's handle with a leading `@`.
 */
name: string, 
/**
 * Public, private or direct.
 */
kind: RoomKind, 
/**
 * What the room is about; empty where nobody said.
 */
topic: string, 
/**
 * The newest event's number.
 */
seq: Seq, 
/**
 * How far the asker has read, over all their sessions.
 */
read_seq: Seq, 
/**
 * Messages by others after `read_seq`.
 */
unread: number, 
/**
 * Whether the asker is a member; a public room may be seen without.
 */
joined: boolean, 
/**
 * Members in the order of their handles, at most
 * [`SUMMARY_MEMBERS_MAX`](crate::limits::SUMMARY_MEMBERS_MAX).
 */
members: Array<Member>, 
/**
 * How many members there are.
 */
member_count: number, };
export type AgentState = "waiting" | "thinking" | "writing" | "tool";
export type DraftUpdate = { 
/**
 * Where it is written.
 */
room: RoomId, 
/**
 * Which draft.
 */
draft_id: DraftId, 
/**
 * Who writes.
 */
from: Handle, 
/**
 * Where `text` belongs, in Unicode code points from the draft's beginning.
 */
offset: number, 
/**
 * What to append at `offset`.
 */
text: string, 
/**
 * What the agent is doing.
 */
state: AgentState, 
/**
 * With `state` `tool`: the command's or tool's name.
 */
tool?: string, };
export type DraftEnd = "posted" | "stopped" | "dropped";
export type ErrorCode = "not_signed_in" | "forbidden" | "not_found" | "user_offline" | "user_not_found" | "unknown_command" | "bad_arguments" | "too_long" | "too_fast" | "conflict" | "internal";
export type Problem = { 
/**
 * A URI that names the kind of problem: `urn:salon:error:CODE`.
 */
type: string, 
/**
 * The kind of problem in a few words.
 */
title: string, 
/**
 * The HTTP status.
 */
status: number, 
/**
 * What went wrong here and what to do, in the user's language.
 */
detail: string, 
/**
 * The stable code.
 */
code: ErrorCode, 
/**
 * Milliseconds to wait before a retry helps.
 */
retry_after_ms?: number, };
export type MessageState = "complete" | "stopped" | "degraded";
export type Message = { 
/**
 * Id.
 */
id: MessageId, 
/**
 * What it says; empty once it was deleted.
 */
text: string, 
/**
 * Who posted it.
 */
from: Handle, 
/**
 * What kind of user posted it.
 */
from_kind: UserKind, 
/**
 * The message it answers.
 */
reply_to?: MessageId, 
/**
 * The draft that grew into it.
 */
draft_id?: DraftId, 
/**
 * Of an agent's message: how it came to its end.
 */
state?: MessageState, 
/**
 * Said with `/me`: shown as something the sender does.
 */
action?: boolean, 
/**
 * The text was taken away.
 */
deleted?: boolean, };
export type EventBody = { "kind": "message.posted", 
/**
 * The message.
 */
message: Message, } | { "kind": "message.edited", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * What it says now; empty once it was deleted.
 */
text: string, } | { "kind": "message.deleted", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "reaction.added", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * With what.
 */
emoji: string, } | { "kind": "reaction.removed", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * What.
 */
emoji: string, } | { "kind": "member.joined", 
/**
 * Who came.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, 
/**
 * What kind of user.
 */
user_kind: UserKind, } | { "kind": "member.left", 
/**
 * Who left.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, } | { "kind": "member.removed", 
/**
 * Who was removed.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, 
/**
 * They may not come back until an `/unban`.
 */
banned?: boolean, } | { "kind": "room.created", 
/**
 * Its name; empty for a direct room.
 */
name: string, 
/**
 * Public, private or direct.
 */
room_kind: RoomKind, } | { "kind": "room.changed", 
/**
 * What it is now.
 */
topic: string, };
export type Event = { 
/**
 * Which room's log.
 */
room: RoomId, 
/**
 * Its number there.
 */
seq: Seq, 
/**
 * When it was committed.
 */
at: string, 
/**
 * Whose doing it was.
 */
from: Handle, } & ({ "kind": "message.posted", 
/**
 * The message.
 */
message: Message, } | { "kind": "message.edited", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * What it says now; empty once it was deleted.
 */
text: string, } | { "kind": "message.deleted", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "reaction.added", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * With what.
 */
emoji: string, } | { "kind": "reaction.removed", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * What.
 */
emoji: string, } | { "kind": "member.joined", 
/**
 * Who came.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, 
/**
 * What kind of user.
 */
user_kind: UserKind, } | { "kind": "member.left", 
/**
 * Who left.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, } | { "kind": "member.removed", 
/**
 * Who was removed.
 */
user: Handle, 
/**
 * Their id.
 */
user_id: UserId, 
/**
 * They may not come back until an `/unban`.
 */
banned?: boolean, } | { "kind": "room.created", 
/**
 * Its name; empty for a direct room.
 */
name: string, 
/**
 * Public, private or direct.
 */
room_kind: RoomKind, } | { "kind": "room.changed", 
/**
 * What it is now.
 */
topic: string, });
export type ReactionView = { 
/**
 * Which emoji.
 */
emoji: string, 
/**
 * Who reacted with it, in the order of their doing so.
 */
users: Array<Handle>, };
export type MessageView = { 
/**
 * The room it was posted in.
 */
room: RoomId, 
/**
 * The number of its `message.posted`.
 */
seq: Seq, 
/**
 * When it was posted.
 */
at: string, 
/**
 * When its text last changed.
 */
edited_at?: string, 
/**
 * Reactions in the order in which each emoji came first.
 */
reactions?: Array<ReactionView>, 
/**
 * Id.
 */
id: MessageId, 
/**
 * What it says; empty once it was deleted.
 */
text: string, 
/**
 * Who posted it.
 */
from: Handle, 
/**
 * What kind of user posted it.
 */
from_kind: UserKind, 
/**
 * The message it answers.
 */
reply_to?: MessageId, 
/**
 * The draft that grew into it.
 */
draft_id?: DraftId, 
/**
 * Of an agent's message: how it came to its end.
 */
state?: MessageState, 
/**
 * Said with `/me`: shown as something the sender does.
 */
action?: boolean, 
/**
 * The text was taken away.
 */
deleted?: boolean, };
export type Resume = { 
/**
 * The `epoch` of the `welcome` under which the numbers were seen.
 */
epoch: string, 
/**
 * The last number seen, by room.
 */
rooms: Record<string, number>, };
export type ClientFrame = { "type": "hello", 
/**
 * A bearer token, where the handshake carried none.
 */
token?: string, 
/**
 * Ask for what was missed.
 */
resume?: Resume, } | { "type": "send", 
/**
 * An id, a name, or `@handle` for the direct room with that user.
 */
room: string, 
/**
 * What to say.
 */
text: string, 
/**
 * Makes a retry safe.
 */
key?: string, 
/**
 * The message it answers.
 */
reply_to?: MessageId, } | { "type": "edit", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * What it should say.
 */
text: string, } | { "type": "delete", 
/**
 * Which.
 */
message_id: MessageId, } | { "type": "react", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * With what.
 */
emoji: string, 
/**
 * Take it back instead.
 */
remove?: boolean, } | { "type": "read", 
/**
 * As in `send`.
 */
room: string, 
/**
 * How far.
 */
seq: Seq, } | { "type": "typing", 
/**
 * As in `send`.
 */
room: string, } | { "type": "stop", 
/**
 * Which draft.
 */
draft_id: DraftId, } | { "type": "retry", 
/**
 * The agent's message.
 */
message_id: MessageId, } | { "type": "ping", };
export type SessionLimits = { 
/**
 * A message's length in characters.
 */
message_chars_max: number, 
/**
 * A frame's length in bytes.
 */
frame_bytes_max: number, 
/**
 * A key's length in characters.
 */
key_chars_max: number, };
export type ServerFrame = { "type": "welcome", 
/**
 * Who the session belongs to.
 */
user: UserInfo, 
/**
 * The identity of the log's life.
 */
epoch: string, 
/**
 * The rooms that the user is in.
 */
rooms: Array<RoomSummary>, 
/**
 * Everybody who has an account, so that names and presence can be shown.
 */
users: Array<UserInfo>, 
/**
 * What the server will take.
 */
limits: SessionLimits, } | { "type": "ready" } | { "type": "ack", 
/**
 * The request's.
 */
id?: string, 
/**
 * Which room's log.
 */
room: RoomId, 
/**
 * Its number there.
 */
seq: Seq, 
/**
 * The message that was posted, edited, deleted or reacted to.
 */
message_id?: MessageId, } | { "type": "error", 
/**
 * The request's.
 */
id?: string, 
/**
 * Stable.
 */
code: ErrorCode, 
/**
 * What went wrong and what to do, in the user's language.
 */
message: string, 
/**
 * Whether the same request may succeed later.
 */
retry: boolean, 
/**
 * Milliseconds to wait before that.
 */
retry_after_ms?: number, 
/**
 * With `user_offline`: the room in which the message is kept.
 */
room?: RoomId, 
/**
 * With `user_offline`: the number of the event that is kept.
 */
seq?: Seq, 
/**
 * With `user_offline`: the message that is kept.
 */
message_id?: MessageId, } | { "type": "event" } & Event | { "type": "room", 
/**
 * The room.
 */
room: RoomSummary, } | { "type": "draft" } & DraftUpdate | { "type": "draft.end", 
/**
 * Where it was written.
 */
room: RoomId, 
/**
 * Which.
 */
draft_id: DraftId, 
/**
 * How.
 */
state: DraftEnd, } | { "type": "notice", 
/**
 * The request's.
 */
id?: string, 
/**
 * Where it belongs.
 */
room?: RoomId, 
/**
 * Markdown, in the user's language.
 */
text: string, 
/**
 * The same for programs.
 */
data?: unknown, } | { "type": "presence", 
/**
 * As they are now.
 */
users: Array<UserInfo>, } | { "type": "typing", 
/**
 * Where.
 */
room: RoomId, 
/**
 * Who.
 */
user: Handle, } | { "type": "read", 
/**
 * Where.
 */
room: RoomId, 
/**
 * How far.
 */
seq: Seq, } | { "type": "reset", 
/**
 * Which room.
 */
room: RoomId, } | { "type": "pong", 
/**
 * The request's.
 */
id?: string, };
export type Effect = "reads" | "writes" | "moderates";
export type ParamKind = "user" | "agent" | "room" | "command" | "word" | "number" | "duration" | "text";
export type ParamInfo = { 
/**
 * Name; also the key in `args`.
 */
name: string, 
/**
 * What it takes.
 */
type: ParamKind, 
/**
 * Whether it must be given.
 */
required: boolean, 
/**
 * The only values allowed, where the list is closed.
 */
choices?: Array<string>, 
/**
 * What it means, in the asker's language.
 */
help: string, };
export type CommandInfo = { 
/**
 * Name without the slash.
 */
name: string, 
/**
 * Other names.
 */
aliases: Array<string>, 
/**
 * How to type it: `/t USER TEXT`.
 */
usage: string, 
/**
 * What it does, in a line.
 */
summary: string, 
/**
 * What it does, in full.
 */
help: string, 
/**
 * Parameters in order.
 */
params: Array<ParamInfo>, 
/**
 * What running it can change.
 */
effect: Effect, 
/**
 * The least role that may run it.
 */
role: Role, };
export type OnlineUsers = { 
/**
 * Handles.
 */
users: Array<string>, 
/**
 * Always true: an error has another shape.
 */
success: boolean, };
export type Directory = { 
/**
 * All users.
 */
users: Array<UserInfo>, };
export type LoginRequest = { 
/**
 * Handle.
 */
handle: string, 
/**
 * Password.
 */
password: string, };
export type RedeemRequest = { 
/**
 * The secret of the link.
 */
code: string, 
/**
 * The handle to have.
 */
handle: string, 
/**
 * The password to have.
 */
password: string, 
/**
 * The name to show.
 */
display_name?: string, };
export type InviteInfo = { 
/**
 * The role that whoever redeems it gets.
 */
role: Role, 
/**
 * Who invites; none for the set-up link.
 */
invited_by?: string, 
/**
 * The room it leads to, beside the public `general`.
 */
room?: string, };
export type InviteRequest = { 
/**
 * The role to give; `member` by default.
 */
role?: Role, 
/**
 * A room to bring them into.
 */
room?: string, 
/**
 * How many may use it; one by default.
 */
uses?: number, 
/**
 * Hours until it ends; 168 by default.
 */
hours?: number, };
export type InviteCreated = { 
/**
 * The secret; shown once.
 */
code: string, 
/**
 * The path to open: `/join#CODE`.
 */
path: string, };
export type Me = { 
/**
 * The asker.
 */
user: UserInfo, 
/**
 * The language they chose; none where the client's own rules.
 */
lang?: Lang, };
export type Rooms = { 
/**
 * Rooms.
 */
rooms: Array<RoomSummary>, };
export type CreateRoomRequest = { 
/**
 * Name.
 */
name: string, 
/**
 * `public` (default) or `private`.
 */
kind?: RoomKind, 
/**
 * Topic.
 */
topic?: string, 
/**
 * Handles to bring in.
 */
members?: Array<string>, };
export type Members = { 
/**
 * Members in the order of their handles.
 */
members: Array<Member>, };
export type Events = { 
/**
 * The log, oldest first.
 */
events: Array<Event>, 
/**
 * The room's newest number when the page was read.
 */
seq: Seq, };
export type Messages = { 
/**
 * Messages as they now stand, in time order.
 */
messages: Array<MessageView>, 
/**
 * Whether older ones exist.
 */
more: boolean, 
/**
 * The room's newest number when the page was read.
 */
seq: Seq, };
export type SendRequest = { 
/**
 * What to say; a leading slash runs a command.
 */
text: string, 
/**
 * Makes a retry safe.
 */
key?: string, 
/**
 * The message it answers.
 */
reply_to?: MessageId, };
export type EditRequest = { 
/**
 * What it should say.
 */
text: string, };
export type ReactRequest = { 
/**
 * With what.
 */
emoji: string, };
export type ReadRequest = { 
/**
 * How far.
 */
seq: Seq, };
export type Done = { 
/**
 * The room whose log has the event.
 */
room?: RoomId, 
/**
 * The event's number.
 */
seq?: Seq, 
/**
 * The message it is about.
 */
message_id?: MessageId, 
/**
 * What a command has to tell, in the user's language.
 */
notice?: NoticeBody, 
/**
 * A code that goes with a success: `user_offline` when a private message is kept.
 */
code?: ErrorCode, };
export type NoticeBody = { 
/**
 * Markdown.
 */
text: string, 
/**
 * The same for programs.
 */
data?: unknown, };
export type Commands = { 
/**
 * In alphabetical order.
 */
commands: Array<CommandInfo>, };
export type RunCommandRequest = { 
/**
 * Where to run it: an id, a name or `@handle`; needed by commands that act on a room.
 */
room?: string, 
/**
 * Arguments by parameter's name.
 */
args: Record<string, unknown>, 
/**
 * Makes a retry safe.
 */
key?: string, };
export type SearchHit = { 
/**
 * The room's name as the asker sees it.
 */
room_name: string, 
/**
 * The room it was posted in.
 */
room: RoomId, 
/**
 * The number of its `message.posted`.
 */
seq: Seq, 
/**
 * When it was posted.
 */
at: string, 
/**
 * When its text last changed.
 */
edited_at?: string, 
/**
 * Reactions in the order in which each emoji came first.
 */
reactions?: Array<ReactionView>, 
/**
 * Id.
 */
id: MessageId, 
/**
 * What it says; empty once it was deleted.
 */
text: string, 
/**
 * Who posted it.
 */
from: Handle, 
/**
 * What kind of user posted it.
 */
from_kind: UserKind, 
/**
 * The message it answers.
 */
reply_to?: MessageId, 
/**
 * The draft that grew into it.
 */
draft_id?: DraftId, 
/**
 * Of an agent's message: how it came to its end.
 */
state?: MessageState, 
/**
 * Said with `/me`: shown as something the sender does.
 */
action?: boolean, 
/**
 * The text was taken away.
 */
deleted?: boolean, };
export type SearchResults = { 
/**
 * Best first.
 */
results: Array<SearchHit>, };
