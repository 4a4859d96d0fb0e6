//! `admin selection`: parameters, groups, bans, and the hand-over of a selection.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, SOL, SelectionFixture};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, Served, event, key, nobody, number, row};

/// A pool whose stake its selection decides, with three candidates, and the admin of both.
struct Seat {
    served: Served,
    selection: SelectionFixture,
    admin: Person,
    votes: Vec<Address>,
}

const NAMES: [&str; 3] = ["a", "b", "c"];

impl Seat {
    fn new() -> Self {
        let scripts = NAMES.iter().map(|name| ValidatorScript::new(*name)).collect();
        let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
        bank.0.advance_epochs(4);
        let selection = SelectionFixture::with_params(&mut bank, open_params());
        let votes: Vec<_> = NAMES.iter().map(|name| bank.0.validator(name).vote_address()).collect();
        for vote in &votes {
            bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
        }
        selection.fund(&mut bank, 300 * SOL);
        selection.crank(&mut bank);
        let key = selection.pool.admin.insecure_clone();
        Chain::airdrop(&mut bank, &key.pubkey(), 10 * SOL);
        let served = Served::new(bank, selection.pool.mint);
        let admin = served.known(key);
        Self { served, selection, admin, votes }
    }

    fn epoch(&self) -> u64 {
        self.served.chain(|net| Chain::clock(net).epoch)
    }

    fn vote(&self, place: usize) -> String {
        self.votes[place].to_string()
    }

    /// Begins an epoch's allocation and leaves it half-way.
    fn begin_allocation(&self) {
        self.served.chain(|net| {
            net.advance_epoch();
            self.selection.pool.update(net);
            self.selection.observe_all(net);
            net.must(&[self.selection.allocate_some(1)], &[&self.selection.pool.payer]);
            let state = self.selection.state(net);
            assert!(state.allocating_epoch != state.allocated_epoch, "it is under way");
        });
    }
}

#[test]
fn parameters_are_set_in_part_from_the_next_allocation_on() {
    let seat = Seat::new();
    let Seat { served, selection, admin, .. } = &seat;
    let stranger = served.person("stranger", SOL);
    let set = [
        "admin",
        "selection",
        "set-params",
        "--cap-bps",
        "4000",
        "--join-bond",
        "2.5",
        "--notice-epochs",
        "3",
    ];
    let error = served.refuses(&stranger, &set);
    let expected =
        format!("only the admin ({}) may do this; this key is {}", admin.address(), stranger.address());
    assert!(error.starts_with(&expected), "{error}");
    let preview = served.previews(admin, &set);
    assert_eq!(row(&preview, "Cap on a validator"), "25 % → 40 %");
    assert_eq!(row(&preview, "Bond to join"), "0 LST → 2.5 LST");
    assert_eq!(row(&preview, "Notice of a bond"), "2 epochs → 3 epochs");
    let next = format!("with the allocation of epoch {}", seat.epoch() + 1);
    assert_eq!(row(&preview, "In force"), next, "this epoch's is made");
    served.does(admin, &set);
    let params = served.chain(|net| selection.state(net)).params;
    let mut expected = open_params();
    (expected.cap_bps, expected.join_bond, expected.notice_epochs) = (4_000, 2_500_000_000, 3);
    assert_eq!(params, expected);
    let error = served.refuses(admin, &set);
    assert_eq!(error, "nothing changes: every parameter is so already");
    let error = served.refuses(admin, &["admin", "selection", "set-params", "--aso-cap-bps", "100"]);
    assert!(error.contains("A parameter is outside its bounds"), "{error}");
    assert_eq!(served.run(admin, &["admin", "selection", "set-params"]).status.code(), Some(2));
}

#[test]
fn the_oracle_groups_by_a_table_and_nobody_else_does() {
    let seat = Seat::new();
    let Seat { served, selection, admin, .. } = &seat;
    let oracle = served.person("oracle", SOL);
    let named = oracle.address().to_string();
    let [a, b, c] = [0, 1, 2].map(|place| seat.vote(place));
    let scratch = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let table = |name: &str, text: &str| {
        let path = scratch.join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let groups = table("groups.csv", &format!("vote,provider,country\n{a},7,1\n{b}, 7, 2\n{c},0,0\n"));
    let set = ["admin", "selection", "set-groups", &groups];
    let error = served.refuses(&oracle, &set);
    assert!(error.starts_with("nobody groups validators: the admin"), "{error}");
    let preview = served.previews(admin, &["admin", "selection", "set-oracle", &named]);
    assert_eq!(row(&preview, "Oracle"), format!("nobody → {named}"));
    let error = served.refuses(&oracle, &["admin", "selection", "set-oracle", &named]);
    assert!(error.starts_with("only the admin"), "{error}");
    served.does(admin, &["admin", "selection", "set-oracle", &named]);

    let preview = served.previews(&oracle, &set);
    assert!(preview.starts_with("Group 2 validators\n"), "what is so already is left out: {preview}");
    assert_eq!(row(&preview, &a), "provider none → 7, country none → 1");
    served.does(&oracle, &set);
    let candidate = |place: usize| served.chain(|net| selection.candidate(net, &seat.votes[place]));
    assert_eq!((candidate(0).seat.aso, candidate(1).seat.country, candidate(2).seat.aso), (7, 2, 0));
    let error = served.refuses(&oracle, &set);
    assert_eq!(error, "nothing changes: every group is so already");
    let error = served.refuses(admin, &set);
    assert!(error.starts_with(&format!("only the oracle ({named})")), "{error}");

    let stranger = nobody("no candidate");
    for (name, text, expected) in [
        (
            "columns.csv",
            "vote,provider\n".to_owned(),
            "line 1: the columns vote, provider and country are missing",
        ),
        (
            "many.csv",
            format!("vote,provider,country\n{a},256,0\n"),
            "line 2: \"256\" is no group, which is 0 to 255",
        ),
        (
            "stranger.csv",
            format!("vote,provider,country\n{stranger},1,1\n"),
            "is no candidate of this selection",
        ),
        ("twice.csv", format!("vote,provider,country\n{a},1,1\n{a},1,1\n"), "line 3:"),
    ] {
        let error = served.refuses(&oracle, &["admin", "selection", "set-groups", &table(name, &text)]);
        assert!(error.contains(expected), "{name}: {error}");
    }
    seat.begin_allocation();
    let back = table("back.csv", &format!("vote,provider,country\n{a},0,0\n"));
    let error = served.refuses(&oracle, &["admin", "selection", "set-groups", &back]);
    assert_eq!(
        error,
        "an allocation is under way in this epoch: finish it by `sluice crank --once`, then try again"
    );
    served.does(admin, &["admin", "selection", "set-oracle", "--nobody"]);
    assert_eq!(served.chain(|net| selection.state(net)).oracle, Address::default());
}

#[test]
fn a_ban_takes_the_target_and_ends_as_it_began() {
    let seat = Seat::new();
    let Seat { served, selection, admin, .. } = &seat;
    let vote = seat.vote(1);
    let ban = ["admin", "selection", "ban", &vote];
    let stranger = served.person("stranger", SOL);
    let error = served.refuses(&stranger, &ban);
    assert!(error.starts_with("only the admin"), "{error}");
    let target = served.chain(|net| selection.candidate(net, &seat.votes[1])).seat.target;
    assert!(target > 0);
    let preview = served.previews(admin, &ban);
    assert_eq!(row(&preview, "Banned"), "no → yes");
    assert!(row(&preview, "Target").ends_with(" SOL → 0 SOL"), "{preview}");
    let done = served.does(admin, &ban);
    let told = event(&done, "CandidateFlagged");
    assert_eq!((number(&told["target_before"]), number(&told["target_after"])), (target, 0));
    let error = served.refuses(admin, &ban);
    assert_eq!(error, "nothing changes: the ban is so already");
    let preview = served.previews(admin, &["admin", "selection", "unban", &vote]);
    assert_eq!(row(&preview, "Competes again"), "from the next allocation on");
    served.does(admin, &["admin", "selection", "unban", &vote]);
    assert_eq!(served.chain(|net| selection.candidate(net, &seat.votes[1])).flags, 0);
    let error = served.refuses(admin, &["admin", "selection", "ban", &nobody("nobody").to_string()]);
    assert!(error.contains("is no candidate of this selection"), "{error}");
    seat.begin_allocation();
    let error = served.refuses(admin, &ban);
    assert!(error.starts_with("an allocation is under way in this epoch"), "{error}");
}

#[test]
fn a_candidate_that_is_gone_is_removed_by_anyone() {
    let seat = Seat::new();
    let Seat { served, selection, .. } = &seat;
    let passer_by = served.person("passer-by", SOL);
    let vote = seat.vote(0);
    let remove = ["admin", "selection", "remove", &vote];
    let error = served.refuses(&passer_by, &remove);
    assert_eq!(
        error,
        format!(
            "the validator {vote} cannot be removed: it has not left, nor stopped earning for ten epochs"
        )
    );
    served.chain(|net| {
        let withdrawer = net.validator("a").withdrawer().insecure_clone();
        let leave = selection.leave(net, &seat.votes[0], &withdrawer.pubkey(), true);
        net.must(&[leave], &[&selection.pool.payer, &withdrawer]);
    });
    let error = served.refuses(&passer_by, &remove);
    assert!(error.ends_with("it left less than eight epochs ago"), "{error}");
    for _ in 0..8 {
        served.chain(|net| {
            net.advance_epoch();
            selection.crank(net);
        });
    }
    let preview = served.previews(&passer_by, &remove);
    assert_eq!(row(&preview, "Candidates"), "3 → 2 of 100");
    served.does(&passer_by, &remove);
    assert!(!served.chain(|net| selection.votes(net)).contains(&seat.votes[0]));
    let error = served.refuses(&passer_by, &remove);
    assert_eq!(error, format!("the validator {vote} is no candidate of this selection"));
}

#[test]
fn a_selection_is_handed_over_in_two_steps() {
    let seat = Seat::new();
    let Seat { served, selection, admin, .. } = &seat;
    let heir = served.person("heir", SOL);
    let named = heir.address().to_string();
    let error = served.refuses(&heir, &["admin", "selection", "accept-admin"]);
    assert!(error.starts_with("nobody was proposed as admin"), "{error}");
    let error = served.refuses(&heir, &["admin", "selection", "propose-admin", &named]);
    assert!(error.starts_with("only the admin"), "{error}");
    served.does(admin, &["admin", "selection", "propose-admin", &named]);
    let error = served.refuses(admin, &["admin", "selection", "accept-admin"]);
    assert!(error.starts_with("only the proposed admin"), "{error}");
    let done = served.does(&heir, &["admin", "selection", "accept-admin"]);
    assert_eq!(key(&event(&done, "AdminAccepted")["after"]), heir.address());
    assert_eq!(served.chain(|net| selection.state(net)).admin, heir.address());
}
