// What `anchor migrate` runs: hands the provider's cluster and wallet to `sluice deploy`, which does the work and can be
// run again at any time. docs/deploy.md says more.
//
// SLUICE_CONFIG       the file to deploy [the one in this folder for the cluster that the provider is connected to]
// SLUICE_BIN          the command line [sluice on the PATH, else the one built in clients/target]
// SLUICE_DEPLOY_ARGS  more arguments, apart by spaces, such as --dry-run or --i-know-this-is-mainnet

"use strict";

const { spawnSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { homedir } = require("node:os");
const { join, resolve } = require("node:path");

const root = resolve(__dirname, "..");

const PUBLIC = {
  "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d": "mainnet",
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: "devnet",
};

function binary() {
  if (process.env.SLUICE_BIN) return process.env.SLUICE_BIN;
  const built = ["release", "debug"].map((kind) => join(root, "clients", "target", kind, "sluice"));
  return built.find(existsSync) ?? "sluice";
}

function wallet() {
  const path = process.env.ANCHOR_WALLET;
  if (!path) throw new Error("ANCHOR_WALLET names no keypair file: run this by `anchor migrate`");
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

module.exports = async function (provider) {
  const cluster = PUBLIC[await provider.connection.getGenesisHash()] ?? "localnet";
  const config = process.env.SLUICE_CONFIG ?? join(root, "migrations", `${cluster}.toml`);
  const more = (process.env.SLUICE_DEPLOY_ARGS ?? "").split(" ").filter(Boolean);
  // Keys of a cluster of one's own are worth nothing: they are made. Elsewhere they are the person's to make and to keep.
  const makesKeys = cluster === "localnet" && !more.some((one) => one === "--keys" || one === "--make-keys");
  if (makesKeys) more.push("--make-keys", join(root, "keys", "localnet"));
  if (!more.includes("--dry-run")) more.push("--yes");
  const to = ["--config", config, "--url", provider.connection.rpcEndpoint, "--keypair", wallet()];
  const run = spawnSync(binary(), ["deploy", ...to, ...more], { stdio: "inherit" });
  if (run.error) throw new Error(`cannot run ${binary()}: ${run.error.message}; build it by \`make host\``);
  // Anchor's host does not wait for what this function returns, but an error that nobody catches ends node with a 1.
  if (run.status !== 0) throw new Error(`sluice deploy ended with ${run.status ?? run.signal}`);
};
