// Package api speaks the Raisboy API: it turns an operation of the cash desk
// into a request whose bytes are frozen, signs and sends it, and reads every
// shape of answer into one verdict about the money.
//
// Its place in the flow:
//
//	Deposit ── Call() ──▶ Call ── journal ──▶ Client.Send ──▶ Outcome ── journal ──▶ a person
//
// A Call is made once and never rebuilt: what is signed is what is sent is what
// is recorded. An Outcome is what one attempt came to; its zero value says
// Unknown, "the money may have moved", so that whatever is forgotten or cannot
// be read ends on the safe side. ReadOutcome and ReadWebhook are pure functions
// of bytes; Client is the only part that touches the network. Nothing here
// prints, reads a clock (Client.Now is given) or knows a sentence for people.
//
// Answers and webhooks are read strictly: duplicate keys, keys that differ only
// in case, trailing data and invalid UTF-8 are refused, because encoding/json
// would quietly take the last of them.
package api
