//! Signing in by the word of a provider that the operator has named (OpenID Connect).
//!
//! An account is known by (issuer, subject) and by nothing else: neither a name nor an address of
//! e-mail makes two people the same. A sign-in belongs to the browser that began it: what comes back
//! must fit a secret that only its cookie has.

use super::{
    second_factor::{require_both, require_own_password},
    secret::new_secret,
    sign_in::{Origin, SignedIn, new_session},
};
use crate::{
    Caller, Chat, ChatError, Words,
    actions::{CreateUser, add_user, check_display_name, check_new_user},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use ring::hmac;
use salon_outside::identity::{Flow, Provider, Recognised, Unrecognised};
use salon_protocol::{
    AccountProvider, Presence, Role, SignInRefusal, SignInWays, UserId, UserKind,
    limits::HANDLE_CHARS_MAX,
};
use salon_store::{Identity, IdentityRow, StoreError, Tx, User};

/// Signing in at a provider may take so long.
pub const FLOW_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Characters of the name by which somebody knows a link again.
const NAME_CHARS_MAX: usize = 80;
/// What the operator calls the provider, in characters.
const LABEL_CHARS_MAX: usize = 40;

/// Who may come in, by the operator's word. Asked at each sign-in, of everybody.
#[derive(Clone, Debug, Default)]
pub struct ProviderRules {
    /// Whether accounts are made for people who have none.
    pub new_people: bool,
    /// The claim that becomes a new account's handle.
    pub handle_claim: String,
    /// The domains of e-mail that are let in; all where none is named.
    pub email_domains: Vec<String>,
    /// A claim, and the word that it must be or hold.
    pub required: Option<(String, String)>,
}

/// The provider with what the operator has said of it.
pub struct SignInProvider {
    provider: Provider,
    label: String,
    rules: ProviderRules,
}

impl SignInProvider {
    /// A provider with the words of its button.
    pub fn new(provider: Provider, label: &str, rules: ProviderRules) -> Self {
        Self {
            provider,
            label: label.trim().chars().take(LABEL_CHARS_MAX).collect(),
            rules,
        }
    }
}

/// A sign-in that a browser takes to the provider.
pub struct Begun {
    /// Where it goes.
    pub url: String,
    /// What it keeps meanwhile, in a cookie that no page can read.
    pub cookie: String,
}

/// What a browser brings back.
pub struct Returned {
    /// Its cookie.
    pub cookie: Option<String>,
    /// From the address.
    pub state: String,
    /// From the address, unless the provider refused.
    pub code: Option<String>,
    /// Where it came back to: to the letter what was said at the beginning.
    pub redirect: String,
    /// Who is signed in in this browser.
    pub session: Option<(Caller, [u8; 32])>,
    /// Where it is.
    pub origin: Origin,
}

/// What came of it.
#[derive(Clone)]
pub enum Came {
    /// Somebody is in.
    In(SignedIn),
    /// The account of whoever was in already is linked.
    Linked,
}

/// Why nothing came of it.
pub enum NotIn {
    /// A reason for whoever tries.
    Refused(SignInRefusal),
    /// Trouble of ours.
    Failed(ChatError),
}

impl From<ChatError> for NotIn {
    fn from(error: ChatError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for NotIn {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SignInRefusal> for NotIn {
    fn from(refusal: SignInRefusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What the cookie holds: a secret, when it was made, and what for. The state that comes back by
/// the browser's address fits all three and, for a link, the session that asked for it.
struct Pass {
    secret: String,
    made_at: i64,
    links: bool,
}

impl Pass {
    fn new(links: bool) -> Self {
        Self {
            secret: new_secret(),
            made_at: salon_protocol::now().as_second(),
            links,
        }
    }

    fn write(&self) -> String {
        let what = if self.links { "link" } else { "in" };
        format!("{}.{}.{what}", self.secret, self.made_at)
    }

    fn read(cookie: &str) -> Option<Self> {
        let mut parts = cookie.splitn(3, '.');
        let (secret, made_at) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
        let links = match parts.next()? {
            "link" => true,
            "in" => false,
            _ => return None,
        };
        Some(Self {
            secret,
            made_at,
            links,
        })
    }

    fn is_fresh(&self) -> bool {
        let age = salon_protocol::now().as_second().checked_sub(self.made_at);
        age.is_some_and(|age| (0..=FLOW_LIFE.as_secs()).contains(&age))
    }

    fn flow(&self, redirect: String, session: Option<[u8; 32]>) -> Flow {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        let made = |what: &str| {
            let mut context = hmac::Context::with_key(&key);
            context.update(format!("{what}.{}.{}.", self.made_at, self.links).as_bytes());
            context.update(&session.unwrap_or_default());
            URL_SAFE_NO_PAD.encode(context.sign())
        };
        Flow {
            state: made("state"),
            nonce: made("nonce"),
            verifier: made("verifier"),
            redirect,
        }
    }
}

/// The ways in besides handle and password.
pub fn sign_in_ways(chat: &Chat) -> SignInWays {
    SignInWays {
        provider: chat.provider().map(|it| it.label.clone()),
    }
}

/// Begins a sign-in.
pub async fn begin_sign_in(chat: &Chat, redirect: String) -> Result<Begun, ChatError> {
    begin(chat, Pass::new(false), redirect, None).await
}

/// Begins to link the caller's account. As hard as changing the password, and where codes are asked
/// for, as hard as turning them off: whoever comes in by the provider is asked for none.
pub async fn begin_link(
    chat: &Chat,
    caller: &Caller,
    session: [u8; 32],
    redirect: String,
    proof: (String, Option<String>),
) -> Result<Begun, ChatError> {
    require_linkable(chat, caller).await?;
    require_owner(chat, caller, proof).await?;
    begin(chat, Pass::new(true), redirect, Some(session)).await
}

async fn begin(
    chat: &Chat,
    pass: Pass,
    redirect: String,
    session: Option<[u8; 32]>,
) -> Result<Begun, ChatError> {
    let provider = offered(chat)?;
    let flow = pass.flow(redirect, session);
    let url = provider.provider.way_there(&flow).await.map_err(|error| {
        tracing::warn!(%error, "nobody can sign in by the provider");
        ChatError::Conflict(Words::new(
            format!(
                "{} does not answer now. Try again later, or sign in with your password.",
                provider.label
            ),
            format!(
                "{} 暂时无法访问，请稍后再试，或使用密码登录。",
                provider.label
            ),
        ))
    })?;
    Ok(Begun {
        url: url.into(),
        cookie: pass.write(),
    })
}

/// Ends what was begun: somebody comes in, each time under a new secret, or is linked.
pub async fn finish(chat: &Chat, returned: Returned) -> Result<Came, NotIn> {
    let provider = offered(chat)?;
    let pass = returned.cookie.as_deref().and_then(Pass::read);
    let pass = pass.filter(Pass::is_fresh).ok_or(SignInRefusal::Stale)?;
    let session = returned.session.filter(|_| pass.links);
    if pass.links && session.is_none() {
        return Err(SignInRefusal::SignedOut.into());
    }
    let digest = session.as_ref().map(|(_, digest)| *digest);
    let flow = pass.flow(returned.redirect, digest);
    if flow.state != returned.state {
        return Err(SignInRefusal::Stale.into());
    }
    let code = returned.code.ok_or(SignInRefusal::Denied)?;
    let somebody = provider.provider.recognise(&flow, &code).await;
    let somebody = somebody.map_err(|error| {
        tracing::warn!(%error, "a sign-in by the provider came to nothing");
        unrecognised(&error)
    })?;
    provider.rules.check(&somebody)?;
    match session {
        Some((caller, _)) => link(chat, provider, &caller, &somebody).await,
        None => come_in(chat, provider, &somebody, returned.origin).await,
    }
}

/// Takes the link back. Whoever does so proves the password that remains.
pub async fn unlink(
    chat: &Chat,
    caller: &Caller,
    proof: (String, Option<String>),
) -> Result<(), ChatError> {
    let issuer = offered(chat)?.provider.issuer().to_owned();
    let id = caller.id();
    if chat.store().password_hash(id).await?.is_none() {
        return Err(ChatError::Conflict(Words::new(
            "Choose a password first: without one nothing would open your account any more.",
            "请先设置密码，否则将无法再登录你的账号。",
        )));
    }
    require_owner(chat, caller, proof).await?;
    let work = move |tx: &mut Tx<'_>| tx.unlink_identity(&issuer, id);
    if !chat.store().write(work).await? {
        return Err(ChatError::NotFound(Words::new(
            "Your account is not linked.",
            "你的账号尚未关联。",
        )));
    }
    tracing::info!(user = %caller.user.handle, "an account was unlinked from the provider");
    Ok(())
}

/// The provider as the owner of an account sees it.
pub(super) async fn of_account(
    chat: &Chat,
    user: UserId,
) -> Result<Option<AccountProvider>, ChatError> {
    let Some(provider) = chat.provider() else {
        return Ok(None);
    };
    let issuer = provider.provider.issuer();
    let row = chat.store().identity_of(issuer, user).await?;
    Ok(Some(AccountProvider {
        label: provider.label.clone(),
        linked_at: row.as_ref().map(|row| row.linked_at),
        linked_as: row.map(|row| row.name),
    }))
}

async fn link(
    chat: &Chat,
    provider: &SignInProvider,
    caller: &Caller,
    somebody: &Recognised,
) -> Result<Came, NotIn> {
    let new = identity(provider, somebody, caller.id());
    let linked = chat.store().write(move |tx| tx.link_identity(&new)).await;
    match linked {
        Ok(()) => {
            tracing::info!(user = %caller.user.handle, "an account was linked to the provider");
            Ok(Came::Linked)
        }
        Err(StoreError::Taken(_)) => {
            let row = known(chat, provider, somebody).await?;
            match row {
                // Asked for twice: it is as they want it.
                Some(row) if row.user == caller.id() && !row.ended => Ok(Came::Linked),
                _ => Err(SignInRefusal::LinkedElsewhere.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

async fn come_in(
    chat: &Chat,
    provider: &SignInProvider,
    somebody: &Recognised,
    origin: Origin,
) -> Result<Came, NotIn> {
    let Some(row) = known(chat, provider, somebody).await? else {
        return newcomer(chat, provider, somebody, origin).await;
    };
    if row.ended {
        return Err(SignInRefusal::Unlinked.into());
    }
    let user = chat.store().user(row.user).await?;
    let user = user.filter(|user| !user.disabled);
    let user = user.ok_or(SignInRefusal::Closed)?;
    let (cookie, credential) = new_session(user.id, origin);
    let work = move |tx: &mut Tx<'_>| tx.add_credential(&credential);
    chat.store().write(work).await?;
    Ok(Came::In(SignedIn { user, cookie }))
}

/// In one commit: an account, its link, and a session.
async fn newcomer(
    chat: &Chat,
    provider: &SignInProvider,
    somebody: &Recognised,
    origin: Origin,
) -> Result<Came, NotIn> {
    if !provider.rules.new_people {
        return Err(SignInRefusal::NobodyNew.into());
    }
    let handle = provider.rules.handle(somebody);
    let new = check_new_user(CreateUser {
        handle: handle.ok_or(SignInRefusal::NoHandle)?,
        // A name that cannot be shown is none: its owner chooses another here.
        display_name: somebody
            .text("name")
            .and_then(|it| check_display_name(it).ok()),
        kind: UserKind::Human,
        role: Role::Member,
        password_hash: None,
    })
    .map_err(|_| SignInRefusal::NoHandle)?;
    let link = identity(provider, somebody, new.id);
    let (cookie, credential) = new_session(new.id, origin);
    let made = chat
        .store()
        .write(move |tx| {
            let user = add_user(tx, new, None)?;
            tx.link_identity(&link)?;
            tx.add_credential(&credential)?;
            Ok(user)
        })
        .await;
    let user: User = match made {
        Ok(user) => user,
        Err(StoreError::Taken("handle")) => return Err(SignInRefusal::HandleTaken.into()),
        // They came in twice at the same moment, and are somebody by now.
        Err(StoreError::Taken(_)) => return Err(SignInRefusal::Stale.into()),
        Err(error) => return Err(error.into()),
    };
    tracing::info!(user = %user.handle, "an account was made for somebody who came by the provider");
    chat.hub().user_changed(user.info(Presence::Offline)).await;
    Ok(Came::In(SignedIn { user, cookie }))
}

async fn known(
    chat: &Chat,
    provider: &SignInProvider,
    somebody: &Recognised,
) -> Result<Option<IdentityRow>, StoreError> {
    let issuer = provider.provider.issuer();
    chat.store().identity(issuer, &somebody.subject).await
}

fn identity(provider: &SignInProvider, somebody: &Recognised, user: UserId) -> Identity {
    let names = ["email", "preferred_username", "name"];
    let name = names.iter().find_map(|name| somebody.text(name));
    Identity {
        issuer: provider.provider.issuer().to_owned(),
        subject: somebody.subject.clone(),
        user,
        name: shown(name.unwrap_or(&somebody.subject))
            .chars()
            .take(NAME_CHARS_MAX)
            .collect(),
    }
}

/// A provider's text as it may be shown.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

impl ProviderRules {
    fn check(&self, somebody: &Recognised) -> Result<(), SignInRefusal> {
        let has_required = self
            .required
            .as_ref()
            .is_none_or(|(claim, word)| somebody.has(claim, word));
        let domain = || Some(somebody.verified_email()?.rsplit_once('@')?.1);
        let is_of_a_domain = self.email_domains.is_empty()
            || domain().is_some_and(|domain| {
                let mut allowed = self.email_domains.iter();
                allowed.any(|it| it.eq_ignore_ascii_case(domain))
            });
        match has_required && is_of_a_domain {
            true => Ok(()),
            false => Err(SignInRefusal::NotAllowed),
        }
    }

    /// The claim as a handle: of an address what stands before the @, and no character that a
    /// handle cannot have.
    fn handle(&self, somebody: &Recognised) -> Option<String> {
        let said = somebody.text(&self.handle_claim)?;
        let said = said.split('@').next().unwrap_or_default();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let written: String = said
            .chars()
            .map(|c| if c.is_whitespace() { '-' } else { c })
            .filter(|c| fits(*c))
            .take(HANDLE_CHARS_MAX)
            .collect();
        written
            .chars()
            .any(char::is_alphanumeric)
            .then_some(written)
    }
}

fn unrecognised(error: &Unrecognised) -> SignInRefusal {
    match error {
        Unrecognised::CodeRefused(_) => SignInRefusal::Stale,
        Unrecognised::Untrue(_) => SignInRefusal::Untrue,
        Unrecognised::BadIssuer(_)
        | Unrecognised::Unavailable { .. }
        | Unrecognised::TooSlow
        | Unrecognised::Unsound(_) => SignInRefusal::Unavailable,
    }
}

fn offered(chat: &Chat) -> Result<&SignInProvider, ChatError> {
    chat.provider().ok_or_else(|| {
        ChatError::NotFound(Words::new(
            "Nobody signs in by a provider here.",
            "这里没有启用第三方登录。",
        ))
    })
}

async fn require_linkable(chat: &Chat, caller: &Caller) -> Result<(), ChatError> {
    if caller.user.kind != UserKind::Human || caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "Only people's accounts are linked to a provider.",
            "只有用户账号可以关联第三方登录。",
        )));
    }
    let issuer = offered(chat)?.provider.issuer();
    if chat
        .store()
        .identity_of(issuer, caller.id())
        .await?
        .is_some()
    {
        return Err(ChatError::Conflict(Words::new(
            "Your account is linked already. Unlink it first.",
            "你的账号已关联，请先取消关联。",
        )));
    }
    Ok(())
}

/// Whom this guards: whoever left a browser open, from somebody who would make a door of their own.
pub(super) async fn require_owner(
    chat: &Chat,
    caller: &Caller,
    (password, code): (String, Option<String>),
) -> Result<(), ChatError> {
    let factor = chat.store().second_factor(caller.id()).await?;
    match factor.is_some_and(|factor| factor.confirmed) {
        true => require_both(chat, caller, password, code.as_deref()).await,
        false => require_own_password(chat, caller, password).await,
    }
}
