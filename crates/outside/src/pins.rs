//! The addresses that names have been vetted for, for as long as a request goes there.
//!
//! The HTTP client asks here and nowhere else, so what it connects to is what was looked at: a
//! name that answers otherwise the second time is not asked a second time.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One name: whoever asks its server, and its vetted addresses meanwhile.
struct Host {
    /// One request at a time: a host bears only one of ours.
    turn: Arc<Semaphore>,
    addresses: Vec<IpAddr>,
    /// How many hold or wait for the turn.
    users: usize,
}

/// Shared with the client; the lock is held for a look-up alone. Written by whoever has a host's
/// turn.
#[derive(Clone, Default)]
pub(crate) struct Pins {
    hosts: Arc<Mutex<HashMap<String, Host>>>,
}

/// A host's turn: given back when dropped.
pub(crate) struct Turn {
    host: String,
    pins: Pins,
    /// Empty while it is waited for.
    place: Option<OwnedSemaphorePermit>,
}

impl Pins {
    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nobody else asks this host.
    pub(crate) async fn turn(&self, host: &str) -> Turn {
        let turn = {
            let mut hosts = self.hosts();
            let entry = hosts.entry(host.to_owned()).or_insert_with(|| Host {
                turn: Arc::new(Semaphore::new(1)),
                addresses: Vec::new(),
                users: 0,
            });
            entry.users += 1;
            entry.turn.clone()
        };
        // Made before the wait: whoever gives up waiting is counted out as well.
        let mut held = Turn {
            host: host.to_owned(),
            pins: self.clone(),
            place: None,
        };
        held.place = turn.acquire_owned().await.ok();
        held
    }
}

impl Turn {
    /// Lets the client connect to these addresses of the host.
    pub(crate) fn pin(&self, addresses: Vec<IpAddr>) {
        if let Some(host) = self.pins.hosts().get_mut(&self.host) {
            host.addresses = addresses;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut hosts = self.pins.hosts();
        if let Some(host) = hosts.get_mut(&self.host) {
            if self.place.is_some() {
                host.addresses.clear();
            }
            host.users -= 1;
            if host.users == 0 {
                hosts.remove(&self.host);
            }
        }
    }
}

impl Resolve for Pins {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self
            .hosts()
            .get(name.as_str())
            .map(|host| host.addresses.clone())
            .unwrap_or_default();
        Box::pin(async move {
            if addresses.is_empty() {
                return Err("nobody has looked at the addresses of this name".into());
            }
            let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
