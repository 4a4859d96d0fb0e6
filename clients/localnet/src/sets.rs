//! Whole validator sets: read from a recorded CSV file, or made up in the same shape. Plain data out.
//! The file has a header and the columns `vote_account, commission_pct, mev_commission_bps (may be empty),
//! active_stake_lamports, epoch_credits`.

use {
    crate::{
        config::LAMPORTS_PER_SOL,
        script::ValidatorScript,
        seed::{self, Random},
    },
    solana_address::Address,
    std::{path::Path, str::FromStr},
};

/// The columns read.
pub const CSV_HEADER: &str =
    "vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits";
/// The stake of a made-up set, lamports for each validator on average: mainnet's is about 240,000 SOL.
const MEAN_STAKE: f64 = 240_000.0 * LAMPORTS_PER_SOL as f64;
/// Small differences between epochs, as mainnet shows them in validators that are well.
const JITTER: f64 = 0.001;

/// Which rows of a file to take. The file is sorted by stake, greatest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    All,
    /// The greatest.
    Top(usize),
    /// So many, evenly spread from the greatest to the smallest.
    Spread(usize),
}

/// Why a validator set could not be read.
#[derive(Debug)]
pub enum CsvError {
    Io(std::io::Error),
    /// The line, counted from 1, and what is wrong with it.
    Line(usize, String),
}

impl std::fmt::Display for CsvError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Line(line, what) => write!(f, "line {line}: {what}"),
        }
    }
}

impl std::error::Error for CsvError {}

/// Reads a recorded validator set. Vote accounts keep their addresses; uptime is a validator's credits over the
/// greatest credits in the file. Scripts carry no events and no tips: set them on what is returned.
pub fn validators_from_csv(path: impl AsRef<Path>, select: Select) -> Result<Vec<ValidatorScript>, CsvError> {
    parse_csv(&std::fs::read_to_string(path).map_err(CsvError::Io)?, select)
}

/// [`validators_from_csv`] on text that is already read.
pub fn parse_csv(text: &str, select: Select) -> Result<Vec<ValidatorScript>, CsvError> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    match lines.next() {
        Some((_, header)) if header == CSV_HEADER => {}
        _ => return Err(CsvError::Line(1, format!("the header is not {CSV_HEADER}"))),
    }
    let rows: Vec<Row> = lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| Row::parse(line).map_err(|what| CsvError::Line(number, what)))
        .collect::<Result<_, _>>()?;
    let most = rows.iter().map(|row| row.credits).max().unwrap_or(0).max(1);
    let count = match select {
        Select::All => rows.len(),
        Select::Top(count) | Select::Spread(count) => count.min(rows.len()),
    };
    let pick = |index: usize| match select {
        Select::Spread(_) if count > 1 => index * (rows.len() - 1) / (count - 1),
        _ => index,
    };
    Ok((0..count).map(|index| rows[pick(index)].script(most)).collect())
}

struct Row {
    vote_account: Address,
    commission_bps: u16,
    mev_commission_bps: Option<u16>,
    stake: u64,
    credits: u64,
}

impl Row {
    fn parse(line: &str) -> Result<Self, String> {
        let [vote, commission, mev, stake, credits] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err("it does not have five columns".into());
        };
        fn number<T: FromStr>(column: &str, text: &str) -> Result<T, String> {
            text.trim().parse().map_err(|_| format!("{column} is {text:?}"))
        }
        let percent: u16 = number("commission_pct", commission)?;
        Ok(Self {
            vote_account: number("vote_account", vote)?,
            commission_bps: percent.saturating_mul(100),
            mev_commission_bps: match mev.trim() {
                "" => None,
                mev => Some(number("mev_commission_bps", mev)?),
            },
            stake: number("active_stake_lamports", stake)?,
            credits: number("epoch_credits", credits)?,
        })
    }

    fn script(&self, most_credits: u64) -> ValidatorScript {
        ValidatorScript {
            stake_lamports: self.stake,
            mev_commission_bps: self.mev_commission_bps,
            vote_address: Some(self.vote_account),
            ..ValidatorScript::new(self.vote_account.to_string())
                .commission_bps(self.commission_bps)
                .uptime(self.credits as f64 / most_credits as f64)
                .jitter(JITTER)
        }
    }
}

/// Makes up `count` validators, greatest stake first, shaped like mainnet's: a heavy tail of stake, commissions of
/// 0, 5, 7, 8, 10 and 100%, nine in ten with nearly full credits and a tail of poor ones, two in three with MEV.
pub fn synthetic_validators(count: usize, seed: u64) -> Vec<ValidatorScript> {
    let weights: Vec<f64> = (0..count).map(|rank| 1.0 / (rank as f64 + 3.0)).collect();
    let total: f64 = weights.iter().sum();
    weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let name = format!("synthetic-{index:04}");
            let mut random = Random::of(seed::hash(seed, "synthetic", &[name.as_bytes()]));
            let stake = weight / total * count as f64 * MEAN_STAKE * (0.7 + 0.6 * random.share());
            let commission =
                pick(&mut random, &[(0, 30), (500, 12), (700, 35), (800, 8), (1_000, 10), (10_000, 5)]);
            let mev = pick(&mut random, &[(None, 33), (Some(0), 14), (Some(800), 25), (Some(10_000), 28)]);
            let uptime = match random.share() {
                draw if draw < 0.01 => 0.0,
                draw if draw < 0.04 => 0.3 + 0.5 * random.share(),
                draw if draw < 0.10 => 0.8 + 0.16 * random.share(),
                _ => 0.975 + 0.02 * random.share(),
            };
            ValidatorScript {
                stake_lamports: stake as u64,
                mev_commission_bps: mev,
                mev_tips_per_sol: mev.map_or(0, |_| (10_000.0 + 20_000.0 * random.share()) as u64),
                ..ValidatorScript::new(name).commission_bps(commission).uptime(uptime).jitter(JITTER)
            }
        })
        .collect()
}

/// One of the choices, by weight.
fn pick<T: Copy>(random: &mut Random, choices: &[(T, u32)]) -> T {
    let total: u32 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = (random.share() * f64::from(total)) as u32;
    for (choice, weight) in choices {
        if left < *weight {
            return *choice;
        }
        left -= weight;
    }
    choices[0].0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits\n\
        Vote111111111111111111111111111111111111111,5,800,3000000000,400\n\
        Stake11111111111111111111111111111111111111,100,,1000000000,100\n";

    #[test]
    fn a_file_gives_scripts_with_uptime_relative_to_its_best_row() {
        let all = parse_csv(TWO, Select::All).unwrap();
        assert_eq!((all[0].commission_bps, all[0].mev_commission_bps, all[0].uptime), (500, Some(800), 1.0));
        assert_eq!((all[1].commission_bps, all[1].mev_commission_bps, all[1].uptime), (10_000, None, 0.25));
        assert_eq!(all[1].vote_address.unwrap().to_string(), all[1].name);
        assert_eq!(parse_csv(TWO, Select::Top(1)).unwrap(), all[..1]);
        assert_eq!(parse_csv(TWO, Select::Spread(2)).unwrap(), all);
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = parse_csv(&TWO.replace(",100,,", ",much,,"), Select::All).unwrap_err();
        assert_eq!(error.to_string(), "line 3: commission_pct is \"much\"");
        assert!(parse_csv("vote,stake\n", Select::All).is_err());
    }

    #[test]
    fn a_made_up_set_is_the_same_for_the_same_seed_and_has_mainnets_shape() {
        let set = synthetic_validators(300, 7);
        assert_eq!(set, synthetic_validators(300, 7));
        assert_ne!(set, synthetic_validators(300, 8));
        let stake = |part: &[ValidatorScript]| part.iter().map(|v| v.stake_lamports as f64).sum::<f64>();
        assert!(stake(&set[..30]) > 0.4 * stake(&set), "a tenth of the validators has much of the stake");
        assert!(set.iter().filter(|v| v.uptime > 0.97).count() > 240);
        assert!(set.iter().any(|v| v.commission_bps == 10_000) && set.iter().any(|v| v.commission_bps == 0));
    }
}
