//! Who sends which batch first, where several operators crank the same pool.
//!
//! Rendezvous hashing: each operator has a weight for each batch of each epoch, made of its address and the batch alone, so all
//! come to the same order without asking each other. The heaviest sends at once, the next waits so long, the one after
//! that twice as long; whoever waited looks whether the work is done before it sends.

use std::time::Duration;

use solana_address::Address;

/// Names a batch among all of an epoch's: the same for every operator that sees the same chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchKey(pub u64);

impl BatchKey {
    pub fn new(pool: &Address, epoch: u64, stage: &str, first: &Address) -> Self {
        Self(hash(&[pool.as_ref(), &epoch.to_le_bytes(), stage.as_bytes(), first.as_ref()]))
    }
}

/// The operators that are known to be at work, this one among them or not.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// `None`: it is not known who else is there.
    pub others: Option<Vec<Address>>,
}

/// How many patiences the unknown others may add up to.
const UNKNOWN: f64 = 3.0;
/// The longest wait, in patiences, however many others there are.
const LONGEST: usize = 6;

impl Turns {
    /// How long `me` waits before it sends a batch that it has just found undone.
    pub fn wait(&self, me: &Address, batch: BatchKey, patience: Duration) -> Duration {
        match &self.others {
            Some(others) => {
                let mine = weight(me, batch);
                let ahead = others
                    .iter()
                    .filter(|other| *other != me && (weight(other, batch), *other) > (mine, me))
                    .count();
                patience * ahead.min(LONGEST) as u32
            }
            // Any time, so that two rarely choose the same.
            None => patience.mul_f64(UNKNOWN * (weight(me, batch) as f64 / u64::MAX as f64)),
        }
    }
}

fn weight(operator: &Address, batch: BatchKey) -> u64 {
    hash(&[operator.as_ref(), &batch.0.to_le_bytes()])
}

/// FNV-1a with the finish of SplitMix64: no secret, but the same everywhere and well mixed.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325u64;
    for byte in parts.iter().copied().flatten() {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn operator(of: u8) -> Address {
        Address::new_from_array([of; 32])
    }

    fn batch(of: u8) -> BatchKey {
        BatchKey::new(&operator(99), 7, "observe", &operator(of))
    }

    #[test]
    fn of_known_operators_one_sends_at_once_and_each_other_at_a_time_of_its_own() {
        let all: Vec<Address> = (1..=4).map(operator).collect();
        let turns = Turns { others: Some(all.clone()) };
        for of in 0..50 {
            let mut waits: Vec<_> = all.iter().map(|me| turns.wait(me, batch(of), PATIENCE)).collect();
            waits.sort();
            assert_eq!(waits, [0, 1, 2, 3].map(|ahead| PATIENCE * ahead));
        }
    }

    #[test]
    fn work_is_shared_evenly() {
        let turns = Turns { others: Some((1..=3).map(operator).collect()) };
        let first =
            |me: u8| (0..200).filter(|of| turns.wait(&operator(me), batch(*of), PATIENCE).is_zero()).count();
        let shares = [first(1), first(2), first(3)];
        assert_eq!(shares.iter().sum::<usize>(), 200);
        assert!(shares.iter().all(|share| (40..=95).contains(share)), "{shares:?}");
    }

    #[test]
    fn who_is_alone_never_waits_and_a_crowd_is_not_waited_for_forever() {
        let alone = Turns { others: Some(vec![operator(1)]) };
        assert!((0..50).all(|of| alone.wait(&operator(1), batch(of), PATIENCE).is_zero()));
        let crowd = Turns { others: Some((2..=90).map(operator).collect()) };
        assert!((0..50).all(|of| crowd.wait(&operator(1), batch(of), PATIENCE) <= PATIENCE * 6));
    }

    #[test]
    fn unknown_operators_choose_different_times() {
        let turns = Turns::default();
        let waits: Vec<_> = (1..=3).map(|me| turns.wait(&operator(me), batch(5), PATIENCE)).collect();
        assert!(waits.iter().all(|wait| *wait <= PATIENCE * 3));
        assert!(waits[0] != waits[1] && waits[1] != waits[2]);
    }
}
