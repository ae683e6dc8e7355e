package api

import "strings"

// Currencies lists the codes that KnownCurrency knows, in alphabetical order.
func Currencies() []string { return strings.Fields(currencies) }
