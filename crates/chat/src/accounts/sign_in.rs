//! Cookies for people, bearer tokens for programs.

use super::{
    password::verify,
    secret::{digest, new_secret},
};
use crate::{Caller, Chat, ChatError, Words};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{Handle, Lang, UserId, UserKind};
use salon_store::{Credential, CredentialPurpose, User};

/// A browser stays signed in for so long.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Somebody who has just come in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The cookie's value.
    pub cookie: String,
}

/// Signs in with handle and password. Wrong handle and wrong password look alike, in words and
/// in time.
pub async fn sign_in(chat: &Chat, handle: &str, password: String) -> Result<SignedIn, ChatError> {
    let user = match handle.parse::<Handle>() {
        Ok(handle) => chat
            .store()
            .user_by_handle(&handle)
            .await?
            .filter(|user| !user.disabled),
        Err(_) => None,
    };
    let hash = match &user {
        Some(user) => chat.store().password_hash(user.id).await?,
        None => None,
    };
    let (Some(user), true) = (user, verify(chat, password, hash).await?) else {
        return Err(ChatError::NotSignedIn(Words::new(
            "Handle and password do not match.",
            "用户名与密码不匹配。",
        )));
    };
    let (cookie, credential) = new_session(user.id);
    chat.store()
        .write(move |tx| tx.add_credential(&credential))
        .await?;
    Ok(SignedIn { user, cookie })
}

/// Ends a cookie and the sockets that it opened.
pub async fn sign_out(chat: &Chat, secret: &str) -> Result<(), ChatError> {
    let digest = digest(secret);
    chat.store()
        .write(move |tx| tx.drop_credential(digest))
        .await?;
    chat.hub().credential_revoked(digest).await;
    Ok(())
}

/// Makes a bearer token; it is shown once and has no end.
pub async fn create_token(chat: &Chat, user: UserId) -> Result<String, ChatError> {
    // An agent acts through its turns alone: a token would be a way around every one of its bounds.
    let account = chat.store().user(user).await?;
    if account.is_some_and(|account| account.kind == UserKind::Agent) {
        return Err(ChatError::Forbidden(Words::new(
            "An agent is run by the server and needs no token. Make a bot for a program.",
            "AI 成员由服务器运行，不需要令牌。请为程序创建 bot 账号。",
        )));
    }
    let secret = new_secret();
    let credential = Credential {
        digest: digest(&secret),
        user,
        purpose: CredentialPurpose::Token,
        expires_at: None,
    };
    chat.store()
        .write(move |tx| tx.add_credential(&credential))
        .await?;
    Ok(secret)
}

/// Whoever a cookie or token stands for, with its digest.
pub async fn who(
    chat: &Chat,
    secret: &str,
    door: Option<Lang>,
) -> Result<(Caller, Credential), ChatError> {
    match chat.store().credential(digest(secret)).await? {
        Some((user, credential)) => Ok((Caller::new(user, door), credential)),
        None => Err(ChatError::NotSignedIn(Words::new(
            "You are not signed in, or your session has ended. Sign in again.",
            "尚未登录或登录已失效，请重新登录。",
        ))),
    }
}

pub(super) fn new_session(user: UserId) -> (String, Credential) {
    let secret = new_secret();
    let credential = Credential {
        digest: digest(&secret),
        user,
        purpose: CredentialPurpose::Session,
        expires_at: Timestamp::now().saturating_add(SESSION_LIFE).ok(),
    };
    (secret, credential)
}
