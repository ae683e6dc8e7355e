package diagnose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// A vault holds the secrets that the search hashes with, each once. Variants
// name them by index, so that none stands where it could be printed.
type vault struct {
	secrets [][]byte
	known   map[string]int
}

func (v *vault) put(secret []byte) int {
	if at, ok := v.known[string(secret)]; ok {
		return at
	}
	v.known[string(secret)] = len(v.secrets)
	v.secrets = append(v.secrets, secret)
	return len(v.secrets) - 1
}

// credentialVariants lists the ways in which key and secret go wrong, alone and
// together. The previous secret is as good as the current one.
func credentialVariants(s Secrets, sent string, v *vault, depth int, room *int) dimension {
	d := dimension{part: PartCredentials}
	keys := composer{operations: keyOperations(s, sent), room: room}
	secrets := composer{operations: secretOperations(s), room: room}
	keyVariants, secretVariants := keys.compose([]byte(s.APIKey), depth), secrets.compose(s.Current, depth)
	if len(s.Previous) > 0 {
		d.add(variant{text: []byte(s.APIKey), secret: v.put(s.Current)})
		d.add(variant{text: []byte(s.APIKey), secret: v.put(s.Previous)})
		secretVariants = append(secretVariants, variant{text: s.Previous, weight: 1})
	}
	for _, secret := range secretVariants {
		for _, key := range keyVariants {
			if key.cost+secret.cost > depth || (key.cost == 0 && secret.cost == 0 && len(s.Previous) > 0) {
				continue
			}
			d.add(variant{
				text: key.text, secret: v.put(secret.text), cost: key.cost + secret.cost, weight: key.weight + secret.weight,
				deviations: append(append([]string{}, secret.deviations...), key.deviations...),
			})
		}
	}
	d.add(variant{text: s.Current, secret: v.put([]byte(s.APIKey)), deviations: []string{"credentials.exchanged"}, cost: 1})
	for _, other := range s.Others {
		if other.APIKey != "" && len(other.Secret) > 0 && (other.APIKey != s.APIKey && !bytes.Equal(other.Secret, s.Current)) {
			d.add(variant{
				text: []byte(other.APIKey), secret: v.put(other.Secret), deviations: []string{"credentials.other_profile"}, cost: 1,
			})
		}
	}
	return d
}

// keyOperations lists what happens to a key on its way out of a file.
func keyOperations(s Secrets, sent string) []operation {
	ops := textOperations("key.")
	if sent != "" && sent != s.APIKey {
		ops = append([]operation{whole("key.as_sent", func([]byte) []byte { return []byte(sent) })}, ops...)
	}
	for _, other := range s.Others {
		if other.APIKey != "" {
			ops = append(ops, whole("key.other_profile", func([]byte) []byte { return []byte(other.APIKey) }))
		}
	}
	return append(ops,
		whole("key.case", bytes.ToLower), whole("key.case", bytes.ToUpper),
		whole("key.is_secret", func([]byte) []byte { return s.Current }))
}

// secretOperations lists what happens to a secret, and what is taken for one.
func secretOperations(s Secrets) []operation {
	decoded := func(name string, decode func(string) ([]byte, error)) operation {
		return whole(name, func(b []byte) []byte {
			plain, err := decode(string(b))
			if err != nil || len(plain) == 0 {
				return b
			}
			return plain
		})
	}
	encoded := func(name string, encode func([]byte) string) operation {
		return whole(name, func(b []byte) []byte { return []byte(encode(b)) })
	}
	ops := append([]operation{
		whole("secret.line_feed", func(b []byte) []byte { return append(bytes.Clone(b), '\n') }),
	}, textOperations("secret.")...)
	ops = append(ops,
		decoded("secret.hex_decoded", hex.DecodeString),
		decoded("secret.base64_decoded", decodeBase64),
		whole("secret.empty", func([]byte) []byte { return []byte{} }),
		whole("secret.is_key", func([]byte) []byte { return []byte(s.APIKey) }),
		encoded("secret.base64_encoded", base64.StdEncoding.EncodeToString),
		encoded("secret.hex_encoded", hex.EncodeToString),
		whole("secret.case", bytes.ToLower), whole("secret.case", bytes.ToUpper),
	)
	for _, other := range s.Others {
		if len(other.Secret) > 0 {
			ops = append(ops, whole("secret.other_profile", func([]byte) []byte { return other.Secret }))
		}
	}
	for _, nothing := range []string{"undefined", "null", "None"} {
		ops = append(ops, whole("secret.stringified", func([]byte) []byte { return []byte(nothing) }))
	}
	return ops
}

// textOperations lists what happens to any text that is copied, quoted and put
// into a file.
func textOperations(prefix string) []operation {
	around := func(name, before, after string) operation {
		return whole(prefix+name, func(b []byte) []byte {
			return append(append([]byte(before), b...), after...)
		})
	}
	ops := []operation{
		whole(prefix+"trimmed", func(b []byte) []byte { return append([]byte{}, bytes.TrimSpace(b)...) }),
		around("line_feed", "", "\n"), around("space", "", " "), around("quoted", `"`, `"`), around("quoted", "'", "'"),
		around("space", " ", ""), around("carriage_return", "", "\r"), around("line_feed", "", "\r\n"), around("bom", "\ufeff", ""),
		whole(prefix+"unquoted", func(b []byte) []byte {
			if text, err := strconv.Unquote(string(b)); err == nil {
				return []byte(text)
			}
			return append([]byte{}, bytes.Trim(b, `"'`)...)
		}),
	}
	if prefix == "secret." {
		return ops
	}
	return append(ops, whole(prefix+"empty", func([]byte) []byte { return []byte{} }))
}

// decodeBase64 reads either alphabet, with padding or without.
func decodeBase64(text string) ([]byte, error) {
	text = strings.TrimRight(text, "=")
	if strings.ContainsAny(text, "-_") {
		return base64.RawURLEncoding.DecodeString(text)
	}
	return base64.RawStdEncoding.DecodeString(text)
}

// mask blots out every secret in a text that is going to be shown, in each form
// in which the search used it. An API key may be shown, unless it is the secret.
func (s Secrets) mask(text []byte) []byte {
	secrets := [][]byte{s.Current, s.Previous}
	for _, other := range s.Others {
		secrets = append(secrets, other.Secret)
	}
	for _, secret := range secrets {
		for _, form := range [][]byte{
			secret, bytes.TrimSpace(secret), bytes.Trim(bytes.TrimSpace(secret), `"'`), bytes.ToLower(secret), bytes.ToUpper(secret),
			[]byte(hex.EncodeToString(secret)), []byte(base64.StdEncoding.EncodeToString(secret)),
			[]byte(base64.RawURLEncoding.EncodeToString(secret)),
		} {
			if len(form) > 0 {
				text = bytes.ReplaceAll(text, form, []byte(hidden))
			}
		}
	}
	return text
}
