package sandbox_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A sandbox is an http.Handler; a program that is about to use one asks first
// whether it really is one.
func ExampleServer() {
	server, err := sandbox.New(sandbox.Options{Opening: 1_000_000_00})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	web := httptest.NewServer(server)
	defer web.Close()

	fmt.Println(sandbox.Identify(context.Background(), web.URL, nil))
	account, err := server.Account()
	fmt.Println(account.Balance, err)
	// Output:
	// <nil>
	// 1000000.00 <nil>
}

func ExampleParseFault() {
	fault, err := sandbox.ParseFault("drop-after=0.1, webhook=twice, seed=7")
	fmt.Println(fault, err)
	_, err = sandbox.ParseFault("drop-after=0.1,e500=often")
	fmt.Println(err)
	// Output:
	// drop-after=0.1,seed=7,webhook=twice <nil>
	// sandbox: fault "e500=often" has a bad value
}
