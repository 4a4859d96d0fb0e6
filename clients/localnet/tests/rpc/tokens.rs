//! Token accounts and mints, made by the real token programs, as wallets read them.

use {
    crate::served::Served,
    serde_json::{Value, json},
    sluice_localnet::{AccountMeta, Address, Instruction, Keypair, Signer, system},
    solana_account_decoder::{UiAccountData, UiAccountEncoding},
    solana_client::{rpc_config::UiTransactionEncoding, rpc_request::TokenAccountsFilter},
    solana_transaction_status::option_serializer::OptionSerializer,
    spl_generic_token::{token, token_2022},
};

const DECIMALS: u8 = 6;

/// A mint of a token program's and two accounts of it, with 12.5 and 2.5 tokens; the first may be spent by a delegate.
struct Minted {
    served: Served,
    program: Address,
    owner: Keypair,
    mint: Keypair,
    accounts: [Keypair; 2],
    delegate: Address,
}

impl Minted {
    fn new(program: Address) -> Self {
        let served = Served::start();
        let owner = served.user("owner");
        let [mint, one, two] = [1, 2, 3].map(|byte| Keypair::new_from_array([byte; 32]));
        let this = Self {
            delegate: Address::new_from_array([5; 32]),
            served,
            program,
            owner,
            mint,
            accounts: [one, two],
        };
        this.send(
            &[
                this.create(&this.mint, 82),
                this.with(&[20, DECIMALS], &this.owner_bytes(), &[&this.mint.pubkey()], None),
            ],
            &[&this.mint],
        );
        for (account, tokens) in this.accounts.iter().zip([12_500_000u64, 2_500_000]) {
            let to = account.pubkey();
            let open = this.with(&[18], &this.owner.pubkey().to_bytes(), &[&to, &this.mint.pubkey()], None);
            let mint_to =
                this.with(&[7], &tokens.to_le_bytes(), &[&this.mint.pubkey(), &to], Some(&this.owner));
            this.send(&[this.create(account, 165), open, mint_to], &[account]);
        }
        let approve = this.with(
            &[4],
            &500_000u64.to_le_bytes(),
            &[&this.accounts[0].pubkey(), &this.delegate],
            Some(&this.owner),
        );
        this.send(&[approve], &[]);
        this
    }

    /// The mint's authority, and none to freeze.
    fn owner_bytes(&self) -> Vec<u8> {
        [&self.owner.pubkey().to_bytes()[..], &[0]].concat()
    }

    fn create(&self, account: &Keypair, space: u64) -> Instruction {
        let rent = self.served.net().minimum_balance(space as usize);
        let (from, to) = (self.owner.pubkey(), account.pubkey());
        system::instruction::create_account(&from, &to, rent, space, &self.program)
    }

    /// An instruction of the token program's.
    fn with(&self, tag: &[u8], data: &[u8], writable: &[&Address], signer: Option<&Keypair>) -> Instruction {
        let mut accounts: Vec<_> =
            writable.iter().map(|address| AccountMeta::new(**address, false)).collect();
        accounts.extend(signer.map(|key| AccountMeta::new_readonly(key.pubkey(), true)));
        Instruction { program_id: self.program, accounts, data: [tag, data].concat() }
    }

    fn send(&self, instructions: &[Instruction], signers: &[&Keypair]) -> sluice_localnet::Signature {
        let signers: Vec<_> = std::iter::once(&self.owner).chain(signers.iter().copied()).collect();
        self.served.net().send(instructions, &signers).unwrap().signature
    }
}

#[test]
fn balances_and_supplies_are_in_the_mints_decimals() {
    for program in [token::id(), token_2022::id()] {
        let minted = Minted::new(program);
        let client = minted.served.client();
        let balance = client.get_token_account_balance(&minted.accounts[0].pubkey()).unwrap();
        assert_eq!(
            (balance.amount.as_str(), balance.decimals, balance.ui_amount),
            ("12500000", 6, Some(12.5))
        );
        assert_eq!(client.get_token_supply(&minted.mint.pubkey()).unwrap().ui_amount_string, "15");
        let largest = client.get_token_largest_accounts(&minted.mint.pubkey()).unwrap();
        let amounts: Vec<_> =
            largest.iter().map(|held| (held.address.clone(), held.amount.amount.as_str())).collect();
        let expected = [&minted.accounts[0], &minted.accounts[1]].map(|key| key.pubkey().to_string());
        assert_eq!(amounts, [(expected[0].clone(), "12500000"), (expected[1].clone(), "2500000")]);
        let refusal = |method, address: Address| minted.served.refusal(method, json!([address.to_string()]));
        assert_eq!(
            refusal("getTokenAccountBalance", minted.mint.pubkey()).1,
            "Invalid params: not a Token account"
        );
        assert_eq!(
            refusal("getTokenSupply", minted.accounts[0].pubkey()).1,
            "Invalid params: not a Token mint"
        );
        assert_eq!(refusal("getTokenSupply", minted.owner.pubkey()).1, "Invalid params: not a Token mint");
        assert_eq!(refusal("getTokenSupply", minted.delegate).1, "Invalid params: could not find mint");
    }
}

#[test]
fn an_owners_accounts_are_found_by_mint_and_by_program() {
    let minted = Minted::new(token::id());
    let client = minted.served.client();
    let mut expected: Vec<_> = minted.accounts.iter().map(|key| key.pubkey().to_string()).collect();
    expected.sort_unstable_by_key(|address| address.parse::<Address>().unwrap());
    let (owner, mint) = (minted.owner.pubkey(), minted.mint.pubkey());
    for filter in [TokenAccountsFilter::Mint(mint), TokenAccountsFilter::ProgramId(token::id())] {
        let found = client.get_token_accounts_by_owner(&owner, filter).unwrap();
        assert_eq!(found.iter().map(|account| account.pubkey.clone()).collect::<Vec<_>>(), expected);
        // The client asks for it parsed.
        let UiAccountData::Json(parsed) = &found[0].account.data else { panic!("not parsed") };
        let info = &parsed.parsed["info"];
        assert_eq!((&parsed.program, &info["mint"]), (&"spl-token".to_string(), &json!(mint.to_string())));
        assert_eq!(info["tokenAmount"]["decimals"], 6);
    }
    let other =
        client.get_token_accounts_by_owner(&owner, TokenAccountsFilter::ProgramId(token_2022::id())).unwrap();
    assert!(other.is_empty());
    let by_delegate = |delegate: &Address| {
        client.get_token_accounts_by_delegate(delegate, TokenAccountsFilter::Mint(mint)).unwrap()
    };
    assert_eq!(by_delegate(&minted.delegate)[0].pubkey, minted.accounts[0].pubkey().to_string());
    assert!(by_delegate(&owner).is_empty());

    let ask = |filter: Value| {
        minted.served.refusal("getTokenAccountsByOwner", json!([owner.to_string(), filter])).1
    };
    assert!(ask(json!({ "programId": owner.to_string() })).contains("unrecognized Token program id"));
    assert!(ask(json!({ "mint": owner.to_string() })).contains("not a Token mint"));
    let too_long = json!([owner.to_string(), { "mint": mint.to_string() }]);
    assert_eq!(minted.served.refusal("getTokenAccountsByOwner", too_long).0, -32600, "base58 of 165 bytes");
}

#[test]
fn parsed_accounts_and_transactions_say_what_tokens_did() {
    let minted = Minted::new(token::id());
    let client = minted.served.client();
    let ui = client.get_ui_account_with_config(
        &minted.mint.pubkey(),
        solana_client::rpc_config::RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::JsonParsed),
            ..Default::default()
        },
    );
    let UiAccountData::Json(mint) = ui.unwrap().value.unwrap().data else { panic!("not parsed") };
    assert_eq!((&mint.parsed["type"], &mint.parsed["info"]["supply"]), (&json!("mint"), &json!("15000000")));

    let [from, to] = [0, 1].map(|index| minted.accounts[index].pubkey());
    let send = minted.with(&[3], &1_000_000u64.to_le_bytes(), &[&from, &to], Some(&minted.owner));
    let signature = minted.send(&[send], &[]);
    let found = client.get_transaction(&signature, UiTransactionEncoding::Json);
    assert!(found.unwrap_err().to_string().contains("maxSupportedTransactionVersion"));
    let config = solana_client::rpc_config::RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::JsonParsed),
        commitment: None,
        max_supported_transaction_version: Some(0),
    };
    let found = client.get_transaction_with_config(&signature, config).unwrap();
    let meta = found.transaction.meta.unwrap();
    let amounts = |balances: OptionSerializer<Vec<solana_transaction_status::UiTransactionTokenBalance>>| {
        let OptionSerializer::Some(balances) = balances else { panic!("no balances") };
        let mut amounts: Vec<_> =
            balances.into_iter().map(|balance| balance.ui_token_amount.ui_amount_string).collect();
        amounts.sort_unstable();
        amounts
    };
    assert_eq!(amounts(meta.pre_token_balances), ["12.5", "2.5"]);
    assert_eq!(amounts(meta.post_token_balances), ["11.5", "3.5"]);
    let parsed = serde_json::to_value(&found.transaction.transaction).unwrap();
    let instruction = &parsed["message"]["instructions"][0];
    assert_eq!(
        (&instruction["program"], &instruction["parsed"]["type"]),
        (&json!("spl-token"), &json!("transfer"))
    );
}
