// Broken requests as JavaScript makes them: one JSON object a line.
const fs = require("fs");
const crypto = require("crypto");
const requests = JSON.parse(fs.readFileSync(__dirname + "/requests.json", "utf8"));
const key = "pk_test_0123456789";
const plainSecret = "sk_test_do_not_use_in_production";
const host = "project.example";

function emit(name, r, o) {
  const method = o.method ?? "POST", path = o.path ?? r.target, body = o.body ?? r.body;
  const stamp = o.stamp ?? r.timestamp, sep = o.sep ?? "\n";
  const signed = o.signed ?? [method, path, body, stamp, o.key ?? key].join(sep) + (o.tail ?? "");
  const signature = (o.digest ?? ((s) => crypto.createHmac("sha256", o.signer ?? o.secret ?? plainSecret).update(s).digest("hex")))(signed);
  if (o.tool && body === r.body) return; // the serialiser changed nothing
  console.log(JSON.stringify({
    name: `${r.name}: ${name}`, by: "javascript", method: "POST", target: (o.target ?? r.target), host, body: r.body,
    timestamp: r.timestamp, api_key: key, secret: o.secret ?? plainSecret, signed, signature, tool: o.tool ?? "", deviations: o.deviations ?? [],
  }));
}

const hmac = (algorithm, encoding) => (s) => crypto.createHmac(algorithm, plainSecret).update(s).digest(encoding);
for (const r of requests) {
  const parsed = JSON.parse(r.body);
  const tool = "javascript";
  emit("JSON.stringify", r, { body: JSON.stringify(parsed), tool });
  emit("JSON.stringify with 2 spaces", r, { body: JSON.stringify(parsed, null, 2), tool });
  emit("JSON.stringify with 4 spaces", r, { body: JSON.stringify(parsed, null, 4), tool });
  emit("JSON.stringify, sorted", r, { body: JSON.stringify(parsed, Object.keys(parsed).sort()), tool });
  emit("JSON.stringify and a small method", r, { body: JSON.stringify(parsed), method: "post", tool, deviations: ["method.case"] });
  emit("JSON.stringify and base64", r, { body: JSON.stringify(parsed), digest: hmac("sha256", "base64"), tool, deviations: ["digest.base64"] });
}
for (const r of [requests[1], requests[3], requests[0]]) {
  const seconds = Number(r.timestamp);
  const form = new URLSearchParams(JSON.parse(r.body)).toString();
  const ms = (n) => new Date(seconds * 1000 + n);
  emit("small method", r, { method: "post", deviations: ["method.case"] });
  emit("Date.now()", r, { stamp: String(ms(281).getTime()), deviations: r.body.includes("17.281") ? ["timestamp.body"] : ["timestamp.milliseconds"] });
  emit("getTime() of whole seconds", r, { stamp: String(ms(0).getTime()), deviations: ["timestamp.milliseconds"] });
  emit("Date.now() of its own", r, { stamp: String(ms(637).getTime()), deviations: ["timestamp.milliseconds"] });
  emit("toISOString()", r, { stamp: ms(0).toISOString(), deviations: ["timestamp.iso_fraction"] });
  emit("toISOString() of its own", r, { stamp: ms(905).toISOString(), deviations: ["timestamp.iso_fraction"] });
  emit("asked twice", r, { stamp: String(seconds + 1), deviations: ["timestamp.other_moment"] });
  emit("url.href", r, { path: new URL(r.target, "https://" + host).href, deviations: ["path.url"] });
  emit("originalUrl", r, { path: r.target + "?lang=ru", target: r.target + "?lang=ru", deviations: ["path.query"] });
  emit("encodeURIComponent", r, { path: encodeURIComponent(r.target), deviations: ["path.encoded"] });
  emit("String(object)", r, { body: String({}), deviations: ["body.stringified"] });
  emit("JSON.stringify of the text", r, { body: JSON.stringify(r.body), deviations: ["body.quoted"] });
  emit("no body", r, { body: "", deviations: ["body.empty"] });
  emit("empty object", r, { body: "{}", deviations: ["body.empty_object"] });
  emit("URLSearchParams", r, { body: form, deviations: r.body.includes(".00") ? ["body.form", "body.number_form"] : ["body.form"] });
  emit("upper case", r, { digest: (s) => hmac("sha256", "hex")(s).toUpperCase(), deviations: ["digest.upper_case"] });
  emit("base64", r, { digest: hmac("sha256", "base64"), deviations: ["digest.base64"] });
  emit("sha1", r, { digest: hmac("sha1", "hex"), deviations: ["digest.sha1"] });
  emit("sha512", r, { digest: hmac("sha512", "hex"), deviations: ["digest.sha512"] });
  emit("createHash(secret + string)", r, { digest: (s) => crypto.createHash("sha256").update(plainSecret + s).digest("hex"), deviations: ["digest.plain_secret_first"] });
  emit("createHash(string + secret)", r, { digest: (s) => crypto.createHash("sha256").update(s + plainSecret).digest("hex"), deviations: ["digest.plain_secret_last"] });
  emit("arguments exchanged", r, { digest: (s) => crypto.createHmac("sha256", s).update(plainSecret).digest("hex"), deviations: ["digest.arguments_exchanged"] });
  emit("prefixed", r, { digest: (s) => "sha256=" + hmac("sha256", "hex")(s), deviations: ["digest.prefixed"] });
  emit("slice(0, 32)", r, { digest: (s) => hmac("sha256", "hex")(s).slice(0, 32), deviations: ["digest.truncated"] });
  emit("join('')", r, { sep: "", deviations: ["separator.none"] });
  emit("join('\\\\n')", r, { sep: "\\n", deviations: ["separator.literal"] });
  emit("trailing", r, { tail: "\n", deviations: ["separator.trailing"] });
  const hexSecret = crypto.createHash("sha256").update("a").digest("hex");
  emit("Buffer.from(secret, 'hex')", r, { secret: hexSecret, signer: Buffer.from(hexSecret, "hex"), deviations: ["secret.hex_decoded"] });
  emit("`${undefined}`", r, { signer: `${undefined}`, deviations: ["secret.stringified"] });
  emit("lost environment", r, { signer: process.env.NO_SUCH_SECRET || "", deviations: ["secret.empty"] });
}
