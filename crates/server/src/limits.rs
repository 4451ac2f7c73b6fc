//! How often users and addresses may ask. Sizes and queues are bounded elsewhere, always.

use crate::config::Switch;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use salon_chat::{Caller, ChatError};
use salon_protocol::{Handle, UserId};
use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Requests of one user: as many at once, then so many a second.
const REQUESTS_BURST: u32 = 400;
const REQUESTS_PER_SECOND: u32 = 40;
/// Requests of one address that is not signed in.
const ADDRESS_BURST: u32 = 120;
const ADDRESS_PER_SECOND: u32 = 10;
/// Sign-ins for one handle from one address.
const SIGN_IN_BURST: u32 = 10;
const SIGN_IN_PER_MINUTE: u32 = 6;
/// Sign-ins from one address, whatever the handle: somebody who tries one password on everybody.
const SIGN_IN_ADDRESS_BURST: u32 = 60;
const SIGN_IN_ADDRESS_PER_MINUTE: u32 = 30;
/// Sign-ins for one handle, from wherever: somebody with many addresses.
const SIGN_IN_HANDLE_BURST: u32 = 100;
const SIGN_IN_HANDLE_PER_MINUTE: u32 = 10;
/// Second codes, and passwords proven again, of one account: few enough that trying six digits
/// takes years.
const PROOF_BURST: u32 = 10;
const PROOF_PER_HOUR: u32 = 12;
/// Keys of one kind remembered before idle ones are forgotten.
const KEYS_MAX: usize = 20_000;
/// To look for idle ones goes through all of them: no oftener than this, or whoever comes from very
/// many addresses makes every question of everybody cost so much.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct Limits {
    on: bool,
    requests: Counter<UserId>,
    addresses: Counter<IpAddr>,
    sign_ins: Counter<(IpAddr, String)>,
    sign_in_addresses: Counter<IpAddr>,
    sign_in_handles: Counter<String>,
    proofs: Counter<UserId>,
}

impl Limits {
    pub(crate) fn new(switch: Switch) -> Self {
        Self {
            on: switch == Switch::On,
            requests: per_second(REQUESTS_PER_SECOND, REQUESTS_BURST),
            addresses: per_second(ADDRESS_PER_SECOND, ADDRESS_BURST),
            sign_ins: per_minute(SIGN_IN_PER_MINUTE, SIGN_IN_BURST),
            sign_in_addresses: per_minute(SIGN_IN_ADDRESS_PER_MINUTE, SIGN_IN_ADDRESS_BURST),
            sign_in_handles: per_minute(SIGN_IN_HANDLE_PER_MINUTE, SIGN_IN_HANDLE_BURST),
            proofs: Counter::new(Quota::per_hour(at_least_one(PROOF_PER_HOUR)), PROOF_BURST),
        }
    }

    pub(crate) fn check_request(&self, caller: &Caller) -> Result<(), ChatError> {
        self.check(&self.requests, &caller.id())
    }

    pub(crate) fn check_address(&self, address: IpAddr) -> Result<(), ChatError> {
        self.check(&self.addresses, &network(address))
    }

    pub(crate) fn check_sign_in(&self, address: IpAddr, handle: &str) -> Result<(), ChatError> {
        let address = network(address);
        // Under the one form by which an account is found, however the handle is written. What is
        // no handle names nobody, whichever it is.
        let handle = handle
            .parse::<Handle>()
            .map_or_else(|_| String::new(), |handle| handle.folded());
        self.check(&self.sign_in_addresses, &address)?;
        self.check(&self.sign_in_handles, &handle)?;
        self.check(&self.sign_ins, &(address, handle))
    }

    /// A sign-in that names no handle.
    pub(crate) fn check_sign_in_address(&self, address: IpAddr) -> Result<(), ChatError> {
        self.check(&self.sign_in_addresses, &network(address))
    }

    /// A second proof by somebody who knows the password, or says so.
    pub(crate) fn check_proof(&self, user: UserId) -> Result<(), ChatError> {
        self.check(&self.proofs, &user)
    }

    fn check<K: Hash + Eq + Clone>(&self, counter: &Counter<K>, key: &K) -> Result<(), ChatError> {
        match self.on {
            true => counter.check(key),
            false => Ok(()),
        }
    }
}

/// How often each of many has asked.
struct Counter<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    born: Instant,
    /// Milliseconds since then: before that nobody looks for idle ones again.
    sweep_after: AtomicU64,
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(quota: Quota, burst: u32) -> Self {
        Self {
            limiter: RateLimiter::keyed(quota.allow_burst(at_least_one(burst))),
            born: Instant::now(),
            sweep_after: AtomicU64::new(0),
        }
    }

    fn check(&self, key: &K) -> Result<(), ChatError> {
        if self.limiter.len() > KEYS_MAX && self.may_sweep(self.born.elapsed()) {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(key).map_err(|not_until| {
            // The limiter's own clock: to make one asks the processor what it is, which under a
            // hypervisor costs more than all the rest of a refusal.
            let wait = not_until.wait_time_from(self.limiter.clock().now());
            ChatError::TooFast {
                retry_after_ms: wait.as_millis().max(1) as u64,
            }
        })
    }

    /// Whether it is time again. One of those who ask at once is told so.
    fn may_sweep(&self, age: Duration) -> bool {
        let (now, after) = (
            age.as_millis() as u64,
            self.sweep_after.load(Ordering::Relaxed),
        );
        let next = now + SWEEP_EVERY.as_millis() as u64;
        now >= after
            && self
                .sweep_after
                .compare_exchange(after, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// What one customer of a network has: of IPv6 addresses nobody is given fewer than 2⁶⁴, and
/// whoever has them could guess with a fresh one each time.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

fn per_second<K: Hash + Eq + Clone>(rate: u32, burst: u32) -> Counter<K> {
    Counter::new(Quota::per_second(at_least_one(rate)), burst)
}

fn per_minute<K: Hash + Eq + Clone>(rate: u32, burst: u32) -> Counter<K> {
    Counter::new(Quota::per_minute(at_least_one(rate)), burst)
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_count_together() {
        for (address, counted) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
            ("::1", "::"),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(network(address), counted.parse::<IpAddr>().unwrap());
        }
    }
    #[test]
    fn many_who_ask_are_looked_through_once_in_a_while() {
        let counter = per_second::<u32>(1, 1);
        let seconds = Duration::from_secs;
        assert!(counter.may_sweep(seconds(5)));
        assert!(!counter.may_sweep(seconds(5)));
        assert!(!counter.may_sweep(seconds(6) - Duration::from_millis(1)));
        assert!(counter.may_sweep(seconds(6)));
        assert!(!counter.may_sweep(seconds(6)));
    }

    #[test]
    fn who_asks_too_often_is_told_how_long_to_wait() {
        let counter = per_minute(6, 2);
        assert!(counter.check(&1).is_ok() && counter.check(&1).is_ok());
        let Err(ChatError::TooFast { retry_after_ms }) = counter.check(&1) else {
            panic!("a third question is one too many");
        };
        assert!((1..=10_000).contains(&retry_after_ms), "{retry_after_ms}");
        assert!(counter.check(&2).is_ok(), "somebody else is not to blame");
    }
}
