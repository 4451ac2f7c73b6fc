//! What a command's declaration consists of.

use crate::{Caller, Chat, ChatError, Words};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use salon_protocol::{
    CommandInfo, Done, Effect, FileId, Lang, MessageId, NoticeBody, ParamInfo, ParamKind, Role,
    Text,
};
use std::collections::BTreeMap;

/// One command.
pub struct Command {
    /// Name without the slash.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Parameters in order; a `Text` comes last.
    pub params: &'static [Param],
    /// Where it runs.
    pub place: Place,
    /// The least role that may run it.
    pub role: Role,
    /// What running it can change.
    pub effect: Effect,
    /// Who comes to read what an agent writes by it.
    pub reach: Reach,
    /// What it does, in a line.
    pub summary: Text,
    /// What else there is to know.
    pub help: Text,
    /// Runs it.
    pub run: for<'a> fn(Invocation<'a>) -> BoxFuture<'a, Result<Done, ChatError>>,
}

/// One parameter.
pub struct Param {
    /// Name; also the key in JSON arguments.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParamKind,
    /// Whether it must be given.
    pub required: bool,
    /// The only values allowed, where the list is closed.
    pub choices: &'static [&'static str],
    /// What it means.
    pub help: Text,
}

impl Param {
    /// One that must be given.
    pub const fn required(name: &'static str, kind: ParamKind, help: Text) -> Self {
        Self {
            name,
            kind,
            required: true,
            choices: &[],
            help,
        }
    }

    /// One that may be left out.
    pub const fn optional(name: &'static str, kind: ParamKind, help: Text) -> Self {
        Self {
            name,
            kind,
            required: false,
            choices: &[],
            help,
        }
    }

    /// Takes only these values.
    pub const fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }
}

/// Why somebody moderates, for the log of moderation.
pub(super) const REASON: Param = Param::optional(
    "reason",
    ParamKind::Text,
    Text {
        en: "Why; it stands in the moderation log.",
        zh: "理由，会写入管理记录。",
    },
);

/// Who comes to read what a command writes. An agent needs leave where that is more than those who
/// may read the room that it answers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Nobody but the caller.
    Nothing,
    /// The room that it runs in.
    Here,
    /// The user in this parameter.
    User(&'static str),
    /// Everybody but guests.
    Members,
    /// Everybody who has an account.
    Everybody,
}

/// Where a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// With or without a room.
    Anywhere,
    /// In a room.
    Room,
}

/// One running of a command.
pub struct Invocation<'a> {
    /// The chat.
    pub chat: &'a Chat,
    /// Who runs it.
    pub caller: &'a Caller,
    /// Where: an id, a name or `@handle`, not yet looked up.
    pub room: Option<&'a str>,
    /// Typed arguments.
    pub args: Arguments,
    /// Makes a retry of what it posts safe.
    pub key: Option<String>,
    /// The message that it answers, for what it posts.
    pub reply_to: Option<MessageId>,
    /// Uploads that what it posts carries.
    pub files: Vec<FileId>,
}

/// What comes with a typed line beside its words.
#[derive(Clone, Debug, Default)]
pub struct Along {
    /// Makes a retry of what it posts safe.
    pub key: Option<String>,
    /// The message that it answers, for what it posts.
    pub reply_to: Option<MessageId>,
    /// Uploads that what it posts carries.
    pub files: Vec<FileId>,
}

impl Along {
    /// A key alone, where there is one.
    pub fn with_key(key: Option<String>) -> Self {
        Self {
            key,
            ..Self::default()
        }
    }
}

impl Command {
    /// Whether what it posts may carry files: only the verbs that say something right here.
    pub(super) fn takes_files(&self) -> bool {
        matches!(self.name, "private-from-ai" | "me")
    }
}

impl Invocation<'_> {
    /// The room it runs in; commands that declare [`Place::Room`] have one.
    pub(super) fn room(&self) -> Result<&str, ChatError> {
        self.room.ok_or_else(|| {
            ChatError::BadArguments(Words::new(
                "Say in which room: this command acts on one.",
                "请指明聊天室：这个命令需要在聊天室中使用。",
            ))
        })
    }

    /// Why, where the command declares [`REASON`]; empty where nobody said.
    pub(super) fn reason(&self) -> &str {
        self.args.get(REASON.name).unwrap_or_default()
    }

    pub(super) fn lang(&self) -> Lang {
        self.caller.lang
    }
}

/// Arguments by parameter's name, checked against the declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments(pub(super) BTreeMap<&'static str, Argument>);

/// One argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Argument {
    Text(String),
    Number(i64),
    Duration(SignedDuration),
}

impl Arguments {
    /// A name, word or text that may have been left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Argument::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A name, word or text that the declaration requires.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Argument::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A span of time.
    pub fn duration(&self, name: &str) -> Option<SignedDuration> {
        match self.0.get(name) {
            Some(Argument::Duration(duration)) => Some(*duration),
            _ => None,
        }
    }
}

impl Command {
    /// How to type it.
    pub fn usage(&self) -> String {
        let mut usage = format!("/{}", self.name);
        for param in self.params {
            let name = if param.choices.is_empty() {
                param.name.to_uppercase()
            } else {
                param.choices.join("|")
            };
            usage.push_str(&if param.required {
                format!(" {name}")
            } else {
                format!(" [{name}]")
            });
        }
        usage
    }

    /// The command as clients see it.
    pub fn info(&self, lang: Lang) -> CommandInfo {
        CommandInfo {
            name: self.name.into(),
            aliases: self.aliases.iter().map(|&alias| alias.into()).collect(),
            usage: self.usage(),
            summary: self.summary.get(lang).into(),
            help: self.help.get(lang).into(),
            params: self
                .params
                .iter()
                .map(|param| ParamInfo {
                    name: param.name.into(),
                    kind: param.kind,
                    required: param.required,
                    choices: param.choices.iter().map(|&choice| choice.into()).collect(),
                    help: param.help.get(lang).into(),
                })
                .collect(),
            effect: self.effect,
            role: self.role,
        }
    }
}

/// An answer that is told, to people and to programs.
pub(super) fn notice_with(text: impl Into<String>, data: serde_json::Value) -> Done {
    Done {
        notice: Some(NoticeBody {
            text: text.into(),
            data: Some(data),
        }),
        ..Done::default()
    }
}

/// Adds words to what was done.
pub(super) fn saying(mut done: Done, words: Words, lang: Lang) -> Done {
    done.notice = Some(NoticeBody {
        text: words.get(lang).to_owned(),
        data: None,
    });
    done
}
