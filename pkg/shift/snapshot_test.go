package shift

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/raisboy/raisboy/pkg/journal"
)

// FuzzRead: bytes in a snapshot's place are a report, which reads back as it
// is, or damage.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"type":"Z","desk":"till-1","shift":1,"totals":[{"kind":"deposit","sum":-100}],"cash":[{"expected":9223372036854775807}]}`))
	f.Add([]byte(`{"version":1,"open":[{"operation":42,"created_at":"2025-11-27T12:39:17.281Z"}]}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		r, err := read(journal.Shift{Number: 1, Desk: "till-1", Snapshot: snapshot, Hash: []byte{1}})
		if err != nil {
			var damage *journal.DamageError
			if !errors.As(err, &damage) {
				t.Fatal(err)
			}
			return
		}
		_, _, _, _ = r.OpenItems(), r.UnpaidItems(), r.LateItems(), r.Till()
		canonical, err := json.Marshal(r)
		if err != nil {
			return // a time that JSON cannot say
		}
		again, err := read(journal.Shift{Number: 1, Desk: "till-1", Snapshot: canonical, Hash: []byte{1}})
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := json.Marshal(again); err != nil || !cmp.Equal(twice, canonical) {
			t.Errorf("%s reads back as %s, error %v", canonical, twice, err)
		}
	})
}
