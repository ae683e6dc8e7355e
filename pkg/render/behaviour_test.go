package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/raisboy/raisboy/pkg/desk"
	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/text"
)

func TestNothingIsWiderThanTheTerminal(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		for _, width := range []int{40, 45, 46, 60, 80, 120} {
			for _, s := range scenes(t) {
				if s.exact {
					continue
				}
				out, _ := shown(t, s, render.Options{Catalog: text.New(lang), Width: width, Color: true, Verbose: true})
				for line := range strings.Lines(out) {
					if got := lipgloss.Width(strings.TrimSuffix(line, "\n")); got > width {
						t.Errorf("%v, %s: a line of %d columns on a terminal of %d: %q", lang, s.name, got, width, line)
					}
				}
			}
		}
	}
}

func TestIDsCanBeCopied(t *testing.T) {
	x := desk.Receipt{Entry: entryOf(t, "deposit credited"), Recorded: true}
	for _, width := range []int{0, 76, 80, 120} {
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(x) }}, render.Options{Width: width})
		if !strings.Contains(out, depositID) {
			t.Errorf("width %d: the id is broken:\n%s", width, out)
		}
	}
	out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(x) }}, render.Options{Width: 60})
	if !strings.Contains(out, "\n"+depositID[:60]+"\n"+depositID[60:]+"\n") {
		t.Errorf("an id wider than the terminal does not stand by itself:\n%s", out)
	}
}

func TestFrame(t *testing.T) {
	x := desk.Receipt{Entry: entryOf(t, "deposit credited"), Recorded: true}
	for width, framed := range map[int]bool{0: false, 45: false, 46: true, 80: true} {
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(x) }}, render.Options{Width: width})
		if strings.Contains(out, "╭") != framed {
			t.Errorf("width %d:\n%s", width, out)
		}
	}
}

func TestVerdictsAreTheContract(t *testing.T) {
	for _, test := range []struct{ name, english, russian string }{
		{"deposit credited", "CREDITED", "ЗАЧИСЛЕНО"},
		{"deposit refused in the sandbox", "NOT CREDITED", "НЕ ЗАЧИСЛЕНО"},
		{"deposit not sent", "NOT CREDITED", "НЕ ЗАЧИСЛЕНО"},
		{"user not checked", "NOT CREDITED", "НЕ ЗАЧИСЛЕНО"},
		{"deposit unknown", "UNKNOWN: the money may have moved, give nothing back", "НЕИЗВЕСТНО: деньги могли уйти, клиенту не возвращайте"},
		{"payout unknown", "UNKNOWN: the money may have moved, pay nothing out again", "НЕИЗВЕСТНО: деньги могли уйти, повторно ничего не выдавайте"},
		{"held: unresolved", "HELD: nothing was sent", "ЗАДЕРЖАНО: ничего не отправлено"},
		{"payout requested", "payout requested, hand over nothing yet", "выплата запрошена, пока ничего не выдавайте"},
		{"payout cancelled by the project", "DO NOT PAY", "НЕ ВЫДАВАТЬ"},
	} {
		for lang, want := range map[text.Lang]string{text.English: test.english, text.Russian: test.russian} {
			for _, x := range receipts(t) {
				if x.name != test.name {
					continue
				}
				show := scene{show: func(r *render.Renderer) error { return r.Receipt(x.value) }}
				out, _ := shown(t, show, render.Options{Catalog: text.New(lang)})
				_, stderr := shown(t, show, render.Options{Catalog: text.New(lang), Format: render.JSON})
				for where, got := range map[string]string{"text": out, "stderr": stderr} {
					if !strings.HasPrefix(got, want) {
						t.Errorf("%s, %v, %s opens with\n%s", test.name, lang, where, got)
					}
				}
			}
		}
	}
}

func TestQuietNeverHidesMoney(t *testing.T) {
	for _, x := range receipts(t) {
		final := x.name == "deposit credited" || x.name == "deposit settled by a person" || x.name == "replayed" ||
			x.name == "payout paid, notice delivered" || x.name == "payout cancelled by the project"
		show := scene{show: func(r *render.Renderer) error { return r.Receipt(x.value) }}
		_, stderr := shown(t, show, render.Options{Format: render.JSON, Quiet: true})
		if (stderr == "") != final {
			t.Errorf("%s: quiet says %q", x.name, stderr)
		}
		loud, _ := shown(t, show, render.Options{})
		quiet, _ := shown(t, show, render.Options{Quiet: true})
		if (quiet == loud) == final {
			t.Errorf("%s: quiet text is\n%s", x.name, quiet)
		}
	}
}

func TestSandboxIsSaidPlainly(t *testing.T) {
	x := desk.Receipt{Entry: entryOf(t, "deposit refused in the sandbox"), Recorded: true}
	for _, o := range []render.Options{{}, {Width: 80}, {Quiet: true}, {Format: render.JSON}} {
		o.Catalog = text.New(text.Russian)
		out, stderr := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(x) }}, o)
		if !strings.Contains(out+stderr, "ПЕСОЧНИЦА, деньги не настоящие") {
			t.Errorf("%+v:\n%s%s", o, out, stderr)
		}
	}
}

func TestSuggestedCommandsReachTheSameProfile(t *testing.T) {
	sandbox := entryOf(t, "payout accepted")
	sandbox.Sandbox = true
	for _, test := range []struct {
		entry journal.Entry
		flags string
		want  string
	}{
		{entryOf(t, "payout accepted"), "", "raisboy payout complete 7\n"},
		{entryOf(t, "payout accepted"), "--profile shop2", "raisboy payout complete 7 --profile shop2\n"},
		{sandbox, "", "raisboy payout complete 7 --sandbox\n"},
	} {
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Receipt(desk.Receipt{Entry: test.entry, Recorded: true}) }},
			render.Options{Flags: test.flags})
		if !strings.Contains(out, test.want) {
			t.Errorf("no %q in\n%s", test.want, out)
		}
	}
}

// full takes some bytes and then no more, as a full disk does.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return f.room, errFull
	}
	f.room -= len(p)
	return len(p), nil
}

func TestWriteErrorsComeBack(t *testing.T) {
	for _, format := range []render.Format{render.Text, render.JSON, render.CSV} {
		for _, s := range scenes(t) {
			out, _ := shown(t, s, render.Options{Format: format, Verbose: true})
			if out == "" {
				continue // it speaks to Err alone
			}
			r := render.New(render.Options{Out: &full{}, Err: &bytes.Buffer{}, Format: format, Catalog: text.New(text.English), Verbose: true})
			if err := s.show(r); !errors.Is(err, errFull) {
				t.Errorf("%s, %v: %v", s.name, format, err)
			}
		}
	}
}

func TestLostSaysWhatHappened(t *testing.T) {
	for _, x := range receipts(t) {
		var stderr bytes.Buffer
		o := render.Options{Out: &full{}, Err: &stderr, Catalog: text.New(text.English), Quiet: true, Location: tashkent()}
		render.New(o).Lost(x.value)
		if x.value.Held == nil && x.value.Entry.ID != 0 && !strings.Contains(stderr.String(), fmt.Sprint("operation ", x.value.Entry.ID)) {
			t.Errorf("%s: %q", x.name, stderr.String())
		}
		for _, id := range []string{x.value.Entry.DepositID, x.value.Entry.PayoutID} {
			if !strings.Contains(stderr.String(), id) {
				t.Errorf("%s: %q lacks %q", x.name, stderr.String(), id)
			}
		}
	}
}

func TestRejectedWebhooksAreShownOnDemand(t *testing.T) {
	show := scene{show: func(r *render.Renderer) error { return r.RejectedWebhook(journal.Event{Reason: "invalid_signature"}) }}
	if out, stderr := shown(t, show, render.Options{}); out+stderr != "" {
		t.Errorf("said %q %q", out, stderr)
	}
	if _, stderr := shown(t, show, render.Options{Verbose: true}); !strings.Contains(stderr, "invalid_signature") {
		t.Errorf("said %q", stderr)
	}
	if out, _ := shown(t, show, render.Options{Format: render.JSON}); !strings.Contains(out, `"webhook.rejected","reason":"invalid_signature"`) {
		t.Errorf("said %q", out)
	}
}

func TestProblemIsTwoLines(t *testing.T) {
	for lang, want := range map[text.Lang]string{
		text.English: "error: a b\nhint: c d\n", text.Russian: "ошибка: a b\nчто делать: c d\n",
	} {
		_, stderr := shown(t, scene{show: func(r *render.Renderer) error { r.Problem("a\nb", "c\nd"); return nil }},
			render.Options{Catalog: text.New(lang)})
		if stderr != want {
			t.Errorf("%v: %q", lang, stderr)
		}
	}
	_, stderr := shown(t, scene{show: func(r *render.Renderer) error { r.Problem("a", ""); return nil }}, render.Options{})
	if stderr != "error: a\n" {
		t.Errorf("without a remedy: %q", stderr)
	}
}

func TestQuestions(t *testing.T) {
	order := desk.Preview{Order: desk.Order{UserID: "2564568", Amount: 600000, Currency: "UZS"}, ProjectUserID: "#KXA1234", Profile: "main"}
	r := render.New(render.Options{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Catalog: text.New(text.English)})
	if got, want := r.Question("prompt.order.deposit", order), "6 000.00 UZS → 2564568 (#KXA1234), profile main, REAL MONEY?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e := entryOf(t, "payout accepted")
	for _, key := range []string{"prompt.completed", "prompt.cancelled", "prompt.resend"} {
		if got := r.EntryQuestion(key, e); !strings.Contains(got, "5 000.00 UZS") || !strings.Contains(got, "kxa1234") || strings.Contains(got, "<no value>") {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestDryRunShowsNoSecret(t *testing.T) {
	for _, s := range miscellany(t) {
		if s.name != "dry run" {
			continue
		}
		for _, format := range []render.Format{render.Text, render.JSON, render.CSV} {
			out, _ := shown(t, s, render.Options{Format: format})
			if strings.Contains(out, "key_123") || strings.Contains(out, "5f70") || strings.Count(out, "••••") != 2 {
				t.Errorf("%v:\n%s", format, out)
			}
		}
	}
}
