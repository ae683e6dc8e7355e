package diagnose

import (
	"context"
	"fmt"
	"net/http"
)

func ExampleDiagnose() {
	capture, err := Parse([]byte("POST /api/payout/create HTTP/1.1\r\n" +
		"Content-Type: " + "application/json" + "\r\nX-API-Key: pk_test_0123456789\r\nX-Timestamp: 1764247157\r\n" +
		"X-Signature: " + hmacHex(testSecret, signedString(http.MethodPost, "/api/payout/create", `{"amount":6000.0}`, testStamp, testKey)) + "\r\n" +
		"\r\n" + `{"amount":6000.00}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := Diagnose(context.Background(), capture, testSecrets(), Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range report.Findings {
		change := finding.Changes[0]
		fmt.Printf("%s: %s instead of %s at %s\n", finding.Cause, change.Was, change.Rule, change.Where)
	}
	// Output: body.number_form: 6000.0 instead of 6000.00 at body:10
}
