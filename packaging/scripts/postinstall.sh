#!/bin/sh
# After installing or upgrading: the receiver's user is there, and a receiver
# that runs is the new one. It is neither enabled nor started: it needs settings.
set -e
root="${DPKG_ROOT:-}"
if command -v systemd-sysusers >/dev/null 2>&1; then
    systemd-sysusers --root="$root/" raisboy.conf
elif [ -z "$root" ] && ! id raisboy >/dev/null 2>&1 && command -v adduser >/dev/null 2>&1; then
    addgroup -S raisboy 2>/dev/null || true
    adduser -S -D -H -h /var/lib/raisboy -s /sbin/nologin -G raisboy raisboy # Alpine's
fi
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
    systemctl try-restart raisboy-listen.service || true
fi
