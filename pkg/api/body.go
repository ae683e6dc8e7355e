package api

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/raisboy/raisboy/pkg/money"
)

// members gives the keys of a kind's body in the document's order, which is
// part of what is signed (section 1: «порядок ключей важен»).
func members(kind Kind) []string {
	switch kind {
	case KindValidation:
		return []string{"user_id"}
	case KindDeposit:
		return []string{"user_id", "status", "amount", "currency", "payment_method", "timestamp"}
	case KindPayout:
		return []string{"user_id", "amount", "currency", "payment_method", "request_id", "timestamp"}
	case KindNotice:
		return []string{"payout_id", "status", "amount", "currency", "timestamp"}
	}
	return nil
}

// text points at the member of the terms that a key stands for; nil for the
// amount, which is a number, and for keys that no body has.
func (t *Terms) text(key string) *string {
	switch key {
	case "user_id":
		return &t.UserID
	case "status":
		return &t.Status
	case "currency":
		return &t.Currency
	case "payment_method":
		return &t.PaymentMethod
	case "request_id":
		return &t.RequestID
	case "payout_id":
		return &t.PayoutID
	case "timestamp":
		return &t.Timestamp
	}
	return nil
}

// appendBody marshals by hand: an encoder would print 6000.00 as 6000, and the
// document's two decimals are part of what is signed. Text goes out as UTF-8;
// only what JSON forbids is escaped, so that "<" and "&" stay one byte.
func appendBody(dst []byte, kind Kind, terms Terms) ([]byte, error) {
	keys := members(kind)
	if keys == nil {
		return nil, fmt.Errorf("%w: %q", ErrKind, clip(string(kind), MaxID))
	}
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, key...)
		dst = append(dst, '"', ':')
		if key == "amount" {
			dst = terms.Amount.Append(dst)
			continue
		}
		var err error
		if dst, err = jsontext.AppendQuote(dst, *terms.text(key)); err != nil {
			return nil, fieldError(key, ProblemInvalidUTF8, *terms.text(key))
		}
	}
	return append(dst, '}'), nil
}

// ParseCall rebuilds a Call from bytes that were recorded: the body is kept
// byte for byte and the terms are read strictly from it. Every key of the
// kind's body must be there once and no other; the values are not held against
// today's limits, for what was sent was sent. The error wraps ErrKind or
// ErrInvalidJSON.
func ParseCall(kind Kind, address string, body []byte) (Call, error) {
	keys := members(kind)
	if keys == nil {
		return Call{}, fmt.Errorf("%w: %q", ErrKind, clip(string(kind), MaxID))
	}
	terms, plain := readPlain(keys, string(body))
	if !plain {
		var err error
		if terms, err = readTerms(kind, keys, body); err != nil {
			return Call{}, err
		}
	}
	return Call{Kind: kind, URL: address, Body: body, Terms: terms, Repeatable: repeatable(kind)}, nil
}

// readTerms reads a body of any form.
func readTerms(kind Kind, keys []string, body []byte) (terms Terms, err error) {
	tree, err := readStrict(body)
	if err != nil {
		return Terms{}, err
	}
	if len(tree.members) != len(keys) {
		return Terms{}, fmt.Errorf("%w: %d keys where the body of a %s has %d",
			ErrInvalidJSON, len(tree.members), kind, len(keys))
	}
	for _, key := range keys {
		member := tree.get(key)
		if key == "amount" {
			if terms.Amount, err = amountOfNumber(member); err != nil {
				return Terms{}, err
			}
			continue
		}
		if member.kind != kindString {
			return Terms{}, fmt.Errorf("%w: %s is not a string", ErrInvalidJSON, key)
		}
		*terms.text(key) = member.text
	}
	return terms, nil
}

// readPlain reads a body of the form that appendBody gives to texts of plain
// ASCII, which nearly all are: a journal reads a body for each operation that it
// touches, and readTerms takes many times as long. False: it has another form, or
// is wrong.
func readPlain(keys []string, body string) (terms Terms, ok bool) {
	rest, before := body, "{"
	for _, key := range keys {
		if rest, ok = cutKey(rest, before, key); !ok {
			return Terms{}, false
		}
		before = ","
		if key == "amount" {
			end := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
			amount, err := money.ParseNumber(rest[:end])
			if err != nil {
				return Terms{}, false
			}
			terms.Amount, rest = amount, rest[end:]
			continue
		}
		if *terms.text(key), rest, ok = cutPlainText(rest); !ok {
			return Terms{}, false
		}
	}
	return terms, rest == "}"
}

// cutKey cuts what stands before a value.
func cutKey(s, before, key string) (rest string, ok bool) {
	if s, ok = strings.CutPrefix(s, before); !ok {
		return "", false
	}
	if s, ok = strings.CutPrefix(s, `"`); !ok {
		return "", false
	}
	if s, ok = strings.CutPrefix(s, key); !ok {
		return "", false
	}
	return strings.CutPrefix(s, `":`)
}

// cutPlainText cuts a text in which every byte stands for itself.
func cutPlainText(s string) (text, rest string, ok bool) {
	if s, ok = strings.CutPrefix(s, `"`); !ok {
		return "", "", false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			return s[:i], s[i+1:], true
		case c < ' ' || c > '~' || c == '\\':
			return "", "", false
		}
	}
	return "", "", false
}

func amountOfNumber(member value) (money.Amount, error) {
	if member.kind != kindNumber {
		return 0, fmt.Errorf("%w: amount is not a number", ErrInvalidJSON)
	}
	amount, err := money.ParseNumber(member.text)
	if err != nil {
		return 0, fmt.Errorf("%w: amount: %w", ErrInvalidJSON, err)
	}
	return amount, nil
}
