//! What devices sign so that an answer serves once, soon, and in the browser that asked for it.
//!
//! A challenge is not kept: it is made anew of what the browser's cookie says, under a secret of
//! this process. So nobody who asks for many takes the place of anybody else's, and nobody but this
//! process makes one. What is kept are those that somebody has come in with, until they are too old.

use super::{super::secret::new_secret, answer::Purpose};
use rand::RngExt;
use ring::hmac;
use std::{collections::HashMap, sync::Mutex};

/// A device may be looked for so long.
pub const CHALLENGE_LIFE_SECONDS: i64 = 5 * 60;
/// Challenges that were used within that time.
const USED_MAX: usize = 20_000;

pub(crate) struct Challenges {
    key: hmac::Key,
    /// With the second in which each is too old. Written by whoever comes in; never across an await.
    used: Mutex<HashMap<[u8; 32], i64>>,
}

/// A challenge, as it was made or is made again.
pub(super) struct Challenge {
    pub(super) bytes: [u8; 32],
    made_at: i64,
}

impl Default for Challenges {
    fn default() -> Self {
        let secret: [u8; 32] = rand::rng().random();
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            used: Mutex::default(),
        }
    }
}

impl Challenges {
    /// A new one, with what the browser keeps. `session` is whose alone it is.
    pub(super) fn make(&self, purpose: Purpose, session: Option<[u8; 32]>) -> (Challenge, String) {
        let (secret, made_at) = (new_secret(), salon_protocol::now().as_second());
        let challenge = self.challenge(&secret, made_at, purpose, session);
        (challenge, format!("{secret}.{made_at}"))
    }

    /// The one that the browser was given, unless it is too old or was used.
    pub(super) fn again(
        &self,
        cookie: Option<&str>,
        purpose: Purpose,
        session: Option<[u8; 32]>,
    ) -> Option<Challenge> {
        let (secret, made_at) = cookie?.rsplit_once('.')?;
        let made_at: i64 = made_at.parse().ok()?;
        let age = salon_protocol::now().as_second().checked_sub(made_at)?;
        if !(0..=CHALLENGE_LIFE_SECONDS).contains(&age) {
            return None;
        }
        Some(self.challenge(secret, made_at, purpose, session))
    }

    /// Lets an answer serve; false where the same has served before, or so many have that nobody
    /// could say.
    pub(super) fn use_up(&self, challenge: &Challenge) -> bool {
        let now = salon_protocol::now().as_second();
        let mut used = self.used.lock().unwrap_or_else(|it| it.into_inner());
        if used.len() >= USED_MAX {
            used.retain(|_, old_at| *old_at >= now);
        }
        if used.len() >= USED_MAX {
            return false;
        }
        let old_at = challenge.made_at.saturating_add(CHALLENGE_LIFE_SECONDS);
        used.insert(challenge.bytes, old_at).is_none()
    }

    fn challenge(
        &self,
        secret: &str,
        made_at: i64,
        purpose: Purpose,
        session: Option<[u8; 32]>,
    ) -> Challenge {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(format!("{}.{secret}.{made_at}.", purpose.as_str()).as_bytes());
        context.update(&session.unwrap_or_default());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        Challenge { bytes, made_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_for_one_purpose_one_session_and_one_process() {
        let here = Challenges::default();
        let (made, cookie) = here.make(Purpose::Create, Some([1; 32]));
        let same = |of: &Challenges, purpose, session| {
            let again = of.again(Some(&cookie), purpose, session);
            again.is_some_and(|again| again.bytes == made.bytes)
        };
        assert!(same(&here, Purpose::Create, Some([1; 32])), "the premise");
        assert!(!same(&here, Purpose::Get, Some([1; 32])));
        assert!(!same(&here, Purpose::Create, Some([2; 32])));
        assert!(!same(&here, Purpose::Create, None));
        assert!(!same(
            &Challenges::default(),
            Purpose::Create,
            Some([1; 32])
        ));
    }

    #[test]
    fn one_that_is_too_old_of_the_future_or_no_challenge_is_none() {
        let here = Challenges::default();
        let now = salon_protocol::now().as_second();
        for (cookie, is_one) in [
            (format!("s.{}", now - CHALLENGE_LIFE_SECONDS + 60), true),
            (format!("s.{}", now - CHALLENGE_LIFE_SECONDS - 60), false),
            (format!("s.{}", now + 60), false),
            (format!("s.{}", i64::MIN), false),
            ("s".into(), false),
            ("s.".into(), false),
            ("s.x".into(), false),
            (String::new(), false),
        ] {
            let found = here.again(Some(&cookie), Purpose::Get, None);
            assert_eq!(found.is_some(), is_one, "{cookie}");
        }
        assert!(here.again(None, Purpose::Get, None).is_none());
    }

    #[test]
    fn each_serves_once_and_no_more_are_remembered_than_there_is_room_for() {
        let here = Challenges::default();
        let (made, _) = here.make(Purpose::Get, None);
        assert!(here.use_up(&made));
        assert!(!here.use_up(&made));
        for _ in 1..USED_MAX {
            assert!(here.use_up(&here.make(Purpose::Get, None).0));
        }
        let (one_more, _) = here.make(Purpose::Get, None);
        assert!(!here.use_up(&one_more), "rather nobody than the same twice");
        // Those that are too old make room.
        here.used
            .lock()
            .unwrap()
            .values_mut()
            .for_each(|at| *at = 0);
        assert!(here.use_up(&one_more));
        assert_eq!(here.used.lock().unwrap().len(), 1);
    }
}
