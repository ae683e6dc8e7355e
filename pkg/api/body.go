package api

import (
	"fmt"

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
	tree, err := readStrict(body)
	if err != nil {
		return Call{}, err
	}
	if len(tree.members) != len(keys) {
		return Call{}, fmt.Errorf("%w: %d keys where the body of a %s has %d",
			ErrInvalidJSON, len(tree.members), kind, len(keys))
	}
	call := Call{Kind: kind, URL: address, Body: body, Repeatable: repeatable(kind)}
	for _, key := range keys {
		member := tree.get(key)
		if key == "amount" {
			if call.Terms.Amount, err = amountOfNumber(member); err != nil {
				return Call{}, err
			}
			continue
		}
		if member.kind != kindString {
			return Call{}, fmt.Errorf("%w: %s is not a string", ErrInvalidJSON, key)
		}
		*call.Terms.text(key) = member.text
	}
	return call, nil
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
