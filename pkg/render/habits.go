package render

import (
	"slices"
	"strings"

	"github.com/raisboy/raisboy/pkg/sign/diagnose"
)

// A habit is the line of code that usually makes a deviation, and the one that
// should stand there. Code reads the same in every language of people.
type habit struct{ does, mend string }

// maxHabits bounds how many languages are quoted for one change.
const maxHabits = 4

// habitsOf quotes the code behind a change: of the tools whose output it is, or
// of what commonly goes wrong in that place.
func habitsOf(c diagnose.Change) []habit {
	var all []habit
	for _, tool := range c.Tools {
		all = append(all, serialiser(tool))
	}
	if len(all) == 0 && len(c.Deviations) > 0 {
		all = idioms(c.Deviations[0])
	}
	all = slices.DeleteFunc(all, func(h habit) bool { return h.does == "" })
	return all[:min(len(all), maxHabits)]
}

// serialiser quotes a language's own way to write JSON again.
func serialiser(tool diagnose.Tool) habit {
	switch tool {
	case diagnose.ToolJavaScript:
		return habit{"JavaScript: JSON.stringify(req.body)", "express.json({verify: (req, _, raw) => { req.raw = raw }}), then req.raw"}
	case diagnose.ToolPython:
		return habit{"Python: json.dumps(data)", "body = json.dumps(data).encode(); sign(body); requests.post(url, data=body); on receipt request.get_data()"}
	case diagnose.ToolRuby:
		return habit{"Ruby: params.to_json", "body = payload.to_json; sign(body); http.post(path, body); on receipt request.raw_post"}
	case diagnose.ToolRails:
		return habit{"Rails: hash.to_json (escapes < > &)", "request.raw_post; for sending JSON.generate once"}
	case diagnose.ToolPHP:
		return habit{"PHP: json_encode($data)", "$body = json_encode($data); sign($body); CURLOPT_POSTFIELDS => $body; on receipt file_get_contents('php://input')"}
	case diagnose.ToolGo:
		return habit{"Go: json.Marshal(v)", "body, err := json.Marshal(v); sign(body); http.NewRequest(method, url, bytes.NewReader(body)); on receipt io.ReadAll(r.Body)"}
	case diagnose.ToolJava:
		return habit{"Java: new ObjectMapper().writeValueAsString(o)", "byte[] body = mapper.writeValueAsBytes(o); sign(body); BodyPublishers.ofByteArray(body)"}
	case diagnose.ToolGson:
		return habit{"Java: new Gson().toJson(o)", "byte[] body = gson.toJson(o).getBytes(UTF_8); sign(body); BodyPublishers.ofByteArray(body)"}
	case diagnose.ToolCSharp:
		return habit{"C#: JsonSerializer.Serialize(o)", "var body = JsonSerializer.SerializeToUtf8Bytes(o); Sign(body); new ByteArrayContent(body)"}
	}
	return habit{}
}

// capitals is the deviation of a method in small letters. It is put together
// because a literal like it would be taken for a key of the catalog.
const capitals = string(diagnose.PartMethod) + ".case"

// idioms quotes what commonly makes a deviation that no serialiser makes.
func idioms(code string) []habit {
	switch code {
	case "body.number_form":
		return []habit{
			{"Python: float(amount); Ruby: amount.to_f, BigDecimal#to_s", `"%.2f" % amount, written into the body once`},
			{"PHP: (float) $amount; JavaScript: Number(amount)", "number_format($amount, 2, '.', ''); amount.toFixed(2)"},
		}
	case "body.line_feed_added", "body.line_feed_lost", "body.crlf_added":
		return []habit{{"shell: echo \"$body\", curl --data @file", "printf %s \"$body\", curl --data-binary @file"}}
	case "body.form":
		return []habit{{"PHP: http_build_query($data); Python: requests.post(url, data=dict)", "CURLOPT_POSTFIELDS => $json; requests.post(url, data=body_bytes)"}}
	case "body.empty":
		return []habit{{"PHP: $_POST; Ruby: request.body.read twice; Go: r.Body read twice", "file_get_contents('php://input'); request.raw_post; keep the bytes of io.ReadAll"}}
	case "body.stringified":
		return []habit{{"JavaScript: `${req.body}`; PHP: (string) $data", "req.raw; file_get_contents('php://input')"}}
	case "timestamp.milliseconds":
		return []habit{
			{"JavaScript: Date.now()", "Math.floor(Date.now() / 1000)"},
			{"Java: System.currentTimeMillis(); Go: time.Now().UnixMilli()", "Instant.now().getEpochSecond(); time.Now().Unix()"},
		}
	case "timestamp.fraction":
		return []habit{{"Python: str(time.time()); PHP: microtime(true)", "str(int(time.time())); (string) time()"}}
	case "timestamp.iso_zoneless", "timestamp.other_form":
		return []habit{{"Python: str(datetime.utcnow()); PHP: date('Y-m-d H:i:s'); Ruby: Time.now.to_s", "datetime.now(timezone.utc).isoformat(); date('c'); Time.now.utc.iso8601"}}
	case "path.url", "path.host":
		return []habit{{"JavaScript: url.href; Ruby: request.url; Go: r.URL.String()", "url.pathname; request.path; r.URL.EscapedPath()"}}
	case "path.query":
		return []habit{{"JavaScript: req.originalUrl; PHP: $_SERVER['REQUEST_URI']; Ruby: request.fullpath", "req.originalUrl.split('?')[0]; strtok($uri, '?'); request.path"}}
	case "path.prefix":
		return []habit{{"JavaScript: req.url in a router; Ruby: env['PATH_INFO']; Java: getServletPath()", "req.originalUrl; env['SCRIPT_NAME'] + env['PATH_INFO']; getRequestURI()"}}
	case capitals:
		return []habit{{"Ruby: :post.to_s; JavaScript: config.method", "request.request_method; config.method.toUpperCase()"}}
	case "separator.literal":
		return []habit{{`PHP, Ruby: '\n' in single quotes; shell: "\n"`, `"\n" in double quotes; printf '%s\n'`}}
	case "separator.crlf":
		return []habit{{"PHP: PHP_EOL; Java: System.lineSeparator(); C#: Environment.NewLine", `"\n"`}}
	case "separator.trailing":
		return []habit{{"shell: echo; Ruby: <<~TEXT; Go: fmt.Sprintln", "printf %s; [method, path, body, stamp, key].join(\"\\n\"); strings.Join"}}
	}
	return append(credentialIdioms(code), digestIdioms(code)...)
}

func credentialIdioms(code string) []habit {
	switch code {
	case "secret.line_feed", "key.line_feed", "secret.carriage_return":
		return []habit{{"Ruby: File.read(path); Python: open(path).read(); PHP: file_get_contents($path)", "File.read(path).chomp; open(path).read().rstrip(\"\\r\\n\"); rtrim(file_get_contents($path), \"\\r\\n\")"}}
	case "secret.hex_decoded":
		return []habit{{"JavaScript: Buffer.from(secret, 'hex'); PHP: hex2bin($secret)", "the secret's text as it is"}}
	case "secret.base64_decoded":
		return []habit{{"Python: base64.b64decode(secret); Go: base64.StdEncoding.DecodeString(secret)", "secret.encode(); []byte(secret)"}}
	case "secret.stringified", "secret.empty":
		return []habit{{"JavaScript: `${process.env.SECRET}`; Python: os.environ.get('SECRET', '')", "stop at the start if the variable is not set"}}
	}
	return nil
}

func digestIdioms(code string) []habit {
	switch code {
	case "digest.upper_case":
		return []habit{{"C#: Convert.ToHexString(hash); Java: String.format(\"%02X\", b)", "Convert.ToHexStringLower(hash); HexFormat.of().formatHex(hash)"}}
	case "digest.base64", "digest.base64url":
		return []habit{{"JavaScript: .digest('base64'); Python: base64.b64encode(mac.digest())", ".digest('hex'); mac.hexdigest()"}}
	case "digest.base64_of_hex":
		return []habit{{"PHP: base64_encode(hash_hmac('sha256', $string, $secret))", "hash_hmac('sha256', $string, $secret)"}}
	case "digest.arguments_exchanged":
		return []habit{{"PHP: hash_hmac('sha256', $secret, $string); Ruby: OpenSSL::HMAC.hexdigest('SHA256', string, secret)", "hash_hmac('sha256', $string, $secret); OpenSSL::HMAC.hexdigest('SHA256', secret, string)"}}
	}
	if strings.HasPrefix(code, "digest.plain_") || code == "digest.no_secret" {
		return []habit{{"PHP: hash('sha256', $secret . $string); Python: hashlib.sha256(...)", "hash_hmac('sha256', $string, $secret); hmac.new(secret, string, hashlib.sha256)"}}
	}
	return nil
}
