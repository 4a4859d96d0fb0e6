//! Steps that the tests share.
#![allow(dead_code, reason = "no test file needs them all")]

use sluice_localnet::{
    Address, Instruction, Keypair, Localnet, LocalnetConfig, Signer,
    stake::{
        instruction,
        state::{Authorized, Lockup, StakeStateV2},
    },
};

/// Four steady validators.
pub fn net() -> Localnet {
    Localnet::start(LocalnetConfig::default()).expect("the default configuration starts")
}

/// Creates a stake account of the user's and delegates `lamports` (on top of its rent).
pub fn delegate(net: &mut Localnet, user: &Keypair, vote: Address, lamports: u64) -> Address {
    let stake = Keypair::new_from_array([net.slot() as u8; 32]);
    let all = lamports + net.minimum_balance(StakeStateV2::size_of());
    let create = instruction::create_account_and_delegate_stake(
        &user.pubkey(),
        &stake.pubkey(),
        &vote,
        &Authorized::auto(&user.pubkey()),
        &Lockup::default(),
        all,
    );
    net.send(&create, &[user, &stake]).expect("the stake is delegated");
    stake.pubkey()
}

pub fn deactivate(stake: &Address, authority: &Keypair) -> Instruction {
    instruction::deactivate_stake(stake, &authority.pubkey())
}

pub fn lamports_of(net: &Localnet, address: &Address) -> u64 {
    net.balance(address)
}
