//! A pool, a vault over its LST that was opened by the command line, and everybody it needs.

use std::process::Output;

use serde_json::Value;
use sluice_localnet::{Localnet, ValidatorScript};
use sluice_sdk::AccountData;
use sluice_sdk::pda::restaking_vault as pda;
use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, PoolFixture, PoolOptions, SOL, keypair, token};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, Served, complaint, event, key, nobody, said, sluice};

pub struct World {
    pub served: Served,
    pub pool: PoolFixture,
    pub vault: Address,
    /// Mint of the (senior) shares.
    pub vrt: Address,
    /// Admin and delegation admin.
    pub admin: Person,
    pub resolver: Person,
    pub pauser: Person,
}

/// One that agreed, by all three.
pub struct Team {
    pub operator: Person,
    pub service: Person,
    pub operator_address: Address,
    pub service_address: Address,
    pub allocation: Address,
}

impl World {
    /// A vault with the usual terms: seed 1 LST, everything in two epochs, a cap of 20 %.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The same, opened with more options.
    pub fn with(options: &[&str]) -> Self {
        Self::of(PoolOptions::default(), options)
    }

    /// The same over another pool.
    pub fn of(pool: PoolOptions, options: &[&str]) -> Self {
        let mut bank = Bank::start(vec![ValidatorScript::new("validator")]);
        bank.0.advance_epochs(2);
        let pool = PoolFixture::with_options(&mut bank, pool);
        let (admin, lst) = pool.user(&mut bank, "vault admin", 200 * SOL);
        bank.must(&[pool.deposit_sol(&admin.pubkey(), &lst, 150 * SOL, 0)], &[&admin]);
        let served = Served::new(bank, pool.mint);
        let admin = served.known(admin);
        let [resolver, pauser] = ["resolver", "pauser"].map(|name| served.person(name, SOL));
        let shares = served.known(keypair("rslSOL mint"));
        let vrt = shares.address();
        let vault = pda::find_vault(&vrt).0;
        let world = Self { served, pool, vault, vrt, admin, resolver, pauser };
        world.create(&shares, options);
        world
    }

    fn create(&self, shares: &Person, options: &[&str]) {
        let [mint, pool, resolver, pauser] =
            [self.pool.mint, self.pool.pool, self.resolver.address(), self.pauser.address()]
                .map(|address| address.to_string());
        let mut arguments = vec!["vault", "create", "--collateral", &mint, "--pool", &pool, "--seed", "1"];
        arguments.extend(["--resolver", &resolver, "--pauser", &pauser, "--slash-cap-bps", "2000"]);
        arguments.extend(["--stream-slots", "64", "--vrt-keypair", shares.file.to_str().unwrap()]);
        arguments.extend(options);
        let done = self.does(&self.admin, &arguments);
        assert_eq!(key(&event(&done, "VaultInitialized")["vault"]), self.vault);
    }

    // ---- people ---------------------------------------------------------------------------------------------

    /// Somebody with SOL and an LST account that holds so much.
    pub fn holder(&self, name: &str, lst: u64) -> (Person, Address) {
        let (key, account) = self.chain(|net| {
            let (user, account) = self.pool.user(net, name, 1_000 * SOL);
            if lst > 0 {
                net.must(&[self.pool.deposit_sol(&user.pubkey(), &account, lst, 0)], &[&user]);
            }
            (user, account)
        });
        (self.served.known(key), account)
    }

    /// Where somebody's shares are when the command line made the account.
    pub fn shares_of(&self, owner: &Address) -> Address {
        associated(owner, &self.vrt)
    }

    /// An operator and a service that have agreed with the vault, slashes going to `beneficiary`, and so much at risk.
    pub fn team(&self, beneficiary: Option<Address>, allocated: &str) -> Team {
        let team = self.registered("");
        let to = beneficiary.map(|account| account.to_string());
        let to: Vec<&str> = to.iter().flat_map(|account| ["--beneficiary", account.as_str()]).collect();
        self.agrees("vault", &self.admin, &team, &to);
        self.agrees("operator", &team.operator, &team, &to);
        self.agrees("service", &team.service, &team, &to);
        if !allocated.is_empty() {
            self.allocates(&team, allocated);
        }
        team
    }

    pub fn agrees(&self, group: &str, who: &Person, team: &Team, more: &[&str]) -> Value {
        let arguments = team.arguments(&[group, "opt-in"], more);
        self.does_there(who, &refs(&arguments))
    }

    /// Puts so much at risk and waits until it is.
    pub fn allocates(&self, team: &Team, amount: &str) {
        self.does_there(&self.admin, &refs(&team.arguments(&["vault", "allocate", amount], &[])));
        self.epochs(2);
    }

    /// An operator and a service, registered by the command line.
    pub fn registered(&self, prefix: &str) -> Team {
        let operator = self.served.person(&format!("{prefix}operator"), SOL);
        let service = self.served.person(&format!("{prefix}service"), SOL);
        let done = self.does(&operator, &["operator", "register"]);
        let operator_address = key(&event(&done, "OperatorRegistered")["operator"]);
        let done = self.does(&service, &["service", "register"]);
        let service_address = key(&event(&done, "ServiceRegistered")["service"]);
        let allocation = pda::find_allocation(&self.vault, &operator_address, &service_address).0;
        Team { operator, service, operator_address, service_address, allocation }
    }

    // ---- the chain ------------------------------------------------------------------------------------------

    pub fn chain<T>(&self, act: impl FnOnce(&mut Localnet) -> T) -> T {
        self.served.chain(act)
    }

    pub fn epoch(&self) -> u64 {
        self.chain(|net| Chain::clock(net).epoch)
    }

    /// Epochs pass, in each of which the pool is updated.
    pub fn epochs(&self, count: u64) {
        for _ in 0..count {
            self.chain(|net| {
                net.advance_epoch();
                self.pool.update(net);
            });
        }
    }

    pub fn slots(&self, count: u64) {
        self.chain(|net| net.warp_slots(count));
    }

    pub fn state(&self) -> Vault {
        self.account(&self.vault)
    }

    pub fn account<T: AccountData>(&self, address: &Address) -> T {
        T::decode(&self.chain(|net| Chain::account(net, address)).expect("an account").data).unwrap()
    }

    pub fn exists(&self, address: &Address) -> bool {
        self.chain(|net| Chain::account(net, address)).is_some()
    }

    pub fn tokens(&self, account: &Address) -> u64 {
        self.served.tokens(account)
    }

    pub fn supply(&self, mint: &Address) -> u64 {
        self.chain(|net| token::supply(net, mint))
    }

    // ---- the command line -----------------------------------------------------------------------------------

    pub fn run(&self, person: &Person, arguments: &[&str]) -> Output {
        let url = self.served.server.url();
        let file = person.file.to_str().unwrap();
        sluice(arguments.iter().chain(&["--keypair", file, "--url", &url]))
    }

    /// Does it, and returns what is said of it for programs.
    #[track_caller]
    pub fn does(&self, person: &Person, arguments: &[&str]) -> Value {
        let output = self.run(person, &[arguments, &["--yes", "--output", "json"]].concat());
        serde_json::from_str(&said(&output)).expect("JSON")
    }

    /// What a dry run says to a person; nothing changes.
    #[track_caller]
    pub fn previews(&self, person: &Person, arguments: &[&str]) -> String {
        let output = self.run(person, &[arguments, &["--dry-run"]].concat());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        text
    }

    #[track_caller]
    pub fn refuses(&self, person: &Person, arguments: &[&str]) -> String {
        complaint(&self.run(person, &[arguments, &["--yes", "--output", "json"]].concat()))
    }

    /// The same three about the world's vault.
    #[track_caller]
    pub fn does_there(&self, person: &Person, arguments: &[&str]) -> Value {
        self.does(person, &self.there(arguments))
    }

    #[track_caller]
    pub fn previews_there(&self, person: &Person, arguments: &[&str]) -> String {
        self.previews(person, &self.there(arguments))
    }

    #[track_caller]
    pub fn refuses_there(&self, person: &Person, arguments: &[&str]) -> String {
        self.refuses(person, &self.there(arguments))
    }

    fn there<'a>(&self, arguments: &[&'a str]) -> Vec<&'a str> {
        // Lives as long as the test: a few bytes for each command.
        let vault: &'static str = self.vault.to_string().leak();
        [arguments, &["--vault", vault]].concat()
    }

    /// What a command that needs nobody's key answers to programs, and to people.
    #[track_caller]
    pub fn answers(&self, arguments: &[&str]) -> Value {
        let url = self.served.server.url();
        let output = sluice(arguments.iter().chain(&["--url", &url, "--output", "json"]));
        serde_json::from_str(&said(&output)).expect("JSON")
    }

    #[track_caller]
    pub fn tells(&self, arguments: &[&str]) -> String {
        let url = self.served.server.url();
        said(&sluice(arguments.iter().chain(&["--url", &url])))
    }
}

impl Team {
    /// A command's arguments with the two that agree with the vault.
    pub fn arguments(&self, before: &[&str], after: &[&str]) -> Vec<String> {
        let (operator, service) = (self.operator_address.to_string(), self.service_address.to_string());
        let named = ["--operator", &operator, "--service", &service];
        before.iter().chain(&named).chain(after).map(|text| (*text).to_owned()).collect()
    }
}

pub fn refs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

/// A wallet's associated account of a mint of SPL Token.
pub fn associated(owner: &Address, mint: &Address) -> Address {
    sluice_client::tokens::find_associated(owner, mint, &token::TOKEN_PROGRAM)
}

/// What a file of that name holds, in the tests' scratch folder.
pub fn file(name: &str, text: &str) -> String {
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A path of the scratch folder where nothing is.
pub fn free_path(name: &str) -> String {
    let path =
        std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path.to_str().unwrap().to_owned()
}

/// An address as text that nothing is at.
pub fn nowhere() -> String {
    nobody("nowhere").to_string()
}
