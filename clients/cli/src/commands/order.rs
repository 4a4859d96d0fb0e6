//! What restaking and administration commands do with a wallet: refuse a key without the role before anything is sent, send
//! one transaction, and pay into somebody else's token account.

use sluice_client::Request;
use sluice_client::tokens::{create_associated, find_associated};
use sluice_sdk::Event;
use solana_address::Address;
use solana_instruction::Instruction;

use super::refusal::Refusal;
use crate::act::{Action, Rows, Wallet};
use crate::amount::exact;
use crate::commands::words::row;
use crate::error::Error;

impl Wallet {
    /// Refuses a key that has not the role. What the program would refuse anyway, in words.
    pub fn must_be(&self, role: &'static str, holder: &Address) -> Result<(), Refusal> {
        let key = self.address();
        if key == *holder { Ok(()) } else { Err(Refusal::NotYours { role, holder: *holder, key }) }
    }

    /// Refuses a key that has neither role.
    pub fn must_be_either(
        &self,
        (one, one_holder): (&'static str, &Address),
        (other, other_holder): (&'static str, &Address),
    ) -> Result<(), Refusal> {
        let key = self.address();
        if key == *one_holder || key == *other_holder {
            return Ok(());
        }
        let either = format!("the {one} ({one_holder}) or the {other} ({other_holder})");
        Err(Refusal::NeitherYours { either, key })
    }

    /// One transaction of this wallet, without other signers.
    pub async fn order(
        &self,
        title: String,
        instructions: Vec<Instruction>,
        rows: &dyn Fn(&[Event]) -> Rows,
    ) -> Result<(), Error> {
        let action = Action { title, request: Request::new(instructions), signers: vec![], rows };
        self.act(action).await?;
        Ok(())
    }

    /// Where somebody else's tokens of a mint arrive: the associated account, made by this wallet where it is missing.
    pub async fn account_of(
        &self,
        owner: &Address,
        mint: &Address,
        program: &Address,
    ) -> Result<Payee, Error> {
        let account = find_associated(owner, mint, program);
        if self.rpc.account(&account).await?.is_some() {
            return Ok(Payee { account, create: None, rent: 0 });
        }
        let create = Some(create_associated(&self.address(), owner, mint, program));
        let rent = self.rpc.associated_rent(mint, program).await?;
        Ok(Payee { account, create, rent })
    }
}

/// A token account that may have to be made, for somebody else.
pub struct Payee {
    pub account: Address,
    pub create: Option<Instruction>,
    /// Lamports.
    rent: u64,
}

impl Payee {
    pub fn rows(&self) -> Rows {
        let made = self.create.as_ref().map(|_| {
            row(
                "New account",
                format!("{} is made for it, by {} SOL of rent", self.account, exact(self.rent, 9)),
            )
        });
        made.into_iter().collect()
    }
}
