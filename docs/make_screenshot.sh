#!/usr/bin/env bash
# Makes docs/report.png anew: the report of the example study, in English, as a browser shows it. Needs Chromium.
# usage: ./run demo && docs/make_screenshot.sh
set -euo pipefail
cd "$(dirname "$0")/.."
report=$PWD/out/retailer/report/report.html
[ -f "$report" ] || { echo "make_screenshot: $report is missing; ./run demo writes it" >&2; exit 1; }
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    { echo "make_screenshot: needs chromium (apt-get install chromium)" >&2; exit 1; }
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
"$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" --window-size=1280,1500 \
    --screenshot="$profile/report.png" "file://$report" >"$profile/log" 2>&1 || { cat "$profile/log" >&2; exit 1; }
mv "$profile/report.png" docs/report.png
echo "docs/report.png"
