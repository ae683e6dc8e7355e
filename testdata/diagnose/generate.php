<?php
// Broken requests as PHP makes them: one JSON object a line.
const KEY = 'pk_test_0123456789';
const SECRET = 'sk_test_do_not_use_in_production';
const HOST = 'project.example';
$requests = json_decode(file_get_contents(__DIR__ . '/requests.json'), true);

function emit($name, $r, $o)
{
    $body = $o['body'] ?? $r['body'];
    if (isset($o['tool']) && $body === $r['body']) {
        return;
    }
    $signed = implode($o['sep'] ?? "\n", [$o['method'] ?? 'POST', $o['path'] ?? $r['target'], $body, $o['stamp'] ?? $r['timestamp'], KEY]) . ($o['tail'] ?? '');
    $made = isset($o['digest']) ? $o['digest']($signed) : hash_hmac('sha256', $signed, $o['signer'] ?? SECRET);
    echo json_encode([
        'name' => $r['name'] . ': ' . $name, 'by' => 'php', 'method' => 'POST', 'target' => $r['target'], 'host' => HOST, 'body' => $r['body'],
        'timestamp' => $r['timestamp'], 'api_key' => KEY, 'secret' => SECRET, 'signed' => $signed, 'signature' => $made,
        'tool' => $o['tool'] ?? '', 'deviations' => $o['deviations'] ?? [],
    ]), "\n";
}

foreach ($requests as $r) {
    $parsed = json_decode($r['body']);
    foreach ([
        'json_encode' => 0, 'json_encode, plain slashes' => JSON_UNESCAPED_SLASHES, 'json_encode, plain unicode' => JSON_UNESCAPED_UNICODE,
        'json_encode, both plain' => JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE, 'json_encode, zero fraction' => JSON_PRESERVE_ZERO_FRACTION,
        'json_encode, pretty' => JSON_PRETTY_PRINT,
    ] as $name => $flags) {
        emit($name, $r, ['body' => json_encode($parsed, $flags), 'tool' => 'php']);
    }
    emit('json_encode and base64', $r, ['body' => json_encode($parsed), 'tool' => 'php', 'deviations' => ['digest.base64'],
        'digest' => fn ($s) => base64_encode(hash_hmac('sha256', $s, SECRET, true))]);
}
foreach ([$requests[1], $requests[3]] as $r) {
    $parsed = json_decode($r['body'], true);
    emit('number_format', $r, ['body' => preg_replace_callback('/"amount":([\d.]+)/', fn ($m) => '"amount":"' . number_format((float) $m[1], 2, '.', '') . '"', $r['body']), 'deviations' => ['body.number_form']]);
    emit('http_build_query', $r, ['body' => http_build_query($parsed), 'deviations' => ['body.form', 'body.number_form']]);
    emit('the wrong quotes', $r, ['sep' => '\n', 'deviations' => ['separator.literal']]);
    emit('PHP_EOL on Windows', $r, ['sep' => "\r\n", 'deviations' => ['separator.crlf']]);
    emit('a dot for the operator', $r, ['sep' => '', 'deviations' => ['separator.none']]);
    emit('an empty php://input', $r, ['body' => '', 'deviations' => ['body.empty']]);
    emit('an array as text', $r, ['body' => 'Array', 'deviations' => ['body.stringified']]);
    emit('json_encode of false', $r, ['body' => 'null', 'deviations' => ['body.stringified']]);
    emit('md5 of the body', $r, ['body' => md5($r['body']), 'deviations' => ['body.hashed']]);
    emit('microtime', $r, ['stamp' => (string) ((int) $r['timestamp'] * 1000), 'deviations' => ['timestamp.milliseconds']]);
    emit('date c', $r, ['stamp' => gmdate('c', (int) $r['timestamp']), 'deviations' => ['timestamp.iso_offset']]);
    emit('date Y-m-d H:i:s', $r, ['stamp' => gmdate('Y-m-d H:i:s', (int) $r['timestamp']), 'deviations' => ['timestamp.other_form']]);
    emit('REQUEST_URI behind a mount', $r, ['path' => substr($r['target'], 4), 'deviations' => ['path.prefix']]);
    emit('strtolower', $r, ['method' => strtolower('POST'), 'deviations' => ['method.case']]);
    emit('base64 of hex', $r, ['digest' => fn ($s) => base64_encode(hash_hmac('sha256', $s, SECRET)), 'deviations' => ['digest.base64_of_hex']]);
    emit('hash(string . secret)', $r, ['digest' => fn ($s) => hash('sha256', $s . SECRET), 'deviations' => ['digest.plain_secret_last']]);
    emit('arguments exchanged', $r, ['digest' => fn ($s) => hash_hmac('sha256', SECRET, $s), 'deviations' => ['digest.arguments_exchanged']]);
    emit('sha1', $r, ['digest' => fn ($s) => hash_hmac('sha1', $s, SECRET), 'deviations' => ['digest.sha1']]);
    emit('file() of the secret', $r, ['signer' => SECRET . "\n", 'deviations' => ['secret.line_feed']]);
}
