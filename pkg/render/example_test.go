package render_test

import (
	"fmt"
	"os"
	"time"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

func ExampleRenderer_Receipt() {
	r := render.New(render.Options{Out: os.Stdout, Err: os.Stdout, Catalog: text.New(text.Russian), Location: time.UTC})
	err := r.Receipt(desk.Receipt{Recorded: true, Entry: journal.Entry{
		ID: 42, Sandbox: true, State: journal.StateUnknown, Code: string(api.CauseTimeout),
		Call: api.Call{Kind: api.KindDeposit, Terms: api.Terms{
			UserID: "drop", Amount: 10000, Currency: "UZS", PaymentMethod: api.MethodBankCard,
		}},
		CreatedAt: time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC),
	}})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// НЕИЗВЕСТНО: деньги могли уйти, клиенту не возвращайте
	// ПЕСОЧНИЦА, деньги не настоящие
	// 100,00 UZS
	// пользователь  drop
	// способ        на банковскую карту
	// операция      42
	// время         27.11.2025 12:39:17
	// Запрос отправлен, но ответ вовремя не пришёл.
	// Не отправляйте повторно. Узнайте у менеджера проекта, зачислен ли этот депозит, и запишите ответ:
	//   raisboy resolve 42 --sandbox
	// Если это случается часто, проверьте сеть и --timeout.
}

func ExampleVisible() {
	fmt.Println(render.Visible([]byte("POST\n/deposit/create\n{\"amount\": 6000.00} \n")))
	// Output: POST␊/deposit/create␊{"amount": 6000.00}·␊
}

func ExampleSanitize() {
	fmt.Println(render.Sanitize("\x1b[2J\x1b]0;title\aUSER_NOT_FOUND\u202e\n"))
	// Output: USER_NOT_FOUND
}
