//! The turn as a pure machine: each claim about it, without a clock or a network.

use super::*;

fn machine() -> TurnMachine {
    let names = ["t", "users", "command"].map(str::to_owned);
    TurnMachine::new(Lang::En, "assistant", Some(names.into()))
}

fn text(text: &str) -> Input {
    Input::Delta(Delta::Text(text.into()))
}

fn ended() -> Input {
    Input::Ended(Ok(Completion::default()))
}

fn calls(name: &str, arguments: &str) -> Input {
    let call = ToolCall {
        id: "c".into(),
        name: name.into(),
        arguments: arguments.into(),
    };
    Input::Ended(Ok(Completion {
        tool_calls: vec![call],
        ..Completion::default()
    }))
}

fn told(text: &str) -> Input {
    Input::CallEnded(CallEnd::Told(text.into()))
}

fn done() -> Input {
    Input::CallEnded(CallEnd::Done("ok".into()))
}

/// All that a turn does, in short.
fn run(inputs: impl IntoIterator<Item = Input>) -> Vec<String> {
    let mut machine = machine();
    let mut effects = machine.begin();
    for input in inputs {
        effects.extend(machine.take(input));
    }
    effects.iter().filter_map(short).collect()
}

fn short(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Ask { last: false } => "ask".into(),
        Effect::Ask { last: true } => "ask without tools".into(),
        Effect::Append(text) => format!("+{text}"),
        Effect::Call(call) => format!("call {} {}", call.name, call.arguments),
        Effect::End(End {
            reply: None,
            outcome,
            ..
        }) => outcome.as_str().into(),
        Effect::End(End {
            reply: Some((text, state)),
            outcome,
            ..
        }) => {
            format!("{} {}: {text}", outcome.as_str(), state.as_str())
        }
        Effect::Show(..) => return None,
    })
}

#[test]
fn words_are_shown_as_they_come_and_posted_at_the_end() {
    assert_eq!(
        run([text("Hel"), text("lo. "), ended()]),
        ["ask", "+Hel", "+lo. ", "spoke complete: Hello."]
    );
}

#[test]
fn a_native_call_is_run_and_answered_in_a_second_round() {
    assert_eq!(
        run([
            calls("users", "{}"),
            told("ada, bob"),
            text("Two."),
            ended()
        ]),
        [
            "ask",
            "call users {}",
            "ask",
            "+Two.",
            "acted complete: Two."
        ]
    );
}

#[test]
fn a_written_command_is_run_and_never_shown() {
    assert_eq!(
        run([text("/t bob"), text(" hi"), ended(), done(), ended()]),
        [
            "ask",
            r#"call command {"line":"/t bob hi"}"#,
            "ask",
            "acted complete: Done: `/t bob`"
        ]
    );
}

#[test]
fn the_same_call_is_made_once_and_its_result_becomes_the_answer() {
    assert_eq!(
        run([
            text("/users"),
            ended(),
            told("Online: ada"),
            text("/users"),
            ended(),
            text("/users"),
            ended()
        ]),
        [
            "ask",
            r#"call command {"line":"/users"}"#,
            "ask",
            "ask without tools",
            "acted complete: Online: ada"
        ]
    );
}

#[test]
fn what_was_done_with_an_agent_is_told_and_does_not_call_it() {
    let effects = run([calls("invite", "{}"), told("@heron is in."), ended()]);
    assert_eq!(effects.last().unwrap(), "acted complete: heron is in.");
}

#[test]
fn a_refusal_is_the_answer_only_where_there_is_no_other() {
    let refused = || Input::CallEnded(CallEnd::Refused("Not allowed.".into()));
    let last = |inputs: Vec<Input>| run(inputs).pop().unwrap();
    assert_eq!(
        last(vec![calls("t", "{}"), refused(), ended()]),
        "acted complete: Not allowed."
    );
    let second = calls("users", "{}");
    assert_eq!(
        last(vec![
            calls("t", "{}"),
            refused(),
            second,
            told("Online: ada"),
            ended()
        ]),
        "acted complete: Online: ada"
    );
}

#[test]
fn rounds_and_calls_are_bounded() {
    let mut machine = machine();
    machine.begin();
    let (mut asked, mut called, mut n) = (1, 0, 0);
    let end = 'turn: loop {
        let many = (0..5).map(|_| {
            n += 1;
            ToolCall {
                id: n.to_string(),
                name: "t".into(),
                arguments: format!("{{\"n\":{n}}}"),
            }
        });
        let tool_calls = many.collect();
        let mut effects = machine.take(Input::Ended(Ok(Completion {
            tool_calls,
            ..Default::default()
        })));
        while let Some(effect) = effects.pop() {
            match effect {
                Effect::Ask { .. } => asked += 1,
                Effect::End(end) => break 'turn end,
                Effect::Call(_) => {
                    called += 1;
                    effects = machine.take(done());
                }
                _ => {}
            }
        }
    };
    assert_eq!((called, end.outcome), (CALLS_MAX, Outcome::Acted));
    assert!(asked <= ROUNDS_MAX, "asked {asked} times");
}

#[test]
fn a_failure_keeps_what_was_written_and_says_so_in_its_own_paragraph() {
    let cause = Box::new(ModelFailure::Cut);
    let failure = ModelFailure::Interrupted {
        kept: "Once upon".into(),
        cause,
    };
    let effects = run([text("Once upon"), Input::Ended(Err(failure))]);
    let reply = effects.last().unwrap();
    assert!(
        reply.starts_with("failed degraded: Once upon\n\n⚠ The answer broke off"),
        "{reply}"
    );
    assert_eq!(
        super::super::without_notice("Once upon\n\n⚠ The answer"),
        "Once upon"
    );
    assert_eq!(super::super::without_notice("⚠ The answer"), "");
}

#[test]
fn an_empty_answer_is_a_failure() {
    let effects = run([text(" \n"), ended()]);
    assert!(
        effects
            .last()
            .unwrap()
            .starts_with("failed degraded: ⚠ The model gave an empty")
    );
}

#[test]
fn stopping_keeps_what_was_written_and_nothing_where_nothing_was() {
    assert_eq!(
        run([text("Half"), Input::Stopped]),
        ["ask", "+Half", "stopped stopped: Half"]
    );
    assert_eq!(run([Input::Stopped, text("late")]), ["ask", "stopped"]);
    assert_eq!(
        run([text("Half"), Input::Withdrawn]),
        ["ask", "+Half", "silent"]
    );
}

#[test]
fn an_endless_answer_ends_where_a_message_must() {
    let mut machine = machine();
    machine.begin();
    let long = "x".repeat(10_000);
    machine.take(text(&long));
    let effects = machine.take(text(&long));
    let Some(Effect::End(End {
        reply: Some((reply, state)),
        ..
    })) = effects.last()
    else {
        panic!("the turn goes on: {effects:?}");
    };
    assert_eq!(*state, MessageState::Degraded);
    assert!(reply.chars().count() <= MESSAGE_CHARS_MAX);
}

#[test]
fn calls_of_an_earlier_try_are_not_made_again() {
    let mut machine = machine();
    machine.remember(ToolCall {
        id: "old".into(),
        name: "t".into(),
        arguments: "{\"a\": 1}".into(),
    });
    machine.begin();
    let effects = machine.take(calls("t", "{\"a\":1}"));
    assert_eq!(effects, [Effect::Ask { last: true }]);
}
