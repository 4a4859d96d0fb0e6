//! Where each error of the program is returned: one test of many, and the table is held against both.
//!
//! | error | test |
//! |---|---|
//! | ZeroAmount | deposit::a_deposit_below_what_the_vault_or_the_caller_accepts_is_refused |
//! | SlippageExceeded | instant_withdraw::nothing_and_less_than_the_caller_accepts_are_refused |
//! | Overflow | enqueue_withdrawal::an_order_of_nothing_or_of_more_than_there_is_is_refused |
//! | DepositTooSmall | deposit::a_deposit_that_buys_nothing_is_refused |
//! | SeedTooSmall | initialize_junior::seed_premium_and_capacity_are_bounded |
//! | WindowOutOfRange | create_distribution::numbers_outside_their_ranges_are_refused |
//! | SlashCapOutOfRange | initialize_vault::parameters_outside_their_ranges_are_refused |
//! | WrongTokenProgram | initialize_vault::token_programs_are_only_the_two_there_are |
//! | UnusableCollateralMint | initialize_vault::a_collateral_that_cannot_be_slashed_or_counted_is_refused |
//! | UnusableVrtMint | initialize_vault::a_vrt_mint_somebody_else_can_touch_is_refused |
//! | UnusableVaultAccount | initialize_vault::vault_accounts_with_a_back_door_are_refused |
//! | WrongVrtMint | tranches::tickets_and_shares_of_one_class_are_nothing_in_the_other |
//! | WrongCollateralMint | deposit::accounts_that_are_not_the_vaults_are_refused |
//! | WrongCollateralAccount | deposit::accounts_that_are_not_the_vaults_are_refused |
//! | WrongVrtEscrow | tranches::tickets_and_shares_of_one_class_are_nothing_in_the_other |
//! | WrongVault | allocate::an_allocation_of_another_vault_is_refused |
//! | WrongOperator | opt_out::accounts_of_another_team_are_refused |
//! | WrongService | opt_out::accounts_of_another_team_are_refused |
//! | WrongAllocation | execute_slash::accounts_that_are_not_the_requests_are_refused |
//! | NotTicketOwner | transfer_ticket::only_the_owner_gives_it_away |
//! | WrongRecipient | claim_withdrawal::a_claim_pays_nobody_but_the_tickets_owner |
//! | CooldownNotOver | claim_withdrawal::a_ticket_waits_for_its_cool_down |
//! | PendingSlash | instant_withdraw::nobody_leaves_at_once_around_an_open_request |
//! | NotDelegationAdmin | deallocate::only_the_vault_takes_a_part_back |
//! | NotOperatorAuthority | set_operator_fee::only_the_operator_sets_it |
//! | NotServiceAuthority | request_slash::only_the_service_accuses |
//! | NotResolver | set_roles::another_resolver_decides_a_cool_down_later |
//! | NotAllocationParty | opt_in::somebody_who_is_none_of_the_three_cannot |
//! | OverAllocated | allocate::allocations_never_exceed_what_stays_in_the_vault |
//! | UnusableBeneficiary | opt_in::a_beneficiary_that_cannot_receive_collateral_is_refused |
//! | WrongBeneficiary | opt_in::the_beneficiary_is_part_of_what_is_agreed |
//! | DeallocationTooLarge | deallocate::nothing_and_more_than_there_is_are_refused |
//! | NothingCooling | release_allocation::what_has_cooled_down_is_freed_by_anybody |
//! | StillCooling | release_allocation::what_has_cooled_down_is_freed_by_anybody |
//! | RequestOpen | release_allocation::a_release_waits_for_the_open_request |
//! | RequestTooSoon | request_slash::the_next_request_waits_a_lifetime_however_the_last_one_ended |
//! | SlashTooLarge | request_slash::what_still_warms_up_cannot_be_asked_for |
//! | VetoWindowOver | veto_slash::a_veto_comes_in_time_or_not_at_all |
//! | VetoWindowOpen | execute_slash::a_slash_waits_for_the_veto_window_and_not_beyond_its_expiry |
//! | RequestExpired | execute_slash::a_slash_waits_for_the_veto_window_and_not_beyond_its_expiry |
//! | RequestNotExpired | close_slash_request::anybody_closes_what_has_expired_and_the_service_gets_its_rent |
//! | NothingToSlash | execute_slash::what_the_cap_holds_back_is_taken_in_the_next_epoch_and_never_after_expiry |
//! | WrongRentReceiver | execute_slash::accounts_that_are_not_the_requests_are_refused |
//! | CollateralHasTransferHook | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralHasPermanentDelegate | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralNotTransferable | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralPausable | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralMayBeginFrozen | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralConfidential | token_2022::each_extension_that_others_could_use_is_refused_by_name |
//! | CollateralExtensionUnknown | token_2022::an_extension_that_this_program_does_not_know_is_refused |
//! | WrongStakingPool | stake_and_restake::only_through_the_vaults_own_pool |
//! | StakingPoolMissing | set_limits::limits_outside_their_ranges_and_from_others_are_refused |
//! | PoolStale | shield::a_slash_takes_yield_and_never_principal |
//! | CapacityExceeded | set_limits::the_capacity_is_met_exactly |
//! | LeverageExceeded | set_limits::leverage_is_bounded_by_what_the_staking_pool_has_issued |
//! | ShareAboveCap | set_limits::limits_outside_their_ranges_and_from_others_are_refused |
//! | Paused | pause::deposits_and_instant_exits_stop_and_nothing_else_does |
//! | NotAdmin | set_roles::only_the_admin_gives_roles |
//! | NotPendingAdmin | propose_admin::nothing_changes_until_the_proposed_key_accepts |
//! | NotPauser | pause::only_pauser_and_admin_may |
//! | PauseTooSoon | pause::a_pause_ends_by_itself_and_the_pauser_must_rest |
//! | FeeAboveCap | set_vault_fee::no_fee_rises_by_more_than_a_step_nor_above_the_cap |
//! | FeeStepTooLarge | set_operator_fee::no_fee_rises_by_more_than_a_step_nor_above_the_cap |
//! | WrongFeeAccount | pay_rewards::a_reward_of_nothing_or_to_somebody_else_is_refused |
//! | JuniorRefused | initialize_junior::only_the_admin_opens_them_once_and_before_anybody_has_deposited |
//! | JuniorWipedOut | tranches::the_senior_shares_bear_only_what_is_beyond_the_junior_ones |
//! | NotOptedIn | allocate::only_the_delegation_admin_allocates_and_only_what_all_three_agreed_to |
//! | NotVrtOwner | instant_withdraw::only_their_owner_gives_shares_up |
//! | LeavesOutOfRange | create_distribution::numbers_outside_their_ranges_are_refused |
//! | DistributionExpired | claim_reward::claims_end_with_the_distribution |
//! | DistributionNotExpired | claw_back::what_is_left_goes_back_to_who_gave_it |
//! | WrongDistributionAccount | claim_reward::a_proof_is_good_for_its_own_leaf_alone |
//! | WrongProof | claim_reward::a_proof_is_good_for_its_own_leaf_alone |
//! | AlreadyClaimed | claim_reward::every_leaf_is_paid_once_to_its_owner_by_anybody |
//! | DistributionExhausted | claim_reward::a_tree_that_promises_more_than_there_is_pays_no_more_than_there_is |
//! | WrongCreator | claw_back::nobody_else_is_paid |

use std::path::Path;

use sluice_sdk::error::describe;

use crate::prelude::*;

/// The rows of the table above: error, module, test.
fn table() -> Vec<(&'static str, &'static str, &'static str)> {
    include_str!("errors.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |")?.split_once(" | "))
        .filter_map(|(error, test)| test.split_once("::").map(|(module, test)| (error, module, test)))
        .collect()
}

/// The text of a test.
fn body(module: &str, test: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("restaking_vault/{module}.rs"));
    let source = std::fs::read_to_string(&path).expect("the module's file");
    let (_, from) = source.split_once(&format!("#[test]\nfn {test}() {{\n")).expect("the test is in it");
    let (body, _) = from.split_once("\n}\n").expect("and ends");
    body.to_owned()
}

#[test]
fn every_error_of_the_program_has_a_test_that_meets_it() {
    let declared: Vec<_> = (6_000..).map_while(|code| describe(&RESTAKING_VAULT_ID, code)).collect();
    let listed: Vec<_> = table().into_iter().map(|(error, ..)| error).collect();
    assert_eq!(listed, declared.iter().map(|error| error.name.as_str()).collect::<Vec<_>>());
    for (error, module, test) in table() {
        assert!(
            body(module, test).contains(&format!("E::{error}")),
            "{module}::{test} does not meet {error}"
        );
    }
}
