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

/// A world in which all instructions about agreements and slashes would succeed next.
fn accused() -> Scene {
    let mut world = VaultFixture::new();
    let alice = world.depositor(50 * ONE);
    let mallory = world.depositor(50 * ONE);
    world.mint_collateral(alice.collateral, 10 * ONE);
    world.mint_collateral(mallory.collateral, 10 * ONE);
    let insurance = world.user(0);
    let team = world.team(Some(insurance.collateral));
    world.allocate(&team, 20 * ONE).unwrap();
    let cooling = world.allocated(10 * ONE);
    world.opt_out(&cooling, &cooling.operator_authority).unwrap();
    let expired = world.allocated(5 * ONE);
    let expired_request = world.request(&expired, ONE).unwrap();
    world.pass_epochs(4);
    let matured = world.enqueue(&alice, 5 * ONE).unwrap();
    let others_ticket = world.enqueue(&mallory, 5 * ONE).unwrap();
    world.pass_epochs(9);
    let (young, idle) = (world.allocated(5 * ONE), world.allocated(ONE));
    let undecided = world.team(None);
    // Claims work past the tickets' release although requests are open from here on.
    let executable = world.request(&team, ONE).unwrap();
    world.pass_epochs(2);
    let vetoable = world.request(&young, ONE).unwrap();
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
    let elsewhere = world.another_vault(|_| {});
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
            // Any signer may pay. Whoever opts in names the beneficiary it agrees to; none and the zero address are the
            // same: slashes burn.
            free: vec![
                (4, vec![undecided.operator_authority.pubkey()]),
                (6, vec![Address::default(), mallory.collateral, insurance.collateral, second_account]),
                (6, vec![elsewhere.collateral_account]),
            ],
            ..case(
                "opt_in",
                ix::opt_in(&at, &undecided.parties, undecided.operator_authority.pubkey(), bank),
                keys(&[&undecided.operator_authority]),
            )
        },
        case(
            "opt_out",
            ix::opt_out(&at, &idle.parties, idle.service_authority.pubkey()),
            keys(&[&idle.service_authority]),
        ),
        Case {
            // Any agreement of this vault that all three are part of will do: it is what the caller names.
            free: vec![(2, vec![team.allocation, expired.allocation, young.allocation])],
            ..case("allocate", ix::allocate(&at, &idle.parties, ONE), keys(&[&delegation_admin]))
        },
        Case {
            free: vec![(2, vec![team.allocation, expired.allocation, young.allocation])],
            ..case("deallocate", ix::deallocate(&at, &idle.parties, ONE), keys(&[&delegation_admin]))
        },
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

/// A world without requests in which the other instructions would succeed next.
fn quiet() -> Scene {
    let mut world = VaultFixture::opened(|plan| plan.params.pauser = plan.params.resolver);
    let (alice, mallory) = (world.depositor(50 * ONE), world.depositor(50 * ONE));
    for user in [&alice, &mallory] {
        world.mint_collateral(user.collateral, 10 * ONE);
    }
    let ticket = world.enqueue(&alice, ONE).unwrap();
    let others_ticket = world.enqueue(&mallory, ONE).unwrap();
    let (insurance, other_insurance) = (world.user(0), world.user(0));
    world.set_fee(Some(insurance.collateral), 100).unwrap();
    let (team, other_team) = (world.team(None), world.team(None));
    let operators = world.collateral_account_of(team.operator_authority.pubkey());
    let operators_second = world.collateral_account_of(team.operator_authority.pubkey());
    let leaves = [(alice.address(), 5), (mallory.address(), 7)];
    let (drop, expired) = (world.drop(&leaves), world.drop(&leaves));
    let tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, alice.address());
    let others_tokens = world.token_account(TOKEN_PROGRAM, drop.at.mint, mallory.address());
    world.forge(expired.at.distribution, |account| {
        // Behind discriminator, five addresses, root, total and claimed.
        account.data[8 + 6 * 32 + 16..8 + 6 * 32 + 24].copy_from_slice(&1u64.to_le_bytes());
    });
    let params = DistributionParams { root: [0; 32], amount: 5, expiry_epoch: world.epoch() + 5, leaves: 2 };
    let (planned, create) = world.plan_drop(&leaves, 5, &params);
    let second = world.collateral_account_of(alice.address());
    let second_vrt = world.vrt_account_of(alice.address());
    let admin = world.admin.key.insecure_clone();
    let resolver = world.resolver.insecure_clone();
    let heir = world.funded_key();
    let propose = ix::propose_admin(&world.at, admin.pubkey(), heir.pubkey());
    world.send(std::slice::from_ref(&propose), &[&admin]).unwrap();
    let elsewhere = world.another_vault(|params| params.pauser = Address::new_unique());
    let other_admin = world.funded_key();
    let hand_over = [
        ix::propose_admin(&elsewhere, admin.pubkey(), other_admin.pubkey()),
        ix::accept_admin(&elsewhere, other_admin.pubkey()),
    ];
    world.send(&hand_over, &[&admin, &other_admin]).unwrap();
    let at = world.at;
    let keys = |keys: &[&Keypair]| keys.iter().map(|key| key.insecure_clone()).collect::<Vec<_>>();
    let case = |name, instruction, signers| Case { name, instruction, signers, free: vec![] };
    let fees = ix::FeeAccounts {
        fee_account: Some(insurance.collateral),
        operator: Some(team.parties.operator),
        operator_collateral: Some(operators),
    };
    let strangers = vec![
        Address::new_unique(),
        elsewhere.vault,
        elsewhere.collateral_account,
        elsewhere.vrt_mint,
        elsewhere.vrt_escrow,
        mallory.address(),
        mallory.collateral,
        mallory.vrt,
        alice.collateral,
        alice.vrt,
        second,
        second_vrt,
        ticket,
        others_ticket,
        insurance.collateral,
        other_insurance.collateral,
        team.parties.operator,
        team.parties.service,
        other_team.parties.operator,
        operators,
        operators_second,
        drop.at.distribution,
        drop.at.token_account,
        drop.at.mint,
        drop.creator_tokens,
        expired.at.distribution,
        expired.at.token_account,
        expired.at.mint,
        expired.creator_tokens,
        planned.at.token_account,
        planned.creator_tokens,
        tokens,
        others_tokens,
        at.vault,
        at.collateral_mint,
        at.collateral_account,
        at.vrt_mint,
        at.vrt_escrow,
        TOKEN_PROGRAM,
        TOKEN_2022_PROGRAM,
        RESTAKING_VAULT_ID,
        Address::default(),
        admin.pubkey(),
        resolver.pubkey(),
        heir.pubkey(),
    ];
    let everybody = strangers.clone();
    let collateral_accounts = vec![mallory.collateral, second, insurance.collateral]
        .into_iter()
        .chain([other_insurance.collateral, operators, operators_second, alice.collateral])
        .chain([elsewhere.collateral_account]);
    let cases = vec![
        Case {
            free: vec![(3, collateral_accounts.clone().collect())],
            ..case(
                "instant_withdraw",
                ix::instant_withdraw(&at, alice.address(), alice.vrt, alice.collateral, ONE, 0),
                keys(&[&alice.key]),
            )
        },
        Case {
            // Whoever it is, it is theirs.
            free: vec![(2, everybody.iter().copied().chain([alice.address()]).collect())],
            ..case(
                "transfer_ticket",
                ix::transfer_ticket(ticket, alice.address(), mallory.address()),
                keys(&[&alice.key]),
            )
        },
        Case {
            free: vec![
                // Nobody's in particular: then there is no fee, and whose account it would be does not matter.
                (7, vec![RESTAKING_VAULT_ID]),
                (8, vec![operators_second]),
            ],
            ..case(
                "pay_rewards",
                ix::pay_rewards(&at, alice.address(), alice.collateral, fees, ONE),
                keys(&[&alice.key]),
            )
        },
        Case {
            // For the holders of any vault; from any account of the creator's.
            free: vec![(0, vec![elsewhere.vault])],
            ..case("create_distribution", create, keys(&[&planned.creator]))
        },
        case(
            "claim_reward",
            ix::claim_reward(&drop.at, alice.address(), tokens, (0, 5), drop.tree.proof(0)),
            vec![],
        ),
        case(
            "claw_back",
            ix::claw_back(&expired.at, expired.creator.pubkey(), expired.creator_tokens),
            vec![],
        ),
        case(
            "set_operator_fee",
            ix::set_operator_fee(team.parties.operator, team.operator_authority.pubkey(), 100),
            keys(&[&team.operator_authority]),
        ),
        case(
            "set_limits",
            ix::set_limits(
                &at,
                admin.pubkey(),
                Limits { min_deposit: 1, capacity: u64::MAX, leverage_bps: 0 },
            ),
            keys(&[&admin]),
        ),
        case("set_roles", ix::set_roles(&at, admin.pubkey(), world.roles()), keys(&[&admin])),
        Case {
            free: vec![(2, collateral_accounts.chain([RESTAKING_VAULT_ID]).collect())],
            ..case(
                "set_vault_fee",
                ix::set_vault_fee(&at, admin.pubkey(), Some(insurance.collateral), 0),
                keys(&[&admin]),
            )
        },
        Case {
            free: vec![(1, vec![admin.pubkey()])],
            ..case("pause", ix::pause(&at, resolver.pubkey()), keys(&[&resolver]))
        },
        Case {
            free: vec![(1, vec![admin.pubkey()])],
            ..case("resume", ix::resume(&at, resolver.pubkey()), keys(&[&resolver]))
        },
        Case {
            free: vec![(2, everybody.into_iter().chain([alice.address()]).collect())],
            ..case("propose_admin", propose, keys(&[&admin]))
        },
        case("accept_admin", ix::accept_admin(&at, heir.pubkey()), keys(&[&heir])),
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

fn succeeds_as_it_is(mut scene: Scene) {
    for index in 0..scene.cases.len() {
        let (name, instruction) = (scene.cases[index].name, scene.cases[index].instruction.clone());
        let signers: Vec<Keypair> = scene.cases[index].signers.iter().map(Keypair::insecure_clone).collect();
        assert!(passes(&mut scene, &instruction, &signers), "{name}");
    }
}

/// Tries all replacements, and expects them to be at least so many.
fn survives_replacements(mut scene: Scene, at_least: usize) {
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
    assert!(tried > at_least, "only {tried} substitutions tried");
}

fn survives_weakening(mut scene: Scene) {
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

#[test]
fn every_case_succeeds_as_it_is() {
    succeeds_as_it_is(accused());
    succeeds_as_it_is(quiet());
}

#[test]
fn no_account_can_be_replaced() {
    survives_replacements(accused(), 3_000);
}

#[test]
fn no_account_of_the_quiet_instructions_can_be_replaced() {
    survives_replacements(quiet(), 2_500);
}

#[test]
fn no_signature_can_be_left_out_and_no_account_be_weakened() {
    survives_weakening(accused());
    survives_weakening(quiet());
}
