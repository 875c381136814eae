#!/usr/bin/env bash
# Starts a server on a free port, copies a folder through Microsoft Graph and polls its monitor, with curl.
# Run: cargo install --path crates/drivesim-cli && examples/serve-and-poll.sh (or set DRIVESIM to the program)
set -euo pipefail

fixture=$(mktemp -d)
printf 'drive work profile=business owner=me\nDocs/\n  a.txt = "a"\n  b.txt = "b"\n  c.txt = "c"\n' >"$fixture/work.outline"
"${DRIVESIM:-drivesim}" serve --listen 127.0.0.1:0 --clock manual --fixture "$fixture/work.outline" >"$fixture/output" &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$fixture"' EXIT
# The first line of the output names the address.
until url=$(grep -oE -m 1 'http://[0-9.:]+' "$fixture/output"); do
  kill -0 "$server"
  sleep 0.1
done

# Sends a request. --noproxy: the server is local.
send() { curl --silent --show-error --fail --noproxy '*' "$@"; }
post() { send --json "$2" "$1" "${@:3}"; }

monitor=$(post "$url/v1.0/me/drive/root:/Docs:/copy" '{"name":"Docs (old)"}' --dump-header - |
  sed -n 's/^[Ll]ocation: \(.*\)\r$/\1/p')
while true; do
  job=$(send "$monitor")
  grep -oE '"(percentageComplete|status)":[^,}]*' <<<"$job" | paste -sd ' '
  case $job in
    *'"status":"completed"'*) break ;;
    *'"status":"failed"'*) exit 1 ;;
  esac
  # Instead of a sleep: the clock moves only when it is moved.
  post "$url/_drivesim/clock" '{"advance":"500ms"}' --output /dev/null
done
send "$url/_drivesim/outline"
