#!/usr/bin/env bash
# Runs every test of the project and ends with one line: "N passed, M failed". Called by `make test`, which has built
# what is tested. A suite that does not compile or crashes counts as a failure even where no test says so.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NO_COLOR=1 # what is counted below is plain text
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
suite clients/ts npm test --silent
suite app npm test --silent
suite app npm run --silent e2e

# cargo: "test result: ok. 8 passed; 0 failed; ..."; node: "# pass 5", "# fail 0" (or "ℹ pass 5"); vitest:
# "Tests  1 failed | 8 passed (9)"; Playwright: "  1 failed", "  8 passed (1.2m)".
read -r passed failed < <(awk '
  /^test result:/ { for (i = 1; i < NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } }
  /^(#|ℹ) pass /  { p += $3 }
  /^(#|ℹ) fail /  { f += $3 }
  /^ +Tests  /    { for (i = 2; i < NF; i++) { if ($(i + 1) ~ /^passed/) p += $i; if ($(i + 1) ~ /^failed/) f += $i } }
  /^  [0-9]+ passed/ { p += $1 }
  /^  [0-9]+ (failed|flaky|did not run)/ { f += $1 }
  END { print p + 0, f + 0 }' "$log")
((broken && failed == 0)) && failed=1
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
