//! Mints of Token-2022, by that program's own instructions: the extensions a pool's mint may have, and those it may not.
//! Instructions are written out here, as `spl-token-2022` 10 has them.

use borsh::BorshDeserialize;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::{Chain, Failed};
use crate::token::{TOKEN_2022_PROGRAM, create_account};

/// Bytes of an extended mint before its extensions, and of an extension's header.
const EXTENDED: usize = 166;
const HEADER: usize = 4;

/// Types of extensions.
pub mod kind {
    pub const TRANSFER_FEE_CONFIG: u16 = 1;
    pub const METADATA_POINTER: u16 = 18;
    pub const TOKEN_METADATA: u16 = 19;
    pub const SCALED_UI_AMOUNT: u16 = 25;
}

/// What wallets show of a token.
#[derive(Clone, Debug, PartialEq, Eq, BorshDeserialize)]
pub struct Metadata {
    /// May change it later; zero: nobody.
    pub update_authority: Address,
    pub mint: Address,
    pub name: String,
    pub symbol: String,
    pub uri: String,
    pub additional: Vec<(String, String)>,
}

/// What the fixtures' mints are called.
pub const TEXT: (&str, &str, &str) = ("Sluice staked SOL", "slSOL", "https://sluice.example/slsol.json");

/// An extension: the bytes it takes behind its header, and the data of the instruction that makes it, which comes before
/// `InitializeMint2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub name: &'static str,
    pub space: usize,
    pub initialize: Vec<u8>,
}

impl Extension {
    fn new(name: &'static str, space: usize, parts: &[&[u8]]) -> Self {
        Self { name, space, initialize: parts.concat() }
    }

    /// The metadata are on the mint itself; `authority` may say otherwise later.
    pub fn metadata_pointer(authority: &Address, mint: &Address) -> Self {
        Self::new("MetadataPointer", 64, &[&[39, 0], authority.as_ref(), mint.as_ref()])
    }

    /// Amounts are shown `multiplier` times, which `authority` changes.
    pub fn scaled_ui(authority: &Address, multiplier: f64) -> Self {
        let multiplier = multiplier.to_le_bytes();
        Self::new("ScaledUiAmount", 56, &[&[43, 0], authority.as_ref(), &multiplier])
    }

    /// Every transfer costs so many basis points of what is sent, whatever that is, which `authority` may change and collect.
    pub fn transfer_fee(authority: &Address, bps: u16) -> Self {
        let (key, fee, most) = (authority.as_ref(), bps.to_le_bytes(), u64::MAX.to_le_bytes());
        Self::new("TransferFeeConfig", 108, &[&[26, 0, 1], key, &[1], key, &fee, &most])
    }

    /// Every other one that a mint can be born with.
    pub fn others(somebody: &Address) -> Vec<Self> {
        let key = somebody.as_ref();
        let (fee, most) = (10_u16.to_le_bytes(), u64::MAX.to_le_bytes());
        vec![
            Self::new("TransferFeeConfig", 108, &[&[26, 0, 1], key, &[1], key, &fee, &most]),
            Self::new("MintCloseAuthority", 32, &[&[25, 1], key]),
            Self::new("ConfidentialTransferMint", 65, &[&[27, 0], key, &[1], &[0; 32]]),
            Self::new("DefaultAccountState", 1, &[&[28, 0, 1]]),
            Self::new("NonTransferable", 0, &[&[32]]),
            Self::new("InterestBearingConfig", 52, &[&[33, 0], key, &[1, 0]]),
            Self::new("PermanentDelegate", 32, &[&[35], key]),
            Self::new("TransferHook", 64, &[&[36, 0], key, key]),
            Self::new("GroupPointer", 64, &[&[40, 0], key, key]),
            Self::new("GroupMemberPointer", 64, &[&[41, 0], key, key]),
            Self::new("PausableConfig", 33, &[&[44, 0], key]),
        ]
    }
}

/// A new mint of 9 decimals with extensions and, if there is a text, metadata on the mint itself, whose update authority is
/// the payer. It ends as `authority`'s: until everything is written, the payer is the mint authority.
pub fn create_mint<C: Chain + ?Sized>(
    chain: &mut C,
    payer: &Keypair,
    mint: &Keypair,
    authority: &Address,
    extensions: &[Extension],
    text: Option<(&str, &str, &str)>,
) -> Result<(), Failed> {
    let (payer_key, mint_key) = (payer.pubkey(), mint.pubkey());
    let instruction =
        |accounts: Vec<AccountMeta>, data| Instruction { program_id: TOKEN_2022_PROGRAM, accounts, data };
    let own = || vec![AccountMeta::new(mint_key, false)];
    let of_extensions: usize = extensions.iter().map(|extension| HEADER + extension.space).sum();
    let space = if extensions.is_empty() { 82 } else { EXTENDED + of_extensions };
    let mut instructions = vec![create_account(chain, payer, &mint_key, space, &TOKEN_2022_PROGRAM)];
    instructions.extend(extensions.iter().map(|extension| instruction(own(), extension.initialize.clone())));
    let initialize = [&[20, 9], payer_key.as_ref(), &[0]].concat();
    instructions.push(instruction(own(), initialize));
    if let Some(text) = text {
        let data = metadata_data(text);
        // Two addresses, the three strings, and the number of additional fields, none.
        let more = HEADER + 64 + (data.len() - 8) + 4;
        let rent = chain.rent_exempt(space + more) - chain.rent_exempt(space);
        instructions.push(solana_system_interface::instruction::transfer(&payer_key, &mint_key, rent));
        let mut accounts = own();
        accounts.push(AccountMeta::new_readonly(payer_key, false));
        accounts.push(AccountMeta::new_readonly(mint_key, false));
        accounts.push(AccountMeta::new_readonly(payer_key, true));
        instructions.push(instruction(accounts, data));
    }
    // `SetAuthority` of the mint's tokens.
    let mut accounts = own();
    accounts.push(AccountMeta::new_readonly(payer_key, true));
    instructions.push(instruction(accounts, [&[6, 0, 1], authority.as_ref()].concat()));
    chain.send(&instructions, &[payer, mint]).map(|_| ())
}

/// `Initialize` of the token metadata interface.
fn metadata_data(text: (&str, &str, &str)) -> Vec<u8> {
    const INITIALIZE: [u8; 8] = [210, 225, 30, 162, 88, 184, 77, 141];
    [INITIALIZE.to_vec(), borsh::to_vec(&text).expect("memory does not fail")].concat()
}

/// What the mint of a pool carries.
#[derive(Clone, Copy, Debug, Default)]
pub struct Features {
    pub metadata: bool,
    /// The pool sets it.
    pub scaled_ui: bool,
}

impl Features {
    #[track_caller]
    pub fn create_mint<C: Chain + ?Sized>(
        &self,
        chain: &mut C,
        payer: &Keypair,
        mint: &Keypair,
        pool: &Address,
    ) {
        let mut extensions = Vec::new();
        if self.metadata {
            extensions.push(Extension::metadata_pointer(&payer.pubkey(), &mint.pubkey()));
        }
        if self.scaled_ui {
            extensions.push(Extension::scaled_ui(pool, 1.0));
        }
        let text = self.metadata.then_some(TEXT);
        if let Err(failed) = create_mint(chain, payer, mint, pool, &extensions, text) {
            panic!("{:?}\n{}", failed.err, failed.logs.join("\n"));
        }
    }
}

/// The bytes of an extension of a mint, if it has that one.
pub fn extension<C: Chain + ?Sized>(chain: &C, mint: &Address, kind: u16) -> Option<Vec<u8>> {
    let account = chain.account(mint)?;
    assert_eq!(account.owner, TOKEN_2022_PROGRAM);
    let mut rest = account.data.get(EXTENDED..)?;
    while let Some((header, tail)) = rest.split_first_chunk::<4>() {
        let found = u16::from_le_bytes([header[0], header[1]]);
        let (value, next) = tail.split_at(usize::from(u16::from_le_bytes([header[2], header[3]])));
        if found == kind {
            return Some(value.to_vec());
        }
        rest = next;
    }
    None
}

/// What a wallet reads on the mint itself.
pub fn metadata<C: Chain + ?Sized>(chain: &C, mint: &Address) -> Option<Metadata> {
    let bytes = extension(chain, mint, kind::TOKEN_METADATA)?;
    Some(Metadata::try_from_slice(&bytes).expect("laid out as the program does"))
}

/// By how much the mint multiplies what is shown, now.
pub fn multiplier<C: Chain + ?Sized>(chain: &C, mint: &Address) -> f64 {
    let value = extension(chain, mint, kind::SCALED_UI_AMOUNT).expect("a scaled UI amount");
    let word = |at: usize| value[at..at + 8].try_into().expect("8 bytes");
    // Authority, the multiplier before, since when the next one holds, and that one.
    let from = i64::from_le_bytes(word(40));
    f64::from_le_bytes(if chain.clock().unix_timestamp >= from { word(48) } else { word(32) })
}

/// What wallets show for so many base units: asked of the token program.
#[track_caller]
pub fn ui_amount<C: Chain + ?Sized>(chain: &C, payer: &Keypair, mint: &Address, amount: u64) -> String {
    let ask = Instruction {
        program_id: TOKEN_2022_PROGRAM,
        accounts: vec![AccountMeta::new_readonly(*mint, false)],
        data: [&[23], amount.to_le_bytes().as_slice()].concat(),
    };
    let answer = chain.view(&ask, payer).expect("the program answers");
    String::from_utf8(answer).expect("text")
}
