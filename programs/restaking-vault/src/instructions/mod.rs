//! One instruction a file, in a folder named after who calls it or what it is about.

pub mod admin;
pub mod delegation;
pub mod registry;
pub mod rewards;
pub mod slashing;
pub mod user;

pub use admin::*;
pub use delegation::*;
pub use registry::*;
pub use rewards::*;
pub use slashing::*;
pub use user::*;
