//! What is refused, with words for people in both languages. This is the only place that phrases
//! a refusal; the doors only carry it.

use jiff::Timestamp;
use salon_protocol::{ErrorCode, Lang, Text};
use salon_store::{PollRefusal, StoreError};

/// A sentence made at run time, in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// 中文.
    pub zh: String,
}

impl Words {
    /// A sentence in both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            en: en.into(),
            zh: zh.into(),
        }
    }

    /// The sentence in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self::new(text.en, text.zh)
    }
}

/// Why something was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ChatError {
    /// The handle, password, link or token does not open anything.
    #[error("not signed in")]
    NotSignedIn(Words),
    /// The password is right; a code of the authenticator is missing or wrong.
    #[error("second factor")]
    SecondFactor(Words),
    /// The rights are missing.
    #[error("forbidden: {}", .0.en)]
    Forbidden(Words),
    /// No such room, or not the caller's to see.
    #[error("no such room")]
    RoomNotFound,
    /// No such message, or not the caller's to see.
    #[error("no such message")]
    MessageNotFound,
    /// No such other thing.
    #[error("not found: {}", .0.en)]
    NotFound(Words),
    /// No user has that handle.
    #[error("no user {name:?}")]
    UserNotFound {
        /// What was asked for.
        name: String,
        /// The handle that looks most like it.
        nearest: Option<String>,
    },
    /// No command has that name.
    #[error("no command {name:?}")]
    UnknownCommand {
        /// What was asked for.
        name: String,
        /// The command that looks most like it.
        nearest: Option<String>,
    },
    /// The request cannot be understood.
    #[error("bad arguments: {}", .0.en)]
    BadArguments(Words),
    /// Something is longer than allowed.
    #[error("{} is longer than {max}", .what.en)]
    TooLong {
        /// What.
        what: Text,
        /// The bound.
        max: usize,
    },
    /// A file is larger than allowed.
    #[error("larger than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: u64,
    },
    /// A piece of a file begins elsewhere than the last one ended.
    #[error("the next piece begins at {offset}")]
    WrongOffset {
        /// Where it has to begin.
        offset: u64,
    },
    /// Wait.
    #[error("too fast")]
    TooFast {
        /// For how long.
        retry_after_ms: u64,
    },
    /// Muted until then.
    #[error("muted until {0}")]
    Muted(Timestamp),
    /// The room is slow.
    #[error("slow mode until {until}")]
    Slow {
        /// When one may write again.
        until: Timestamp,
        /// Seconds between two messages.
        seconds: u32,
    },
    /// An agent may not do that alone: somebody must approve it.
    #[error("needs approval: {why}")]
    NeedsApproval {
        /// Why, in one stable word.
        why: &'static str,
    },
    /// It clashes with what is there.
    #[error("conflict: {}", .0.en)]
    Conflict(Words),
    /// The disk is full.
    #[error("disk is full")]
    DiskFull,
    /// The server cannot do its work at present.
    #[error("not ready: {}", .0.en)]
    NotReady(Words),
    /// The server failed.
    #[error("internal: {0}")]
    Internal(String),
}

impl ChatError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NotSignedIn(_) => ErrorCode::NotSignedIn,
            Self::SecondFactor(_) => ErrorCode::SecondFactor,
            Self::Forbidden(_) | Self::Muted(_) | Self::NeedsApproval { .. } => {
                ErrorCode::Forbidden
            }
            Self::RoomNotFound | Self::MessageNotFound | Self::NotFound(_) => ErrorCode::NotFound,
            Self::UserNotFound { .. } => ErrorCode::UserNotFound,
            Self::UnknownCommand { .. } => ErrorCode::UnknownCommand,
            Self::BadArguments(_) => ErrorCode::BadArguments,
            Self::TooLong { .. } | Self::TooLarge { .. } => ErrorCode::TooLong,
            Self::TooFast { .. } | Self::Slow { .. } => ErrorCode::TooFast,
            Self::Conflict(_) | Self::WrongOffset { .. } => ErrorCode::Conflict,
            Self::DiskFull | Self::NotReady(_) | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Whether the server failed rather than the request: the same may succeed another time.
    pub fn is_the_servers(&self) -> bool {
        self.code() == ErrorCode::Internal
    }

    /// Milliseconds after which the same request may succeed.
    pub fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::TooFast { retry_after_ms } => Some(*retry_after_ms),
            Self::Slow { until, .. } => Some(millis_to(*until)),
            _ => None,
        }
    }

    /// Where the next piece of a file begins.
    pub fn offset(&self) -> Option<u64> {
        match self {
            Self::WrongOffset { offset } => Some(*offset),
            _ => None,
        }
    }

    /// What went wrong and what to do.
    pub fn message(&self, lang: Lang) -> String {
        self.words().get(lang).to_owned()
    }

    fn words(&self) -> Words {
        match self {
            Self::NotSignedIn(words)
            | Self::SecondFactor(words)
            | Self::Forbidden(words)
            | Self::NotFound(words)
            | Self::BadArguments(words)
            | Self::NotReady(words)
            | Self::Conflict(words) => words.clone(),
            Self::RoomNotFound => Words::new(
                "There is no such room, or you are not in it. /rooms lists the rooms you can join.",
                "没有这个聊天室，或者你不在其中。用 /rooms 查看可以加入的聊天室。",
            ),
            Self::MessageNotFound => Words::new(
                "There is no such message, or you may not see it.",
                "没有这条消息，或者你无权查看。",
            ),
            Self::UserNotFound {
                name,
                nearest: Some(nearest),
            } => Words::new(
                format!("There is no user “{name}”. Did you mean @{nearest}?"),
                format!("没有叫“{name}”的用户。你是想找 @{nearest} 吗？"),
            ),
            Self::UserNotFound {
                name,
                nearest: None,
            } => Words::new(
                format!("There is no user “{name}”. /users shows who is online."),
                format!("没有叫“{name}”的用户。用 /users 查看谁在线。"),
            ),
            Self::UnknownCommand {
                name,
                nearest: Some(nearest),
            } => Words::new(
                format!(
                    "There is no command /{name}. Did you mean /{nearest}? Write // to begin a message with a slash."
                ),
                format!(
                    "没有 /{name} 这个命令。你是想用 /{nearest} 吗？想发送以斜杠开头的消息，请写两个斜杠 //。"
                ),
            ),
            Self::UnknownCommand {
                name,
                nearest: None,
            } => Words::new(
                format!(
                    "There is no command /{name}. /help lists all; write // to begin a message with a slash."
                ),
                format!(
                    "没有 /{name} 这个命令。用 /help 查看全部命令；想发送以斜杠开头的消息，请写两个斜杠 //。"
                ),
            ),
            Self::TooLong { what, max } => Words::new(
                format!(
                    "{} is too long: at most {max} characters. Shorten it and send it again.",
                    what.en
                ),
                format!("{}太长：最多 {max} 个字符。请缩短后再发送。", what.zh),
            ),
            Self::TooLarge { bytes_max } => {
                let megabytes = (*bytes_max as f64 / 1_048_576.0 * 10.0).round() / 10.0;
                Words::new(
                    format!(
                        "The file is too large: at most {megabytes} MB. Make it smaller or send a link."
                    ),
                    format!("文件太大：最多 {megabytes} MB。请压缩后再发送，或发送链接。"),
                )
            }
            Self::WrongOffset { offset } => Words::new(
                format!("The next piece of this file begins at byte {offset}. Send it from there."),
                format!("这个文件的下一段从第 {offset} 字节开始，请从那里继续上传。"),
            ),
            Self::TooFast { retry_after_ms } => {
                let seconds = retry_after_ms.div_ceil(1000).max(1);
                Words::new(
                    format!("That was too fast. Try again in {seconds} s."),
                    format!("操作太频繁，请 {seconds} 秒后再试。"),
                )
            }
            Self::Slow { until, seconds } => {
                let wait = millis_to(*until).div_ceil(1000).max(1);
                Words::new(
                    format!(
                        "This room is slow: one message every {seconds} s. You can write again in {wait} s."
                    ),
                    format!(
                        "本聊天室已开启慢速模式：每 {seconds} 秒一条消息。{wait} 秒后可以再次发言。"
                    ),
                )
            }
            Self::NeedsApproval { .. } => Words::new(
                "An agent may do that only with the approval of whoever asked.",
                "AI 必须先得到提问者的批准才能这样做。",
            ),
            Self::Muted(until) => {
                let minutes =
                    (until.as_second() - salon_protocol::now().as_second()).max(0) / 60 + 1;
                Words::new(
                    format!("You are muted in this room for about {minutes} more min."),
                    format!("你在这个聊天室被禁言，大约还有 {minutes} 分钟。"),
                )
            }
            Self::DiskFull => Words::new(
                "The server's disk is full. Nothing was changed; try again when whoever runs it has made room.",
                "服务器磁盘已满，没有任何改动；请等管理员腾出空间后再试。",
            ),
            Self::Internal(_) => Words::new(
                "The server could not do that. Nothing was changed; try again in a moment.",
                "服务器没能完成这个操作，没有任何改动；请稍后再试。",
            ),
        }
    }
}

/// Milliseconds until then.
fn millis_to(until: Timestamp) -> u64 {
    let wait = until.as_millisecond() - salon_protocol::now().as_millisecond();
    u64::try_from(wait).unwrap_or(0)
}

/// The author of most refusals is a rule of ours; the store's own are those that only the instant
/// of the commit can tell.
impl From<StoreError> for ChatError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotMember => Self::RoomNotFound,
            StoreError::Muted(until) => {
                Self::Muted(Timestamp::from_microsecond(until).unwrap_or_default())
            }
            StoreError::Slow { until, seconds } => Self::Slow {
                until: Timestamp::from_microsecond(until).unwrap_or_default(),
                seconds,
            },
            StoreError::TooOften(until) => Self::TooFast {
                retry_after_ms: millis_to(Timestamp::from_microsecond(until).unwrap_or_default()),
            },
            StoreError::Taken("report") => Self::Conflict(Words::new(
                "You have reported this message already.",
                "你已经举报过这条消息。",
            )),
            StoreError::Banned => Self::Forbidden(Words::new(
                "That user is banned from this room. A moderator can /unban them.",
                "该用户已被禁止进入这个聊天室。管理员可以用 /unban 解除。",
            )),
            StoreError::LastOwner => Self::Conflict(Words::new(
                "This is the last owner. Make another user owner first.",
                "这是最后一位所有者，请先设置另一位所有者。",
            )),
            StoreError::NotAuthor => Self::Forbidden(Words::new(
                "Only its author can change a message.",
                "只有作者本人可以修改这条消息。",
            )),
            StoreError::Poll(refusal) => polled(refusal),
            StoreError::NotFound("message") => Self::MessageNotFound,
            StoreError::NotFound("file") => Self::NotFound(Words::new(
                "There is no such file, or you may not see it. Upload it again.",
                "没有这个文件，或者你无权查看。请重新上传。",
            )),
            StoreError::NotFound(what) => Self::NotFound(Words::new(
                format!("There is no such {what}."),
                "没有这个对象。",
            )),
            StoreError::Taken("handle") => Self::Conflict(Words::new(
                "That handle is taken. Choose another.",
                "这个用户名已被占用，请换一个。",
            )),
            StoreError::Taken("room") => Self::Conflict(Words::new(
                "A room of that name exists. Choose another name.",
                "已有同名的聊天室，请换一个名字。",
            )),
            StoreError::Taken(what) => Self::Conflict(Words::new(
                format!("That {what} exists already."),
                "已经存在，不能重复创建。",
            )),
            StoreError::KeyReused => Self::Conflict(Words::new(
                "This key was already used for another message. Use a new key for a new message.",
                "这个 key 已用于另一条消息。新消息请使用新的 key。",
            )),
            StoreError::TooMany(what) => Self::Conflict(Words::new(
                format!("There are too many {what} here already."),
                "数量已达上限。",
            )),
            // Logged once by whoever met it: here it would be a line for every sender.
            StoreError::Full => Self::DiskFull,
            StoreError::Database(_)
            | StoreError::Files(_)
            | StoreError::Backup(_)
            | StoreError::NotEmpty(_)
            | StoreError::InUse
            | StoreError::TooNew { .. }
            | StoreError::Closed => {
                tracing::error!(%error, "the store failed");
                Self::Internal(error.to_string())
            }
        }
    }
}

fn polled(refusal: PollRefusal) -> ChatError {
    ChatError::Conflict(match refusal {
        PollRefusal::NoPoll => Words::new("That message is no poll.", "这条消息不是投票。"),
        PollRefusal::Closed => Words::new(
            "The poll has ended. Nobody votes in it any more.",
            "投票已经结束，不能再投。",
        ),
        PollRefusal::NoSuchOption => Words::new(
            "The poll has no option with that number. They are numbered from 1.",
            "没有这个编号的选项，编号从 1 开始。",
        ),
        PollRefusal::OneOnly => Words::new(
            "Choose one option: this poll takes no more.",
            "这个投票只能选一项。",
        ),
        PollRefusal::OtherWords => Words::new(
            "A poll keeps its words: votes were given to them. Delete it and ask anew.",
            "投票发出后不能修改文字，因为大家是按原文投的。请删除后重新发起。",
        ),
    })
}
