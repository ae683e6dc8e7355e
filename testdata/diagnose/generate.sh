#!/bin/sh
# Makes corpus.json anew with every language's own serialiser and HMAC. It needs
# node, python3, ruby, php, java and openssl; on Debian:
#   apt-get install nodejs python3 ruby php-cli default-jdk-headless openssl
set -eu
cd "$(dirname "$0")"
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
{
    node generate.js
    python3 generate.py
    ruby generate.rb
    php generate.php
    java Generate.java
    sh generate-openssl.sh
} >"$lines"
sed -e '$!s/$/,/' -e '1s/^/[\n/' -e '$s/$/\n]/' "$lines" >corpus.json
