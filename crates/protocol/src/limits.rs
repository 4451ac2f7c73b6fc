//! Every bound of the public surface, named once.

/// A handle's or room name's length in characters.
pub const HANDLE_CHARS_MAX: usize = 32;
/// A display name's length in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 64;
/// What somebody says of themselves, in characters.
pub const ABOUT_CHARS_MAX: usize = 300;
/// A time zone's name in characters.
pub const TIME_ZONE_CHARS_MAX: usize = 64;
/// A message's length in characters.
pub const MESSAGE_CHARS_MAX: usize = 16_000;
/// A topic's length in characters.
pub const TOPIC_CHARS_MAX: usize = 250;
/// An agent's persona in characters.
pub const PERSONA_CHARS_MAX: usize = 8_000;
/// An avatar in characters: an emoji of a family, or a letter or two.
pub const AVATAR_CHARS_MAX: usize = 16;
/// Agents that one user may have made and not retired.
pub const AGENTS_PER_USER_MAX: usize = 20;
/// Models that one agent may fall back on.
pub const FALLBACKS_MAX: usize = 4;
/// Tools that one agent's settings may name.
pub const TOOL_NAMES_MAX: usize = 100;
/// Something to be remembered, in characters.
pub const FACT_CHARS_MAX: usize = 500;
/// Facts that are kept for one room.
pub const FACTS_PER_ROOM_MAX: usize = 200;
/// Approvals that may wait in one room.
pub const APPROVALS_WAITING_MAX: usize = 20;
/// Names that one message may call; what stands behind them calls nobody.
pub const MENTIONS_MAX: usize = 32;
/// Members of a room in which anybody may use `@room` and `@here`; in larger ones its moderators.
pub const CALL_MEMBERS_MAX: usize = 50;
/// Mentions in one page of the inbox.
pub const MENTIONS_PAGE_MAX: usize = 100;
/// Turns in one page.
pub const TURNS_PAGE_MAX: usize = 100;
/// Acts in one page of the audit log.
pub const ACTS_PAGE_MAX: usize = 500;
/// An away note's length in characters.
pub const AWAY_CHARS_MAX: usize = 200;
/// The length of a client-made idempotency key in characters.
pub const KEY_CHARS_MAX: usize = 64;
/// The length of a request's `id` in characters.
pub const REQUEST_ID_CHARS_MAX: usize = 64;
/// An emoji's length in characters: long enough for families and flags.
pub const EMOJI_CHARS_MAX: usize = 32;
/// The name of an emoji that somebody here made, in characters; with its colons it is a reaction.
pub const OWN_EMOJI_NAME_CHARS_MAX: usize = 24;
/// Emoji that people here made.
pub const OWN_EMOJI_MAX: usize = 500;
/// A picture that becomes somebody's avatar, in bytes: as a telephone takes it.
pub const AVATAR_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A picture that becomes an emoji, in bytes.
pub const OWN_EMOJI_BYTES_MAX: usize = 512 * 1024;
/// Texts that one user may have begun and not sent, one a room and one a thread.
pub const UNSENT_PER_USER_MAX: usize = 100;
/// Browsers of one user that wait for what is pushed; beyond it the oldest is let go of.
pub const PUSHES_PER_USER_MAX: usize = 20;
/// The address of a push service in bytes.
pub const PUSH_ENDPOINT_BYTES_MAX: usize = 2_000;
/// What a poll offers to choose from.
pub const POLL_OPTIONS_MAX: usize = 12;
/// A poll's question in characters.
pub const POLL_QUESTION_CHARS_MAX: usize = 500;
/// One option of a poll in characters.
pub const POLL_OPTION_CHARS_MAX: usize = 120;
/// A poll ends within so many days, where it ends by itself.
pub const POLL_DAYS_MAX: i64 = 366;
/// Different emoji on one message.
pub const REACTION_KINDS_MAX: usize = 50;
/// A client's frame in bytes; a longer one closes with 1009.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Replies of one thread that are told at once.
pub const THREAD_PAGE_MAX: usize = 200;
/// Threads that one is listed at once.
pub const THREADS_PAGE_MAX: usize = 100;
/// The longest time between two messages of one member in slow mode, in seconds.
pub const SLOW_SECONDS_MAX: u32 = 6 * 3_600;
/// Why somebody reports or removes a message, in characters.
pub const MODERATION_REASON_CHARS_MAX: usize = 500;
/// Messages that one user may report within an hour.
pub const REPORTS_PER_HOUR_MAX: usize = 10;
/// Reports that are listed at once.
pub const REPORTS_PAGE_MAX: usize = 100;
/// Acts in one page of the moderation log.
pub const MODERATION_PAGE_MAX: usize = 200;
/// Muted members, and banned users, of one room that are listed at once.
pub const RESTRICTIONS_MAX: usize = 500;
/// Days for which a room may say that messages are kept; beyond it, for ever.
pub const KEEP_DAYS_MAX: u32 = 3_650;
/// Links of one message that are looked at.
pub const LINKS_PREVIEWED_MAX: usize = 3;
/// Messages that may be pinned in one room.
pub const PINS_PER_ROOM_MAX: usize = 100;
/// Messages that one user may have saved.
pub const SAVED_PER_USER_MAX: usize = 500;
/// Messages in one page of what is saved.
pub const SAVED_PAGE_MAX: usize = 100;
/// Texts of one message that are told at once.
pub const VERSIONS_PAGE_MAX: usize = 100;
/// Messages and reminders that one user may have planned.
pub const LATER_PER_USER_MAX: usize = 100;
/// A reminder in characters.
pub const REMINDER_CHARS_MAX: usize = 1_000;
/// Events in one page of the log.
pub const EVENTS_PAGE_MAX: usize = 500;
/// Messages in one page of history.
pub const MESSAGES_PAGE_MAX: usize = 200;
/// Results in one page of a search.
pub const SEARCH_PAGE_MAX: usize = 50;
/// A search's length in characters.
pub const SEARCH_CHARS_MAX: usize = 256;
/// Events that a resume replays per room before it answers `reset`.
pub const RESUME_EVENTS_MAX: usize = 2_000;
/// Rooms that a `resume` may name.
pub const RESUME_ROOMS_MAX: usize = 5_000;
/// A password's length in bytes: below it guesses, above it hashing is a burden.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// The shortest password in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Members listed in a room's summary; more are counted.
pub const SUMMARY_MEMBERS_MAX: usize = 1_000;
/// Rooms that one user may be a member of.
pub const ROOMS_PER_USER_MAX: usize = 1_000;
/// Files of one message.
pub const FILES_PER_MESSAGE_MAX: usize = 10;
/// A file's size in bytes, where the operator says nothing else.
pub const FILE_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// A file's name in characters.
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// The description of a picture in characters.
pub const ALT_CHARS_MAX: usize = 1_000;
/// Files that one user may have uploaded and not yet sent.
pub const LOOSE_FILES_MAX: usize = 50;
/// Files that one user may have begun to send in pieces and not finished.
pub const UPLOADS_PER_USER_MAX: usize = 10;
/// What a client sends at once of a file that comes in pieces: so much of it may have to be sent
/// again. A smaller file comes in one request.
pub const UPLOAD_PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// Files in one page of a room's files.
pub const FILES_PAGE_MAX: usize = 100;
