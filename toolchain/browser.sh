#!/usr/bin/env bash
# The browser that the web app is tested in: Debian's Chromium, installed where it is missing and this user may install it.
set -euo pipefail
browser=${CHROMIUM:-/usr/bin/chromium}
if [[ -x $browser ]]; then exit; fi
say() { echo "browser: $*" >&2; }
if ((EUID != 0)); then
  say "$browser is missing: run 'sudo apt-get install chromium', or name another Chromium by CHROMIUM=/path"
  exit 1
fi
command -v apt-get >/dev/null || { say "$browser is missing: name a Chromium by CHROMIUM=/path" && exit 1; }
say "installing Debian's chromium, and a font for Chinese"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null
