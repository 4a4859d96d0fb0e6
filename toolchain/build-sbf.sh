#!/usr/bin/env bash
# Builds programs to SBPF v3 shared objects, NAME.so for the library NAME.
#   build-sbf.sh                         every package of programs/ and examples/, into target/deploy
#   build-sbf.sh --manifest-path FILE    another crate (may be repeated)
#                --out DIR               elsewhere
#                --features LIST
#                -- CARGO-ARGS           passed on, such as --locked
# Uses Anza's `cargo build-sbf` where it is installed, unless SBF_TOOLCHAIN=fallback; otherwise the toolchain that
# install.sh puts together.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tc=$root/.toolchain out=$root/target/deploy
manifests=() args=()
while (($#)); do
  case $1 in
  --manifest-path) manifests+=("$(realpath "$2")") && shift 2 ;;
  --out) out=$(realpath -m "$2") && shift 2 ;;
  --features) args+=(--features "$2") && shift 2 ;;
  --) shift && args+=("$@") && break ;;
  *) echo "build-sbf.sh: unknown argument $1" >&2 && exit 2 ;;
  esac
done
((${#manifests[@]})) || manifests=("$root"/{programs,examples}/*/Cargo.toml)
mkdir -p "$out"
cd "$root" # where rust-toolchain.toml decides which rustc this is

# Each program gets a cargo run of its own: in a common one, a program that calls another through its feature `cpi`
# would switch off the other's entrypoint.
if [[ ${SBF_TOOLCHAIN-} != fallback ]] && command -v cargo-build-sbf >/dev/null; then
  for manifest in "${manifests[@]}"; do
    CARGO_TARGET_DIR=$root/target/sbf \
      cargo build-sbf --arch v3 --manifest-path "$manifest" --sbf-out-dir "$out" -- "${args[@]}"
  done
  exit
fi

"$root/toolchain/install.sh" --quiet
# Away from the host builds, and apart for each state of the toolchain: cargo does not look for changes in std.
target=$root/target/sbf/$(sha256sum <"$tc/stamp" | cut -c 1-8)

# LLVM introduces calls to these in code generation only, when functions that nobody calls have already been dropped.
# Those that are still not called are dropped after it.
libcalls=__multi3,__udivti3,__umodti3,__divti3,__modti3,__extendsfdf2,__truncdfsf2
for f in df sf; do
  libcalls+=,__add${f}3,__sub${f}3,__mul${f}3,__div${f}3,__neg${f}2,__floatsi$f,__floatdi$f,__floatunsi$f,__floatundi$f
  libcalls+=,__eq${f}2,__ne${f}2,__lt${f}2,__le${f}2,__gt${f}2,__ge${f}2,__unord${f}2
  libcalls+=,__fix${f}si,__fix${f}di,__fixuns${f}si,__fixuns${f}di
done
linker_args=(
  --arch=v3 --export="$libcalls"
  --llvm-args=-bpf-stack-size=4096             # a frame; more is an error
  --llvm-args=--bpf-max-stores-per-memfunc=5   # longer copies call memcpy, which above 40 bytes is a syscall
  --llvm-args=--disable-ldsx                   # eBPF instructions that SBPF does not have: sign-extending loads
  --llvm-args=--disable-movsx                  # and moves,
  --llvm-args=--disable-bswap                  # byte swaps,
  --llvm-args=--disable-gotox                  # jump tables
  --llvm-args=--disable-gotol                  # jumps of 32 bits
)
flags=(
  -C linker="$root/toolchain/link.sh" "${linker_args[@]/#/-Clink-arg=}"
  -C passes=lower-atomic # one thread, no atomic instructions
  # SBPF v3 calls a syscall by the hash of its name. Anza's compiler tells the crates so by this cfg.
  --cfg=target_feature='"static-syscalls"' -A explicit_builtin_cfgs_in_flags
  # Panic messages name source files: without the directories of whoever built the program.
  "--remap-path-prefix=$root=/src" "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  "--remap-path-prefix=$tc/rust-src=/rust" "--remap-path-scope=macro,object"
)
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS
export CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true
export RUSTC_BOOTSTRAP=1                                # -Z flags on a stable compiler
export RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1               # else std marks itself unusable for an unknown target
export __CARGO_TESTS_ONLY_SRC_ROOT=$tc/rust-src/library # the patched std, where cargo looks before rustc's sysroot
export __CARGO_DEFAULT_LIB_METADATA=sbf                 # a program as a dependency of another gets its own files

for manifest in "${manifests[@]}"; do
  # Cargo knows std's crates by their path within the workspace, or else by the full path: two workspaces in turn in
  # one directory would have it compile std each time.
  case $manifest in
  "$root"/programs/* | "$root"/examples/*) export CARGO_TARGET_DIR=$target/programs ;;
  *) export CARGO_TARGET_DIR=$target/others ;;
  esac
  so=$(cargo rustc --release --lib --crate-type cdylib --manifest-path "$manifest" "${args[@]}" \
    -Z json-target-spec --target "$root/toolchain/sbpfv3-solana-solana.json" \
    -Z build-std=std,panic_abort -Z build-std-features=compiler-builtins-mem \
    --message-format json-render-diagnostics |
    sed -n 's/.*"filenames":\["\([^"]*\.so\)"\].*/\1/p' | tail -n 1) # the last one built is the program
  [[ -s $so ]] || { echo "build-sbf.sh: no program came of $manifest" >&2 && exit 1; }
  # What has not changed keeps its date.
  cmp -s "$so" "$out/${so##*/}" || cp "$so" "$out/${so##*/}"
  echo "$out/${so##*/}: $(stat -c %s "$so") bytes"
done
