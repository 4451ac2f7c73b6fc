//! Failures in plain words, for whoever asked: what happened and what to do.

use super::{BadAnswer, ModelFailure, Purse, Silence};
use salon_protocol::{Lang, Text};

impl ModelFailure {
    /// One or two sentences in the asker's language.
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Interrupted { cause, .. } => {
                let broke_off = Text {
                    en: "The answer broke off here.",
                    zh: "回答写到这里中断了。",
                };
                format!(
                    "{}{}{}",
                    broke_off.get(lang),
                    space(lang),
                    cause.interruption().get(lang)
                )
            }
            Self::RateLimited {
                retry_after: Some(wait),
            } => {
                let seconds = wait.as_secs().max(1);
                match lang {
                    Lang::En => format!(
                        "The model service is getting too many requests and asked to wait \
                         {seconds} s. Please try again after that."
                    ),
                    Lang::Zh => {
                        format!("模型服务当前请求过多，需要等待 {seconds} 秒。请稍后再试。")
                    }
                }
            }
            other => other.fixed_words().get(lang).to_owned(),
        }
    }

    /// After an answer that broke off: why, and what to do.
    fn interruption(&self) -> Text {
        match self.cause() {
            Self::Cut | Self::Unreachable => Text {
                en: "The connection to the model was lost. Please ask again.",
                zh: "与模型的连接断开了，请重新提问。",
            },
            Self::TimedOut(Silence::Total) => Text {
                en: "It took longer than allowed. Please ask again, perhaps in smaller parts.",
                zh: "用时超过了上限。请重新提问，也可以把问题拆小一些。",
            },
            Self::TimedOut(_) => Text {
                en: "The model stopped responding. Please ask again.",
                zh: "模型没有继续响应，请重新提问。",
            },
            _ => Text {
                en: "The model service reported an error. Please ask again.",
                zh: "模型服务报告了错误，请重新提问。",
            },
        }
    }

    fn fixed_words(&self) -> Text {
        match self {
            Self::RefusedKey => Text {
                en: "I can't answer: the model service refused the key. Whoever runs this server \
                     needs to check it.",
                zh: "我无法回答：模型服务拒绝了密钥。请联系服务器管理员检查密钥设置。",
            },
            Self::QuotaExhausted => Text {
                en: "I can't answer: the quota at the model service is used up. Whoever runs this \
                     server needs to top it up.",
                zh: "我无法回答：模型服务的额度已用完。请联系服务器管理员充值或更换服务。",
            },
            Self::RateLimited { .. } => Text {
                en: "The model service is getting too many requests. Please try again in a minute.",
                zh: "模型服务当前请求过多，请过一分钟再试。",
            },
            Self::Unreachable => Text {
                en: "I can't reach the model service. Please try again in a moment.",
                zh: "暂时连不上模型服务，请稍后再试。",
            },
            Self::TimedOut(Silence::Connect) => Text {
                en: "The model service did not pick up in time. Please try again in a moment.",
                zh: "连接模型服务超时，请稍后再试。",
            },
            Self::TimedOut(_) => Text {
                en: "The model did not answer in time. Please try again in a moment.",
                zh: "模型没有及时回应，请稍后再试。",
            },
            Self::ServiceError { .. } => Text {
                en: "The model service has a problem at the moment. Please try again later.",
                zh: "模型服务暂时出了问题，请稍后再试。",
            },
            Self::UnknownModel => Text {
                en: "I can't answer: the service does not know the model that is configured. \
                     Whoever runs this server needs to check its name.",
                zh: "我无法回答：模型服务中没有所配置的模型。请联系服务器管理员检查模型名称。",
            },
            Self::RefusedRequest { .. } => Text {
                en: "The model service did not accept the request. Please ask in other words; if \
                     it stays so, tell whoever runs this server.",
                zh: "模型服务没有接受这次请求。请换个说法再试；如果一直如此，请联系服务器管理员。",
            },
            Self::ContextTooLong => Text {
                en: "This conversation is longer than the model can read. Please ask again with a \
                     shorter message.",
                zh: "这段对话超出了模型能读取的长度，请缩短消息后再试。",
            },
            Self::ToolsUnsupported => Text {
                en: "This model can't use tools. Whoever runs this server can set its tool mode \
                     to text or none.",
                zh: "这个模型不支持工具调用。服务器管理员可以把它的工具模式设为 text 或 none。",
            },
            Self::BadAnswer(BadAnswer::Html | BadAnswer::Redirect) => Text {
                en: "I can't answer: the address of the model service does not lead to one. \
                     Whoever runs this server needs to check the base URL.",
                zh: "我无法回答：所配置的地址不是模型服务。请联系服务器管理员检查服务地址。",
            },
            Self::BadAnswer(_) => Text {
                en: "The model service sent something that I can't read. Please try again.",
                zh: "模型服务返回了无法识别的内容，请再试一次。",
            },
            Self::Empty => Text {
                en: "The model gave an empty answer. Please ask again, perhaps in other words.",
                zh: "模型给出了空白的回答。请再问一次，或者换个说法。",
            },
            Self::Filtered => Text {
                en: "The model service withheld the answer. Please ask in other words.",
                zh: "模型服务没有放行这次回答，请换个说法再试。",
            },
            Self::TooLong => Text {
                en: "The answer grew longer than a message may be and ends here.",
                zh: "回答超过了单条消息的长度上限，到此为止。",
            },
            Self::Cut | Self::Interrupted { .. } => Text {
                en: "The connection to the model was lost before it answered. Please try again.",
                zh: "模型还没回答，连接就断开了。请再试一次。",
            },
            Self::BudgetSpent(Purse::Agent) => Text {
                en: "My budget is used up for now. /usage shows what was spent and when it renews; \
                     another agent may help, or my maker can raise it.",
                zh: "我的预算暂时用完了。用 /usage 查看用量；可以请别的 AI 帮忙，或请我的创建者提高预算。",
            },
            Self::BudgetSpent(Purse::Room) => Text {
                en: "This room's budget for AI is used up for now. /usage shows what was spent.",
                zh: "这个聊天室的 AI 预算暂时用完了。用 /usage 查看用量。",
            },
            Self::BudgetSpent(Purse::Asker) => Text {
                en: "Your budget for AI is used up for now. /usage shows what you have spent.",
                zh: "你的 AI 预算暂时用完了。用 /usage 查看用量。",
            },
            Self::BudgetSpent(Purse::Server) => Text {
                en: "This server's budget for AI is used up for now. /usage shows what was spent.",
                zh: "这个服务器的 AI 预算暂时用完了。用 /usage 查看用量。",
            },
            Self::Busy => Text {
                en: "Too many questions are waiting for the model. Please try again in a moment.",
                zh: "排队等待模型的问题太多了，请稍后再试。",
            },
        }
    }
}

/// English separates sentences by a space, Chinese does not.
fn space(lang: Lang) -> &'static str {
    match lang {
        Lang::En => " ",
        Lang::Zh => "",
    }
}
