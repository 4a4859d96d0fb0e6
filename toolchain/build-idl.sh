#!/usr/bin/env bash
# Writes the interface description (IDL) of each program of programs/, or of the crate given by --manifest-path,
# into target/idl. The programs print it themselves, piece by piece, from tests that Anchor's macros generate under
# the feature `idl-build`; this is `anchor idl build` without the Anchor CLI, which would reach for rustup and the network.
#   build-idl.sh [--manifest-path FILE] [--out DIR]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/target/idl
manifests=()
while (($#)); do
  case $1 in
  --manifest-path) manifests+=("$2") && shift 2 ;;
  --out) out=$2 && shift 2 ;;
  *) echo "build-idl.sh: unknown argument $1" >&2 && exit 2 ;;
  esac
done
((${#manifests[@]})) || manifests=("$root"/programs/*/Cargo.toml)
command -v python3 >/dev/null || { echo "build-idl.sh: python3 is missing" >&2 && exit 1; }
mkdir -p "$out"
new=$(mktemp -d "$out/.new.XXXXXX")
trap 'rm -rf "$new"' EXIT

for manifest in "${manifests[@]}"; do
  # One thread: blocks of different tests must not interleave.
  cargo test --quiet --manifest-path "$manifest" --lib --features idl-build __anchor_private_print_idl \
    -- --show-output --test-threads=1 >"$new/printed" || { cat "$new/printed" >&2 && exit 1; }
  idl=$(python3 "$root/toolchain/idl.py" "$manifest" "$new" <"$new/printed")
  # Untouched when unchanged, for those who go by its date.
  cmp -s "$new/$idl" "$out/$idl" || mv "$new/$idl" "$out/$idl"
  echo "$out/$idl"
done
