package text_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/raisboy/raisboy/pkg/text"
)

func TestPlurals(t *testing.T) {
	for _, test := range []struct {
		lang text.Lang
		n    int
		want string
	}{
		{text.Russian, 0, "0 нерешённых операций"},
		{text.Russian, 1, "1 нерешённая операция"},
		{text.Russian, 2, "2 нерешённые операции"},
		{text.Russian, 5, "5 нерешённых операций"},
		{text.Russian, 11, "11 нерешённых операций"},
		{text.Russian, 14, "14 нерешённых операций"},
		{text.Russian, 21, "21 нерешённая операция"},
		{text.Russian, 22, "22 нерешённые операции"},
		{text.Russian, 25, "25 нерешённых операций"},
		{text.Russian, 101, "101 нерешённая операция"},
		{text.Russian, 111, "111 нерешённых операций"},
		{text.Russian, 1000, "1000 нерешённых операций"},
		{text.English, 0, "0 unsettled operations"},
		{text.English, 1, "1 unsettled operation"},
		{text.English, 2, "2 unsettled operations"},
		{text.English, 21, "21 unsettled operations"},
	} {
		if got := text.New(test.lang).N("list.unsettled", test.n, nil); got != test.want {
			t.Errorf("%v %d: got %q, want %q", test.lang, test.n, got, test.want)
		}
	}
}

func TestMissingKeyGivesTheKey(t *testing.T) {
	c := text.New(text.Russian)
	if got := c.T("no.such.key", nil); got != "no.such.key" {
		t.Errorf("T: got %q", got)
	}
	if got := c.N("no.such.key", 3, nil); got != "no.such.key" {
		t.Errorf("N: got %q", got)
	}
	if c.Has("no.such.key") || !c.Has("verdict.credited") {
		t.Error("Has is wrong")
	}
}

func TestDataIsNotReadAsATemplate(t *testing.T) {
	got := text.New(text.English).T("receipt.note", map[string]any{"Note": "{{.Secret}} <b>"})
	if got != "Note: {{.Secret}} <b>" {
		t.Errorf("got %q", got)
	}
}

func TestCatalogIsSafeForConcurrentUse(t *testing.T) {
	c := text.New(text.Russian)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := c.T("verdict.credited", nil); got != "ЗАЧИСЛЕНО" {
				t.Errorf("got %q", got)
			}
			if got := c.N("list.unsettled", 2, nil); !strings.HasPrefix(got, "2 ") {
				t.Errorf("got %q", got)
			}
		})
	}
	all.Wait()
}

func TestNewCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = text.New(text.Russian).Lang() }); n > 1 {
		t.Errorf("New allocates %v times: it reads the files before it is asked", n)
	}
}
