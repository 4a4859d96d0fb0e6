//! `register_operator`.

use crate::prelude::*;

#[test]
fn a_key_registers_one_operator() {
    let mut world = VaultFixture::new();
    let key = world.funded_key();
    world.send(&[ix::register_operator(key.pubkey())], &[&key]).unwrap();
    let account = ix::operator_address(&key.pubkey());
    let operator = Operator::decode(&world.data(&account)).unwrap();
    assert_eq!((operator.base, operator.authority), (key.pubkey(), key.pubkey()));
    assert!(world.send(&[ix::register_operator(key.pubkey())], &[&key]).is_err(), "once only");
}

#[test]
fn nobody_registers_for_somebody_else() {
    let mut world = VaultFixture::new();
    let (key, other) = (world.funded_key(), world.funded_key());
    let mut instruction = ix::register_operator(key.pubkey());
    instruction.accounts[1].pubkey = ix::operator_address(&other.pubkey());
    assert_fails(world.send(&[instruction], &[&key]), InstructionError::InvalidSeeds);
    let mut instruction = ix::register_operator(key.pubkey());
    instruction.accounts[1].pubkey = ix::service_address(&key.pubkey());
    assert_fails(world.send(&[instruction], &[&key]), InstructionError::InvalidSeeds);
}
