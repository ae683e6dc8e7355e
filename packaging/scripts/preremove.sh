#!/bin/sh
# Before removing, but not before an upgrade: the receiver ends, having recorded
# what it was given. deb says "remove", rpm 0, apk nothing.
set -e
case "${1:-0}" in
remove | 0)
    if [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
        systemctl disable --now raisboy-listen.service || true
    fi
    ;;
esac
