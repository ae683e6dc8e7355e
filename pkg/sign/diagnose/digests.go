package diagnose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// An algorithm makes a digest of secret and string.
type algorithm uint8

const (
	hmacSHA256 algorithm = iota // the rule
	hmacSHA1
	hmacSHA512
	plainSecretFirst   // SHA-256 of secret+string
	plainSecretLast    // SHA-256 of string+secret
	hmacExchanged      // HMAC-SHA256 with the string for its key
	hmacOfHash         // HMAC-SHA256 of the string's SHA-256, in hex
	hmacTwice          // SHA-256 in hex of the HMAC's hex
	plainNoSecret      // SHA-256 of the string alone
	plainSHA512First   // SHA-512 of secret+string
	hmacOfBase64       // HMAC-SHA256 of the string in base64
	plainSecretBetween // SHA-256 of string, separator, secret
	algorithmCount
)

// size is the length of the algorithm's digest in bytes.
func (a algorithm) size() int {
	switch a {
	case hmacSHA1:
		return 20
	case hmacSHA512, plainSHA512First:
		return 64
	default: // all others end in SHA-256
	}
	return 32
}

// deviation names the algorithm; "" for the rule's.
func (a algorithm) deviation() string {
	switch a {
	case hmacSHA1:
		return "digest.sha1"
	case hmacSHA512:
		return "digest.sha512"
	case plainSecretFirst, plainSHA512First:
		return "digest.plain_secret_first"
	case plainSecretLast, plainSecretBetween:
		return "digest.plain_secret_last"
	case hmacExchanged:
		return "digest.arguments_exchanged"
	case hmacOfHash:
		return "digest.hashed_first"
	case hmacTwice:
		return "digest.hashed_twice"
	case plainNoSecret:
		return "digest.no_secret"
	case hmacOfBase64:
		return "digest.base64_first"
	case hmacSHA256, algorithmCount:
	}
	return ""
}

// A digest says what a candidate's hash must be.
type digest struct {
	algorithm algorithm
	want      []byte // the first bytes of it
	half      bool   // and then four bits more: an odd number of hex digits
	nibble    byte   // those, in the upper half
}

// matches compares the beginning of a sum. A branch on it tells nobody anything:
// what is compared is the caller's own.
func (d *digest) matches(sum []byte) bool {
	n := len(d.want)
	return len(sum) >= n && bytes.Equal(sum[:n], d.want) && (!d.half || sum[n]&0xf0 == d.nibble)
}

// minDigest is the least that must be left of a truncated digest, in bytes:
// among a billion candidates fewer would sometimes agree by chance.
const minDigest = 10

// A reading is one way to understand the given signature.
type reading struct {
	want       []byte
	half       bool
	nibble     byte
	deviations []string
}

// digestVariants lists the algorithms that can have made the given signature,
// for each way to read it. Nothing: it has not the form of a digest.
func digestVariants(signature string) dimension {
	d := dimension{part: PartDigest}
	for i, r := range readSignature(signature) {
		for algorithm := range algorithmCount {
			have := len(r.want)
			if r.half {
				have++
			}
			if algorithm.size() < have || have < minDigest {
				continue
			}
			v := variant{weight: 2*int(algorithm) + 40*i}
			v.digest = digest{algorithm: algorithm, want: r.want, half: r.half, nibble: r.nibble}
			v.deviations = append(v.deviations, r.deviations...)
			if name := algorithm.deviation(); name != "" {
				v.deviations = append(v.deviations, name)
			}
			if algorithm.size() > len(r.want) {
				v.deviations = append(v.deviations, "digest.truncated")
			}
			v.cost = len(v.deviations)
			d.add(v)
		}
	}
	return d
}

// readSignature reads a signature in every form in which digests are written.
func readSignature(text string) []reading {
	var all []reading
	var before []string
	if trimmed := strings.TrimSpace(text); trimmed != text {
		text, before = trimmed, append(before, "digest.space")
	}
	if trimmed := strings.Trim(text, `"'`); trimmed != text {
		text, before = trimmed, append(before, "digest.quoted")
	}
	if name, rest, found := strings.Cut(text, "="); found && isPrefix(name) {
		text, before = rest, append(before, "digest.prefixed")
	}
	if r, ok := readHex(text); ok {
		r.deviations = append(before, r.deviations...)
		return append(all, r)
	}
	for _, alphabet := range []struct {
		name    string
		base    *base64.Encoding
		foreign string
	}{{"digest.base64", base64.RawStdEncoding, "-_"}, {"digest.base64url", base64.RawURLEncoding, "+/"}} {
		raw, err := alphabet.base.Strict().DecodeString(strings.TrimRight(text, "="))
		if err != nil || strings.ContainsAny(text, alphabet.foreign) {
			continue
		}
		if alphabet.name == "digest.base64url" && !strings.ContainsAny(text, "-_") && len(all) > 0 {
			continue // nothing tells them apart
		}
		if r, ok := readHex(string(raw)); ok {
			all = append(all, reading{r.want, r.half, r.nibble, append(append([]string{}, before...), "digest.base64_of_hex")})
			continue
		}
		all = append(all, reading{want: raw, deviations: append(append([]string{}, before...), alphabet.name)})
	}
	return all
}

// isPrefix reports what other APIs put before a signature: sha256=, v1=.
func isPrefix(name string) bool {
	switch strings.ToLower(name) {
	case "sha256", "sha1", "sha512", "hmac-sha256", "hmac", "v1", "signature", "sig":
		return true
	}
	return false
}

// readHex reads hex digits, an odd number of them too.
func readHex(text string) (r reading, ok bool) {
	if upper := strings.ToUpper(text); upper == text && strings.ContainsAny(text, "ABCDEF") {
		r.deviations = []string{"digest.upper_case"}
	} else if lower := strings.ToLower(text); lower != text {
		r.deviations = []string{"digest.mixed_case"}
	}
	even := len(text) &^ 1
	want, err := hex.DecodeString(text[:even])
	if err != nil || len(text) < 2*minDigest {
		return r, false
	}
	r.want = want
	if even < len(text) {
		last, err := hex.DecodeString(text[even:] + "0")
		if err != nil {
			return r, false
		}
		r.half, r.nibble = true, last[0]
	}
	return r, true
}
