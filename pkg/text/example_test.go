package text_test

import (
	"fmt"

	"github.com/raisboy/raisboy/pkg/text"
)

func ExampleCatalog() {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		c := text.New(lang)
		fmt.Println(c.T("verdict.credited", nil))
		fmt.Println(c.T("held.unresolved.meaning", map[string]any{"ID": 42}))
		fmt.Println(c.N("list.unsettled", 5, nil))
	}
	// Output:
	// CREDITED
	// Operation 42 is the same, and how it ended is not known.
	// 5 unsettled operations
	// ЗАЧИСЛЕНО
	// Операция 42 такая же, и чем она закончилась, неизвестно.
	// 5 нерешённых операций
}

func ExampleDetect() {
	environment := map[string]string{"LANG": "ru_RU.UTF-8"}
	fmt.Println(text.Detect(func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}))
	// Output: ru
}
