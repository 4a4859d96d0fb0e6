//! The chain under the scripts: time, transactions, the reward window, rent, whole validator sets.

mod common;

use {
    common::{deactivate, delegate, lamports_of, net},
    sluice_localnet::{
        AccountMeta, Address, Event, Instruction, Keypair, LAMPORTS_PER_SOL, Localnet, LocalnetConfig,
        Select, Signer, TransactionError, TxRequest, ValidatorScript, synthetic_validators, system,
        validators_from_csv,
    },
    solana_instruction::error::InstructionError,
    spl_generic_token::{associated_token_account as associated, token, token_2022},
};

#[test]
fn stake_instructions_fail_while_rewards_are_paid() {
    let mut net = Localnet::start(LocalnetConfig::default().with_rewards_per_block(3)).unwrap();
    let user = net.funded_keypair("user", 1_000 * LAMPORTS_PER_SOL);
    let vote = net.validator("validator-0").vote_address();
    let stake = delegate(&mut net, &user, vote, 10 * LAMPORTS_PER_SOL);
    net.advance_into_rewards();
    assert!(net.rewards_are_active());
    assert_eq!((net.epoch(), net.slot()), (1, 64));
    assert_eq!(net.epoch_rewards().num_partitions, 2);
    let refused = net.send(&[deactivate(&stake, &user)], &[&user]).unwrap_err();
    let unavailable = InstructionError::Custom(16);
    assert_eq!(refused.err, TransactionError::InstructionError(0, unavailable), "{refused}");
    net.warp_slots(1);
    assert!(net.rewards_are_active(), "two partitions take two blocks");
    net.finish_rewards();
    assert_eq!(net.slot(), 66);
    net.send(&[deactivate(&stake, &user)], &[&user]).unwrap();
}

#[test]
fn stake_cools_down_and_can_be_withdrawn_an_epoch_later() {
    let mut net = net();
    let user = net.funded_keypair("user", 1_000 * LAMPORTS_PER_SOL);
    let vote = net.validator("validator-0").vote_address();
    let stake = delegate(&mut net, &user, vote, 10 * LAMPORTS_PER_SOL);
    net.advance_epochs(2);
    net.send(&[deactivate(&stake, &user)], &[&user]).unwrap();
    let all = lamports_of(&net, &stake);
    let withdraw = |lamports| {
        sluice_localnet::stake::instruction::withdraw(&stake, &user.pubkey(), &user.pubkey(), lamports, None)
    };
    assert!(net.send(&[withdraw(all)], &[&user]).is_err(), "it is still active");
    let last = net.advance_epoch().reward_of(&stake);
    assert!(last > 0, "the epoch of deactivation is paid");
    assert_eq!(net.stake_activation(&stake).unwrap().effective, 0);
    net.send(&[withdraw(all + last)], &[&user]).unwrap();
    assert!(net.get_account(&stake).is_none());
}

#[test]
fn anyone_may_deactivate_stake_on_a_validator_that_was_away_for_five_epochs() {
    let mut net = Localnet::start(LocalnetConfig::new(vec![
        ValidatorScript::new("steady"),
        ValidatorScript::new("away").at(1, Event::Delinquent),
    ]))
    .unwrap();
    let anyone = net.funded_keypair("anyone", LAMPORTS_PER_SOL);
    let [steady, away] = ["steady", "away"].map(|name| net.validator(name).vote_address());
    let stake = net.validator("away").stake_address();
    let deactivate = sluice_localnet::stake::instruction::deactivate_delinquent_stake(&stake, &away, &steady);
    net.advance_epochs(4);
    assert!(net.send(std::slice::from_ref(&deactivate), &[&anyone]).is_err(), "too early");
    net.advance_epoch();
    net.send(&[deactivate], &[&anyone]).unwrap();
    assert_eq!(net.stake_state(&stake).unwrap().delegation().unwrap().deactivation_epoch, 5);
}

#[test]
fn no_more_than_nine_percent_of_the_network_cools_down_in_an_epoch() {
    let mut net = net();
    let whale = net.validator("validator-0").withdrawer().insecure_clone();
    let stake = net.validator("validator-0").stake_address();
    net.send(&[deactivate(&stake, &whale)], &[&whale]).unwrap();
    net.advance_epoch();
    let status = net.stake_activation(&stake).unwrap();
    let left = status.effective as f64 / 1e15;
    assert!((left - 0.64).abs() < 0.001, "4 million staked, 9% of it leaves: {left} million remain");
    assert_eq!(status.deactivating, status.effective);
}

#[test]
fn equal_inputs_give_equal_balances() {
    let story = || {
        let mut net = Localnet::start(LocalnetConfig::new(synthetic_validators(12, 3)).with_seed(5)).unwrap();
        let user = net.funded_keypair("user", 500 * LAMPORTS_PER_SOL);
        let vote = net.validators()[2].vote_address();
        delegate(&mut net, &user, vote, 50 * LAMPORTS_PER_SOL);
        net.advance_epochs(4);
        net.apply("synthetic-0001", Event::SetCommission(4_200)).unwrap();
        net.warp_slots(20);
        net.advance_epochs(4);
        let accounts = net.get_program_accounts(&sluice_localnet::stake::program::ID);
        (net.capitalization(), net.latest_blockhash(), net.clock(), accounts)
    };
    assert_eq!(story(), story());
}

#[test]
fn a_hundred_epochs_pass_and_time_with_them() {
    let mut net = Localnet::start(LocalnetConfig::default().with_slots_per_epoch(32)).unwrap();
    let start = net.clock().unix_timestamp;
    for _ in 0..100 {
        net.advance_epoch();
        net.warp_slots(3);
    }
    assert_eq!(net.epoch(), 100);
    let days = (net.clock().unix_timestamp - start) as f64 / 86_400.0;
    assert!((100.0..100.3).contains(&days), "{days} days passed");
    assert_eq!(net.clock().epoch, 100);
    assert_eq!(net.recount_capitalization(), net.capitalization());
    let credits = net.vote_state(&net.validators()[0].vote_address()).unwrap().epoch_credits;
    assert_eq!((credits.len(), credits[0].0, credits[63].0), (64, 37, 100));
}

#[test]
fn mainnets_rent_and_minimum_delegation_are_read_from_the_chain() {
    let net = net();
    assert_eq!(net.minimum_balance(200), (128 + 200) * 5_080);
    assert_eq!(net.minimum_balance(0), 650_240);
    assert_eq!(net.minimum_delegation(), LAMPORTS_PER_SOL);
    let dear = Localnet::start(LocalnetConfig::default().with_lamports_per_byte(6_960)).unwrap();
    assert_eq!(dear.minimum_balance(165), 2_039_280);
}

#[test]
fn a_transaction_reports_its_fee_balances_and_logs_and_may_be_sent_twice() {
    let mut net = net();
    let user = net.funded_keypair("user", 10 * LAMPORTS_PER_SOL);
    let to = Address::new_from_array([7; 32]);
    let pay: Instruction = system::instruction::transfer(&user.pubkey(), &to, LAMPORTS_PER_SOL);
    let request = TxRequest::new(&[pay], &[&user]).compute_units(1_000).unit_price(1_000_000);
    let paid = net.send_request(&request).unwrap();
    assert_eq!((paid.fee, paid.compute_units), (5_000 + 1_000, 450));
    assert_eq!(paid.balance_change(&user.pubkey()), -1_000_006_000);
    net.send_request(&request).unwrap();
    assert_eq!(net.balance(&to), 2 * LAMPORTS_PER_SOL);

    let again = net.simulate(request.sign(net.latest_blockhash()));
    assert_eq!(again.result, Err(TransactionError::AlreadyProcessed));
    net.warp_slots(1);
    let simulated = net.simulate(request.sign(net.latest_blockhash()));
    assert_eq!(simulated.result, Ok(()));
    assert_eq!(
        simulated.accounts.iter().find(|(address, _)| *address == to).unwrap().1.lamports,
        3_000_000_000
    );
    assert_eq!(net.balance(&to), 2 * LAMPORTS_PER_SOL, "a simulation changes nothing");

    let too_much = system::instruction::transfer(&user.pubkey(), &to, 100 * LAMPORTS_PER_SOL);
    let refused = net.send(&[too_much], &[&user]).unwrap_err();
    assert_eq!((refused.custom_code(), refused.fee), (Some(1), 5_000));
    assert!(refused.logs.iter().any(|line| line.contains("insufficient lamports")), "{refused}");

    let mut forged = request.sign(net.latest_blockhash());
    forged.signatures[0] = Default::default();
    assert_eq!(net.process(forged).unwrap_err().err, TransactionError::SignatureFailure);
}

#[test]
fn a_lookup_table_shortens_a_transaction() {
    let mut net = net();
    let user = net.funded_keypair("user", 100 * LAMPORTS_PER_SOL);
    let many: Vec<_> = (1..=40).map(|i| Address::new_from_array([i; 32])).collect();
    let pay: Vec<_> =
        many.iter().map(|to| system::instruction::transfer(&user.pubkey(), to, LAMPORTS_PER_SOL)).collect();
    assert!(net.send(&pay, &[&user]).is_err(), "forty recipients do not fit a transaction");
    let table = net.create_lookup_table(&many).unwrap();
    net.create_lookup_table(&many[..1]).unwrap();
    let paid = net.send_request(&TxRequest::new(&pay, &[&user]).lookup_tables(&[table])).unwrap();
    assert_eq!(paid.balance_change(&many[39]), i128::from(LAMPORTS_PER_SOL));
}

#[test]
fn the_token_programs_of_mainnet_are_there() {
    let mut net = net();
    let user = net.funded_keypair("user", 10 * LAMPORTS_PER_SOL);
    for (token, seed) in [(token::ID, 1), (token_2022::ID, 2)] {
        let mint = Keypair::new_from_array([seed; 32]);
        let rent = net.minimum_balance(82);
        let create = system::instruction::create_account(&user.pubkey(), &mint.pubkey(), rent, 82, &token);
        let mut data = vec![20, 9];
        data.extend_from_slice(user.pubkey().as_ref());
        data.push(0);
        let initialize =
            Instruction { program_id: token, accounts: vec![AccountMeta::new(mint.pubkey(), false)], data };
        let seeds = [user.pubkey().to_bytes(), token.to_bytes(), mint.pubkey().to_bytes()];
        let wallet =
            Address::find_program_address(&seeds.each_ref().map(|seed| &seed[..]), &associated::ID).0;
        let open = Instruction {
            program_id: associated::ID,
            accounts: vec![
                AccountMeta::new(user.pubkey(), true),
                AccountMeta::new(wallet, false),
                AccountMeta::new_readonly(user.pubkey(), false),
                AccountMeta::new_readonly(mint.pubkey(), false),
                AccountMeta::new_readonly(system::program::ID, false),
                AccountMeta::new_readonly(token, false),
            ],
            data: vec![1],
        };
        net.send(&[create, initialize, open], &[&user, &mint]).unwrap();
        assert_eq!(net.get_account(&wallet).unwrap().owner, token);
    }
}

#[test]
fn a_program_runs_from_its_file() {
    // The token program's own binary, from its program data account past the 45 bytes of header, under another id.
    let at = solana_loader_v3_interface::get_program_data_address(&token::ID);
    let elf = net().get_account(&at).unwrap().data.split_off(45);
    let path = std::env::temp_dir().join(format!("sluice-localnet-{}.so", std::process::id()));
    std::fs::write(&path, elf).unwrap();
    let id = Address::new_from_array([9; 32]);
    let mut net = Localnet::start(LocalnetConfig::default().with_program(id, &path)).unwrap();
    std::fs::remove_file(&path).unwrap();
    let user = net.funded_keypair("user", LAMPORTS_PER_SOL);
    let nonsense = Instruction { program_id: id, accounts: Vec::new(), data: vec![77] };
    let refused = net.send(&[nonsense], &[&user]).unwrap_err();
    assert!(refused.compute_units > 0, "it ran: {refused}");
    assert!(refused.logs[0].contains(&format!("{id} invoke")), "{refused}");
}

#[test]
fn three_hundred_validators_run() {
    let mut net = Localnet::start(LocalnetConfig::new(synthetic_validators(300, 1))).unwrap();
    let reports = net.advance_epochs(3);
    let paid = reports[2].rewards.iter().filter(|reward| reward.lamports > 0).count();
    assert!(paid > 450, "{paid} stake accounts and voters were paid");
    assert!(reports[2].tips.len() > 80);
}

#[test]
fn a_recorded_set_keeps_its_addresses_stakes_and_ranks() {
    let path = std::env::var("SLUICE_VALIDATORS_CSV").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/mainnet-validators-epoch-650.csv").into()
    });
    if !std::path::Path::new(&path).exists() {
        eprintln!("skipped: {path} is absent (set SLUICE_VALIDATORS_CSV)");
        return;
    }
    let all = validators_from_csv(&path, Select::All).unwrap();
    assert!(all.len() > 1_000);
    let set = validators_from_csv(&path, Select::Spread(24)).unwrap();
    assert_eq!((&set[0], &set[23]), (&all[0], &all[all.len() - 1]));
    let set = validators_from_csv(&path, Select::Top(24)).unwrap();
    let mut net = Localnet::start(LocalnetConfig::new(set.clone())).unwrap();
    let report = net.advance_epoch();
    let vote = set[0].vote_address.unwrap();
    assert_eq!(net.validators()[0].vote_address(), vote);
    assert_eq!(net.vote_state(&vote).unwrap().inflation_rewards_commission_bps, set[0].commission_bps);
    assert!(report.reward_of(&net.validators()[0].stake_address()) > 0);
}

#[test]
fn a_wrong_configuration_is_refused_with_a_reason() {
    let refused = |config| Localnet::start(config).err().map(|error| error.to_string()).unwrap();
    assert!(refused(LocalnetConfig::default().with_slots_per_epoch(30)).contains("30 slots per epoch"));
    let twin = LocalnetConfig::default().with_validator(ValidatorScript::new("validator-0"));
    assert!(refused(twin).contains("two validators are named validator-0"));
    let absent = LocalnetConfig::default().with_program(Address::new_from_array([1; 32]), "absent.so");
    assert!(refused(absent).contains("absent.so"));
}
