//! Every frame and every event as it stands on the wire.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use jiff::Timestamp;
use salon_protocol::{
    AgentChange, AgentState, Approval, ApprovalState, Budget, Call, Called, ClientFrame, DraftEnd,
    DraftId, DraftUpdate, ErrorCode, Event, EventBody, FileId, FileInfo, JsonPart, Later, LaterId,
    LaterKind, LinkPreview, Member, MemberList, Message, MessageId, MessageState,
    NotificationLevel, Notifying, Poll, Presence, PreviewPicture, QuietHours, Removal, Role,
    RoomId, RoomKind, RoomStanding, RoomSummary, Seq, ServerFrame, SessionLimits, SpeakMode,
    Unsent, UserId, UserInfo, UserKind, WrittenEvent, WrittenUsers,
};
use serde_json::{Value, json};
use uuid::Uuid;

fn room() -> RoomId {
    RoomId(Uuid::from_u128(1))
}

fn message() -> MessageId {
    MessageId(Uuid::from_u128(2))
}

fn draft() -> DraftId {
    DraftId(Uuid::from_u128(3))
}

fn user() -> UserInfo {
    UserInfo {
        id: UserId(Uuid::from_u128(4)),
        handle: "ada".parse().unwrap(),
        display_name: "Ada".into(),
        kind: UserKind::Human,
        role: Role::Owner,
        presence: Presence::Away,
        avatar: Some("🌿".into()),
        away: Some("lunch".into()),
        disabled: false,
        about: None,
        time_zone: None,
    }
}

fn event(body: EventBody) -> ServerFrame {
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    ServerFrame::Event(Event {
        room: room(),
        seq: Seq(7),
        at,
        from: "ada".parse().unwrap(),
        body,
    })
}

fn bodies() -> Vec<EventBody> {
    let (id, name) = (user().id, user().handle);
    let posted = Message {
        id: message(),
        text: "你好".into(),
        from: "assistant".parse().unwrap(),
        from_kind: UserKind::Agent,
        reply_to: Some(message()),
        thread_id: Some(message()),
        draft_id: Some(draft()),
        state: Some(MessageState::Degraded),
        action: true,
        reason: Some("mentioned".into()),
        replaces: Some(message()),
        forwarded: Some(message()),
        private_from_ai: true,
        poll: Some(Poll {
            question: "tea?".into(),
            options: vec!["green".into(), "black".into()],
            several: true,
            ends_at: Some("2026-12-24T18:00:00Z".parse().unwrap()),
        }),
        files: vec![FileInfo {
            id: FileId(Uuid::from_u128(5)),
            name: "tea.png".into(),
            media_type: "image/png".into(),
            size: 9,
            width: Some(2),
            height: Some(1),
            tiny: Some("data:image/png;base64,AA==".into()),
            alt: Some("a cup".into()),
        }],
        called: Called {
            mentions: vec!["ada".parse().unwrap()],
            calls: Some(Call::Here),
        },
        deleted: false,
        removed: None,
    };
    vec![
        EventBody::MessagePosted { message: posted },
        EventBody::MessageEdited {
            message_id: message(),
            text: "new".into(),
            called: Called::default(),
        },
        EventBody::MessageDeleted {
            message_id: message(),
            removed: Some(Removal {
                by: "ada".parse().unwrap(),
                reason: "spam".into(),
            }),
        },
        EventBody::ReactionAdded {
            message_id: message(),
            emoji: "🎉".into(),
        },
        EventBody::ReactionRemoved {
            message_id: message(),
            emoji: "🎉".into(),
        },
        EventBody::PollVoted {
            message_id: message(),
            choices: vec![1, 2],
        },
        EventBody::PollClosed {
            message_id: message(),
        },
        EventBody::MessagesExpired { up_to: Seq(3) },
        EventBody::MessagePreviewed {
            message_id: message(),
            previews: vec![LinkPreview {
                url: "https://example.org/".into(),
                title: Some("Example".into()),
                description: None,
                site: None,
                picture: Some(PreviewPicture {
                    name: "00ff".into(),
                    width: 480,
                    height: 240,
                }),
            }],
        },
        EventBody::MessagePinned {
            message_id: message(),
        },
        EventBody::MessageUnpinned {
            message_id: message(),
        },
        EventBody::MemberJoined {
            user: name.clone(),
            user_id: id,
            user_kind: UserKind::Human,
        },
        EventBody::MemberLeft {
            user: name.clone(),
            user_id: id,
        },
        EventBody::MemberRemoved {
            user: name.clone(),
            user_id: id,
            banned: true,
        },
        EventBody::RoomCreated {
            name: "tea".into(),
            room_kind: RoomKind::Private,
        },
        EventBody::RoomChanged {
            topic: "leaves".into(),
            mode: SpeakMode::Ambient,
            private_from_ai: true,
            budget: Budget {
                tokens_day: Some(9),
                ..Budget::default()
            },
            slow_seconds: 30,
            keep_days: 90,
        },
        EventBody::AgentChanged {
            agent: "heron".parse().unwrap(),
            agent_id: id,
            change: AgentChange::Edited,
            fields: vec!["persona".into()],
        },
        EventBody::ApprovalAsked {
            approval: Approval {
                number: 3,
                agent: "heron".parse().unwrap(),
                asker: "ada".parse().unwrap(),
                act: "/t bob hello".into(),
                why: "outside_readers".into(),
                expires_at: Timestamp::from_second(1_800_000_900).unwrap(),
                state: ApprovalState::Waiting,
                by: None,
                result: None,
                seq: None,
                asked_at: None,
            },
        },
        EventBody::ApprovalSettled {
            number: 3,
            state: ApprovalState::Approved,
            by: Some("ada".parse().unwrap()),
            result: None,
        },
    ]
}

fn frames() -> Vec<ServerFrame> {
    let summary = RoomSummary {
        id: room(),
        name: "tea".into(),
        kind: RoomKind::Public,
        topic: "leaves".into(),
        mode: SpeakMode::Mention,
        private_from_ai: false,
        budget: Budget::default(),
        slow_seconds: 30,
        keep_days: 90,
        moderates: true,
        reports: 2,
        seq: Seq(7),
        read_seq: Seq(5),
        unread: 2,
        mentions: 0,
        level: None,
        muted_until: None,
        silenced_until: None,
        joined: true,
        members: MemberList::from_iter([Member {
            id: user().id,
            handle: user().handle,
            display_name: "Ada".into(),
            kind: UserKind::Human,
            role: Role::Owner,
        }]),
        member_count: 1,
    };
    let limits = SessionLimits {
        message_chars_max: 1,
        frame_bytes_max: 2,
        key_chars_max: 3,
        file_bytes_max: 4,
        files_per_message_max: 5,
    };
    let (id, handle) = (Some("r1".to_owned()), user().handle);
    let update = DraftUpdate {
        room: room(),
        draft_id: draft(),
        from: handle.clone(),
        offset: 3,
        text: "沙".into(),
        state: AgentState::Tool,
        tool: Some("/users".into()),
    };
    let mut frames = vec![
        ServerFrame::Welcome {
            user: user(),
            epoch: "e".into(),
            rooms: vec![summary.clone()],
            limits,
            currency: "USD".into(),
            users: WrittenUsers::new(&[user()]),
        },
        ServerFrame::Ready,
        ServerFrame::Ack {
            id: id.clone(),
            room: room(),
            seq: Seq(7),
            message_id: Some(message()),
        },
        ServerFrame::Error {
            id: id.clone(),
            code: ErrorCode::TooFast,
            message: "Wait.".into(),
            retry: true,
            retry_after_ms: Some(50),
            room: None,
            seq: None,
            message_id: None,
        },
        ServerFrame::Room { room: summary },
        ServerFrame::Draft(update),
        ServerFrame::DraftEnd {
            room: room(),
            draft_id: draft(),
            state: DraftEnd::Posted,
        },
        ServerFrame::Notice {
            id: id.clone(),
            room: Some(room()),
            text: "t".into(),
            data: Some(json!([1])),
        },
        ServerFrame::Presence {
            users: vec![user()],
        },
        ServerFrame::Typing {
            room: room(),
            user: handle,
        },
        ServerFrame::Read {
            room: room(),
            seq: Seq(7),
        },
        ServerFrame::Standing {
            room: room(),
            standing: RoomStanding {
                seq: Seq(7),
                read_seq: Seq(5),
                unread: 2,
                mentions: 1,
                level: Some(NotificationLevel::Mentions),
                muted_until: Timestamp::from_second(1_800_000_000).ok(),
            },
        },
        ServerFrame::Unsent {
            unsent: Unsent {
                room: room(),
                thread: Some(message()),
                text: "half a".into(),
                version: 7,
            },
        },
        ServerFrame::Notifying {
            notifying: Notifying {
                quiet_until: Timestamp::from_second(1_800_000_000).ok(),
                quiet_hours: Some(QuietHours {
                    from: 1_320,
                    to: 450,
                    time_zone: "Europe/Berlin".into(),
                }),
                hide_text: true,
            },
        },
        ServerFrame::Saved {
            message_id: message(),
            on: true,
        },
        ServerFrame::Later {
            later: Later {
                id: LaterId(Uuid::from_u128(6)),
                kind: LaterKind::Reminder,
                room: room(),
                text: "tea".into(),
                reply_to: Some(message()),
                reply_seq: Some(Seq(3)),
                due_at: Timestamp::from_second(1_800_000_000).unwrap(),
                fired_at: Timestamp::from_second(1_800_000_000).ok(),
                failed: Some("muted".into()),
            },
            gone: true,
        },
        ServerFrame::Reports {
            room: room(),
            open: 2,
        },
        ServerFrame::Restricted {
            room: room(),
            user: "bob".parse().unwrap(),
            silenced_until: Timestamp::from_second(1_800_000_000).ok(),
            banned: true,
            reason: None,
        },
        ServerFrame::Restricted {
            room: room(),
            user: "bob".parse().unwrap(),
            silenced_until: None,
            banned: false,
            reason: Some("spam".into()),
        },
        ServerFrame::Reset { room: room() },
        ServerFrame::Pong { id },
    ];
    frames.extend(bodies().into_iter().map(event));
    frames
}

#[test]
fn what_the_server_sends() {
    let lines: Vec<String> = frames().iter().map(ServerFrame::to_json).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_the_server_sends_can_be_read_back() {
    for frame in frames() {
        let text = frame.to_json();
        let read: ServerFrame = serde_json::from_str(&text).unwrap();
        assert_eq!(read.to_json(), text);
    }
}

#[test]
fn what_the_contract_lets_clients_send_is_read() {
    let (message, draft) = (message().to_string(), draft().to_string());
    for frame in [
        json!({ "type": "hello" }),
        json!({ "type": "hello", "token": "t", "resume": { "epoch": "e", "rooms": { room().to_string(): 3 } } }),
        json!({ "type": "send", "id": "1", "room": "general", "text": "hi" }),
        json!({ "type": "send", "room": "@ada", "text": "hi", "key": "k", "reply_to": message }),
        json!({ "type": "send", "room": "general", "text": "", "files": [message] }),
        json!({ "type": "edit", "message_id": message, "text": "hi" }),
        json!({ "type": "delete", "message_id": message }),
        json!({ "type": "delete", "message_id": message, "reason": "spam" }),
        json!({ "type": "react", "message_id": message, "emoji": "🎉" }),
        json!({ "type": "react", "message_id": message, "emoji": "🎉", "remove": true }),
        json!({ "type": "read", "room": "general", "seq": 3 }),
        json!({ "type": "typing", "room": "general" }),
        json!({ "type": "stop", "draft_id": draft }),
        json!({ "type": "retry", "message_id": message }),
        json!({ "type": "ping", "id": "7", "unknown": Value::Null }),
    ] {
        let read = serde_json::from_value::<ClientFrame>(frame.clone());
        assert!(read.is_ok(), "{frame}: {read:?}");
    }
}

#[test]
fn a_welcome_is_the_same_in_parts() {
    let mut welcome = frames()
        .into_iter()
        .find(|frame| matches!(frame, ServerFrame::Welcome { .. }))
        .unwrap();
    let ServerFrame::Welcome { rooms, .. } = &mut welcome else {
        unreachable!("found as one");
    };
    let mut second = rooms[0].clone();
    second.members = std::iter::repeat_n(second.members[0].clone(), 50).collect();
    second.topic = r#""members":[] and "rooms":[ and "users":[]}"#.into();
    rooms.push(second);
    let whole = welcome.to_json();
    let parts = welcome.to_json_in_parts().unwrap();
    let together: String = parts.iter().map(JsonPart::as_json).collect();
    assert_eq!(together, whole);
    assert_eq!(parts.len(), 5, "two long lists and what is around them");
    assert_eq!(ServerFrame::Ready.to_json_in_parts(), None);
}

/// The log's entry whose body is this text.
fn written(body: String) -> WrittenEvent {
    WrittenEvent {
        room: room(),
        seq: Seq(7),
        at: Timestamp::from_second(1_800_000_000).unwrap(),
        from: "ada".parse().unwrap(),
        body,
    }
}

#[test]
fn what_the_log_keeps_is_told_in_the_words_of_the_event_that_it_was() {
    for body in bodies() {
        let kept = written(serde_json::to_string(&body).unwrap());
        assert_eq!(kept.to_frame_json().unwrap(), event(body).to_json());
    }
}

#[test]
fn an_entry_of_an_older_program_says_what_clients_rely_on() {
    let body = r#"{"kind":"room.changed","topic":"leaves"}"#;
    let told: Value = serde_json::from_str(&written(body.into()).to_frame_json().unwrap()).unwrap();
    assert_eq!(told["mode"], "mention");
    assert!(
        written(r#"{"kind":"room.changed""#.into())
            .to_frame_json()
            .is_err()
    );
}
