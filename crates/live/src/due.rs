//! Outlets that have something to write, each once: whatever is queued for one of them until its
//! turn comes leaves in the same write.

use crate::Outlet;
use bytes::Bytes;
use std::sync::Arc;

/// Sockets written to before other tasks get the processor.
const WRITES_PER_SLICE_MAX: usize = 128;

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
    for (n, outlet) in (1..).zip(outlets) {
        outlet.write_event(frames);
        if n % WRITES_PER_SLICE_MAX == 0 {
            tokio::task::yield_now().await;
        }
    }
}
