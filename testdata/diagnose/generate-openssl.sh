#!/bin/sh
# Broken requests as a shell and openssl make them: one JSON object a line.
set -eu
key=pk_test_0123456789 secret=sk_test_do_not_use_in_production host=project.example stamp=1764247157
path=/api/v4/payments/raisboy/validate-user

# emit NAME DEVIATION SIGNED(as JSON) SIGNATURE: the body is the same in all.
emit() {
    printf '{"name":"%s","by":"openssl","method":"POST","target":"%s","host":"%s","body":"%s","timestamp":"%s","api_key":"%s","secret":"%s","signed":"%s","signature":"%s","tool":"","deviations":["%s"]}\n' \
        "$id: $1" "$path" "$host" "$quoted" "$stamp" "$key" "$secret" "$3" "$4" "$2"
}
hex() { openssl dgst -sha256 -hmac "${1-$secret}" | sed 's/.*= *//'; }

for id in 2564568 kxa1234 77; do
    body="{\"user_id\":\"$id\"}"
    quoted="{\\\"user_id\\\":\\\"$id\\\"}"
    rule="POST\\n$path\\n$quoted\\n$stamp\\n$key"
    text() { printf 'POST\n%s\n%s\n%s\n%s' "$path" "$1" "$2" "$key"; }
    emit 'echo' separator.trailing "$rule\\n" "$(echo "$(text "$body" $stamp)" | hex)"
    emit 'openssl in base64' digest.base64 "$rule" "$(text "$body" $stamp | openssl dgst -sha256 -hmac "$secret" -binary | openssl base64 -A)"
    emit 'sha1' digest.sha1 "$rule" "$(text "$body" $stamp | openssl dgst -sha1 -hmac "$secret" | sed 's/.*= *//')"
    emit 'sha512' digest.sha512 "$rule" "$(text "$body" $stamp | openssl dgst -sha512 -hmac "$secret" | sed 's/.*= *//')"
    emit 'upper case' digest.upper_case "$rule" "$(text "$body" $stamp | hex | tr a-f A-F)"
    emit 'cut -c1-40' digest.truncated "$rule" "$(text "$body" $stamp | hex | cut -c1-40)"
    emit 'no hmac' digest.no_secret "$rule" "$(text "$body" $stamp | openssl dgst -sha256 | sed 's/.*= *//')"
    emit 'body from a file with a line feed' body.line_feed_added "POST\\n$path\\n$quoted\\n\\n$stamp\\n$key" "$(text "$body
" $stamp | hex)"
    emit 'body in quotes that ate the quotes' separator.literal "POST\\\\n$path\\\\n$quoted\\\\n$stamp\\\\n$key" "$(printf '%s' "POST\\n$path\\n$body\\n$stamp\\n$key" | hex)"
    emit 'date +%s%3N' timestamp.milliseconds "POST\\n$path\\n$quoted\\n${stamp}123\\n$key" "$(text "$body" ${stamp}123 | hex)"
    emit 'date -Is' timestamp.iso_offset "POST\\n$path\\n$quoted\\n2025-11-27T12:39:17+00:00\\n$key" "$(text "$body" 2025-11-27T12:39:17+00:00 | hex)"
    emit 'secret in quotes' secret.quoted "$rule" "$(text "$body" $stamp | hex "'$secret'")"
done
