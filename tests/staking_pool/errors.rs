//! Where each error of the program is returned: one test of many, and the table is held against both.
//!
//! | error | test |
//! |---|---|
//! | PoolStale | deposit_sol::a_pool_of_the_last_epoch_takes_no_deposit |
//! | ZeroAmount | withdraw_sol::nothing_and_dust_are_refused |
//! | BelowMinimumDeposit | deposit_sol::the_smallest_deposit_is_the_pools_minimum |
//! | AmountTooSmall | order_unstake::nothing_and_the_worthless_are_refused |
//! | SlippageExceeded | withdraw_stake::the_slippage_bound_may_be_met_exactly_and_not_missed_by_one |
//! | ReserveInsufficient | claim_ticket::tickets_rank_before_all_else_and_share_one_reserve |
//! | Overflow | deposit_sol::more_than_there_is_in_the_world_or_the_wallet_is_refused |
//! | Insolvent | deposit_sol::a_pool_without_value_sells_nothing |
//! | WrongReserve | withdraw_sol::no_account_may_stand_in_for_another |
//! | WrongValidatorList | add_validator::no_account_may_stand_in_for_another |
//! | WrongMint | withdraw_stake::accounts::no_account_may_stand_in_for_another |
//! | WrongEscrow | order_unstake::no_account_may_stand_in_for_another |
//! | WrongTreasury | finish_update::no_account_may_stand_in_for_another |
//! | WrongTokenProgram | initialize::a_pool_of_one_token_program_does_not_obey_the_other |
//! | WrongProgramAccount | increase_stake::no_account_may_stand_in_for_another |
//! | NotAdmin | set_delegation_authority::only_the_admin_may_set_it |
//! | NotDelegationAuthority | decrease_stake::only_the_delegation_authority_may_decrease |
//! | WrongPool | claim_ticket::no_account_may_stand_in_for_another |
//! | NotTicketOwner | claim_ticket::no_account_may_stand_in_for_another |
//! | TicketNotReady | claim_ticket::a_ticket_waits_for_an_update_of_a_later_epoch |
//! | UnusableMint | initialize::the_mint_is_new_and_wholly_the_pools |
//! | UnusableTokenAccount | initialize::escrow_and_treasury_are_two_token_accounts_of_the_mint |
//! | FeeAboveCap | initialize::fees_and_seed_have_bounds_that_may_be_met |
//! | SeedTooSmall | initialize::fees_and_seed_have_bounds_that_may_be_met |
//! | UnusableValidatorList | initialize::the_validator_list_is_new_and_has_room_for_up_to_5_000_records |
//! | ValidatorListFull | add_validator::a_full_list_takes_nobody |
//! | WrongValidatorIndex | remove_validator::the_place_of_a_removed_record_is_a_hint_that_went_stale |
//! | ValidatorExists | add_validator::a_validator_is_listed_once |
//! | NotAVoteAccount | add_validator::only_accounts_of_the_vote_program_are_validators |
//! | ValidatorHoldsStake | remove_validator::a_validator_that_holds_stake_stays |
//! | WrongStakeAccount | update_validators::the_accounts_are_those_of_the_records_in_their_order |
//! | TransientExists | increase_stake::a_validator_takes_two_increases_an_epoch_and_no_third |
//! | StakeNotUsable | decrease_stake::stake_that_a_third_party_deactivated_today_is_left_alone |
//! | BelowMinimumDelegation | withdraw_stake::what_moves_and_what_stays_are_each_a_minimum_delegation |
//! | UnusableDestination | withdraw_stake::the_destination_is_a_new_stake_account_with_its_rent |
//! | EpochRewardsActive | update_validators::balances_are_not_read_while_rewards_are_paid |
//! | AlreadyUpdated | finish_update::it_is_sent_once_an_epoch |
//! | UpdateIncomplete | finish_update::every_validator_comes_first |
//! | SupplyMismatch | finish_update::more_lst_than_was_ever_minted_stops_the_update |
//! | UnexpectedChainState | update_validators::a_stake_program_that_does_not_answer_stops_the_update |
//! | NotStakeAuthority | deposit_stake::only_an_account_whose_both_authorities_sign_is_taken |
//! | StakeLockedUp | deposit_stake::a_lockup_that_binds_is_refused_and_one_that_is_over_is_not |
//! | WrongDelegation | deposit_stake::stake_with_a_validator_outside_the_pool_is_refused |
//! | StakeNotActive | deposit_stake::what_warms_up_or_cools_down_is_refused |
//! | AddressUsable | clear_stake_address::an_address_that_is_free_or_in_use_is_left_alone |
//! | NotPendingAdmin | accept_admin::a_proposal_is_accepted_once_and_by_whom_it_names |
//! | NotFeeAuthority | set_fees::only_the_fee_authority_may_set_them |
//! | NotPauser | pause::only_pauser_and_admin_may_pause |
//! | FeeStepTooLarge | set_fees::each_fee_rises_by_no_more_than_its_step |
//! | PoolPaused | pause::deposits_and_instant_exits_stop_and_nothing_else_does |
//! | PauseTooSoon | pause::a_pause_ends_by_itself_and_the_pauser_must_rest |
//! | TvlCapExceeded | set_limits::the_cap_on_what_the_pool_holds_is_met_exactly |
//! | DepositAuthorityRequired | set_roles::every_deposit_wants_the_deposit_authoritys_signature_and_no_exit_does |
//! | WrongRateHistory | finish_update::no_account_may_stand_in_for_another |
//! | WrongLpMint | remove_liquidity::no_account_may_stand_in_for_another |
//! | LiquidityPoolExists | initialize_liquidity::a_liquidity_pool_is_opened_once |
//! | ShareAboveOne | set_limits::a_share_is_at_most_one_whole |
//! | MovementCapExceeded | decrease_stake::limits::what_moves_in_an_epoch_is_at_most_its_cap |
//! | ValidatorRetired | increase_stake::a_validator_the_admin_retired_takes_nothing_more |
//! | UnknownStakePool | deposit_lst::only_programs_that_are_known_are_called |
//! | TicketNotDivisible | split_ticket::both_keep_some_shares_and_some_lamports |

use std::path::Path;

use sluice_sdk::error::describe;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;

/// The rows of the table above: error, module, test.
fn table() -> Vec<(&'static str, &'static str, &'static str)> {
    include_str!("errors.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |")?.split_once(" | "))
        .filter_map(|(error, test)| test.rsplit_once("::").map(|(module, test)| (error, module, test)))
        .collect()
}

/// The text of a test.
fn body(module: &str, test: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("staking_pool/{}.rs", module.replace("::", "/")));
    let source = std::fs::read_to_string(&path).expect("the module's file");
    let (_, from) = source.split_once(&format!("#[test]\nfn {test}() {{\n")).expect("the test is in it");
    let (body, _) = from.split_once("\n}\n").expect("and ends");
    body.to_owned()
}

#[test]
fn every_error_of_the_program_has_a_test_that_meets_it() {
    let declared: Vec<_> = (6_000..).map_while(|code| describe(&STAKING_POOL_ID, code)).collect();
    let listed: Vec<_> = table().into_iter().map(|(error, ..)| error).collect();
    assert_eq!(listed, declared.iter().map(|error| error.name.as_str()).collect::<Vec<_>>());
    for (error, module, test) in table() {
        assert!(body(module, test).contains(error), "{module}::{test} does not meet {error}");
    }
}
