//! Stories of protection: stake that brings less than the cluster's is made good by the bond, measured by the chain's own
//! rewards, and everybody can count it again.

use std::collections::BTreeMap;

use sluice_localnet::{Event as Happening, LocalnetConfig, ValidatorScript};
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::{BondCharged, Params};
use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::bonds::{ONE, bond_params, bonded, books, charges, dawn, due, earned, holder, turn};
use crate::{Error, FULL, voted};

/// As in the stories of epochs: 7 % a year, a day an epoch, 128 slots of 16 credits.
fn params() -> Params {
    Params {
        kappa_prior: 75_000_000_000,
        join_bond: SOL,
        min_bond_bps: 100,
        performance_grace_bps: 500,
        ..open_params()
    }
}

/// A real cluster whose validators are candidates with bonds and have the pool's stake.
struct Cluster {
    bank: Bank,
    selection: SelectionFixture,
    names: Vec<String>,
}

/// What one validator owes, in 10^-12 of the stake that earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Owed {
    shortfall: u64,
    rise: u64,
}

impl Cluster {
    fn start(scripts: Vec<ValidatorScript>) -> Self {
        let names: Vec<String> = scripts.iter().map(|script| script.name.clone()).collect();
        let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
        let selection = SelectionFixture::with_params(&mut bank, params());
        bank.0.advance_epochs(4);
        selection.pool.update(&mut bank);
        for name in &names {
            let vote = bank.0.validator(name).vote_address();
            let (friend, lst) = holder(&mut bank, &selection, &format!("{name}'s friend"), 50 * SOL);
            let join = selection.join_with_bond(&vote, &friend.pubkey(), &lst, 50 * SOL);
            bank.must(&[join], &[&friend]);
        }
        selection.fund(&mut bank, 10_000 * SOL);
        selection.crank(&mut bank);
        Self { bank, selection, names }
    }

    fn vote(&self, name: &str) -> Address {
        self.bank.0.validator(name).vote_address()
    }

    /// Credits of the last completed epoch, from the vote account.
    fn credits(&self, vote: &Address) -> u64 {
        let last = self.bank.clock().epoch - 1;
        let state = self.bank.0.vote_state(vote).expect("a vote account");
        let entry = state.epoch_credits.iter().find(|(epoch, ..)| *epoch == last);
        entry.map_or(0, |(_, credits, before)| credits - before)
    }

    /// The whole epoch but for `settle`; `look` happens before anybody observes.
    fn turn(&mut self, look: impl FnOnce(&mut Bank)) {
        self.bank.0.advance_epoch();
        look(&mut self.bank);
        self.selection.crank(&mut self.bank);
    }

    /// What everybody owes for the last epoch, counted from the pool's records and the vote accounts alone. Told are
    /// the commission of the epoch before the last, and the highest one of the time when the stake was given.
    fn owed(&self, commission: impl Fn(&str) -> (u64, u64)) -> BTreeMap<Address, Owed> {
        let records = self.selection.pool.list(&self.bank).records;
        let earning = records.iter().filter(|record| record.earning >= SOL);
        let named = earning.map(|record| {
            let name = self.names.iter().find(|name| self.vote(name) == record.vote);
            (name.expect("one of them").as_str(), record.vote, record)
        });
        let with_stake: Vec<_> = named.collect();
        let (mut growth, mut weight, mut gross, mut stake) = (0u128, 0u128, 0u128, 0u128);
        for (name, vote, record) in &with_stake {
            let credits = u128::from(self.credits(vote));
            let net = credits * u128::from(10_000 - commission(name).0) / 10_000;
            let milli_sol = u128::from(record.earning / 1_000_000);
            growth += (record.growth.max(0) as u128) - u128::from(record.extra);
            weight += milli_sol * net / 1_000;
            gross += milli_sol * credits / 1_000;
            stake += milli_sol;
        }
        if weight == 0 {
            return BTreeMap::new();
        }
        let (kappa, mean) = (growth * 1_000_000_000 / weight, gross * 1_000 / stake);
        let of_each = |(name, vote, record): &(&str, Address, &ValidatorRecord)| {
            let (charged, promised) = commission(name);
            let asked = mean * 9_500 / 10_000 * u128::from(10_000 - charged) / 10_000;
            let realised = record.growth.max(0) as u128 * ONE / u128::from(record.earning);
            let risen =
                u128::from(self.credits(vote)) * u128::from(charged.saturating_sub(promised)) / 10_000;
            let owed = Owed {
                shortfall: (kappa * asked / 1_000_000).saturating_sub(realised) as u64,
                rise: (kappa * risen / 1_000_000) as u64,
            };
            (*vote, owed)
        };
        with_stake.iter().map(of_each).collect()
    }

    /// Settles, and expects exactly what is owed to be charged and burnt.
    #[track_caller]
    fn settles(&mut self, owed: &BTreeMap<Address, Owed>) -> Vec<BondCharged> {
        let before = books(&self.bank, &self.selection);
        let records = self.selection.pool.list(&self.bank).records;
        let sent = self.selection.settle_all(&mut self.bank);
        let charged = charges(&sent);
        let Some(Event::ValidatorSelection(ValidatorSelectionEvent::BondsSettled(settled))) =
            sent.events().pop()
        else {
            panic!("no event")
        };
        let nothing = Owed::default();
        let owing: Vec<_> = owed.iter().filter(|(_, owed)| **owed != nothing).collect();
        assert_eq!(charged.len(), owing.len(), "{charged:?}, {owing:?}");
        for (vote, owed) in owing {
            let charge = charged.iter().find(|charge| charge.vote == *vote).expect("a charge");
            let record = records.iter().find(|record| record.vote == *vote).expect("a record");
            assert_eq!(Owed { shortfall: charge.shortfall, rise: charge.rise }, *owed);
            assert_eq!((charge.price, charge.earning), (0, record.earning));
            // The events alone say what was paid: the rates, the stake, and what LST was worth.
            let rate = u128::from(charge.price + charge.shortfall + charge.rise);
            let lamports = (rate * u128::from(charge.earning)).div_ceil(ONE);
            let shares = (lamports * u128::from(settled.supply)).div_ceil(u128::from(settled.value));
            assert_eq!(u128::from(charge.lamports), lamports);
            assert_eq!((u128::from(charge.shares), charge.paid), (shares, charge.shares));
        }
        let paid = charged.iter().map(|charge| charge.paid).sum::<u64>();
        let after = books(&self.bank, &self.selection);
        assert_eq!((settled.burnt, settled.bonds_before - settled.bonds_after), (paid, paid));
        assert_eq!((before.supply - after.supply, before.bonds - after.bonds), (paid, paid));
        charged
    }
}

#[test]
fn who_falls_behind_the_cluster_by_more_than_the_grace_pays_what_it_lacks() {
    let mut cluster = Cluster::start(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("tips").mev(800, 40_000),
        ValidatorScript::new("nearly").commission_bps(400).at(7, Happening::SetUptime(0.97)),
        ValidatorScript::new("slack").commission_bps(0).at(7, Happening::SetUptime(0.8)),
    ]);
    let commission = |name: &str| match name {
        "nearly" => (400, 400),
        "slack" => (0, 0),
        _ => (500, 500),
    };
    let mut paid = BTreeMap::new();
    for _ in 5..12 {
        cluster.turn(|_| ());
        let epoch = cluster.bank.clock().epoch;
        let owed = cluster.owed(commission);
        let supply = cluster.selection.pool.state(&cluster.bank).supply;
        for charge in cluster.settles(&owed) {
            let name = cluster.names.iter().find(|name| cluster.vote(name) == charge.vote).unwrap();
            paid.entry(name.clone()).or_insert_with(Vec::new).push((epoch, charge.paid));
        }
        // Until the pool's next update, nothing of that is in its rate.
        assert_eq!(cluster.selection.pool.state(&cluster.bank).supply, supply);
    }
    // It slacked in the seventh epoch, which is paid and measured in the eighth; by and by its stake leaves.
    assert_eq!(paid.keys().collect::<Vec<_>>(), ["slack"], "{paid:?}");
    assert_eq!(paid["slack"][0].0, 8);
}

#[test]
fn a_rise_of_commission_is_paid_for_two_epochs_and_not_longer() {
    let mut cluster = Cluster::start(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("other"),
        ValidatorScript::new("third"),
        ValidatorScript::new("greedy").commission_bps(200).at(9, Happening::SetCommission(2_000)),
    ]);
    let mut rises = Vec::new();
    for _ in 5..16 {
        if cluster.bank.clock().epoch == 7 {
            // Its stake can hardly leave.
            let slow = Params { max_moved_bps: 100, ..params() };
            cluster.bank.must(&[cluster.selection.set_params(slow)], &[&cluster.selection.pool.admin]);
        }
        cluster.turn(|_| ());
        let epoch = cluster.bank.clock().epoch;
        // The commission of the epoch before the last; of the stake's time, four epochs that end two before that.
        let owed = cluster.owed(|name| match name {
            "greedy" if epoch >= 13 => (2_000, 2_000),
            "greedy" if epoch >= 11 => (2_000, 200),
            "greedy" => (200, 200),
            _ => (500, 500),
        });
        let greedy = cluster.vote("greedy");
        for charge in cluster.settles(&owed) {
            assert_eq!(charge.vote, greedy);
            if charge.rise > 0 {
                rises.push(epoch);
            }
        }
    }
    assert_eq!(rises, [11, 12]);
    let (_, record) = cluster.selection.pool.record(&cluster.bank, &cluster.vote("greedy"));
    assert!(record.earning > 1_000 * SOL, "it had stake all the time");
}

/// Low whenever anybody looks, high when the chain does: the realised yield tells.
#[test]
fn a_commission_hidden_from_every_observation_is_paid_for() {
    let mut cluster = Cluster::start(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("other"),
        ValidatorScript::new("third"),
        ValidatorScript::new("shy"),
    ]);
    let shy = cluster.vote("shy");
    let mut lost = Vec::new();
    for _ in 5..13 {
        let hide = |bank: &mut Bank| bank.0.apply("shy", Happening::SetCommission(500)).expect("lowered");
        cluster.turn(hide);
        if cluster.bank.clock().epoch >= 7 {
            cluster.bank.0.apply("shy", Happening::SetCommission(4_000)).expect("raised");
        }
        let candidate = cluster.selection.candidate(&cluster.bank, &shy);
        assert_eq!(candidate.commissions, [500; 8], "nobody saw it");
        let owed = cluster.owed(|_| (500, 500));
        for charge in cluster.settles(&owed) {
            assert_eq!((charge.vote, charge.rise), (shy, 0));
            lost.push(cluster.bank.clock().epoch);
        }
    }
    // Raised in the seventh epoch, it was in force as the eighth began, is that of the ninth's rewards, and those are
    // paid in the tenth. Scored by what it realised, it has lost its stake soon after.
    assert_eq!(lost.first(), Some(&10));
}

#[test]
fn what_is_charged_is_the_holders_to_the_unit() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let names = [("a", FULL), ("b", FULL), ("c", FULL)];
    let votes = names.map(|(name, credits)| bonded(&mut svm, &selection, name, credits, 10 * SOL));
    selection.fund(&mut svm, 1_000 * SOL);
    turn(&mut svm, &selection, &names);
    turn(&mut svm, &selection, &names);
    dawn(&mut svm, &selection, &names);
    earned(&mut svm, &selection, &votes[0], FULL, 0);
    selection.crank(&mut svm);
    let mut without = svm.clone();
    let [charge] = charges(&selection.settle_all(&mut svm)).try_into().expect("one charge");
    assert_eq!((charge.lamports, charge.shares), due(&svm, &selection, charge.shortfall, charge.earning));
    let treasury = token::balance(&svm, &selection.pool.treasury);
    for chain in [&mut svm, &mut without] {
        chain.advance_epoch();
    }
    let sent = selection.pool.update(&mut svm);
    selection.pool.update(&mut without);
    let updated = sent.iter().flat_map(Sent::events).find_map(|event| match event {
        Event::StakingPool(StakingPoolEvent::UpdateFinished(updated)) => Some(updated),
        _ => None,
    });
    let updated = updated.expect("an update");
    assert_eq!((updated.profit, updated.fee_lamports, updated.minted_shares), (0, 0, 0), "no fee on it");
    let (with, without_it) = (selection.pool.state(&svm), selection.pool.state(&without));
    assert_eq!(with.supply + charge.paid, without_it.supply);
    assert_eq!(with.total_lamports, without_it.total_lamports);
    assert_eq!(token::balance(&svm, &selection.pool.treasury), treasury);
    // Released over an epoch, like any profit: nobody who comes for it gets more than its share.
    let rate = |chain: &Svm| selection.pool.rate(chain);
    assert!(rate(&svm).abs_diff(rate(&without)) <= 1);
    svm.advance_slots(432_000);
    let all_of_it = u128::from(with.total_lamports) * 1_000_000_000 / u128::from(with.supply);
    assert_eq!(u128::from(rate(&svm)), all_of_it);
    assert!(rate(&svm) > rate(&without));
}

/// Everybody was observed before the pool's update, when nobody can know what stake realised; an allocation right after
/// the update would then compare with nothing, and nobody would pay.
#[test]
fn nobody_blinds_protection_by_looking_too_early() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let names = [("a", FULL), ("b", FULL), ("c", FULL)];
    let votes = names.map(|(name, credits)| bonded(&mut svm, &selection, name, credits, 10 * SOL));
    selection.fund(&mut svm, 1_000 * SOL);
    turn(&mut svm, &selection, &names);
    turn(&mut svm, &selection, &names);

    svm.advance_epoch();
    for (name, credits) in names {
        voted(&mut svm, name, credits, 0);
    }
    selection.observe_all(&mut svm);
    assert_eq!(selection.state(&svm).observed, 0);
    // However long the pool's update takes.
    svm.advance_slots(2_000);
    selection.pool.update(&mut svm);
    for (name, credits) in names {
        earned(&mut svm, &selection, &keypair(name).pubkey(), credits, 1_000_000);
    }
    earned(&mut svm, &selection, &votes[0], FULL, 0);
    let payer = selection.pool.payer.insecure_clone();
    svm.refuses(&[selection.allocate()], &[&payer], Error::NotAllObserved);
    selection.observe_all(&mut svm);
    assert_eq!(selection.state(&svm).observed, 3);
    svm.must(&[selection.allocate()], &[&payer]);
    assert!(selection.state(&svm).reference_kappa > 0);
    let [charge] = charges(&selection.settle_all(&mut svm)).try_into().expect("one charge");
    assert!(charge.vote == votes[0] && charge.paid > 0);
    books(&svm, &selection);
}

/// Those who look late wait no longer than the grace, which begins with the first look after the pool's update.
#[test]
fn the_grace_begins_when_there_is_something_to_see() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let names = [("a", FULL), ("b", FULL)];
    let votes = names.map(|(name, credits)| bonded(&mut svm, &selection, name, credits, 10 * SOL));
    selection.fund(&mut svm, 1_000 * SOL);
    turn(&mut svm, &selection, &names);
    svm.advance_epoch();
    for (name, credits) in names {
        voted(&mut svm, name, credits, 0);
    }
    let early = selection.observe(&svm, &votes);
    svm.must(&[early], &[&selection.pool.payer]);
    assert_eq!(selection.state(&svm).observed_slot, u64::MAX);
    svm.advance_slots(1_500);
    selection.pool.update(&mut svm);
    let payer = selection.pool.payer.insecure_clone();
    svm.refuses(&[selection.allocate()], &[&payer], Error::NotAllObserved);
    let one = selection.observe(&svm, &votes[..1]);
    svm.must(&[one], &[&payer]);
    assert_eq!(selection.state(&svm).observed_slot, svm.clock().slot);
    svm.advance_slots(999);
    svm.refuses(&[selection.allocate()], &[&payer], Error::NotAllObserved);
    svm.advance_slots(1);
    svm.must(&[selection.allocate()], &[&payer]);
}
