//! Mints and token accounts: where somebody's tokens are, and where they are sent to.
//!
//! Both token programs lay out what is read here in the same way.

use serde_json::json;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_rpc_client_api::request::RpcRequest;
use solana_rpc_client_api::response::{Response, RpcKeyedAccount};

use crate::accounts::ReadError;
use crate::mints;
use crate::rpc::{Account, Rpc, RpcError};

pub const TOKEN_PROGRAM: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// Makes each wallet one account a mint, at an address anybody can tell.
pub const ASSOCIATED_PROGRAM: Address =
    Address::from_str_const("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
const SYSTEM_PROGRAM: Address = Address::from_str_const("11111111111111111111111111111111");

/// Its instruction that makes an account unless there is one.
const CREATE_IDEMPOTENT: u8 = 1;
/// Bytes of a token account without extensions.
const SPACE: usize = 165;

/// What is read of a mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    pub program: Address,
    pub decimals: u8,
    pub supply: u64,
}

/// A token account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    pub address: Address,
    pub program: Address,
    pub mint: Address,
    pub owner: Address,
    /// Base units.
    pub amount: u64,
}

impl TokenAccount {
    /// `None`: it is no token account.
    pub fn decode(address: &Address, account: &Account) -> Option<Self> {
        if !is_token_program(&account.owner) || account.data.len() < SPACE {
            return None;
        }
        let is_initialized = account.data[108] != 0;
        is_initialized.then_some(Self {
            address: *address,
            program: account.owner,
            mint: key(&account.data, 0)?,
            owner: key(&account.data, 32)?,
            amount: number(&account.data, 64)?,
        })
    }
}

fn is_token_program(program: &Address) -> bool {
    [TOKEN_PROGRAM, TOKEN_2022_PROGRAM].contains(program)
}

fn key(data: &[u8], at: usize) -> Option<Address> {
    data.get(at..)?.first_chunk().map(|bytes| Address::new_from_array(*bytes))
}

fn number(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Where a wallet's tokens of a mint are sent to.
pub fn find_associated(owner: &Address, mint: &Address, token_program: &Address) -> Address {
    let seeds = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Address::find_program_address(&seeds, &ASSOCIATED_PROGRAM).0
}

/// Makes that account at `payer`'s cost, unless there is one.
pub fn create_associated(
    payer: &Address,
    owner: &Address,
    mint: &Address,
    token_program: &Address,
) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_PROGRAM,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(find_associated(owner, mint, token_program), false),
            AccountMeta::new_readonly(*owner, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(SYSTEM_PROGRAM, false),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![CREATE_IDEMPOTENT],
    }
}

impl Rpc {
    /// A mint of either token program.
    pub async fn mint(&self, address: &Address) -> Result<Mint, ReadError> {
        let account = self.account(address).await?;
        let account = account.ok_or(ReadError::Missing { what: "token mint", address: *address })?;
        let read = || {
            // An initialized mint is 82 bytes, or has extensions behind its kind at byte 165.
            let is_mint = account.data.len() == 82 || account.data.get(SPACE) == Some(&1);
            (is_mint && is_token_program(&account.owner) && account.data.get(45) == Some(&1)).then_some(())?;
            Some(Mint {
                program: account.owner,
                decimals: *account.data.get(44)?,
                supply: number(&account.data, 36)?,
            })
        };
        read()
            .ok_or_else(|| ReadError::Unreadable { address: *address, reason: "it is no token mint".into() })
    }

    /// Somebody's accounts of a mint, fullest first.
    pub async fn token_accounts(
        &self,
        owner: &Address,
        mint: &Address,
    ) -> Result<Vec<TokenAccount>, RpcError> {
        let config = json!({ "encoding": "base64", "commitment": self.commitment().commitment });
        let parameters = json!([owner.to_string(), { "mint": mint.to_string() }, config]);
        let asked = self.client().send(RpcRequest::GetTokenAccountsByOwner, parameters).await;
        let answer: Response<Vec<RpcKeyedAccount>> = self.said(asked)?;
        let mut accounts = Vec::with_capacity(answer.value.len());
        for found in answer.value {
            let decoded = found.pubkey.parse().ok().zip(found.account.to_account());
            let decoded = decoded.and_then(|(address, account)| TokenAccount::decode(&address, &account));
            accounts.push(decoded.ok_or_else(|| self.malformed("a token account that is none"))?);
        }
        accounts.sort_by_key(|account| (std::cmp::Reverse(account.amount), account.address));
        Ok(accounts)
    }

    /// Rent of what [`create_associated`] makes for tokens of `mint`, in lamports; of a mint that is yet to be made, for one
    /// without extensions.
    pub async fn associated_rent(&self, mint: &Address, token_program: &Address) -> Result<u64, RpcError> {
        let found = self.account(mint).await?;
        let mint = found.unwrap_or_else(|| Account { owner: *token_program, ..Account::default() });
        self.minimum_balance(mints::associated_size(&mint)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_associated_account_is_one_for_each_wallet_mint_and_program() {
        let [owner, mint] = [5, 6].map(|byte| Address::new_from_array([byte; 32]));
        let one = find_associated(&owner, &mint, &TOKEN_PROGRAM);
        assert_ne!(one, find_associated(&owner, &mint, &TOKEN_2022_PROGRAM));
        let create = create_associated(&owner, &owner, &mint, &TOKEN_PROGRAM);
        assert_eq!(create.accounts[1].pubkey, one);
    }

    #[test]
    fn a_token_account_is_told_from_what_is_none() {
        let address = Address::new_from_array([9; 32]);
        let mut data = vec![0; SPACE];
        data[..32].fill(1);
        data[32..64].fill(2);
        data[64..72].copy_from_slice(&77u64.to_le_bytes());
        data[108] = 1;
        let account = |owner, data| Account { owner, data, ..Account::default() };
        let read = TokenAccount::decode(&address, &account(TOKEN_PROGRAM, data.clone())).unwrap();
        assert_eq!((read.amount, read.owner.as_array()[0], read.mint.as_array()[0]), (77, 2, 1));
        assert_eq!(
            TokenAccount::decode(&address, &account(address, data.clone())),
            None,
            "another program's"
        );
        assert!(TokenAccount::decode(&address, &account(TOKEN_2022_PROGRAM, data.clone())).is_some());
        data[108] = 0;
        assert_eq!(TokenAccount::decode(&address, &account(TOKEN_PROGRAM, data)), None, "not initialized");
        assert_eq!(TokenAccount::decode(&address, &account(TOKEN_PROGRAM, vec![1; 82])), None, "a mint");
    }
}
