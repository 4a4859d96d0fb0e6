//! Long walks of random steps by random people. Whatever happens, the books balance and nobody is locked in.

use crate::prelude::*;

/// A small deterministic generator (SplitMix64), so that a failing walk can be walked again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// Amounts of every magnitude up to `limit`.
    fn amount(&mut self, limit: u64) -> u64 {
        let bits = 64 - limit.leading_zeros();
        let magnitude = self.roll(u64::from(bits) + 1);
        self.roll(limit.min(1 << magnitude.min(63)) + 1)
    }
}

fn walk(seed: u64, steps: usize) {
    let mut dice = Dice(seed);
    let mut world = VaultFixture::opened(|plan| plan.params.slash_cap_bps = 2_500);
    let users: Vec<User> = (0..4).map(|_| world.user(1_000 * ONE)).collect();
    let pocket = world.user(0);
    let teams: Vec<Team> = (0..4).map(|n| world.team((n % 2 == 0).then_some(pocket.collateral))).collect();
    let mut tickets: Vec<(usize, Address)> = Vec::new();
    let mut requests: Vec<(usize, Address)> = Vec::new();
    let (mut succeeded, mut waited_longest) = (0, 0u64);
    for step in 0..steps {
        let who = usize::try_from(dice.roll(4)).unwrap();
        let (user, team) = (&users[who], &teams[who]);
        let before = world.vault();
        let mut slashing = false;
        let done = match dice.roll(12) {
            0 | 1 => {
                let amount = dice.amount(world.balance(&user.collateral));
                world.deposit(user, amount).is_ok()
            }
            2 | 3 => {
                let amount = dice.amount(world.balance(&user.vrt));
                match world.enqueue(user, amount) {
                    Ok(ticket) => {
                        tickets.push((who, ticket));
                        true
                    }
                    Err(_) => false,
                }
            }
            4 if !tickets.is_empty() => {
                let index = usize::try_from(dice.roll(tickets.len() as u64)).unwrap();
                let (owner, ticket) = tickets[index];
                let state = world.ticket(&ticket);
                let claimed = world.claim(&users[owner], ticket);
                if world.epoch() >= state.release_epoch {
                    assert!(claimed.is_ok(), "a ticket past its release was not paid: {claimed:?}");
                }
                if claimed.is_ok() {
                    tickets.swap_remove(index);
                    waited_longest = waited_longest.max(world.epoch() - state.enqueued_epoch);
                }
                claimed.is_ok()
            }
            5 => {
                let free = world.vault().assets;
                let amount = dice.amount(free);
                world.allocate(team, amount).is_ok()
            }
            6 if world.exists(&team.allocation) => {
                let amount = dice.amount(world.allocation(team).amount);
                let key = world.delegation_admin.insecure_clone();
                world.deallocate(team, &key, amount).is_ok()
            }
            7 if world.exists(&team.allocation) => world.release(team).is_ok(),
            8 if world.exists(&team.allocation) => {
                let amount = dice.amount(world.allocation(team).amount);
                match world.request(team, amount) {
                    Ok(request) => {
                        requests.push((who, request));
                        true
                    }
                    Err(_) => false,
                }
            }
            9 | 10 if !requests.is_empty() => {
                let index = usize::try_from(dice.roll(requests.len() as u64)).unwrap();
                let (accuser, request) = requests[index];
                let attempt = match dice.roll(4) {
                    0 => world.veto(&teams[accuser], request),
                    1 => world.close_request(&teams[accuser], request),
                    _ => {
                        slashing = true;
                        world.execute(&teams[accuser], request)
                    }
                };
                if !world.exists(&request) {
                    requests.swap_remove(index);
                }
                attempt.is_ok()
            }
            _ => {
                let epochs = 1 + dice.roll(2);
                world.pass_epochs(epochs);
                true
            }
        };
        succeeded += usize::from(done);
        world.settle();
        let after = world.vault();
        assert!(after.assets > 0 && after.vrt_supply > 0);
        let price = |v: &Vault, other: &Vault| u128::from(v.assets) * u128::from(other.vrt_supply);
        if !slashing {
            assert!(price(&after, &before) >= price(&before, &after), "step {step}: the price fell");
        }
    }
    assert!(succeeded > steps / 4, "too few steps did anything: {succeeded} of {steps}");

    // Everybody leaves in the end, whatever is still open.
    for user in &users {
        let vrt = world.balance(&user.vrt);
        if vrt > 0 {
            let ticket = world.enqueue(user, vrt).unwrap();
            tickets.push((users.iter().position(|u| u.address() == user.address()).unwrap(), ticket));
        }
    }
    world.pass_epochs(10);
    for (owner, ticket) in tickets {
        world.claim(&users[owner], ticket).unwrap();
    }
    let vault = world.vault();
    assert_eq!((vault.vrt_supply, vault.queued_vrt), (vault.locked_vrt, 0));
    world.settle();
    println!("seed {seed}: {succeeded} of {steps} steps did something, longest wait {waited_longest} epochs");
}

#[test]
fn the_books_balance_after_every_step_of_a_long_walk() {
    for seed in 1..=8 {
        walk(seed, 400);
    }
}
