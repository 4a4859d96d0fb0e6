//! Every account of every instruction, taken away, weakened or replaced: nothing may pass that the specification
//! does not name.

use solana_instruction::AccountMeta;

use crate::prelude::*;

/// One instruction that would succeed, who signs it, and replacements that are legal by design.
struct Case {
    name: &'static str,
    instruction: Instruction,
    signers: Vec<Keypair>,
    /// Positions whose account is free to choose among accounts of the right kind, with those that are.
    free: Vec<(usize, Vec<Address>)>,
}

struct Scene {
    world: VaultFixture,
    cases: Vec<Case>,
    /// Accounts of every kind, of this vault and of others, to put where they do not belong.
    strangers: Vec<Address>,
}

/// A world in which all instructions would succeed next.
fn scene() -> Scene {
    let mut world = VaultFixture::new();
    let alice = world.depositor(50 * ONE);
    let mallory = world.depositor(50 * ONE);
    world.mint_collateral(alice.collateral, 10 * ONE);
    world.mint_collateral(mallory.collateral, 10 * ONE);
    let insurance = world.user(0);
    let team = world.team(Some(insurance.collateral));
    world.allocate(&team, 20 * ONE).unwrap();
    let cooling = world.allocated(10 * ONE);
    world.deallocate(&cooling, &cooling.operator_authority, 10 * ONE).unwrap();
    let expired = world.allocated(5 * ONE);
    let expired_request = world.request(&expired, ONE).unwrap();
    world.pass_epochs(4);
    let matured = world.enqueue(&alice, 5 * ONE).unwrap();
    let others_ticket = world.enqueue(&mallory, 5 * ONE).unwrap();
    world.pass_epochs(9);
    // Claims work past the tickets' release although requests are open from here on.
    let executable = world.request(&team, ONE).unwrap();
    world.pass_epochs(2);
    let young = world.allocated(5 * ONE);
    let vetoable = world.request(&young, ONE).unwrap();
    let idle = world.allocated(ONE);
    let (new_operator, new_service) = (world.funded_key(), world.funded_key());
    let ticket = Keypair::new();
    let (at, bank) = (world.at, world.bank.pubkey());
    let keys = |keys: &[&Keypair]| keys.iter().map(|key| key.insecure_clone()).collect::<Vec<_>>();
    let delegation_admin = world.delegation_admin.insecure_clone();
    let second_account = world.collateral_account_of(alice.address());
    let second_vrt = world.vrt_account_of(alice.address());
    let lost = world.vrt_account_of(at.vault);
    // VRT may be given away, even to the vault itself, where they are lost.
    let vrt_accounts = vec![second_vrt, mallory.vrt, lost];
    let case = |name, instruction, signers| Case { name, instruction, signers, free: vec![] };
    let cases = vec![
        Case {
            free: vec![(3, vrt_accounts)],
            ..case(
                "deposit",
                ix::deposit(&at, alice.address(), alice.collateral, alice.vrt, ONE, 0),
                keys(&[&alice.key]),
            )
        },
        case(
            "enqueue_withdrawal",
            ix::enqueue_withdrawal(&at, alice.address(), alice.vrt, ticket.pubkey(), ONE),
            keys(&[&alice.key, &ticket]),
        ),
        Case {
            free: vec![(3, vec![second_account])],
            ..case(
                "claim_withdrawal",
                ix::claim_withdrawal(&at, matured, alice.address(), alice.collateral, 0),
                vec![],
            )
        },
        case("register_operator", ix::register_operator(new_operator.pubkey()), keys(&[&new_operator])),
        case("register_service", ix::register_service(new_service.pubkey()), keys(&[&new_service])),
        Case {
            // Any signer may pay. No beneficiary and the zero address are the same: slashes burn.
            free: vec![
                (
                    6,
                    vec![
                        delegation_admin.pubkey(),
                        idle.operator_authority.pubkey(),
                        idle.service_authority.pubkey(),
                    ],
                ),
                (8, vec![Address::default()]),
            ],
            ..case(
                "allocate",
                ix::allocate(&at, &idle.parties, bank, ONE),
                keys(&[&delegation_admin, &idle.operator_authority, &idle.service_authority]),
            )
        },
        case(
            "deallocate",
            ix::deallocate(&at, &idle.parties, delegation_admin.pubkey(), ONE),
            keys(&[&delegation_admin]),
        ),
        case("release_allocation", ix::release_allocation(&at, cooling.allocation), vec![]),
        case(
            "request_slash",
            ix::request_slash(&at, &idle.parties, 0, ONE, [0; 32]),
            keys(&[&idle.service_authority]),
        ),
        case(
            "veto_slash",
            ix::veto_slash(
                &at,
                young.allocation,
                vetoable,
                world.resolver.pubkey(),
                young.service_authority.pubkey(),
            ),
            keys(&[&world.resolver]),
        ),
        case(
            "execute_slash",
            ix::execute_slash(
                &at,
                team.allocation,
                executable,
                team.service_authority.pubkey(),
                Some(insurance.collateral),
            ),
            vec![],
        ),
        case(
            "close_slash_request",
            ix::close_slash_request(
                &at,
                expired.allocation,
                expired_request,
                expired.service_authority.pubkey(),
            ),
            vec![],
        ),
    ];
    let elsewhere = world.another_vault(|_| {});
    let strangers = vec![
        Address::new_unique(),
        elsewhere.vault,
        elsewhere.collateral_account,
        elsewhere.vrt_mint,
        elsewhere.vrt_escrow,
        mallory.address(),
        mallory.collateral,
        mallory.vrt,
        others_ticket,
        matured,
        team.allocation,
        cooling.allocation,
        expired.allocation,
        young.allocation,
        idle.allocation,
        executable,
        vetoable,
        expired_request,
        team.parties.operator,
        team.parties.service,
        young.parties.operator,
        young.parties.service,
        at.vault,
        at.collateral_mint,
        at.collateral_account,
        at.vrt_mint,
        at.vrt_escrow,
        insurance.collateral,
        world.collateral_account_of(at.vault),
        lost,
        second_account,
        second_vrt,
        TOKEN_PROGRAM,
        TOKEN_2022_PROGRAM,
        RESTAKING_VAULT_ID,
        Address::default(),
        world.admin.address(),
        world.resolver.pubkey(),
        delegation_admin.pubkey(),
        team.service_authority.pubkey(),
        team.operator_authority.pubkey(),
    ];
    Scene { world, cases, strangers }
}

/// Tries `instruction` and puts the world back when it succeeds.
fn passes(scene: &mut Scene, instruction: &Instruction, signers: &[Keypair]) -> bool {
    let saved: Vec<_> = instruction
        .accounts
        .iter()
        .map(|meta| (meta.pubkey, scene.world.svm.account(&meta.pubkey)))
        .collect();
    let signers: Vec<&Keypair> = signers.iter().collect();
    let passed = scene.world.send(std::slice::from_ref(instruction), &signers).is_ok();
    if passed {
        for (address, account) in saved {
            scene.world.forge(address, |now| *now = account.unwrap_or_default());
        }
    }
    passed
}

#[test]
fn every_case_succeeds_as_it_is() {
    let mut scene = scene();
    for index in 0..scene.cases.len() {
        let (name, instruction) = (scene.cases[index].name, scene.cases[index].instruction.clone());
        let signers: Vec<Keypair> = scene.cases[index].signers.iter().map(Keypair::insecure_clone).collect();
        assert!(passes(&mut scene, &instruction, &signers), "{name}");
    }
}

#[test]
fn no_account_can_be_replaced() {
    let mut scene = scene();
    let mut tried = 0;
    for index in 0..scene.cases.len() {
        let case = &scene.cases[index];
        let (name, original) = (case.name, case.instruction.clone());
        let signers: Vec<Keypair> = case.signers.iter().map(Keypair::insecure_clone).collect();
        let own: Vec<Address> = original.accounts.iter().map(|meta| meta.pubkey).collect();
        let candidates: Vec<Address> = scene.strangers.iter().chain(&own).copied().collect();
        for (position, named) in own.iter().enumerate() {
            for candidate in &candidates {
                let free = scene.cases[index].free.iter();
                let allowed = free.filter(|(p, _)| *p == position).any(|(_, list)| list.contains(candidate));
                if candidate == named || allowed {
                    continue;
                }
                let mut instruction = original.clone();
                instruction.accounts[position].pubkey = *candidate;
                tried += 1;
                assert!(
                    !passes(&mut scene, &instruction, &signers),
                    "{name}: account {position} was replaced by {candidate}, {:?}",
                    scene.strangers.iter().position(|stranger| stranger == candidate)
                );
            }
        }
    }
    assert!(tried > 3_000, "only {tried} substitutions tried");
}

#[test]
fn no_signature_can_be_left_out_and_no_account_be_weakened() {
    let mut scene = scene();
    for index in 0..scene.cases.len() {
        let case = &scene.cases[index];
        let (name, original) = (case.name, case.instruction.clone());
        let signers: Vec<Keypair> = case.signers.iter().map(Keypair::insecure_clone).collect();
        for position in 0..original.accounts.len() {
            let AccountMeta { is_signer, is_writable, pubkey } = original.accounts[position];
            // The fee payer is signer and writable in every transaction.
            if pubkey == scene.world.bank.pubkey() {
                continue;
            }
            if is_signer {
                let mut instruction = original.clone();
                instruction.accounts[position].is_signer = false;
                assert!(!passes(&mut scene, &instruction, &signers), "{name}: {position} did not sign");
            }
            if is_writable {
                let mut instruction = original.clone();
                instruction.accounts[position].is_writable = false;
                assert!(!passes(&mut scene, &instruction, &signers), "{name}: {position} is read-only");
            }
        }
        for length in 0..original.accounts.len() {
            let mut instruction = original.clone();
            instruction.accounts.truncate(length);
            assert!(!passes(&mut scene, &instruction, &signers), "{name}: only {length} accounts");
        }
        for length in 0..original.data.len() {
            let mut instruction = original.clone();
            instruction.data.truncate(length);
            assert!(!passes(&mut scene, &instruction, &signers), "{name}: only {length} bytes of data");
        }
    }
}
