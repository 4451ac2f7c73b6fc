//! Other people's tool servers: who may name one, and which of their tools are as they were.

use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::Role;
use salon_store::PinState;

/// Keeps a tool server's configuration; none forgets it. Only owners: a server that is run as a
/// program runs with the rights of the whole place.
pub async fn put_tool_server(
    chat: &Chat,
    caller: &Caller,
    name: String,
    config: Option<String>,
) -> Result<(), ChatError> {
    rules::require_role(chat, caller, Role::Owner).await?;
    let work = move |tx: &mut salon_store::Tx<'_>| tx.put_tool_server(&name, config.as_deref());
    chat.store().write(work).await?;
    chat.hub().wake_agents();
    Ok(())
}

/// Agrees to what a server's tools have become; answers with how many there were.
pub async fn agree_to_tools(
    chat: &Chat,
    caller: &Caller,
    server: String,
) -> Result<usize, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    Ok(chat
        .store()
        .write(move |tx| tx.agree_to_tools(&server))
        .await?)
}

/// Whether a tool is as it was when it was first seen or last agreed to. Not for doors.
pub async fn check_pin(
    chat: &Chat,
    server: &str,
    tool: &str,
    digest: [u8; 32],
) -> Result<PinState, ChatError> {
    let (server, tool) = (server.to_owned(), tool.to_owned());
    Ok(chat
        .store()
        .write(move |tx| tx.check_pin(&server, &tool, digest))
        .await?)
}
