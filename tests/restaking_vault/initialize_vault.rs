//! `initialize_vault`: what a vault is opened with, and what it is not.

use crate::prelude::*;

#[test]
fn a_vault_opens_with_its_seed_locked_in_the_escrow() {
    let world = VaultFixture::new();
    let vault = world.vault();
    assert_eq!((vault.assets, vault.vrt_supply, vault.locked_vrt), (ONE, ONE, ONE));
    assert_eq!(world.balance(&world.at.vrt_escrow), ONE);
    assert_eq!(world.balance(&world.at.collateral_account), ONE);
    assert_eq!(world.balance(&world.admin.collateral), 0);
    assert_eq!((vault.cooldown_epochs, vault.veto_epochs, vault.execution_epochs), (2, 2, 2));
    assert_eq!(vault.deallocation_epochs, 9);
    assert_eq!((vault.min_deposit, vault.slash_cap_bps), (1, 1_000));
    assert_eq!((vault.total_allocated, vault.open_requests, vault.queued_vrt), (0, 0, 0));
    world.settle();
}

#[test]
fn both_mints_may_live_under_token_2022() {
    for (collateral, vrt) in [
        (TOKEN_2022_PROGRAM, TOKEN_PROGRAM),
        (TOKEN_PROGRAM, TOKEN_2022_PROGRAM),
        (TOKEN_2022_PROGRAM, TOKEN_2022_PROGRAM),
    ] {
        let mut world = VaultFixture::opened(|plan| {
            plan.collateral_token_program = collateral;
            plan.vrt_token_program = vrt;
            plan.decimals = 6;
        });
        let alice = world.depositor(5 * ONE);
        let team = world.allocated(ONE);
        world.slash(&team, ONE / 10);
        let ticket = world.enqueue(&alice, 5 * ONE).unwrap();
        world.pass_epochs(2);
        world.claim(&alice, ticket).unwrap();
        world.settle();
    }
}

#[test]
fn parameters_outside_their_ranges_are_refused() {
    type Change = fn(&mut VaultParams);
    let cases: [(Change, Refusal); 25] = [
        (|p| p.seed = 99_999, E::SeedTooSmall.into()),
        (|p| p.min_deposit = 0, E::ZeroAmount.into()),
        (|p| p.cooldown_epochs = 1, E::WindowOutOfRange.into()),
        (|p| (p.cooldown_epochs, p.warmup_epochs) = (31, 31), E::WindowOutOfRange.into()),
        (|p| p.veto_epochs = 1, E::WindowOutOfRange.into()),
        (|p| (p.veto_epochs, p.deallocation_epochs) = (11, 60), E::WindowOutOfRange.into()),
        (|p| p.warmup_epochs = 1, E::WindowOutOfRange.into()),
        (|p| (p.cooldown_epochs, p.warmup_epochs) = (5, 4), E::WindowOutOfRange.into()),
        (|p| p.warmup_epochs = 61, E::WindowOutOfRange.into()),
        (|p| p.stream_slots = 31, E::WindowOutOfRange.into()),
        (|p| p.stream_slots = 4_320_001, E::WindowOutOfRange.into()),
        (|p| p.leverage_bps = 10_001, E::ShareAboveCap.into()),
        (|p| p.leverage_bps = 1, E::StakingPoolMissing.into()),
        (|p| p.shielded = true, E::StakingPoolMissing.into()),
        (|p| p.capacity = p.seed - 1, E::CapacityExceeded.into()),
        (|p| p.execution_epochs = 1, E::WindowOutOfRange.into()),
        (|p| (p.execution_epochs, p.deallocation_epochs) = (11, 60), E::WindowOutOfRange.into()),
        (|p| p.deallocation_epochs = 8, E::WindowOutOfRange.into()),
        (|p| (p.veto_epochs, p.deallocation_epochs) = (3, 10), E::WindowOutOfRange.into()),
        (|p| p.deallocation_epochs = 61, E::WindowOutOfRange.into()),
        (|p| p.veto_epochs = u16::MAX, E::WindowOutOfRange.into()),
        (|p| p.execution_epochs = u16::MAX, E::WindowOutOfRange.into()),
        (|p| p.slash_cap_bps = 0, E::SlashCapOutOfRange.into()),
        (|p| p.slash_cap_bps = 5_001, E::SlashCapOutOfRange.into()),
        (|p| p.seed = u64::MAX, foreign::insufficient_funds()),
    ];
    for (number, (change, code)) in cases.into_iter().enumerate() {
        let (mut world, instruction) = VaultFixture::planned(|plan| change(&mut plan.params));
        let admin = world.admin.key.insecure_clone();
        println!("case {number}");
        assert_refused(world.send(&[instruction], &[&admin]), code);
    }
}

#[test]
fn the_limits_themselves_are_accepted() {
    for change in [
        (|p| p.seed = 100_000) as fn(&mut VaultParams),
        |p| {
            (p.cooldown_epochs, p.veto_epochs, p.execution_epochs) = (30, 10, 10);
            (p.warmup_epochs, p.deallocation_epochs, p.slash_cap_bps) = (60, 60, 5_000);
            (p.stream_slots, p.capacity) = (4_320_000, p.seed);
        },
        |p| (p.deallocation_epochs, p.slash_cap_bps, p.stream_slots) = (9, 1, 32),
    ] {
        VaultFixture::opened(|plan| change(&mut plan.params)).settle();
    }
}

#[test]
fn a_vault_opens_once() {
    let mut world = VaultFixture::new();
    let before = world.vault();
    let admin = world.admin.key.insecure_clone();
    world.mint_collateral(world.admin.collateral, ONE);
    let again = ix::initialize_vault(&world.at, admin.pubkey(), world.admin.collateral, &world.params);
    assert!(world.send(&[again], &[&admin]).is_err());
    assert_eq!(world.vault(), before);
}

#[test]
fn a_vrt_mint_somebody_else_can_touch_is_refused() {
    let stranger = Keypair::new();
    // Minted by somebody else, freezable by somebody else, of other decimals.
    let cases: [(bool, bool, u8); 3] = [(false, false, 9), (true, true, 9), (true, false, 6)];
    for (vault_mints, freezable, decimals) in cases {
        let (mut world, _) = VaultFixture::planned(|_| {});
        let key = Keypair::new();
        let mut at = world.at;
        at.vault = ix::vault_address(&key.pubkey());
        let authority = if vault_mints { at.vault } else { stranger.pubkey() };
        at.vrt_mint =
            world.mint(TOKEN_PROGRAM, &key, decimals, authority, freezable.then(|| stranger.pubkey()));
        at.collateral_account = world.collateral_account_of(at.vault);
        at.vrt_escrow = world.token_account(TOKEN_PROGRAM, at.vrt_mint, at.vault);
        let instruction =
            ix::initialize_vault(&at, world.admin.address(), world.admin.collateral, &world.params);
        let admin = world.admin.key.insecure_clone();
        assert_refused(world.send(&[instruction], &[&admin, &key]), E::UnusableVrtMint);
    }
}

#[test]
fn nobody_opens_a_vault_with_somebody_elses_mint() {
    let (mut world, mut instruction) = VaultFixture::planned(|_| {});
    let position = instruction.accounts.iter().position(|meta| meta.pubkey == world.at.vrt_mint).unwrap();
    instruction.accounts[position].is_signer = false;
    let admin = world.admin.key.insecure_clone();
    assert_fails(world.send(&[instruction], &[&admin]), InstructionError::MissingRequiredSignature);
}

#[test]
fn a_vrt_mint_without_authority_is_refused() {
    let (mut world, instruction) = VaultFixture::planned(|_| {});
    // Given up, with the vault's key still in the bytes behind the tag.
    world.forge(world.at.vrt_mint, |mint| mint.data[0] = 0);
    let admin = world.admin.key.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableVrtMint);
}

#[test]
fn a_vrt_mint_with_a_supply_is_refused() {
    let (mut world, instruction) = VaultFixture::planned(|_| {});
    // The vault cannot have minted before it exists, so the supply has to be forged.
    world.forge(world.at.vrt_mint, |mint| mint.data[36] = 1);
    let admin = world.admin.key.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableVrtMint);
}

#[test]
fn a_collateral_that_cannot_be_slashed_or_counted_is_refused() {
    // Wrapped SOL cannot be burnt. There is none in LiteSVM: the collateral's mint stands in for it.
    let (mut world, _) = VaultFixture::planned(|_| {});
    let mut at = world.at;
    at.collateral_mint = Address::from_str_const("So11111111111111111111111111111111111111112");
    let mint = world.svm.account(&world.at.collateral_mint).unwrap();
    world.forge(at.collateral_mint, |native| *native = mint);
    let instruction = ix::initialize_vault(&at, world.admin.address(), world.admin.collateral, &world.params);
    let admin = world.admin.key.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableCollateralMint);

    // An extension may take a fee of every transfer: 83 bytes is one too many. So is an account that is no mint.
    for length in [83, 81, 165, 0] {
        let (mut world, instruction) =
            VaultFixture::planned(|plan| plan.collateral_token_program = TOKEN_2022_PROGRAM);
        world.forge(world.at.collateral_mint, |mint| mint.data.resize(length, 0));
        assert_refused(
            world.send(&[instruction], &[&world.admin.key.insecure_clone()]),
            E::UnusableCollateralMint,
        );
    }

    // A mint whose bytes look right, of another program.
    let (mut world, instruction) = VaultFixture::planned(|_| {});
    world.forge(world.at.collateral_mint, |mint| mint.owner = Address::new_unique());
    let admin = world.admin.key.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableCollateralMint);

    // Not initialized.
    let (mut world, instruction) = VaultFixture::planned(|_| {});
    world.forge(world.at.collateral_mint, |mint| mint.data[45] = 0);
    let admin = world.admin.key.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableCollateralMint);
}

#[test]
fn vault_accounts_with_a_back_door_are_refused() {
    for which in ["delegate", "close authority", "owner", "mint", "frozen", "length"] {
        let (mut world, _) = VaultFixture::planned(|_| {});
        let admin = world.admin.key.insecure_clone();
        let mut at = world.at;
        // Made by the admin, given a back door, then handed to the vault.
        let account = world.collateral_account_of(admin.pubkey());
        at.collateral_account = account;
        let hand_over = set_authority(&account, 2, &admin.pubkey(), &at.vault);
        let close_by_admin = set_authority(&account, 3, &admin.pubkey(), &admin.pubkey());
        match which {
            "close authority" => {
                // A new owner clears the close authority of the old one, so it is forged.
                world.send(&[close_by_admin, hand_over], &[&admin]).unwrap();
                world.forge(account, |forged| forged.data[129] = 1);
            }
            "delegate" => {
                world.send(&[hand_over], &[&admin]).unwrap();
                world.forge(account, |forged| forged.data[72] = 1);
            }
            "owner" => {}
            "mint" => at.collateral_account = world.vrt_account_of(at.vault),
            "frozen" => {
                world.send(&[hand_over], &[&admin]).unwrap();
                world.freeze(account);
            }
            _ => {
                world.send(&[hand_over], &[&admin]).unwrap();
                world.forge(account, |longer| longer.data.resize(170, 0));
            }
        }
        let instruction = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
        println!("{which}");
        assert_refused(world.send(&[instruction], &[&admin]), E::UnusableVaultAccount);
    }
}

#[test]
fn token_programs_are_only_the_two_there_are() {
    let (mut world, _) = VaultFixture::planned(|_| {});
    let admin = world.admin.key.insecure_clone();
    for side in 0..2 {
        let mut at = world.at;
        let program = if side == 0 { &mut at.collateral_token_program } else { &mut at.vrt_token_program };
        *program = Address::new_unique();
        let instruction = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
        assert_refused(world.send(&[instruction], &[&admin]), E::WrongTokenProgram);
    }
    // The other token program than the mint's: its mint is then of a foreign owner.
    let mut at = world.at;
    at.collateral_token_program = TOKEN_2022_PROGRAM;
    let instruction = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
    assert_refused(world.send(&[instruction], &[&admin]), E::UnusableCollateralMint);
}

#[test]
fn a_vault_lives_at_the_address_of_its_vrt_mint() {
    let (mut world, _) = VaultFixture::planned(|_| {});
    let admin = world.admin.key.insecure_clone();
    let mut at = world.at;
    at.vault = ix::vault_address(&Address::new_unique());
    let instruction = ix::initialize_vault(&at, admin.pubkey(), world.admin.collateral, &world.params);
    assert_fails(world.send(&[instruction], &[&admin]), InstructionError::InvalidSeeds);
}
