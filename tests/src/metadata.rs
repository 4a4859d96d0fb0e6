//! Metaplex's token metadata: the account beside a mint from which wallets and explorers take a token's name. Builds
//! the instruction that makes it and reads it as they do. Written out as `mpl-token-metadata` 1.13.2 has it.

use borsh::BorshDeserialize;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_sdk_ids::system_program;

use crate::chain::Chain;

pub const TOKEN_METADATA_ID: Address = Address::from_str_const("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");

/// `CreateMetadataAccountV3` in the program's table of instructions.
const CREATE_METADATA_V3: u8 = 33;
/// What the account of a token's metadata begins with.
const METADATA_V1: u8 = 4;
/// `token_standard` of a mint with decimals.
pub const FUNGIBLE: u8 = 2;

/// Where the world looks for a mint's metadata.
pub fn metadata_address(mint: &Address) -> Address {
    let seeds: [&[u8]; 3] = [b"metadata", TOKEN_METADATA_ID.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &TOKEN_METADATA_ID).0
}

/// The accounts of `CreateMetadataAccountV3`, in the program's order. Whoever calls the program passes all of them on.
#[derive(Clone, Copy, Debug)]
pub struct CreateMetadata {
    pub metadata: Address,
    pub mint: Address,
    /// Signs.
    pub mint_authority: Address,
    /// Signs, and pays rent and the program's fee of 0.01 SOL.
    pub payer: Address,
    /// May change the metadata later. Does not sign.
    pub update_authority: Address,
    pub system_program: Address,
}

impl CreateMetadata {
    pub fn new(
        payer: &Address,
        mint: &Address,
        mint_authority: &Address,
        update_authority: &Address,
    ) -> Self {
        Self {
            metadata: metadata_address(mint),
            mint: *mint,
            mint_authority: *mint_authority,
            payer: *payer,
            update_authority: *update_authority,
            system_program: system_program::ID,
        }
    }

    pub fn metas(&self) -> [AccountMeta; 6] {
        [
            AccountMeta::new(self.metadata, false),
            AccountMeta::new_readonly(self.mint, false),
            AccountMeta::new_readonly(self.mint_authority, true),
            AccountMeta::new(self.payer, true),
            AccountMeta::new_readonly(self.update_authority, false),
            AccountMeta::new_readonly(self.system_program, false),
        ]
    }

    /// At most 32, 10 and 200 bytes. No royalties, creators, collection or uses; can be changed later.
    pub fn instruction(&self, name: &str, symbol: &str, uri: &str) -> Instruction {
        let (royalties, none, mutable) = (0_u16, None::<()>, true);
        let (creators, collection, uses, collection_details) = (none, none, none, none);
        let arguments = (
            (CREATE_METADATA_V3, name, symbol, uri),
            (royalties, creators, collection, uses),
            (mutable, collection_details),
        );
        Instruction {
            program_id: TOKEN_METADATA_ID,
            accounts: self.metas().to_vec(),
            data: borsh::to_vec(&arguments).expect("memory does not fail"),
        }
    }
}

/// What a wallet reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    pub update_authority: Address,
    pub mint: Address,
    pub name: String,
    pub symbol: String,
    pub uri: String,
    pub is_mutable: bool,
    /// [`FUNGIBLE`] for tokens such as ours.
    pub token_standard: Option<u8>,
}

/// The account's fields up to the last that is read.
#[derive(BorshDeserialize)]
struct Account {
    key: u8,
    update_authority: Address,
    mint: Address,
    name: String,
    symbol: String,
    uri: String,
    _royalties: u16,
    /// Address, whether it signed, share in per cent.
    _creators: Option<Vec<(Address, bool, u8)>>,
    _primary_sale_happened: bool,
    is_mutable: bool,
    _edition_nonce: Option<u8>,
    token_standard: Option<u8>,
}

/// A mint's metadata as a wallet sees it; `None` where there is none.
pub fn metadata<C: Chain + ?Sized>(chain: &C, mint: &Address) -> Option<Metadata> {
    let account = chain.account(&metadata_address(mint))?;
    assert_eq!(account.owner, TOKEN_METADATA_ID);
    let read = Account::deserialize(&mut account.data.as_slice()).expect("laid out as the program does");
    assert_eq!(read.key, METADATA_V1);
    // The program fills strings up to their full length.
    let text = |padded: String| padded.trim_end_matches('\0').to_owned();
    Some(Metadata {
        update_authority: read.update_authority,
        mint: read.mint,
        name: text(read.name),
        symbol: text(read.symbol),
        uri: text(read.uri),
        is_mutable: read.is_mutable,
        token_standard: read.token_standard,
    })
}

#[cfg(test)]
mod tests {
    use sluice_localnet::LocalnetConfig;
    use solana_signer::Signer;

    use super::*;
    use crate::{Bank, SOL, keypair, token};

    /// The program's `InvalidMintAuthority`.
    const INVALID_MINT_AUTHORITY: u32 = 10;

    #[test]
    fn a_wallet_reads_what_the_mint_authority_wrote() {
        let mut bank = Bank::with_peers(LocalnetConfig::default());
        let (payer, authority) = (bank.wallet("payer", 10 * SOL), keypair("authority"));
        let (mint, curator) = (keypair("mint"), keypair("curator").pubkey());
        token::create_mint(&mut bank, &payer, &mint, &authority.pubkey());
        let mint = mint.pubkey();
        assert_eq!(metadata(&bank, &mint), None);

        let text = ("Sluice staked SOL", "slSOL", "https://sluice.example/slsol.json");
        let stranger = keypair("stranger");
        let by = |signer: &Address| {
            CreateMetadata::new(&payer.pubkey(), &mint, signer, &curator).instruction(text.0, text.1, text.2)
        };
        let forged = by(&stranger.pubkey());
        bank.refuses(&[forged], &[&payer, &stranger], INVALID_MINT_AUTHORITY);
        assert_eq!(metadata(&bank, &mint), None);

        bank.must(&[by(&authority.pubkey())], &[&payer, &authority]);
        assert_eq!(
            metadata(&bank, &mint),
            Some(Metadata {
                update_authority: curator,
                mint,
                name: text.0.to_owned(),
                symbol: text.1.to_owned(),
                uri: text.2.to_owned(),
                is_mutable: true,
                token_standard: Some(FUNGIBLE),
            })
        );
    }
}
