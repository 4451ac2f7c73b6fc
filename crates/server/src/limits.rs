//! How often users and addresses may ask. Sizes and queues are bounded elsewhere, always.

use crate::config::Switch;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use salon_chat::{Caller, ChatError};
use salon_protocol::{Handle, UserId};
use std::{hash::Hash, net::IpAddr, num::NonZeroU32};

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
/// Keys remembered before idle ones are forgotten.
const KEYS_MAX: usize = 20_000;

pub(crate) struct Limits {
    on: bool,
    requests: DefaultKeyedRateLimiter<UserId>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<(IpAddr, String)>,
    sign_in_addresses: DefaultKeyedRateLimiter<IpAddr>,
    sign_in_handles: DefaultKeyedRateLimiter<String>,
    proofs: DefaultKeyedRateLimiter<UserId>,
}

impl Limits {
    pub(crate) fn new(switch: Switch) -> Self {
        Self {
            on: switch == Switch::On,
            requests: RateLimiter::keyed(per_second(REQUESTS_PER_SECOND, REQUESTS_BURST)),
            addresses: RateLimiter::keyed(per_second(ADDRESS_PER_SECOND, ADDRESS_BURST)),
            sign_ins: RateLimiter::keyed(per_minute(SIGN_IN_PER_MINUTE, SIGN_IN_BURST)),
            sign_in_addresses: RateLimiter::keyed(per_minute(
                SIGN_IN_ADDRESS_PER_MINUTE,
                SIGN_IN_ADDRESS_BURST,
            )),
            sign_in_handles: RateLimiter::keyed(per_minute(
                SIGN_IN_HANDLE_PER_MINUTE,
                SIGN_IN_HANDLE_BURST,
            )),
            proofs: RateLimiter::keyed(
                Quota::per_hour(at_least_one(PROOF_PER_HOUR))
                    .allow_burst(at_least_one(PROOF_BURST)),
            ),
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

    /// A second proof by somebody who knows the password, or says so.
    pub(crate) fn check_proof(&self, user: UserId) -> Result<(), ChatError> {
        self.check(&self.proofs, &user)
    }

    fn check<K: Hash + Eq + Clone>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), ChatError> {
        if !self.on {
            return Ok(());
        }
        if limiter.len() > KEYS_MAX {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|not_until| {
            // The limiter's own clock: to make one asks the processor what it is, which under a
            // hypervisor costs more than all the rest of a refusal.
            let wait = not_until.wait_time_from(limiter.clock().now());
            ChatError::TooFast {
                retry_after_ms: wait.as_millis().max(1) as u64,
            }
        })
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

fn per_second(rate: u32, burst: u32) -> Quota {
    Quota::per_second(at_least_one(rate)).allow_burst(at_least_one(burst))
}

fn per_minute(rate: u32, burst: u32) -> Quota {
    Quota::per_minute(at_least_one(rate)).allow_burst(at_least_one(burst))
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
}
