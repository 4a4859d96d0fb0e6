//! Mints, token accounts and what is in them.

use super::*;

impl VaultFixture {
    pub fn mint(
        &mut self,
        program: Address,
        key: &Keypair,
        decimals: u8,
        authority: Address,
        freeze: Option<Address>,
    ) -> Address {
        let mut data = vec![20, decimals];
        data.extend(authority.as_ref());
        data.push(u8::from(freeze.is_some()));
        data.extend(freeze.iter().flat_map(|key| key.to_bytes()));
        let create = token::create_account(&self.svm, &self.bank, &key.pubkey(), 82, &program);
        let accounts = vec![AccountMeta::new(key.pubkey(), false)];
        let initialize = Instruction { program_id: program, accounts, data };
        self.send(&[create, initialize], &[key]).expect("mint");
        key.pubkey()
    }

    pub fn token_account(&mut self, program: Address, mint: Address, owner: Address) -> Address {
        let key = Keypair::new();
        // An account of a token with a transfer fee has room for what is withheld in it.
        let fee = program == TOKEN_2022_PROGRAM
            && token_2022::extension(&self.svm, &mint, token_2022::kind::TRANSFER_FEE_CONFIG).is_some();
        let space = if fee { 178 } else { 165 };
        let create = token::create_account(&self.svm, &self.bank, &key.pubkey(), space, &program);
        let accounts = vec![AccountMeta::new(key.pubkey(), false), AccountMeta::new_readonly(mint, false)];
        let data = [&[18], owner.as_ref()].concat();
        let initialize = Instruction { program_id: program, accounts, data };
        self.send(&[create, initialize], &[&key]).expect("token account");
        key.pubkey()
    }

    pub fn collateral_account_of(&mut self, owner: Address) -> Address {
        self.token_account(self.at.collateral_token_program, self.at.collateral_mint, owner)
    }

    pub fn vrt_account_of(&mut self, owner: Address) -> Address {
        self.token_account(self.at.vrt_token_program, self.at.vrt_mint, owner)
    }

    pub fn mint_collateral(&mut self, to: Address, amount: u64) {
        let bank = self.bank.pubkey();
        let give = match self.pool {
            None => token::mint_to(&self.at.collateral_mint, &to, &bank, amount),
            Some(_) => token::transfer(&self.hoard, &to, &bank, amount),
        };
        let give = under(self.at.collateral_token_program, give);
        self.send(&[give], &[]).expect("collateral");
    }

    /// Sends collateral to the vault's account past the program.
    pub fn donate(&mut self, amount: u64) {
        self.mint_collateral(self.at.collateral_account, amount);
        self.donated += amount;
    }

    pub fn freeze(&mut self, account: Address) {
        let freeze = freeze(&account, &self.at.collateral_mint, &self.bank.pubkey());
        self.send(&[freeze], &[]).expect("freeze");
    }

    /// Balance of a token account.
    pub fn balance(&self, account: &Address) -> u64 {
        token::balance(&self.svm, account)
    }

    pub fn supply(&self, mint: &Address) -> u64 {
        token::supply(&self.svm, mint)
    }

    pub(super) fn sum_of_accounts(&self, program: &Address, mint: &Address) -> u64 {
        let accounts = self.svm.0.get_program_accounts(program);
        accounts
            .iter()
            .filter(|(_, account)| [165, 178].contains(&account.data.len()))
            .filter(|(_, account)| account.data[..32] == *mint.as_ref())
            .map(|(_, account)| token_amount(&account.data) + withheld(&account.data))
            .sum()
    }

    // ---- users ---------------------------------------------------------------------------------------------
}
