//! Turns a configuration into the genesis block: features, programs, sysvars, validators, faucet.
//! It writes accounts and never runs anything.

use {
    crate::{
        config::{InflationPolicy, LocalnetConfig, LocalnetError},
        script::VoteStateVersion,
        seed,
        validator::{Validator, system_account},
    },
    agave_feature_set::{self as features, FeatureSet},
    solana_account::Account,
    solana_address::Address,
    solana_cluster_type::ClusterType,
    solana_epoch_schedule::EpochSchedule,
    solana_fee_calculator::FeeRateGovernor,
    solana_genesis_config::GenesisConfig,
    solana_inflation::Inflation,
    solana_keypair::Keypair,
    solana_loader_v3_interface::state::UpgradeableLoaderState,
    solana_poh_config::PohConfig,
    solana_program_binaries as binaries,
    solana_rent::Rent,
    solana_runtime::genesis_utils,
    solana_signer::Signer,
    spl_generic_token::token::native_mint,
    std::collections::BTreeMap,
};

/// Ticks of a slot, as on mainnet.
pub(crate) const TICKS_PER_SLOT: u64 = 64;
/// The fee of a signature, lamports, as on mainnet.
const LAMPORTS_PER_SIGNATURE: u64 = 5_000;
/// For how many epochs the tip payer is funded.
const EPOCHS_OF_TIPS: u64 = 400;

/// The genesis block and the keys that own its money.
pub(crate) struct Genesis {
    pub(crate) config: GenesisConfig,
    pub(crate) faucet: Keypair,
    pub(crate) tip_payer: Keypair,
}

pub(crate) fn build(config: &LocalnetConfig, validators: &[Validator]) -> Result<Genesis, LocalnetError> {
    let rent = Rent { lamports_per_byte: config.lamports_per_byte, ..Rent::default() };
    let faucet = config.faucet();
    let tip_payer = seed::keypair(config.seed, "tip-payer", "");

    let mut genesis = GenesisConfig {
        creation_time: config.genesis_time,
        accounts: BTreeMap::new(),
        ticks_per_slot: TICKS_PER_SLOT,
        poh_config: PohConfig::new_sleep(config.slot_duration() / TICKS_PER_SLOT as u32),
        fee_rate_governor: FeeRateGovernor {
            lamports_per_signature: LAMPORTS_PER_SIGNATURE,
            target_lamports_per_signature: LAMPORTS_PER_SIGNATURE,
            target_signatures_per_slot: 0,
            ..FeeRateGovernor::default()
        },
        rent: rent.clone(),
        epoch_schedule: EpochSchedule::custom(config.slots_per_epoch, config.slots_per_epoch, false),
        cluster_type: ClusterType::Development,
        ..GenesisConfig::default()
    };

    for feature in active_features(config).active().keys() {
        genesis_utils::activate_feature(&mut genesis, *feature);
    }
    genesis_utils::add_genesis_stake_config_account(&mut genesis);
    genesis_utils::add_genesis_epoch_rewards_account(&mut genesis);
    let programs =
        binaries::spl_programs(&rent).into_iter().chain(binaries::core_bpf_programs(&rent, |_| true));
    genesis.accounts.extend(programs.map(|(address, account)| (address, Account::from(account))));
    genesis.accounts.insert(native_mint::id(), wrapped_sol_mint(&rent));

    genesis.accounts.insert(faucet.pubkey(), system_account(config.faucet_lamports));
    genesis.accounts.insert(tip_payer.pubkey(), system_account(tips_budget(config)));
    for validator in validators {
        genesis.accounts.extend(validator.genesis_accounts(&rent, config.genesis_time));
    }
    for program in &config.programs {
        let elf = std::fs::read(&program.path)
            .map_err(|error| LocalnetError::Program(program.path.clone(), error))?;
        genesis.accounts.extend(program_accounts(program.id, &elf, program.upgrade_authority, &rent));
    }
    genesis.accounts.extend(config.accounts.iter().cloned());

    genesis.inflation = inflation(config, &genesis);
    Ok(Genesis { config: genesis, faucet, tip_payer })
}

/// All features of this runtime but those that would change what the configuration fixes, or the consensus.
fn active_features(config: &LocalnetConfig) -> FeatureSet {
    let mut set = FeatureSet::all_enabled();
    let mut off = config.features_off.clone();
    off.extend([features::alpenglow::ID, features::alpenglow_fast_leader_handover::ID]);
    off.extend([
        features::reduce_slot_time_to_350ms::ID,
        features::reduce_slot_time_to_300ms::ID,
        features::reduce_slot_time_to_250ms::ID,
        features::reduce_slot_time_to_200ms::ID,
        features::set_lamports_per_byte_to_6960::ID,
    ]);
    let rent_steps = [
        (features::set_lamports_per_byte_to_6333::ID, 6_333),
        (features::set_lamports_per_byte_to_5080::ID, 5_080),
        (features::set_lamports_per_byte_to_2575::ID, 2_575),
        (features::set_lamports_per_byte_to_1322::ID, 1_322),
        (features::set_lamports_per_byte_to_696::ID, 696),
    ];
    off.extend(rent_steps.iter().filter(|step| step.1 < config.lamports_per_byte).map(|step| step.0));
    if config.validators.iter().any(|validator| validator.vote_state != VoteStateVersion::V4) {
        off.push(features::validator_admission_ticket::ID);
    }
    for feature in off {
        set.deactivate(&feature);
    }
    set
}

/// The inflation that the policy asks for, given all that genesis holds.
fn inflation(config: &LocalnetConfig, genesis: &GenesisConfig) -> Inflation {
    match config.inflation {
        InflationPolicy::Curve(inflation) => inflation,
        InflationPolicy::StakeYield(a_year) => {
            let supply: u64 = genesis.accounts.values().map(|account| account.lamports).sum();
            let staked: u64 = config.validators.iter().map(|validator| validator.stake_lamports).sum();
            Inflation::new_fixed(a_year * staked as f64 / supply as f64)
        }
    }
}

fn tips_budget(config: &LocalnetConfig) -> u64 {
    let an_epoch: u64 = config
        .validators
        .iter()
        .map(|validator| {
            let scripted = validator.events.iter().filter_map(|(_, event)| match event {
                crate::script::Event::SetMevTips(tips) => Some(*tips),
                _ => None,
            });
            let most = scripted.fold(validator.mev_tips_per_sol, u64::max);
            // Ten times the stake of genesis: delegators come.
            (u128::from(most) * u128::from(validator.stake_lamports) * 10 / 1_000_000_000) as u64
        })
        .sum();
    an_epoch.saturating_mul(EPOCHS_OF_TIPS).clamp(1_000_000_000, 1_000_000_000_000_000_000)
}

fn wrapped_sol_mint(rent: &Rent) -> Account {
    Account {
        lamports: rent.minimum_balance(native_mint::ACCOUNT_DATA.len()),
        data: native_mint::ACCOUNT_DATA.to_vec(),
        owner: spl_generic_token::token::id(),
        executable: false,
        rent_epoch: u64::MAX,
    }
}

/// A program account and its program data account under the upgradeable loader, as deployed in slot 0.
fn program_accounts(
    id: Address,
    elf: &[u8],
    authority: Option<Address>,
    rent: &Rent,
) -> Vec<(Address, Account)> {
    let [program, mut data] = binaries::bpf_loader_upgradeable_program_accounts(&id, elf, rent);
    let header = UpgradeableLoaderState::ProgramData { slot: 0, upgrade_authority_address: authority };
    let end = UpgradeableLoaderState::size_of_programdata_metadata();
    data.1.data[..end].fill(0);
    bincode::serialize_into(&mut data.1.data[..end], &header).expect("the header fits its own size");
    vec![program, data]
}
