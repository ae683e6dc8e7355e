//go:build unix

package config

import (
	"io/fs"
	"runtime"
	"testing"
)

func TestCredentialOfSystemd(t *testing.T) {
	for name, c := range map[string]struct {
		mode         fs.FileMode
		owner, group uint32
		user         int
		refused      bool
	}{
		"granted by an access list": {0o440, 0, 0, 997, runtime.GOOS != "linux"},
		"root's alone":              {0o400, 0, 0, 997, false},
		"another group reads":       {0o440, 0, 50, 997, true},
		"the user's own":            {0o440, 997, 0, 997, true},
		"all read":                  {0o444, 0, 0, 997, true},
		"the group writes":          {0o660, 0, 0, 997, true},
		"root looks at its own":     {0o440, 0, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := refusal("/run/credentials/secret", withoutGrant(c.mode, c.owner, c.group, c.user), int(c.owner), c.user, true)
			if (got != nil) != c.refused {
				t.Errorf("%v", got)
			}
		})
	}
}
