//! Who may take whose place, and when nothing moves.

use super::*;

#[test]
fn a_pause_does_not_hold_stake_back() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.must(withdraw(&stage, &alice, &vote, &destination, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.delegated(&destination), 2 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_gives_no_stake() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.svm.advance_epoch();
    let wrong = withdraw(&stage, &alice, &vote, &destination, 2 * SOL);
    stage.refuses(wrong, &[&alice.key], PoolStale);
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, alice, vote, destination) = delegated(6 * SOL);
    stage.svm.set_rewards_active(true);
    let wrong = withdraw(&stage, &alice, &vote, &destination, 2 * SOL);
    stage.refuses(wrong, &[&alice.key], by_stake(InstructionError::Custom(16)));
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let with = |index: u32, vote: &Address, stake: &Address| {
        let mut accounts =
            stage.pool.withdraw_stake_accounts(&alice.address(), &alice.lst, vote, &destination);
        accounts.stake = *stake;
        accounts.instruction(WithdrawStakeInstructionArgs { index, shares: SOL, min_out: 0 })
    };
    let (of_ann, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let wrong = [
        (with(1, &ann, &of_ann), WrongValidatorIndex),
        (with(0, &ben, &of_ben), WrongValidatorIndex),
        (with(2, &ann, &of_ann), WrongValidatorIndex),
        (with(u32::MAX, &ann, &of_ann), WrongValidatorIndex),
        (with(0, &ann, &of_ben), WrongStakeAccount),
        (with(0, &ann, &stage.pool.activating(&ben)), WrongStakeAccount),
        (with(0, &ann, &stage.pool.deactivating(&ben)), WrongStakeAccount),
        (with(0, &ann, &stage.pool.activating(&ann)), StakeNotUsable),
        (with(0, &ann, &stage.pool.deactivating(&ann)), StakeNotUsable),
    ];
    for (wrong, refusal) in wrong {
        stage.refuses(wrong, &[&alice.key], refusal);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let bob = stage.holder("bob", 3 * SOL);
    let other = stage.other_pool();
    let foreign = holder_of(&mut stage.svm, &other, "carol", 9 * SOL);
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let (pool, list, mint) = (stage.pool.pool, stage.pool.list, stage.pool.mint);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_stake = stage.svm.forgery(&stage.pool.stake(&ann));
    let forged_lst = stage.svm.forgery(&alice.lst);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongValidatorList.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (stage.pool.stake(&ann), stage.pool.stake(&ben), WrongStakeAccount.into()),
        (stage.pool.stake(&ann), forged_stake, WrongStakeAccount.into()),
        (stage.pool.stake(&ann), other.stake(&ann), WrongStakeAccount.into()),
        (mint, other.mint, WrongMint.into()),
        (alice.lst, bob.lst, by_token(4)),
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, stage.pool.escrow, by_token(4)),
        (alice.lst, forged_lst, by_token_with(InstructionError::ExternalAccountDataModified)),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    stage.must(right, &[&alice.key]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let places =
        [stage.pool.pool, stage.pool.list, stage.pool.stake(&ann), destination, stage.pool.mint, alice.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_holder_must_sign() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    let mallory = stage.newcomer("mallory");
    let right = withdraw(&stage, &alice, &ann, &destination, SOL);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    let wrong = substitute(&right, &alice.address(), &mallory.address());
    stage.refuses(wrong, &[&mallory.key], by_token(4));
}

#[test]
fn a_frozen_account_gives_nothing() {
    let (mut stage, alice, ann, destination) = delegated(3 * SOL);
    stage.freeze(&alice.lst);
    let wrong = withdraw(&stage, &alice, &ann, &destination, SOL);
    stage.refuses(wrong, &[&alice.key], by_token(17));
}
