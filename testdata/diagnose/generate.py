"""Broken requests as Python makes them: one JSON object a line."""
import base64
import datetime
import hashlib
import hmac
import json
import os
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
REQUESTS = json.load(open(os.path.join(HERE, "requests.json"), encoding="utf-8"))
KEY, SECRET, HOST = "pk_test_0123456789", "sk_test_do_not_use_in_production", "project.example"


def sha256(secret, text):
    return hmac.new(secret, text, hashlib.sha256)


def emit(name, r, body=None, method="POST", path=None, stamp=None, key=KEY, sep="\n", parts=None, tail="", secret=SECRET,
         signer=None, digest=None, tool="", deviations=()):
    raw = r["body"] if body is None else body
    if tool and raw == r["body"]:
        return
    five = [method, path or r["target"], raw, stamp if stamp is not None else r["timestamp"], key]
    if parts is not None:
        five = [five[i] for i in parts]
    signed = sep.join(five) + tail
    made = (digest or (lambda k, t: sha256(k, t).hexdigest()))(signer if signer is not None else secret.encode(), signed.encode())
    print(json.dumps({
        "name": r["name"] + ": " + name, "by": "python", "method": "POST", "target": r["target"], "host": HOST, "body": r["body"],
        "timestamp": r["timestamp"], "api_key": KEY, "secret": secret, "signed": signed, "signature": made, "tool": tool,
        "deviations": list(deviations)}, ensure_ascii=False))


for r in REQUESTS:
    parsed = json.loads(r["body"])
    for name, options in {
        "json.dumps": {}, "json.dumps sorted": {"sort_keys": True}, "json.dumps compact": {"separators": (",", ":")},
        "json.dumps raw": {"ensure_ascii": False}, "json.dumps compact raw": {"separators": (",", ":"), "ensure_ascii": False},
        "json.dumps compact sorted": {"separators": (",", ":"), "sort_keys": True}, "json.dumps indent 4": {"indent": 4},
        "json.dumps indent 2": {"indent": 2},
    }.items():
        emit(name, r, body=json.dumps(parsed, **options), tool="python")
    emit("json.dumps and milliseconds", r, body=json.dumps(parsed), tool="python",
         stamp=r["timestamp"] + "000", deviations=["timestamp.milliseconds"]) if r["timestamp"].isdigit() else None
    emit("json.dumps and the URL", r, body=json.dumps(parsed), tool="python", path="https://" + HOST + r["target"], deviations=["path.url"])

for r in (REQUESTS[1], REQUESTS[3]):
    at = datetime.datetime.fromtimestamp(int(r["timestamp"]), datetime.timezone.utc)
    emit("isoformat", r, stamp=at.isoformat(), deviations=["timestamp.iso_offset"])
    emit("isoformat of a naive time", r, stamp=at.replace(tzinfo=None).isoformat(), deviations=["timestamp.iso_zoneless"])
    emit("str(datetime)", r, stamp=str(at.replace(tzinfo=None)), deviations=["timestamp.other_form"])
    emit("str(time.time())", r, stamp=str(float(r["timestamp"])), deviations=["timestamp.fraction"])
    emit("the body's timestamp", r, stamp=json.loads(r["body"])["timestamp"], deviations=["timestamp.body"])
    emit("a zone counted twice", r, stamp=str(int(r["timestamp"]) + 5 * 3600), deviations=["timestamp.zone"])
    emit("urlencode", r, body=urllib.parse.urlencode(json.loads(r["body"])), deviations=["body.form", "body.number_form"])
    emit("str.format without the slash", r, path=r["target"][1:], deviations=["path.leading_slash"])
    emit("rstrip and slash", r, path=r["target"] + "/", deviations=["path.trailing_slash"])
    emit("blueprint's path", r, path="/" + r["target"].split("/", 2)[2], deviations=["path.prefix"])
    emit("host and path", r, path=HOST + r["target"], deviations=["path.host"])
    emit("quote(safe='')", r, path=urllib.parse.quote(r["target"], safe=""), deviations=["path.encoded"])
    emit("hashlib over the body", r, body=hashlib.sha256(r["body"].encode()).hexdigest(), deviations=["body.hashed"])
    emit("base64 over the body", r, body=base64.b64encode(r["body"].encode()).decode(), deviations=["body.base64"])
    emit("file with a line feed", r, body=r["body"] + "\n", deviations=["body.line_feed_added"])
    emit("utf-8-sig", r, body="\ufeff" + r["body"], deviations=["body.bom"])
    emit("secret read with its line feed", r, signer=SECRET.encode() + b"\n", deviations=["secret.line_feed"])
    emit("secret in quotes", r, signer=b'"' + SECRET.encode() + b'"', deviations=["secret.quoted"])
    emit("secret with a space", r, signer=SECRET.encode() + b" ", deviations=["secret.space"])
    emit("key for the secret", r, signer=KEY.encode(), deviations=["secret.is_key"])
    emit("exchanged", r, signer=KEY.encode(), key=SECRET, deviations=["credentials.exchanged"])
    b64 = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    emit("b64decode(secret)", r, secret=b64, signer=base64.b64decode(b64), deviations=["secret.base64_decoded"])
    padded = SECRET + " "
    emit("strip() of a secret with a space", r, secret=padded, signer=padded.strip().encode(), deviations=["secret.trimmed"])
    emit("key with a space", r, key=KEY + " ", deviations=["key.space"])
    emit("key with its line feed", r, key=KEY + "\n", deviations=["key.line_feed"])
    emit("key in quotes", r, key='"' + KEY + '"', deviations=["key.quoted"])
    emit("b64encode(digest)", r, digest=lambda k, t: base64.b64encode(sha256(k, t).digest()).decode(), deviations=["digest.base64"])
    emit("urlsafe_b64encode", r, digest=lambda k, t: base64.urlsafe_b64encode(sha256(k, t).digest()).decode().rstrip("="),
         deviations=["digest.base64url"] if set("-_") & set(base64.urlsafe_b64encode(sha256(SECRET.encode(), "\n".join(
             ["POST", r["target"], r["body"], r["timestamp"], KEY]).encode()).digest()).decode()) else ["digest.base64"])
    emit("b64encode(hexdigest)", r, digest=lambda k, t: base64.b64encode(sha256(k, t).hexdigest().encode()).decode(),
         deviations=["digest.base64_of_hex"])
    emit("sha512", r, digest=lambda k, t: hmac.new(k, t, hashlib.sha512).hexdigest(), deviations=["digest.sha512"])
    emit("sha256 of the string alone", r, digest=lambda k, t: hashlib.sha256(t).hexdigest(), deviations=["digest.no_secret"])
    emit("of the string's hash", r, digest=lambda k, t: sha256(k, hashlib.sha256(t).hexdigest().encode()).hexdigest(),
         deviations=["digest.hashed_first"])
    for text, code in (("|", "pipe"), (":", "colon"), (".", "dot"), ("\r\n", "crlf"), (" \n", "space_line_feed"),
                       ("\\\n", "backslash_line_feed"), ("&", "ampersand")):
        emit("'%s'.join" % text.encode("unicode_escape").decode(), r, sep=text, deviations=["separator." + code])
    for parts, code in (((0, 1, 2, 3), "no_key"), ((0, 1, 2, 4), "no_timestamp"), ((1, 2, 3, 4), "no_method"), ((0, 1, 3, 4), "no_body"),
                        ((0, 1, 3, 2, 4), "order"), ((3, 0, 1, 2, 4), "order"), ((4, 3, 0, 1, 2), "order")):
        emit("parts %s" % (parts,), r, parts=parts, deviations=["parts." + code])
