#!/usr/bin/env bash
# What rustc calls for a linker in builds with the fallback toolchain: sbpf-linker on Debian's LLVM 23.
set -euo pipefail
tc=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/.toolchain
lib=$(echo "$tc"/llvm/usr/lib/*-linux-gnu)

# A dependency that is a cdylib besides a library gets linked on the way to the program, and could not be: it has no
# entrypoint and no panic handler. Nobody loads the result, so leave an empty file.
if [[ -z ${CARGO_PRIMARY_PACKAGE-} ]]; then
  while [[ $1 != -o ]]; do shift; done
  : >"$2"
  exit
fi

# sbpf-linker loads the first libLLVM on LD_LIBRARY_PATH, or else rustc's own, which is too old; and LLVM 23 runs on
# the C library of its own release only, hence with that release's program loader.
# The advice to add solana-compiler-builtins does not apply: std-solana.patch does the same work.
exec env RUST_BACKTRACE=0 LD_LIBRARY_PATH="$lib" \
  "$lib"/ld-linux-*.so.* --library-path "$lib" "$tc/linker/bin/sbpf-linker" --deploy=false "$@" \
  2> >(grep -v '^warning: .solana-compiler-builtins' >&2)
