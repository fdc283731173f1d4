#!/usr/bin/env bash
# Installs Chromium, the PostgreSQL server programs and Dovecot where they are missing, as root on a Debian system.
# Elsewhere it says so in one line; the tests that need them are then skipped with that reason.
set -u

missing=()
command -v chromium >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing+=(postgresql)
command -v dovecot >/dev/null || missing+=(dovecot-imapd)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "MISSING: ${missing[*]} (not root on a Debian system): the tests that need them will be skipped." >&2
    exit 0
fi

echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "MISSING: ${missing[*]} (apt-get refused): the tests that need them will be skipped." >&2
fi
rm -f "$log"
