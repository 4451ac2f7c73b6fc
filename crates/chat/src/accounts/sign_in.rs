//! Cookies for people, bearer tokens for programs.

use super::{
    password::verify,
    second_factor::require_code,
    secret::{digest, new_secret},
};
use crate::{Caller, Chat, ChatError, Words};
use jiff::SignedDuration;
use salon_protocol::{Handle, Lang, UserId, UserKind};
use salon_store::{Credential, CredentialPurpose, User};

/// A browser stays signed in for so long.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// When a session was last used is kept as exactly as this.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// Somebody who has just come in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The cookie's value.
    pub cookie: String,
}

/// Where somebody signs in from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The browser or program, in a few words.
    pub device: String,
    /// The network.
    pub address: String,
}

/// Somebody who knows the password of an account. Not in yet where there is a second factor.
#[derive(Clone)]
pub struct Proven {
    user: User,
    second_factor: bool,
}

impl Proven {
    /// Who.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// Whether a code is needed as well.
    pub fn needs_code(&self) -> bool {
        self.second_factor
    }
}

/// Proves handle and password. Wrong handle and wrong password look alike, in words and in time.
pub async fn prove_password(
    chat: &Chat,
    handle: &str,
    password: String,
) -> Result<Proven, ChatError> {
    let user = match handle.parse::<Handle>() {
        Ok(handle) => chat
            .store()
            .user_by_handle(&handle)
            .await?
            .filter(|user| !user.disabled),
        Err(_) => None,
    };
    // Asked for whoever it is, so that the same is done for nobody as for somebody.
    let id = user.as_ref().map_or_else(UserId::new, |user| user.id);
    let hash = chat.store().password_hash(id).await?;
    let (Some(user), true) = (user, verify(chat, password, hash).await?) else {
        return Err(ChatError::NotSignedIn(Words::new(
            "Handle and password do not match.",
            "用户名与密码不匹配。",
        )));
    };
    let second_factor = chat.store().second_factor(user.id).await?;
    Ok(Proven {
        user,
        second_factor: second_factor.is_some_and(|factor| factor.confirmed),
    })
}

/// Signs in whoever has proven their password, and their authenticator where there is one. Each
/// time under a new secret: nobody can leave one of theirs for somebody else to sign in with.
pub async fn sign_in(
    chat: &Chat,
    proven: Proven,
    code: Option<&str>,
    origin: Origin,
) -> Result<SignedIn, ChatError> {
    if proven.second_factor {
        require_code(chat, proven.user.id, code).await?;
    }
    let user = proven.user;
    let (cookie, credential) = new_session(user.id, origin);
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
        device: String::new(),
        address: String::new(),
        seen_at: None,
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
        Some((user, credential)) => {
            note_use(chat, &credential);
            Ok((Caller::new(user, door), credential))
        }
        None => Err(ChatError::NotSignedIn(Words::new(
            "You are not signed in, or your session has ended. Sign in again.",
            "尚未登录或登录已失效，请重新登录。",
        ))),
    }
}

/// Keeps when a cookie or token was last used, to a few minutes: not a write for each request.
fn note_use(chat: &Chat, credential: &Credential) {
    let now = salon_protocol::now();
    if credential
        .seen_at
        .is_some_and(|seen| now.duration_since(seen) < SEEN_EVERY)
    {
        return;
    }
    let (store, digest) = (chat.store().clone(), credential.digest);
    tokio::spawn(async move {
        if let Err(error) = store.write(move |tx| tx.see_credential(digest)).await {
            tracing::debug!(%error, "cannot note that a session was used");
        }
    });
}

pub(super) fn new_session(user: UserId, origin: Origin) -> (String, Credential) {
    let secret = new_secret();
    let credential = Credential {
        digest: digest(&secret),
        user,
        purpose: CredentialPurpose::Session,
        expires_at: salon_protocol::now().saturating_add(SESSION_LIFE).ok(),
        device: origin.device,
        address: origin.address,
        seen_at: Some(salon_protocol::now()),
    };
    (secret, credential)
}
