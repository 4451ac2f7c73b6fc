//! A disk that is full, that fails, and that does not sync: nothing is acked that is not kept, the
//! server says what is wrong, and goes on by itself when it is mended.

use crate::program::{Program, Socket, account, next};
use futures::SinkExt;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tokio_tungstenite::tungstenite::Message;

/// Messages that are big enough to fill a small disk soon.
const PADDING: usize = 3_000;
/// A disk that is not full after so many is not small.
const SENDS_MAX: usize = 2_000;

/// Somebody who sends one message after the other and remembers what was acked.
struct Sender {
    socket: Socket,
    room: String,
    sent: usize,
    /// The numbers of what was acked, by text.
    acked: BTreeMap<String, u64>,
}

impl Sender {
    async fn new(server: &Program, token: &str) -> Self {
        let mut socket = server.connect(token).await;
        let join =
            json!({ "type": "send", "id": "join", "room": "general", "text": "/join general" });
        socket.send(Message::text(join.to_string())).await.unwrap();
        let room = loop {
            let frame = next(&mut socket).await.expect("closed");
            if frame["id"] == "join" {
                break frame["room"].as_str().unwrap().to_owned();
            }
        };
        Self {
            socket,
            room,
            sent: 0,
            acked: BTreeMap::new(),
        }
    }

    fn text(&self, n: usize) -> String {
        format!("{n} {}", "x".repeat(PADDING))
    }

    /// Sends message `n`, perhaps once more; answers with the ack or the error.
    async fn send(&mut self, n: usize) -> Value {
        let (text, id) = (self.text(n), n.to_string());
        let frame = json!({ "type": "send", "id": id, "room": self.room, "text": text, "key": id });
        self.socket
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
        let answer = loop {
            let frame = next(&mut self.socket).await.expect("closed");
            if frame["id"] == id.as_str() {
                break frame;
            }
        };
        if answer["type"] == "ack" {
            let seq = answer["seq"].as_u64().unwrap();
            let before = self.acked.insert(text, seq);
            assert!(
                before.is_none_or(|before| before == seq),
                "acked as two events"
            );
        }
        answer
    }

    /// Sends until something is refused; answers with the refusal.
    async fn until_refused(&mut self) -> Value {
        for _ in 0..SENDS_MAX {
            self.sent += 1;
            let answer = self.send(self.sent).await;
            if answer["type"] == "error" {
                return answer;
            }
        }
        panic!("the disk was never full");
    }
}

/// All messages that are stored, by text, with their numbers; these follow each other.
async fn stored(server: &Program, token: &str) -> BTreeMap<String, u64> {
    let (mut texts, mut last) = (BTreeMap::new(), 0);
    loop {
        let path = format!("/api/rooms/general/events?after={last}&limit=500");
        let page = server.get(token, &path).await;
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            return texts;
        }
        for event in events {
            last += 1;
            assert_eq!(event["seq"].as_u64(), Some(last), "a hole in the log");
            if event["kind"] == "message.posted" {
                let text = event["message"]["text"].as_str().unwrap().to_owned();
                assert_eq!(texts.insert(text, last), None, "stored twice");
            }
        }
    }
}

/// Waits until it is ready, or no longer; answers with what it says.
async fn until_ready(server: &Program, ready: bool) -> String {
    let looking = async {
        loop {
            let (status, said) = server.health().await;
            if (status == 200) == ready {
                assert_eq!(status, if ready { 200 } else { 503 });
                return said;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking)
        .await
        .expect("the state of health does not change")
}

/// The story that all three disks tell: `break_it` and `mend_it` are what differs.
async fn nothing_acked_is_lost(
    mut server: Program,
    data: &Path,
    token: &str,
    why: &str,
    break_it: impl FnOnce(),
    mend_it: impl FnOnce(&Program),
) {
    let mut sender = Sender::new(&server, token).await;
    assert_eq!(sender.send(0).await["type"], "ack", "it worked at first");
    break_it();
    let refusal = sender.until_refused().await;
    assert_eq!(refusal["code"], "internal", "{refusal}");
    assert_eq!(refusal["retry"], true, "{refusal}");
    let said = until_ready(&server, false).await;
    assert!(said.contains(why), "it does not say why: {said}");
    // What is there can still be read, and is what was acked.
    let kept = stored(&server, token).await;
    for (text, seq) in &sender.acked {
        assert_eq!(kept.get(text), Some(seq), "acked and lost");
    }
    mend_it(&server);
    until_ready(&server, true).await;
    // The same requests once more: everything is there once in the end.
    for n in 0..=sender.sent {
        assert_eq!(sender.send(n).await["type"], "ack", "it does not go on");
    }
    let acked = std::mem::take(&mut sender.acked);
    assert_eq!(stored(&server, token).await, acked);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Program::start(data).await;
    assert_eq!(stored(&server, token).await, acked, "after a kill");
}

#[tokio::test]
async fn a_full_disk_refuses_loses_nothing_and_heals_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        println!("skipped: a small disk needs root and the right to mount");
        return;
    };
    let token = account(folder.path(), "ada");
    let ballast = folder.path().join("ballast");
    let server = Program::start(folder.path()).await;
    let fill = || {
        // As much as there is room for; some is left for what has been begun.
        drop(std::fs::write(&ballast, vec![0; SmallDisk::BYTES]));
        let part = std::fs::metadata(&ballast).unwrap().len();
        let file = std::fs::File::options().write(true).open(&ballast).unwrap();
        file.set_len(part.saturating_sub(200_000)).unwrap();
    };
    let free = |_: &Program| std::fs::remove_file(folder.path().join("ballast")).unwrap();
    nothing_acked_is_lost(server, folder.path(), &token, "disk is full", fill, free).await;
    drop(disk);
}

#[tokio::test]
async fn a_file_that_cannot_grow_refuses_loses_nothing_and_heals_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    // Whoever ignores the signal is told EFBIG by each write beyond the limit, which is in blocks
    // of 1 KiB. The hard limit stays, so that the soft one can be raised again.
    let limited = [
        "bash",
        "-c",
        "trap '' XFSZ; ulimit -S -f 1500; exec \"$0\" \"$@\"",
    ];
    let server = Program::start_by(&limited, folder.path(), &[], Stdio::null()).await;
    let raise = |server: &Program| {
        let pid = server.child.id().to_string();
        let raised = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited"])
            .status()
            .unwrap();
        assert!(raised.success());
    };
    let nothing = || {};
    nothing_acked_is_lost(server, folder.path(), &token, "cannot be", nothing, raise).await;
}

#[tokio::test]
async fn what_is_not_synced_is_not_acked() {
    let strace = Command::new("strace").arg("-V").output();
    if !strace.is_ok_and(|output| output.status.success()) {
        println!("skipped: failing syncs need strace (`apt-get install strace`)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    // From its fortieth sync on the disk answers EIO, twenty times.
    let fail = "inject=fsync,fdatasync:error=EIO:when=40..59";
    let calls = "trace=fsync,fdatasync";
    let traced = [
        "strace",
        "-D",
        "-f",
        "-q",
        "-o",
        "/dev/null",
        "-e",
        calls,
        "-e",
        fail,
    ];
    let server = Program::start_by(&traced, folder.path(), &[], Stdio::null()).await;
    let nothing = || {};
    let wait = |_: &Program| {};
    nothing_acked_is_lost(server, folder.path(), &token, "cannot be", nothing, wait).await;
}

/// A file system of its own with little room.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    const BYTES: usize = 16 * 1024 * 1024;

    fn mount(at: &'a Path) -> Option<Self> {
        let size = format!("size={}", Self::BYTES);
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        Command::new("umount")
            .arg("--lazy")
            .arg(self.0)
            .status()
            .ok();
    }
}
