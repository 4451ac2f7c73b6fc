//! That the count of receipts finds what a server does wrong: a room of IRC in a few lines, which
//! loses, doubles or swaps on demand.

use super::*;
use crate::dialect::Dialect;
use std::{net::SocketAddr, rc::Rc};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, tcp::OwnedWriteHalf},
    sync::Mutex,
};

const MEMBERS: usize = 3;
/// What is done wrong is done with this one of the messages, counted from 0.
const BAD: usize = 7;
const MESSAGES: usize = 20;

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    Loses,
    Doubles,
    Swaps,
    Cuts,
    ClosesOne,
    LosesTheLast,
    DoublesTheLast,
}

/// Serves a room until the test is over.
async fn room(fault: Fault) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::task::spawn_local(async move {
        let members: Rc<Mutex<Vec<OwnedWriteHalf>>> = Rc::default();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let members = members.clone();
            tokio::task::spawn_local(async move {
                let (read, write) = stream.into_split();
                let own = {
                    let mut members = members.lock().await;
                    members.push(write);
                    members.len() - 1
                };
                let mut lines = BufReader::new(read).lines();
                let (mut said, mut held) = (0, String::new());
                while let Ok(Some(line)) = lines.next_line().await {
                    let mut members = members.lock().await;
                    if line.starts_with("NICK") {
                        members[own].write_all(b":s 001 m :hi\r\n").await.unwrap();
                    } else if line.starts_with("JOIN") {
                        members[own].write_all(b":s 366 m :end\r\n").await.unwrap();
                    } else if line.starts_with("PRIVMSG") {
                        let out = spoiled(fault, said, format!(":m {line}\r\n"), &mut held);
                        said += 1;
                        for (n, member) in members.iter_mut().enumerate() {
                            // Only the second member meets what is wrong.
                            let text = if n == 1 {
                                &out
                            } else {
                                &format!(":m {line}\r\n")
                            };
                            if fault == Fault::ClosesOne && n == 1 && said == BAD {
                                member.shutdown().await.ok();
                            }
                            member.write_all(text.as_bytes()).await.ok();
                        }
                    }
                }
            });
        }
    });
    address
}

fn spoiled(fault: Fault, n: usize, line: String, held: &mut String) -> String {
    // The first message is the probe.
    let last = MESSAGES;
    match fault {
        Fault::Loses if n == BAD => String::new(),
        Fault::Doubles if n == BAD => line.clone() + &line,
        Fault::Swaps if n == BAD => {
            *held = line;
            String::new()
        }
        Fault::Swaps if n == BAD + 1 => line + &std::mem::take(held),
        Fault::Cuts if n == BAD => line.replacen("xx", "x", 1),
        Fault::LosesTheLast if n == last => String::new(),
        Fault::DoublesTheLast if n == last => line.clone() + &line,
        _ => line,
    }
}

/// What a run against such a room comes to.
fn outcome(fault: Fault, pace: Pace) -> Result<u64, String> {
    let run = alone(async {
        let address = room(fault).await;
        let clock = Clock::start();
        let crowd = Crowd::gather(address, Dialect::Irc, MEMBERS, clock).await?;
        let line = Line::enter(address, Dialect::Irc, MEMBERS).await?;
        let mut sender = Sender::new(line, &crowd, clock);
        // Everybody is in, so that the first message is the only probe, however slow this machine is.
        sender.probe = PATIENCE;
        sender.probe().await?;
        // Losing a last message shows only by waiting in vain, for as long as a test has time.
        let patience = match fault {
            Fault::LosesTheLast => Duration::from_millis(300),
            _ => PATIENCE,
        };
        sender.patience = patience;
        let phase = sender.send(MESSAGES, pace, PATIENCE).await?;
        sender.linger().await?;
        assert_eq!(phase.latencies_us.len() as u64, phase.receipts);
        Ok(phase.receipts)
    });
    run.map_err(|error| format!("{error:#}"))
}

const PUSHED: Pace = Pace::InFlight(4);

#[test]
fn a_room_that_tells_all_passes_with_every_receipt_counted() {
    let all = (MEMBERS * MESSAGES) as u64;
    assert_eq!(outcome(Fault::None, PUSHED), Ok(all));
    assert_eq!(outcome(Fault::None, Pace::EverySecond(1_000)), Ok(all));
}

#[test]
fn a_lost_message_is_found() {
    let why = outcome(Fault::Loses, PUSHED).unwrap_err();
    assert_eq!(why, "a member received message 8 after Some(6)");
}

#[test]
fn a_doubled_message_is_found() {
    let why = outcome(Fault::Doubles, PUSHED).unwrap_err();
    assert_eq!(why, "a member received message 7 after Some(7)");
}

#[test]
fn swapped_messages_are_found() {
    let why = outcome(Fault::Swaps, PUSHED).unwrap_err();
    assert_eq!(why, "a member received message 8 after Some(6)");
}

#[test]
fn a_message_that_is_not_whole_is_as_good_as_lost() {
    let why = outcome(Fault::Cuts, PUSHED).unwrap_err();
    assert_eq!(why, "a member received message 8 after Some(6)");
}

#[test]
fn a_member_that_is_put_out_is_found() {
    let why = outcome(Fault::ClosesOne, PUSHED).unwrap_err();
    assert!(why.contains("closed the connection"), "{why}");
}

#[test]
fn a_lost_last_message_is_found() {
    let why = outcome(Fault::LosesTheLast, PUSHED).unwrap_err();
    assert!(why.contains("of 3 members have the last message"), "{why}");
}

#[test]
fn a_doubled_last_message_is_found() {
    let why = outcome(Fault::DoublesTheLast, PUSHED).unwrap_err();
    assert!(why.contains("after Some(20)"), "{why}");
}
