//! Everything that changes something, one file each: may they? then do.

mod ban_user;
mod change_message;
mod create_room;
mod create_user;
mod finish_turn;
mod invite_user;
mod join_room;
mod kick_user;
mod leave_room;
mod mark_read;
mod mute_user;
mod open_direct;
mod profile;
mod react;
mod retry_turn;
mod say;
mod send_message;
mod set_topic;
mod stop_draft;
mod typing;

pub use ban_user::{ban_user, unban_user};
pub use change_message::{delete_message, edit_message};
pub use create_room::{CreateRoom, create_room};
pub use create_user::{CreateUser, create_user, disable_user};
pub(crate) use create_user::{add_user, check_new_user};
pub use finish_turn::{
    begin_call, claim_turns, end_call, finish_silently, release_turns, renew_turns,
};
pub use invite_user::invite_user;
pub use join_room::join_room;
pub use kick_user::kick_user;
pub use leave_room::leave_room;
pub use mark_read::mark_read;
pub use mute_user::{MUTE_DEFAULT, mute_user};
pub use open_direct::open_direct;
pub use profile::{set_away, set_display_name, set_lang};
pub use react::react;
pub use retry_turn::retry_turn;
pub use say::{Said, say};
pub use send_message::{SendMessage, send_message, tell};
pub use set_topic::set_topic;
pub use stop_draft::{stop_all_drafts, stop_draft};
pub use typing::typing;

use crate::{Caller, Chat, ChatError};
use salon_protocol::{Done, RoomId};
use salon_store::{Appended, Change, NewEvent};

/// Appends one change as the caller.
async fn append(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    change: Change,
) -> Result<Appended, ChatError> {
    let new = NewEvent {
        room,
        actor: caller.actor(),
        change,
        key: None,
    };
    Ok(chat.store().write(move |tx| tx.append(new)).await?)
}

/// What a door tells of an appended change.
fn done(appended: Appended) -> Done {
    Done {
        room: Some(appended.room),
        seq: Some(appended.seq),
        message_id: appended.message_id,
        ..Done::default()
    }
}
