//! The way to the localnet: one at a time, and whoever opens slots never waits for more than the request at work. Knows
//! nothing of requests.

use {
    crate::localnet::Localnet,
    std::{
        ops::{Deref, DerefMut},
        sync::{Arc, Mutex, MutexGuard, PoisonError},
    },
};

/// Requests queue for `queue` first and hold it until they are done; so at most one of them stands between the ticker
/// and the localnet, however many there are. `next` is held while waiting for the localnet alone.
pub(super) struct Gate {
    net: Arc<Mutex<Localnet>>,
    next: Mutex<()>,
    queue: Mutex<()>,
}

/// The localnet panicked while somebody held it: what it holds now means nothing.
#[derive(Debug)]
pub(super) struct Panicked;

/// The localnet, for one request or one slot.
pub(super) struct Net<'a> {
    // Dropped first: the next request must find it open.
    net: MutexGuard<'a, Localnet>,
    _queue: Option<MutexGuard<'a, ()>>,
}

impl Gate {
    pub(super) fn new(net: Arc<Mutex<Localnet>>) -> Self {
        Self { net, next: Mutex::new(()), queue: Mutex::new(()) }
    }

    /// For a request.
    pub(super) fn request(&self) -> Result<Net<'_>, Panicked> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.enter(Some(queue))
    }

    /// For the next slot: ahead of all requests but the one at work.
    pub(super) fn slot(&self) -> Result<Net<'_>, Panicked> {
        self.enter(None)
    }

    fn enter<'a>(&'a self, queue: Option<MutexGuard<'a, ()>>) -> Result<Net<'a>, Panicked> {
        let _next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let net = self.net.lock().map_err(|_| Panicked)?;
        Ok(Net { net, _queue: queue })
    }
}

impl Deref for Net<'_> {
    type Target = Localnet;

    fn deref(&self) -> &Localnet {
        &self.net
    }
}

impl DerefMut for Net<'_> {
    fn deref_mut(&mut self) -> &mut Localnet {
        &mut self.net
    }
}
