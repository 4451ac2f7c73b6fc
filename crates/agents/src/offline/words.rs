//! What the offline model says by itself.

use salon_protocol::Text;

pub(super) const WHAT_I_AM: Text = Text {
    en: "I am the built-in offline assistant: a handful of rules, not a language model. I can help with commands, say who is here, search the history, tell what you missed and pass messages on. Whoever runs this server can give me a real model: set `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` and restart.",
    zh: "我是内置的离线助手：只有几条规则，不是语言模型。我可以介绍命令、查看谁在线、搜索历史、告诉你错过了什么，还能转达消息。服务器管理员可以为我接上真正的模型：设置 `OPENAI_BASE_URL`、`OPENAI_API_KEY` 和 `OPENAI_MODEL` 后重启即可。",
};

pub(super) const GREETING: Text = Text {
    en: "Hello! I am the offline assistant. Ask me who is online, what you missed, to search for something, or for help with commands.",
    zh: "你好！我是离线助手。可以问我谁在线、错过了什么、搜索某件事，或者怎么用命令。",
};

pub(super) const WELCOME: Text = Text {
    en: "You are welcome.",
    zh: "不客气。",
};

pub(super) const ONLY_RULES: Text = Text {
    en: "No model is configured, so I answer from rules and cannot answer that. I can do these:\n\n- “who is online?”\n- “what did I miss?”\n- “search for WORDS”\n- “tell @NAME that …”\n- “help”, or “help COMMAND”\n\nFor real answers, whoever runs this server sets `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL`.",
    zh: "还没有配置模型，我只能按规则回答，这个问题答不了。我可以做这些：\n\n- “谁在线？”\n- “我错过了什么？”\n- “搜索 关键词”\n- “告诉 @某人：……”\n- “帮助”，或“帮助 命令名”\n\n想要真正的回答，请服务器管理员设置 `OPENAI_BASE_URL`、`OPENAI_API_KEY` 和 `OPENAI_MODEL`。",
};
