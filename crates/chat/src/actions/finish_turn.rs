//! What the agents' runner keeps of its turns. Not for other doors.

use crate::{Chat, ChatError};
use jiff::SignedDuration;
use salon_protocol::{RoomId, TurnId, UserId};
use salon_store::{Errand, FinishTurn, Spent, Turn};

/// Takes turns that nobody is at, oldest first.
pub async fn claim_turns(
    chat: &Chat,
    lease: SignedDuration,
    limit: usize,
) -> Result<Vec<Turn>, ChatError> {
    Ok(chat
        .store()
        .write(move |tx| tx.claim_turns(lease, limit))
        .await?)
}

/// Keeps turns for longer.
pub async fn renew_turns(
    chat: &Chat,
    turns: Vec<TurnId>,
    lease: SignedDuration,
) -> Result<(), ChatError> {
    Ok(chat
        .store()
        .write(move |tx| tx.renew_turns(&turns, lease))
        .await?)
}

/// Ends turns that show nothing. One that shows a reply ends with it, in `send_message`.
pub async fn finish_silently(chat: &Chat, ends: Vec<FinishTurn>) -> Result<(), ChatError> {
    let work =
        move |tx: &mut salon_store::Tx<'_>| ends.iter().try_for_each(|end| tx.finish_turn(end));
    Ok(chat.store().write(work).await?)
}

/// Writes down that a call is about to be made; false when it was begun before.
pub async fn begin_call(
    chat: &Chat,
    turn: TurnId,
    n: u32,
    name: &str,
    arguments: &str,
) -> Result<bool, ChatError> {
    let (name, arguments) = (name.to_owned(), arguments.to_owned());
    Ok(chat
        .store()
        .write(move |tx| tx.begin_call(turn, n, &name, &arguments))
        .await?)
}

/// Writes down what became of a call.
pub async fn end_call(
    chat: &Chat,
    turn: TurnId,
    n: u32,
    outcome: &'static str,
    result: &str,
) -> Result<(), ChatError> {
    let result = result.to_owned();
    Ok(chat
        .store()
        .write(move |tx| tx.end_call(turn, n, outcome, &result))
        .await?)
}

/// Adds what a model cost outside any turn's end: a question whether to speak, a summary.
pub async fn add_spending(
    chat: &Chat,
    agent: UserId,
    room: RoomId,
    asker: UserId,
    spent: Spent,
) -> Result<(), ChatError> {
    Ok(chat
        .store()
        .write(move |tx| tx.add_spending(agent, room, asker, &spent))
        .await?)
}

/// Takes errands that people left.
pub async fn take_errands(chat: &Chat, limit: usize) -> Result<Vec<Errand>, ChatError> {
    Ok(chat.store().write(move |tx| tx.take_errands(limit)).await?)
}

/// Makes all turns claimable that a server left behind when it ended. Only for a database that
/// has no other server.
pub async fn release_turns(chat: &Chat) -> Result<(), ChatError> {
    Ok(chat.store().write(|tx| tx.release_turns()).await?)
}
