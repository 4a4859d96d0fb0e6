//! What binds a vault, an operator and a service, and what unbinds them.

pub mod allocate;
pub mod deallocate;
pub mod release_allocation;

pub use allocate::*;
pub use deallocate::*;
pub use release_allocation::*;
