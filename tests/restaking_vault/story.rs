//! Stake, restake, rewards, slash, exit: twelve epochs on the real Bank, where rewards are the chain's own.

use sluice_localnet::ValidatorScript;
use sluice_tests::{Bank, PoolFixture, PoolOptions, SOL, keypair};

use crate::prelude::*;

/// The vault, who runs it, and a pool with one validator.
struct Stage {
    bank: Bank,
    pool: PoolFixture,
    vote: Address,
    at: ix::VaultAddresses,
    admin: Keypair,
    team: Team,
    insurance: Address,
}

impl Stage {
    fn open() -> Self {
        let mut bank = Bank::start(vec![ValidatorScript::new("steady")]);
        bank.0.advance_epochs(2);
        let pool = PoolFixture::with_options(&mut bank, PoolOptions::default());
        let vote = bank.0.validator("steady").vote_address();
        bank.must(&[pool.add_validator(&vote)], &[&pool.payer, &pool.delegation]);

        let (admin, admin_lst) = pool.user(&mut bank, "vault admin", 20 * SOL);
        bank.must(&[pool.deposit_sol(&admin.pubkey(), &admin_lst, 10 * SOL, 0)], &[&admin]);
        let vrt = keypair("rslSOL mint");
        let vault = ix::vault_address(&vrt.pubkey());
        token::create_mint(&mut bank, &pool.payer, &vrt, &vault);
        let mut account = |name: &str, mint: &Address, owner: &Address| {
            token::create_token_account(&mut bank, &pool.payer, &keypair(name), mint, owner)
        };
        let at = ix::VaultAddresses {
            vault,
            collateral_mint: pool.mint,
            collateral_account: account("vault collateral", &pool.mint, &vault),
            collateral_token_program: TOKEN_PROGRAM,
            vrt_mint: vrt.pubkey(),
            vrt_escrow: account("vault escrow", &vrt.pubkey(), &vault),
            vrt_token_program: TOKEN_PROGRAM,
            staking_pool: Some(pool.pool),
        };
        let insurance = account("insurance", &pool.mint, &keypair("insurer").pubkey());
        let params = VaultParams {
            delegation_admin: admin.pubkey(),
            resolver: admin.pubkey(),
            pauser: admin.pubkey(),
            seed: SOL,
            min_deposit: 1_000,
            capacity: u64::MAX,
            stream_slots: pool.state(&bank).epoch_slots,
            cooldown_epochs: 2,
            veto_epochs: 2,
            execution_epochs: 2,
            warmup_epochs: 2,
            deallocation_epochs: 9,
            slash_cap_bps: 2_000,
            leverage_bps: 10_000,
            shielded: false,
        };
        let open = ix::initialize_vault(&at, admin.pubkey(), admin_lst, &params);
        bank.must(&[open], &[&admin, &vrt]);

        let [operator, service] = ["operator", "service"].map(|name| bank.wallet(name, 100 * SOL));
        bank.must(&[ix::register_operator(operator.pubkey())], &[&operator]);
        bank.must(&[ix::register_service(service.pubkey())], &[&service]);
        let parties = ix::Parties {
            delegation_admin: admin.pubkey(),
            operator: ix::operator_address(&operator.pubkey()),
            operator_authority: operator.pubkey(),
            service: ix::service_address(&service.pubkey()),
            service_authority: service.pubkey(),
            beneficiary: Some(insurance),
        };
        let allocation = parties.allocation(&at.vault);
        let team = Team { operator_authority: operator, service_authority: service, parties, allocation };
        Self { bank, pool, vote, at, admin, team, insurance }
    }

    /// The next epoch, with its update; stakes what lies idle.
    fn next_epoch(&mut self) {
        self.bank.0.advance_epoch();
        self.pool.update(&mut self.bank);
        let state = self.pool.state(&self.bank);
        let owed = state.ticket_lamports;
        let idle = self.pool.reserve_lamports(&self.bank).saturating_sub(owed + 5 * SOL);
        if idle > 50 * SOL {
            let stake = self.pool.increase_stake(&self.bank, &self.vote, idle);
            self.bank.must(&[stake], &[&self.pool.payer, &self.pool.delegation]);
        }
    }

    fn vault(&self) -> Vault {
        Vault::decode(&self.bank.account(&self.at.vault).expect("the vault").data).expect("a vault")
    }

    /// What the vault records is what its account holds.
    #[track_caller]
    fn settle(&self) {
        let vault = self.vault();
        assert_eq!(
            token::balance(&self.bank, &self.at.collateral_account),
            vault.assets + vault.locked_rewards
        );
        assert_eq!(token::supply(&self.bank, &self.at.vrt_mint), vault.vrt_supply);
    }
}

#[test]
fn stake_restake_rewards_slash_and_exit_over_twelve_epochs() {
    let mut stage = Stage::open();
    let first_epoch = stage.bank.0.epoch();
    let pool_payer = stage.pool.payer.insecure_clone();
    // SOL into VRT in one instruction.
    let (alice, alice_lst) = stage.pool.user(&mut stage.bank, "alice", 2_000 * SOL);
    let alice_vrt = keypair("alice's rslSOL");
    token::create_token_account(
        &mut stage.bank,
        &pool_payer,
        &alice_vrt,
        &stage.at.vrt_mint,
        &alice.pubkey(),
    );
    let alice_vrt = alice_vrt.pubkey();
    let restake =
        ix::stake_and_restake(&stage.at, alice.pubkey(), alice_vrt, stage.pool.reserve, 1_000 * SOL, 1);
    stage.bank.must(&[restake], &[&alice]);
    assert_eq!(stage.vault().assets, 1_001 * SOL);
    // All three agree; the service has slSOL of its own to pay with.
    let admin = stage.admin.insecure_clone();
    for key in [&admin, &stage.team.operator_authority, &stage.team.service_authority] {
        let opt_in = ix::opt_in(&stage.at, &stage.team.parties, key.pubkey(), pool_payer.pubkey());
        stage.bank.must(&[opt_in], &[&pool_payer, key]);
    }
    stage.bank.must(&[ix::allocate(&stage.at, &stage.team.parties, 500 * SOL)], &[&admin]);
    let service = stage.team.service_authority.insecure_clone();
    let service_lst = keypair("service's slSOL");
    token::create_token_account(
        &mut stage.bank,
        &pool_payer,
        &service_lst,
        &stage.pool.mint,
        &service.pubkey(),
    );
    let stake = stage.pool.deposit_sol(&service.pubkey(), &service_lst.pubkey(), 50 * SOL, 0);
    stage.bank.must(&[stake], &[&service]);
    stage.settle();

    let rate = stage.pool.rate(&stage.bank);
    stage.next_epoch();
    stage.next_epoch();
    // The stake earns: each slSOL of the collateral is worth more SOL, and there is not one more of it.
    stage.next_epoch();
    assert_eq!(stage.vault().assets, 1_001 * SOL);
    // And the service pays for being secured, which is more slSOL for each share.
    let fees = ix::FeeAccounts::default();
    let pay = ix::pay_rewards(&stage.at, service.pubkey(), service_lst.pubkey(), fees, 10 * SOL);
    stage.bank.must(&[pay], &[&service]);
    assert_eq!((stage.vault().assets, stage.vault().locked_rewards), (1_001 * SOL, 10 * SOL));
    stage.next_epoch();
    stage.next_epoch();
    assert!(stage.pool.rate(&stage.bank) > rate, "real inflation rewards");

    // A ticket is in flight when the service accuses its operator.
    let (ticket, out) = (keypair("ticket"), keypair("way out"));
    let vrt = token::balance(&stage.bank, &alice_vrt);
    let enqueue = ix::enqueue_withdrawal(&stage.at, alice.pubkey(), alice_vrt, ticket.pubkey(), vrt);
    stage.bank.must(&[enqueue], &[&alice, &ticket]);
    let request = ix::request_slash(&stage.at, &stage.team.parties, 0, 100 * SOL, [9; 32]);
    stage.bank.must(&[request], &[&service]);
    let slash_request = ix::slash_request_address(&stage.team.allocation, 0);
    stage.next_epoch();
    stage.next_epoch();
    let ends = (stage.pool.escrow, out.pubkey());
    let leave = ix::claim_and_unstake(&stage.at, ticket.pubkey(), alice.pubkey(), alice_lst, ends, 1);
    let failed = stage.bank.send(std::slice::from_ref(&leave), &[&alice, &out]);
    assert_refused(failed, E::PendingSlash);
    let execute = ix::execute_slash(
        &stage.at,
        stage.team.allocation,
        slash_request,
        service.pubkey(),
        Some(stage.insurance),
    );
    stage.bank.must(&[execute], &[&pool_payer]);
    assert_eq!(token::balance(&stage.bank, &stage.insurance), 100 * SOL);
    let vault = stage.vault();
    assert_eq!(
        (vault.assets, vault.locked_rewards),
        (911 * SOL, 0),
        "seed, deposit and reward, less the slash"
    );
    stage.settle();

    // Out of the vault straight into a ticket of the pool; the pool calls stake home for it.
    stage.bank.must(&[leave], &[&alice, &out]);
    let left = stage.vault();
    let ordered = 911 * SOL - left.assets;
    assert_eq!(ordered, (u128::from(911 * SOL) * 1_000 / 1_001) as u64, "her part of what was left");
    stage.settle();
    let owed = stage.pool.state(&stage.bank).ticket_lamports;
    let home = stage.pool.decrease_stake(&stage.bank, &stage.vote, owed);
    stage.bank.must(&[home], &[&pool_payer, &stage.pool.delegation]);
    stage.next_epoch();
    stage.next_epoch();
    let before = stage.bank.lamports(&alice.pubkey());
    let rent = stage.bank.lamports(&out.pubkey());
    let claim = stage.pool.claim_ticket(&out.pubkey(), &alice.pubkey());
    stage.bank.must(&[claim], &[&pool_payer]);
    let paid = stage.bank.lamports(&alice.pubkey()) - before - rent;
    assert!(paid > ordered, "slSOL is worth more than a SOL by now");
    assert_eq!((left.vrt_supply, left.queued_vrt), (left.locked_vrt, 0));
    stage.next_epoch();
    assert!(stage.bank.0.epoch() >= first_epoch + 10);
    stage.settle();
}
