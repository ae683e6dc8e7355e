package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// A bus is a session bus of its own, and on it a small Secret Service, as a
// desktop has one: what the tests know of a keyring they then know of the real
// calls.
type bus struct {
	address string
	conn    *dbus.Conn

	mutex  sync.Mutex
	items  map[dbus.ObjectPath]*item
	silent bool // it answers no more
	hold   chan struct{}
}

type item struct {
	attributes map[string]string
	secret     wireSecret
}

type wireSecret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

const (
	secretService = "org.freedesktop.Secret."
	serviceObject = dbus.ObjectPath("/org/freedesktop/secrets")
	loginObject   = serviceObject + "/collection/login"
	noPrompt      = dbus.ObjectPath("/")
)

func newBus(t *testing.T) *bus {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("this system has no session bus: dbus-daemon is not installed")
	}
	command := exec.Command(daemon, "--session", "--nofork", "--print-address", "--address=unix:dir="+t.TempDir())
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	b := &bus{address: strings.TrimSpace(address), items: map[dbus.ObjectPath]*item{}, hold: make(chan struct{})}
	if b.conn, err = dbus.Connect(b.address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(b.hold)
		_ = b.conn.Close()
	})
	b.export(t, map[string]any{"OpenSession": b.openSession, "Unlock": b.unlock}, serviceObject, secretService+"Service")
	b.export(t, map[string]any{"Get": b.get}, serviceObject, "org.freedesktop.DBus.Properties")
	b.export(t, map[string]any{"CreateItem": b.createItem, "SearchItems": b.searchItems}, loginObject, secretService+"Collection")
	b.export(t, map[string]any{"Close": func() *dbus.Error { return nil }}, serviceObject+"/session/1", secretService+"Session")
	if reply, err := b.conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return b
}

func (b *bus) export(t *testing.T, methods map[string]any, path dbus.ObjectPath, name string) {
	t.Helper()
	if err := b.conn.ExportMethodTable(methods, path, name); err != nil {
		t.Fatal(err)
	}
}

func (b *bus) openSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	b.mutex.Lock()
	silent := b.silent
	b.mutex.Unlock()
	if silent { // as one that waits for a password in a window
		<-b.hold
	}
	return dbus.MakeVariant(""), serviceObject + "/session/1", nil
}

func (b *bus) unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return paths, noPrompt, nil
}

func (b *bus) get(string, string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant([]dbus.ObjectPath{loginObject}), nil
}

func (b *bus) createItem(properties map[string]dbus.Variant, secret wireSecret, _ bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	attributes, _ := properties[secretService+"Item.Attributes"].Value().(map[string]string)
	for path, there := range b.items {
		if maps.Equal(there.attributes, attributes) {
			there.secret = secret
			return path, noPrompt, nil
		}
	}
	path := dbus.ObjectPath(fmt.Sprintf("%s/i%d", loginObject, len(b.items)+1))
	b.items[path] = &item{attributes, secret}
	_ = b.conn.ExportMethodTable(map[string]any{
		"GetSecret": func(dbus.ObjectPath) (wireSecret, *dbus.Error) {
			b.mutex.Lock()
			defer b.mutex.Unlock()
			return b.items[path].secret, nil
		},
		"Delete": func() (dbus.ObjectPath, *dbus.Error) {
			b.mutex.Lock()
			defer b.mutex.Unlock()
			delete(b.items, path)
			return noPrompt, nil
		},
	}, path, secretService+"Item")
	return path, noPrompt, nil
}

func (b *bus) searchItems(search map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	found := []dbus.ObjectPath{}
	for path, there := range b.items {
		matches := true
		for name, value := range search {
			matches = matches && there.attributes[name] == value
		}
		if matches {
			found = append(found, path)
		}
	}
	return found, nil
}

// kept gives what the keyring holds, by account.
func (b *bus) kept() map[string]string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	all := map[string]string{}
	for _, there := range b.items {
		all[there.attributes["service"]+"/"+there.attributes["username"]] = string(there.secret.Value)
	}
	return all
}

// TestSecretInTheKeyring sets a profile up, uses it and changes its secret, on a
// machine that has a keyring: the secret is there and in no file.
func TestSecretInTheKeyring(t *testing.T) {
	t.Parallel()
	b, home := newBus(t), t.TempDir()
	environment := []string{"DBUS_SESSION_BUS_ADDRESS=" + b.address}
	base := project(t)
	said, code := converseWith(t, home, environment, "config init --base-url "+base,
		turn{"Name of the profile", "\n"}, turn{"Address of the project", "\n"}, turn{"Address for payouts", "\n"}, turn{"API key", sandbox.APIKey + "\n"},
		turn{"not shown):", sandbox.Secret + "\n"}, turn{"Name of this till", "\n"}, turn{"Currency", "\n"}, turn{"Payment method", "\n"}, turn{"Set limits", "\n"},
		turn{"system's keyring", ""}, turn{"accepts the key", ""})
	if code != 0 || b.kept()["raisboy/main"] != sandbox.Secret {
		t.Fatalf("exit %d, kept %v\n%s", code, b.kept(), said)
	}
	if said, code := converseWith(t, home, environment, "deposit --user 1 --amount 5", turn{"REAL MONEY", "y\n"}, turn{"CREDITED", ""}); code != 0 {
		t.Errorf("exit %d\n%s", code, said)
	}
	if said, code := converseWith(t, home, environment, "config rotate-secret --lang ru", turn{"Новый секрет", "the-next-one\n"}, turn{"raisboy listen", ""}); code != 0 {
		t.Errorf("exit %d\n%s", code, said)
	}
	if kept := b.kept(); kept["raisboy/main"] != "the-next-one" || kept["raisboy/main.previous"] != sandbox.Secret {
		t.Errorf("%v", kept)
	}
	if said, code := converseWith(t, home, environment, "config rotate-secret", turn{"New secret", "a-third\n"}, turn{"Go on all the same? [y/N]", "n\n"}); code != 130 || b.kept()["raisboy/main"] != "the-next-one" {
		t.Errorf("exit %d\n%s", code, said)
	}
	if said, code := converseWith(t, home, environment, "config rotate-secret --drop-previous"); code != 0 || len(b.kept()) != 1 {
		t.Errorf("exit %d, kept %v\n%s", code, b.kept(), said)
	}
	for _, path := range filesBelow(t, filepath.Join(home, ".config")) {
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), sandbox.Secret) || strings.Contains(string(text), "the-next-one") {
			t.Errorf("%s: %v\n%s", path, err, text)
		}
	}
	// One that never answers is given up, and said; money waits for nobody's window.
	b.mutex.Lock()
	b.silent = true
	b.mutex.Unlock()
	if said, code := converseWith(t, home, environment, "validate --user 1", turn{"RAISBOY_SECRET", ""}); code != 3 {
		t.Errorf("exit %d\n%s", code, said)
	}
}
