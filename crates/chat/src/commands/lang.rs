//! `/lang zh|en`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::set_lang};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "lang",
    aliases: &["语言"],
    params: &[Param::required(
        "language",
        ParamKind::Word,
        Text {
            en: "The language to be answered in.",
            zh: "界面与提示的语言。",
        },
    )
    .one_of(&["zh", "en"])],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Nothing,
    summary: Text {
        en: "Choose your language.",
        zh: "选择语言。",
    },
    help: Text {
        en: "Errors, help and notices come in it from now on.",
        zh: "之后的提示、帮助和错误信息都会使用该语言。",
    },
    run: |invocation| lang(invocation).boxed(),
};

async fn lang(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let lang: Lang = invocation.args.text("language").parse().unwrap_or_default();
    set_lang(invocation.chat, invocation.caller, lang).await?;
    let words = Words::new("From now on I answer in English.", "之后将使用中文回复你。");
    Ok(saying(Done::default(), words, lang))
}
