//! From a typed line or a JSON object to arguments, by the command's declaration.

use super::declare::{Argument, Arguments, Command, Param};
use crate::{ChatError, Words};
use jiff::SignedDuration;
use salon_protocol::ParamKind;
use serde_json::{Map, Value};

/// Longer spans of time are refused: they are slips of the finger.
const DURATION_DAYS_MAX: i64 = 365;

/// What stands behind the command's name on a line.
pub(super) fn from_line(command: &Command, line: &str) -> Result<Arguments, ChatError> {
    let mut rest = line.trim();
    let mut arguments = Arguments::default();
    for param in command.params {
        if rest.is_empty() {
            break;
        }
        let word = if param.kind == ParamKind::Text {
            std::mem::take(&mut rest)
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            rest = after.trim_start();
            word
        };
        arguments.0.insert(param.name, parse(command, param, word)?);
    }
    if !rest.is_empty() {
        return Err(misused(
            command,
            Words::new("There is more than it takes.", "参数太多。"),
        ));
    }
    check_required(command, arguments)
}

/// Arguments by name, as programs and models give them.
pub(super) fn from_json(
    command: &Command,
    args: &Map<String, Value>,
) -> Result<Arguments, ChatError> {
    let mut arguments = Arguments::default();
    for (name, value) in args {
        let Some(param) = command.params.iter().find(|param| param.name == name) else {
            let name: String = name.chars().take(40).collect();
            let words = Words::new(
                format!("It has no parameter “{name}”."),
                format!("没有名为“{name}”的参数。"),
            );
            return Err(misused(command, words));
        };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Array(_) | Value::Object(_) => {
                let words = Words::new(
                    format!("“{name}” is a text or a number."),
                    format!("“{name}”应为文本或数字。"),
                );
                return Err(misused(command, words));
            }
        };
        if text.trim().is_empty() && !param.required {
            continue;
        }
        arguments
            .0
            .insert(param.name, parse(command, param, text.trim())?);
    }
    check_required(command, arguments)
}

fn check_required(command: &Command, arguments: Arguments) -> Result<Arguments, ChatError> {
    let missing = |param: &&Param| {
        param.required
            && match arguments.0.get(param.name) {
                None => true,
                Some(Argument::Text(text)) => text.is_empty(),
                Some(_) => false,
            }
    };
    match command.params.iter().find(missing) {
        None => Ok(arguments),
        Some(param) => {
            let name = param.name.to_uppercase();
            let words = Words::new(format!("{name} is missing."), format!("缺少 {name}。"));
            Err(misused(command, words))
        }
    }
}

fn parse(command: &Command, param: &Param, word: &str) -> Result<Argument, ChatError> {
    let word = match param.kind {
        ParamKind::User | ParamKind::Agent => word.trim_start_matches('@'),
        ParamKind::Room => word.trim_start_matches('#'),
        ParamKind::Command => word.trim_start_matches('/'),
        _ => word,
    };
    if !param.choices.is_empty() {
        let lower = word.to_lowercase();
        return match param.choices.iter().find(|choice| **choice == lower) {
            Some(choice) => Ok(Argument::Text((*choice).to_owned())),
            None => {
                let choices = param.choices.join(", ");
                let words = Words::new(
                    format!("Choose one of: {choices}."),
                    format!("可选值：{choices}。"),
                );
                Err(misused(command, words))
            }
        };
    }
    match param.kind {
        ParamKind::Number => word.parse().map(Argument::Number).map_err(|_| {
            let name = param.name.to_uppercase();
            misused(
                command,
                Words::new(
                    format!("{name} is a whole number."),
                    format!("{name} 应为整数。"),
                ),
            )
        }),
        ParamKind::Duration => duration(word).map(Argument::Duration).ok_or_else(|| {
            misused(
                command,
                Words::new(
                    "A span of time looks like 30s, 10m, 2h or 7d, up to a year.",
                    "时长的写法如 30s、10m、2h、7d，最长一年。",
                ),
            )
        }),
        _ => Ok(Argument::Text(word.to_owned())),
    }
}

/// `30s`, `10m`, `2h`, `7d`, also `10分钟`; a bare number means minutes, and `off` none at all.
fn duration(word: &str) -> Option<SignedDuration> {
    if matches!(word.to_lowercase().as_str(), "off" | "关" | "关闭") {
        return Some(SignedDuration::ZERO);
    }
    let digits = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let seconds = match unit.to_lowercase().as_str() {
        "s" | "sec" | "秒" => 1,
        "" | "m" | "min" | "分" | "分钟" => 60,
        "h" | "小时" => 3_600,
        "d" | "天" => 86_400,
        _ => return None,
    };
    let seconds = number.checked_mul(seconds)?;
    (seconds <= DURATION_DAYS_MAX * 86_400).then(|| SignedDuration::from_secs(seconds))
}

fn misused(command: &Command, why: Words) -> ChatError {
    let usage = command.usage();
    ChatError::BadArguments(Words::new(
        format!("{} Use it like this: {usage}", why.en),
        format!("{}用法：{usage}", why.zh),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time_are_read_in_both_languages_and_bounded() {
        assert_eq!(duration("30s"), Some(SignedDuration::from_secs(30)));
        assert_eq!(duration("10"), Some(SignedDuration::from_mins(10)));
        assert_eq!(duration("2小时"), Some(SignedDuration::from_hours(2)));
        assert_eq!(duration("7d"), Some(SignedDuration::from_hours(168)));
        assert_eq!(duration("OFF"), duration("0"));
        assert_eq!(duration("关闭"), Some(SignedDuration::ZERO));
        for bad in ["", "h", "-5m", "1y", "366d", "99999999999999999999s", "5m5"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }
}
