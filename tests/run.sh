#!/usr/bin/env bash
# Runs every test of the project and ends with one line: "N passed, M failed". Called by `make test`, which has built
# what is tested. A suite that does not compile or crashes counts as a failure even where no test says so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
broken=0

suite() { # folder, command ...
  local folder=$1
  shift
  (cd "$folder" && "$@") 2>&1 | tee -a "$log" || broken=1
}

suite . cargo test --workspace --locked --no-fail-fast --quiet
suite clients cargo test --workspace --locked --no-fail-fast --quiet
suite clients/codegen npm test --silent

# cargo: "test result: ok. 8 passed; 0 failed; ..."; node: "# pass 5", "# fail 0" (or "ℹ pass 5").
read -r passed failed < <(awk '
  /^test result:/ { for (i = 1; i < NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } }
  /^(#|ℹ) pass /  { p += $3 }
  /^(#|ℹ) fail /  { f += $3 }
  END { print p + 0, f + 0 }' "$log")
((broken && failed == 0)) && failed=1
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
