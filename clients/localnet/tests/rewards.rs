//! What an epoch pays, and to whom.

mod common;

use {
    common::{delegate, lamports_of, net},
    sluice_localnet::{
        Event, InflationPolicy, LAMPORTS_PER_SOL, Localnet, LocalnetConfig, RewardType, Signer,
        ValidatorScript, VoteStateVersion,
    },
};

#[test]
fn stake_warms_up_and_earns_the_networks_rate() {
    let mut net = net();
    let user = net.funded_keypair("user", 1_000 * LAMPORTS_PER_SOL);
    let vote = net.validator("validator-0").vote_address();
    let stake = delegate(&mut net, &user, vote, 100 * LAMPORTS_PER_SOL);

    let before = net.stake_activation(&stake).unwrap();
    assert_eq!((before.effective, before.activating), (0, 100 * LAMPORTS_PER_SOL));

    let first = net.advance_epoch();
    assert_eq!(net.stake_activation(&stake).unwrap().effective, 100 * LAMPORTS_PER_SOL);
    assert_eq!(first.reward_of(&stake), 0, "nothing is earned while it warms up");

    let second = net.advance_epoch();
    let earned = second.reward_of(&stake);
    let expected = 100e9 * 0.07 / 365.25 * 0.95;
    assert!((earned as f64 / expected - 1.0).abs() < 0.01, "{earned} lamports earned, {expected} expected");
    let state = net.stake_state(&stake).unwrap().stake().unwrap();
    assert_eq!(state.delegation.stake, 100 * LAMPORTS_PER_SOL + earned, "rewards are delegated too");
    assert_eq!(net.stake_history().get(1).unwrap().effective, state_of_the_network(&net, 1));
}

/// What the stake history says of an epoch must be what delegations add up to.
fn state_of_the_network(net: &Localnet, epoch: u64) -> u64 {
    let history = net.stake_history();
    let later_rewards: u64 =
        net.epoch_report().rewards.iter().filter(|r| r.kind == RewardType::Staking).map(|r| r.lamports).sum();
    let rate = net.bank().new_warmup_cooldown_rate_epoch();
    let now: u64 =
        net.stakes().iter().map(|(_, stake)| stake.delegation.stake_v2(epoch, &history, rate)).sum();
    now - later_rewards
}

#[test]
fn a_commission_is_paid_to_the_voter_and_taken_from_the_stakers() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("cheap").commission_bps(0),
        ValidatorScript::new("dear").commission_bps(2_500),
    ]))
    .unwrap();
    let report = net.advance_epoch();
    let (cheap, dear) = (net.validator("cheap"), net.validator("dear"));
    let (to_cheap, to_dear) =
        (report.reward_of(&cheap.stake_address()), report.reward_of(&dear.stake_address()));
    assert_eq!(report.reward_of(&cheap.vote_address()), 0);
    assert_eq!(to_dear + report.reward_of(&dear.vote_address()), to_cheap);
    assert_eq!(to_dear, to_cheap - to_cheap / 4);
}

#[test]
fn a_commission_change_is_seen_at_once_and_charged_two_epochs_later() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("greedy").at(1, Event::SetCommission(10_000)),
    ]))
    .unwrap();
    let vote = net.validator("greedy").vote_address();
    let stake = net.validator("greedy").stake_address();

    let report = net.advance_epoch();
    assert_eq!(report.events.len(), 1);
    assert!(report.events[0].2.is_none(), "{:?}", report.events);
    assert_eq!(net.vote_state(&vote).unwrap().inflation_rewards_commission_bps, 10_000);
    assert!(report.reward_of(&stake) > 0, "epoch 0 was charged the old commission");
    assert!(net.advance_epoch().reward_of(&stake) > 0, "so was epoch 1");
    assert!(
        net.advance_epoch().reward_of(&stake) > 0,
        "and epoch 2, whose commission was fixed as epoch 1 began"
    );
    let report = net.advance_epoch();
    assert_eq!(report.reward_of(&stake), 0, "epoch 3 is charged all of it");
    assert!(report.reward_of(&vote) > 0);
}

#[test]
fn uptime_scales_what_stake_earns_and_a_delinquent_validator_earns_nothing() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("half").uptime(0.5),
        ValidatorScript::new("away").at(0, Event::Delinquent).at(2, Event::Recover),
    ]))
    .unwrap();
    let stakes = ["steady", "half", "away"].map(|name| net.validator(name).stake_address());
    let report = net.advance_epoch();
    let [steady, half, away] = stakes.map(|stake| report.reward_of(&stake));
    assert!(steady > 0 && half.abs_diff(steady / 2) < 10, "{steady} {half}");
    assert_eq!(away, 0);
    let credits =
        |net: &Localnet, name| net.vote_state(&net.validator(name).vote_address()).unwrap().epoch_credits;
    assert_eq!(credits(&net, "steady")[0], (0, 64 * 16, 0));
    assert_eq!(credits(&net, "half")[0], (0, 64 * 8, 0));
    assert_eq!(credits(&net, "away"), []);
    assert_eq!(net.advance_epoch().reward_of(&stakes[2]), 0);
    assert!(net.advance_epoch().reward_of(&stakes[2]) > 0, "it recovered for epoch 2");
}

#[test]
fn mev_tips_land_in_the_stake_accounts_as_plain_lamports() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("plain"),
        ValidatorScript::new("mev").mev(1_000, 20_000),
    ]))
    .unwrap();
    let (plain, mev) = (net.validator("plain").stake_address(), net.validator("mev").stake_address());
    let before = lamports_of(&net, &mev);
    let report = net.advance_epoch();
    assert_eq!(report.tips_of(&plain), 0);
    assert_eq!(report.tips_of(&mev), 1_000_000 * 18_000);
    assert_eq!(lamports_of(&net, &mev), before + report.tips_of(&mev) + report.reward_of(&mev));
    let delegated = net.stake_state(&mev).unwrap().delegation().unwrap().stake;
    assert_eq!(delegated, 1_000_000 * LAMPORTS_PER_SOL + report.reward_of(&mev), "a tip is not delegated");
}

#[test]
fn tips_that_genesis_did_not_foresee_come_from_the_faucet_until_it_is_dry() {
    let script = ValidatorScript::new("mev").stake_sol(1_000_000).mev(0, 1);
    let mut net = Localnet::start(LocalnetConfig::new(vec![script])).unwrap();
    let faucet = net.faucet().insecure_clone();
    let before = net.balance(&faucet.pubkey());
    net.apply("mev", Event::SetMevTips(LAMPORTS_PER_SOL / 2)).unwrap();
    let report = net.advance_epoch();
    let stake = net.validator("mev").stake_address();
    assert_eq!(report.tips_of(&stake), 500_000 * LAMPORTS_PER_SOL);
    assert!(net.balance(&faucet.pubkey()) < before - 499_000 * LAMPORTS_PER_SOL);

    net.apply("mev", Event::SetMevTips(u64::MAX)).unwrap();
    assert_eq!(net.advance_epoch().tips, [], "nobody can pay that");
    net.apply("mev", Event::SetMevTips(1_000)).unwrap();
    assert!(net.advance_epoch().tips_of(&stake) > 0, "and the chain goes on");
}

#[test]
fn a_dead_validators_vote_account_closes_when_the_chain_allows_it() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("doomed").at(1, Event::Die),
    ]))
    .unwrap();
    let vote = net.validator("doomed").vote_address();
    let closed: Vec<_> = net.advance_epochs(3).iter().map(|report| report.closed.clone()).collect();
    assert_eq!(closed, [vec![], vec![vote], vec![]]);
    assert!(net.get_account(&vote).is_none());
    assert!(net.advance_epoch().reward_of(&net.validator("steady").stake_address()) > 0);
}

#[test]
fn the_chain_goes_on_when_nobody_is_left() {
    let doomed = |name| ValidatorScript::new(name).mev(0, 1_000).at(1, Event::Die);
    let mut net = Localnet::start(LocalnetConfig::new(vec![doomed("one"), doomed("two")])).unwrap();
    let last = net.advance_epochs(2).pop().unwrap();
    assert!(last.closed.len() == 2 && last.total_rewards() == 0, "{last:?}");
    let stopped = net.clock().unix_timestamp;
    net.advance_epochs(6);
    let user = net.funded_keypair("user", LAMPORTS_PER_SOL);
    assert_eq!(lamports_of(&net, &sluice_localnet::Signer::pubkey(&user)), LAMPORTS_PER_SOL);
    assert!(net.clock().unix_timestamp - stopped < 2 * 86_400, "no votes, no time");
}

#[test]
fn validators_with_old_vote_account_layouts_earn_too() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("v4"),
        ValidatorScript::new("v3").vote_state(VoteStateVersion::V3),
        ValidatorScript::new("v1").vote_state(VoteStateVersion::V1_14_11),
    ]))
    .unwrap();
    let report = net.advance_epoch();
    let layout = |name| net.get_account(&net.validator(name).vote_address()).unwrap().data[0];
    assert_eq!(["v4", "v3", "v1"].map(layout), [3, 2, 1]);
    let earned = ["v4", "v3", "v1"].map(|name| report.reward_of(&net.validator(name).stake_address()));
    assert!(earned[0] > 0 && earned[1] == earned[0] && earned[2] == earned[0], "{earned:?}");
}

#[test]
fn the_capitalization_grows_by_the_rewards_and_by_nothing_else() {
    let curve = InflationPolicy::Curve(sluice_localnet::Inflation::full());
    let mut net = Localnet::start(LocalnetConfig::default().with_inflation(curve)).unwrap();
    assert_eq!(net.recount_capitalization(), net.capitalization());
    for _ in 0..3 {
        let before = net.capitalization();
        let report = net.advance_epoch();
        assert_eq!(net.capitalization(), before + report.total_rewards());
        assert_eq!(net.recount_capitalization(), net.capitalization());
    }
    net.funded_keypair("user", LAMPORTS_PER_SOL);
    let before = net.capitalization();
    net.warp_slots(1);
    assert_eq!(net.capitalization(), before - 2_500, "half of a fee is burnt");
    assert_eq!(net.recount_capitalization(), net.capitalization());
}

#[test]
fn a_validator_without_stake_at_genesis_earns_once_somebody_delegates() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("newcomer").stake_sol(0),
    ]))
    .unwrap();
    let user = net.funded_keypair("user", 1_000 * LAMPORTS_PER_SOL);
    let vote = net.validator("newcomer").vote_address();
    let stake = delegate(&mut net, &user, vote, 500 * LAMPORTS_PER_SOL);
    let earned: Vec<_> = net.advance_epochs(2).iter().map(|report| report.reward_of(&stake)).collect();
    assert!(earned[0] == 0 && earned[1] > 0, "{earned:?}");
}
