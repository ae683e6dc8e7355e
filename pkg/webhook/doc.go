// Package webhook receives the project's webhooks and verifies them (Raisboy
// API, section 5, Webhook).
//
// It stands at the edge, between the network and whatever keeps the money
// rules, which it knows only as a Sink:
//
//	network ──▶ Server ──▶ Receiver ── Record ──▶ Sink, durable ──▶ {"success":true}
//	                           └────── Reject ──▶ Sink, evidence
//
// A Receiver checks in the order of the document's own errors: bounds, empty
// body, JSON, signature with key and timestamp, payment known. Nothing that a
// body says is acted on before its signature holds, with one exception that the
// document asks for: the path of webhook_url is one of the paths over which the
// signature is computed. Nothing is acknowledged before the Sink said that it
// is durable. What was recorded may be passed on to a local application: by a
// Forwarder, from a durable Queue, which it knows no better than the Sink.
//
// # What is answered
//
// The bodies are the document's, and its four errors are the only names:
//
//	200 {"success":true}                               recorded
//	400 {"success":false,"error":"empty_body"}         nothing, or white space alone
//	400 {"success":false,"error":"invalid_json"}       not one strict JSON object, over the bounds, encoded, or no webhook
//	401 {"success":false,"error":"invalid_signature"}  signature, key or timestamp; the sender is not told which
//	404 {"success":false,"error":"payment_not_found"}  recorded, but no payout of this desk
//	405 {"success":false}                              any method but POST, which the document does not speak of
//	500 {"success":false}                              it did not arrive whole, or could not be recorded: send it again
//
// A body over the bounds has no code of its own in the document, nor has an
// encoded one: neither is JSON that this package would read, so that the answer
// is invalid_json, as for a body with duplicate keys. GET /healthz is answered
// 200 {"success":true} by itself. What is not HTTP/1.1 at all, or has a header
// over its bound, net/http answers before the Receiver sees it (400, 431, 501).
//
// # Our own requests, sent back to us
//
// Both directions are signed with one secret, so somebody who sees a request of
// ours can post it to the receiver, where its signature holds. A validation, a
// deposit and the creation of a payout do not speak of a payout's status: they
// are refused as no webhook, after the signature. Our own final notice
// (Webhook 2) cannot be told from a final status of the project by its form,
// and the path of an incoming final status is not laid down anywhere. Only who
// keeps the notices knows the bytes: a Sink that finds the body of its own
// notice says AckReflected. One that does not look loses little, because such a
// body says nothing but what this desk has decided and announced already.
package webhook
