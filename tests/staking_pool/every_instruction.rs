//! Every instruction, with every account in every place: what is not refused is known, and harms nobody.

use std::collections::BTreeMap;

use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::Roles;
use sluice_tests::*;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

/// The wallets of those who run the three pools.
const STAFF: [&str; 9] = [
    "admin",
    "delegation",
    "payer",
    "other admin",
    "other delegation",
    "other payer",
    "unborn admin",
    "unborn delegation",
    "unborn payer",
];

/// Two pools, people and accounts of all kinds, and one instruction of each kind that would succeed.
struct World {
    svm: Svm,
    pools: [PoolFixture; 2],
    keys: Vec<Keypair>,
    accounts: BTreeMap<String, Address>,
    instructions: Vec<(&'static str, Instruction)>,
}

impl World {
    fn new() -> Self {
        let mut stage = Stage::new();
        let other = stage.other_pool();
        let alice = stage.holder("alice", 30 * SOL);
        let bob = stage.holder("bob", 10 * SOL);
        let foreign = holder_of(&mut stage.svm, &other, "carol", 20 * SOL);
        let [ann, ben, cat] = ["ann", "ben", "cat"].map(|name| stage.validator(name));
        stage.svm.must(&[other.add_validator(&ann)], &[&other.payer, &other.delegation]);
        for vote in [ann, ben] {
            stage.increase(&vote, 6 * SOL);
        }
        let increase = other.increase_stake(&stage.svm, &ann, 6 * SOL);
        stage.svm.must(&[increase], &[&other.payer, &other.delegation]);
        let source = keypair("alice's stake");
        let delegate = stake_instruction::create_account_and_delegate_stake(
            &alice.address(),
            &source.pubkey(),
            &ann,
            &Authorized::auto(&alice.address()),
            &Lockup::default(),
            5 * SOL,
        );
        stage.svm.must(&delegate, &[&alice.key, &source]);
        let tickets = ["ticket", "second ticket", "foreign ticket"].map(keypair);
        for (pool, holder, ticket) in
            [(&stage.pool, &alice, 0), (&stage.pool, &bob, 1), (&other, &foreign, 2)]
        {
            let ticket = &tickets[ticket];
            let order = pool.order_unstake(&holder.address(), &holder.lst, &ticket.pubkey(), SOL);
            stage.svm.must(&[order], &[&pool.payer, &holder.key, ticket]);
        }
        stage.next_epoch();
        other.update(&mut stage.svm);
        stage.administer(stage.pool.propose_admin(&bob.address()));
        let unborn = PoolFixture::prepare_named(&mut stage.svm, "unborn ", 10);
        let destinations = ["destination", "second destination"]
            .map(|name| stage.pool.new_stake_account(&mut stage.svm, name));
        let new_vote = stage.svm.add_vote_account("dan");
        let new_ticket = keypair("new ticket");

        let mut accounts = BTreeMap::new();
        for (prefix, pool) in [("", &stage.pool), ("other ", &other), ("unborn ", &unborn)] {
            for (name, address) in [
                ("pool", pool.pool),
                ("reserve", pool.reserve),
                ("rate history", pool.rate_history()),
                ("list", pool.list),
                ("mint", pool.mint),
                ("escrow", pool.escrow),
                ("treasury", pool.treasury),
                ("payer", pool.payer.pubkey()),
                ("admin", pool.admin.pubkey()),
                ("delegation", pool.delegation.pubkey()),
                ("stake of ann", pool.stake(&ann)),
                ("stake of ben", pool.stake(&ben)),
                ("activating of ann", pool.activating(&ann)),
                ("deactivating of ann", pool.deactivating(&ann)),
                ("deactivating of ben", pool.deactivating(&ben)),
            ] {
                accounts.insert(format!("{prefix}{name}"), address);
            }
        }
        let forged =
            ["pool", "reserve", "rate history", "list", "mint", "escrow", "treasury", "stake of ann"];
        let mut forgeries: Vec<_> = forged.iter().map(|name| (*name, accounts[*name])).collect();
        forgeries.extend([("ticket", tickets[0].pubkey()), ("alice's LST", alice.lst), ("ann", ann)]);
        for (name, address) in forgeries {
            accounts.insert(format!("forged {name}"), stage.svm.forgery(&address));
        }
        for (name, address) in [
            ("alice", alice.address()),
            ("bob", bob.address()),
            ("carol", foreign.address()),
            ("alice's LST", alice.lst),
            ("bob's LST", bob.lst),
            ("carol's other LST", foreign.lst),
            ("ticket", tickets[0].pubkey()),
            ("second ticket", tickets[1].pubkey()),
            ("foreign ticket", tickets[2].pubkey()),
            ("new ticket", new_ticket.pubkey()),
            ("ann", ann),
            ("ben", ben),
            ("cat", cat),
            ("dan", new_vote),
            ("alice's stake", source.pubkey()),
            ("destination", destinations[0]),
            ("second destination", destinations[1]),
            ("nobody", keypair("nobody").pubkey()),
            ("system program", SYSTEM),
            ("token program", token::TOKEN_PROGRAM),
            ("token-2022 program", TOKEN_2022),
            ("stake program", pool::STAKE_PROGRAM),
            ("this program", STAKING_POOL_ID),
            ("clock", sysvar::clock::ID),
            ("rent", sysvar::rent::ID),
            ("stake history", sysvar::stake_history::ID),
            ("stake config", STAKE_CONFIG),
        ] {
            accounts.insert(name.to_owned(), address);
        }

        let pool = &stage.pool;
        let (user, lst) = (alice.address(), alice.lst);
        let (admin, nobody) = (pool.admin.pubkey(), Address::default());
        let roles = Roles { fee_authority: admin, pauser: admin, deposit_authority: nobody };
        let PoolOptions { params, .. } = PoolOptions::default();
        let instructions = vec![
            ("initialize", unborn.initialize(&PoolOptions::default().params, &unborn.delegation.pubkey())),
            ("set_delegation_authority", pool.set_delegation_authority(&bob.address())),
            ("propose_admin", pool.propose_admin(&bob.address())),
            ("accept_admin", pool.accept_admin(&bob.address())),
            ("set_roles", pool.set_roles(roles)),
            ("set_limits", pool.set_limits(params.limits)),
            ("set_treasury", pool.set_treasury(&lst)),
            ("set_fees", pool.set_fees(params.fees)),
            ("pause", pool.pause(&admin)),
            ("resume", pool.resume(&admin)),
            ("retire_validator", pool.retire_validator(&stage.svm, &ann)),
            ("set_preferred_validator", pool.set_preferred_validator(0, &ann)),
            ("deposit_sol", pool.deposit_sol(&user, &lst, SOL, 0)),
            ("deposit_stake", pool.deposit_stake(&stage.svm, &user, &lst, &ann, &source.pubkey(), 0)),
            ("withdraw_sol", pool.withdraw_sol(&user, &lst, SOL, 0)),
            ("order_unstake", pool.order_unstake(&user, &lst, &new_ticket.pubkey(), SOL)),
            ("claim_ticket", pool.claim_ticket(&tickets[0].pubkey(), &user)),
            ("withdraw_stake", pool.withdraw_stake(&user, &lst, (0, &ann), &destinations[0], SOL, 0)),
            ("add_validator", pool.add_validator(&new_vote)),
            ("remove_validator", pool.remove_validator(2, &cat)),
            ("increase_stake", pool.increase_stake(&stage.svm, &ann, SOL)),
            ("decrease_stake", pool.decrease_stake(&stage.svm, &ann, SOL)),
        ];
        let names = ["unborn slSOL mint", "unborn validator list", "nobody", "slSOL mint", "validator list"];
        let mut keys: Vec<_> = names.into_iter().map(keypair).collect();
        keys.extend(tickets);
        keys.extend([new_ticket, alice.key, bob.key, foreign.key]);
        for pool in [&stage.pool, &other, &unborn] {
            keys.extend([&pool.payer, &pool.admin, &pool.delegation].map(Keypair::insecure_clone));
        }
        Self { svm: stage.svm, pools: [stage.pool, other], keys, accounts, instructions }
    }

    /// The same with liquidity, a part of which exits have turned into shares, and the instructions of its providers, of
    /// tickets and of the insurance fund instead. The other pool has a mint for liquidity, and none yet.
    fn liquid() -> Self {
        let mut world = Self::new();
        let ([alice, bob], [first, part]) =
            (["alice", "bob"].map(keypair), ["ticket", "new ticket"].map(|name| keypair(name).pubkey()));
        let (pool, other, svm) = (&world.pools[0], &world.pools[1], &mut world.svm);
        pool.open_liquidity(svm, SOL);
        token::create_mint(svm, &other.payer, &other.lp_mint(), &other.pool);
        let lp = ["alice", "bob"].map(|name| pool.lp_account(svm, name, &keypair(name).pubkey()));
        for (key, lp) in [(&alice, &lp[0]), (&bob, &lp[1])] {
            svm.must(&[pool.add_liquidity(&key.pubkey(), lp, 10 * SOL, 0)], &[&pool.payer, key]);
        }
        let (user, lst) = (alice.pubkey(), world.accounts["alice's LST"]);
        let all = token::balance(svm, &lst) - SOL / 2;
        svm.must(&[pool.withdraw_sol(&user, &lst, all, 0)], &[&pool.payer, &alice]);
        assert!(pool.state(svm).liquidity_shares > SOL);
        let (ann, source) = (world.accounts["ann"], world.accounts["alice's stake"]);
        world.instructions = vec![
            ("initialize_liquidity", other.initialize_liquidity(SOL)),
            ("add_liquidity", pool.add_liquidity(&user, &lp[0], SOL, 0)),
            ("remove_liquidity", pool.remove_liquidity(&user, &lp[0], &lst, SOL)),
            ("withdraw_sol", pool.withdraw_sol(&user, &lst, SOL / 4, 0)),
            ("deposit_sol", pool.deposit_sol(&user, &lst, SOL / 4, 0)),
            ("liquid_unstake", pool.liquid_unstake(svm, &user, &ann, &source, 0)),
            ("fund_insurance", pool.fund_insurance(&user, &lst, SOL / 4)),
            ("transfer_ticket", pool.transfer_ticket(&first, &user, &bob.pubkey())),
            ("split_ticket", pool.split_ticket(&first, &user, &part, SOL / 4)),
            ("cancel_ticket", pool.cancel_ticket(&first, &user, &lst, 0)),
        ];
        for (name, address) in [
            ("liquidity mint", pool.lp_mint().pubkey()),
            ("other liquidity mint", other.lp_mint().pubkey()),
            ("alice's LP", lp[0]),
            ("bob's LP", lp[1]),
        ] {
            world.accounts.insert(name.to_owned(), address);
        }
        for name in ["liquidity mint", "alice's LP"] {
            let forged = world.svm.forgery(&world.accounts[name]);
            world.accounts.insert(format!("forged {name}"), forged);
        }
        world
    }

    /// The same a slot into the next epoch: with the instructions of an update instead.
    fn stale() -> Self {
        let mut world = Self::new();
        let pool = &world.pools[0];
        let increase = pool.increase_stake(&world.svm, &pool.list(&world.svm).records[0].vote, SOL);
        world.svm.must(&[increase], &[&pool.payer, &pool.delegation]);
        world.svm.advance_epoch();
        world.instructions = vec![("update_validators", pool.update_validators(&world.svm, 0, 3))];
        world
    }

    /// An epoch whose validators were all updated.
    fn unfinished() -> Self {
        let mut world = Self::stale();
        let pool = &world.pools[0];
        world.svm.must(&[pool.update_validators(&world.svm, 0, 3)], &[&pool.payer]);
        world.instructions = vec![("finish_update", pool.finish_update())];
        world
    }

    /// Somebody keeps the address of ann's next activating account alive.
    fn occupied() -> Self {
        let mut world = Self::new();
        let pool = &world.pools[0];
        let ann = pool.list(&world.svm).records[0].vote;
        let address = pool.activating(&ann);
        world.svm.airdrop(&address, SOL);
        world.svm.edit(&address, |account| account.owner = pool::STAKE_PROGRAM);
        world.instructions =
            vec![("clear_stake_address", pool.clear_stake_address(&world.svm, &ann, &address))];
        world
    }

    /// Sends with the payer and whoever must sign and has a key; those who have none do not sign.
    fn send(&self, svm: &mut Svm, payer: &Keypair, instruction: &Instruction) -> Result<Sent, Failed> {
        let mut instruction = instruction.clone();
        let mut signers = vec![payer];
        for meta in instruction.accounts.iter_mut().filter(|meta| meta.is_signer) {
            match self.keys.iter().find(|key| key.pubkey() == meta.pubkey) {
                Some(key) if signers.iter().all(|signer| signer.pubkey() != key.pubkey()) => {
                    signers.push(key)
                }
                Some(_) => {}
                None => meta.is_signer = false,
            }
        }
        svm.send(&[instruction], &signers)
    }

    fn name(&self, address: &Address) -> &str {
        let found = self.accounts.iter().find(|(_, known)| *known == address);
        found.map(|(name, _)| name.as_str()).unwrap_or_else(|| panic!("{address} has no name"))
    }

    /// Every account of this world that a transaction may change.
    fn snapshot(&self, svm: &Svm) -> Vec<Option<Account>> {
        let accounts = self.accounts.values().map(|address| svm.account(address));
        accounts.map(|account| account.filter(|account| !account.executable)).collect()
    }

    /// Sends each instruction in each of its `spoilt` forms and tells which were not refused. Those that were have
    /// changed nothing, and after those that were not the books of both pools close.
    fn accepted(mut self, spoilt: impl Fn(&Self, &Instruction) -> Vec<(String, Instruction)>) -> Vec<String> {
        let payer = self.svm.wallet("fee payer", 1_000 * SOL);
        let before = self.snapshot(&self.svm);
        let mut accepted = Vec::new();
        for (kind, right) in &self.instructions {
            let mut svm = self.svm.clone();
            if let Err(failed) = self.send(&mut svm, &payer, right) {
                panic!("{kind}: {:?}\n{}", failed.err, failed.logs.join("\n"));
            }
            svm = self.svm.clone();
            for (how, wrong) in spoilt(&self, right) {
                if self.send(&mut svm, &payer, &wrong).is_ok() {
                    for pool in &self.pools {
                        if pool.state(&svm).updated_epoch < svm.clock().epoch {
                            pool.update(&mut svm);
                        }
                        ledger::assert_balanced(&svm, pool);
                    }
                    accepted.push(format!("{kind}: {how}"));
                    svm = self.svm.clone();
                } else {
                    assert!(
                        self.snapshot(&svm) == before,
                        "{kind}: {how}: refused, and yet something changed"
                    );
                }
            }
        }
        accepted
    }
}

/// The instruction with each account of the world in each of its places, one at a time.
fn with_every_account_everywhere(world: &World, right: &Instruction) -> Vec<(String, Instruction)> {
    let mut all = Vec::new();
    // The program itself stands for an account that may be left out: a referrer, or a signature nobody asks for. Any other
    // in its place is somebody's choice, and their own tests say what comes of it.
    let wanted = right.accounts.iter().enumerate().filter(|(_, meta)| meta.pubkey != STAKING_POOL_ID);
    for (place, meta) in wanted {
        let instead = world.name(&meta.pubkey);
        for (name, stand_in) in world.accounts.iter().filter(|(_, stand_in)| **stand_in != meta.pubkey) {
            let mut wrong = right.clone();
            wrong.accounts[place].pubkey = *stand_in;
            all.push((format!("{name} for {instead}"), wrong));
        }
    }
    all
}

/// The instruction without each of the signatures and write permissions it asks for, one at a time.
fn without_a_permission(world: &World, right: &Instruction) -> Vec<(String, Instruction)> {
    let mut all = Vec::new();
    for (place, meta) in right.accounts.iter().enumerate() {
        let name = world.name(&meta.pubkey);
        if meta.is_signer {
            let mut wrong = right.clone();
            wrong.accounts[place].is_signer = false;
            all.push((format!("{name} unsigned"), wrong));
        }
        if meta.is_writable {
            let mut wrong = right.clone();
            wrong.accounts[place].is_writable = false;
            all.push((format!("{name} readonly"), wrong));
        }
    }
    all
}

/// The instruction cut short, in its accounts and in its data.
fn cut_short(_: &World, right: &Instruction) -> Vec<(String, Instruction)> {
    let accounts = (0..right.accounts.len()).map(|kept| {
        let accounts = right.accounts[..kept].to_vec();
        (format!("{kept} accounts"), Instruction { accounts, ..right.clone() })
    });
    let data = (0..right.data.len()).map(|kept| {
        let data = right.data[..kept].to_vec();
        (format!("{kept} bytes"), Instruction { data, ..right.clone() })
    });
    accounts.chain(data).collect()
}

/// What is not refused beside the places that take any account.
fn accepted_beside(places: &[&str], world: World) -> Vec<String> {
    let accepted = world.accepted(with_every_account_everywhere);
    let (any, others): (Vec<_>, Vec<_>) = accepted.into_iter().partition(|line| {
        let (kind, how) = line.split_once(": ").expect("an instruction and what was done to it");
        places.iter().any(|place| {
            place.split_once(": ").is_some_and(|(k, p)| k == kind && how.ends_with(&format!(" for {p}")))
        })
    });
    assert!(places.is_empty() || any.len() > 50 * places.len(), "they do take any account: {any:?}");
    others
}

#[test]
fn every_account_in_every_place_of_a_fresh_pools_instructions() {
    // Whom a pool is told to obey is the choice of him who says so.
    let any = [
        "initialize: unborn admin",
        "initialize: unborn delegation",
        "set_delegation_authority: bob",
        "propose_admin: bob",
    ];
    let mut expected = Vec::new();
    // Who signs may pay, may send the LST where he likes, and may spend a key of his own on a ticket.
    for payer in ["alice", "bob", "carol", "other payer", "payer"] {
        expected.push(format!("initialize: {payer} for unborn payer"));
    }
    for user in ["bob", "carol"].into_iter().chain(STAFF) {
        expected.push(format!("deposit_sol: {user} for alice"));
    }
    for account in ["bob's LST", "escrow", "treasury"] {
        expected.push(format!("deposit_sol: {account} for alice's LST"));
        expected.push(format!("deposit_stake: {account} for alice's LST"));
    }
    for ticket in ["bob", "carol", "nobody"].into_iter().chain(STAFF) {
        expected.push(format!("order_unstake: {ticket} for new ticket"));
    }
    expected.push("withdraw_stake: second destination for destination".to_owned());
    for account in ["bob's LST", "treasury"] {
        expected.push(format!("set_treasury: {account} for alice's LST"));
    }
    // Nobody is preferred.
    expected.push("set_preferred_validator: system program for ann".to_owned());
    let mut accepted = accepted_beside(&any, World::new());
    accepted.sort();
    expected.sort();
    assert_eq!(accepted, expected);
}

#[test]
fn every_account_in_every_place_of_what_concerns_liquidity_and_tickets() {
    // A ticket may be given to anybody.
    let any = ["transfer_ticket: bob"];
    let mut expected = Vec::new();
    // Who signs may pay, may send tokens where he likes, and may spend a key of his own on a ticket.
    for user in ["bob", "carol"].into_iter().chain(STAFF) {
        expected.push(format!("add_liquidity: {user} for alice"));
        expected.push(format!("deposit_sol: {user} for alice"));
        expected.push(format!("split_ticket: {user} for new ticket"));
        // The other admin signs in a place of his own already.
        if !["other payer", "other admin"].contains(&user) {
            expected.push(format!("initialize_liquidity: {user} for other payer"));
        }
    }
    expected.push("initialize_liquidity: alice for other payer".to_owned());
    expected.push("split_ticket: nobody for new ticket".to_owned());
    expected.push("add_liquidity: bob's LP for alice's LP".to_owned());
    for account in ["bob's LST", "escrow", "treasury"] {
        expected.push(format!("deposit_sol: {account} for alice's LST"));
        expected.push(format!("remove_liquidity: {account} for alice's LST"));
    }
    for account in ["bob's LST", "treasury"] {
        expected.push(format!("cancel_ticket: {account} for alice's LST"));
    }
    let mut accepted = accepted_beside(&any, World::liquid());
    accepted.sort();
    expected.sort();
    assert_eq!(accepted, expected);
}

#[test]
fn every_account_in_every_place_of_the_cranks() {
    assert_eq!(accepted_beside(&[], World::stale()), [""; 0]);
    assert_eq!(accepted_beside(&[], World::unfinished()), [""; 0]);
    assert_eq!(accepted_beside(&[], World::occupied()), [""; 0]);
}

#[test]
fn every_permission_an_instruction_asks_for_is_needed() {
    assert_eq!(World::new().accepted(without_a_permission), [""; 0]);
    assert_eq!(World::liquid().accepted(without_a_permission), [""; 0]);
    assert_eq!(World::unfinished().accepted(without_a_permission), [""; 0]);
    assert_eq!(World::occupied().accepted(without_a_permission), [""; 0]);
    // Stake accounts that only grew are read: it takes no permission to write them.
    assert_eq!(World::stale().accepted(without_a_permission), ["update_validators: stake of ben readonly"]);
}

#[test]
fn an_instruction_cut_short_is_refused() {
    for world in [World::new(), World::liquid(), World::stale(), World::unfinished(), World::occupied()] {
        assert_eq!(world.accepted(cut_short), [""; 0]);
    }
}

#[test]
fn an_instruction_of_no_known_name_is_refused() {
    let mut world = World::new();
    let deposit = world.instructions.iter().find(|(name, _)| *name == "deposit_sol");
    let mut instruction = deposit.expect("it is among them").1.clone();
    instruction.data[0] = 0xff;
    let (alice, payer) = (keypair("alice"), world.svm.wallet("fee payer", SOL));
    let refusal = shared(InstructionError::InvalidInstructionData);
    refused(&mut world.svm, &[instruction], &[&payer, &alice], &[], refusal);
}
