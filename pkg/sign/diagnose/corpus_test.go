package diagnose

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/raisboy/raisboy/pkg/counttest"
)

// A corpusCase is one broken request, made by another language's own
// serialiser and HMAC; see testdata/diagnose/generate.sh.
type corpusCase struct {
	Name, By             string
	Method, Target, Host string
	Body, Timestamp      string
	APIKey               string `json:"api_key"`
	Secret               string
	Signed, Signature    string
	Tool                 Tool     // whose serialiser made the body; empty: none did
	Deviations           []string // what was done beside that
}

func readCorpus(t testing.TB) []corpusCase {
	t.Helper()
	text, err := os.ReadFile("../../../testdata/diagnose/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []corpusCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 300 {
		t.Fatalf("only %d cases", len(cases))
	}
	return cases
}

// named reports whether a finding names the true cause, all of it and nothing
// else: the tool by a change of the body that does exactly what the tool does,
// the rest by its codes.
func (c corpusCase) named(f Finding) bool {
	var rest []string
	tool := false
	for _, change := range f.Changes {
		if c.Tool != "" && change.Part == PartBody && slices.Contains(change.Tools, c.Tool) {
			tool = true
			continue
		}
		rest = append(rest, change.Deviations...)
	}
	want := slices.Clone(c.Deviations)
	slices.Sort(want)
	slices.Sort(rest)
	return tool == (c.Tool != "") && slices.Equal(rest, want)
}

// TestCorpus wants the true cause first in at least 98 of 100 requests, and the
// very bytes that were signed in every finding that names it: a finding that
// reproduces something else would be a false certainty.
func TestCorpus(t *testing.T) {
	cases := readCorpus(t)
	missed, false1 := 0, 0
	for _, c := range cases {
		report, err := Diagnose(t.Context(), Capture{
			Method: c.Method, Target: c.Target, Host: c.Host, Body: []byte(c.Body),
			Timestamp: c.Timestamp, APIKey: c.APIKey, Signature: c.Signature,
		}, Secrets{Current: []byte(c.Secret), APIKey: c.APIKey}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if report.Match || len(report.Findings) == 0 || !c.named(report.Findings[0]) {
			missed++
			t.Logf("%s, %s: not first: %s", c.By, c.Name, summary(report))
		}
		truth := string(Secrets{Current: []byte(c.Secret)}.mask([]byte(c.Signed)))
		if len(report.Findings) == 1 && string(report.Findings[0].Signed) != truth {
			false1++
			t.Errorf("%s, %s: alone and false: %s", c.By, c.Name, summary(report))
		}
	}
	t.Logf("%d of %d named first, %d falsely certain", len(cases)-missed, len(cases), false1)
	if missed*100 > len(cases)*2 {
		t.Errorf("%d of %d not named first", missed, len(cases))
	}
}

func summary(r Report) string {
	text := fmt.Sprintf("match %v, %d findings", r.Match, len(r.Findings))
	for i, f := range r.Findings {
		if i < 4 {
			text += fmt.Sprintf("; %v", f.Deviations)
			for _, change := range f.Changes {
				text += fmt.Sprint(change.Tools)
			}
		}
	}
	return text
}

// TestRandomSignatures wants no finding for signatures that are merely wrong.
// A few go the whole way in the ordinary run, RAISBOY_TRIALS of them if asked.
func TestRandomSignatures(t *testing.T) {
	deep := counttest.Trials(t, 20)
	random := rand.New(rand.NewChaCha8([32]byte{1}))
	for i := range 1000 {
		sum := make([]byte, 32)
		for i := range sum {
			sum[i] = byte(random.Uint32())
		}
		o := testOptions()
		if i >= deep {
			o.Depth = 1
		}
		if report := mustDiagnose(t, testCapture(fmt.Sprintf("%x", sum)), testSecrets(), o); report.Match || len(report.Findings) > 0 {
			t.Errorf("%x: %s", sum, summary(report))
		}
	}
}

// TestSingleDeviationIsQuick only reports: a machine may be busy.
func TestSingleDeviationIsQuick(t *testing.T) {
	began := time.Now()
	for _, c := range readCorpus(t)[:100] {
		mustDiagnose(t, Capture{
			Method: c.Method, Target: c.Target, Body: []byte(c.Body), Timestamp: c.Timestamp, APIKey: c.APIKey, Signature: c.Signature,
		}, Secrets{Current: []byte(c.Secret), APIKey: c.APIKey}, Options{Depth: 1})
	}
	t.Logf("one deviation: %v on average", time.Since(began)/100)
}
