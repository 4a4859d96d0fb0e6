//! Validators and stake of a pool whose delegation authority is a key.

use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_signer::Signer;

use crate::common::{Person, event, nobody, number, row};
use crate::pool::Office;

/// The pool, its delegation authority, and the vote accounts of its validators.
fn delegating() -> (Office, Person, [String; 2]) {
    let office = Office::new();
    let key = office.pool.delegation.insecure_clone();
    office.served.chain(|net| Chain::airdrop(net, &key.pubkey(), 10 * SOL));
    let votes =
        office.served.chain(|net| ["one", "two"].map(|name| net.validator(name).vote_address().to_string()));
    let delegation = office.served.known(key);
    (office, delegation, votes)
}

#[test]
fn validators_come_and_go_by_the_delegation_authority() {
    let (office, delegation, [one, two]) = delegating();
    let served = &office.served;
    let add = ["admin", "pool", "add-validator", &one];
    let error = served.refuses(&office.admin, &add);
    assert!(
        error.starts_with(&format!("only the delegation authority ({})", delegation.address())),
        "{error}"
    );
    let preview = served.previews(&delegation, &add);
    assert_eq!((row(&preview, "Place"), row(&preview, "Validators")), ("0", "0 → 1 of 100"));
    served.does(&delegation, &add);
    served.does(&delegation, &["admin", "pool", "add-validator", &two]);
    let error = served.refuses(&delegation, &add);
    assert_eq!(error, format!("the validator {one} is in the pool's list already"));
    let stranger = nobody("no validator").to_string();
    let error = served.refuses(&delegation, &["admin", "pool", "add-validator", &stranger]);
    assert!(error.contains("is no vote account: the vote program has no account there"), "{error}");

    let preview = served.previews(&delegation, &["admin", "pool", "set-preferred-validator", &two]);
    assert_eq!(row(&preview, "Preferred"), format!("nobody → {two}"));
    served.does(&delegation, &["admin", "pool", "set-preferred-validator", &two]);
    assert_eq!(office.state().preferred_validator.to_string(), two);
    let error = served.refuses(&office.admin, &["admin", "pool", "set-preferred-validator", "--nobody"]);
    assert!(error.starts_with("only the delegation authority"), "{error}");
    served.does(&delegation, &["admin", "pool", "set-preferred-validator", "--nobody"]);

    let remove = ["admin", "pool", "remove-validator", &one];
    let error = served.refuses(&office.admin, &remove);
    assert!(error.starts_with("only the delegation authority"), "{error}");
    served.does(&delegation, &remove);
    let error = served.refuses(&delegation, &remove);
    assert_eq!(error, format!("the validator {one} is not in the pool's list"));
    // A new epoch without its update.
    served.chain(|net| net.advance_epoch());
    let error = served.refuses(&delegation, &add);
    assert!(error.contains("sluice crank --once"), "{error}");
}

#[test]
fn stake_is_delegated_and_comes_home_to_the_lamport() {
    let (office, delegation, [one, _]) = delegating();
    let served = &office.served;
    office.holder("alice", 90 * SOL);
    served.does(&delegation, &["admin", "pool", "add-validator", &one]);
    let rent = served.chain(|net| net.rent_exempt(200));
    let increase = ["admin", "pool", "increase", &one, "40"];
    let error = served.refuses(&office.admin, &increase);
    assert!(error.starts_with("only the delegation authority"), "{error}");
    let reserve = served.chain(|net| office.pool.reserve_lamports(net));
    let preview = served.previews(&delegation, &increase);
    assert_eq!(row(&preview, "Held with the validator"), "0 SOL → 40 SOL");
    let done = served.does(&delegation, &increase);
    let told = event(&done, "StakeIncreased");
    assert_eq!((number(&told["lamports"]), number(&told["rent"])), (40 * SOL, rent));
    assert_eq!(served.chain(|net| office.pool.reserve_lamports(net)), reserve - 40 * SOL - rent);
    let error = served.refuses(&delegation, &["admin", "pool", "increase", &one, "400"]);
    assert!(error.contains("ReserveInsufficient") || error.contains("TransientExists"), "{error}");

    office.epochs(1);
    let decrease = ["admin", "pool", "decrease", &one, "15.5"];
    let error = served.refuses(&office.admin, &decrease);
    assert!(error.starts_with("only the delegation authority"), "{error}");
    let preview = served.previews(&delegation, &decrease);
    assert_eq!(row(&preview, "Starts to cool down"), "15.5 SOL");
    served.does(&delegation, &decrease);
    let error = served.refuses(&delegation, &["admin", "pool", "remove-validator", &one]);
    assert!(error.contains("of the pool are with the validator"), "{error}");
    let error = served.refuses(&delegation, &["admin", "pool", "decrease", &one, "9000"]);
    assert!(error.contains("9000 SOL with this validator were asked for"), "{error}");
    let before = served.chain(|net| office.pool.reserve_lamports(net));
    office.epochs(1);
    let home = served.chain(|net| office.pool.reserve_lamports(net)) - before;
    assert!(home >= 15_500_000_000 + rent, "{home}");
}

#[test]
fn the_admin_retires_a_validator_for_good() {
    let (office, delegation, [one, _]) = delegating();
    let served = &office.served;
    office.holder("alice", 90 * SOL);
    served.does(&delegation, &["admin", "pool", "add-validator", &one]);
    served.does(&delegation, &["admin", "pool", "increase", &one, "40"]);
    office.epochs(1);
    let retire = ["admin", "pool", "retire-validator", &one];
    let error = served.refuses(&delegation, &retire);
    assert!(error.starts_with("only the admin"), "{error}");
    let preview = served.previews(&office.admin, &retire);
    assert!(row(&preview, "Starts to cool down").starts_with("40"), "{preview}");
    served.does(&office.admin, &retire);
    let error = served.refuses(&office.admin, &retire);
    assert_eq!(error, format!("the validator {one} is retired already"));
    let error = served.refuses(&delegation, &["admin", "pool", "increase", &one, "1"]);
    assert!(error.contains("ValidatorRetired") || error.contains("TransientExists"), "{error}");
    office.epochs(1);
    let remove = ["admin", "pool", "remove-validator", &one];
    let error = served.refuses(&delegation, &remove);
    assert!(error.starts_with("only the admin"), "{error}");
    served.does(&office.admin, &remove);
    assert!(served.chain(|net| office.pool.list(net)).records.is_empty());
}
