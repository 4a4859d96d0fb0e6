//! A cluster on which every command would do what it is asked to: two pools, of which a selection moves the stake of one and
//! a key that of the other, a shielded vault, and everybody with a role.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, PoolFixture, PoolOptions, SOL, SelectionFixture, SplStakePool, keypair};
use solana_signer::Signer;
use solana_vote_interface::instruction::update_validator_identity;

use crate::common::{FEE, Person, Served, delegated, event, key, said, sluice};
use crate::leaf::Names;

const VALIDATORS: [&str; 6] = ["first", "second", "newcomer", "banned", "gone", "idle"];
/// Services by what their agreement with the vault has come to; `new` has none.
const SERVICES: [&str; 6] = ["service", "cooled", "expired", "executable", "vetoable", "new"];
const ACCUSED: [&str; 3] = ["expired", "executable", "vetoable"];
/// Epochs for which collateral that was taken back can still be slashed.
const COOLING: u64 = 9;

pub struct World {
    pub served: Served,
    selection: SelectionFixture,
    plain: PoolFixture,
    spl: SplStakePool,
    people: BTreeMap<&'static str, Person>,
    pub names: Names,
}

impl World {
    pub fn tell() -> Self {
        let scripts = VALIDATORS.map(ValidatorScript::new).to_vec();
        let mut bank = Bank::with_peers(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
        bank.0.advance_epochs(4);
        let votes = VALIDATORS.map(|name| (name, bank.0.validator(name).vote_address()));
        let vote = BTreeMap::from(votes);
        let withdrawer = |bank: &Bank, name| bank.0.validator(name).withdrawer().insecure_clone();

        let selection = SelectionFixture::with_params(&mut bank, open_params());
        let pool = &selection.pool;
        let (holder, lst) = pool.user(&mut bank, "holder", 5_000 * SOL);
        bank.must(&[pool.deposit_sol(&holder.pubkey(), &lst, 1_000 * SOL, 0)], &[&holder]);
        bank.must(&[selection.join_with_bond(&vote["first"], &holder.pubkey(), &lst, 5 * SOL)], &[&holder]);
        for name in ["second", "banned", "gone"] {
            bank.must(&[selection.join(&vote[name])], &[&pool.payer]);
        }
        let key = withdrawer(&bank, "gone");
        let leave = selection.leave(&bank, &vote["gone"], &key.pubkey(), true);
        bank.must(&[leave], &[&pool.payer, &key]);
        let (ban, oracle) = (selection.ban(&bank, &vote["banned"], true), bank.wallet("oracle", SOL));
        bank.must(&[ban, selection.set_oracle(&oracle.pubkey())], &[&pool.payer, &pool.admin]);
        let (key, node) = (withdrawer(&bank, "second"), keypair("another identity"));
        let (second, owner, other) = (vote["second"], key.pubkey(), node.pubkey());
        bank.must(&[update_validator_identity(&second, &owner, &other)], &[&pool.payer, &key, &node]);
        pool.open_liquidity(&mut bank, 100 * SOL);
        let key = withdrawer(&bank, "first");
        let notice = selection.withdraw_bond(&bank, &vote["first"], &key.pubkey(), SOL);
        bank.must(&[notice], &[&pool.payer, &key]);

        let plain = PoolFixture::named(&mut bank, "plain ", PoolOptions::default());
        let (_, treasury) = plain.user(&mut bank, "holder", SOL);
        bank.must(&[plain.deposit_sol(&holder.pubkey(), &treasury, 500 * SOL, 0)], &[&holder]);
        let added = ["first", "idle"].map(|name| plain.add_validator(&vote[name]));
        bank.must(&added, &[&plain.payer, &plain.delegation]);
        let increase = plain.increase_stake(&bank, &vote["first"], 100 * SOL);
        bank.must(&[increase], &[&plain.payer, &plain.delegation]);

        let spl = SplStakePool::new(&mut bank);
        let (_, tokens) = spl.user(&mut bank, "holder", SOL);
        bank.must(&[spl.deposit_sol(&holder.pubkey(), &tokens, 500 * SOL, 0)], &[&holder]);
        bank.must(&[spl.add_validator(&vote["first"])], &[&spl.manager]);
        let increase = spl.increase_stake(&bank, &vote["first"], 200 * SOL);
        bank.must(&[increase], &[&spl.manager]);
        let stake = delegated(&mut bank, &holder, "holder's stake", &vote["first"], 50 * SOL);

        let (vault_admin, of_admin) = pool.user(&mut bank, "vault admin", 100 * SOL);
        bank.must(&[pool.deposit_sol(&vault_admin.pubkey(), &of_admin, 20 * SOL, 0)], &[&vault_admin]);
        let mut keys = BTreeMap::from([
            ("holder", holder),
            ("vault admin", vault_admin),
            ("oracle", oracle),
            ("withdrawer", key),
            ("admin", pool.admin.insecure_clone()),
            ("plain admin", plain.admin.insecure_clone()),
            ("delegation", plain.delegation.insecure_clone()),
        ]);
        for name in ["stranger", "heir", "resolver", "operator"].into_iter().chain(SERVICES) {
            keys.insert(name, bank.wallet(name, SOL));
        }
        let mut names: Names = vote.iter().map(|(name, vote)| (*name, vote.to_string())).collect();
        for (name, address) in [
            ("mint", pool.mint),
            ("pool", pool.pool),
            ("lst", lst),
            ("plain", plain.mint),
            ("treasury", treasury),
            ("spl", spl.mint),
            ("stake", stake),
            ("heir", keys["heir"].pubkey()),
            ("holder", keys["holder"].pubkey()),
        ] {
            names.insert(name, address.to_string());
        }
        let served = Served::new(bank, pool.mint);
        let people = keys.into_iter().map(|(name, key)| (name, served.known(key))).collect();
        let mut world = Self { served, selection, plain, spl, people, names };
        world.open();
        world
    }

    /// What takes epochs: exits, directions, agreements and accusations.
    fn open(&mut self) {
        self.name_files();
        self.next_epochs(1);
        for [who, command] in [
            ["plain admin", "admin pool propose-admin {heir} --mint {plain}"],
            ["admin", "admin selection propose-admin {heir} --mint {mint}"],
            ["holder", "liquidity add 5 --mint {mint}"],
        ] {
            self.does(who, command);
        }
        self.makes("ticket", "holder", "unstake 2 --delayed --mint {mint}", "UnstakeOrdered", "ticket");
        for (name, command) in [
            ("direction", "direct add {first} 1 --mint {mint}"),
            ("released", "direct add {second} 1 --mint {mint}"),
        ] {
            self.makes(name, "holder", command, "DirectionChanged", "direction");
        }
        self.does("holder", "direct remove {released} --mint {mint}");
        self.open_vaults();
        for command in [
            "vault deposit 20 --vault {vault}",
            "vault deposit 5 --vault {calm}",
            "vault pay-rewards 10 --vault {vault}",
        ] {
            self.does("holder", command);
        }
        self.next_epochs(2);
        for service in SERVICES.into_iter().filter(|service| *service != "new") {
            self.agreed("vault admin", "vault allocate 0.2", service);
        }
        let order = "vault withdraw 1 --vault {vault}";
        self.makes("withdrawal", "holder", order, "WithdrawalEnqueued", "ticket");
        self.next_epochs(2);
        self.agreed("vault admin", "vault deallocate all", "cooled");
        let [expired, executable, vetoable] = ACCUSED;
        self.accuse(expired);
        self.distribute("ended", "ended.json");
        self.next_epochs(COOLING - 2);
        self.accuse(executable);
        self.next_epochs(2);
        self.accuse(vetoable);
        self.distribute("running", "proofs.json");
        for [who, command] in [
            ["plain admin", "admin pool pause --mint {plain}"],
            ["vault admin", "vault pause --vault {paused}"],
        ] {
            self.does(who, command);
        }
    }

    fn open_vaults(&mut self) {
        let resolver = self.people["resolver"].address().to_string();
        self.names.insert("resolver", resolver);
        let create = "vault create --collateral {mint} --pool {pool} --seed 1 --resolver {resolver}";
        for (name, more) in [("paused", ""), ("calm", ""), ("vault", " --stream-slots 64 --shielded")] {
            self.makes(name, "vault admin", &format!("{create}{more}"), "VaultInitialized", "vault");
        }
        self.does("vault admin", "vault propose-admin {heir} --vault {vault}");
        self.makes("operator", "operator", "operator register", "OperatorRegistered", "operator");
        for service in SERVICES {
            self.makes(service, service, "service register", "ServiceRegistered", "service");
        }
        for service in SERVICES.into_iter().filter(|service| *service != "new") {
            self.agreed("vault admin", "vault opt-in", service);
            self.agreed("operator", "operator opt-in", service);
            self.agreed(service, "service opt-in", service);
        }
    }

    /// Runs a command about the agreement of vault, operator and a service.
    fn agreed(&self, who: &str, command: &str, service: &str) -> Value {
        self.does(
            who,
            &format!("{command} --operator {{operator}} --service {{{service}}} --vault {{vault}}"),
        )
    }

    /// The service's name becomes that of its request: nothing else is asked of it any more.
    fn accuse(&mut self, service: &'static str) {
        let evidence = "ab".repeat(32);
        let done = self.agreed(service, &format!("service slash 0.1 --evidence {evidence}"), service);
        self.names.insert(service, key(&event(&done, "SlashRequested")["request"]).to_string());
    }

    fn distribute(&mut self, name: &'static str, file: &str) {
        let proofs = scratch(file);
        self.names.insert("proofs", proofs);
        let command =
            "vault distribute <recipients> --mint {mint} --epochs 2 --proofs <proofs> --vault {vault}";
        self.makes(name, "holder", command, "DistributionCreated", "distribution");
    }

    fn name_files(&mut self) {
        let (groups, recipients) = (scratch("groups.csv"), scratch("recipients.csv"));
        std::fs::write(&groups, format!("vote,provider,country\n{},1,1\n", self.names["first"])).unwrap();
        std::fs::write(&recipients, format!("recipient,amount\n{},0.1\n", self.names["holder"])).unwrap();
        let files =
            [("groups", groups), ("recipients", recipients), ("unwritten", scratch("unwritten.json"))];
        self.names.extend(files);
        self.names.extend([("config", deployment()), ("keys", scratch("keys"))]);
    }

    /// Does it, and gives the address in its event a name.
    fn makes(&mut self, name: &'static str, who: &str, command: &str, told: &str, field: &str) {
        let done = self.does(who, command);
        self.names.insert(name, key(&event(&done, told)[field]).to_string());
    }

    fn does(&self, who: &str, command: &str) -> Value {
        let words = command.split_whitespace().map(|word| crate::leaf::named(word, &self.names));
        let url = self.served.server.url();
        let with = ["--url", &url, "--keypair", self.file(who), "--yes", "--output", "json"];
        let output = sluice(words.chain(with.map(str::to_owned)));
        assert!(output.status.success(), "{who}: {command}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&said(&output)).expect("JSON")
    }

    pub fn file(&self, who: &str) -> &str {
        self.people[who].file.to_str().unwrap()
    }

    fn next_epochs(&self, epochs: u64) {
        self.served.chain(|net| {
            for _ in 0..epochs {
                net.advance_epoch();
                self.selection.crank(net);
                self.selection.settle_all(net);
                self.plain.update(net);
                self.spl.update(net);
            }
        });
    }

    /// Nobody has updated our pools yet.
    pub fn next_epoch_without_updates(&self) {
        self.served.chain(|net| {
            net.advance_epoch();
            self.spl.update(net);
        });
    }

    /// Everybody gives away all of their SOL.
    pub fn all_are_poor(&self) {
        let to = self.plain.payer.pubkey();
        for person in self.people.values() {
            let from = person.address();
            let lamports = self.served.lamports(&from);
            if lamports > 0 {
                let give = solana_system_interface::instruction::transfer(&from, &to, lamports - FEE);
                self.served.chain(|net| net.must(&[give], &[&person.key]));
            }
        }
    }

    /// And gets some.
    pub fn all_are_rich(&self) {
        for person in self.people.values() {
            self.served.chain(|net| Chain::airdrop(net, &person.address(), 10 * SOL));
        }
    }
}

/// A path of the tests' scratch folder where nothing is.
pub fn scratch(name: &str) -> String {
    static PATHS: AtomicU64 = AtomicU64::new(0);
    let number = PATHS.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-failures-{number}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name).to_str().unwrap().to_owned()
}

/// The example of a deployment.
pub fn deployment() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/localnet.toml");
    path.to_str().unwrap().to_owned()
}
