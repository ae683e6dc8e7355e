#!/bin/sh
# The journal is the record of what happened to money: no package manager
# removes it, not even on purge. Who wants it gone removes /var/lib/raisboy.
set -e
root="${DPKG_ROOT:-}"
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
fi
if [ "${1:-}" = purge ] && [ -d "$root/var/lib/raisboy" ]; then
    echo "raisboy: the journal in /var/lib/raisboy was left where it is." >&2
fi
exit 0
