//! The peer that most liquid staking tokens come from, on the real Bank: an SPL stake pool lives, earns, and gives
//! stake for its tokens.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_tests::spl_stake_pool::error;
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;
use solana_stake_interface::state::{Authorized, StakeStateV2};

/// A cluster of honest validators with 7 % a year on stake, our programs and the peers.
fn bank_of(names: &[&str]) -> (Bank, Vec<Address>) {
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).stake_sol(1_000_000)).collect();
    let bank = Bank::with_peers(LocalnetConfig::new(scripts));
    let votes = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    (bank, votes)
}

#[test]
fn an_spl_stake_pool_earns_and_gives_stake_for_its_tokens() {
    let (mut bank, votes) = bank_of(&["ann", "ben", "cat"]);
    let pool = SplStakePool::new(&mut bank);
    let (alice, tokens) = pool.user(&mut bank, "alice", 1_000 * SOL);
    bank.must(&[pool.deposit_sol(&alice.pubkey(), &tokens, 300 * SOL, 300 * SOL)], &[&alice]);
    for vote in &votes {
        bank.must(&[pool.add_validator(vote)], &[&pool.manager]);
        let increase = pool.increase_stake(&bank, vote, 90 * SOL);
        bank.must(&[increase], &[&pool.manager]);
    }

    // The first epoch only warms up; what warmed up is merged.
    bank.0.advance_epoch();
    pool.update(&mut bank);
    assert_eq!(pool.rate(&bank), SOL, "nothing was earned while warming up");
    for validator in pool.validators(&bank) {
        assert_eq!(validator.transient_lamports, 0);
        assert!(validator.active_lamports > 90 * SOL);
    }

    for _ in 0..4 {
        let report = bank.0.advance_epoch();
        let (before, rate) = (pool.state(&bank), pool.rate(&bank));
        let stakes: Vec<_> = pool.validators(&bank).iter().map(|validator| pool.stake(validator)).collect();
        pool.update(&mut bank);
        let after = pool.state(&bank);
        assert_eq!(after.last_update_epoch, bank.clock().epoch);
        // What the pool found is what the Bank says it paid, to the lamport.
        let paid: u64 = stakes.iter().map(|stake| report.reward_of(stake)).sum();
        assert!(paid > 0);
        assert_eq!(after.total_lamports, before.total_lamports + paid);
        assert!(pool.rate(&bank) > rate);
        assert!(after.pool_token_supply > before.pool_token_supply, "the manager's fee");
    }
    assert!(pool.rate(&bank) > SOL);
    assert_eq!(
        token::balance(&bank, &tokens) + token::balance(&bank, &pool.fee_account),
        token::supply(&bank, &pool.mint)
    );

    let (before, source) = (pool.state(&bank), pool.validator(&bank, &votes[1]));
    let fees = token::balance(&bank, &pool.fee_account);
    let quote = before.stake_withdrawal(20 * SOL);
    assert!(quote.fee > 0 && quote.lamports > quote.burnt);
    let destination = pool.new_stake_account(&mut bank, "alice's stake");
    let withdraw = pool.withdraw_stake_accounts(&bank, &alice.pubkey(), &tokens, &votes[1], &destination);
    // Not for a lamport more than it is worth.
    bank.refuses(&[withdraw.instruction(20 * SOL, quote.lamports + 1)], &[&alice], error::EXCEEDED_SLIPPAGE);
    bank.must(&[withdraw.instruction(20 * SOL, quote.lamports)], &[&alice]);

    let stake = bank.0.stake_activation(&destination).unwrap();
    assert_eq!((stake.effective, stake.activating, stake.deactivating), (quote.lamports, 0, 0));
    let Some(StakeStateV2::Stake(meta, delegated, _)) = bank.0.stake_state(&destination) else {
        panic!("delegated");
    };
    assert_eq!(meta.authorized, Authorized { staker: alice.pubkey(), withdrawer: alice.pubkey() });
    assert_eq!(delegated.delegation.voter_pubkey, votes[1]);
    let after = pool.state(&bank);
    assert_eq!(after.total_lamports, before.total_lamports - quote.lamports);
    assert_eq!(after.pool_token_supply, before.pool_token_supply - quote.burnt);
    assert_eq!(pool.validator(&bank, &votes[1]).active_lamports, source.active_lamports - quote.lamports);
    assert_eq!(token::balance(&bank, &tokens), 280 * SOL);
    assert_eq!(token::balance(&bank, &pool.fee_account), fees + quote.fee);
}

#[test]
fn an_spl_stake_pool_gives_nothing_before_its_update_of_the_epoch() {
    let mut svm = Svm::with_peers();
    let vote = svm.add_vote_account("ann");
    let pool = SplStakePool::new(&mut svm);
    let (alice, tokens) = pool.user(&mut svm, "alice", 1_000 * SOL);
    svm.must(&[pool.deposit_sol(&alice.pubkey(), &tokens, 300 * SOL, 0)], &[&alice]);
    svm.must(&[pool.add_validator(&vote)], &[&pool.manager]);
    let increase = pool.increase_stake(&svm, &vote, 90 * SOL);
    svm.must(&[increase], &[&pool.manager]);
    svm.advance_epoch();
    pool.update(&mut svm);

    svm.advance_epoch();
    let destination = pool.new_stake_account(&mut svm, "alice's stake");
    let withdraw = pool.withdraw_stake_accounts(&svm, &alice.pubkey(), &tokens, &vote, &destination);
    svm.refuses(&[withdraw.instruction(20 * SOL, 0)], &[&alice], error::OUT_OF_DATE);
    pool.update(&mut svm);
    svm.must(&[withdraw.instruction(20 * SOL, 0)], &[&alice]);
}
