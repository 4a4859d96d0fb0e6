//! Reading the file, and what one part of it says against another.

use std::path::Path;

use super::{Config, TokenProgram};
use crate::error::Error;

impl Config {
    /// Reads a file. Paths in it count from where it lies.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path)
            .map_err(|reason| Error::Unreadable { path: path.to_owned(), reason })?;
        let mut config = Self::parse(&text)
            .map_err(|reason| Error::NoConfig { path: path.to_owned(), reason: one_line(&reason) })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.keys = config.keys.map(|keys| folder.join(keys));
        for program in &mut config.programs {
            program.file = folder.join(&program.file);
        }
        Ok(config)
    }

    /// Reads a text. Paths stay as they are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    /// What one part says must not contradict another. What the programs check themselves is left to them.
    fn check(&self) -> Result<(), String> {
        let known = |name: &String| sluice_sdk::PROGRAMS.iter().any(|program| program.name == name);
        if let Some(stranger) = self.programs.iter().map(|program| &program.name).find(|name| !known(name)) {
            let names: Vec<_> = sluice_sdk::PROGRAMS.iter().map(|program| program.name).collect();
            return Err(format!("programs: {stranger:?} is none of {}", names.join(", ")));
        }
        unique("programs", self.programs.iter().map(|program| &program.name))?;
        unique("vaults", self.vaults.iter().map(|vault| &vault.name))?;
        unique("operators", self.operators.iter().map(|operator| &operator.name))?;
        unique("services", self.services.iter().map(|service| &service.name))?;
        if self.pool.scaled_ui && self.pool.token_program != TokenProgram::Token2022 {
            return Err("pool: scaled_ui needs token_program = \"token-2022\"".into());
        }
        if self.pool.delegation_authority.as_deref() == Some("selection") && self.selection.is_none() {
            return Err("pool: delegation_authority is the selection, and there is no [selection]".into());
        }
        for vault in &self.vaults {
            if vault.collateral == "lp" && self.pool.liquidity.is_none() {
                return Err(format!(
                    "vault {}: its collateral is lp, and there is no [pool.liquidity]",
                    vault.name
                ));
            }
            if vault.junior.is_some() && vault.shielded {
                return Err(format!("vault {}: a shielded vault has no junior shares", vault.name));
            }
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
            if vault.name.is_empty() || !vault.name.chars().all(is_name) {
                return Err(format!("vaults: {:?} is no name of letters, digits, - and _", vault.name));
            }
        }
        Ok(())
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Result<(), String> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{what}: two are named {name:?}"));
        }
    }
    Ok(())
}

/// A parser's drawing on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterName;

    const EXAMPLES: [(ClusterName, &str); 3] = [
        (ClusterName::Localnet, include_str!("../../../../migrations/localnet.toml")),
        (ClusterName::Devnet, include_str!("../../../../migrations/devnet.toml")),
        (ClusterName::Mainnet, include_str!("../../../../migrations/mainnet.toml")),
    ];

    #[test]
    fn the_examples_are_deployments_of_their_clusters() {
        for (cluster, text) in EXAMPLES {
            let config = Config::parse(text).unwrap();
            assert_eq!(config.cluster, cluster);
            assert_eq!(config.programs.len(), sluice_sdk::PROGRAMS.len());
        }
    }

    #[test]
    fn parts_that_contradict_each_other_are_refused() {
        let refused = |old: &str, new: &str| {
            let text = EXAMPLES[0].1.replacen(old, new, 1);
            assert_ne!(text, EXAMPLES[0].1, "{old} is in the example");
            Config::parse(&text).unwrap_err()
        };
        assert!(refused("\"staking_pool\"", "\"stake_pool\"").contains("none of"));
        assert!(refused("validators = 1000", "validators = 1000\nscaled_ui = true").contains("token-2022"));
        assert!(refused("seed_sol = \"1\"", "seed_sol = \"1.0000000001\"").contains("more than 9 decimals"));
        assert!(refused("name = \"shielded\"", "name = \"../shielded\"").contains("no name"));
        let without_selection = |text: &str| {
            let (start, end) = (text.find("[selection]").unwrap(), text.find("[[vaults]]").unwrap());
            text[..start].replace("[pool]\n", "[pool]\ndelegation_authority = \"selection\"\n") + &text[end..]
        };
        assert!(Config::parse(&without_selection(EXAMPLES[0].1)).unwrap_err().contains("no [selection]"));
    }
}
