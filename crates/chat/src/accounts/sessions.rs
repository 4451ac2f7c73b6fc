//! Where the caller is signed in, and ending that from afar.

use super::secret::public_name;
use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::AccountSession;
use salon_store::{CredentialPurpose, CredentialRow};

/// The caller's cookies and tokens. `current` is the digest of the one that asks.
pub async fn sessions(
    chat: &Chat,
    caller: &Caller,
    current: [u8; 32],
) -> Result<Vec<AccountSession>, ChatError> {
    let rows = chat.store().credentials(caller.id()).await?;
    Ok(rows.into_iter().map(|row| shown(row, current)).collect())
}

/// Ends one of the caller's cookies or tokens, and its sockets at once.
pub async fn end_session(chat: &Chat, caller: &Caller, name: &str) -> Result<(), ChatError> {
    let rows = chat.store().credentials(caller.id()).await?;
    let found = rows
        .into_iter()
        .map(|row| row.credential.digest)
        .find(|digest| public_name(digest) == name)
        .ok_or_else(|| {
            ChatError::NotFound(Words::new(
                "There is no such session any more.",
                "这个登录已不存在。",
            ))
        })?;
    chat.store()
        .write(move |tx| tx.drop_credential(found))
        .await?;
    chat.hub().credential_revoked(found).await;
    Ok(())
}

/// Signs the caller out of every browser but this one. Tokens of programs stay.
pub async fn end_other_sessions(
    chat: &Chat,
    caller: &Caller,
    current: [u8; 32],
) -> Result<(), ChatError> {
    let id = caller.id();
    let ended = chat
        .store()
        .write(move |tx| tx.drop_other_sessions(id, current))
        .await?;
    for digest in ended {
        chat.hub().credential_revoked(digest).await;
    }
    Ok(())
}

fn shown(row: CredentialRow, current: [u8; 32]) -> AccountSession {
    let credential = row.credential;
    AccountSession {
        id: public_name(&credential.digest),
        purpose: match credential.purpose {
            CredentialPurpose::Session => "session".into(),
            CredentialPurpose::Token => "token".into(),
        },
        current: credential.digest == current,
        device: credential.device,
        address: credential.address,
        created_at: row.created_at,
        seen_at: credential.seen_at,
    }
}
