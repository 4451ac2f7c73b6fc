//! The client against servers that misbehave.

use crate::harness::{call, here, lives, names, object, odd, server, text, until};
use salon_agents::mcp::{McpError, McpServer, OUTPUT_CHARS_MAX, TOOLS_MAX};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// The most characters of a refusal or of a word of progress that anybody may see.
const LINE_CHARS_MAX: usize = 500;

fn plain() -> McpServer {
    odd("plain", Value::Null)
}

fn refusal(answer: Result<impl std::fmt::Debug, McpError>) -> String {
    let Err(McpError::Refused(words)) = answer else {
        panic!("a refusal: {answer:?}");
    };
    assert!(
        words.chars().count() <= LINE_CHARS_MAX && !words.contains('\n'),
        "{words}"
    );
    words
}

async fn counts(server: &McpServer) -> Value {
    serde_json::from_str(&text(server, "counts", json!({})).await).unwrap()
}

/// Waits for the new tool: an answer may overtake the news that came before it.
async fn heard_of_change(server: &McpServer) {
    let begun = Instant::now();
    while !names(&server.tools().await.unwrap()).contains(&"extra-0") {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "the change was never heard"
        );
        tokio::task::yield_now().await;
    }
}

async fn process(server: &McpServer) -> u32 {
    u32::try_from(counts(server).await["pid"].as_u64().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_is_refused_before_the_time_is_up() {
    let begun = Instant::now();
    let words = refusal(odd("garbage", Value::Null).tools().await);
    assert!(words.contains("other things than messages"), "{words}");
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_line_is_too_big() {
    assert_eq!(
        odd("endless-line", Value::Null).tools().await,
        Err(McpError::TooBig)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deaf_server_times_out_and_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let server = odd("deaf", json!({ "env": { "STARTS": starts } }));
    let begun = Instant::now();
    // All who wait for the same attempt get its answer.
    let (one, two) = tokio::join!(server.tools(), call(&server, "env", json!({})));
    assert_eq!((one, two), (Err(McpError::Timeout), Err(McpError::Timeout)));
    assert!(begun.elapsed() < Duration::from_secs(13));
    let process: u32 = std::fs::read_to_string(&starts)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    until("the deaf server is killed", || !lives(process)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crashing_server_is_not_started_in_a_loop() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let server = odd("crash", json!({ "env": { "STARTS": starts } }));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(3) {
        assert_eq!(server.tools().await, Err(McpError::Ended));
        tokio::task::yield_now().await;
    }
    let starts = std::fs::read_to_string(&starts).unwrap().lines().count();
    assert!(
        (1..=2).contains(&starts),
        "{starts} starts in three seconds"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_serves_all_who_come_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let server = odd("plain", json!({ "env": { "STARTS": starts } }));
    let others = server.clone();
    let (one, two, three) = tokio::join!(server.tools(), process(&others), process(&server));
    assert_eq!(one.unwrap().len(), 12);
    assert_eq!(two, three);
    assert_eq!(std::fs::read_to_string(&starts).unwrap().lines().count(), 1);
    assert_eq!(counts(&server).await["listed"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_said_at_once() {
    let missing = server(json!({ "command": "/no/such/program" }))
        .tools()
        .await;
    assert!(
        matches!(missing, Err(McpError::BadConfig(_))),
        "{missing:?}"
    );
    let folder = here("tests").to_str().unwrap().to_owned();
    let folder = server(json!({ "command": folder })).tools().await;
    assert!(matches!(folder, Err(McpError::BadConfig(_))), "{folder:?}");
    let nobody = server(json!({ "url": "http://127.0.0.1:1/mcp" }))
        .tools()
        .await;
    assert_eq!(nobody, Err(McpError::Unreachable));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_within_a_call_ends_the_call_and_the_next_one_starts_anew() {
    let server = plain();
    let first = process(&server).await;
    assert_eq!(call(&server, "exit", json!({})).await, Err(McpError::Ended));
    assert_ne!(process(&server).await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_call_times_out_and_the_server_is_told() {
    let server = odd("plain", json!({ "timeout_seconds": 1 }));
    let first = process(&server).await;
    assert_eq!(
        call(&server, "hang", json!({})).await,
        Err(McpError::Timeout)
    );
    let dropped = call(&server, "hang", json!({}));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), dropped)
            .await
            .is_err()
    );
    let begun = Instant::now();
    while counts(&server).await["cancelled"].as_array().unwrap().len() < 2 {
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "nobody told the server"
        );
    }
    assert_eq!(process(&server).await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_reads_nothing_is_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let server = odd(
        "numb",
        json!({ "timeout_seconds": 1, "env": { "STARTS": starts } }),
    );
    let started = || {
        std::fs::read_to_string(&starts)
            .unwrap_or_default()
            .lines()
            .count()
    };
    let large = json!({ "a": "x".repeat(1_000_000) });
    let begun = Instant::now();
    while started() < 2 {
        assert_eq!(
            call(&server, "hang", large.clone()).await,
            Err(McpError::Timeout)
        );
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "never started anew"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn huge_answers_are_cut_and_larger_ones_refused() {
    let server = plain();
    let cut = call(&server, "huge", json!({ "size": 1_000_000 }))
        .await
        .unwrap();
    assert!(cut.cut);
    assert_eq!(cut.text.chars().count(), OUTPUT_CHARS_MAX);
    let whole = call(&server, "huge", json!({ "size": OUTPUT_CHARS_MAX }))
        .await
        .unwrap();
    assert!(!whole.cut);
    assert_eq!(
        call(&server, "huge", json!({ "size": 5_000_000 })).await,
        Err(McpError::TooBig)
    );
    assert_eq!(
        call(&server, "huge", json!({ "size": 5 }))
            .await
            .unwrap()
            .text,
        "xxxxx"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_answers_never_hurt() {
    let server = plain();
    let first = process(&server).await;
    let content = json!({ "content": [{ "type": "hologram" }, { "type": "text", "text": "a" }] });
    assert_eq!(text(&server, "content", content).await, "[hologram]\na");
    assert_eq!(text(&server, "answer", json!({ "answer": {} })).await, "");
    let structure = json!({ "answer": { "structuredContent": [1] } });
    assert_eq!(text(&server, "answer", structure).await, "[1]");
    for odd in [
        json!(5),
        json!("a"),
        json!({ "tools": [] }),
        json!({ "content": 5 }),
        json!({ "resultType": "task" }),
    ] {
        refusal(call(&server, "answer", json!({ "answer": odd })).await);
    }
    refusal(call(&server, "refuse", json!({ "size": 100_000 })).await);
    refusal(call(&server, "no-such-tool", json!({})).await);
    assert_eq!(process(&server).await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_nonsense_is_survived_and_progress_stays_short() {
    let server = plain();
    let (sender, mut words) = mpsc::channel(4);
    let result = server
        .call("flood", object(json!({})), Some(sender))
        .await
        .unwrap();
    assert_eq!(result.text, "done");
    let mut heard = 0;
    while let Some(word) = words.recv().await {
        assert!(
            word.chars().count() <= LINE_CHARS_MAX && !word.contains('\n'),
            "{word}"
        );
        heard += 1;
    }
    assert!((1..=4).contains(&heard), "{heard} words");
    assert_eq!(
        call(&server, "huge", json!({ "size": 5 }))
            .await
            .unwrap()
            .text,
        "xxxxx"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_wants_something_of_us_is_refused() {
    let answers = text(&plain(), "ask", json!({})).await;
    assert_eq!(answers, "[-32601,-32601,-32601,-32601,{}]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_finds_only_what_it_needs_in_its_environment() {
    let server = odd(
        "plain",
        json!({ "env": { "GIVEN": "$CARGO_PKG_NAME", "PLAIN": "a" } }),
    );
    let found: Value = serde_json::from_str(&text(&server, "env", json!({})).await).unwrap();
    let found = object(found);
    assert_eq!(found["GIVEN"], env!("CARGO_PKG_NAME"));
    assert_eq!(found["PLAIN"], "a");
    assert_eq!(found["capabilities"], json!({}));
    let known = [
        "PATH",
        "HOME",
        "LANG",
        "TMPDIR",
        "GIVEN",
        "PLAIN",
        "capabilities",
    ];
    let strange: Vec<&String> = found
        .keys()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_read_once_and_again_when_it_changed() {
    let server = plain();
    assert_eq!(server.tools().await.unwrap().len(), 12);
    assert_eq!(server.tools().await.unwrap().len(), 12);
    assert_eq!(counts(&server).await["listed"], 1);
    text(&server, "change", json!({})).await;
    heard_of_change(&server).await;
    assert_eq!(counts(&server).await["listed"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_is_read_page_by_page_and_ends_somewhere() {
    let tools = odd("paged", Value::Null).tools().await.unwrap();
    assert_eq!(tools.len(), TOOLS_MAX);
    assert_eq!(
        names(&tools)
            .iter()
            .filter(|name| **name == "twice")
            .count(),
        1
    );
    assert_eq!(odd("endless", Value::Null).tools().await, Ok(Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_the_present_revision_is_used_without_a_handshake() {
    let server = odd("modern", Value::Null);
    assert_eq!(server.tools().await.unwrap().len(), 12);
    let meta: Value = serde_json::from_str(&text(&server, "change", json!({})).await).unwrap();
    assert_eq!(
        meta["io.modelcontextprotocol/protocolVersion"],
        "2026-07-28"
    );
    assert_eq!(
        meta["io.modelcontextprotocol/clientCapabilities"],
        json!({})
    );
    heard_of_change(&server).await;
    assert_eq!(
        odd("unsubscribed", Value::Null)
            .tools()
            .await
            .unwrap()
            .len(),
        12
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_a_new_word_confuses_is_greeted_the_old_way_next() {
    for (mode, error) in [("silent", McpError::Timeout), ("startled", McpError::Ended)] {
        let server = odd(mode, Value::Null);
        // The library waits for the answer to its new word as long as we wait for the server:
        // either may be first to give up.
        if let Err(first) = server.tools().await {
            assert_eq!(first, error, "{mode}");
        }
        // The same answer, until the pause is over.
        let begun = Instant::now();
        while server.tools().await.is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "{mode} never served"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    refusal(odd("unwelcoming", Value::Null).tools().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_ends_a_stubborn_process_and_what_it_started() {
    let server = odd("stubborn", Value::Null);
    let (process, helper) = (
        process(&server).await,
        text(&server, "helper", json!({})).await,
    );
    let helper: u32 = helper.parse().unwrap();
    assert!(lives(process) && lives(helper));
    server.stop().await;
    assert!(!lives(process));
    until("the helper is dead", || !lives(helper)).await;
    // A stop is no end.
    assert_ne!(call(&server, "env", json!({})).await, Err(McpError::Ended));
    server.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_server_ends_its_process() {
    let server = plain();
    let process = process(&server).await;
    drop(server);
    until("the process is dead", || !lives(process)).await;
}

#[test]
fn a_dropped_runtime_ends_the_process_and_nothing_panics() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = plain();
    let process = runtime.block_on(process(&server));
    let helper: u32 = runtime
        .block_on(text(&server, "helper", json!({})))
        .parse()
        .unwrap();
    drop(runtime);
    drop(server);
    let begun = Instant::now();
    while lives(process) || lives(helper) {
        assert!(begun.elapsed() < Duration::from_secs(5), "it lives on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn serve_http() -> (Child, String) {
    let mut child = Command::new("node")
        .args([here("tests/mcp/odd.mjs"), "http".into()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next_line().await.unwrap().unwrap();
    (child, format!("http://127.0.0.1:{port}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_odd_address_is_refused_in_short_words() {
    let (_child, base) = serve_http().await;
    for path in ["/redirect", "/locked", "/down", "/page"] {
        refusal(
            server(json!({ "url": format!("{base}{path}") }))
                .tools()
                .await,
        );
    }
    let deaf = server(json!({ "url": format!("{base}/deaf") }))
        .tools()
        .await;
    assert_eq!(deaf, Err(McpError::Timeout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_odd_answer_of_an_address_is_an_error() {
    let (_child, base) = serve_http().await;
    let headers = json!({ "X-Key": "CARGO_PKG_NAME" });
    let server = server(json!({ "url": format!("{base}/mcp"), "headers_env": headers }));
    assert_eq!(
        text(&server, "key", json!({})).await,
        env!("CARGO_PKG_NAME")
    );
    let small = json!({ "size": 100_000 });
    assert!(call(&server, "huge", small.clone()).await.unwrap().cut);
    assert!(call(&server, "huge-event", small).await.unwrap().cut);
    let large = json!({ "size": 5_000_000 });
    assert_eq!(
        call(&server, "huge", large.clone()).await,
        Err(McpError::TooBig)
    );
    assert_eq!(
        call(&server, "huge-event", large).await,
        Err(McpError::TooBig)
    );
    assert_eq!(
        call(&server, "break", json!({})).await,
        Err(McpError::Ended)
    );
    let unknown = call(&server, "no-such-tool", json!({})).await;
    assert!(unknown.is_err(), "{unknown:?}");
    // Its list is an error that names no request: it is asked once more, and then that is that.
    let listed = server.tools().await;
    assert!(
        listed.is_err() && listed != Err(McpError::Timeout),
        "{listed:?}"
    );
    assert_eq!(
        text(&server, "key", json!({})).await,
        env!("CARGO_PKG_NAME")
    );
}
