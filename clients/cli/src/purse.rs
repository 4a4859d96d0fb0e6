//! A wallet's tokens of one mint: from which account they are spent, and in which they arrive.

use clap::Args;
use sluice_client::Rpc;
use sluice_client::tokens::{TokenAccount, create_associated, find_associated};
use solana_address::Address;
use solana_instruction::Instruction;

use crate::act::Rows;
use crate::amount::{Amount, AmountError, DECIMALS, Decimal, exact};
use crate::cluster::address;
use crate::error::Error;

/// Which account is spent from.
#[derive(Args, Clone)]
pub struct Source {
    /// Token account to take from, where you have several
    #[arg(long, value_name = "TOKEN_ACCOUNT", value_parser = address)]
    pub from: Option<Address>,
}

/// Why tokens cannot be spent.
#[derive(Debug, thiserror::Error)]
pub enum PurseError {
    #[error(transparent)]
    Amount(#[from] AmountError),
    #[error("{account} is no {unit} account of {owner}, whose keypair this is")]
    NotYours { account: Address, unit: String, owner: Address },
    #[error(
        "your {unit} is in {count} accounts, of which the fullest, {fullest}, holds {most}: name one by --from"
    )]
    Scattered { unit: String, count: usize, fullest: Address, most: String },
}

/// Somebody's accounts of a mint.
pub struct Purse {
    pub owner: Address,
    pub mint: Address,
    pub token_program: Address,
    pub decimals: u8,
    /// What the tokens are called.
    pub unit: String,
    /// Fullest first.
    pub accounts: Vec<TokenAccount>,
}

/// Tokens that are spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    pub account: Address,
    /// Base units.
    pub amount: u64,
}

/// Where tokens arrive.
pub struct Arrival {
    pub account: Address,
    /// Makes the account, where there is none.
    pub create: Option<Instruction>,
    /// What that costs, in lamports.
    pub rent: u64,
}

impl Purse {
    /// Of a mint with nine decimals.
    pub async fn read(
        rpc: &Rpc,
        owner: &Address,
        mint: &Address,
        token_program: &Address,
        unit: &str,
    ) -> Result<Self, Error> {
        let accounts = rpc.token_accounts(owner, mint).await?;
        let (owner, mint, token_program, unit) = (*owner, *mint, *token_program, unit.to_owned());
        Ok(Self { owner, mint, token_program, decimals: DECIMALS, unit, accounts })
    }

    /// In all accounts, in base units.
    pub fn held(&self) -> u64 {
        self.accounts.iter().map(|account| account.amount).fold(0, u64::saturating_add)
    }

    /// The account that `amount` is taken from: the one that was named, or the only one that has it, or else the associated
    /// one or the fullest, if that has enough.
    pub fn spend(&self, amount: Amount, source: &Source) -> Result<Spending, PurseError> {
        let of = |held| amount.of(held, self.decimals, &self.unit);
        if let Some(named) = source.from {
            let account = self.accounts.iter().find(|account| account.address == named);
            let (unit, owner) = (self.unit.clone(), self.owner);
            let account = account.ok_or(PurseError::NotYours { account: named, unit, owner })?;
            return Ok(Spending { account: named, amount: of(account.amount)? });
        }
        self.take(of(self.held())?)
    }

    /// The same of base units.
    pub fn spend_units(&self, units: u64, source: &Source) -> Result<Spending, PurseError> {
        self.spend(Amount::Exactly(Decimal::of(units, self.decimals)), source)
    }

    fn take(&self, amount: u64) -> Result<Spending, PurseError> {
        let associated = find_associated(&self.owner, &self.mint, &self.token_program);
        let first = self.accounts.iter().find(|account| account.address == associated);
        let enough = first.into_iter().chain(&self.accounts).find(|account| account.amount >= amount);
        match (enough, self.accounts.first()) {
            (Some(account), _) => Ok(Spending { account: account.address, amount }),
            (None, Some(fullest)) => Err(PurseError::Scattered {
                unit: self.unit.clone(),
                count: self.accounts.iter().filter(|account| account.amount > 0).count(),
                fullest: fullest.address,
                most: exact(fullest.amount, self.decimals),
            }),
            (None, None) => Err(AmountError::Nothing { unit: self.unit.clone() }.into()),
        }
    }

    /// The account tokens arrive in: the associated one, or else the fullest; where there is none, the associated one is
    /// made.
    pub async fn arrival(&self, rpc: &Rpc) -> Result<Arrival, Error> {
        self.arrival_paid_by(rpc, &self.owner).await
    }

    /// The same at the cost of somebody else.
    pub async fn arrival_paid_by(&self, rpc: &Rpc, payer: &Address) -> Result<Arrival, Error> {
        let associated = find_associated(&self.owner, &self.mint, &self.token_program);
        let first = self.accounts.iter().find(|account| account.address == associated);
        if let Some(account) = first.or(self.accounts.first()) {
            return Ok(Arrival { account: account.address, create: None, rent: 0 });
        }
        let create = create_associated(payer, &self.owner, &self.mint, &self.token_program);
        let rent = rpc.associated_rent(&self.mint, &self.token_program).await?;
        Ok(Arrival { account: associated, create: Some(create), rent })
    }
}

impl Arrival {
    /// What a preview says of an account that is made.
    pub fn rows(&self) -> Rows {
        let made = self.create.as_ref().map(|_| {
            let rent = exact(self.rent, DECIMALS);
            let text = format!(
                "{} is made for it; {rent} SOL of rent are yours again when you close it",
                self.account
            );
            ("New account".into(), text)
        });
        made.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amount::amount;
    use sluice_client::tokens::TOKEN_PROGRAM;

    const KEY: Address = Address::new_from_array([1; 32]);

    fn purse(amounts: &[(Address, u64)]) -> Purse {
        let account = |(address, amount): &(Address, u64)| TokenAccount {
            address: *address,
            program: TOKEN_PROGRAM,
            mint: KEY,
            owner: KEY,
            amount: *amount,
        };
        Purse {
            owner: KEY,
            mint: KEY,
            token_program: TOKEN_PROGRAM,
            decimals: DECIMALS,
            unit: "LST".into(),
            accounts: amounts.iter().map(account).collect(),
        }
    }

    const ANYWHERE: Source = Source { from: None };

    #[test]
    fn tokens_are_taken_from_one_account_that_has_them() {
        let [one, other] = [2, 3].map(|byte| Address::new_from_array([byte; 32]));
        let associated = find_associated(&KEY, &KEY, &TOKEN_PROGRAM);
        let rich = purse(&[(one, 5_000_000_000), (associated, 2_000_000_000), (other, 0)]);
        let spend = |text: &str, source: &Source| rich.spend(amount(text).unwrap(), source);
        assert_eq!(spend("2", &ANYWHERE).unwrap().account, associated);
        assert_eq!(spend("2.1", &ANYWHERE).unwrap(), Spending { account: one, amount: 2_100_000_000 });
        let error = spend("all", &ANYWHERE).unwrap_err().to_string();
        assert!(error.contains("in 2 accounts") && error.contains("holds 5: name one by --from"), "{error}");
        assert!(matches!(spend("6", &ANYWHERE), Err(PurseError::Scattered { .. })));
        assert!(matches!(spend("8", &ANYWHERE), Err(PurseError::Amount(AmountError::NotEnough { .. }))));
        let named = Source { from: Some(one) };
        assert_eq!(spend("all", &named).unwrap().amount, 5_000_000_000);
        assert!(matches!(spend("1", &Source { from: Some(KEY) }), Err(PurseError::NotYours { .. })));
        let single = purse(&[(one, 7)]);
        assert_eq!(single.spend(Amount::All, &ANYWHERE).unwrap(), Spending { account: one, amount: 7 });
        assert!(matches!(purse(&[]).spend(Amount::All, &ANYWHERE), Err(PurseError::Amount(_))));
    }
}
