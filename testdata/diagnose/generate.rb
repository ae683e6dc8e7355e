# Broken requests as Ruby makes them: one JSON object a line.
require "json"
require "openssl"
require "base64"
require "bigdecimal"
require "time"

REQUESTS = JSON.parse(File.read(File.join(__dir__, "requests.json"), encoding: "utf-8"))
KEY = "pk_test_0123456789"
SECRET = "sk_test_do_not_use_in_production"
HOST = "project.example"

def emit(name, r, o = {})
  body = o[:body] || r["body"]
  return if o[:tool] && body == r["body"]
  signed = [o[:method] || "POST", o[:path] || r["target"], body, o[:stamp] || r["timestamp"], o[:key] || KEY].join(o[:sep] || "\n") + (o[:tail] || "")
  made = o[:digest] ? o[:digest].call(signed) : OpenSSL::HMAC.hexdigest("SHA256", o[:signer] || SECRET, signed)
  puts JSON.generate({ name: r["name"] + ": " + name, by: "ruby", method: "POST", target: r["target"], host: HOST, body: r["body"],
                       timestamp: r["timestamp"], api_key: KEY, secret: SECRET, signed: signed, signature: made,
                       tool: o[:tool] || "", deviations: o[:deviations] || [] })
end

REQUESTS.each do |r|
  parsed = JSON.parse(r["body"])
  emit("to_json", r, body: parsed.to_json, tool: "ruby")
  emit("pretty_generate", r, body: JSON.pretty_generate(parsed), tool: "ruby")
  emit("sorted to_json", r, body: parsed.sort.to_h.to_json, tool: "ruby")
  emit("to_json and :post", r, body: parsed.to_json, method: :post.to_s, tool: "ruby", deviations: ["method.case"])
  emit("to_json and a secret with its line feed", r, body: parsed.to_json, signer: SECRET + "\n", tool: "ruby", deviations: ["secret.line_feed"])
end
REQUESTS.values_at(1, 3).each do |r|
  parsed = JSON.parse(r["body"], decimal_class: BigDecimal)
  at = Time.at(r["timestamp"].to_i).utc
  big = r["body"].sub(/"amount":[\d.]+/) { %("amount":"#{parsed["amount"]}") }
  emit("BigDecimal#to_s", r, body: big, deviations: ["body.number_form"])
  emit("BigDecimal to F", r, body: r["body"].sub(/"amount":[\d.]+/) { %("amount":"#{parsed["amount"].to_s("F")}") }, deviations: ["body.number_form"])
  emit("to_i", r, body: r["body"].sub(/"amount":[\d.]+/) { %("amount":#{parsed["amount"].to_i}) }, deviations: ["body.number_form"])
  emit("comma", r, body: r["body"].sub(/("amount":\d+)\./, '\1,'), deviations: ["body.number_form"])
  emit("inspect", r, body: r["body"].to_json, deviations: ["body.quoted"])
  emit("chomp of a longer text", r, body: r["body"] + "\r\n", deviations: ["body.crlf_added"])
  emit("iso8601", r, stamp: at.iso8601, deviations: ["timestamp.iso_z"])
  emit("iso8601(3)", r, stamp: at.iso8601(3), deviations: ["timestamp.iso_fraction"])
  emit("to_s", r, stamp: at.to_s, deviations: ["timestamp.other_form"])
  emit("localtime", r, stamp: at.getlocal("+05:00").iso8601, deviations: ["timestamp.zone"])
  emit("httpdate", r, stamp: at.httpdate, deviations: ["timestamp.other_form"])
  emit("capitalize", r, method: "Post", deviations: ["method.case"])
  emit("single quotes", r, sep: '\n', deviations: ["separator.literal"])
  emit("heredoc", r, tail: "\n", deviations: ["separator.trailing"])
  emit("Base64.encode64", r, digest: ->(s) { Base64.encode64(OpenSSL::HMAC.digest("SHA256", SECRET, s)).strip }, deviations: ["digest.base64"])
  emit("upcase", r, digest: ->(s) { OpenSSL::HMAC.hexdigest("SHA256", SECRET, s).upcase }, deviations: ["digest.upper_case"])
  emit("arguments exchanged", r, digest: ->(s) { OpenSSL::HMAC.hexdigest("SHA256", s, SECRET) }, deviations: ["digest.arguments_exchanged"])
  emit("Digest of secret and string", r, digest: ->(s) { OpenSSL::Digest::SHA256.hexdigest(SECRET + s) }, deviations: ["digest.plain_secret_first"])
  emit("fullpath", r, path: "http://" + HOST + r["target"], deviations: ["path.url"])
end
