package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"
)

const (
	testSecret = "sk_test_do_not_use_in_production"
	testKey    = "pk_test_0123456789"
	testPath   = "/api/v4/payments/raisboy/deposit/create"
	testStamp  = "1764247157"
	testBody   = `{"user_id":"456789","status":"paid","amount":6000.00,"currency":"UZS","payment_method":"bank_card","timestamp":"2025-11-27T12:39:17.281+00:00"}`
)

func testSecrets() Secrets { return Secrets{Current: []byte(testSecret), APIKey: testKey} }

// testOptions have a clock at which testStamp is good.
func testOptions() Options {
	return Options{Now: time.Unix(1764247160, 0), Hosts: []string{"project.example"}}
}

func testCapture(signature string) Capture {
	return Capture{
		Method: "POST", Target: testPath, Body: []byte(testBody), Timestamp: testStamp, APIKey: testKey, Signature: signature,
	}
}

// hmacHex signs a string, in the way of the rule.
func hmacHex(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// signedString joins the parts as the rule has it.
func signedString(method, path, body, stamp, key string) string {
	return method + "\n" + path + "\n" + body + "\n" + stamp + "\n" + key
}

func mustDiagnose(t testing.TB, c Capture, s Secrets, o Options) Report {
	t.Helper()
	report, err := Diagnose(t.Context(), c, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
