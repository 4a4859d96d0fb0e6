//! What each command says when it cannot do what it is asked to: the real binary, for every command it has. The table names
//! each of them once, with what it says in each case or why the case cannot come up; a command that is missing fails.

#[path = "../common/mod.rs"]
mod common;
mod everywhere;
mod leaf;
mod localnet;
mod misuse;
mod table;
mod tree;
mod world;
