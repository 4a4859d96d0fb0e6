//! Prints random questions and what they are answered here, on the host: a line each, the question's number, the words that go
//! in, and the words that come out or the number of the refusal. The WebAssembly build must answer the same.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool fails by panicking"
)]

use sluice_quotes::{
    AskError, EpochSchedule, Holding, Moment, Part, Plain, PoolState, QUESTIONS, RateEntry, Refusal, Shape,
    StakeSource, Ticket, TransferFee, VaultState, VaultTicket, ask,
};

const EACH: usize = 300;
const SOL: u64 = 1_000_000_000;

/// SplitMix64: the same lines in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// An amount of any magnitude; now and then one that fits nowhere.
    fn amount(&mut self, most: u64) -> u64 {
        match self.below(24) {
            0 => 0,
            1 => u64::MAX.wrapping_sub(self.below(3)),
            2..=5 => {
                let bits = u32::try_from(self.below(63)).unwrap_or(0);
                self.next().checked_shr(bits).unwrap_or(0)
            }
            _ => self.below(most),
        }
    }

    /// Mostly the same one, so that most pools are of the moment's epoch.
    fn epoch(&mut self) -> u64 {
        if self.one_in(6) { self.below(3) } else { 2 }
    }

    fn bps(&mut self, most: u64) -> u16 {
        u16::try_from(self.below(most)).unwrap_or(0)
    }

    /// A pool that is mostly in order.
    fn pool(&mut self) -> PoolState {
        let total_lamports = self.amount(1_000_000 * SOL);
        let profit_slot = self.below(1_000_000);
        PoolState {
            total_lamports,
            supply: self.below(total_lamports.max(2)),
            locked_profit: self.below(total_lamports.max(1) / 100 + 1),
            profit_slot,
            profit_end_slot: profit_slot.saturating_add(self.below(432_000)),
            updated_epoch: self.epoch(),
            epoch_yield: self.amount(2_000_000_000),
            epoch_start_slot: self.below(1_000_000),
            epoch_slots: self.below(432_000),
            ticket_lamports: self.below(1_000 * SOL),
            leaving_lamports: self.below(1_000 * SOL),
            stake_rent: self.below(SOL),
            stake_account_rent: self.below(3_000_000),
            min_delegation: self.below(2 * SOL),
            min_deposit: self.below(SOL / 100),
            tvl_cap: self.amount(2_000_000 * SOL),
            paused_until_epoch: if self.one_in(6) { 3 } else { 0 },
            liquidity_lamports: self.below(1_000 * SOL),
            liquidity_shares: self.below(100 * SOL),
            liquidity_supply: self.amount(1_000 * SOL),
            liquidity_target: self.below(5_000 * SOL),
            has_liquidity: !self.one_in(8),
            deposit_bps: self.bps(20),
            referral_bps: self.bps(10_001),
            insurance_bps: self.bps(10_001),
            instant_least_bps: self.bps(10),
            instant_most_bps: self.bps(21),
            liquidity_cut_bps: self.bps(5_001),
            reserve_lamports: self.amount(10_000 * SOL),
            reserve_rent: self.below(2_000_000),
            stake_rent_now: self.below(3_000_000),
        }
    }

    fn vault(&mut self) -> VaultState {
        let assets = self.amount(100_000 * SOL);
        let junior_assets = self.amount(10_000 * SOL);
        let reward_slot = self.below(1_000_000);
        VaultState {
            assets,
            vrt_supply: self.amount(assets.max(2)),
            queued_vrt: self.below(SOL),
            junior_assets,
            junior_supply: self.amount(junior_assets.max(2)),
            queued_junior: self.below(SOL),
            locked_rewards: self.amount(100 * SOL),
            reward_slot,
            reward_end_slot: reward_slot.saturating_add(self.below(432_000)),
            principal_lamports: self.below(assets.max(1)),
            min_deposit: self.below(1_000),
            capacity: self.amount(1_000_000 * SOL),
            total_allocated: self.below(assets.max(1)),
            open_requests: self.below(2),
            requests_expire_at: self.below(5),
            cap_epoch: self.below(4),
            cap_assets: self.below(assets.max(1)),
            cap_junior: self.below(junior_assets.max(1)),
            cap_slashed: self.below(SOL),
            senior_deficit: self.below(SOL),
            paused_until_epoch: if self.one_in(6) { 3 } else { 0 },
            cooldown_epochs: self.bps(30),
            veto_epochs: self.bps(10),
            execution_epochs: self.bps(10),
            slash_cap_bps: self.bps(5_001),
            leverage_bps: if self.one_in(2) { 0 } else { self.bps(10_001) },
            premium_bps: self.bps(5_001),
            shielded: self.one_in(3),
            of_liquidity: self.one_in(6),
            has_junior: !self.one_in(4),
            has_pool: !self.one_in(6),
        }
    }

    fn words<T: Plain>(value: T, words: &mut Vec<u64>) {
        let mut room = [0; 128];
        let mut rest = room.iter_mut();
        value.write(&mut rest).expect("room for it");
        let used = 128usize.saturating_sub(rest.len());
        words.extend(room.iter().take(used));
    }

    /// A value for a part of a question, as words.
    fn part(&mut self, part: &Part, words: &mut Vec<u64>) {
        let name = match part.shape {
            Shape::Word("bool") => return Self::words(self.one_in(2), words),
            Shape::Word("u16") => return Self::words(self.bps(10_100), words),
            Shape::Word(_) => return Self::words(self.amount(100 * SOL), words),
            Shape::Struct { name, .. } => name,
        };
        match name {
            "PoolState" => Self::words(self.pool(), words),
            "VaultState" => Self::words(self.vault(), words),
            "Moment" => Self::words(
                Moment { slot: self.below(2_000_000), epoch: self.epoch(), rewards_active: self.one_in(3) },
                words,
            ),
            "EpochSchedule" => Self::words(
                EpochSchedule {
                    slots_per_epoch: self.amount(432_000),
                    first_normal_epoch: self.below(15),
                    first_normal_slot: self.below(524_256),
                },
                words,
            ),
            "RateEntry" => Self::words(
                RateEntry {
                    epoch: self.below(300),
                    unix_timestamp: self.below(100_000_000).cast_signed(),
                    value: self.amount(1_000 * SOL),
                    total: self.next(),
                    supply: self.amount(1_000 * SOL),
                },
                words,
            ),
            "Ticket" => Self::words(
                Ticket {
                    shares: self.amount(100 * SOL),
                    ordered_lamports: self.amount(100 * SOL),
                    claim_epoch: self.below(4),
                },
                words,
            ),
            "Holding" => Self::words(
                Holding {
                    stake: self.amount(1_000 * SOL),
                    activating: self.below(100 * SOL),
                    deactivating: self.below(100 * SOL),
                    earning: self.amount(1_000 * SOL),
                    growth: self.below(SOL).cast_signed().wrapping_sub(1_000),
                    growth_epochs: self.bps(3),
                    is_delegated: !self.one_in(4),
                },
                words,
            ),
            "StakeSource" => Self::words(
                StakeSource {
                    which: u8::try_from(self.below(4)).unwrap_or(0),
                    lamports: self.amount(1_000 * SOL),
                    is_delegated: !self.one_in(8),
                    activation_epoch: self.below(3),
                    deactivation_epoch: self.below(3),
                },
                words,
            ),
            "TransferFee" => Self::words(TransferFee { bps: self.bps(200), most: self.amount(SOL) }, words),
            "VaultTicket" => Self::words(
                VaultTicket {
                    vrt_amount: self.amount(10 * SOL),
                    unlock_epoch: self.below(4),
                    release_epoch: self.below(6),
                    junior: self.one_in(3),
                },
                words,
            ),
            other => panic!("no random {other}: add it here"),
        }
    }
}

fn text(words: &[u64]) -> String {
    words.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

fn length(shape: &Shape) -> usize {
    match shape {
        Shape::Word(_) => 1,
        Shape::Struct { fields, .. } => fields.len(),
    }
}

fn main() {
    let mut random = Random(7);
    for (number, question) in QUESTIONS.iter().enumerate() {
        for _ in 0..EACH {
            let mut input = Vec::new();
            for part in question.takes {
                random.part(part, &mut input);
            }
            let mut output = vec![0; length(&question.answers)];
            let answer = match ask(number, &input, &mut output) {
                Ok(()) => text(&output),
                Err(AskError::Refused(Refusal::Pool(refusal))) => format!("pool {}", refusal.code()),
                Err(AskError::Refused(Refusal::Vault(refusal))) => format!("vault {}", refusal.code()),
                Err(AskError::Malformed) => panic!("{}: malformed", question.name),
            };
            println!("{number};{};{answer}", text(&input));
        }
    }
}
