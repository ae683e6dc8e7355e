//go:build unix

package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRefusal(t *testing.T) {
	for name, c := range map[string]struct {
		mode        fs.FileMode
		owner, user int
		secret      bool
		problem     PermissionProblem
	}{
		"private":                {0o600, 1000, 1000, true, ""},
		"read only":              {0o400, 1000, 1000, true, ""},
		"root's":                 {0o600, 0, 1000, true, ""},
		"public without secrets": {0o644, 1000, 1000, false, ""},
		"group reads a secret":   {0o640, 1000, 1000, true, OthersMayRead},
		"all read a secret":      {0o604, 1000, 1000, true, OthersMayRead},
		"others may enter":       {0o601, 1000, 1000, true, OthersMayRead},
		"group writes":           {0o620, 1000, 1000, false, OthersMayWrite},
		"all write":              {0o602, 1000, 1000, false, OthersMayWrite},
		"another's":              {0o600, 1001, 1000, false, ForeignOwner},
		"another's, for root":    {0o600, 1001, 0, true, ForeignOwner},
	} {
		t.Run(name, func(t *testing.T) {
			got := refusal("/etc/raisboy.yaml", c.mode, c.owner, c.user, c.secret)
			if (got == nil) != (c.problem == "") || got != nil && (got.Problem != c.problem || got.Mode != c.mode || got.Owner != c.owner) {
				t.Errorf("%v", got)
			}
		})
	}
	if got := refusal("/a b/it's", 0o644, 1, 1, true); got.Remedy != `chmod 600 '/a b/it'\''s'` {
		t.Error(got.Remedy)
	}
	if got := refusal("/a", 0o600, 1, 2, true); got.Remedy != "chown 2 /a" {
		t.Error(got.Remedy)
	}
	if shellQuoted("-rf") != "./'-rf'" || shellQuoted("") != "''" {
		t.Error(shellQuoted("-rf"), shellQuoted(""))
	}
}

func TestFolderRefusal(t *testing.T) {
	for name, c := range map[string]struct {
		mode        fs.FileMode
		owner, user int
		problem     PermissionProblem
	}{
		"private":           {0o700, 1000, 1000, ""},
		"others may look":   {0o755, 1000, 1000, ""},
		"root's":            {0o755, 0, 1000, ""},
		"sticky":            {0o777 | fs.ModeSticky, 0, 1000, ""},
		"group writes":      {0o770, 1000, 1000, FolderOpen},
		"all write":         {0o777, 1000, 1000, FolderOpen},
		"all write, root's": {0o777, 0, 1000, FolderOpen},
		"another's":         {0o700, 1001, 1000, FolderForeign},
		"another's, sticky": {0o777 | fs.ModeSticky, 1001, 1000, FolderForeign},
	} {
		t.Run(name, func(t *testing.T) {
			got := folderRefusal("/etc/raisboy", c.mode, c.owner, c.user)
			if (got == nil) != (c.problem == "") || got != nil && (got.Problem != c.problem || got.Owner != c.owner) {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestFolderThatOthersCanChange: a private file in a folder in which anybody
// could put another one in its place is refused, and the remedy works.
func TestFolderThatOthersCanChange(t *testing.T) {
	s := machine(t, one("secret: keyring"), nil)
	path, _ := s.configPath()
	folder := filepath.Dir(path)
	for _, mode := range []fs.FileMode{0o777, 0o770, 0o702} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Load(s)
		var refused *PermissionError
		if !errors.As(err, &refused) || refused.Problem != FolderOpen || refused.Path != folder || refused.Remedy != "chmod 700 "+folder {
			t.Errorf("%04o: %v", mode, err)
		}
		if f, err := Edit(s); !errors.As(err, &refused) || f.Has("main") {
			t.Errorf("%04o: edited: %v", mode, err)
		}
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(s); err != nil {
		t.Errorf("after the remedy: %v", err)
	}
}

func TestSecretsThatOthersCanRead(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		mode    os.FileMode
		problem PermissionProblem
	}{
		"api_key":                   {one("api_key: k"), 0o640, OthersMayRead},
		"secret":                    {one("secret: s3cret"), 0o644, OthersMayRead},
		"previous_secret":           {one("previous_secret: s3cret"), 0o604, OthersMayRead},
		"almost a form":             {one("secret: Keyring:x"), 0o644, OthersMayRead},
		"another profile's":         {"default_profile: a\nprofiles: {a: {}, b: {api_key: k}}", 0o644, OthersMayRead},
		"journal's password":        {one("journal: postgres://u:p@h/d"), 0o644, OthersMayRead},
		"journal's parameter":       {one("journal: postgres://u@h/d?password=p"), 0o644, OthersMayRead},
		"journal, not readable":     {one("journal: 'postgres://u:%zz@h/d'"), 0o644, OthersMayRead},
		"journal without password":  {one("journal: postgres://h/d"), 0o644, ""},
		"forms":                     {one("secret: keyring", "previous_secret: env:X"), 0o644, ""},
		"more forms":                {one("secret: file:/x", "previous_secret: command:[pass]"), 0o644, ""},
		"empty":                     {one("secret:", "api_key: ''"), 0o644, ""},
		"others may change the URL": {one("base_url: https://a.example"), 0o666, OthersMayWrite},
	} {
		t.Run(name, func(t *testing.T) {
			s := machine(t, c.text, nil)
			path, _ := s.configPath()
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := Load(s)
			var refused *PermissionError
			if errors.As(err, &refused); (refused != nil) != (c.problem != "") || refused == nil && err != nil {
				t.Fatalf("%v", err)
			}
			if refused == nil {
				return
			}
			if refused.Problem != c.problem || refused.Path != path || !strings.HasPrefix(refused.Remedy, "chmod 600 ") || !strings.Contains(err.Error(), refused.Remedy) {
				t.Errorf("%v", err)
			}
			// The remedy works.
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(s); errors.As(err, &refused) {
				t.Errorf("after the remedy: %v", err)
			}
		})
	}
}

func TestWhatStandsInTheFilesPlace(t *testing.T) {
	for name, c := range map[string]struct {
		put     func(path, real string) error
		problem FileProblem
	}{
		"link":        {func(path, real string) error { return os.Symlink(real, path) }, Symlink},
		"broken link": {func(path, _ string) error { return os.Symlink("/nonexistent", path) }, Symlink},
		"folder":      {func(path, _ string) error { return os.Mkdir(path, 0o700) }, NotRegular},
		"pipe":        {func(path, _ string) error { return syscall.Mkfifo(path, 0o600) }, NotRegular},
		"large": {func(path, _ string) error {
			return os.WriteFile(path, []byte(strings.Repeat("# padding\n", maxFile/10+1)), 0o600)
		}, TooLarge},
		"below a file": {func(path, real string) error {
			if err := os.Remove(filepath.Dir(path)); err != nil {
				return err
			}
			return os.WriteFile(filepath.Dir(path), nil, 0o600)
		}, Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			real, path := filepath.Join(folder, "real.yaml"), filepath.Join(folder, "below", "config.yaml")
			write(t, real, one("desk: x"), 0o600)
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := c.put(path, real); err != nil {
				t.Fatal(err)
			}
			_, err := Load(Sources{File: path})
			var refused *FileError
			if !errors.As(err, &refused) || refused.Problem != c.problem || err.Error() == "" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSecretFileThatOthersCanRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	write(t, path, "s", 0o644)
	_, err := secretOf(t, "file:"+path, nil)
	var refused *PermissionError
	if !errors.As(err, &refused) || refused.Remedy != "chmod 600 "+path {
		t.Errorf("%v", err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	link := path + "-link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if got, err := secretOf(t, "file:"+link, nil); err != nil || got != "s" {
		t.Errorf("%q %v", got, err)
	}
}

// TestSecretFromAPipe is how <(command) of a shell looks to a program.
func TestSecretFromAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	wrote := make(chan error, 1)
	go func() { wrote <- os.WriteFile(path, []byte("piped\n"), 0o600) }()
	got, err := secretOf(t, "file:"+path, nil)
	if written := <-wrote; err != nil || got != "piped" || written != nil {
		t.Errorf("%q %v %v", got, err, written)
	}
}
