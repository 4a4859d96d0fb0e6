//! Each kind of mismatch, made by changing bytes that no transaction could change: the command fails and names the line.

use std::cell::RefCell;

use serde_json::Value;
use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::validator_selection::accounts::RegistryHeader;
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_address::Address;

use crate::clean::line;
use crate::story::Story;

/// Of a token account and of a mint.
const AMOUNT: usize = 64;
const SUPPLY: usize = 36;
/// Of a distribution.
const CREATOR: usize = 8 + 32;
/// Of a stake account.
const WITHDRAWER: usize = 44;
const DELEGATED: usize = 156;

/// Names of the lines that are wrong.
fn wrong(report: &Value) -> Vec<String> {
    let sections = report["sections"].as_array().expect("sections");
    let lines = sections.iter().flat_map(|section| section["lines"].as_array().expect("lines"));
    lines
        .filter(|line| line["verdict"] == "wrong")
        .map(|line| line["name"].as_str().unwrap().to_owned())
        .collect()
}

struct Case<'a> {
    story: &'a Story,
    /// What came out otherwise: all of it is told at the end.
    otherwise: RefCell<Vec<String>>,
}

impl<'a> Case<'a> {
    /// Of a story whose books close.
    fn of(story: &'a Story) -> Self {
        let wrong = wrong(&story.report(&[]));
        assert!(wrong.is_empty(), "{wrong:?}");
        Self { story, otherwise: RefCell::default() }
    }

    /// Adds to eight bytes, expects these lines to be wrong, and takes it back.
    #[track_caller]
    fn word(&self, address: &Address, at: usize, amount: i64, lines: &[&str]) {
        self.story.add(address, at, amount);
        self.expect(lines);
        self.story.add(address, at, -amount);
    }

    #[track_caller]
    fn expect(&self, lines: &[&str]) {
        let report = self.story.report(&[]);
        let found = wrong(&report);
        if found != lines {
            self.otherwise.borrow_mut().push(format!("{lines:?}, and these were wrong: {found:?}"));
        }
        let output = self.story.audit(&[]);
        assert_eq!(output.status.code(), Some(1), "{lines:?}");
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(complaint.starts_with("error: the books do not close"), "{complaint}");
        assert!(String::from_utf8(output.stdout).unwrap().contains('✗'));
    }
}

impl Drop for Case<'_> {
    fn drop(&mut self) {
        let otherwise = self.otherwise.borrow().join("\n");
        assert!(otherwise.is_empty() || std::thread::panicking(), "expected\n{otherwise}");
    }
}

#[test]
fn each_kind_of_mismatch_fails_and_names_its_line() {
    let story = Story::tell();
    let pool = &story.selection.pool;
    let state = story.chain(|net| pool.state(net));
    let config = story.chain(|net| story.selection.state(net));
    let case = Case::of(&story);

    // The pool's own numbers.
    let total = story.offset(&pool.pool, state.total_lamports);
    case.word(&pool.pool, total, 1, &["pool.total"]);
    let supply = story.offset(&pool.pool, state.supply);
    // Fewer shares recorded than there are: each looks worth more than it is.
    case.word(&pool.pool, supply, -(5 * SOL as i64), &["pool.supply"]);
    let tickets = story.offset(&pool.pool, state.ticket_shares);
    // One that the escrow does not hold.
    case.word(&pool.pool, tickets, 1, &["pool.ticket_shares", "pool.escrow"]);
    // What an exit found free was less by what tickets were owed.
    case.word(&pool.pool, tickets + 8, 1, &["pool.ticket_lamports", "pool.fees.cuts"]);
    let rent = story.offset(&pool.pool, state.stake_rent);
    case.word(&pool.pool, rent, 1, &["pool.stake_rent"]);
    let lp = story.before(&pool.pool, &state.lp_mint);
    case.word(&pool.pool, lp, -(SOL as i64), &["pool.lp_supply"]);

    // What lies in token accounts and mints.
    let escrow = story.chain(|net| sluice_tests::token::balance(net, &pool.escrow));
    case.word(&pool.escrow, AMOUNT, -(escrow as i64 - 1), &["pool.escrow"]);
    case.word(&pool.mint, SUPPLY, 5 * SOL as i64, &["pool.supply"]);
    story.touch(&pool.mint, |data| data[4] ^= 1);
    case.expect(&["pool.mint"]);
    story.touch(&pool.mint, |data| data[4] ^= 1);

    // A validator's stake account: less in it, and somebody else's.
    let (index, record) = story.chain(|net| pool.record(net, &story.votes[0]));
    assert!(record.stake > 0);
    let stake = pda::find_stake(&pool.pool, &record.vote).0;
    let validator = format!("pool.validator.{}.stake", record.vote);
    case.word(&stake, DELEGATED, -1, &["pool.stake", "pool.validators", &validator, "pool.total"]);
    story.touch(&stake, |data| data[WITHDRAWER] ^= 1);
    let lost = ["pool.stake", "pool.validators", &validator, "pool.stake_rent", "pool.total"];
    case.expect(&lost);
    story.touch(&stake, |data| data[WITHDRAWER] ^= 1);
    // A record that says more than there is.
    let at = ValidatorListHeader::record_offset(index as usize) + 32;
    case.word(&pool.list, at, 1, &["pool.stake", "pool.validators", &validator]);
    // No account at all.
    story.chain(|net| net.bank().store_account(&stake, &Default::default()));
    case.expect(&lost);
    let story = Story::tell();
    let case = Case::of(&story);

    // The selection.
    let selection = &story.selection;
    case.word(&selection.vault, AMOUNT, -1, &["selection.escrow"]);
    let bonds = story.offset(&selection.config, config.bonds);
    // More bonds recorded than candidates have, and than lies there.
    case.word(&selection.config, bonds, 1, &["selection.escrow", "selection.bonds"]);
    let (place, candidate) = (0, story.chain(|net| selection.registry(net)).records[0].clone());
    let start = RegistryHeader::record_offset(place);
    let data = story.chain(|net| net.account(&selection.registry)).unwrap().data;
    let bond = (start..start + 352).step_by(8).find(|at| data[*at..at + 8] == candidate.bond.to_le_bytes());
    case.word(&selection.registry, bond.expect("a bond"), 1, &["selection.bonds"]);
    let shares = story.offset(&story.direction, 30 * SOL);
    let behind = format!("selection.candidate.{}.directed", story.votes[2]);
    case.word(&story.direction, shares, 1, &["selection.directed", "selection.behind", &behind]);

    // The vault.
    let vault = |line: &str| format!("vault.{}.{line}", story.vault.vault);
    let collateral = vault("collateral");
    case.word(&story.vault.collateral_account, AMOUNT, -1, &[&collateral]);
    case.word(&story.vault.vrt_mint, SUPPLY, 1, &[&vault("vrt_supply")]);
    case.word(&story.vault.vrt_escrow, AMOUNT, -1, &[&vault("vrt_escrow")]);
    case.word(&story.junior.vrt_mint, SUPPLY, 1, &[&vault("junior_supply")]);
    let amount = story.offset(&story.open_withdrawal, 40 * SOL);
    case.word(&story.open_withdrawal, amount, 1, &[&vault("vrt_tickets")]);
    let promised = story.offset(&story.allocation, 75 * SOL);
    case.word(&story.allocation, promised, 1, &[&vault("allocated")]);
    case.word(
        &story.distributed,
        AMOUNT,
        -1,
        &[&vault(&format!("distribution.{}.funds", story.distribution))],
    );
    // Of a stranger's it is only told: anybody may make one for any vault.
    story.touch(&story.distribution, |data| data[CREATOR] ^= 1);
    story.add(&story.distributed, AMOUNT, -1);
    let report = story.report(&[]);
    assert_eq!(wrong(&report), Vec::<String>::new());
    let funds = line(&report, &vault(&format!("distribution.{}.funds", story.distribution)));
    assert_eq!((&funds["note"], &funds["difference"]), (&true.into(), &(-1).into()), "{funds:#}");
    assert!(story.audit(&[]).status.success());
    story.add(&story.distributed, AMOUNT, 1);
    story.touch(&story.distribution, |data| data[CREATOR] ^= 1);
    let ticket = story.offset(&story.open_ticket, 50 * SOL);
    case.word(&story.open_ticket, ticket, 1, &["pool.ticket_shares"]);
}

#[test]
fn fees_that_events_do_not_bear_out_name_their_lines() {
    let story = Story::tell();
    let pool = &story.selection.pool;
    let state = story.chain(|net| pool.state(net));
    let case = Case::of(&story);

    // Shares moved between those who hold theirs unminted: the supply is the same, and every other line with it.
    let (insurance, treasury) = (state.insurance_shares, state.fee_shares);
    assert!(insurance > SOL && treasury > 0, "{insurance} {treasury}");
    let at = story.offset(&pool.pool, insurance);
    assert_eq!(story.offset(&pool.pool, treasury), at + 8);
    story.add(&pool.pool, at, -7);
    case.word(&pool.pool, at + 8, 7, &["pool.fees.treasury", "pool.fees.insurance"]);
    story.add(&pool.pool, at, 7);

    // Rates that are not those that were charged.
    let rates = story.before_fees(&state.fees);
    let rate = |place: usize, lines: &[&str]| {
        let turn = |data: &mut Vec<u8>| data[rates + 2 * place] ^= 1;
        story.touch(&pool.pool, turn);
        case.expect(lines);
        story.touch(&pool.pool, turn);
    };
    rate(0, &["pool.fees.rewards"]);
    rate(1, &["pool.fees.deposits", "pool.fees.treasury", "pool.fees.insurance"]);
    rate(2, &["pool.fees.exits", "pool.fees.cuts", "pool.fees.treasury", "pool.fees.insurance"]);
    rate(3, &["pool.fees.exits", "pool.fees.cuts", "pool.fees.treasury", "pool.fees.insurance"]);
    rate(4, &["pool.fees.cuts", "pool.fees.treasury", "pool.fees.insurance"]);
    rate(
        5,
        &[
            "pool.fees.rewards",
            "pool.fees.deposits",
            "pool.fees.cuts",
            "pool.fees.treasury",
            "pool.fees.insurance",
        ],
    );
    rate(6, &["pool.fees.deposits", "pool.fees.treasury", "pool.fees.insurance"]);
    let target = story.offset(&pool.pool, state.liquidity_target);
    let exits = ["pool.fees.exits", "pool.fees.cuts", "pool.fees.treasury", "pool.fees.insurance"];
    case.word(&pool.pool, target, 1_000_000_000, &exits);

    // A vault's, and an operator's.
    let line = |of: &str| format!("vault.{}.fees.{of}", story.vault.vault);
    let fee = |address: &Address, bps: u16| {
        let data = story.chain(|net| net.account(address)).unwrap().data;
        // Both are recorded as the next fee since they were raised, and in force by now.
        let places: Vec<_> =
            (0..data.len() - 1).filter(|at| data[*at..at + 2] == bps.to_le_bytes()).collect();
        assert_eq!(places.len(), 1, "{bps} in {address}");
        places[0]
    };
    for (address, bps, lines) in
        [(story.vault.vault, 100, [line("vault")]), (story.operator, 70, [line("operators")])]
    {
        let at = fee(&address, bps);
        story.touch(&address, |data| data[at] ^= 1);
        case.expect(&[&lines[0]]);
        story.touch(&address, |data| data[at] ^= 1);
    }
}
