#!/usr/bin/env bash
# Writes the interface description (IDL) of programs, NAME.json for the library NAME.
#   build-idl.sh                         every package of programs/, into target/idl
#   build-idl.sh --manifest-path FILE    another crate (may be repeated)
#                --out DIR               elsewhere
# A program prints its description piece by piece, in tests that Anchor's macros generate under its feature
# `idl-build`. This is `anchor idl build` without Anchor's CLI, which would reach for rustup and the network.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/target/idl
manifests=()
while (($#)); do
  case $1 in
  --manifest-path) manifests+=("$(realpath "$2")") && shift 2 ;;
  --out) out=$(realpath -m "$2") && shift 2 ;;
  *) echo "build-idl.sh: unknown argument $1" >&2 && exit 2 ;;
  esac
done
((${#manifests[@]})) || manifests=("$root"/programs/*/Cargo.toml)
command -v python3 >/dev/null || { echo "build-idl.sh: python3 is missing: apt-get install python3" >&2 && exit 1; }
mkdir -p "$out"
cd "$root" # where rust-toolchain.toml decides which rustc this is
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

for manifest in "${manifests[@]}"; do
  # One thread, so that the order does not depend on chance. What has not changed is not compiled again.
  cargo test --quiet --manifest-path "$manifest" --lib --features idl-build __anchor_private_print_idl \
    -- --show-output --test-threads=1 >"$new/printed" || { cat "$new/printed" >&2 && exit 1; }
  idl=$(python3 "$root/toolchain/idl.py" "$manifest" "$new" <"$new/printed")
  # What has not changed keeps its date.
  cmp -s "$new/$idl" "$out/$idl" || cp "$new/$idl" "$out/$idl"
  echo "$out/$idl"
done
