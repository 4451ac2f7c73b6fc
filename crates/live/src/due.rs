//! Outlets that have something to write, each once: whatever is queued for one of them until its
//! turn comes leaves in the same write.

use crate::Outlet;
use bytes::Bytes;
use std::sync::Arc;

/// Sockets written to before other tasks get the processor.
const WRITES_PER_SLICE_MAX: usize = 128;
/// Outlets that are brought near the processor together, just before they are written to.
const NEAR: usize = 8;

#[derive(Default)]
pub(crate) struct Due {
    outlets: Vec<Arc<Outlet>>,
}

impl Due {
    /// Queues what the log brings.
    pub(crate) fn event<'a>(
        &mut self,
        outlets: impl IntoIterator<Item = &'a Arc<Outlet>>,
        frame: &Bytes,
    ) {
        for outlet in outlets {
            if outlet.push_event(frame.clone()) {
                self.outlets.push(outlet.clone());
            }
        }
    }

    /// Queues what matters only now.
    pub(crate) fn passing<'a>(
        &mut self,
        outlets: impl IntoIterator<Item = &'a Arc<Outlet>>,
        frame: &Bytes,
    ) {
        for outlet in outlets {
            if outlet.push_passing(frame.clone()) {
                self.outlets.push(outlet.clone());
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.outlets.is_empty()
    }

    /// Writes once to each; a big room's writes leave room for others' work between them.
    pub(crate) async fn flush(&mut self) {
        for slice in self.outlets.chunks(WRITES_PER_SLICE_MAX) {
            for outlet in slice {
                outlet.flush();
            }
            if slice.len() == WRITES_PER_SLICE_MAX {
                tokio::task::yield_now().await;
            }
        }
        self.outlets.clear();
    }
}

/// Writes frames of one room to all who are in it, where nothing else waits to be written.
pub(crate) async fn write_event<'a>(
    outlets: impl IntoIterator<Item = &'a Arc<Outlet>>,
    frames: &Bytes,
) {
    let mut outlets = outlets.into_iter();
    let mut near = Vec::with_capacity(NEAR);
    for n in 1.. {
        near.extend(outlets.by_ref().take(NEAR));
        if near.is_empty() {
            return;
        }
        // One after the other they would be waited for one after the other.
        for outlet in &near {
            outlet.touch();
        }
        for outlet in near.drain(..) {
            outlet.write_event(frames);
        }
        if n % (WRITES_PER_SLICE_MAX / NEAR) == 0 {
            tokio::task::yield_now().await;
        }
    }
}
