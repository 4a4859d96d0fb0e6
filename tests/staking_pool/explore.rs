use sluice_tests::*;
use solana_signer::Signer;

#[test]
fn explore() {
    let mut svm = Svm::new();
    let pool = PoolFixture::new(&mut svm);
    let other = PoolFixture::named(&mut svm, "other ", PoolOptions::default());
    let (alice, lst) = pool.user(&mut svm, "alice", 100 * SOL);
    let st = pool.state(&svm); println!("min_del {} rent {}", st.min_delegation, svm.rent_exempt(200));
    pool.refuses(&mut svm, substitute(&pool.deposit_sol(&alice.pubkey(), &lst, SOL, 0), &pool.reserve, &other.reserve), &[&alice], sluice_sdk::staking_pool::errors::StakingPoolError::WrongReserve);
    svm.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 10 * SOL, 10 * SOL)], &[&alice]);
    let vote = svm.add_vote_account("ann");
    svm.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);
    let s = svm.must(&[pool.increase_stake(&svm, &vote, 5*SOL)], &[&pool.payer, &pool.delegation]);
    println!("increase {}", s.compute_units);
    ledger::assert_balanced(&svm, &pool);
    svm.advance_epoch();
    for s in pool.update(&mut svm) { println!("{}", s.compute_units); }
    ledger::assert_balanced(&svm, &pool);
    let s = svm.must(&[pool.increase_stake(&svm, &vote, 2*SOL)], &[&pool.payer, &pool.delegation]);
    println!("increase {}", s.compute_units);
    let s = svm.must(&[pool.decrease_stake(&svm, &vote, 2*SOL)], &[&pool.payer, &pool.delegation]);
    println!("decrease {}", s.compute_units);
    ledger::assert_balanced(&svm, &pool);
    svm.advance_epoch();
    for s in pool.update(&mut svm) { println!("{}", s.compute_units); }
    ledger::assert_balanced(&svm, &pool);
    
}
