//! What a vault's amounts are called, and what a transaction does to its books: exactly, in whole units.

use sluice_client::vault::{Class, VaultView};
use sluice_sdk::restaking_vault::types::BookEntry;

use crate::act::Rows;
use crate::amount::exact;
use crate::commands::words::change;

/// What amounts of a vault are called.
#[derive(Clone, Copy)]
pub struct Units {
    decimals: u8,
    collateral: &'static str,
}

impl Units {
    pub fn of(view: &VaultView) -> Self {
        let collateral = match (&view.pool, view.vault.of_liquidity) {
            (None, _) => "tokens",
            (Some(_), 0) => "LST",
            (Some(_), _) => "LP",
        };
        Self { decimals: view.vault.collateral_decimals, collateral }
    }

    pub fn decimals(self) -> u8 {
        self.decimals
    }

    pub fn collateral_name(self) -> &'static str {
        self.collateral
    }

    /// `1.5 LST`.
    pub fn collateral(self, amount: u64) -> String {
        format!("{} {}", exact(amount, self.decimals), self.collateral)
    }

    /// `1.5 VRT`.
    pub fn shares(self, class: Class, amount: u64) -> String {
        format!("{} {}", exact(amount, self.decimals), shares_name(class))
    }

    /// What one share is worth in a book.
    pub fn price(self, assets: u64, supply: u64) -> String {
        let Some(one) = 10u128.checked_pow(self.decimals.into()) else { return "nothing".into() };
        let price = (one * u128::from(assets)).checked_div(supply.into()).unwrap_or(0);
        u64::try_from(price).map_or("nothing".into(), |price| self.collateral(price))
    }

    /// What a transaction does to the vault: collateral, shares and prices, of both classes where there are two.
    pub fn book(self, before: &BookEntry, after: &BookEntry) -> Rows {
        let collateral = |amount: &u64| self.collateral(*amount);
        let vrt = |class| move |amount: &u64| self.shares(class, *amount);
        let price = |(assets, supply): &(u64, u64)| self.price(*assets, *supply);
        let pairs =
            |entry: &BookEntry| ((entry.assets, entry.supply), (entry.junior_assets, entry.junior_supply));
        let ((senior, junior), (senior_after, junior_after)) = (pairs(before), pairs(after));
        let label = |class: &str, what: &str| match before.junior_supply.max(after.junior_supply) {
            0 => format!("Vault's {what}"),
            _ => format!("{class} {what}"),
        };
        let told = |class: &str, of: Class, one: (u64, u64), two: (u64, u64)| {
            let shown = |pair: &(u64, u64)| price(pair);
            let mut rows = Rows::new();
            rows.extend(change(&label(class, "collateral"), &one.0, &two.0, collateral));
            rows.extend(change(&label(class, "shares"), &one.1, &two.1, vrt(of)));
            let (was, is) = (shown(&one), shown(&two));
            rows.extend(change(&label(class, "price of a share"), &was, &is, String::clone));
            rows
        };
        let mut rows = told("Senior", Class::Senior, senior, senior_after);
        rows.extend(told("Junior", Class::Junior, junior, junior_after));
        rows.extend(change(
            "Rewards not yet in the price",
            &before.locked_rewards,
            &after.locked_rewards,
            collateral,
        ));
        rows.extend(change("Shielded principal", &before.principal, &after.principal, |lamports| {
            exact(*lamports, 9) + " SOL"
        }));
        rows
    }
}

pub fn shares_name(class: Class) -> &'static str {
    match class {
        Class::Senior => "VRT",
        Class::Junior => "junior VRT",
    }
}
