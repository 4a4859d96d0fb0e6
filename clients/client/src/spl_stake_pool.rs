//! Pools of the SPL stake pool program, and of Sanctum's two deployments of it: what takes their tokens in, read from chain.
//!
//! Instructions for them are never built here: the staking pool calls them.

use borsh::BorshDeserialize;
use solana_address::Address;

use crate::accounts::ReadError;
use crate::rpc::{Account, Rpc};

/// The program, and Sanctum's deployments for one validator and for many.
pub const PROGRAMS: [Address; 3] = [
    Address::from_str_const("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"),
    Address::from_str_const("SP12tWFxD9oJsVWNavTTBZvMbA6gkAmxtVgxdqvyvhY"),
    Address::from_str_const("SPMBzsVUuoHA4Jm6KunbsotaahvVikZs1JyTW6iJvbn"),
];
/// Where a pool's account names its mint, and how it begins.
const MINT_AT: usize = 162;
const POOL: u8 = 1;

/// A share; nothing where either number is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshDeserialize)]
pub struct Fee {
    pub denominator: u64,
    pub numerator: u64,
}

/// A fee that is to hold later, and the epochs until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshDeserialize)]
enum Future<T> {
    None,
    One(T),
    Two(T),
}

/// The beginning of a pool's account, as far as it matters here.
#[derive(BorshDeserialize)]
struct Layout {
    kind: u8,
    _manager: Address,
    _staker: Address,
    _deposit_authority: Address,
    _withdraw_bump: u8,
    validator_list: Address,
    _reserve: Address,
    mint: Address,
    fee_account: Address,
    token_program: Address,
    _total_lamports: u64,
    _supply: u64,
    last_update_epoch: u64,
    _lockup: (i64, u64, Address),
    _epoch_fee: Fee,
    _next_epoch_fee: Future<Fee>,
    _preferred_deposit: Option<Address>,
    preferred_withdraw: Option<Address>,
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StakePool {
    pub address: Address,
    pub program: Address,
    pub validator_list: Address,
    pub mint: Address,
    pub fee_account: Address,
    pub token_program: Address,
    /// The last epoch it was updated in: before, its token is not redeemed.
    pub updated_epoch: u64,
    /// The validator that stake is taken from, while it has any.
    pub preferred: Option<Address>,
}

/// A pool's record of a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshDeserialize)]
pub struct Validator {
    /// Lamports of its stake account, rent included.
    pub active_lamports: u64,
    _transient_lamports: u64,
    _updated_epoch: u64,
    _transient_seed: u64,
    _unused: u32,
    seed: u32,
    /// 0 while active.
    status: u8,
    pub vote: Address,
}

#[derive(BorshDeserialize)]
struct List {
    _kind: u8,
    _most: u32,
    validators: Vec<Validator>,
}

impl StakePool {
    /// `None`: it is no pool of any of the programs.
    pub fn decode(address: &Address, account: &Account) -> Option<Self> {
        let program = PROGRAMS.into_iter().find(|program| *program == account.owner)?;
        let layout = Layout::deserialize(&mut account.data.as_slice()).ok()?;
        (layout.kind == POOL).then_some(Self {
            address: *address,
            program,
            validator_list: layout.validator_list,
            mint: layout.mint,
            fee_account: layout.fee_account,
            token_program: layout.token_program,
            updated_epoch: layout.last_update_epoch,
            preferred: layout.preferred_withdraw,
        })
    }

    /// Staker and withdrawer of all its stake accounts.
    pub fn withdraw_authority(&self) -> Address {
        Address::find_program_address(&[self.address.as_ref(), b"withdraw"], &self.program).0
    }

    /// Its stake account with a validator.
    pub fn stake(&self, validator: &Validator) -> Address {
        let seed = validator.seed.to_le_bytes();
        let seed: &[u8] = if validator.seed == 0 { &[] } else { &seed };
        let seeds = [validator.vote.as_ref(), self.address.as_ref(), seed];
        Address::find_program_address(&seeds, &self.program).0
    }
}

impl Rpc {
    /// The pool at an address.
    pub async fn stake_pool(&self, address: &Address) -> Result<StakePool, ReadError> {
        let account = self.account(address).await?;
        let account = account.ok_or(ReadError::Missing { what: "stake pool", address: *address })?;
        StakePool::decode(address, &account).ok_or_else(|| ReadError::Unreadable {
            address: *address,
            reason: "it is no pool of the SPL stake pool program, nor of Sanctum's two".into(),
        })
    }

    /// The pool that issues a mint: the programs take none whose authority is not the pool's own address, so there is one.
    pub async fn stake_pool_of(&self, mint: &Address) -> Result<Option<StakePool>, ReadError> {
        for program in PROGRAMS {
            let found = self.program_accounts(&program, &[(0, &[POOL]), (MINT_AT, mint.as_ref())]).await?;
            if let Some((address, account)) = found.first() {
                return Ok(StakePool::decode(address, account));
            }
        }
        Ok(None)
    }

    /// A pool's validators that are on no way out.
    pub async fn stake_pool_validators(&self, pool: &StakePool) -> Result<Vec<Validator>, ReadError> {
        let address = pool.validator_list;
        let account = self.account(&address).await?;
        let account = account.ok_or(ReadError::Missing { what: "validator list", address })?;
        let list = List::deserialize(&mut account.data.as_slice())
            .map_err(|error| ReadError::Unreadable { address, reason: error.to_string() })?;
        Ok(list.validators.into_iter().filter(|validator| validator.status == 0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_read_past_its_fees_and_options() {
        let key = |byte| Address::new_from_array([byte; 32]);
        let mut data = vec![POOL];
        for byte in [1, 2, 3] {
            data.extend([byte; 32]);
        }
        data.push(255);
        for byte in [4, 5, 6, 7, 8] {
            data.extend([byte; 32]);
        }
        assert_eq!(data[MINT_AT], 6);
        for number in [100u64, 90, 42] {
            data.extend(number.to_le_bytes());
        }
        data.extend([0; 48]);
        data.extend([9; 16]);
        // A fee of the next epoch, no validator preferred for deposits, one for withdrawals.
        data.push(1);
        data.extend([9; 16]);
        data.push(0);
        data.push(1);
        data.extend([10; 32]);
        data.extend([0; 200]);
        let account = Account { owner: PROGRAMS[1], data, ..Account::default() };
        let pool = StakePool::decode(&key(11), &account).unwrap();
        assert_eq!((pool.program, pool.updated_epoch), (PROGRAMS[1], 42));
        assert_eq!((pool.validator_list, pool.mint, pool.fee_account), (key(4), key(6), key(7)));
        assert_eq!((pool.token_program, pool.preferred), (key(8), Some(key(10))));
        assert_eq!(StakePool::decode(&key(11), &Account { owner: key(1), ..account.clone() }), None);
        let list = Account { data: [vec![2], account.data[1..].to_vec()].concat(), ..account };
        assert_eq!(StakePool::decode(&key(11), &list), None, "another kind of account");
    }
}
