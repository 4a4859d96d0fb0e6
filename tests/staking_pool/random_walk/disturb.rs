//! Steps of who administers the pool, and of who means it harm.

use super::*;

impl Walk {
    pub(super) fn administer(&mut self, vote: &Address) {
        let admin = self.stage.pool.admin.insecure_clone();
        match self.random.below(20) {
            12 | 13 => self.hand_over(),
            14 | 15 => self.limit(),
            16 => {
                // Somebody else's turn comes two epochs later.
                let next = self.key("authority");
                let set = self.stage.pool.set_delegation_authority(&next.pubkey());
                assert!(self.may(Step::Govern, set, &[&admin], &[]));
                self.next_authority = Some(next);
            }
            17 => {
                let authority = self.stage.pool.delegation.insecure_clone();
                let (index, _) = self.stage.pool.record(&self.stage.svm, vote);
                let prefer = self.stage.pool.set_preferred_validator(index, vote);
                assert!(self.may(Step::Govern, prefer, &[&authority], &[]));
            }
            18 => {
                let treasury = self.stage.pool.set_treasury(&self.stage.pool.treasury);
                assert!(self.may(Step::Govern, treasury, &[&admin], &[]));
            }
            19 => {
                let address = self.stage.pool.activating(vote);
                let clear = self.stage.pool.clear_stake_address(&self.stage.svm, vote, &address);
                self.may(Step::Govern, clear, &[], &[AddressUsable]);
            }
            0 => {
                let retire = self.stage.pool.retire_validator(&self.stage.svm, vote);
                self.may(Step::Retire, retire, &[&admin], &[]);
            }
            1 => {
                let pause = self.stage.pool.pause(&admin.pubkey());
                assert!(self.may(Step::Pause, pause, &[&admin], &[]));
            }
            2..=6 => {
                let resume = self.stage.pool.resume(&admin.pubkey());
                assert!(self.may(Step::Pause, resume, &[&admin], &[]));
            }
            _ => {
                let now = self.stage.pool.state(&self.stage.svm).fees;
                let fees = Fees {
                    reward_bps: (now.reward_bps + self.random.below(120) as u16)
                        .saturating_sub(60)
                        .min(1_000),
                    deposit_bps: self.random.below(6) as u16,
                    insurance_bps: self.random.below(10_001) as u16,
                    ..now
                };
                let set = self.stage.pool.set_fees(fees);
                self.may(Step::Fees, set, &[&admin], &[FeeStepTooLarge]);
            }
        }
    }

    /// Another admin, with all roles.
    fn hand_over(&mut self) {
        let (old, new) = (self.stage.pool.admin.insecure_clone(), self.key("admin"));
        let propose = self.stage.pool.propose_admin(&new.pubkey());
        assert!(self.may(Step::Govern, propose, &[&old], &[]));
        let accept = self.stage.pool.accept_admin(&new.pubkey());
        assert!(self.may(Step::Govern, accept, &[&new], &[]));
        self.stage.pool.admin = new.insecure_clone();
        let roles = Roles {
            fee_authority: new.pubkey(),
            pauser: new.pubkey(),
            deposit_authority: Address::default(),
        };
        let set = self.stage.pool.set_roles(roles);
        assert!(self.may(Step::Govern, set, &[&new], &[]));
    }

    /// Other limits, which stop no exit.
    fn limit(&mut self) {
        let admin = self.stage.pool.admin.insecure_clone();
        let limits = Limits {
            min_deposit: self.random.below(2_000_000),
            tvl_cap: u64::MAX - self.random.below(SOL),
            sweep_threshold: self.random.below(SOL / 10),
            liquidity_target: self.random.below(2_000 * SOL),
            movement_cap_bps: 2_000 + self.random.below(8_001) as u16,
        };
        let set = self.stage.pool.set_limits(limits);
        assert!(self.may(Step::Govern, set, &[&admin], &[]));
    }

    /// Buys in the last slot before an update and sells in the first after it: what that gains is nothing.
    pub(super) fn attack(&mut self, who: usize) {
        let (key, lst) = (self.people[who].key.insecure_clone(), self.people[who].lst);
        let left = EPOCH - 1 - self.stage.svm.clock().slot % EPOCH;
        self.stage.svm.advance_slots(left);
        let (wallet, held) = (self.stage.lamports(&key.pubkey()), self.stage.tokens(&lst));
        let lamports = SOL + self.random.below(500 * SOL);
        let deposit = self.stage.pool.deposit_sol(&key.pubkey(), &lst, lamports, 0);
        if !self.may(Step::DepositSol, deposit, &[&key], &[PoolPaused]) {
            return;
        }
        self.inward += lamports;
        self.stage.svm.advance_epoch();
        self.update();
        let bought = self.stage.tokens(&lst) - held;
        let withdraw = self.stage.pool.withdraw_sol(&key.pubkey(), &lst, bought, 0);
        if self.may(Step::Attack, withdraw, &[&key], &[PoolPaused, ReserveInsufficient]) {
            let after = self.stage.lamports(&key.pubkey());
            assert!(
                after <= wallet,
                "buying before an update and selling after it gained {}",
                after - wallet
            );
            self.outward += after + lamports - wallet;
        }
    }
}
