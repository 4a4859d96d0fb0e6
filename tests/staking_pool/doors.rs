//! Every way into a pool and out of it, each ready to be taken: for what must stop the ones and never the others.

use sluice_sdk::staking_pool::instructions::*;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::instruction as stake_instruction;
use solana_stake_interface::state::{Authorized, Lockup};

use crate::stage::*;

/// Alice, who has something in every form there is: LST, tickets that are due, liquidity, and stake of her own.
pub struct Doors {
    pub alice: Holder,
    pub lp: Address,
    pub ann: Address,
    sources: [Address; 2],
    destination: Address,
}

/// Tickets of alice's, a SOL each.
const TICKETS: [&str; 4] = ["due", "regretted", "given", "shared"];

impl Doors {
    /// Of a pool that is of this epoch, and that has nothing yet.
    pub fn of(stage: &mut Stage) -> Self {
        let alice = stage.holder("alice", 60 * SOL);
        let ann = stage.validator("ann");
        stage.increase(&ann, 20 * SOL);
        let sources = ["source", "second source"].map(|name| {
            let source = keypair(name);
            let delegate = stake_instruction::create_account_and_delegate_stake(
                &alice.address(),
                &source.pubkey(),
                &ann,
                &Authorized::auto(&alice.address()),
                &Lockup::default(),
                5 * SOL,
            );
            stage.svm.must(&delegate, &[&alice.key, &source]);
            source.pubkey()
        });
        stage.pool.open_liquidity(&mut stage.svm, SOL);
        let lp = stage.pool.lp_account(&mut stage.svm, "alice", &alice.address());
        let add = stage.pool.add_liquidity(&alice.address(), &lp, 10 * SOL, 0);
        stage.must(add, &[&alice.key]);
        for name in TICKETS {
            stage.ordered(&alice, name, SOL);
        }
        let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
        stage.next_epoch();
        Self { alice, lp, ann, sources, destination }
    }

    /// With the signature of a deposit authority, or without.
    pub fn deposits(&self, stage: &Stage, authority: Option<Address>) -> [(&'static str, Instruction); 4] {
        let (pool, user, lst) = (&stage.pool, self.alice.address(), self.alice.lst);
        let index = pool.record(&stage.svm, &self.ann).0;
        let mut sol = pool.deposit_sol_accounts(&user, &lst);
        let mut stake = pool.deposit_stake_accounts(&user, &lst, &self.ann, &self.sources[0]);
        let mut unstake = pool.liquid_unstake_accounts(&user, &self.ann, &self.sources[1]);
        let mut liquidity = pool.add_liquidity_accounts(&user, &self.lp);
        sol.deposit_authority = authority;
        stake.deposit_authority = authority;
        unstake.deposit_authority = authority;
        liquidity.deposit_authority = authority;
        [
            ("deposit_sol", sol.instruction(DepositSolInstructionArgs { lamports: SOL, min_out: 0 })),
            ("deposit_stake", stake.instruction(DepositStakeInstructionArgs { index, min_out: 0 })),
            ("liquid_unstake", unstake.instruction(LiquidUnstakeInstructionArgs { index, min_out: 0 })),
            (
                "add_liquidity",
                liquidity.instruction(AddLiquidityInstructionArgs { lamports: SOL, min_out: 0 }),
            ),
        ]
    }

    /// The exit that a pause does stop.
    pub fn instant(&self, stage: &Stage) -> Instruction {
        stage.pool.withdraw_sol(&self.alice.address(), &self.alice.lst, SOL, 0)
    }

    /// What nobody may ever stop.
    pub fn exits(&self, stage: &Stage) -> [(&'static str, Instruction); 8] {
        let (pool, user, lst) = (&stage.pool, self.alice.address(), self.alice.lst);
        let [due, regretted, given, shared] = TICKETS.map(|name| keypair(name).pubkey());
        let (part, ticket) = (keypair("part").pubkey(), keypair("new ticket").pubkey());
        let stake = (pool.record(&stage.svm, &self.ann).0, &self.ann);
        [
            ("order_unstake", pool.order_unstake(&user, &lst, &ticket, SOL)),
            ("claim_ticket", pool.claim_ticket(&due, &user)),
            ("cancel_ticket", pool.cancel_ticket(&regretted, &user, &lst, 0)),
            ("transfer_ticket", pool.transfer_ticket(&given, &user, &keypair("heir").pubkey())),
            ("split_ticket", pool.split_ticket(&shared, &user, &part, SOL / 4)),
            ("withdraw_stake", pool.withdraw_stake(&user, &lst, stake, &self.destination, 2 * SOL, 0)),
            ("remove_liquidity", pool.remove_liquidity(&user, &self.lp, &lst, 5 * SOL)),
            ("fund_insurance", pool.fund_insurance(&user, &lst, SOL)),
        ]
    }

    /// Takes every exit, one after the other.
    #[track_caller]
    pub fn all_leave(&self, stage: &mut Stage) {
        for (_, exit) in self.exits(stage) {
            self.take(stage, exit);
        }
        stage.assert_balanced();
    }

    #[track_caller]
    pub fn take(&self, stage: &mut Stage, way: Instruction) -> Sent {
        let keys = self.keys(&way);
        stage.must(way, &keys.iter().collect::<Vec<_>>())
    }

    #[track_caller]
    pub fn refuses(&self, stage: &mut Stage, way: Instruction, refusal: impl Into<Refusal>) {
        let keys = self.keys(&way);
        stage.refuses(way, &keys.iter().collect::<Vec<_>>(), refusal);
    }

    /// Who must sign it, of those who are somebody here.
    fn keys(&self, way: &Instruction) -> Vec<Keypair> {
        let known = ["alice", "new ticket", "part", "gatekeeper"].map(keypair);
        let signs =
            |key: &Keypair| way.accounts.iter().any(|meta| meta.is_signer && meta.pubkey == key.pubkey());
        known.into_iter().filter(signs).collect()
    }
}
