#!/bin/sh
# Make sure the browser tests find a Chromium: one that is installed, Debian's package, or Playwright's own.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] && exit 0
    echo "CHROMIUM=$CHROMIUM is not a program; name an installed Chromium or leave it out" >&2
    exit 1
fi
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then
    echo "Installing Chromium from Debian"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
else
    echo "No Chrome or Chromium found; installing Playwright's own (skipped when it is there)"
    .venv/bin/python -m playwright install chromium
fi
