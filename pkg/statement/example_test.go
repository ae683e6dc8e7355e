package statement_test

import (
	"fmt"
	"strings"

	"github.com/raisboy/raisboy/pkg/statement"
)

func ExampleRead() {
	f, err := statement.Read(strings.NewReader("Тип;Клиент;Сумма;Дата\nДепозит;2564568;6 000,00;2025-11-27 17:39 +0500\nКомиссия;;12,00;\n"),
		statement.Options{Profile: "main", Currency: "UZS"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range f.Rows {
		fmt.Println(row.Line, row.Kind, row.UserID, row.Amount, row.Currency, row.From.UTC().Format("15:04"))
	}
	fmt.Println(f.Ignored[0].Line, f.Ignored[0].Reason)
	// Output:
	// 2 deposit 2564568 6000.00 UZS 12:39
	// 3 no_user_or_id
}

func ExampleMatch() {
	f, err := statement.Read(strings.NewReader("kind,user,amount\ndeposit,2564568,6000.00\n"), statement.Options{Profile: "main", Currency: "UZS"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range statement.Match(f, nil, statement.Rules{}) {
		fmt.Println(result.Row.Line, result.Outcome, result.Reasons)
	}
	// Output:
	// 2 only_there [time]
}
