//! Signing in with a key that a device keeps (Web Authentication): making keys, taking them back,
//! coming in by one.
//!
//! A device signs only once it has verified who is there, so a key is two factors by itself. It is
//! bound to this house's address: a page elsewhere that looks like ours gets nothing of use.

mod answer;
mod cbor;
mod challenges;
mod key;
mod words;

use super::{
    provider::require_owner,
    secret::public_name,
    sign_in::{Origin, SignedIn, new_session},
};
use crate::{Caller, Chat, ChatError, Words};
use answer::{CREDENTIAL_BYTES_MAX, DeviceData, Purpose, check_client};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub use challenges::CHALLENGE_LIFE_SECONDS;
pub(crate) use challenges::Challenges;
use key::{ALGORITHMS, PublicKey};
use salon_protocol::{
    NewPasskeyRequest, Passkey, PasskeyAnswer, PasskeyChallenge, PasskeyOffer, UserKind,
};
use salon_store::{NewPasskey, PasskeyRow, StoreError, Tx};
use sha2::{Digest, Sha256};
pub use words::Page;
use words::{Untrue, closed, not_in, not_kept, stale};

/// Keys of one account.
pub const PASSKEYS_MAX: u32 = 10;
/// Characters of the name by which somebody knows a key again.
const NAME_CHARS_MAX: usize = 60;

/// The caller's keys, the oldest first.
pub async fn passkeys(chat: &Chat, caller: &Caller) -> Result<Vec<Passkey>, ChatError> {
    let rows = chat.store().passkeys(caller.id()).await?;
    Ok(rows.into_iter().map(shown).collect())
}

/// Begins to make a key. As hard as turning codes off: whoever comes in by it is asked for neither
/// password nor code. Gives what the browser is to do, and what it keeps meanwhile.
pub async fn offer_passkey(
    chat: &Chat,
    caller: &Caller,
    session: [u8; 32],
    page: Page,
    proof: (String, Option<String>),
) -> Result<(PasskeyOffer, String), ChatError> {
    require_person(caller)?;
    let has = chat.store().passkeys(caller.id()).await?;
    if has.len() >= PASSKEYS_MAX as usize {
        return Err(too_many());
    }
    require_owner(chat, caller, proof).await?;
    let (challenge, cookie) = chat.challenges().make(Purpose::Create, Some(session));
    let offer = PasskeyOffer {
        challenge: encode(&challenge.bytes),
        site: page.site,
        user: encode(caller.id().0.as_bytes()),
        handle: caller.user.handle.to_string(),
        display_name: caller.user.display_name.clone(),
        algorithms: ALGORITHMS.into(),
        known: has.iter().map(|row| encode(&row.key.credential)).collect(),
        seconds: CHALLENGE_LIFE_SECONDS as u32,
    };
    Ok((offer, cookie))
}

/// Keeps a key that a device has made. It opens the account from now on.
pub async fn add_passkey(
    chat: &Chat,
    caller: &Caller,
    session: [u8; 32],
    cookie: Option<&str>,
    page: &Page,
    request: NewPasskeyRequest,
) -> Result<Passkey, ChatError> {
    require_person(caller)?;
    let name = check_name(&request.name)?;
    let challenges = chat.challenges();
    let challenge = challenges.again(cookie, Purpose::Create, Some(session));
    let challenge = challenge.ok_or_else(stale)?;
    let made = read_made(&request, &challenge.bytes, page).map_err(|error| {
        tracing::info!(user = %caller.user.handle, %error, "a passkey was not kept");
        match error {
            Untrue::OtherChallenge => stale(),
            _ => not_kept(),
        }
    })?;
    if !challenges.use_up(&challenge) {
        return Err(stale());
    }
    let (data, made) = made;
    let new = NewPasskey {
        user: caller.id(),
        credential: made.credential,
        site: page.site.clone(),
        public_key: made.written,
        algorithm: made.key.algorithm(),
        counter: data,
        name,
    };
    let credential = new.credential.clone();
    let added = chat
        .store()
        .write(move |tx| tx.add_passkey(&new, PASSKEYS_MAX))
        .await;
    match added {
        Ok(()) => {}
        Err(StoreError::TooMany(_)) => return Err(too_many()),
        Err(StoreError::Taken(_)) => {
            return Err(ChatError::Conflict(Words::new(
                "That passkey opens an account already.",
                "这个通行密钥已用于登录一个账号。",
            )));
        }
        Err(error) => return Err(error.into()),
    }
    tracing::info!(user = %caller.user.handle, "a passkey was added");
    let row = chat.store().passkey(&credential).await?;
    row.map(shown).ok_or_else(no_such_key)
}

/// Takes one of the caller's keys back. Whoever does so proves the password that remains.
pub async fn remove_passkey(
    chat: &Chat,
    caller: &Caller,
    name: &str,
    proof: (String, Option<String>),
) -> Result<(), ChatError> {
    let id = caller.id();
    let rows = chat.store().passkeys(id).await?;
    let mut credentials = rows.into_iter().map(|row| row.key.credential);
    let found = credentials.find(|credential| name_of(credential) == name);
    let found = found.ok_or_else(no_such_key)?;
    require_owner(chat, caller, proof).await?;
    let work = move |tx: &mut Tx<'_>| tx.drop_passkey(id, &found);
    if !chat.store().write(work).await? {
        return Err(no_such_key());
    }
    tracing::info!(user = %caller.user.handle, "a passkey was removed");
    Ok(())
}

/// Takes all of somebody's keys away, for the operator; says how many there were.
pub async fn remove_passkeys(
    chat: &Chat,
    user: salon_protocol::UserId,
) -> Result<usize, ChatError> {
    Ok(chat.store().write(move |tx| tx.drop_passkeys(user)).await?)
}

/// Begins a sign-in, of whoever it is: what a device is to sign, and what the browser keeps
/// meanwhile.
pub fn challenge_passkey(chat: &Chat, page: Page) -> (PasskeyChallenge, String) {
    let (challenge, cookie) = chat.challenges().make(Purpose::Get, None);
    let challenge = PasskeyChallenge {
        challenge: encode(&challenge.bytes),
        site: page.site,
        seconds: CHALLENGE_LIFE_SECONDS as u32,
    };
    (challenge, cookie)
}

/// Signs in whoever's key has signed; each time under a new secret.
pub async fn sign_in_by_passkey(
    chat: &Chat,
    cookie: Option<&str>,
    page: &Page,
    answer: PasskeyAnswer,
    origin: Origin,
) -> Result<SignedIn, ChatError> {
    let challenges = chat.challenges();
    let challenge = challenges.again(cookie, Purpose::Get, None);
    let challenge = challenge.ok_or_else(stale)?;
    let proven = prove(chat, &challenge.bytes, page, &answer).await?;
    let (key, counter) = proven.map_err(|error| {
        tracing::info!(%error, "nobody came in by a passkey");
        match error {
            Untrue::OtherChallenge => stale(),
            _ => not_in(),
        }
    })?;
    // Only what is well signed takes a place among those that were used.
    if !challenges.use_up(&challenge) {
        return Err(stale());
    }
    let user = chat.store().user(key.user).await?;
    let user = user.filter(|user| !user.disabled).ok_or_else(closed)?;
    let (secret, credential) = new_session(user.id, origin);
    let work = move |tx: &mut Tx<'_>| {
        let used = tx.use_passkey(&key.credential, counter)?;
        if used {
            tx.add_credential(&credential)?;
        }
        Ok(used)
    };
    if !chat.store().write(work).await? {
        let error = Untrue::NotCounting;
        tracing::warn!(user = %user.handle, %error, "nobody came in by a passkey");
        return Err(not_in());
    }
    Ok(SignedIn {
        user,
        cookie: secret,
    })
}

/// Whose key has signed, and how far it counts.
async fn prove(
    chat: &Chat,
    challenge: &[u8; 32],
    page: &Page,
    answer: &PasskeyAnswer,
) -> Result<Result<(NewPasskey, u32), Untrue>, ChatError> {
    let credential = match decode(&answer.id) {
        Ok(id) if id.len() <= CREDENTIAL_BYTES_MAX => id,
        _ => return Ok(Err(Untrue::Malformed)),
    };
    let row = chat.store().passkey(&credential).await?;
    Ok(match row {
        Some(row) => check_answer(&row.key, challenge, page, answer).map(|it| (row.key, it)),
        None => Err(Untrue::UnknownKey),
    })
}

fn check_answer(
    key: &NewPasskey,
    challenge: &[u8; 32],
    page: &Page,
    answer: &PasskeyAnswer,
) -> Result<u32, Untrue> {
    let client = decode(&answer.client_data)?;
    check_client(&client, Purpose::Get, challenge, page)?;
    if let Some(user) = &answer.user
        && decode(user)? != key.user.0.as_bytes()
    {
        return Err(Untrue::OtherAccount);
    }
    if key.site != page.site {
        return Err(Untrue::OtherSite);
    }
    let mut signed = decode(&answer.authenticator_data)?;
    let data = DeviceData::read(&signed, page)?;
    signed.extend(Sha256::digest(&client));
    let public = PublicKey::kept(&key.public_key)?;
    let fits = public.algorithm() == key.algorithm;
    match fits && public.has_signed(&signed, &decode(&answer.signature)?) {
        true => Ok(data.counter),
        false => Err(Untrue::BadSignature),
    }
}

fn read_made(
    request: &NewPasskeyRequest,
    challenge: &[u8; 32],
    page: &Page,
) -> Result<(u32, answer::Made), Untrue> {
    let client = decode(&request.client_data)?;
    check_client(&client, Purpose::Create, challenge, page)?;
    let data = DeviceData::read(&decode(&request.authenticator_data)?, page)?;
    let made = data.made.ok_or(Untrue::NoKey)?;
    Ok((data.counter, made))
}

/// What owns no password and asks for no code has no door of its own either.
fn require_person(caller: &Caller) -> Result<(), ChatError> {
    if caller.user.kind != UserKind::Human || caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "Only people sign in with a passkey.",
            "只有用户账号可以使用通行密钥登录。",
        )));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<String, ChatError> {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Give the passkey a name by which you know it again.",
            "请给通行密钥取一个便于辨认的名称。",
        )));
    }
    Ok(name.chars().take(NAME_CHARS_MAX).collect())
}

fn shown(row: PasskeyRow) -> Passkey {
    Passkey {
        id: name_of(&row.key.credential),
        name: row.key.name,
        site: row.key.site,
        created_at: row.created_at,
        used_at: row.used_at,
    }
}

/// A key's name in a list.
fn name_of(credential: &[u8]) -> String {
    public_name(&Sha256::digest(credential).into())
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, Untrue> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Untrue::Malformed)
}

fn too_many() -> ChatError {
    ChatError::Conflict(Words::new(
        format!("You have {PASSKEYS_MAX} passkeys already. Remove one first."),
        format!("你已有 {PASSKEYS_MAX} 个通行密钥，请先移除一个。"),
    ))
}

fn no_such_key() -> ChatError {
    ChatError::NotFound(Words::new(
        "There is no such passkey any more.",
        "这个通行密钥已不存在。",
    ))
}
