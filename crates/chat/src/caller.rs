//! Who asks.

use jiff::{Zoned, tz::TimeZone};
use salon_protocol::{Lang, MessageId, Role, RoomId, TurnId, UserId};
use salon_store::{Actor, TurnCause, User};

/// For whom an agent acts.
#[derive(Clone, Debug)]
pub struct Behalf {
    /// The person at the beginning of the chain.
    pub asker: User,
    /// The turn in which it acts.
    pub turn: TurnId,
    /// Where it answers: everybody there reads what it finds out.
    pub audience: RoomId,
    /// Agents between that person and what the agent does now, itself included.
    pub hops: u32,
    /// The message at the beginning of the chain.
    pub chain: MessageId,
    /// Why the agent speaks, in one stable word.
    pub reason: Option<String>,
    /// Somebody who may has approved exactly this act.
    pub approved: bool,
}

/// Whoever asks, with the language to answer in.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account.
    pub user: User,
    /// The language of errors and notices.
    pub lang: Lang,
    /// Of an agent's turn: for whom. Its rights are then the lesser of both.
    pub behalf: Option<Behalf>,
}

impl Caller {
    /// Somebody who acts for themselves; their own choice of language comes first.
    pub fn new(user: User, door: Option<Lang>) -> Self {
        let lang = user.lang.or(door).unwrap_or_default();
        Self {
            user,
            lang,
            behalf: None,
        }
    }

    /// What time it is where whoever asks is; an agent's clock is its asker's.
    pub(crate) fn clock(&self) -> Zoned {
        let owner = self.behalf.as_ref().map_or(&self.user, |it| &it.asker);
        let zone = owner.time_zone.as_deref().map(TimeZone::get);
        let zone = zone.and_then(Result::ok).unwrap_or(TimeZone::UTC);
        salon_protocol::now().to_zoned(zone)
    }

    /// Id.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// The role under which the caller may act: an agent never outranks who asked it.
    pub fn role(&self) -> Role {
        match &self.behalf {
            Some(behalf) => self.user.role.min(behalf.asker.role),
            None => self.user.role,
        }
    }

    /// Everybody whose rights must suffice.
    pub(crate) fn parties(&self) -> impl Iterator<Item = &User> {
        std::iter::once(&self.user).chain(self.behalf.as_ref().map(|behalf| &behalf.asker))
    }

    pub(crate) fn actor(&self) -> Actor {
        actor(&self.user)
    }

    pub(crate) fn cause(&self) -> Option<TurnCause> {
        let behalf = self.behalf.as_ref()?;
        Some(TurnCause {
            asker: behalf.asker.id,
            hops: behalf.hops,
            chain: behalf.chain,
            reason: behalf.reason.clone(),
        })
    }
}

pub(crate) fn actor(user: &User) -> Actor {
    Actor {
        id: user.id,
        handle: user.handle.clone(),
        kind: user.kind,
    }
}
