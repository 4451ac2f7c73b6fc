//! Why an agent spoke or stayed silent, in words for people.
//!
//! The stable words are made in `salon-agents`; this is the only place that phrases them.

use crate::Words;

/// A reason in both languages. `asker` is whoever wrote what the turn is about. A failure's kind
/// may stand behind the reason, set off by a colon.
pub fn because(reason: &str, asker: &str) -> Words {
    let (reason, failure) = match reason.split_once(": ") {
        Some((reason, failure)) => (reason, Some(failure)),
        None => (reason, None),
    };
    let mut words = match reason {
        "direct_room" => Words::new(
            format!("{asker} wrote to it privately"),
            format!("{asker} 私聊了它"),
        ),
        "mentioned" => Words::new(format!("{asker} mentioned it"), format!("{asker} 提及了它")),
        "reply_to_agent" => Words::new(
            format!("{asker} replied to it"),
            format!("{asker} 回复了它"),
        ),
        "called_by_name" => Words::new(
            format!("{asker} called it by name"),
            format!("{asker} 叫了它的名字"),
        ),
        "follow_up" => Words::new(
            format!("{asker} went on with what it had just answered"),
            format!("{asker} 接着它刚才的回答继续问"),
        ),
        "ambient" => Words::new(
            "nobody was asked in particular and it was sure to be of help",
            "没有指定由谁回答，而它确信能帮上忙",
        ),
        "asked_again" => Words::new(
            format!("{asker} wanted another answer"),
            format!("{asker} 要求重新回答"),
        ),
        "not_addressed" => Words::new("it was not addressed", "没有人叫它"),
        "withdrawn" => Words::new(
            "the message was taken back, or is not for it to read",
            "消息已撤回，或它无权阅读",
        ),
        "merged" => Words::new(
            "it answers this together with the messages around it",
            "它把前后几条消息合并在一起回答",
        ),
        "answered_by_person" => Words::new("somebody answered first", "已经有人回答了"),
        "answered_by_agent" => Words::new("another agent answered first", "另一个 AI 已经回答了"),
        "mode_off" => Words::new(
            "agents are switched off in this room (/mode)",
            "这个聊天室关闭了 AI（/mode）",
        ),
        "own_mode_off" => Words::new("its maker has switched it off", "它的创建者把它关闭了"),
        "unlikely" => Words::new("nothing suggested that it could help", "看不出它能帮上忙"),
        "model_said_no" => Words::new(
            "it was asked whether it could help and was not sure",
            "它判断自己未必能帮上忙",
        ),
        "ambient_budget" => Words::new(
            "it has thought about joining in often enough for now",
            "近期主动发言的判断次数已用完",
        ),
        "hop_limit" => Words::new(
            "agents had answered each other often enough",
            "AI 之间的连续对话已达上限",
        ),
        "chain_spent" => Words::new(
            "the agents' conversation had used up what it may spend",
            "这轮 AI 对话的额度已用完",
        ),
        "stopped_all" => Words::new(
            "somebody stopped all agents here",
            "有人停止了这里的所有 AI",
        ),
        "room_busy" => Words::new(
            "agents had said enough in this room for the moment",
            "这个聊天室里 AI 发言过于频繁，需要稍等",
        ),
        "slow" => Words::new(
            "the room is slow, and it has to wait before it may write again",
            "聊天室处于慢速模式，它要等一会儿才能发言",
        ),
        "muted" => Words::new("it is muted in this room", "它在这个聊天室被禁言"),
        "budget_spent" => Words::new("its budget is used up", "它的预算已用完"),
        "may_not_speak" => Words::new(
            "it, or whoever asked, may not speak there any more",
            "它或提问者已不能在那里发言",
        ),
        _ => Words::new(reason, reason),
    };
    if let Some(failure) = failure {
        words.en.push_str(&format!(" (failed: {failure})"));
        words.zh.push_str(&format!("（失败：{failure}）"));
    }
    words
}
