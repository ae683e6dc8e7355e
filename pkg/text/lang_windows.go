package text

import "golang.org/x/sys/windows"

// interfaceLocale is the first language of the user interface, "ru-RU"; empty
// if Windows does not say.
func interfaceLocale() string {
	languages, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(languages) == 0 {
		return ""
	}
	return languages[0]
}
