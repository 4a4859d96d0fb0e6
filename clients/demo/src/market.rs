//! What validators of the story do: they join with a bond, two of them bid, and one of the pool's holders directs stake.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::errors::ValidatorSelectionError::NotEnoughHistory;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::Explanation;
use sluice_selection_math::Constraint;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, SOL, SelectionFixture, Sent, token};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What each candidate's bond is, in base units of slSOL.
pub const BOND: u64 = 10 * SOL;
/// What two of the weaker ones bid, in lamports per SOL and epoch: about a fifth of what stake earns.
const BID: u32 = 36_000;

/// What bonds paid, in base units of slSOL.
#[derive(Clone, Copy, Debug, Default)]
pub struct Charges {
    pub paid: u64,
    /// Of it, what the last epoch's settlement burnt: the pool's next update finds it.
    pub unseen: u64,
    /// Of what was due, in lamports: for bids, and for what stake did not bring.
    pub for_bids: u64,
    pub for_protection: u64,
    /// Stake taken in emergencies, in lamports.
    pub unstaked: u64,
}

impl Charges {
    /// Counts what the transactions of an epoch charged and took.
    pub fn count(&mut self, sent: &[Sent]) {
        self.unseen = 0;
        for event in sent.iter().flat_map(Sent::events) {
            match event {
                Event::ValidatorSelection(ValidatorSelectionEvent::BondCharged(charged)) => {
                    let due = |rate: u64| {
                        (u128::from(rate) * u128::from(charged.earning) / 1_000_000_000_000) as u64
                    };
                    self.paid += charged.paid;
                    self.unseen += charged.paid;
                    self.for_bids += due(charged.price);
                    self.for_protection += due(charged.shortfall + charged.rise);
                }
                Event::ValidatorSelection(ValidatorSelectionEvent::EmergencyUnstaked(taken)) => {
                    self.unstaked += taken.lamports;
                }
                _ => {}
            }
        }
    }
}

/// Whether a validator could join, with a bond that somebody pays for it: one without a record of voting is refused.
pub fn join(
    bank: &mut Bank,
    selection: &SelectionFixture,
    vote: &Address,
    (backer, lst): (&Keypair, &Address),
) -> bool {
    match bank.send(&[selection.join_with_bond(vote, &backer.pubkey(), lst, BOND)], &[backer]) {
        Ok(_) => true,
        Err(failed) => {
            assert_eq!(failed.code(), Some(NotEnoughHistory as u32), "{:?}", failed.err);
            false
        }
    }
}

/// Bids of two of those that stake alone would not choose; their names.
pub fn bid(bank: &mut Bank, selection: &SelectionFixture, names: &[String], payer: &Keypair) -> Vec<String> {
    let mut ranked: Vec<(u64, String)> = names
        .iter()
        .filter_map(|name| {
            let vote = bank.0.validator(name).vote_address();
            let candidates = selection.registry(bank).records;
            let candidate = candidates.into_iter().find(|candidate| candidate.vote == vote)?;
            Some((candidate.expected, name.clone()))
        })
        .collect();
    ranked.sort_by(|a, b| b.cmp(a));
    let bidders: Vec<String> = ranked.iter().skip(12).take(2).map(|(_, name)| name.clone()).collect();
    for name in &bidders {
        let validator = bank.0.validator(name);
        let (vote, identity) = (validator.vote_address(), validator.identity().insecure_clone());
        let set = selection.set_bid(bank, &vote, &identity.pubkey(), BID);
        bank.must(&[set], &[payer, &identity]);
    }
    bidders
}

/// Those with stake of the pool that ask too much, or have stopped voting: anyone may take their stake at once.
pub fn broken(bank: &Bank, selection: &SelectionFixture, names: &[String]) -> Vec<Address> {
    let params = selection.state(bank).params;
    let slot = bank.clock().slot;
    names
        .iter()
        .map(|name| bank.0.validator(name).vote_address())
        .filter(|vote| selection.held(bank, vote) > 0)
        .filter(|vote| {
            bank.0.vote_state(vote).is_none_or(|state| {
                let voted = state.votes.back().map_or(0, |vote| vote.lockout.slot());
                state.inflation_rewards_commission_bps > params.max_commission_bps
                    || slot.saturating_sub(voted) > params.delinquent_slots
            })
        })
        .collect()
}

/// The program's own answers to "when will I get stake?".
pub fn print_explanations(bank: &Bank, selection: &SelectionFixture, names: &[String]) {
    println!("\n\"When will I get stake?\", asked of the program:");
    for name in names {
        let vote = bank.0.validator(name).vote_address();
        if !selection.votes(bank).contains(&vote) {
            continue;
        }
        let Ok(answer) = selection.explain(bank, &vote) else { continue };
        println!("  {}: {}", &name[..name.len().min(12)], sentence(&answer));
    }
}

fn sentence(answer: &Explanation) -> String {
    let amount = |lamports: u64| format!("{:.2} SOL", lamports as f64 / 1e9);
    let why = Constraint::from_code(answer.constraint).map_or("?".into(), |reason| format!("{reason:?}"));
    let mut text =
        format!("holds {}, ideally {}; decided by {why}", amount(answer.held), amount(answer.ideal));
    if answer.arrives_now + answer.arrives_later > 0 {
        text += &format!("; gets {} now, {} later", amount(answer.arrives_now), amount(answer.arrives_later));
    }
    if answer.leaves_now + answer.leaves_later > 0 {
        text += &format!("; loses {} now, {} later", amount(answer.leaves_now), amount(answer.leaves_later));
    }
    if answer.ideal == 0 && answer.lacks_yield > 0 {
        text += &format!(
            "; a bid of {} lamports per SOL and epoch more would do",
            answer.lacks_yield.div_ceil(1_000)
        );
    }
    text
}

/// LST in the vault is what the config counts.
pub fn vault_is_counted(bank: &Bank, selection: &SelectionFixture) -> bool {
    let state = selection.state(bank);
    let bonds: u64 = selection.registry(bank).records.iter().map(|c| c.bond + c.bond_leaving).sum();
    token::balance(bank, &selection.vault) == state.bonds + state.directed && bonds == state.bonds
}
