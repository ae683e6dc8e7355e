package sandbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseFault(t *testing.T) {
	for spec, want := range map[string]Fault{
		"":                                {},
		"  ":                              {},
		"429=0.01, truncate=0.05 ,seed=7": {Chance: map[Conduct]float64{TooMany: 0.01, Truncate: 0.05}, Seed: 7},
		"drop-before=0.1,drop-after=0.1,e500=0.05,delay=200ms,malformed=0.05,times=3,on=all": {
			Chance: map[Conduct]float64{DropBefore: 0.1, DropAfter: 0.1, E500: 0.05, Malformed: 0.05},
			Delay:  200 * time.Millisecond, Times: 3, All: true},
		"webhook=off":                     {Webhook: Webhook{Off: true}},
		"webhook=late:5s,webhook=twice":   {Webhook: Webhook{Late: 5 * time.Second, Twice: true}},
		"webhook=early,webhook=reordered": {Webhook: Webhook{Early: true, Reordered: true}},
		"webhook=wrong-signature":         {Webhook: Webhook{WrongSignature: true}},
		"webhook=old-signature":           {Webhook: Webhook{OldSignature: true}},
		"path=request":                    {RequestPath: true},
		"path=webhook_url,on=creation":    {},
		"drop-before=0.1,drop-after=0.1,e500=0.1,e502=0.1,429=0.1,302=0.1,307=0.1,html=0.1,truncate=0.1,malformed=0.1": {
			Chance: map[Conduct]float64{DropBefore: .1, DropAfter: .1, E500: .1, E502: .1, TooMany: .1, Found: .1,
				Temporary: .1, HTML: .1, Truncate: .1, Malformed: .1}},
	} {
		got, err := ParseFault(spec)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", spec, err, diff)
		}
	}
}

func TestParseFaultRefuses(t *testing.T) {
	for spec, want := range map[string]FaultError{
		"drop=0.1":                      {"drop=0.1", UnknownFault},
		"seed=7,":                       {"", UnknownFault},
		"=1":                            {"=1", UnknownFault},
		"e500":                          {"e500", BadFaultValue},
		"e500=1.5":                      {"e500=1.5", BadFaultValue},
		"e500=-0.1":                     {"e500=-0.1", BadFaultValue},
		"e500=NaN":                      {"e500=NaN", BadFaultValue},
		"e500=0.6,html=0.6":             {"html=0.6", TooMuchFault},
		"e500=0.1,e500=0.1":             {"e500=0.1", RepeatedFault},
		"seed=1,seed=2":                 {"seed=2", RepeatedFault},
		"webhook=twice,webhook=twice":   {"webhook=twice", RepeatedFault},
		"seed=-1":                       {"seed=-1", BadFaultValue},
		"times=0":                       {"times=0", BadFaultValue},
		"delay=5":                       {"delay=5", BadFaultValue},
		"delay=2h":                      {"delay=2h", BadFaultValue},
		"on=some":                       {"on=some", BadFaultValue},
		"path=other":                    {"path=other", BadFaultValue},
		"webhook=":                      {"webhook=", BadFaultValue},
		"webhook=late":                  {"webhook=late", BadFaultValue},
		"webhook=late:":                 {"webhook=late:", BadFaultValue},
		"webhook=late:0s":               {"webhook=late:0s", BadFaultValue},
		"webhook=early:5s":              {"webhook=early:5s", BadFaultValue},
		"webhook=early,webhook=late:5s": {"webhook=late:5s", ContraryFault},
		"webhook=twice,webhook=off":     {"webhook=off", ContraryFault},
		"x" + strings.Repeat("y", 100):  {"x" + strings.Repeat("y", 63), UnknownFault},
	} {
		got, err := ParseFault(spec)
		fe := (*FaultError)(nil)
		if !errors.As(err, &fe) || *fe != want {
			t.Errorf("%q: %v, want %v", spec, err, &want)
		}
		if diff := cmp.Diff(Fault{}, got); diff != "" {
			t.Errorf("%q left %s", spec, diff)
		}
	}
}

func drawFault(t *rapid.T) Fault {
	var f Fault
	left := 1.0
	for c := Normal + 1; c < conducts; c++ {
		if rapid.Bool().Draw(t, c.String()) {
			p := rapid.Float64Range(0, left).Draw(t, "chance")
			left = max(0, left-p)
			if f.Chance == nil {
				f.Chance = map[Conduct]float64{}
			}
			f.Chance[c] = p
		}
	}
	f.Times = rapid.IntRange(0, 9).Draw(t, "times")
	f.All = rapid.Bool().Draw(t, "all")
	f.Delay = time.Duration(rapid.Int64Range(0, int64(maxWait)).Draw(t, "delay"))
	f.Seed = rapid.Uint64().Draw(t, "seed")
	f.RequestPath = rapid.Bool().Draw(t, "path")
	f.Webhook = rapid.OneOf(rapid.Just(Webhook{Off: true}), rapid.Just(Webhook{Early: true, WrongSignature: true}),
		rapid.Just(Webhook{Late: time.Second, Twice: true, Reordered: true, OldSignature: true})).Draw(t, "webhook")
	return f
}

func TestFaultRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFault(t)
		got, err := ParseFault(f.String())
		if diff := cmp.Diff(f, got); err != nil || diff != "" {
			t.Fatalf("%s: %v\n%s", f, err, diff)
		}
	})
}

// FuzzParseFault: whatever is accepted prints as something that means the same.
func FuzzParseFault(f *testing.F) {
	f.Add("drop-before=0.1,drop-after=0.1,e500=0.05,delay=200ms,429=0.01,truncate=0.05,malformed=0.05,seed=7")
	f.Add("webhook=late:5s,webhook=twice,path=request,on=all,times=3")
	f.Add("webhook=off,html=1")
	f.Fuzz(func(t *testing.T, spec string) {
		got, err := ParseFault(spec)
		if err != nil {
			if fe := (*FaultError)(nil); !errors.As(err, &fe) || len(fe.Part) > faultPartLength {
				t.Fatalf("%#v", err)
			}
			return
		}
		again, err := ParseFault(got.String())
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Fatalf("%q, printed %q: %v\n%s", spec, got, err, diff)
		}
	})
}
