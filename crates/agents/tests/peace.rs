//! Ten agents that answer everything, in one room, for ten minutes of simulated time: the room stays
//! a place where people talk.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use salon_agents::{
    Agents, AgentsConfig, Voices,
    model::{ChatRequest, Completion, Delta, DeltaSink, Model, ModelFailure},
};
use salon_chat::{
    Caller, Chat, ChatConfig,
    actions::{self, CreateUser, SendMessage},
    queries,
};
use salon_protocol::{AgentRequest, Lang, MessageView, Role, Seq, SpeakMode, UserKind};
use std::{sync::Arc, time::Duration};

const AGENTS: usize = 10;
const MINUTES: u64 = 10;
/// A person speaks so often; every third time to one agent.
const SPEAKS_EVERY: Duration = Duration::from_secs(20);
/// Steps of the simulated clock, with real time between them for the store's own threads.
const STEP: Duration = Duration::from_millis(100);
const REAL_TIME_PER_STEP: Duration = Duration::from_millis(2);
/// Words of agents that no person asked for: six at once and four a minute, as `governor.rs` says.
const UNASKED_MAX: usize = 6 + 4 * MINUTES as usize;

/// Says yes to everything and calls everybody.
struct Chatterbox;

#[async_trait::async_trait]
impl Model for Chatterbox {
    fn name(&self) -> &str {
        "chatterbox"
    }

    fn endpoint(&self) -> &str {
        "here"
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let asked = &request.messages.last().unwrap().content;
        let text = match asked.contains("YES or NO") {
            true => "YES".to_owned(),
            false => {
                let calls = (0..AGENTS).map(|n| format!("@a{n} what do you think?"));
                calls.collect::<Vec<_>>().join("\n")
            }
        };
        deltas.send(Delta::Started).await;
        deltas.send(Delta::Text(text.clone())).await;
        Ok(Completion {
            text,
            ..Completion::default()
        })
    }
}

async fn pass(time: Duration) {
    let mut passed = Duration::ZERO;
    while passed < time {
        // The runtime is never idle, or the clock would jump while the store's thread works.
        let until = std::time::Instant::now() + REAL_TIME_PER_STEP;
        while std::time::Instant::now() < until {
            tokio::task::yield_now().await;
        }
        tokio::time::advance(STEP).await;
        passed += STEP;
    }
}

async fn all_messages(chat: &Chat, caller: &Caller) -> Vec<MessageView> {
    let mut all = Vec::new();
    let mut before: Option<Seq> = None;
    loop {
        let page = queries::messages(chat, caller, "general", before, 200)
            .await
            .unwrap();
        before = page.messages.first().map(|view| view.seq);
        all.splice(0..0, page.messages);
        if !page.more {
            return all;
        }
    }
}

#[test]
fn ten_agents_that_answer_everything_leave_room_for_people() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        // Never idle: see `pass`.
        let busy = tokio::spawn(async {
            loop {
                tokio::task::yield_now().await
            }
        });
        ten_minutes().await;
        busy.abort();
    });
}

async fn ten_minutes() {
    let folder = tempfile::tempdir().unwrap();
    let config = ChatConfig::new(folder.path().to_owned(), true);
    let chat = Chat::start(config).await.unwrap();
    let new = CreateUser {
        handle: "ada".into(),
        display_name: None,
        kind: UserKind::Human,
        role: Role::Owner,
        password_hash: None,
    };
    let ada = actions::create_user(&chat, new).await.unwrap();
    let ada = Caller::new(ada, Some(Lang::En));
    actions::join_room(&chat, &ada, "general").await.unwrap();
    for n in 0..AGENTS {
        let request = AgentRequest {
            handle: Some(format!("a{n}")),
            rooms: Some(vec!["general".into()]),
            ..AgentRequest::default()
        };
        actions::create_agent(&chat, &ada, request).await.unwrap();
    }
    actions::set_mode(&chat, &ada, "general", SpeakMode::Ambient)
        .await
        .unwrap();
    let voices = Voices::of([(
        "chatterbox".to_owned(),
        Arc::new(Chatterbox) as Arc<dyn Model>,
    )]);
    let agents = Agents::start(chat.clone(), AgentsConfig::with(voices))
        .await
        .unwrap();

    let mut asked = Vec::new();
    let times = MINUTES * 60 / SPEAKS_EVERY.as_secs();
    for n in 0..times {
        let text = match n % 3 {
            0 => format!("@a{} what is the time?", n as usize % AGENTS),
            1 => format!("does anyone know how to do number {n}?"),
            // Too long to be taken for an answer to what an agent asked.
            _ => format!(
                "I went for a walk along the river and up the hill and back again, part {n}"
            ),
        };
        let done = actions::send_message(&chat, &ada, "general", SendMessage::text(text))
            .await
            .unwrap();
        if n % 3 == 0 {
            asked.push((
                done.message_id.unwrap(),
                format!("a{}", n as usize % AGENTS),
            ));
        }
        pass(SPEAKS_EVERY).await;
    }
    let all = all_messages(&chat, &ada).await;
    let by_agents: Vec<&MessageView> = all
        .iter()
        .filter(|view| view.message.from_kind == UserKind::Agent)
        .collect();
    for (question, agent) in &asked {
        let answered = by_agents.iter().any(|view| {
            view.message.reply_to == Some(*question) && view.message.from.as_str() == agent
        });
        assert!(
            answered,
            "@{agent} was asked by a person and had no room to answer"
        );
    }
    let unasked = by_agents.len() - asked.len();
    let shown = format!(
        "{times} messages by a person in {MINUTES} simulated minutes, {} of them to one agent; {} by agents, {unasked} of them unasked; at most {UNASKED_MAX} allowed",
        asked.len(),
        by_agents.len()
    );
    assert!(unasked <= UNASKED_MAX, "{shown}");
    assert!(
        unasked > 10,
        "the agents were not chatty enough to show anything: {shown}"
    );
    show(&shown);
    agents.stop().await;
}

#[expect(clippy::print_stderr, reason = "the figures of a run")]
fn show(shown: &str) {
    eprintln!("{shown}");
}
