package render

import (
	"slices"
	"strings"
	"unicode"

	"github.com/raisboy/raisboy/pkg/api"
)

// userRemedy says what may be wrong with an id that the project does not know:
// Cyrillic letters stand on a screen as Latin ones do, and comparing them
// character by character finds nothing.
func userRemedy(userID, code string) []step {
	if code != api.CodeUserNotFound {
		return nil
	}
	var letters []string
	for _, letter := range userID {
		if unicode.Is(unicode.Cyrillic, letter) && !slices.Contains(letters, string(letter)) {
			letters = append(letters, string(letter))
		}
	}
	if letters == nil {
		return nil
	}
	return []step{{key: "code.USER_NOT_FOUND.cyrillic", data: data{"Letters": strings.Join(letters, ", ")}}}
}
