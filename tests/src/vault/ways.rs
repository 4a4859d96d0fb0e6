//! The vault's other verbs: junior shares, rewards, roles, and the way from SOL and back.

use sluice_sdk::restaking_vault::accounts::{Distribution, Operator};
use sluice_sdk::restaking_vault::types::{DistributionParams, Limits, Roles};

use super::ix::{DistributionAddresses, FeeAccounts};
use super::merkle::{Leaf, Tree};
use super::*;

/// A distribution and its tree.
pub struct Drop {
    pub at: DistributionAddresses,
    pub tree: Tree,
    pub creator: Keypair,
    pub creator_tokens: Address,
}

impl VaultFixture {
    // ---- junior shares -------------------------------------------------------------------------------------

    /// A vault with junior shares of one token and this premium.
    pub fn tranched(premium_bps: u16) -> Self {
        let mut world = Self::new();
        let open = world.plan_junior(ONE, premium_bps);
        let admin = world.admin.key.insecure_clone();
        world.send(&[open], &[&admin]).expect("initialize_junior");
        world
    }

    /// Everything junior shares need before `initialize_junior`, and that instruction.
    pub fn plan_junior(&mut self, seed: u64, premium_bps: u16) -> Instruction {
        let key = Keypair::new();
        let (program, vault, decimals) = (self.at.vrt_token_program, self.at.vault, self.decimals);
        let mint = self.mint(program, &key, decimals, vault, None);
        let escrow = self.token_account(program, mint, vault);
        self.vrt_keys.push(key);
        let junior = self.at.with_shares(mint, escrow);
        self.junior = Some(junior);
        self.mint_collateral(self.admin.collateral, seed);
        ix::initialize_junior(&junior, self.admin.address(), self.admin.collateral, seed, premium_bps)
    }

    /// A user who holds `collateral`, and an account for junior shares.
    pub fn junior_user(&mut self, collateral: u64) -> User {
        let user = self.user(collateral);
        let junior = self.junior.expect("junior shares");
        User { vrt: self.token_account(junior.vrt_token_program, junior.vrt_mint, user.address()), ..user }
    }

    /// Does something with the junior shares instead of the senior ones.
    pub fn with_junior<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let senior = std::mem::replace(&mut self.at, self.junior.expect("junior shares"));
        let done = act(self);
        self.at = senior;
        done
    }

    /// A user who has deposited `collateral` for junior shares.
    pub fn junior_depositor(&mut self, collateral: u64) -> User {
        let user = self.junior_user(collateral);
        self.with_junior(|world| world.deposit(&user, collateral)).expect("deposit");
        user
    }

    // ---- leaving at once -----------------------------------------------------------------------------------

    pub fn leave(&mut self, user: &User, vrt_amount: u64) -> Attempt {
        self.leave_for(user, vrt_amount, 0)
    }

    pub fn leave_for(&mut self, user: &User, vrt_amount: u64, min_out: u64) -> Attempt {
        let instruction =
            ix::instant_withdraw(&self.at, user.address(), user.vrt, user.collateral, vrt_amount, min_out);
        self.send(&[instruction], &[&user.key])
    }

    pub fn give_ticket(&mut self, owner: &User, ticket: Address, to: Address) -> Attempt {
        let instruction = ix::transfer_ticket(ticket, owner.address(), to);
        self.send(&[instruction], &[&owner.key])
    }

    // ---- rewards -------------------------------------------------------------------------------------------

    /// Pays a reward without a fee for an operator.
    pub fn reward(&mut self, payer: &User, amount: u64) -> Attempt {
        let fee_account = self.vault().fee_account;
        let fee_account = (fee_account != Address::default()).then_some(fee_account);
        self.reward_with(payer, amount, FeeAccounts { fee_account, ..FeeAccounts::default() })
    }

    pub fn reward_with(&mut self, payer: &User, amount: u64, fees: FeeAccounts) -> Attempt {
        let instruction = ix::pay_rewards(&self.at, payer.address(), payer.collateral, fees, amount);
        self.send(&[instruction], &[&payer.key])
    }

    pub fn pass_slots(&mut self, slots: u64) {
        let mut clock: Clock = self.svm.clock();
        clock.slot += slots;
        self.svm.0.set_sysvar(&clock);
    }

    pub fn operator(&self, team: &Team) -> Operator {
        decode(&self.data(&team.parties.operator))
    }

    pub fn set_operator_fee(&mut self, team: &Team, fee_bps: u16) -> Attempt {
        let instruction =
            ix::set_operator_fee(team.parties.operator, team.operator_authority.pubkey(), fee_bps);
        self.send(&[instruction], &[&team.operator_authority])
    }

    /// Everything a distribution of a new token needs, its creator with `held` of it, and the instruction.
    pub fn plan_drop(
        &mut self,
        leaves: &[Leaf],
        held: u64,
        params: &DistributionParams,
    ) -> (Drop, Instruction) {
        let (creator, bank) = (self.funded_key(), self.bank.pubkey());
        let mint = self.mint(TOKEN_PROGRAM, &Keypair::new(), 6, bank, None);
        let creator_tokens = self.token_account(TOKEN_PROGRAM, mint, creator.pubkey());
        let give = token::mint_to(&mint, &creator_tokens, &bank, held);
        self.send(&[give], &[]).expect("tokens");
        // The owner is known before the account is made: it follows from its key.
        let key = Keypair::new();
        let distribution = ix::distribution_address(&key.pubkey());
        let create = token::create_account(&self.svm, &self.bank, &key.pubkey(), 165, &TOKEN_PROGRAM);
        let accounts = vec![AccountMeta::new(key.pubkey(), false), AccountMeta::new_readonly(mint, false)];
        let data = [&[18], distribution.as_ref()].concat();
        let initialize = Instruction { program_id: TOKEN_PROGRAM, accounts, data };
        self.send(&[create, initialize], &[&key]).expect("token account");
        let at = DistributionAddresses {
            distribution,
            mint,
            token_account: key.pubkey(),
            token_program: TOKEN_PROGRAM,
        };
        let tree = Tree::new(&distribution, leaves);
        let params = DistributionParams { root: tree.root(), ..params.clone() };
        let create = ix::create_distribution(self.at.vault, &at, creator.pubkey(), creator_tokens, params);
        (Drop { at, tree, creator, creator_tokens }, create)
    }

    /// A distribution of just what the leaves say, open for ten epochs.
    pub fn drop(&mut self, leaves: &[Leaf]) -> Drop {
        let amount = leaves.iter().map(|(_, amount)| amount).sum();
        let expiry_epoch = self.epoch() + 10;
        let params = DistributionParams { root: [0; 32], amount, expiry_epoch, leaves: leaves.len() as u32 };
        let (drop, create) = self.plan_drop(leaves, amount, &params);
        self.send(&[create], &[&drop.creator]).expect("create_distribution");
        drop
    }

    pub fn distribution(&self, drop: &Drop) -> Distribution {
        decode(&self.data(&drop.at.distribution))
    }

    // ---- roles ---------------------------------------------------------------------------------------------

    pub fn set_limits(&mut self, limits: Limits) -> Attempt {
        let admin = self.admin.key.insecure_clone();
        self.send(&[ix::set_limits(&self.at, admin.pubkey(), limits)], &[&admin])
    }

    pub fn roles(&self) -> Roles {
        Roles {
            delegation_admin: self.delegation_admin.pubkey(),
            pauser: self.pauser.pubkey(),
            resolver: self.resolver.pubkey(),
        }
    }

    pub fn set_roles(&mut self, roles: Roles) -> Attempt {
        let admin = self.admin.key.insecure_clone();
        self.send(&[ix::set_roles(&self.at, admin.pubkey(), roles)], &[&admin])
    }

    pub fn set_fee(&mut self, fee_account: Option<Address>, fee_bps: u16) -> Attempt {
        let admin = self.admin.key.insecure_clone();
        self.send(&[ix::set_vault_fee(&self.at, admin.pubkey(), fee_account, fee_bps)], &[&admin])
    }

    pub fn pause(&mut self, by: &Keypair) -> Attempt {
        self.send(&[ix::pause(&self.at, by.pubkey())], &[by])
    }

    // ---- the staking pool ----------------------------------------------------------------------------------

    /// A vault of a staking pool's token.
    pub fn of_pool(collateral: Collateral, change: impl FnOnce(&mut Plan)) -> Self {
        Self::opened(|plan| {
            plan.collateral = collateral;
            change(plan);
        })
    }

    pub fn pool(&self) -> &PoolFixture {
        self.pool.as_ref().expect("a vault of a pool's token")
    }

    /// The pool's update of this epoch.
    pub fn update_pool(&mut self) {
        let pool = self.pool.take().expect("a pool");
        pool.update(&mut self.svm);
        self.pool = Some(pool);
    }

    /// Lets the pool earn `lamports`: they are found in its reserve by an update, and released over the next epoch.
    pub fn pool_earns(&mut self, lamports: u64) {
        let (bank, reserve) = (self.bank.pubkey(), self.pool().reserve);
        let give = solana_system_interface::instruction::transfer(&bank, &reserve, lamports);
        self.send(&[give], &[]).expect("lamports");
        for _ in 0..2 {
            self.pass_epochs(1);
            self.update_pool();
        }
    }

    pub fn stake_and_restake(&mut self, user: &User, lamports: u64, min_vrt_out: u64) -> Attempt {
        let reserve = self.pool().reserve;
        let instruction =
            ix::stake_and_restake(&self.at, user.address(), user.vrt, reserve, lamports, min_vrt_out);
        self.send(&[instruction], &[&user.key])
    }

    /// Claims a ticket into a new one of the pool, whose address it returns.
    pub fn claim_and_unstake(
        &mut self,
        user: &User,
        ticket: Address,
        min_out: u64,
    ) -> Result<Address, Failed> {
        let pool_ticket = Keypair::new();
        let ends = (self.pool().escrow, pool_ticket.pubkey());
        let instruction =
            ix::claim_and_unstake(&self.at, ticket, user.address(), user.collateral, ends, min_out);
        self.send(&[instruction], &[&user.key, &pool_ticket]).map(|_| pool_ticket.pubkey())
    }
}
