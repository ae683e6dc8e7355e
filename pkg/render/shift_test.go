package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/journal"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/shift"
	"github.com/raisboy/raisboy/pkg/text"
)

const zHash = "6339fa1b68f11678f58337c17b66dbd39488ea0e6180483e6b6b8ab3879387c8"

func zReport() shift.Report {
	return shift.Report{
		Version: 1, Type: shift.Z, Profile: "main", Desk: "till-1", Shift: 12,
		OpenedAt: at(0), OpenedBy: "anna", ClosedAt: at(30), ClosedBy: "olim",
		Totals: []shift.Total{
			{Kind: "deposit", Method: "bank_card", Currency: "UZS", Outcome: "done", Count: 20, Sum: 1234567890},
			{Kind: "deposit", Method: "crypto", Currency: "UZS", Outcome: "done", Count: -1, Sum: -600000},
			{Kind: "deposit", Method: "bank_card", Currency: "UZS", Outcome: "refused", Count: 2, Sum: 70000},
			{Kind: "deposit", Method: "bank_card", Currency: "UZS", Outcome: "unknown", Count: 1, Sum: 15050},
			{Kind: "payout", Method: "bank_card", Currency: "UZS", Outcome: "done", Status: "completed", Count: 3, Sum: 900000},
			{Kind: "payout", Method: "wallet_transfer", Currency: "UZS", Outcome: "done", Status: "pending", Count: 1, Sum: 500000},
			{Kind: "payout", Method: hostile, Currency: "USD", Outcome: "conflict", Count: 1, Sum: 100},
		},
		Outside: []shift.Total{{Kind: "deposit", Method: "bank_card", Currency: "UZS", Outcome: "done", Count: 1, Sum: 3300}},
		Cash: []shift.Till{
			{Currency: "UZS", Float: 10000000, In: 1233967890, Out: 900000, Expected: 1243067890, Low: 1243067890, High: 1243082940,
				HasCounted: true, Counted: 1243000000, Difference: -67890},
			{Currency: "USD", In: 0, Expected: 0, Low: -100, High: 0},
		},
		Open: []shift.Item{
			{Operation: 42, Kind: "deposit", UserID: hostile, Amount: 15050, Currency: "UZS", Outcome: "unknown", CreatedAt: at(3)},
			{Operation: 77, Kind: "payout", UserID: "a_user_id_that_is_as_long_as_they_come_0123456789012345678901234", Amount: 100, Currency: "USD",
				Outcome: "conflict", Status: "completed", CreatedAt: at(4)},
		},
		Unpaid: []shift.Item{{Operation: 50, Kind: "payout", UserID: "kxa1234", Amount: 500000, Currency: "UZS", Outcome: "done", Status: "pending", CreatedAt: at(5)}},
		Late:   []shift.Item{{Operation: 7, Kind: "deposit", UserID: "2564568", Amount: 600000, Currency: "UZS", Outcome: "refused", CreatedAt: at(1)}},
		Rows:   strings.Repeat("ab", 32), Hash: zHash, Previous: strings.Repeat("0d", 32), Sandbox: true, Reprint: true,
	}
}

func emptyX() shift.Report {
	return shift.Report{Version: 1, Type: shift.X, Profile: "main", Desk: "till-1", Shift: 1, OpenedAt: at(0), OpenedBy: "anna",
		Cash: []shift.Till{{Currency: "UZS"}}, Rows: strings.Repeat("ab", 32)}
}

func hostileReport() shift.Report {
	r := zReport()
	r.Desk, r.OpenedBy, r.ClosedBy, r.Profile = `<script>alert("x")</script>`, `" onload="x`, hostile, "</title>"
	r.Cash[0].Currency = "<b>"
	r.Open[0].Outcome, r.Open[0].UserID = "unheard_of", `<img src=https://evil.example/x onerror=alert(1)>`
	r.Totals[0].Method, r.Totals[1].Currency, r.Totals[2].Outcome = "</text><script>", "'><svg/onload=x>", "{{.Secret}}"
	return r
}

// papers are operations as a client takes them away.
func papers(t testing.TB) []scene {
	t.Helper()
	var all []scene
	for i, e := range entries(t) {
		p := journal.Print{Operation: e.value.ID, Number: int64(1 + i%2), At: at(40), Desk: "till-1", OSUser: "anna"}
		all = append(all, scene{name: "paper: " + e.name, show: func(r *render.Renderer) error { return r.Paper(e.value, p, 42) }})
	}
	return all
}

func shiftScenes(width int) []scene {
	var all []scene
	for _, s := range []named[shift.Report]{{"Z", zReport()}, {"empty X", emptyX()}} {
		all = append(all, scene{name: "shift: " + s.name, show: func(r *render.Renderer) error { return r.Shift(s.value, width) }})
	}
	return append(all, scene{name: "shift opened", show: func(r *render.Renderer) error { return r.ShiftOpened(zReport()) }})
}

func TestShiftGolden(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		c := text.New(lang)
		for _, width := range []int{0, 40, 80} {
			golden(t, fmt.Sprintf("shift-%v-%d.txt", lang, width), told(t, shiftScenes(0), render.Options{Catalog: c, Width: width}))
		}
		golden(t, fmt.Sprintf("shift-%v-paper.txt", lang),
			told(t, append(shiftScenes(42), papers(t)...), render.Options{Catalog: c}))
		var page bytes.Buffer
		if err := render.New(render.Options{Out: io.Discard, Err: io.Discard, Catalog: c, Location: tashkent()}).ShiftHTML(&page, zReport()); err != nil {
			t.Fatal(err)
		}
		golden(t, fmt.Sprintf("shift-%v.html", lang), page.String())
		question := render.New(render.Options{Out: io.Discard, Err: io.Discard, Catalog: c}).ShiftQuestion(zReport())
		golden(t, fmt.Sprintf("shift-%v-question.txt", lang), question+"\n")
	}
	for name, format := range map[string]render.Format{"json": render.JSON, "csv": render.CSV} {
		english := told(t, append(shiftScenes(0), papers(t)...), render.Options{Format: format})
		golden(t, "shift-"+name+".txt", english)
		if russian := told(t, append(shiftScenes(0), papers(t)...), render.Options{Format: format, Catalog: text.New(text.Russian)}); russian != english {
			t.Errorf("%s depends on the language", name)
		}
	}
}

// TestPaperIsNoWider tries every width that a printer may have: no line is
// wider, whichever language it is in and however long an id is.
func TestPaperIsNoWider(t *testing.T) {
	catalogs := []*text.Catalog{text.New(text.English), text.New(text.Russian)}
	for width := render.MinPaper; width <= render.MaxPaper; width++ {
		for _, c := range catalogs {
			all := shiftScenes(width)[:2]
			for _, e := range entries(t) {
				all = append(all, scene{name: e.name, show: func(r *render.Renderer) error { return r.Paper(e.value, journal.Print{Number: 2, At: at(1)}, width) }})
			}
			for _, s := range all {
				out, _ := shown(t, s, render.Options{Catalog: c})
				for line := range strings.Lines(out) {
					if got := lipgloss.Width(strings.TrimSuffix(line, "\n")); got > width {
						t.Fatalf("%s, %v, %d columns: %d in %q", s.name, c.Lang(), width, got, line)
					}
				}
			}
		}
	}
}

// TestLongIDIsWhole: an id that is broken on paper can be put together again.
func TestLongIDIsWhole(t *testing.T) {
	e := entryOf(t, "deposit credited")
	for width := render.MinPaper; width <= render.MaxPaper; width++ {
		out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Paper(e, journal.Print{Number: 1}, width) }}, render.Options{})
		if !strings.Contains(strings.ReplaceAll(out, "\n", ""), depositID) {
			t.Fatalf("%d columns: the id is not in\n%s", width, out)
		}
	}
}

// TestPaperNeverPromises: only what is done says so, in either language.
func TestPaperNeverPromises(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		c := text.New(lang)
		credited, paid := c.T("paper.credited", nil), c.T("paper.paid", nil)
		for _, e := range entries(t) {
			out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Paper(e.value, journal.Print{Number: 1}, 42) }}, render.Options{Catalog: c})
			promises := false
			for line := range strings.Lines(out) {
				line = strings.TrimSpace(line)
				promises = promises || line == credited || line == paid
			}
			done := e.value.State == journal.StateDone && (e.value.Call.Kind == "deposit" || e.value.PayoutStatus == "completed")
			if promises != done {
				t.Errorf("%s, %v: promises %t, is done %t\n%s", e.name, lang, promises, done, out)
			}
			if checking := strings.Contains(out, c.T("paper.checking", nil)); checking != e.value.State.Unsettled() {
				t.Errorf("%s, %v: being checked %t", e.name, lang, checking)
			}
		}
	}
}

func TestShiftContract(t *testing.T) {
	const contract = "shift type desk opened_at closed_at float counted difference totals open_items hash previous_hash"
	const totals = "kind payment_method currency outcome count sum"
	for _, s := range shiftScenes(42) { // paper is for people: JSON stays JSON
		out, err := shown(t, s, render.Options{Format: render.JSON})
		if keys := keysOf(t, out); !strings.HasPrefix(keys, contract+" ") || err != "" {
			t.Errorf("%s: keys %s, stderr %q", s.name, keys, err)
		}
	}
	out, _ := shown(t, shiftScenes(0)[0], render.Options{Format: render.JSON})
	var report struct {
		Totals []json.RawMessage `json:"totals"`
		Open   []int64           `json:"open_items"`
		Hash   string            `json:"hash"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Open) != 2 || report.Open[0] != 42 || report.Hash != zHash {
		t.Errorf("read %+v", report)
	}
	for _, total := range report.Totals {
		if keys := keysOf(t, string(total)+"\n"); !strings.HasPrefix(keys, totals) {
			t.Errorf("a total's keys are %s", keys)
		}
	}
	empty, _ := shown(t, shiftScenes(0)[1], render.Options{Format: render.JSON})
	for _, want := range []string{`"closed_at":null`, `"counted":null,"difference":null,"totals":[],"open_items":[],"hash":null,"previous_hash":null`} {
		if !strings.Contains(empty, want) {
			t.Errorf("%s lacks %s", empty, want)
		}
	}
}

// TestShiftCSV: sums below zero are numbers, text that looks like a formula is
// none, and every row has every cell.
func TestShiftCSV(t *testing.T) {
	report := zReport()
	report.Desk = "=HYPERLINK(1)"
	out, _ := shown(t, scene{show: func(r *render.Renderer) error { return r.Shift(report, 0) }}, render.Options{Format: render.CSV})
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 1+len(report.Totals) {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	if rows[1][2] != "'=HYPERLINK(1)" || rows[1][7] != "-678.90" || rows[2][13] != "-6000.00" {
		t.Errorf("desk %q, difference %q, sum %q", rows[1][2], rows[1][7], rows[2][13])
	}
}

// TestPageNeedsNothingElse: a page asks for nothing, and what came from outside
// is text in it.
func TestPageNeedsNothingElse(t *testing.T) {
	for _, lang := range []text.Lang{text.English, text.Russian} {
		var page bytes.Buffer
		r := render.New(render.Options{Out: io.Discard, Err: io.Discard, Catalog: text.New(lang), Location: tashkent()})
		if err := r.ShiftHTML(&page, hostileReport()); err != nil {
			t.Fatal(err)
		}
		checkPage(t, page.String())
		if !strings.Contains(page.String(), "&lt;img src=https://evil.example/x onerror=alert(1)&gt;") {
			t.Error("what came from outside is not shown at all")
		}
	}
}

// checkPage reads the page as XML and looks at every element and attribute.
func checkPage(t testing.TB, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!DOCTYPE html>")))
	d.Strict = false
	d.AutoClose = []string{"meta"}
	allowed := regexp.MustCompile(`^(html|head|meta|title|style|body|h1|h2|p|table|tr|th|td|section|svg|text|rect|div)$`)
	attributes := regexp.MustCompile(`^(lang|charset|name|content|http-equiv|class|viewBox|role|aria-label|x|y|width|height|text-anchor)$`)
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !allowed.MatchString(element.Name.Local) {
			t.Errorf("an element <%s>", element.Name.Local)
		}
		for _, a := range element.Attr {
			if !attributes.MatchString(a.Name.Local) {
				t.Errorf("<%s> has an attribute %s=%q", element.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
}

// TestPageEscapes puts any text into every place that comes from outside.
func TestPageEscapes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		said := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"<script>", `" x="`, "' x='", "--><x>", "]]>", "</style>", "{{.}}", "&lt;"})).Draw(rt, "text")
		r := zReport()
		r.Desk, r.OpenedBy, r.ClosedBy, r.Profile = said, said, said, said
		r.Totals[0].Method, r.Totals[0].Currency, r.Open[0].UserID, r.Cash[0].Currency = said, said, said, said
		var page bytes.Buffer
		if err := render.New(render.Options{Out: io.Discard, Err: io.Discard, Catalog: text.New(text.English)}).ShiftHTML(&page, r); err != nil {
			rt.Fatal(err)
		}
		checkPage(t, page.String())
	})
}
