// Package diagnose finds out why a signature of the Raisboy API (section 1,
// Авторизация) does not match: from a captured request and the secret it looks
// for the smallest set of deviations from the rule that reproduces the given
// signature, and names it.
//
// It stands beside the signing, never on its way: only the command that a person
// runs after a refusal, and what prints its report, import it, because here is
// guessed what nobody who sends money may guess. It knows bytes alone. Files are read by its caller, the clock
// is handed in, and the sentences for people are made elsewhere, of the codes
// that a Finding holds.
//
//	capture, err := diagnose.Parse(text) // a raw HTTP request, a curl command, or a stored webhook
//	report, err := diagnose.Diagnose(ctx, capture, diagnose.Secrets{Current: secret, APIKey: key}, diagnose.Options{Now: now})
//
// A match is as certain as the digest is long: a Finding reproduces the given
// signature, so nothing is ever reported because it is merely likely. Where
// several explanations are equally small, all of them are listed. No secret
// leaves the package, neither in a report nor in an error.
package diagnose
