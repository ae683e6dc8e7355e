package config_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/raisboy/raisboy/pkg/config"
)

// A command loads its configuration, says what it needs, and asks for the
// secret when it comes to signing.
func ExampleLoad() {
	environment := map[string]string{
		"RAISBOY_BASE_URL": "https://project.example/",
		"RAISBOY_API_KEY":  "key-of-the-manager",
		"RAISBOY_SECRET":   "secret-of-the-manager",
	}
	loaded, err := config.Load(config.Sources{
		LookupEnv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
		Home:      "/home/cashier",
		Host:      "till-1",
		System:    "linux",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	profile := loaded.Profile
	if err := profile.Require("base_url", "api_key", "secret"); err != nil {
		fmt.Println(err)
		return
	}
	secret, err := profile.Secret.Resolve(context.Background())
	fmt.Println(profile.Name, profile.BaseURL, profile.Desk, profile.DuplicateWindow)
	fmt.Printf("%v, %d bytes, %v\n", secret, len(secret.Reveal()), err)
	// Output:
	// default https://project.example till-1 2m0s
	// ••••, 21 bytes, <nil>
}

// What is missing is named with its variable and the command that sets it.
func ExampleProfile_Require() {
	loaded, _ := config.Load(config.Sources{})
	err := loaded.Profile.Require("base_url", "secret")
	var missing *config.MissingError
	if errors.As(err, &missing) {
		for _, setting := range missing.Missing {
			fmt.Println(setting.Key, setting.Variable, setting.Command)
		}
	}
	// Output:
	// base_url RAISBOY_BASE_URL raisboy config init
	// secret RAISBOY_SECRET raisboy config init
}
