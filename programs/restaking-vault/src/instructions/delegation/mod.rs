//! What binds a vault, an operator and a service, and what unbinds them.

pub mod allocate;
pub mod deallocate;
pub mod opt_in;
pub mod opt_out;
pub mod release_allocation;

pub use allocate::*;
pub use deallocate::*;
pub use opt_in::*;
pub use opt_out::*;
pub use release_allocation::*;
