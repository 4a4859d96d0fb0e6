//! Everything this program knows of the restaking vault: its address and one call.
//!
//! They are written out: Anchor 2.0.0-rc.2 links the feature `cpi` of one other program into a program, and that is the
//! pool's.

use anchor_lang::prelude::*;

use crate::invoke::invoke;

/// The vault's program.
pub const VAULT_PROGRAM: Address = Address::from_str_const("8sM7LMFP8Uo6EZRSPTaDxMjJ1XFp4A9FH31Q9cQvLsCY");

/// The first eight bytes of the instruction's data, from the vault's IDL.
const STAKE_AND_RESTAKE: [u8; 8] = [234, 31, 73, 21, 193, 107, 43, 254];

/// The vault's `stake_and_restake`: `lamports` of `user`, who signed, become at least `min_vrt_out` VRT in `user_vrt`.
pub struct StakeAndRestake<'a> {
    pub vault: CpiHandleMut<'a>,
    pub user: CpiHandleMut<'a>,
    pub user_vrt: CpiHandleMut<'a>,
    pub collateral_account: CpiHandleMut<'a>,
    pub collateral_mint: CpiHandleMut<'a>,
    pub vrt_mint: CpiHandleMut<'a>,
    pub staking_pool: CpiHandleMut<'a>,
    pub pool_reserve: CpiHandleMut<'a>,
    pub collateral_token_program: CpiHandle<'a>,
    pub vrt_token_program: CpiHandle<'a>,
    pub system_program: CpiHandle<'a>,
    pub pool_program: CpiHandle<'a>,
}

impl StakeAndRestake<'_> {
    #[inline(always)]
    pub fn invoke(self, lamports: u64, min_vrt_out: u64) {
        let mut data = [0; 24];
        let (discriminator, amounts) = data.split_at_mut(8);
        discriminator.copy_from_slice(&STAKE_AND_RESTAKE);
        let (first, second) = amounts.split_at_mut(8);
        first.copy_from_slice(&lamports.to_le_bytes());
        second.copy_from_slice(&min_vrt_out.to_le_bytes());
        invoke(
            &VAULT_PROGRAM,
            [
                self.vault.into(),
                self.user.into(),
                self.user_vrt.into(),
                self.collateral_account.into(),
                self.collateral_mint.into(),
                self.vrt_mint.into(),
                self.staking_pool.into(),
                self.pool_reserve.into(),
                self.collateral_token_program,
                self.vrt_token_program,
                self.system_program,
                self.pool_program,
            ],
            &data,
            &[],
        );
    }
}
