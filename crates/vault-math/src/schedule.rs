//! Which epoch allows what: slash requests and the tickets they hold back.
//!
//! An epoch count of one may be over after a single slot, when it starts at the end of an epoch. Counts of two
//! and more give at least one whole epoch.

use sluice_money::MathError;

/// How long a slash request lives: first it can be vetoed, then executed, then it has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTerms {
    pub veto_epochs: u16,
    pub execution_epochs: u16,
}

/// The epochs of one request. Bounds named `from` are inclusive, `expires_at` is the first epoch too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestSchedule {
    /// Vetoes end and executions begin.
    pub executable_from: u64,
    /// Executions end.
    pub expires_at: u64,
    /// The same allocation may be requested again.
    pub next_request_from: u64,
}

/// The epochs of one withdrawal ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketSchedule {
    /// The cool-down is over.
    pub unlocks_at: u64,
    /// No slash request holds the ticket back any more.
    pub released_at: u64,
}

impl RequestTerms {
    /// Epochs from opening to expiry.
    #[inline]
    pub fn lifetime(self) -> u64 {
        u64::from(self.veto_epochs).saturating_add(u64::from(self.execution_epochs))
    }

    /// A request opened in `epoch`. It keeps its allocation from being requested again until a second lifetime
    /// has passed, so that one service holds claims back at most half of the time.
    ///
    /// Errors: [`MathError::Overflow`] at the end of time.
    #[inline]
    pub fn request(self, epoch: u64) -> Result<RequestSchedule, MathError> {
        let executable_from = after(epoch, u64::from(self.veto_epochs))?;
        let expires_at = after(epoch, self.lifetime())?;
        let next_request_from = after(expires_at, self.lifetime())?;
        Ok(RequestSchedule { executable_from, expires_at, next_request_from })
    }

    /// A ticket ordered in `epoch` with a cool-down of `cooldown_epochs`.
    ///
    /// Requests may hold it back for two lifetimes after the cool-down and no longer, however many services
    /// open however many requests. Two, so that a request opened up to one lifetime late holds it in full:
    /// until then anybody can send a ticket that has cooled down on its way, which leaves nobody a ticket that
    /// still earns and can run at the first sign of a slash.
    ///
    /// Errors: [`MathError::Overflow`] at the end of time.
    #[inline]
    pub fn ticket(self, epoch: u64, cooldown_epochs: u16) -> Result<TicketSchedule, MathError> {
        let unlocks_at = after(epoch, u64::from(cooldown_epochs))?;
        let released_at = after(after(unlocks_at, self.lifetime())?, self.lifetime())?;
        Ok(TicketSchedule { unlocks_at, released_at })
    }
}

impl TicketSchedule {
    /// Whether open requests, the last of which expires at `requests_expire_at`, hold the ticket back in `epoch`.
    #[inline]
    pub const fn is_held(self, epoch: u64, open_requests: u64, requests_expire_at: u64) -> bool {
        open_requests > 0 && epoch < requests_expire_at && epoch < self.released_at
    }
}

#[inline]
const fn after(epoch: u64, epochs: u64) -> Result<u64, MathError> {
    match epoch.checked_add(epochs) {
        Some(sum) => Ok(sum),
        None => Err(MathError::Overflow),
    }
}
