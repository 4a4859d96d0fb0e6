//! `vault pay-rewards`: who gets what of a reward, and when it reaches the price.

use sluice_tests::SOL;

use crate::common::{event, number, row};
use crate::world::{World, associated, nowhere};

#[test]
fn a_reward_pays_fees_first_and_reaches_the_price_by_and_by() {
    let world = World::new();
    let (payer, lst) = world.holder("payer", 10 * SOL);
    let (_, fees) = world.holder("fee collector", 0);
    let team = world.registered("");
    // Fees of 2 % and 1 %, in force two epochs later.
    world.does(&team.operator, &["operator", "set-fee", "200"]);
    world.does_there(
        &world.admin,
        &["vault", "set-fee", "--fee-bps", "100", "--fee-account", &fees.to_string()],
    );
    world.epochs(2);

    let operator = team.operator_address.to_string();
    let pay = ["vault", "pay-rewards", "5", "--operator", &operator];
    let preview = world.previews_there(&payer, &pay);
    assert_eq!(row(&preview, "The operator's fee"), "0.1 LST (2 %)");
    assert_eq!(row(&preview, "The vault's fee"), "0.049 LST");
    assert_eq!(row(&preview, "For the holders"), "4.851 LST");
    assert_eq!(row(&preview, "Reaches the price"), "slot by slot, until 64 slots from now");
    assert_eq!(row(&preview, "Rewards not yet in the price"), "0 LST → 4.851 LST");
    assert!(!preview.contains("price of a share"), "no price moves when it is paid: {preview}");

    let done = world.does_there(&payer, &pay);
    let told = event(&done, "RewardsPaid");
    let parts = ["to_operator", "to_fee_account", "streamed"].map(|part| number(&told[part]));
    assert_eq!(parts, [100_000_000, 49_000_000, 4_851_000_000]);
    assert_eq!(world.tokens(&associated(&team.operator.address(), &world.pool.mint)), parts[0]);
    assert_eq!(world.tokens(&fees), parts[1]);
    assert_eq!(world.tokens(&lst), 5 * SOL);
    assert_eq!(world.tokens(&world.state().collateral_account), SOL + parts[2]);

    // Shown as of the slot, though nothing has touched the vault since.
    world.slots(32);
    let shown = world.answers(&["vault", "show", "--vault", &world.vault.to_string()]);
    let locked = number(&shown["vault"]["locked_rewards"]);
    assert!(locked > 0 && locked < parts[2], "{locked}");
    assert_eq!(number(&shown["vault"]["assets"]) + locked, SOL + parts[2]);
    world.slots(64);
    let shown = world.answers(&["vault", "show", "--vrt", &world.vrt.to_string()]);
    assert_eq!(number(&shown["vault"]["assets"]), SOL + parts[2]);
    assert_eq!(number(&shown["price"]), SOL + parts[2]);
}

#[test]
fn a_reward_that_cannot_be_paid_is_refused() {
    let world = World::new();
    let (payer, _) = world.holder("payer", SOL);
    let error = world.refuses_there(&payer, &["vault", "pay-rewards", "2"]);
    assert_eq!(error, "2 LST were asked for, and there are 1 LST to take them from");
    let error = world.refuses_there(&payer, &["vault", "pay-rewards", "1", "--operator", &nowhere()]);
    assert_eq!(error, format!("there is no Operator at {}", nowhere()));
    let poor = world.served.person("poor", SOL);
    let error = world.refuses_there(&poor, &["vault", "pay-rewards", "1"]);
    assert!(error.contains("LST"), "{error}");
}
