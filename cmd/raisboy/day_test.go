//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/money"
	"github.com/raisboy/raisboy/pkg/sandbox"
	"github.com/raisboy/raisboy/pkg/text"
)

// TestDay is a cashier's day from the morning to the evening, typed at a
// terminal with real questions, in both languages: the profile is set up, the
// shift opened, deposits and payouts meet every kind of answer, the power fails
// in the middle, what is unknown is settled, the shift is closed, the
// accountant reconciles with the partner's statement and takes an export along.
// In the end the project's ledger and all that was told agree.
//
// The project is a sandbox, but the profile is not: to the tool it is real
// money. With RAISBOY_BINARY it is the day of an installed binary.
func TestDay(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.English, text.Russian} {
		t.Run(lang.String(), func(t *testing.T) {
			t.Parallel()
			d := newDay(t, lang)
			d.setUp()
			d.morning()
			d.refusals()
			d.payouts()
			d.powerCut()
			d.settle()
			d.evening()
			d.accountant()
		})
	}
}

// The keys that the project's manager handed out.
const (
	dayKey    = "cashdesk-17"
	daySecret = "f3c9a1d27b8e4456"
)

// daySlow is how long the project takes for the user slow.
const daySlow = 2 * time.Second

type day struct {
	*person
	lang    text.Lang
	words   *text.Catalog
	home    string
	project *sandbox.Server
	origin  string // the project's
	agent   string // host:port of the listener
}

func newDay(t *testing.T, lang text.Lang) *day {
	t.Helper()
	agent, err := freePorts()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &day{
		lang: lang, words: text.New(lang), home: t.TempDir(),
		origin: "http://" + listener.Addr().String(), agent: fmt.Sprintf("127.0.0.1:%d", agent),
	}
	d.person = newPerson(t, d.home, "LANG="+map[text.Lang]string{text.English: "en_US.UTF-8", text.Russian: "ru_RU.UTF-8"}[lang],
		"LC_ALL=", "LC_MESSAGES=", "TZ=Asia/Tashkent", "PATH="+binaryFolder(t)+":"+os.Getenv("PATH"))
	d.hidden = strings.NewReplacer(d.home, "~", d.origin, "http://project.example", strings.TrimPrefix(d.origin, "http://"), "project.example",
		d.agent, "127.0.0.1:8788")
	d.project, err = sandbox.New(sandbox.Options{
		APIKey: dayKey, Secret: daySecret, AgentURL: "http://" + d.agent, PublicURL: d.origin,
		SlowDelay: daySlow, WebhookDelay: 400 * time.Millisecond, WebhookRetry: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- d.project.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("project: %v", err)
		}
	})
	return d
}

// binaryFolder is where the raisboy is whose day it is.
func binaryFolder(t *testing.T) string {
	t.Helper()
	if installed := os.Getenv("RAISBOY_BINARY"); installed != "" {
		return filepath.Dir(installed)
	}
	return filepath.Dir(commandForTests(t))
}

// says is a sentence of the catalog up to its first gap: what a question or an
// outcome begins with.
func (d *day) says(key string) string {
	d.Helper()
	sentence := d.words.T(key, map[string]any{})
	before, _, _ := strings.Cut(sentence, "<no value>")
	if strings.TrimSpace(before) == "" {
		d.Fatalf("%s begins with a gap: %q", key, sentence)
	}
	return before
}

// tells says in the session, in the day's language, what no screen shows.
func (d *day) tells(english, russian string) {
	d.remarks(map[text.Lang]string{text.English: english, text.Russian: russian}[d.lang])
}

func (d *day) yes() string {
	return map[text.Lang]string{text.English: "y\n", text.Russian: "да\n"}[d.lang]
}

// setUp follows config init from an empty home.
func (d *day) setUp() {
	ask := func(key string) string { return d.says("config.ask." + key) }
	d.tells("The first morning: the tool is installed, nothing is set up.",
		"Первое утро: программа установлена, ничего не настроено.")
	d.sees(d.types(exitSetup, "raisboy deposit --user 456789 --amount 6000"), "raisboy config init")
	d.types(exitDone, "raisboy config init",
		turn{ask("profile"), "\n"}, turn{ask("base_url"), d.origin + "\n"}, turn{ask("payout_url"), "\n"},
		turn{ask("api_key"), dayKey + "\n"}, turn{ask("secret"), daySecret + "\n"}, turn{ask("desk"), "till-1\n"},
		turn{ask("currency"), "\n"}, turn{ask("payment_method"), "\n"}, turn{ask("limits"), d.yes()},
		turn{ask("deposit_max"), "1 000 000\n"}, turn{ask("payout_max"), "\n"}, turn{ask("shift_max"), "\n"},
		turn{ask("confirm_above"), "50 000\n"}, turn{ask("file"), d.yes()})
	if strings.Contains(d.session.String(), daySecret) {
		d.Error("the secret is to be seen on the screen")
	}
	d.types(exitDone, "raisboy doctor")
}

// order gives an order's exit code and answers its question with yes.
func (d *day) order(want exitCode, line string) string {
	return d.types(want, "raisboy "+line, turn{"[y/N]", d.yes()})
}

func (d *day) morning() {
	d.tells("The shift begins with 200 000 in the till; the manager says that the account holds a million.",
		"Смена начинается, в кассе 200 000; менеджер говорит, что на счёте миллион.")
	d.listen()
	d.types(exitDone, "raisboy shift open --float '200 000'")
	d.types(exitDone, "raisboy account opening '1 000 000' --note 'manager, by telephone'")
	d.tells("Deposits.",
		"Депозиты.")
	d.sees(d.order(exitDone, "deposit --user 456789 --amount '6 000'"), d.words.T("verdict.credited", nil))
	d.order(exitDone, "deposit --user 2564568 --amount 5000 --ref receipt-17")
	d.types(exitDone, "raisboy deposit --user 777 --amount '60 000'",
		turn{d.words.T("prompt.real", nil), ""}, turn{":", "60000\n"})
	d.tells("The cashier presses the key once more.",
		"Кассир случайно повторяет команду.")
	d.types(exitHeld, "raisboy deposit --user 456789 --amount 6000")
	d.types(exitDone, "raisboy deposit --user 2564568 --amount 5000 --ref receipt-17")
}

// listen runs the receiver in another window until the day is over.
func (d *day) listen() {
	d.tells("In another window: raisboy listen --addr "+d.agent, "В другом окне: raisboy listen --addr "+d.agent)
	command := exec.CommandContext(context.WithoutCancel(d.Context()), filepath.Join(binaryFolder(d.T), "raisboy"), "listen", "--addr", d.agent, "-o", "json")
	command.Env = d.env
	out, err := command.StdoutPipe()
	if err != nil {
		d.Fatal(err)
	}
	if err := command.Start(); err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	})
	if err := json.NewDecoder(out).Decode(new(any)); err != nil { // the ready line
		d.Fatal(err)
	}
}

// refusals meets what a project may answer, and what a tired hand may type.
func (d *day) refusals() {
	d.tells("What is refused, and why.",
		"В чём отказано и почему.")
	d.types(exitUsage, "raisboy deposit --user 456789 --amount 6,000")
	for _, refused := range []struct{ user, code string }{
		{"u404", "USER_NOT_FOUND"}, {"u403", "PROHIBITED_FOR_USER"}, {"noproject", "PROJECT_NOT_FOUND"},
		{"currency", "CURRENCY_NOT_SUPPORTED"}, {"method", "UNSUPPORTED_PAYMENT_METHOD"},
	} {
		line := "raisboy deposit --user " + refused.user + " --amount 100"
		if strings.HasPrefix(refused.user, "u4") { // by the validation: nobody is asked
			d.sees(d.types(exitRefused, line), refused.code)
			continue
		}
		d.sees(d.types(exitRefused, line, turn{"[y/N]", d.yes()}), refused.code)
	}
	d.types(exitHeld, "raisboy deposit --user 2564568 --amount 6000")
	d.tells("Answers that do not come, or say nothing.",
		"Ответы, которые не приходят или ничего не говорят.")
	for _, user := range []string{"drop", "e500", "html", "u429"} {
		d.sees(d.order(exitUnknown, "deposit --user "+user+" --amount 1500"), d.words.T("verdict.unknown", nil), "raisboy resolve")
	}
	d.tells("The same again, because the client insists: it is held back.",
		"Клиент настаивает, кассир пробует ещё раз: операция задержана.")
	d.types(exitHeld, "raisboy deposit --user drop --amount 1500")
}

// payouts takes one to its end, calls one off, and leaves one for tomorrow.
func (d *day) payouts() {
	d.tells("Payouts.",
		"Выплаты.")
	d.order(exitDone, "payout --user kxa1234 --amount 5000 --ref withdrawal-1")
	d.order(exitDone, "payout --user 2564568 --amount 700.50 --ref withdrawal-2")
	d.order(exitDone, "payout --user drop --amount 800 --ref withdrawal-3")
	d.types(exitRefused, "raisboy payout --user u404 --amount 10")
	d.awaitAccepted(3)
	d.types(exitDone, "raisboy payout list --status accepted")
	d.sees(d.types(exitDone, "raisboy payout complete withdrawal-1 --note 'passport seen'", turn{"[y/N]", d.yes()}), d.words.T("verdict.payout_completed", nil))
	d.sees(d.types(exitDone, "raisboy payout cancel withdrawal-2 --note 'did not come'", turn{"[y/N]", d.yes()}), d.words.T("verdict.payout_cancelled", nil))
	d.types(exitHeld, "raisboy payout cancel withdrawal-1")
}

// awaitAccepted waits until the listener has heard of so many payouts.
func (d *day) awaitAccepted(count int) {
	d.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if strings.Count(d.quietly("payout", "list", "--status", "accepted"), "\n") == count {
			return
		}
	}
	d.Fatalf("%d payouts were never accepted: %s", count, d.quietly("payout", "list"))
}

// quietly asks something that is no part of the day.
func (d *day) quietly(args ...string) string {
	d.Helper()
	command := exec.CommandContext(d.Context(), filepath.Join(binaryFolder(d.T), "raisboy"), append(args, "-o", "json")...)
	command.Env = d.env
	out, err := command.Output()
	if err != nil {
		d.Fatalf("%v: %v", args, err)
	}
	return string(out)
}

// powerCut ends a deposit in the middle of its request.
func (d *day) powerCut() {
	d.tells("The power fails while a deposit waits for its answer.",
		"Пропадает питание, пока депозит ждёт ответа.")
	d.types(exitDone, "raisboy deposit --user slow --amount 2500 --yes & sleep 1; kill -9 $!; wait $! 2>/dev/null; true")
	d.tells("The machine is up again.",
		"Машина снова работает.")
	d.types(exitHeld, "raisboy deposit --user slow --amount 2500")
	d.types(exitDone, "raisboy resolve")
}

// settle follows the manager's word.
func (d *day) settle() {
	d.tells("The manager is asked by telephone, once the project has had time to end what it began.",
		"Менеджера спрашивают по телефону, когда проект успел закончить начатое.")
	time.Sleep(daySlow + time.Second)
	for _, id := range d.unknown("u429") {
		d.types(exitDone, fmt.Sprintf("raisboy resolve %d --not-credited --note 'manager, by telephone'", id))
	}
	came := "--not-credited"
	for _, e := range d.ledger(sandbox.DepositCreated) {
		if e.UserID == "slow" {
			came = "--credited"
		}
	}
	for _, id := range d.unknown("slow") {
		d.types(exitDone, fmt.Sprintf("raisboy resolve %d %s --note 'manager, by telephone'", id, came))
	}
}

// unknown gives the numbers of a user's unsettled operations.
func (d *day) unknown(user string) []int64 {
	d.Helper()
	var ids []int64
	decoder := json.NewDecoder(strings.NewReader(d.quietly("journal", "list", "--outcome", "unknown", "--user", user)))
	for decoder.More() {
		var o struct{ ID int64 }
		if err := decoder.Decode(&o); err != nil {
			d.Fatal(err)
		}
		ids = append(ids, o.ID)
	}
	if len(ids) == 0 {
		d.Fatalf("nothing of %s is unknown", user)
	}
	return ids
}

func (d *day) evening() {
	d.tells("The shift ends: 268 500.00 is in the till.",
		"Смена заканчивается: в кассе 268 500.")
	d.types(exitDone, "raisboy shift report")
	d.types(exitDone, "raisboy shift close --counted '268 500' --width 42", turn{"[y/N]", d.yes()})
	d.types(exitDone, "raisboy receipt 1")
	d.types(exitDone, "raisboy account")
}

// accountant reconciles what the project says with what the journal says.
func (d *day) accountant() {
	d.tells("The accountant has the partner's statement.",
		"У бухгалтера — выписка партнёра.")
	d.statement(filepath.Join(d.home, "statement.csv"))
	d.types(exitDone, "cat ~/statement.csv")
	d.types(exitDone, "raisboy account reconcile ~/statement.csv", turn{"[y/N]", d.yes()})
	d.types(exitDone, "raisboy resolve")
	d.types(exitDone, "raisboy shift open --float '268 500'")
	d.types(exitDone, "raisboy shift report --width 42")
	d.types(exitDone, "raisboy journal export --csv-excel >~/journal.csv && ls ~/journal.csv")
	d.types(exitDone, "raisboy stats --by user")
	d.types(exitDone, "raisboy journal verify")
	d.agree()
}

// statement writes the partner's statement as its spreadsheet does: what the
// project's ledger holds, in Russian, with semicolons and decimal commas.
func (d *day) statement(path string) {
	d.Helper()
	var b strings.Builder
	b.WriteString("\ufeffНомер операции;Тип;Клиент;Сумма;Валюта;Дата\r\n")
	row := func(id, kind string, e sandbox.Entry) {
		fmt.Fprintf(&b, "%s;%s;%s;%s;%s;%s\r\n", id, kind, e.UserID, e.Amount.Format(" ", ","), e.Currency, e.At.Format(time.RFC3339))
	}
	for _, e := range d.ledger(sandbox.DepositCreated) {
		row(e.DepositID, "депозит", e)
	}
	paid := map[string]bool{}
	for _, e := range d.ledger(sandbox.PayoutStatus) {
		paid[e.PayoutID] = paid[e.PayoutID] || e.Status == "completed"
	}
	for _, e := range d.ledger(sandbox.PayoutCreated) {
		if paid[e.PayoutID] {
			row(e.PayoutID, "выплата", e)
		}
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		d.Fatal(err)
	}
}

// ledger gives what the project holds of a kind.
func (d *day) ledger(kind sandbox.Kind) []sandbox.Entry {
	d.Helper()
	entries, err := d.project.Ledger()
	if err != nil {
		d.Fatal(err)
	}
	return slices.DeleteFunc(entries, func(e sandbox.Entry) bool { return e.Kind != kind })
}

// agree holds the journal against the project's ledger: each deposit that was
// credited is done here, and none other is.
func (d *day) agree() {
	d.Helper()
	there, here := map[string]money.Amount{}, map[string]money.Amount{}
	for _, e := range d.ledger(sandbox.DepositCreated) {
		there[e.UserID] += e.Amount
	}
	decoder := json.NewDecoder(strings.NewReader(d.quietly("journal", "list", "--kind", "deposit")))
	for decoder.More() {
		var o struct {
			User    string `json:"user_id"`
			Amount  string `json:"amount"`
			Outcome string `json:"outcome"`
		}
		if err := decoder.Decode(&o); err != nil {
			d.Fatal(err)
		}
		amount, err := money.Parse(o.Amount)
		if err != nil {
			d.Fatal(err)
		}
		switch o.Outcome {
		case "done":
			here[o.User] += amount
		case "refused", "not_sent":
		default:
			d.Errorf("a deposit of %s is %s at the end of the day", o.User, o.Outcome)
		}
	}
	if diff := cmp.Diff(there, here); diff != "" {
		d.Errorf("the project and the journal differ (-project +journal):\n%s", diff)
	}
}
