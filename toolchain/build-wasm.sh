#!/usr/bin/env bash
# Builds the quotes for JavaScript, target/wasm/sluice_quotes.wasm; what its callers are generated from,
# target/quotes.json; and, for a test, random questions with what the host answers, target/wasm/vectors. Uses the
# target's std where the machine's Rust has it, else compiles core from the rust-src component, else from the sources that
# install.sh unpacks.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tc=$root/.toolchain target=wasm32-unknown-unknown out=$root/target/wasm
cd "$root" # where rust-toolchain.toml decides which rustc this is

args=(--quiet --release --locked --manifest-path clients/wasm/Cargo.toml --target "$target")
if ! compgen -G "$(rustc --print target-libdir --target "$target")/libcore-*.rlib" >/dev/null; then
  export RUSTC_BOOTSTRAP=1 # -Z flags on a stable compiler
  args+=(-Z build-std=core,panic_abort)
  if [[ ! -d $(rustc --print sysroot)/lib/rustlib/src/rust/library ]]; then
    "$root/toolchain/install.sh" --quiet
    if [[ ! -d $tc/rust-src/library ]]; then
      echo "build-wasm.sh: Rust's std for $target is missing: run 'rustup target add $target'" >&2 && exit 1
    fi
    # Its patches concern Solana's own target alone.
    export __CARGO_TESTS_ONLY_SRC_ROOT=$tc/rust-src/library
  fi
fi
# Panic messages name source files: without the directories of whoever built it.
flags=(
  -C link-arg=--no-entry -C link-arg=-zstack-size=16384 -C target-feature=+bulk-memory,+sign-ext
  "--remap-path-prefix=$root=/src" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  "--remap-path-prefix=$tc/rust-src=/rust"
)
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}") CARGO_TARGET_DIR=$out/build cargo build "${args[@]}"
unset RUSTC_BOOTSTRAP __CARGO_TESTS_ONLY_SRC_ROOT
wasm=$out/build/$target/release/sluice_quotes.wasm
# What has not changed keeps its date.
cmp -s "$wasm" "$out/sluice_quotes.wasm" || cp "$wasm" "$out/sluice_quotes.wasm"
for example in abi vectors; do
  cargo run --quiet --locked --package sluice-quotes --example "$example" >"$out/$example.new"
  mv "$out/$example.new" "$out/$example"
done
mv "$out/abi" "$root/target/quotes.json"
echo "$out/sluice_quotes.wasm: $(stat -c %s "$out/sluice_quotes.wasm") bytes"
