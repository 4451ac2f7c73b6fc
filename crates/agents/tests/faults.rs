//! The model client against a service that fails in every way we know: how often it is asked, and
//! what comes out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use salon_agents::model::{
    BadAnswer, ChatMessage, ChatRequest, Completion, Delta, DeltaSink, FinishReason, Model,
    ModelFailure, ModelLimits, Silence, ToolCall, Usage,
    openai::{Endpoint, EndpointConfig, OpenAi},
};
use salon_testkit::{ModelServer, Step, answer, chunk, done, sse};
use std::time::Duration;

const KEY: &str = "sk-very-secret";

fn limits() -> ModelLimits {
    ModelLimits {
        silence: Duration::from_millis(1_200),
        backoff_base: Duration::from_millis(4),
        after_finish: Duration::from_millis(100),
        ..ModelLimits::default()
    }
}

fn model(base_url: String) -> OpenAi {
    let key = Some(KEY.to_owned().into());
    OpenAi::new(
        Endpoint::new(EndpointConfig {
            base_url,
            key,
            limits: limits(),
        })
        .unwrap(),
        "m",
    )
}

struct Outcome {
    result: Result<Completion, ModelFailure>,
    shown: String,
    requests: usize,
}

async fn ask(server: &ModelServer) -> Outcome {
    let (sink, mut deltas) = DeltaSink::channel();
    let request = ChatRequest {
        messages: vec![ChatMessage::user("hi")],
        ..ChatRequest::default()
    };
    let result = model(server.base_url()).stream(request, sink).await;
    let mut shown = String::new();
    while let Ok(delta) = deltas.try_recv() {
        if let Delta::Text(text) = delta {
            shown.push_str(&text);
        }
    }
    Outcome {
        result,
        shown,
        requests: server.seen().len(),
    }
}

async fn run(script: impl IntoIterator<Item = Vec<Step>>) -> Outcome {
    ask(&ModelServer::start(script).await).await
}

fn good() -> Vec<Step> {
    sse([chunk("Hel"), chunk("lo"), done()])
}

fn raw(text: &str) -> Step {
    Step::Bytes(text.as_bytes().to_vec())
}

/// Succeeds with `text` after so many requests.
#[track_caller]
fn assert_says(outcome: &Outcome, text: &str, requests: usize) {
    let said = outcome
        .result
        .as_ref()
        .map(|completion| completion.text.as_str());
    assert_eq!(
        (said, outcome.shown.as_str(), outcome.requests),
        (Ok(text), text, requests)
    );
}

#[track_caller]
fn assert_fails(outcome: Outcome, failure: ModelFailure, requests: usize) {
    assert_eq!((outcome.result, outcome.requests), (Err(failure), requests));
}

fn interrupted(kept: &str, cause: ModelFailure) -> ModelFailure {
    ModelFailure::Interrupted {
        kept: kept.into(),
        cause: Box::new(cause),
    }
}

#[tokio::test]
async fn a_good_answer_comes_piece_by_piece_with_its_cost() {
    let outcome = run([good()]).await;
    assert_says(&outcome, "Hello", 1);
    let completion = outcome.result.unwrap();
    assert_eq!(completion.finish, FinishReason::Stop);
    assert_eq!(
        completion.usage,
        Usage {
            prompt_tokens: 10,
            completion_tokens: 5,
            requests: 1,
            ..Usage::default()
        }
    );
}

#[tokio::test]
async fn the_key_goes_into_one_header_and_nowhere_else() {
    let server = ModelServer::start([good()]).await;
    ask(&server).await;
    let seen = server.seen().remove(0);
    assert!(
        seen.head.contains(&format!("authorization: Bearer {KEY}")),
        "{}",
        seen.head
    );
    assert_eq!(seen.head.matches(KEY).count(), 1);
    assert!(!seen.body.to_string().contains(KEY));
    assert_eq!(seen.body["stream"], true);
    assert_eq!(seen.body["model"], "m");
}

#[tokio::test]
async fn too_many_requests_are_waited_out_in_every_form_of_retry_after() {
    let date = (jiff::Timestamp::now())
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    for header in [
        ("retry-after", "0"),
        ("retry-after-ms", "20"),
        ("retry-after", date.as_str()),
    ] {
        assert_says(
            &run([answer(429, &[header], "{}"), good()]).await,
            "Hello",
            2,
        );
    }
    assert_says(&run([answer(429, &[], "{}"), good()]).await, "Hello", 2);
}

#[tokio::test]
async fn a_wait_longer_than_anybody_waits_is_told_instead() {
    let wait = Duration::from_secs(60);
    let outcome = run([answer(429, &[("retry-after", "60")], "{}"), good()]).await;
    assert_fails(
        outcome,
        ModelFailure::RateLimited {
            retry_after: Some(wait),
        },
        1,
    );
}

#[tokio::test]
async fn failures_of_the_service_are_retried_and_then_told() {
    for status in [408, 409, 500, 502, 503, 529] {
        assert_says(
            &run([answer(status, &[], "oops"), good()]).await,
            "Hello",
            2,
        );
    }
    let error = ModelFailure::ServiceError { status: Some(500) };
    assert_fails(run([answer(500, &[], "{}")]).await, error.clone(), 4);
    assert_fails(
        run([answer(500, &[("x-should-retry", "false")], "{}"), good()]).await,
        error,
        1,
    );
}

#[tokio::test]
async fn what_cannot_get_better_is_asked_once() {
    let quota =
        r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#;
    for (status, body, failure) in [
        (401, "{}", ModelFailure::RefusedKey),
        (403, "{}", ModelFailure::RefusedKey),
        (429, quota, ModelFailure::QuotaExhausted),
        (404, "{}", ModelFailure::UnknownModel),
        (400, "{}", ModelFailure::RefusedRequest { status: 400 }),
    ] {
        let headers = [("x-should-retry", "true"), ("retry-after", "0")];
        assert_fails(
            run([answer(status, &headers, body), good()]).await,
            failure,
            1,
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_then_told() {
    let server = ModelServer::start([good()]).await;
    let base = server.base_url();
    drop(server);
    let (sink, _deltas) = DeltaSink::channel();
    let outcome = model(base).stream(ChatRequest::default(), sink).await;
    assert_eq!(outcome, Err(ModelFailure::Unreachable));
}

#[tokio::test]
async fn a_connection_reset_before_the_first_delta_is_tried_again() {
    assert_says(&run([vec![Step::Cut], good()]).await, "Hello", 2);
    assert_says(&run([sse([Step::Cut]), good()]).await, "Hello", 2);
}

#[tokio::test]
async fn silence_ends_the_wait_before_the_first_delta_and_between_two() {
    let hang = ModelFailure::TimedOut(Silence::FirstDelta);
    assert_fails(run([vec![Step::Hang]]).await, hang.clone(), 1);
    // A comment that keeps the connection alive is not a delta.
    let alive = (0..60).flat_map(|_| [raw(": ping\n\n"), Step::Pause(Duration::from_millis(50))]);
    assert_fails(run([sse(alive)]).await, hang, 1);
    let stall = interrupted("Hel", ModelFailure::TimedOut(Silence::Stall));
    assert_fails(
        run([sse([chunk("Hel"), Step::Hang]), good()]).await,
        stall,
        1,
    );
}

#[tokio::test]
async fn slow_deltas_are_not_silence() {
    let slow = (0..16).flat_map(|_| [chunk("a"), Step::Pause(Duration::from_millis(100))]);
    assert_says(&run([sse(slow.chain([done()]))]).await, &"a".repeat(16), 1);
}

#[tokio::test]
async fn a_cut_stream_keeps_what_was_written_and_is_not_asked_again() {
    let cut = interrupted("Hel", ModelFailure::Cut);
    assert_fails(
        run([sse([chunk("Hel"), Step::Cut]), good()]).await,
        cut.clone(),
        1,
    );
    // Ended in good order, but without a finish reason.
    assert_fails(run([sse([chunk("Hel")]), good()]).await, cut.clone(), 1);
    assert_fails(
        run([sse([chunk("Hel"), raw("data: [DONE]\n\n")]), good()]).await,
        cut,
        1,
    );
}

#[tokio::test]
async fn odd_and_malformed_chunks_are_survived() {
    let odd = sse([
        raw(": comment\nevent: message\n"),
        raw("data: {\"choices\":[]}\n\n"),
        raw("data: {not json\n\n"),
        raw("data: {\"choices\":[{\"delta\":null}]}\n\n"),
        raw(
            "data: {\"choices\":[{\"delta\":{\"content\":null,\"tool_calls\":null,\"x\":[1]},\"finish_reason\":\"\"}]}\n\n",
        ),
        raw("data: 42\n\n"),
        chunk("Hello"),
        raw("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":null}}\n\n"),
        done(),
    ]);
    assert_says(&run([odd]).await, "Hello", 1);
}

#[tokio::test]
async fn an_empty_finish_reason_is_an_end_where_the_mark_follows() {
    let end =
        raw("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\"}]}\n\ndata: [DONE]\n\n");
    assert_says(&run([sse([chunk("Hello"), end])]).await, "Hello", 1);
}

#[tokio::test]
async fn characters_may_be_split_between_packets() {
    let value = "data: {\"choices\":[{\"delta\":{\"content\":\"沙龙🎉\"}}]}\n\n".as_bytes();
    let bytes = value.iter().map(|byte| Step::Bytes(vec![*byte]));
    assert_says(&run([sse(bytes.chain([done()]))]).await, "沙龙🎉", 1);
}

#[tokio::test]
async fn tool_calls_are_joined_by_index() {
    let call = |json: &str| {
        raw(&format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{json}]}}}}]}}\n\n"
        ))
    };
    let script = sse([
        call(r#"{"index":0,"id":"a","type":"function","function":{"name":"t","arguments":""}}"#),
        call(r#"{"index":1,"id":"b","function":{"name":"users","arguments":"{}"}}"#),
        call(r#"{"index":0,"function":{"arguments":"{\"user\":"}}"#),
        call(r#"{"index":0,"function":{"arguments":"\"bob\"}"}}"#),
        raw(
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
        ),
    ]);
    let completion = run([script]).await.result.unwrap();
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.into(),
        name: name.into(),
        arguments: arguments.into(),
    };
    let expected = vec![
        call("a", "t", "{\"user\":\"bob\"}"),
        call("b", "users", "{}"),
    ];
    assert_eq!(
        (completion.tool_calls, completion.finish),
        (expected, FinishReason::ToolCalls)
    );
}

#[tokio::test]
async fn an_error_inside_a_stream_is_understood() {
    let error = || raw("data: {\"error\":{\"message\":\"upstream\",\"code\":502}}\n\n");
    let cause = ModelFailure::ServiceError { status: Some(502) };
    // Before the first delta it is retried like any failure of the service.
    assert_says(&run([sse([error()]), good()]).await, "Hello", 2);
    assert_fails(
        run([sse([chunk("Hel"), error()]), good()]).await,
        interrupted("Hel", cause),
        1,
    );
}

#[tokio::test]
async fn an_empty_answer_is_one() {
    assert_fails(run([sse([done()])]).await, ModelFailure::Empty, 1);
    assert_fails(
        run([answer(
            200,
            &[("content-type", "application/json")],
            "{\"choices\":[]}",
        )])
        .await,
        ModelFailure::Empty,
        1,
    );
}

#[tokio::test]
async fn a_service_that_does_not_stream_is_understood() {
    let body = r#"{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#;
    let json = [("content-type", "application/json; charset=utf-8")];
    assert_says(&run([answer(200, &json, body)]).await, "Hello", 1);
}

#[tokio::test]
async fn a_web_page_or_a_redirect_is_no_answer() {
    let html = answer(
        200,
        &[("content-type", "text/html")],
        "<html>Sign in</html>",
    );
    assert_fails(
        run([html, good()]).await,
        ModelFailure::BadAnswer(BadAnswer::Html),
        1,
    );
    let redirect = answer(302, &[("location", "http://127.0.0.1:9/")], "");
    assert_fails(
        run([redirect, good()]).await,
        ModelFailure::BadAnswer(BadAnswer::Redirect),
        1,
    );
}

#[tokio::test]
async fn a_service_without_stream_options_is_asked_without_them() {
    let refusal = r#"{"error":{"message":"Unknown parameter: stream_options"}}"#;
    let server = ModelServer::start([answer(400, &[], refusal), good()]).await;
    assert_says(&ask(&server).await, "Hello", 2);
    let seen = server.seen();
    assert!(
        seen[0].body.get("stream_options").is_some()
            && seen[1].body.get("stream_options").is_none()
    );
}

#[tokio::test]
async fn thoughts_are_not_shown() {
    let script = sse([
        chunk("<think>hm"),
        chunk(", hm</thi"),
        chunk("nk>\n\nHello"),
        done(),
    ]);
    assert_says(&run([script]).await, "Hello", 1);
}
