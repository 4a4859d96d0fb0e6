//! `deposit_sol`: each line of its specification, and each way it refuses.

use sluice_tests::*;
use solana_signer::Signer;

#[test]
fn deposit_mints_one_to_one_in_a_new_pool() {
    let mut svm = Svm::new();
    let pool = PoolFixture::new(&mut svm);
    let (alice, lst) = pool.user(&mut svm, "alice", 100 * SOL);
    let before = svm.lamports(&alice.pubkey());
    let sent = svm.must(&[pool.deposit_sol(&alice.pubkey(), &lst, 10 * SOL, 10 * SOL)], &[&alice]);
    println!("CU {}", sent.compute_units);
    assert_eq!(token::balance(&svm, &lst), 10 * SOL);
    assert_eq!(svm.lamports(&alice.pubkey()), before - 10 * SOL - sent.fee);
    ledger::assert_balanced(&svm, &pool);
}
