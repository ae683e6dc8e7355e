package diagnose

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // other people's code signs with it; here it is only recognised
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
)

// A hasher is one worker's own workspace: with it a candidate is hashed without
// an allocation, the HMAC pads of every secret hashed once beforehand.
type hasher struct {
	secrets [][]byte
	macs    [3][]hash.Hash // SHA-256, SHA-1, SHA-512, by secret; made at first use
	text    []byte         // the string that is being signed
	scratch []byte
	sum     [64]byte
	inner   [64]byte
}

func newHasher(secrets [][]byte) *hasher {
	h := &hasher{secrets: secrets}
	for i := range h.macs {
		h.macs[i] = make([]hash.Hash, len(secrets))
	}
	return h
}

// mac gives the HMAC of a kind with a secret, ready to write to.
func (h *hasher) mac(kind, secret int) hash.Hash {
	mac := h.macs[kind][secret]
	if mac == nil {
		make := [...]func() hash.Hash{sha256.New, sha1.New, sha512.New}[kind]
		mac = hmac.New(make, h.secrets[secret])
		h.macs[kind][secret] = mac
	}
	mac.Reset()
	return mac
}

// matches reports whether the candidate gives the signature.
func (h *hasher) matches(c *candidate) bool {
	h.text = c.build(h.text[:0])
	want := &c[inDigest].digest
	secret := c[inCredentials].secret
	if want.algorithm == hmacSHA256 {
		mac := h.mac(0, secret)
		mac.Write(h.text)
		return want.matches(mac.Sum(h.sum[:0]))
	}
	return want.matches(h.other(want.algorithm, secret, c[inSeparator].text))
}

// other computes the digests that are not the rule's.
func (h *hasher) other(a algorithm, secret int, separator []byte) []byte {
	switch a {
	case hmacSHA1:
		mac := h.mac(1, secret)
		mac.Write(h.text)
		return mac.Sum(h.sum[:0])
	case hmacSHA512:
		mac := h.mac(2, secret)
		mac.Write(h.text)
		return mac.Sum(h.sum[:0])
	case plainSecretFirst:
		return h.plain(h.secrets[secret], h.text)
	case plainSecretLast:
		return h.plain(h.text, h.secrets[secret])
	case plainSecretBetween:
		h.text = append(h.text, separator...)
		return h.plain(h.text, h.secrets[secret])
	case plainNoSecret:
		return h.plain(h.text, nil)
	case plainSHA512First:
		h.scratch = append(append(h.scratch[:0], h.secrets[secret]...), h.text...)
		sum := sha512.Sum512(h.scratch)
		return h.sum[:copy(h.sum[:], sum[:])]
	case hmacExchanged:
		return h.exchanged(h.secrets[secret])
	case hmacOfHash:
		sum := sha256.Sum256(h.text)
		mac := h.mac(0, secret)
		mac.Write(h.hex(sum[:]))
		return mac.Sum(h.sum[:0])
	case hmacTwice:
		mac := h.mac(0, secret)
		mac.Write(h.text)
		return h.plain(h.hex(mac.Sum(h.inner[:0])), nil)
	case hmacOfBase64:
		h.scratch = base64.StdEncoding.AppendEncode(h.scratch[:0], h.text)
		mac := h.mac(0, secret)
		mac.Write(h.scratch)
		return mac.Sum(h.sum[:0])
	case hmacSHA256, algorithmCount: // the rule's algorithm does not come here
	}
	return h.sum[:0]
}

// plain hashes two texts as one, without HMAC.
func (h *hasher) plain(first, second []byte) []byte {
	if len(second) > 0 {
		h.scratch = append(append(h.scratch[:0], first...), second...)
		first = h.scratch
	}
	sum := sha256.Sum256(first)
	return h.sum[:copy(h.sum[:], sum[:])]
}

func (h *hasher) hex(sum []byte) []byte {
	h.scratch = hex.AppendEncode(h.scratch[:0], sum)
	return h.scratch
}

// exchanged is HMAC-SHA256 with the string for its key and the secret for its
// message, by hand: each string would need an HMAC of its own.
func (h *hasher) exchanged(message []byte) []byte {
	var key [64]byte
	if len(h.text) > len(key) {
		sum := sha256.Sum256(h.text)
		copy(key[:], sum[:])
	} else {
		copy(key[:], h.text)
	}
	h.scratch = h.scratch[:0]
	for _, b := range key {
		h.scratch = append(h.scratch, b^0x36)
	}
	h.scratch = append(h.scratch, message...)
	inner := sha256.Sum256(h.scratch)
	h.scratch = h.scratch[:0]
	for _, b := range key {
		h.scratch = append(h.scratch, b^0x5c)
	}
	h.scratch = append(h.scratch, inner[:]...)
	sum := sha256.Sum256(h.scratch)
	return h.sum[:copy(h.sum[:], sum[:])]
}
