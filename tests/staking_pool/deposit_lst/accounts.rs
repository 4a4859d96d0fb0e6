//! Accounts that are something else than they should be, and amounts at the edges.

use super::*;

#[test]
fn stake_of_a_validator_that_is_not_ours_is_refused() {
    let mut meeting = Meeting::new();
    let [ann, ben, cat] = meeting.votes;
    let args = |index| DepositLstInstructionArgs { index, tokens: 20 * SOL, min_out: 0 };
    for index in [0, 1, 2, u32::MAX] {
        let of_cat = meeting.accounts(&cat).instruction(args(index));
        meeting.refuses(of_cat, WrongValidatorIndex);
    }
    // Said to be ann's, and handed over as what it is.
    for other in [ben, cat] {
        let mut accounts = meeting.accounts(&ann);
        accounts.stake_pool_stake = meeting.there(&other).stake;
        meeting.refuses(accounts.instruction(args(0)), WrongDelegation);
    }
    let wrong = meeting.accounts(&ann).instruction(args(1));
    meeting.refuses(wrong, WrongValidatorIndex);
}

#[test]
fn a_validator_of_ours_without_warm_stake_takes_none() {
    let (mut meeting, increases) = Meeting::before_any_stake(|_| {});
    for (vote, lamports) in increases {
        let increase = meeting.other.increase_stake(&meeting.stage.svm, &vote, lamports);
        meeting.stage.svm.must(&[increase], &[&meeting.other.manager]);
    }
    let [ann, ben, cat] = meeting.votes;
    meeting.next_epoch();
    // Ann cools down here as a whole; cat is ours since today, and has nothing.
    meeting.stage.decrease(&ann, 10 * SOL);
    meeting.stage.delegate(meeting.stage.pool.add_validator(&cat));
    for vote in [ann, cat] {
        let wrong = meeting.convert(&vote, 20 * SOL);
        meeting.refuses(wrong, StakeNotUsable);
    }
    meeting.stage.increase(&cat, 2 * SOL);
    let wrong = meeting.convert(&cat, 20 * SOL);
    meeting.refuses(wrong, StakeNotActive);
    meeting.must(meeting.convert(&ben, 20 * SOL));
}

#[test]
fn the_source_is_a_new_stake_account_with_its_rent() {
    let mut meeting = Meeting::new();
    let [ann, ben, _] = meeting.votes;
    let right = meeting.convert(&ann, 20 * SOL);
    let stage = &mut meeting.stage;
    let rent = stage.stake_rent();
    let poor = stage.pool.new_stake_account(&mut stage.svm, "poor");
    stage.svm.edit(&poor, |account| account.lamports = rent - 1);
    let initialized = stage.pool.new_stake_account(&mut stage.svm, "initialized");
    let authorized = Authorized::auto(&meeting.alice.address());
    stage.must(stake_instruction::initialize_checked(&initialized, &authorized), &[&meeting.alice.key]);
    let in_use = stage.pool.stake(&ben);
    let forged = stage.svm.forgery(&meeting.source);
    let wallet = stage.newcomer("bob").address();
    for unusable in [poor, initialized, in_use] {
        meeting.refuses(substitute(&right, &meeting.source, &unusable), UnusableDestination);
    }
    for foreign in [forged, wallet, keypair("nobody").pubkey()] {
        meeting.refuses(substitute(&right, &meeting.source, &foreign), WrongStakeAccount);
    }
    meeting.must(right.clone());
    meeting.refuses(right, WrongStakeAccount);
}

#[test]
fn lamports_the_source_had_buy_shares_too() {
    let mut meeting = Meeting::new();
    let [ann, ..] = meeting.votes;
    meeting.stage.donate(&meeting.source, 3 * SOL);
    let before = meeting.stage.tokens(&meeting.alice.lst);
    meeting.must(meeting.convert(&ann, 20 * SOL));
    let brought = 22_980_000_000 + meeting.stage.stake_rent();
    assert_eq!(meeting.stage.tokens(&meeting.alice.lst), before + brought);
    meeting.stage.assert_balanced();
}

#[test]
fn what_the_other_program_refuses_is_refused() {
    let mut meeting = Meeting::new();
    let [ann, ..] = meeting.votes;
    for (tokens, refusal) in [
        (1, by_spl(error::WITHDRAWAL_TOO_SMALL)),
        (SOL, by_stake(InstructionError::Custom(12))), // less than the chain lets a split be
        (90 * SOL + SOL, by_spl(error::STAKE_NOT_EQUAL_TO_MINIMUM)),
        (u64::MAX, by_spl(error::STAKE_NOT_EQUAL_TO_MINIMUM)),
    ] {
        let wrong = meeting.convert(&ann, tokens);
        meeting.refuses(wrong, refusal);
    }
    // More than alice has.
    let take_away =
        token::transfer(&meeting.tokens, &meeting.other.fee_account, &meeting.alice.address(), 290 * SOL);
    meeting.must(take_away);
    let wrong = meeting.convert(&ann, 11 * SOL);
    meeting.refuses(wrong, by_token(1));
}

/// Where their validators have no more than the least, they hand over what is warming up beside.
#[test]
fn stake_that_is_not_active_yet_is_refused() {
    let (mut meeting, increases) = Meeting::before_any_stake(|_| {});
    meeting.next_epoch();
    let [ann, ..] = meeting.votes;
    let increase = meeting.other.increase_stake(&meeting.stage.svm, &ann, increases[0].1);
    meeting.stage.svm.must(&[increase], &[&meeting.other.manager]);
    let validator = meeting.other.validator(&meeting.stage.svm, &ann);
    let mut accounts = meeting.accounts(&ann);
    accounts.stake_pool_stake = meeting.other.transient_stake(&validator);
    let wrong = accounts.instruction(DepositLstInstructionArgs { index: 0, tokens: 20 * SOL, min_out: 0 });
    meeting.refuses(wrong.clone(), StakeNotActive);
    // Once it is, theirs is merged, and the same tokens do.
    meeting.next_epoch();
    meeting.must(meeting.convert(&ann, 20 * SOL));
    meeting.stage.assert_balanced();
}

/// Where they have nothing with anybody, they hand over SOL in a stake account that nobody was delegated.
#[test]
fn stake_of_nobody_is_refused() {
    let (mut meeting, _) = Meeting::before_any_stake(|_| {});
    meeting.next_epoch();
    let [ann, ..] = meeting.votes;
    let mut accounts = meeting.accounts(&ann);
    accounts.stake_pool_stake = meeting.other.reserve;
    let wrong = accounts.instruction(DepositLstInstructionArgs { index: 0, tokens: 20 * SOL, min_out: 0 });
    meeting.refuses(wrong, WrongDelegation);
}

/// Where they have the least with a validator and nothing else, they give its account whole, two rents and all.
#[test]
fn the_last_of_a_validator_there_may_be_converted() {
    let (mut meeting, _) = Meeting::before_any_stake(|_| {});
    meeting.next_epoch();
    let [ann, ..] = meeting.votes;
    let theirs = meeting.there(&ann).stake;
    let (all, delegated) = (meeting.stage.lamports(&theirs), meeting.stage.delegated(&theirs));
    let rent = meeting.stage.stake_rent();
    assert_eq!(all, delegated + rent);
    // What is left of the tokens after a thousandth is worth it, or up to a token more.
    let tokens = (all..)
        .find(|tokens| meeting.other.state(&meeting.stage.svm).stake_withdrawal(*tokens).lamports >= all);
    let (lst, reserve) =
        (meeting.stage.tokens(&meeting.alice.lst), meeting.stage.lamports(&meeting.stage.pool.reserve));
    meeting.must(meeting.convert(&ann, tokens.expect("some")));
    assert_eq!(meeting.stage.svm.account(&theirs), None);
    assert_eq!(meeting.stage.record(&ann).stake, 10 * SOL + delegated);
    assert_eq!(meeting.stage.lamports(&meeting.stage.pool.reserve), reserve + 2 * rent);
    assert_eq!(meeting.stage.tokens(&meeting.alice.lst), lst + all + rent);
    meeting.stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut meeting = Meeting::new();
    let [ann, ben, _] = meeting.votes;
    let bob = meeting.stage.holder("bob", 30 * SOL);
    let other = meeting.stage.other_pool();
    let right = meeting.convert(&ann, 20 * SOL);
    let stage = &mut meeting.stage;
    let foreign = holder_of(&mut stage.svm, &other, "carol", 9 * SOL);
    let (pool, reserve, list, mint) = (stage.pool.pool, stage.pool.reserve, stage.pool.list, stage.pool.mint);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_stake = stage.svm.forgery(&stage.pool.stake(&ann));
    let (here, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let there = meeting.there(&ann);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (list, other.list, WrongValidatorList.into()),
        (ann, ben, WrongValidatorIndex.into()),
        (here, of_ben, WrongStakeAccount.into()),
        (here, forged_stake, WrongStakeAccount.into()),
        (here, other.stake(&ann), WrongStakeAccount.into()),
        (mint, other.mint, WrongMint.into()),
        (meeting.alice.lst, foreign.lst, by_token(3)),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
        (there.withdraw_authority, bob.address(), by_spl(error::INVALID_PROGRAM_ADDRESS)),
        (there.stake, of_ben, by_spl(error::INVALID_STAKE_ACCOUNT)),
        (there.stake, forged_stake, by_spl(error::INVALID_STAKE_ACCOUNT)),
        (there.tokens, bob.lst, by_token(3)),
        (there.fee_account, bob.lst, by_spl(error::INVALID_FEE_ACCOUNT)),
        (there.mint, other.mint, by_spl(error::WRONG_POOL_MINT)),
    ] {
        meeting.refuses(substitute(&right, &place, &stand_in), refusal);
    }
    meeting.must(right);
}

/// Every account that is written, in every other such place.
#[test]
fn no_account_may_stand_in_two_places() {
    let mut meeting = Meeting::new();
    let right = meeting.convert(&meeting.votes[0], 20 * SOL);
    let places: Vec<_> =
        right.accounts.iter().filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect();
    assert_eq!(places.len(), 13);
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        meeting.refuses(wrong, framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

/// Every account of both pools and of several people, in every place: what is not refused is known and harms nobody.
#[test]
fn every_account_in_every_place() {
    let mut meeting = Meeting::new();
    let [ann, ben, cat] = meeting.votes;
    let bob = meeting.stage.holder("bob", SOL);
    let second = meeting.other.new_stake_account(&mut meeting.stage.svm, "second source");
    let (_, bobs_tokens) = meeting.other.user(&mut meeting.stage.svm, "bob", SOL);
    let right = meeting.convert(&ann, 20 * SOL);
    let (pool, other) = (&meeting.stage.pool, &meeting.other);
    let mut accounts: BTreeMap<String, Address> = right
        .accounts
        .iter()
        .enumerate()
        .map(|(place, meta)| (format!("account {place}"), meta.pubkey))
        .collect();
    for (name, address) in [
        ("bob", bob.address()),
        ("bob's LST", bob.lst),
        ("bob's tokens", bobs_tokens),
        ("escrow", pool.escrow),
        ("treasury", pool.treasury),
        ("second source", second),
        ("stake of ben", pool.stake(&ben)),
        ("their stake of ben", meeting.there(&ben).stake),
        ("their stake of cat", meeting.there(&cat).stake),
        ("their reserve", other.reserve),
        ("their manager", other.manager.pubkey()),
        ("ben", ben),
        ("cat", cat),
        ("system program", SYSTEM),
        ("rent", sysvar::rent::ID),
        ("nobody", keypair("nobody").pubkey()),
    ] {
        accounts.insert(name.to_owned(), address);
    }
    let payer = meeting.stage.svm.wallet("fee payer", 1_000 * SOL);
    let signers = [&meeting.alice.key, &bob.key, &other.manager];
    let before: Vec<_> = accounts.values().map(|address| meeting.stage.svm.account(address)).collect();
    let mut accepted = Vec::new();
    for (place, meta) in right.accounts.iter().enumerate() {
        for (name, stand_in) in accounts.iter().filter(|(_, stand_in)| **stand_in != meta.pubkey) {
            let mut wrong = right.clone();
            wrong.accounts[place].pubkey = *stand_in;
            let mut all = vec![&payer];
            for meta in wrong.accounts.iter_mut().filter(|meta| meta.is_signer) {
                match signers.iter().find(|key| key.pubkey() == meta.pubkey) {
                    Some(key) => all.push(key),
                    None => meta.is_signer = false,
                }
            }
            let mut svm = meeting.stage.svm.clone();
            if svm.send(&[wrong], &all).is_ok() {
                ledger::assert_balanced(&svm, pool);
                accepted.push(format!("{place}: {name}"));
            } else {
                let after = accounts.values().map(|address| svm.account(address));
                assert!(after.eq(before.iter().cloned()), "{place}: {name}: refused, and something changed");
            }
        }
    }
    // A source is as good as another, the LST may go to anybody's account, and whoever signs may be said to be the deposit
    // authority that this pool does not have.
    assert_eq!(accepted, ["6: second source", "8: bob's LST", "8: escrow", "8: treasury", "23: account 1"]);
}
