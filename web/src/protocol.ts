// Generated from crates/protocol by `cargo xtask types`. Do not edit.

export type UserId = string;
export type RoomId = string;
export type MessageId = string;
export type DraftId = string;
export type FileId = string;
export type LaterId = string;
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
 * What to show as their picture: an emoji, a letter or two, or, where it begins with a slash,
 * the path of a picture on this server.
 */
avatar?: string, 
/**
 * What they said with `/away`.
 */
away?: string, 
/**
 * The account is closed; its messages remain.
 */
disabled?: boolean, 
/**
 * What they say of themselves.
 */
about?: string, 
/**
 * Where their day begins, by the IANA name: `Asia/Shanghai`.
 */
time_zone?: string, };
export type Account = { 
/**
 * The user as others see them.
 */
user: UserInfo, 
/**
 * The language they chose.
 */
lang?: Lang, 
/**
 * Whether a password opens the account.
 */
has_password: boolean, 
/**
 * Whether sign-in asks for a code as well.
 */
second_factor: boolean, 
/**
 * Recovery codes that are left.
 */
recovery_codes: number, 
/**
 * The provider that people may sign in by, where the operator has named one.
 */
provider?: AccountProvider, };
export type AccountProvider = { 
/**
 * What the operator calls it.
 */
label: string, 
/**
 * As whom it opens the account; it does not where nobody is named.
 */
linked_as?: string, 
/**
 * Since when.
 */
linked_at?: string, };
export type SignInWays = { 
/**
 * What the operator calls the provider, where there is one.
 */
provider?: string, };
export type WayThere = { 
/**
 * An address of the provider.
 */
url: string, };
export type SignInRefusal = "stale" | "denied" | "unavailable" | "untrue" | "not_allowed" | "nobody_new" | "no_handle" | "handle_taken" | "closed" | "unlinked" | "linked_elsewhere" | "signed_out";
export type AccountRequest = { 
/**
 * The name to show.
 */
display_name?: string, 
/**
 * What they say of themselves.
 */
about?: string, 
/**
 * A name of the IANA database: `Europe/Berlin`.
 */
time_zone?: string, 
/**
 * The language of errors, notices and greetings.
 */
lang?: Lang, };
export type PasswordRequest = { 
/**
 * The password now; left out by an account that has none.
 */
old?: string, 
/**
 * The password from now on.
 */
new: string, };
export type AccountSession = { 
/**
 * Names it for signing it out; opens nothing.
 */
id: string, 
/**
 * `session` for a browser, `token` for a program.
 */
purpose: string, 
/**
 * What it was made with, as far as that was told.
 */
device?: string, 
/**
 * The network that it was made from.
 */
address?: string, 
/**
 * When it was made.
 */
created_at: string, 
/**
 * When it was last used, to a few minutes.
 */
seen_at?: string, 
/**
 * The one that asks.
 */
current?: boolean, };
export type AccountSessions = { 
/**
 * The newest first.
 */
sessions: Array<AccountSession>, };
export type ProofRequest = { 
/**
 * The password.
 */
password: string, 
/**
 * A code of the authenticator, or a recovery code, where there is a second factor.
 */
code?: string, };
export type PasskeyOffer = { 
/**
 * What the browser is to repeat.
 */
challenge: string, 
/**
 * The host that the key is for.
 */
site: string, 
/**
 * What the device knows the account by.
 */
user: string, 
/**
 * The handle.
 */
handle: string, 
/**
 * The name to show.
 */
display_name: string, 
/**
 * How it may sign, by the numbers at IANA.
 */
algorithms: Array<number>, 
/**
 * Keys that open the account already.
 */
known: Array<string>, 
/**
 * How long the challenge is good for.
 */
seconds: number, };
export type NewPasskeyRequest = { 
/**
 * By what its owner knows it again.
 */
name: string, 
/**
 * What the browser said.
 */
client_data: string, 
/**
 * What the device said.
 */
authenticator_data: string, };
export type Passkey = { 
/**
 * Names it for removing it; opens nothing.
 */
id: string, 
/**
 * By what its owner knows it again.
 */
name: string, 
/**
 * The host that it is for.
 */
site: string, 
/**
 * Since when.
 */
created_at: string, 
/**
 * When somebody last came in by it.
 */
used_at?: string, };
export type Passkeys = { 
/**
 * The oldest first.
 */
passkeys: Array<Passkey>, };
export type PasskeyChallenge = { 
/**
 * What the browser is to repeat.
 */
challenge: string, 
/**
 * The host that keys are for.
 */
site: string, 
/**
 * How long the challenge is good for.
 */
seconds: number, };
export type PasskeyAnswer = { 
/**
 * The device's name for the key.
 */
id: string, 
/**
 * What the browser said.
 */
client_data: string, 
/**
 * What the device said.
 */
authenticator_data: string, 
/**
 * The key's signature.
 */
signature: string, 
/**
 * What the device knows the account by.
 */
user?: string, };
export type CodeRequest = { 
/**
 * Six digits.
 */
code: string, };
export type Enrolment = { 
/**
 * The key, to be typed.
 */
secret: string, 
/**
 * The key as authenticators scan it.
 */
uri: string, 
/**
 * The same as a QR code.
 */
qr: QrCode, };
export type QrCode = { 
/**
 * Modules on each side, the quiet zone of four included.
 */
size: number, 
/**
 * The dark modules.
 */
path: string, };
export type RecoveryCodes = { 
/**
 * The codes.
 */
codes: Array<string>, };
export type SpeakMode = "off" | "mention" | "ambient";
export type Budget = { 
/**
 * Tokens a day, read and written together. Days are UTC.
 */
tokens_day?: number, 
/**
 * Tokens a month.
 */
tokens_month?: number, 
/**
 * Money a day, in the currency of the price table.
 */
money_day?: number, 
/**
 * Money a month.
 */
money_month?: number, };
export type AgentSettings = { 
/**
 * Who it is and how it talks, in its maker's words.
 */
persona: string, 
/**
 * The language it always answers in; none: that of the question.
 */
lang?: Lang, 
/**
 * The model, by a name of the configuration; none: the server's first.
 */
model?: string, 
/**
 * Models that are asked in turn where the one before fails.
 */
fallbacks: Array<string>, 
/**
 * How freely it writes, 0 to 2; none: the service's own default.
 */
temperature?: number, 
/**
 * What it may call: names of commands, `server/tool` or `server/*`; none: everything that
 * it is offered.
 */
tools?: Array<string>, 
/**
 * The most that it does by itself, whatever a room's mode is.
 */
mode: SpeakMode, 
/**
 * What it may spend.
 */
budget: Budget, };
export type AgentInfo = { 
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
 * An emoji or a letter or two.
 */
avatar?: string, 
/**
 * Settings.
 */
settings: AgentSettings, 
/**
 * Who made it; none for the one that came with the server.
 */
maker?: Handle, 
/**
 * Names of the rooms it is in, as far as the asker is in them too.
 */
rooms: Array<string>, 
/**
 * It can be reached.
 */
online: boolean, 
/**
 * It was retired; its messages remain.
 */
retired: boolean, 
/**
 * The asker may edit and retire it.
 */
may_edit: boolean, };
export type ModelInfo = { 
/**
 * The name that agents' settings use.
 */
name: string, 
/**
 * Money for a million tokens read.
 */
price_in?: number, 
/**
 * Money for a million tokens written.
 */
price_out?: number, };
export type AgentPreset = { 
/**
 * The name to choose it by.
 */
name: string, 
/**
 * What it is, for people.
 */
title: string, 
/**
 * Its avatar.
 */
avatar: string, 
/**
 * Its persona.
 */
persona: string, };
export type Agents = { 
/**
 * In the order of their handles, retired ones last.
 */
agents: Array<AgentInfo>, 
/**
 * Models that an agent may use; the first is the default.
 */
models: Array<ModelInfo>, 
/**
 * To start from.
 */
presets: Array<AgentPreset>, 
/**
 * What an agent may be allowed to call.
 */
tools: Array<string>, };
export type AgentRequest = { 
/**
 * Handle; only when it is made.
 */
handle?: string, 
/**
 * The name to show.
 */
display_name?: string, 
/**
 * An emoji or a letter or two; empty: none.
 */
avatar?: string, 
/**
 * A preset to start from; only when it is made.
 */
preset?: string, 
/**
 * All settings.
 */
settings?: AgentSettings, 
/**
 * Rooms to bring it into, by name or id. It leaves no room by this.
 */
rooms?: Array<string>, };
export type AgentChange = "made" | "edited" | "retired" | "restored";
export type ApprovalState = "waiting" | "approved" | "done" | "failed" | "denied" | "expired";
export type Approval = { 
/**
 * Its number in the room: `/approve N`.
 */
number: number, 
/**
 * The agent.
 */
agent: Handle, 
/**
 * For whom; only they may approve, and whoever holds the right themselves.
 */
asker: Handle, 
/**
 * Exactly what would be done: a typed command, or a tool with its arguments as JSON.
 */
act: string, 
/**
 * Why it needs approval, in one stable word: `outside_readers`, `moderates`, `tool`.
 */
why: string, 
/**
 * When it can no longer be approved.
 */
expires_at: string, 
/**
 * How it stands.
 */
state: ApprovalState, 
/**
 * Who decided.
 */
by?: Handle, 
/**
 * What came of it.
 */
result?: string, 
/**
 * In a list: the number of the event that asked, and with it its place among the messages.
 */
seq?: Seq, 
/**
 * In a list: when it was asked.
 */
asked_at?: string, };
export type Approvals = { 
/**
 * Newest first.
 */
approvals: Array<Approval>, };
export type CallView = { 
/**
 * Command or tool.
 */
name: string, 
/**
 * Arguments as JSON.
 */
arguments: string, 
/**
 * What came of it; none where nobody knows.
 */
result?: string, 
/**
 * `told`, `done`, `refused` or `asked`; none where nobody knows.
 */
outcome?: string, };
export type TurnDetail = { 
/**
 * Numbers of the messages that the model read, in order.
 */
read: Array<Seq>, 
/**
 * The summary of older messages that it read ends with this number.
 */
summary_up_to?: Seq, 
/**
 * Facts that it read.
 */
facts: number, 
/**
 * Pictures that it was shown.
 */
images?: number, 
/**
 * Milliseconds from the claim of the turn to the first word.
 */
first_word_ms?: number, 
/**
 * Milliseconds to the end.
 */
total_ms: number, 
/**
 * Requests to the model service, retries included.
 */
requests: number, 
/**
 * Requests that were tried again.
 */
retries: number, 
/**
 * The tokens were not told by the service but counted by us.
 */
estimated?: boolean, };
export type TurnView = { 
/**
 * Id.
 */
id: TurnId, 
/**
 * Whose.
 */
agent: Handle, 
/**
 * Where.
 */
room: RoomId, 
/**
 * The event that caused it.
 */
seq: Seq, 
/**
 * The person at the beginning of the chain.
 */
asker: Handle, 
/**
 * Agents between that person and the event.
 */
hops: number, 
/**
 * `spoke`, `acted`, `silent`, `failed`, `stopped`; none while it lasts.
 */
outcome?: string, 
/**
 * Why, in one stable word.
 */
reason?: string, 
/**
 * Why, in the reader's language.
 */
because: string, 
/**
 * The reply.
 */
reply?: MessageId, 
/**
 * The model that answered.
 */
model?: string, 
/**
 * Tokens read.
 */
tokens_in: number, 
/**
 * Tokens written.
 */
tokens_out: number, 
/**
 * Money, in millionths.
 */
cost_micros: number, 
/**
 * What it called, in order.
 */
calls: Array<CallView>, 
/**
 * The rest.
 */
detail: TurnDetail, };
export type Turns = { 
/**
 * Newest first.
 */
turns: Array<TurnView>, };
export type SpentDay = { 
/**
 * The day, `2026-11-24`, UTC.
 */
day: string, 
/**
 * Tokens read.
 */
tokens_in: number, 
/**
 * Tokens written.
 */
tokens_out: number, 
/**
 * Money, in millionths.
 */
cost_micros: number, 
/**
 * Calls to models.
 */
calls: number, };
export type Spending = { 
/**
 * `agent`, `room`, `asker` or `server`.
 */
scope: string, 
/**
 * Handle or room's name; of the server empty.
 */
name: string, 
/**
 * What may be spent.
 */
budget: Budget, 
/**
 * Days with spending, oldest first, at most 31.
 */
days: Array<SpentDay>, };
export type Usages = { 
/**
 * What the asker may see: their own, their rooms', agents', and the whole server's where that
 * has a budget.
 */
spending: Array<Spending>, 
/**
 * The currency of the price table, by its ISO 4217 code.
 */
currency: string, };
export type Act = { 
/**
 * When.
 */
at: string, 
/**
 * The turn.
 */
turn: TurnId, 
/**
 * Who.
 */
agent: Handle, 
/**
 * For whom.
 */
asker: Handle, 
/**
 * Where.
 */
room: RoomId, 
/**
 * The event that caused it.
 */
seq: Seq, 
/**
 * Command or tool; `reply` for what it said.
 */
name: string, 
/**
 * Arguments as JSON; of a reply, its message.
 */
arguments: string, 
/**
 * How it ended.
 */
outcome?: string, 
/**
 * What came of it.
 */
result?: string, };
export type Acts = { 
/**
 * Newest first.
 */
acts: Array<Act>, 
/**
 * Whether older ones exist.
 */
more: boolean, };
export type Fact = { 
/**
 * Its number: `/forget N`.
 */
number: number, 
/**
 * What.
 */
text: string, 
/**
 * Who told it.
 */
owner: Handle, 
/**
 * Where it was told; it is never used where others read.
 */
room: RoomId, 
/**
 * When.
 */
at: string, };
export type DecideRequest = { 
/**
 * Allow it; otherwise refuse it.
 */
approve: boolean, };
export type FeedbackRequest = { 
/**
 * Good or not; none takes it back.
 */
good: boolean | null, };
export type Feedback = { 
/**
 * How many found it good.
 */
up: number, 
/**
 * How many did not.
 */
down: number, 
/**
 * What the asker said.
 */
mine: boolean | null, };
export type ToolServerConfig = { 
/**
 * The program that speaks over its standard input and output.
 */
command?: string, 
/**
 * Its arguments.
 */
args?: Array<string>, 
/**
 * Its environment; a value `$NAME` is taken from ours. No secret stands here itself.
 */
env?: { [key in string]: string }, 
/**
 * The address, for streamable HTTP.
 */
url?: string, 
/**
 * Headers, each with the name of the environment variable that holds its value.
 */
headers_env?: { [key in string]: string }, 
/**
 * Seconds that a call may take.
 */
timeout_seconds?: number, 
/**
 * Rooms in which its tools are offered, by name; none: in all.
 */
rooms?: Array<string>, };
export type ToolInfo = { 
/**
 * Its name, as agents' settings use it: `server/tool`.
 */
name: string, 
/**
 * What it says it does.
 */
description: string, 
/**
 * It says that it only reads; otherwise each call needs approval.
 */
read_only: boolean, 
/**
 * It has changed since an admin agreed to it, and is not called until one agrees again.
 */
changed: boolean, };
export type ToolServerInfo = { 
/**
 * Name.
 */
name: string, 
/**
 * How it is reached.
 */
config: ToolServerConfig, 
/**
 * It stands in the configuration file and is changed there.
 */
fixed: boolean, 
/**
 * Its tools, where it can be reached.
 */
tools: Array<ToolInfo>, 
/**
 * Why it cannot be reached.
 */
error?: string, };
export type ToolServers = { 
/**
 * By name.
 */
servers: Array<ToolServerInfo>, };
export type Call = "room" | "here";
export type Called = { 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
export type NotificationLevel = "everything" | "mentions" | "nothing";
export type RoomStanding = { 
/**
 * The room's newest event when this was counted.
 */
seq: Seq, 
/**
 * How far one has read.
 */
read_seq: Seq, 
/**
 * Messages by others after `read_seq`; counted up to 100.
 */
unread: number, 
/**
 * Those of them that call one; counted up to 100.
 */
mentions: number, 
/**
 * Of what one wants to be told; none where one never said.
 */
level?: NotificationLevel, 
/**
 * Until then one is told nothing.
 */
muted_until?: string, };
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
 * When agents speak here.
 */
mode: SpeakMode, 
/**
 * No agent reads or speaks here.
 */
private_from_ai?: boolean, 
/**
 * What agents may spend here, beside what the server's configuration says.
 */
budget?: Budget, 
/**
 * Seconds between two messages of one member; zero where there is no such rule. Moderators
 * are exempt.
 */
slow_seconds?: number, 
/**
 * Days for which messages are kept; zero for ever. Pinned ones stay.
 */
keep_days?: number, 
/**
 * The asker moderates it: admins do, and whoever made the room.
 */
moderates?: boolean, 
/**
 * Of a moderator's: reports that nobody has settled.
 */
reports?: number, 
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
 * Those of them that call the asker.
 */
mentions?: number, 
/**
 * Of what the asker wants to be told; none where they never said.
 */
level?: NotificationLevel, 
/**
 * Until then the asker is told nothing.
 */
muted_until?: string, 
/**
 * Until then the asker may not write here: a moderator muted them.
 */
silenced_until?: string, 
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
export type ErrorCode = "not_signed_in" | "second_factor" | "forbidden" | "not_found" | "user_offline" | "user_not_found" | "unknown_command" | "bad_arguments" | "too_long" | "too_fast" | "conflict" | "internal";
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
retry_after_ms?: number, 
/**
 * Of a piece of a file that began elsewhere: where it has to begin.
 */
offset?: number, };
export type FileInfo = { 
/**
 * Id.
 */
id: FileId, 
/**
 * Name, without folders and without anything that misleads.
 */
name: string, 
/**
 * What it is by its bytes, whatever its name says.
 */
type: string, 
/**
 * In bytes.
 */
size: number, 
/**
 * Of a picture: as it is shown, turned upright.
 */
width?: number, 
/**
 * Of a picture: as it is shown, turned upright.
 */
height?: number, 
/**
 * Of a picture that we could read: a few of its pixels as a `data:` URL, to show meanwhile.
 */
tiny?: string, 
/**
 * What it shows, in the sender's words.
 */
alt?: string, };
export type DescribeFileRequest = { 
/**
 * What it shows; empty takes it back.
 */
alt: string, };
export type RoomFile = { 
/**
 * The message that carries it.
 */
message_id: MessageId, 
/**
 * Where.
 */
room: RoomId, 
/**
 * The message's number.
 */
seq: Seq, 
/**
 * When it was posted.
 */
at: string, 
/**
 * By whom.
 */
from: Handle, 
/**
 * Id.
 */
id: FileId, 
/**
 * Name, without folders and without anything that misleads.
 */
name: string, 
/**
 * What it is by its bytes, whatever its name says.
 */
type: string, 
/**
 * In bytes.
 */
size: number, 
/**
 * Of a picture: as it is shown, turned upright.
 */
width?: number, 
/**
 * Of a picture: as it is shown, turned upright.
 */
height?: number, 
/**
 * Of a picture that we could read: a few of its pixels as a `data:` URL, to show meanwhile.
 */
tiny?: string, 
/**
 * What it shows, in the sender's words.
 */
alt?: string, };
export type RoomFiles = { 
/**
 * Newest message first; a message's files in their order.
 */
files: Array<RoomFile>, 
/**
 * Whether older ones exist.
 */
more: boolean, };
export type UploadRequest = { 
/**
 * The file's name.
 */
name: string, 
/**
 * All of its bytes.
 */
size: number, };
export type UploadState = { 
/**
 * The upload's, and the file's once it is there.
 */
id: FileId, 
/**
 * So many bytes are on disk; the next piece begins here.
 */
offset: number, 
/**
 * All of them.
 */
size: number, 
/**
 * What is well sent at once. More is taken, too.
 */
piece: number, 
/**
 * The file, where all of it has come.
 */
file?: FileInfo, };
export type MessageState = "complete" | "stopped" | "degraded";
export type Removal = { 
/**
 * Who.
 */
by: Handle, 
/**
 * Why, in their own words; empty where they gave none.
 */
reason?: string, };
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
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
text: string, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, } | { "kind": "message.deleted", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * Who took it away and why, where that was not its author.
 */
removed?: Removal, } | { "kind": "reaction.added", 
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
emoji: string, } | { "kind": "poll.voted", 
/**
 * On the poll of which message.
 */
message_id: MessageId, 
/**
 * All that they choose now, by number from 1; none where they took it back.
 */
choices: Array<number>, } | { "kind": "poll.closed", 
/**
 * The poll of which message.
 */
message_id: MessageId, } | { "kind": "message.previewed", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * In the links' order.
 */
previews: Array<LinkPreview>, } | { "kind": "message.pinned", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "message.unpinned", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "member.joined", 
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
 * The topic now.
 */
topic: string, 
/**
 * When agents speak now.
 */
mode: SpeakMode, 
/**
 * No agent reads or speaks here.
 */
private_from_ai?: boolean, 
/**
 * What agents may spend here.
 */
budget?: Budget, 
/**
 * Seconds between two messages of one member; zero where there is no such rule.
 */
slow_seconds?: number, 
/**
 * Days for which messages are kept here; zero for ever.
 */
keep_days?: number, } | { "kind": "messages.expired", 
/**
 * The newest of them.
 */
up_to: Seq, } | { "kind": "agent.changed", 
/**
 * Which agent.
 */
agent: Handle, 
/**
 * Its id.
 */
agent_id: UserId, 
/**
 * What became of it.
 */
change: AgentChange, 
/**
 * Which settings changed.
 */
fields?: Array<string>, } | { "kind": "approval.asked", 
/**
 * What.
 */
approval: Approval, } | { "kind": "approval.settled", 
/**
 * Which.
 */
number: number, 
/**
 * How it stands.
 */
state: ApprovalState, 
/**
 * Who decided.
 */
by?: Handle, 
/**
 * What came of it.
 */
result?: string, };
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
text: string, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, } | { "kind": "message.deleted", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * Who took it away and why, where that was not its author.
 */
removed?: Removal, } | { "kind": "reaction.added", 
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
emoji: string, } | { "kind": "poll.voted", 
/**
 * On the poll of which message.
 */
message_id: MessageId, 
/**
 * All that they choose now, by number from 1; none where they took it back.
 */
choices: Array<number>, } | { "kind": "poll.closed", 
/**
 * The poll of which message.
 */
message_id: MessageId, } | { "kind": "message.previewed", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * In the links' order.
 */
previews: Array<LinkPreview>, } | { "kind": "message.pinned", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "message.unpinned", 
/**
 * Which.
 */
message_id: MessageId, } | { "kind": "member.joined", 
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
 * The topic now.
 */
topic: string, 
/**
 * When agents speak now.
 */
mode: SpeakMode, 
/**
 * No agent reads or speaks here.
 */
private_from_ai?: boolean, 
/**
 * What agents may spend here.
 */
budget?: Budget, 
/**
 * Seconds between two messages of one member; zero where there is no such rule.
 */
slow_seconds?: number, 
/**
 * Days for which messages are kept here; zero for ever.
 */
keep_days?: number, } | { "kind": "messages.expired", 
/**
 * The newest of them.
 */
up_to: Seq, } | { "kind": "agent.changed", 
/**
 * Which agent.
 */
agent: Handle, 
/**
 * Its id.
 */
agent_id: UserId, 
/**
 * What became of it.
 */
change: AgentChange, 
/**
 * Which settings changed.
 */
fields?: Array<string>, } | { "kind": "approval.asked", 
/**
 * What.
 */
approval: Approval, } | { "kind": "approval.settled", 
/**
 * Which.
 */
number: number, 
/**
 * How it stands.
 */
state: ApprovalState, 
/**
 * Who decided.
 */
by?: Handle, 
/**
 * What came of it.
 */
result?: string, });
export type ReactionView = { 
/**
 * Which emoji.
 */
emoji: string, 
/**
 * Who reacted with it, in the order of their doing so.
 */
users: Array<Handle>, };
export type Replies = { 
/**
 * How many there were, deleted ones included.
 */
count: number, 
/**
 * The last one's number.
 */
last_seq: Seq, 
/**
 * When that was posted.
 */
last_at: string, };
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
 * Who keeps it at hand for the room.
 */
pinned_by?: Handle, 
/**
 * Of a message that others reply to: how many there are, all that goes back to it included.
 */
replies?: Replies, 
/**
 * Of a poll: who has chosen what, the last vote last.
 */
votes?: Array<Vote>, 
/**
 * Of a poll: who has ended it.
 */
poll_closed_by?: Handle, 
/**
 * What its links lead to, in their order.
 */
previews?: Array<LinkPreview>, 
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
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
reply_to?: MessageId, 
/**
 * Uploaded files that it carries; with them the text may be empty.
 */
files?: Array<FileId>, } | { "type": "edit", 
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
message_id: MessageId, 
/**
 * Why, where it is somebody else's message.
 */
reason?: string, } | { "type": "react", 
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
key_chars_max: number, 
/**
 * A file's size in bytes.
 */
file_bytes_max: number, 
/**
 * Files of one message.
 */
files_per_message_max: number, };
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
 * What the server will take.
 */
limits: SessionLimits, 
/**
 * The currency of the price table, by its ISO 4217 code.
 */
currency: string, 
/**
 * Everybody who has an account, so that names and presence can be shown.
 */
users: Array<UserInfo>, } | { "type": "ready" } | { "type": "ack", 
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
seq: Seq, } | { "type": "standing", 
/**
 * Where.
 */
room: RoomId, 
/**
 * The room's newest event when this was counted.
 */
seq: Seq, 
/**
 * How far one has read.
 */
read_seq: Seq, 
/**
 * Messages by others after `read_seq`; counted up to 100.
 */
unread: number, 
/**
 * Those of them that call one; counted up to 100.
 */
mentions: number, 
/**
 * Of what one wants to be told; none where one never said.
 */
level?: NotificationLevel, 
/**
 * Until then one is told nothing.
 */
muted_until?: string, } | { "type": "saved", 
/**
 * Which.
 */
message_id: MessageId, 
/**
 * Whether it is saved now.
 */
on: boolean, } | { "type": "unsent", 
/**
 * As it is now.
 */
unsent: Unsent, } | { "type": "notifying", 
/**
 * As it is now.
 */
notifying: Notifying, } | { "type": "later", 
/**
 * As it is now.
 */
later: Later, 
/**
 * It was sent, or let go of.
 */
gone?: boolean, } | { "type": "reports", 
/**
 * Where.
 */
room: RoomId, 
/**
 * How many are open there now.
 */
open: number, } | { "type": "restricted", 
/**
 * Where.
 */
room: RoomId, 
/**
 * Whom.
 */
user: Handle, 
/**
 * Until when they may not write; none where they may.
 */
silenced_until?: string, 
/**
 * They may not come back.
 */
banned?: boolean, 
/**
 * Why they were muted, or put out of the room: for them alone.
 */
reason?: string, } | { "type": "reset", 
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
password: string, 
/**
 * Where the answer to the password was `second_factor`: a code of the authenticator, or a
 * recovery code.
 */
code?: string, };
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
export type InviteLink = { 
/**
 * Names it for revoking it; opens nothing.
 */
id: string, 
/**
 * The role that whoever redeems it gets.
 */
role: Role, 
/**
 * The room it leads to, where the asker may see that.
 */
room?: string, 
/**
 * The handle of whoever made it.
 */
invited_by: string, 
/**
 * How many more may use it.
 */
uses_left: number, 
/**
 * When it was made.
 */
created_at: string, 
/**
 * When it ends.
 */
expires_at?: string, };
export type InviteLinks = { 
/**
 * The newest first.
 */
invites: Array<InviteLink>, };
export type AdminUser = { 
/**
 * The user as everybody sees them.
 */
user: UserInfo, 
/**
 * When the account was made.
 */
created_at: string, 
/**
 * Whether a password opens it.
 */
has_password: boolean, 
/**
 * Whether sign-in asks for a code as well.
 */
second_factor: boolean, 
/**
 * Browsers and programs that are signed in.
 */
sessions: number, 
/**
 * When one of them was last used, to a few minutes.
 */
seen_at?: string, 
/**
 * Passkeys that open it.
 */
passkeys: number, 
/**
 * Whether whoever asks may change it.
 */
changeable: boolean, };
export type AdminUsers = { 
/**
 * In the order of their handles.
 */
users: Array<AdminUser>, };
export type AdminUserRequest = { 
/**
 * The role from now on.
 */
role?: Role, 
/**
 * Closes the account, or opens it again.
 */
disabled?: boolean, };
export type AdminSize = { 
/**
 * Members.
 */
members: number, 
/**
 * Events.
 */
events: number, 
/**
 * Files of messages.
 */
files: number, 
/**
 * Their bytes, as they were uploaded.
 */
file_bytes: number, };
export type AdminRoom = { 
/**
 * Id.
 */
id: RoomId, 
/**
 * Name.
 */
name: string, 
/**
 * Public, private or direct.
 */
kind: RoomKind, 
/**
 * Members.
 */
members: number, 
/**
 * Events.
 */
events: number, 
/**
 * Files of messages.
 */
files: number, 
/**
 * Their bytes, as they were uploaded.
 */
file_bytes: number, };
export type AdminStorage = { 
/**
 * Bytes of the database and its journal.
 */
database_bytes: number, 
/**
 * Files of messages.
 */
files: number, 
/**
 * Their bytes; what is there twice counts once.
 */
file_bytes: number, 
/**
 * Rooms that whoever asks may see, the largest first.
 */
rooms: Array<AdminRoom>, 
/**
 * How many others there are: private ones and direct ones of other people.
 */
hidden_rooms: number, 
/**
 * What those hold together.
 */
hidden: AdminSize, };
export type AdminQueues = { 
/**
 * Agents' turns that nobody has begun.
 */
turns_waiting: number, 
/**
 * Agents' turns that are going on.
 */
turns_running: number, 
/**
 * Approvals that somebody must decide.
 */
approvals: number, 
/**
 * Answers for one reader alone.
 */
errands: number, 
/**
 * Bytes to be taken away.
 */
doomed_bytes: number, };
export type AdminHealth = { 
/**
 * Salon's version.
 */
version: string, 
/**
 * The database's engine and its version.
 */
engine: string, 
/**
 * The version of the database's make-up.
 */
schema: number, 
/**
 * The identity of the log's life.
 */
epoch: string, 
/**
 * Seconds since the server started.
 */
uptime_seconds: number, 
/**
 * Microseconds that an empty commit took just now: how long the writer's queue is.
 */
commit_micros: number, 
/**
 * People and agents online.
 */
online: number, 
/**
 * What waits.
 */
queues: AdminQueues, };
export type ImportArchive = { 
/**
 * The file's name.
 */
name: string, 
/**
 * Its bytes.
 */
size: number, 
/**
 * When it was last written.
 */
at: string, };
export type ImportState = "running" | "stopped" | "failed" | "done";
export type ImportLoss = "unreadable" | "room_without_members" | "room" | "without_room" | "without_author" | "empty" | "message" | "file_missing" | "file_too_large" | "file_unreadable";
export type ImportLost = { 
/**
 * Why.
 */
why: ImportLoss, 
/**
 * How often.
 */
times: number, 
/**
 * A few of them.
 */
examples: Array<string>, };
export type ImportCounts = { 
/**
 * Accounts, new and known.
 */
people: number, 
/**
 * Rooms, new and known.
 */
rooms: number, 
/**
 * New messages.
 */
messages: number, 
/**
 * Messages that an earlier import had brought.
 */
known: number, 
/**
 * New files.
 */
files: number, };
export type ImportJob = { 
/**
 * The archive's name.
 */
archive: string, 
/**
 * How it stands.
 */
state: ImportState, 
/**
 * Who began it.
 */
by: Handle, 
/**
 * When it was begun.
 */
began_at: string, 
/**
 * When it ended.
 */
ended_at?: string, 
/**
 * How much of the export was read and is in, of `size`.
 */
read: number, 
/**
 * The export's size, unpacked; 0 while it is not known.
 */
size: number, 
/**
 * The room that it is in.
 */
place: string, 
/**
 * What has not.
 */
lost: Array<ImportLost>, 
/**
 * Why it failed, in English.
 */
error?: string, 
/**
 * Accounts, new and known.
 */
people: number, 
/**
 * Rooms, new and known.
 */
rooms: number, 
/**
 * New messages.
 */
messages: number, 
/**
 * Messages that an earlier import had brought.
 */
known: number, 
/**
 * New files.
 */
files: number, };
export type Imports = { 
/**
 * What lies in the folder, in the order of the names.
 */
archives: Array<ImportArchive>, 
/**
 * The newest import, if there was one.
 */
job?: ImportJob, 
/**
 * The size of an upload.
 */
bytes_max: number, };
export type ImportRequest = { 
/**
 * The archive's name.
 */
archive: string, };
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
reply_to?: MessageId, 
/**
 * Uploaded files that it carries; with them the text may be empty.
 */
files?: Array<FileId>, };
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
export type NotificationsRequest = { 
/**
 * Of what one wants to be told; the room's default when left out.
 */
level?: NotificationLevel, 
/**
 * Until then nothing; left out, the level holds at once.
 */
muted_until?: string, };
export type PushState = { 
/**
 * The server's public key, which a browser needs to wait for it: base64url. None where the
 * operator wants nothing pushed.
 */
key?: string, 
/**
 * Whether this session waits.
 */
waits: boolean, };
export type PushKeys = { 
/**
 * Its public key: a point of P-256, base64url.
 */
p256dh: string, 
/**
 * What both sides know besides: 16 bytes, base64url.
 */
auth: string, };
export type PushRequest = { 
/**
 * The push service's address for this browser.
 */
endpoint: string, 
/**
 * The browser's keys.
 */
keys: PushKeys, };
export type Pushed = { 
/**
 * Who, and where.
 */
title: string, 
/**
 * The beginning of what was said.
 */
body: string, 
/**
 * The room to go to.
 */
room: RoomId, 
/**
 * The event there.
 */
seq: Seq, };
export type QuietHours = { 
/**
 * The first minute, counted from midnight: 1320 is ten in the evening.
 */
from: number, 
/**
 * The first minute after.
 */
to: number, 
/**
 * By the clocks of this place, a name of the IANA database.
 */
time_zone: string, };
export type Notifying = { 
/**
 * Nothing is told before.
 */
quiet_until?: string, 
/**
 * Hours of each day in which nothing is told.
 */
quiet_hours?: QuietHours, 
/**
 * What is told by way of a push service holds neither words nor names.
 */
hide_text: boolean, };
export type UnreadRequest = { 
/**
 * The first event that shall count as unread again.
 */
seq: Seq, };
export type AllRead = { 
/**
 * Rooms whose marker moved.
 */
rooms: Array<RoomId>, };
export type MessageHit = { 
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
 * Who keeps it at hand for the room.
 */
pinned_by?: Handle, 
/**
 * Of a message that others reply to: how many there are, all that goes back to it included.
 */
replies?: Replies, 
/**
 * Of a poll: who has chosen what, the last vote last.
 */
votes?: Array<Vote>, 
/**
 * Of a poll: who has ended it.
 */
poll_closed_by?: Handle, 
/**
 * What its links lead to, in their order.
 */
previews?: Array<LinkPreview>, 
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
export type Thread = { 
/**
 * Where it begins.
 */
root: MessageHit, 
/**
 * The newest replies, oldest of them first.
 */
replies: Array<MessageView>, 
/**
 * There are older ones than these.
 */
more: boolean, 
/**
 * The asker is told of new replies.
 */
following: boolean, 
/**
 * Up to here the asker has read it.
 */
read_seq: Seq, };
export type ThreadRequest = { 
/**
 * Whether one is told of new replies.
 */
following?: boolean, 
/**
 * Up to here one has read it; it never moves back.
 */
read_seq?: Seq, };
export type ThreadHit = { 
/**
 * Replies by others that one has not read, neither here nor in the room; counted up to a
 * hundred.
 */
unread: number, 
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
 * Who keeps it at hand for the room.
 */
pinned_by?: Handle, 
/**
 * Of a message that others reply to: how many there are, all that goes back to it included.
 */
replies?: Replies, 
/**
 * Of a poll: who has chosen what, the last vote last.
 */
votes?: Array<Vote>, 
/**
 * Of a poll: who has ended it.
 */
poll_closed_by?: Handle, 
/**
 * What its links lead to, in their order.
 */
previews?: Array<LinkPreview>, 
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
export type Threads = { 
/**
 * Those that the asker follows and may read.
 */
threads: Array<ThreadHit>, };
export type Poll = { 
/**
 * The question.
 */
question: string, 
/**
 * What there is to choose from; in votes they are numbered from 1.
 */
options: Array<string>, 
/**
 * One may choose more than one.
 */
several?: boolean, 
/**
 * When it ends by itself: nobody votes from that moment on. It is in the log, so everybody
 * agrees on it.
 */
ends_at?: string, };
export type Vote = { 
/**
 * Who.
 */
user: Handle, 
/**
 * The options' numbers, from 1, in order.
 */
choices: Array<number>, };
export type VoteRequest = { 
/**
 * All that one chooses now, by number from 1; none takes one's vote back.
 */
choices: Array<number>, };
export type Unsent = { 
/**
 * Where.
 */
room: RoomId, 
/**
 * The thread there that it is for, named by the message at its beginning.
 */
thread?: MessageId, 
/**
 * The words so far; empty once they were sent or let go of.
 */
text: string, 
/**
 * Grows with every change of it: the last that come to the server stay.
 */
version: number, };
export type AllUnsent = { 
/**
 * The newest comes first.
 */
unsent: Array<Unsent>, };
export type UnsentRequest = { 
/**
 * The thread that it is for; without it, it is for the room.
 */
thread?: MessageId, 
/**
 * The words so far; none lets go of what was kept.
 */
text: string, };
export type LinkPreview = { 
/**
 * The link as it stands in the message.
 */
url: string, 
/**
 * What the page is called.
 */
title?: string, 
/**
 * What it says of itself.
 */
description?: string, 
/**
 * What its site is called.
 */
site?: string, 
/**
 * Its picture.
 */
picture?: PreviewPicture, };
export type PreviewPicture = { 
/**
 * What it is asked for by.
 */
name: string, 
/**
 * In pixels, as it is served.
 */
width: number, 
/**
 * In pixels, as it is served.
 */
height: number, };
export type Pins = { 
/**
 * The one that was pinned last comes first.
 */
pins: Array<MessageView>, };
export type OwnEmoji = { 
/**
 * Without colons.
 */
name: string, 
/**
 * The handle of whoever made it.
 */
made_by: string, 
/**
 * When; another picture under the name has another time.
 */
made_at: string, };
export type OwnEmojis = { 
/**
 * By name.
 */
emoji: Array<OwnEmoji>, };
export type SavedMessages = { 
/**
 * The one that was saved last comes first; those that one may read no longer are left out.
 */
messages: Array<MessageHit>, 
/**
 * Of the first page: all that is saved.
 */
ids?: Array<MessageId>, 
/**
 * Where the next page begins; none when this is the last.
 */
next?: number, };
export type Version = { 
/**
 * What it said.
 */
text: string, 
/**
 * Since when.
 */
at: string, };
export type Versions = { 
/**
 * The newest texts, oldest of them first; the last is what the message says now.
 */
versions: Array<Version>, 
/**
 * There are older ones than these.
 */
more?: boolean, };
export type ForwardRequest = { 
/**
 * Where to: an id, a name, or `@handle`.
 */
room: string, 
/**
 * Makes a retry safe.
 */
key?: string, };
export type LaterKind = "message" | "reminder";
export type Later = { 
/**
 * Id.
 */
id: LaterId, 
/**
 * What happens.
 */
kind: LaterKind, 
/**
 * Where it is sent, or where the reminder was asked for.
 */
room: RoomId, 
/**
 * What is sent, or of what one is reminded.
 */
text: string, 
/**
 * The message that it answers, or that one is reminded of.
 */
reply_to?: MessageId, 
/**
 * That message's number in the room.
 */
reply_seq?: Seq, 
/**
 * When.
 */
due_at: string, 
/**
 * Of a reminder: since when its owner is reminded. A message that was sent is here no more.
 */
fired_at?: string, 
/**
 * Why a message could not be sent, in one stable word: `not_in_room`, `muted`, `slow`,
 * `not_found`.
 */
failed?: string, };
export type Laters = { 
/**
 * All of the asker's.
 */
later: Array<Later>, };
export type LaterRequest = { 
/**
 * What happens.
 */
kind: LaterKind, 
/**
 * An id, a name, or `@handle`.
 */
room: string, 
/**
 * What is sent, or of what one is reminded.
 */
text: string, 
/**
 * The message that it answers, or that one is reminded of.
 */
reply_to?: MessageId, 
/**
 * When.
 */
due_at: string, };
export type LaterChange = { 
/**
 * Another text.
 */
text?: string, 
/**
 * Another time.
 */
due_at?: string, };
export type ReportState = "open" | "removed" | "dismissed";
export type Report = { 
/**
 * Its number on the server.
 */
number: number, 
/**
 * The room's name as the asker sees it.
 */
room_name: string, 
/**
 * The message as it stands.
 */
message: MessageView, 
/**
 * Who reported it.
 */
by: Handle, 
/**
 * Why.
 */
reason: string, 
/**
 * When.
 */
at: string, 
/**
 * How it stands.
 */
state: ReportState, 
/**
 * Who settled it.
 */
settled_by?: Handle, };
export type Reports = { 
/**
 * For moderators the open ones, the oldest first; for others their own, the newest first.
 */
reports: Array<Report>, };
export type ReportRequest = { 
/**
 * Why the message should not stand.
 */
reason: string, };
export type SettleRequest = { 
/**
 * Takes the message away; otherwise it stays.
 */
remove: boolean, 
/**
 * Why it is taken away, for everybody to read.
 */
reason?: string, };
export type Silenced = { 
/**
 * Who.
 */
user: Handle, 
/**
 * Until when.
 */
until: string, };
export type Banned = { 
/**
 * Who.
 */
user: Handle, 
/**
 * Who banned them; none where the log of moderation does not say.
 */
by?: Handle, 
/**
 * When.
 */
at?: string, };
export type Restrictions = { 
/**
 * Members who may not write now, in the order of their handles.
 */
silenced: Array<Silenced>, 
/**
 * Who may not come back, whoever was banned last first.
 */
banned: Array<Banned>, };
export type ModerationKind = "kick" | "ban" | "unban" | "mute" | "unmute" | "slow" | "keep" | "remove_message" | "settle_report" | "set_role" | "close_account" | "open_account" | "take_second_factor" | "take_passkeys" | "remove_emoji" | "remove_avatar" | "remove_preview";
export type ModerationAct = { 
/**
 * Its number; later acts have larger ones.
 */
number: number, 
/**
 * When.
 */
at: string, 
/**
 * Who.
 */
by: Handle, 
/**
 * For whom, where an agent did it.
 */
asker?: Handle, 
/**
 * What.
 */
act: ModerationKind, 
/**
 * In which room; none where it concerns the house.
 */
room?: RoomId, 
/**
 * The room's name, where the asker may know of the room.
 */
room_name?: string, 
/**
 * To whom.
 */
user?: Handle, 
/**
 * With which message.
 */
message_id?: MessageId, 
/**
 * How long, which role, why; empty where there is nothing to say.
 */
detail?: string, };
export type ModerationActs = { 
/**
 * One page.
 */
acts: Array<ModerationAct>, 
/**
 * There are older ones.
 */
more: boolean, };
export type MentionHit = { 
/**
 * The room's name as the asker sees it.
 */
room_name: string, 
/**
 * It was not read yet.
 */
unread?: boolean, 
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
 * Who keeps it at hand for the room.
 */
pinned_by?: Handle, 
/**
 * Of a message that others reply to: how many there are, all that goes back to it included.
 */
replies?: Replies, 
/**
 * Of a poll: who has chosen what, the last vote last.
 */
votes?: Array<Vote>, 
/**
 * Of a poll: who has ended it.
 */
poll_closed_by?: Handle, 
/**
 * What its links lead to, in their order.
 */
previews?: Array<LinkPreview>, 
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
export type MentionHits = { 
/**
 * Messages that called the asker, in rooms where they still are.
 */
mentions: Array<MentionHit>, 
/**
 * Where the next page begins; none when this is the last.
 */
next?: number, };
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
export type Answered = { 
/**
 * Its number in the same room.
 */
seq: Seq, 
/**
 * Who said it.
 */
from: Handle, 
/**
 * Its beginning; empty where it was deleted.
 */
text: string, };
export type PassagePart = { 
/**
 * Text.
 */
text: string, 
/**
 * Whether it is what was searched for.
 */
found?: boolean, };
export type SearchHit = { 
/**
 * The room's name as the asker sees it.
 */
room_name: string, 
/**
 * The part of its text that was searched for.
 */
passage?: Array<PassagePart>, 
/**
 * What it answers, where the asker may read that.
 */
answers?: Answered, 
/**
 * The message at the beginning of the thread, where that is another one still.
 */
thread?: Answered, 
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
 * Who keeps it at hand for the room.
 */
pinned_by?: Handle, 
/**
 * Of a message that others reply to: how many there are, all that goes back to it included.
 */
replies?: Replies, 
/**
 * Of a poll: who has chosen what, the last vote last.
 */
votes?: Array<Vote>, 
/**
 * Of a poll: who has ended it.
 */
poll_closed_by?: Handle, 
/**
 * What its links lead to, in their order.
 */
previews?: Array<LinkPreview>, 
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
 * Of a reply: the message at the beginning of what it goes back to.
 */
thread_id?: MessageId, 
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
 * Of an agent's message: why it spoke, in one stable word.
 */
reason?: string, 
/**
 * Of an agent's message: the earlier answer that this one is given instead of.
 */
replaces?: MessageId, 
/**
 * The message that this one is a copy of; only who may read that one is told where it stands.
 */
forwarded?: MessageId, 
/**
 * No agent reads it.
 */
private_from_ai?: boolean, 
/**
 * What it asks whoever reads it.
 */
poll?: Poll, 
/**
 * What it carries, in the sender's order.
 */
files?: Array<FileInfo>, 
/**
 * The text was taken away.
 */
deleted?: boolean, 
/**
 * Who took it away, where that was not its author.
 */
removed?: Removal, 
/**
 * Members who are mentioned by their handles.
 */
mentions?: Array<Handle>, 
/**
 * `@room` or `@here`.
 */
calls?: Call, };
export type SearchResults = { 
/**
 * Best first among the newest that fit; further pages go on with older ones.
 */
results: Array<SearchHit>, 
/**
 * `next` of the request for the page after this one; missing where there is none.
 */
next?: string, };
