//! `sluice stake`: SOL in, LST out.

use serde_json::Value;
use sluice_client::tokens::{TOKEN_PROGRAM, find_associated};
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::Ledger;
use sluice_tests::SOL;
use sluice_tests::chain::Chain;

use crate::common::{FEE, event, number, row};
use crate::world::{DEPOSIT_BPS, World};

/// Rent of a token account, in lamports.
fn token_rent(world: &World) -> u64 {
    world.served.chain(|net| net.rent_exempt(165))
}

/// What so many lamports buy by the books before a deposit, at its slot, before the fee.
fn bought(before: &Value, slot: u64, lamports: u64) -> u64 {
    let of = |name: &str| number(&before[name]);
    let ledger = Ledger {
        total: Lamports(of("total_lamports")),
        supply: LstAmount(of("supply")),
        locked_profit: Lamports(of("locked_profit")),
        profit_slot: of("profit_slot"),
        profit_end_slot: of("profit_end_slot"),
    };
    ledger.at(slot).unwrap().shares_for(Lamports(lamports)).unwrap().0
}

#[test]
fn a_deposit_mints_at_the_released_rate_into_an_account_made_for_it() {
    let world = World::shared();
    let person = world.served.person("first", 20 * SOL);
    let lst = find_associated(&person.address(), &world.pool.mint, &TOKEN_PROGRAM);
    let preview = world.served.previews(&person, &["stake", "5"]);
    assert!(preview.starts_with("Stake 5 SOL\n"), "{preview}");
    assert_eq!(row(&preview, "You give"), "5 SOL");
    assert!(row(&preview, "New account").starts_with(&format!("{lst} is made for it; ")), "{preview}");
    assert_eq!((world.served.tokens(&lst), world.served.lamports(&person.address())), (0, 20 * SOL));

    let done = world.served.does(&person, &["stake", "5"]);
    let told = event(&done, "SolDeposited");
    let (minted, fee) = (number(&told["minted"]), number(&told["fee"]["treasury"]));
    let all = bought(&told["before"], number(&done["slot"]), 5 * SOL);
    assert!(all < 5 * SOL, "an LST is worth more than a SOL");
    assert_eq!(fee, (all * u64::from(DEPOSIT_BPS)).div_ceil(10_000));
    assert_eq!(minted, all - fee);
    assert_eq!(world.served.tokens(&lst), minted);
    assert_eq!(world.served.lamports(&person.address()), 20 * SOL - 5 * SOL - FEE - token_rent(world));
    // What was shown is what came, but for the slots between.
    let shown: f64 = row(&preview, "You receive").split(' ').next().unwrap().parse().unwrap();
    assert!((shown * 1e9 - minted as f64).abs() < 100_000.0, "{preview}{minted}");

    // The second time the account is there.
    let preview = world.served.previews(&person, &["stake", "1.5"]);
    assert!(!preview.contains("New account"), "{preview}");
    let done = world.served.does(&person, &["stake", "1.5"]);
    let more = number(&event(&done, "SolDeposited")["minted"]);
    assert_eq!(world.served.tokens(&lst), minted + more);
    let left = 20 * SOL - 5 * SOL - 1_500_000_000 - 2 * FEE - token_rent(world);
    assert_eq!(world.served.lamports(&person.address()), left);
}

#[test]
fn all_leaves_a_hundredth_of_a_sol() {
    let world = World::shared();
    let person = world.served.person("all-in", 3 * SOL);
    let done = world.served.does(&person, &["stake", "all"]);
    let given = number(&event(&done, "SolDeposited")["lamports"]);
    assert_eq!(given, 3 * SOL - 10_000_000 - token_rent(world));
    assert_eq!(world.served.lamports(&person.address()), 10_000_000 - FEE);
}

#[test]
fn who_brought_a_depositor_gets_half_of_the_fee() {
    let world = World::shared();
    let (friend, friends_lst) = world.holder("friend", SOL, SOL);
    let before = world.served.tokens(&friends_lst);
    let person = world.served.person("brought", 20 * SOL);
    let referrer = friends_lst.to_string();
    let preview = world.served.previews(&person, &["stake", "10", "--referrer", &referrer]);
    assert!(row(&preview, "Of it").ends_with("to who brought you"), "{preview}");
    let done = world.served.does(&person, &["stake", "10", "--referrer", &referrer]);
    let told = event(&done, "SolDeposited");
    let (theirs, treasury) = (number(&told["fee"]["referrer"]), number(&told["fee"]["treasury"]));
    assert!(theirs > 0 && treasury.abs_diff(theirs) <= 1, "{told}");
    assert_eq!(world.served.tokens(&friends_lst), before + theirs);
    assert_eq!(told["referrer"], friends_lst.to_string());
    // By a wallet whose account is the associated one.
    let associated = world.served.person("associate", 5 * SOL);
    world.served.does(&associated, &["stake", "1"]);
    let account = find_associated(&associated.address(), &world.pool.mint, &TOKEN_PROGRAM);
    let before = world.served.tokens(&account);
    let by = associated.address().to_string();
    let done = world.served.does(&person, &["stake", "1", "--referrer", &by]);
    let theirs = number(&event(&done, "SolDeposited")["fee"]["referrer"]);
    assert_eq!(world.served.tokens(&account), before + theirs);
    // The friend's is none of those: nobody could tell which of their accounts is meant.
    let refused = world.served.refuses(&person, &["stake", "1", "--referrer", &friend.address().to_string()]);
    assert!(refused.contains("the referrer has to make one first"), "{refused}");
}
