//! Mints and token accounts, by the token program's own instructions.

use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::chain::Chain;

pub const TOKEN_PROGRAM: Address = Address::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
pub const TOKEN_2022_PROGRAM: Address =
    Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// A new mint at `mint` of 9 decimals, with `authority` and no freeze authority.
pub fn create_mint<C: Chain + ?Sized>(chain: &mut C, payer: &Keypair, mint: &Keypair, authority: &Address) {
    create_mint_with(chain, payer, mint, authority, 9, None);
}

/// The same instruction for another token program: both have them in common.
pub fn of(program: &Address, instruction: Instruction) -> Instruction {
    Instruction { program_id: *program, ..instruction }
}

/// A new mint with everything chosen.
pub fn create_mint_with<C: Chain + ?Sized>(
    chain: &mut C,
    payer: &Keypair,
    mint: &Keypair,
    authority: &Address,
    decimals: u8,
    freeze_authority: Option<&Address>,
) {
    let mut data = vec![20, decimals];
    data.extend_from_slice(authority.as_ref());
    match freeze_authority {
        None => data.push(0),
        Some(freeze) => {
            data.push(1);
            data.extend_from_slice(freeze.as_ref());
        }
    }
    let create = create_account(chain, payer, &mint.pubkey(), 82, &TOKEN_PROGRAM);
    let initialize = Instruction {
        program_id: TOKEN_PROGRAM,
        accounts: vec![AccountMeta::new(mint.pubkey(), false)],
        data,
    };
    chain.must(&[create, initialize], &[payer, mint]);
}

/// A new token account at `account`, of the program that `mint` is of.
pub fn create_token_account<C: Chain + ?Sized>(
    chain: &mut C,
    payer: &Keypair,
    account: &Keypair,
    mint: &Address,
    owner: &Address,
) -> Address {
    let program = chain.account(mint).map_or(TOKEN_PROGRAM, |mint| mint.owner);
    let create = create_account(chain, payer, &account.pubkey(), 165, &program);
    let mut data = vec![18];
    data.extend_from_slice(owner.as_ref());
    let initialize = Instruction {
        program_id: program,
        accounts: vec![AccountMeta::new(account.pubkey(), false), AccountMeta::new_readonly(*mint, false)],
        data,
    };
    chain.must(&[create, initialize], &[payer, account]);
    account.pubkey()
}

/// The system program's `CreateAccount` with exactly the rent.
pub fn create_account<C: Chain + ?Sized>(
    chain: &C,
    payer: &Keypair,
    account: &Address,
    space: usize,
    owner: &Address,
) -> Instruction {
    let lamports = chain.rent_exempt(space);
    solana_system_interface::instruction::create_account(
        &payer.pubkey(),
        account,
        lamports,
        space as u64,
        owner,
    )
}

/// `MintTo` by an authority that signs.
pub fn mint_to(mint: &Address, to: &Address, authority: &Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*mint, false),
        AccountMeta::new(*to, false),
        AccountMeta::new_readonly(*authority, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: amount_data(7, amount) }
}

pub fn transfer(from: &Address, to: &Address, owner: &Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*from, false),
        AccountMeta::new(*to, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: amount_data(3, amount) }
}

pub fn burn(account: &Address, mint: &Address, owner: &Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new(*mint, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: amount_data(8, amount) }
}

/// `Approve`: `delegate` may move `amount`.
pub fn approve(account: &Address, delegate: &Address, owner: &Address, amount: u64) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new_readonly(*delegate, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: amount_data(4, amount) }
}

/// `CloseAccount`: the rent goes to `owner`.
pub fn close(account: &Address, owner: &Address) -> Instruction {
    let accounts = vec![
        AccountMeta::new(*account, false),
        AccountMeta::new(*owner, false),
        AccountMeta::new_readonly(*owner, true),
    ];
    Instruction { program_id: TOKEN_PROGRAM, accounts, data: vec![9] }
}

fn amount_data(tag: u8, amount: u64) -> Vec<u8> {
    let mut data = vec![tag];
    data.extend_from_slice(&amount.to_le_bytes());
    data
}

/// Base units in a token account; 0 where there is none.
pub fn balance<C: Chain + ?Sized>(chain: &C, account: &Address) -> u64 {
    chain
        .account(account)
        .map_or(0, |account| u64::from_le_bytes(account.data[64..72].try_into().expect("8 bytes")))
}

/// Supply of a mint.
pub fn supply<C: Chain + ?Sized>(chain: &C, mint: &Address) -> u64 {
    let account = chain.account(mint).expect("the mint exists");
    u64::from_le_bytes(account.data[36..44].try_into().expect("8 bytes"))
}
