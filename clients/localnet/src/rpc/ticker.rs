//! The clock of a server: opens a slot every slot time, unless it is told to pause. What happens in a slot is the
//! localnet's own business.

use {
    super::gate::Gate,
    std::{
        sync::{Condvar, Mutex, PoisonError},
        time::{Duration, Instant},
    },
};

pub(super) struct Ticker {
    /// Wall-clock time of a slot; `None` for a server that has no clock.
    slot_time: Option<Duration>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy)]
struct State {
    ticking: bool,
    stopped: bool,
}

impl Ticker {
    pub(super) fn new(slot_time: Option<Duration>) -> Self {
        let state = State { ticking: slot_time.is_some(), stopped: false };
        Self { slot_time, state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn slot_time(&self) -> Option<Duration> {
        self.slot_time
    }

    pub(super) fn ticks(&self) -> bool {
        self.state().ticking
    }

    /// Pauses or goes on; whether it ticked before. `None`: this server has no clock.
    pub(super) fn set(&self, ticking: bool) -> Option<bool> {
        self.slot_time?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut state.ticking, ticking);
        self.changed.notify_all();
        Some(before)
    }

    pub(super) fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.changed.notify_all();
    }

    /// Opens slots until it is stopped, or the localnet panics.
    pub(super) fn run(&self, gate: &Gate) {
        let Some(slot_time) = self.slot_time else { return };
        let mut due = Instant::now() + slot_time;
        while self.wait_until(due) {
            match gate.slot() {
                // It may have been paused meanwhile: whoever paused it has seen the last slot.
                Ok(mut net) if self.ticks() => net.warp_slots(1),
                Ok(_) => {}
                Err(_) => return,
            }
            due = (due + slot_time).max(Instant::now());
        }
    }

    /// Waits until then, longer while paused; false once stopped.
    fn wait_until(&self, due: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if state.stopped {
                return false;
            }
            let left = due.saturating_duration_since(Instant::now());
            state = if !state.ticking {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else if left.is_zero() {
                return true;
            } else {
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
