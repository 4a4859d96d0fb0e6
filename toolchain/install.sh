#!/usr/bin/env bash
# Puts together, wholly under .toolchain/, what it takes to build programs where Anza's `cargo build-sbf` is not
# installed: README.md says what and why. Safe to run again: what is there and current is left alone.
#   install.sh [--quiet]
#   SBF_TOOLCHAIN=fallback   even if `cargo build-sbf` is installed
#   DEBIAN_MIRROR=URL        instead of http://deb.debian.org/debian
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$root/toolchain tc=$root/.toolchain apt=$root/.toolchain/apt
linker_version=0.2.6
rust_src_version=1.95.0+dfsg1-2~bpo13+1 # of trixie-backports, for the release rust-toolchain.toml pins
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
quiet=${1-}

say() { echo "toolchain: $*" >&2; }
die() { say "$*" && exit 1; }
need() { command -v "$1" >/dev/null || die "$1 is missing: $2"; }

if [[ ${SBF_TOOLCHAIN-} != fallback ]] && command -v cargo-build-sbf >/dev/null; then
  [[ $quiet ]] || say "cargo build-sbf is installed, nothing to do"
  exit
fi

cd "$root" # where rust-toolchain.toml decides which rustc this is about
need cargo "install Rust, https://rustup.rs"
rust=$(rustc --version | cut -d ' ' -f 2) || die "rustc does not run: see above"

# The stamp: all that shapes the result, then `--`, then what was installed.
inputs="$(rustc -vV)
sbpf-linker $linker_version, rust-src $rust_src_version
$(cat "$here/std-solana.patch" "$here/link.sh" | sha256sum)"
current() { [[ -f $tc/stamp && $(sed '/^--$/,$d' "$tc/stamp") == "$inputs" ]]; }
installed() { sed '1,/^--$/d' "$tc/stamp" | paste -sd ',' | sed 's/,/, /g'; }
if current; then
  [[ $quiet ]] || say "ready: $(installed)"
  exit
fi

need apt-get "LLVM 23 comes as a Debian package; on other systems install Anza's cargo build-sbf instead"
need dpkg "it unpacks the Debian packages"
need patch "apt-get install patch"
need flock "apt-get install util-linux"
[[ -r $keyring ]] || die "$keyring is missing: apt-get install debian-archive-keyring"

# A private apt: its own sources, lists, cache and an empty package database, so that the system's are neither read
# nor written. It verifies Debian's signatures with the keyring, and every download by the hashes they cover.
apt_setup() {
  mkdir -p "$apt"/{lists,cache/archives}/partial
  : >"$apt/status"
  printf "deb [signed-by=$keyring] $mirror %s main\n" sid trixie-backports >"$apt/sources.list"
  # Of the machine's own configuration, only how to reach a mirror and whether its clock can be trusted.
  apt-config dump | grep -E '^Acquire::(https?|Retries|ForceIP|Check)' >"$apt/apt.conf" || true
  cat >>"$apt/apt.conf" <<EOF
Dir "$apt";
Dir::Cache "$apt/cache";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Log "$apt";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
APT::Get::AllowUnauthenticated "false";
APT::Install-Recommends "false";
APT::Sandbox::User "";
EOF
  export APT_CONFIG=$apt/apt.conf
  say "reading the package lists of Debian sid and trixie-backports"
  # Where a mirror cannot be reached, `apt-get update` warns and succeeds.
  if ! apt-get -qq update 2>"$apt/errors" || grep -q 'Failed to fetch' "$apt/errors"; then
    die "cannot read the package lists of $mirror: $(grep -m 1 -E '^(E|W|Err)' "$apt/errors")"
  fi
}

install_llvm() {
  local deb lib loader
  rm -rf "$tc/llvm"
  say "LLVM 23: fetching libllvm23 and what it depends on, C library included (45 MB)"
  apt-get -qq -y --download-only install libllvm23 >/dev/null || die "cannot fetch libllvm23 of Debian sid: see above"
  for deb in "$apt"/cache/archives/*.deb; do dpkg -x "$deb" "$tc/llvm"; done
  lib=$(echo "$tc"/llvm/usr/lib/*-linux-gnu)
  loader=$(echo "$lib"/ld-linux-*.so.*)
  if "$loader" --library-path "$lib" --list "$lib"/libLLVM.so.23* | grep 'not found' >&2; then
    die "libllvm23 lacks the libraries above"
  fi
  apt-cache show --no-all-versions libllvm23 | sed -n 's/^Version: /libllvm23 /p' >"$tc/llvm/version"
}

install_linker() {
  say "sbpf-linker $linker_version: compiling it (one to three minutes)"
  cargo install --quiet --locked --root "$tc/linker" --target-dir "$tc/linker/build" \
    "sbpf-linker@=$linker_version" || die "cannot build sbpf-linker: see above"
  rm -rf "$tc/linker/build"
}

# rustup's component where it is installed, else Debian's package of the same release.
install_rust_src() {
  local version="$rust of rustup" versions library
  library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
  rm -rf "$tc/rust-src" "$tc/deb"
  mkdir -p "$tc/rust-src/library" "$tc/deb"
  if [[ ! -d $library ]]; then
    version=$rust_src_version
    versions=$(apt-cache madison rust-src | awk '{print $3}')
    if [[ $version != "$rust"+* ]] || ! grep -qxF "$version" <<<"$versions"; then
      version=$(grep -m 1 "^${rust%.*}\." <<<"$versions") ||
        die "Debian no longer has rust-src ${rust%.*}: run 'rustup component add rust-src', then this again"
      say "rust-src $rust_src_version is gone from Debian, or not for rustc $rust: taking $version"
    fi
    say "rust-src $version: fetching it (45 MB)"
    (cd "$tc/deb" && apt-get -qq download "rust-src=$version") || die "cannot fetch rust-src $version: see above"
    dpkg -x "$tc"/deb/rust-src_*.deb "$tc/deb"
    library=$(echo "$tc"/deb/usr/src/rustc-*/library)
  fi
  cp -r "$library/." "$tc/rust-src/library"
  rm -rf "$tc/deb" "$tc/rust-src/library/vendor"
  say "rust-src $version: applying std-solana.patch"
  patch --directory="$tc/rust-src" --strip=1 --forward --batch --reject-file=- \
    <"$here/std-solana.patch" >"$tc/patch.log" ||
    die "std-solana.patch does not fit rust-src $version: see $tc/patch.log"
  echo "rust-src $version" >"$tc/rust-src/version"
}

mkdir -p "$tc"
exec 9>"$tc/lock"
flock 9
if ! current; then # else another process did it all while this one waited for the lock
  rm -f "$tc/stamp"
  apt_setup
  [[ -s $tc/llvm/version ]] || install_llvm
  [[ $("$tc/linker/bin/sbpf-linker" --version 2>/dev/null) == *" $linker_version"* ]] || install_linker
  install_rust_src
  rm -rf "$apt"
  printf '%s\n--\n' "$inputs" >"$tc/stamp.new"
  cat "$tc/llvm/version" <(echo "sbpf-linker $linker_version") "$tc/rust-src/version" >>"$tc/stamp.new"
  mv "$tc/stamp.new" "$tc/stamp"
fi
say "ready: $(installed)"
