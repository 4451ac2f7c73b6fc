//! Everything that changes something, one file each: may they? then do.

mod agents;
mod approvals;
mod arriving;
mod ban_user;
mod change_account;
mod change_message;
mod create_room;
mod create_user;
mod emoji;
mod feedback;
mod finish_turn;
mod follow_thread;
mod forward_message;
mod import;
mod invite_user;
mod join_room;
mod kick_user;
mod leave_room;
mod mark_read;
mod memory;
mod moderation;
mod mute_user;
mod notifying;
mod open_direct;
mod pin_message;
mod plan;
mod polls;
mod previews;
mod profile;
mod pushes;
mod react;
mod report;
mod retry_turn;
mod save_message;
mod say;
mod send_message;
mod set_budget;
mod set_keep;
mod set_mode;
mod set_topic;
mod standings;
mod stop_draft;
mod tool_servers;
mod typing;
mod unsent;
mod upload;
mod upload_in_pieces;

pub use agents::{apply_agent, apply_retirement, create_agent, edit_agent, retire_agent};
pub use approvals::{
    AskApproval, ask_approval, begin_approved, decide_approval, expire_approvals, settle_approval,
    settle_interrupted,
};
pub use arriving::{Arriving, KeptFile};
pub use ban_user::{ban_user, unban_user};
pub use change_account::{change_account, take_avatar, take_passkeys, take_second_factor};
pub use change_message::{delete_message, edit_message};
pub use create_room::{CreateRoom, create_room};
pub use create_user::{CreateUser, create_user, disable_user};
pub(crate) use create_user::{add_user, check_new_user};
pub(crate) use emoji::unreadable;
pub use emoji::{add_emoji, drop_emoji};
pub use feedback::give_feedback;
pub use finish_turn::{
    add_spending, begin_call, claim_turns, end_call, finish_silently, release_turns, renew_turns,
    take_errands,
};
pub use follow_thread::set_thread;
pub use forward_message::forward_message;
pub use import::{
    ImportMessage, ImportRoom, ImportUser, check_import, import_end, import_messages, import_room,
    import_user,
};
pub use invite_user::invite_user;
pub use join_room::join_room;
pub use kick_user::kick_user;
pub use leave_room::leave_room;
pub use mark_read::mark_read;
pub use memory::{forget, leave_errand, put_summary, remember};
pub use moderation::set_slow;
pub use mute_user::{MUTE_DEFAULT, mute_user};
pub(crate) use notifying::require_listener;
pub use notifying::set_notifying;
pub use open_direct::open_direct;
pub use pin_message::pin_message;
pub(crate) use plan::planned_message;
pub use plan::{change_plan, drop_plan, plan};
pub use polls::{ask_poll, close_poll, newest_poll, vote};
pub use previews::drop_previews;
pub(crate) use profile::{check_display_name, tell_of_profile};
pub use profile::{set_away, set_display_name, set_lang};
pub use pushes::{begin_pushes, end_pushes};
pub use react::react;
pub use report::{report_message, settle_report};
pub use retry_turn::{answer_again, retry_turn};
pub use save_message::save_message;
pub use say::{Said, say};
pub(crate) use send_message::check_words;
pub use send_message::{SendMessage, send_message, tell};
pub use set_budget::set_budget;
pub(crate) use set_keep::require_keeper;
pub use set_keep::set_keep;
pub use set_mode::{set_mode, set_private_from_ai};
pub use set_topic::set_topic;
pub use standings::{mark_all_read, mark_unread, set_notifications};
pub use stop_draft::{stop_all, stop_all_drafts, stop_draft};
pub use tool_servers::{agree_to_tools, check_pin, put_tool_server};
pub use typing::typing;
pub(crate) use unsent::require_writer;
pub use unsent::set_unsent;
pub use upload::{Upload, begin_upload, describe_file, take_back_file};
pub use upload_in_pieces::{
    Growing, Next, begin_in_pieces, give_up_upload, go_on_with_upload, upload_state,
};

use crate::{Caller, Chat, ChatError};
use salon_protocol::{Done, RoomId};
use salon_store::{Appended, Change, NewEvent, StoreError, Tx};

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
    append_new(chat, new).await
}

/// Appends one change as the caller, and does something else in the same commit.
async fn append_with<T: Send + 'static>(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    change: Change,
    also: impl FnOnce(&mut Tx<'_>, &Appended) -> Result<T, StoreError> + Send + 'static,
) -> Result<(Appended, T), ChatError> {
    let new = NewEvent {
        room,
        actor: caller.actor(),
        change,
        key: None,
    };
    let work = move |tx: &mut Tx<'_>| {
        let appended = tx.append(new)?;
        let came = also(tx, &appended)?;
        Ok((appended, came))
    };
    Ok(chat.store().write(work).await?)
}

async fn append_new(chat: &Chat, new: NewEvent) -> Result<Appended, ChatError> {
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
