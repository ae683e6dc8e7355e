// Package sandbox is the other side of the Raisboy API: a project to practise
// on, played by a server on this machine.
//
// It is a second, independent reading of the document "Инструкция по
// использованию публичного API касс для агента". Nothing of the sending side
// is used here: the requests are read by structures of its own and the HMAC is
// computed with crypto/hmac directly, so that a mistake in the client cannot
// hide behind the same mistake in its counterpart. Only sums of money are
// shared, and they are read from JSON by this package's own code.
//
//	request → content type → JSON → signature, key, clock → fields → user
//	        → fault or the user's own conduct → ledger → answer → Webhook 1
//
// The order is that of the real counterpart (Ruby Grape behind puma), in which
// a wrong content type and a broken body are answered before the signature is
// looked at.
//
// # Users
//
// A plain id ([A-Za-z0-9]{1,64}) is a user who may move up to 1 000 000.00 at
// a time. These behave otherwise; a dash and anything after it makes further
// users of the same conduct (drop-7, umax500-b). Any other id is unknown.
//
//	id        at validation              at creation
//	2564568   #KXA1234, at most 5000.00  at most 5000.00
//	u404      404 USER_NOT_FOUND         404 PROJECT_NOT_FOUND
//	u403      403 PROHIBITED_FOR_USER    the same
//	u401      401 INVALID_SIGNATURE      the same
//	u415      415, Grape's shape         the same
//	u400      400, Grape's shape         the same
//	umax500   at most 500.00             403 EXCEEDS_MAX_AMOUNT above it
//	unomax    no max_amount              no bound
//	drop      as a plain id              processed, connection cut, no answer
//	e500      "                          processed, then 500 in the error shape
//	html      "                          processed, then 200 with an HTML page
//	truncated "                          processed, then cut in mid-answer
//	slow      "                          processed after 10 s, even if the
//	                                     client has left, then answered
//	u429      "                          429 with Retry-After, not processed
//	u302      "                          302 elsewhere, not processed; the
//	                                     ledger says if it was followed
//	mismatch  "                          payout: processed, the answer's amount
//	                                     is 1.00 more; deposit: as a plain id
//	                                     (its answer echoes nothing)
//	dup       "                          400 DEPOSIT_ALREADY_PROCESSED, nothing
//	                                     is credited
//	currency  "                          400 CURRENCY_NOT_SUPPORTED
//	method    "                          400 UNSUPPORTED_PAYMENT_METHOD
//	badstatus "                          400 INVALID_STATUS
//	noproject "                          404 PROJECT_NOT_FOUND
//
// "Processed" means that the ledger has it: the money moved. A user's conduct
// meets every attempt, a repeated one too; what is processed is still
// processed once. [Fault] makes the same things happen to anybody by chance.
//
// # Where the document is silent
//
// A deposit is known again by its body: the SHA-256 of the bytes is the
// deposit_id, and an identical body is DEPOSIT_ALREADY_PROCESSED. A payout is
// known again by its request_id, and the repeat is answered with the payout as
// it was created and the status it now has, even if the repeat names another
// user or sum ("вернёт тот же payout_id"): the difference is the caller's to
// see. The merchant account has no bottom: its balance may go below zero.
// Types are those of the document: a number as user_id or a string as amount,
// which Grape would let pass, is a validation error ("coerce"), and so is a
// timestamp without an offset; duplicate keys and trailing data are a body
// that cannot be parsed. A final notice (Webhook 2) is accepted once Webhook 1
// has been issued; the same status again is a success; the opposite one is
// refused ("already_final"), and so is one whose amount or currency is not the
// payout's. A payout_id that is not the path's is "payment_not_found".
//
// # Ledger
//
// What was done is appended to a file of JSON lines before the answer leaves,
// and read again at the start; a last line that a crash tore is cut off.
// Several servers may share one file: each change is made under a kernel lock,
// after what the others wrote has been read. The file is not forced to the
// disk: a killed process loses nothing, a power cut may.
package sandbox
