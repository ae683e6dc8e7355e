//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/raisboy/raisboy/pkg/sandbox"
)

// TestAdviceOfANewcomerWorks follows what the first error says, from an empty
// home to a credited deposit, in both languages: every question is answered, some
// wrongly at first.
func TestAdviceOfANewcomerWorks(t *testing.T) {
	t.Parallel()
	base := project(t)
	for _, lang := range []struct {
		name, name1, address, payouts, key, secret, taken, desk, currency, method, limits, deposit, payout, shift, above, keyring, file, accepted, wrong, real, credited string
	}{
		{"ru_RU.UTF-8", "Имя профиля", "Адрес проекта", "Адрес для выплат", "Ключ API", "Секрет", "Принято символов: 23", "Имя этой кассы", "Валюта",
			"Способ оплаты", "Задать лимиты", "Наибольший депозит", "Наибольшая выплата", "за смену", "дважды", "Связкой ключей", "в этом файле",
			"Проект принимает ключ и подпись", "ошибка", "НАСТОЯЩИЕ ДЕНЬГИ", "ЗАЧИСЛЕНО"},
		{"en_US.UTF-8", "Name of the profile", "Address of the project", "Address for payouts", "API key", "Secret", "Characters taken: 23", "Name of this till", "Currency",
			"Payment method", "Set limits", "Most for one deposit", "Most for one payout", "Most for one shift", "twice above", "keyring cannot", "in that file",
			"The project accepts the key", "error", "REAL MONEY", "CREDITED"},
	} {
		t.Run(lang.name, func(t *testing.T) {
			home, environment := t.TempDir(), []string{"LANG=" + lang.name}
			said, code := converseWith(t, home, environment, "deposit --user 1 --amount 5")
			if code != 3 || !strings.Contains(said, "raisboy config init") {
				t.Fatalf("exit %d\n%s", code, said)
			}
			said, code = converseWith(t, home, environment, "config init",
				turn{lang.name1 + " [main]:", "Касса\n"}, turn{lang.wrong, ""},
				turn{lang.name1 + " [main]:", "\n"},
				turn{lang.address, "http://project.example\n"}, turn{"127.0.0.1", ""},
				turn{lang.address, base + "/\n"}, turn{lang.payouts, "\n"},
				turn{lang.key, "\n"}, turn{lang.key, sandbox.APIKey + "\n"},
				turn{lang.secret, " " + sandbox.Secret + "\n"}, turn{lang.secret, sandbox.Secret + "\n"}, turn{lang.taken, ""},
				turn{lang.desk, "касса 1\n"}, turn{lang.currency + " [UZS]", "usz\n"}, turn{"USZ", ""}, turn{lang.currency + " [UZS]", "\n"},
				turn{lang.method + " [bank_card]", "\n"}, turn{lang.limits, "y\n"},
				turn{lang.deposit, "6,000\n"}, turn{"6000.00", ""}, turn{lang.deposit, "6 000,00\n"}, turn{lang.payout, "\n"}, turn{lang.shift, "\n"},
				turn{lang.above, "4000\n"}, turn{lang.keyring, ""}, turn{lang.file, "y\n"}, turn{lang.accepted, ""})
			if code != 0 || strings.Contains(said, sandbox.Secret) {
				t.Fatalf("exit %d\n%s", code, said)
			}
			want := fmt.Sprintf("default_profile: main\nprofiles:\n  main:\n    base_url: %s\n    api_key: %s\n    secret: file:main.secret\n"+
				"    currency: UZS\n    payment_method: bank_card\n    desk: \"касса 1\"\n    limits:\n      deposit_max: \"6 000,00\"\n      confirm_above: \"4000\"\n",
				base, sandbox.APIKey)
			if got := configFile(t, home); got != want {
				t.Errorf("%s\n%s", got, said)
			}
			checkPrivate(t, home)
			if said, code := converseWith(t, home, environment, "config check"); code != 0 {
				t.Errorf("exit %d\n%s", code, said)
			}
			said, code = converseWith(t, home, environment, "deposit --user 2564568 --amount 3000", turn{lang.real, ""}, turn{"[y/N]", "д\n"}, turn{lang.credited, ""})
			if code != 0 {
				t.Errorf("exit %d\n%s", code, said)
			}
		})
	}
}

// checkPrivate holds everything below the configuration's folder to its owner.
func checkPrivate(t *testing.T, home string) {
	t.Helper()
	folder := filepath.Join(home, ".config", "raisboy")
	for path, mode := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, "config.yaml"): 0o600, filepath.Join(folder, "main.secret"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", path, info, err)
		}
	}
}

// TestCtrlCLeavesEverything stops at every question: nothing is written, and the
// terminal shows again what is typed.
func TestCtrlCLeavesEverything(t *testing.T) {
	t.Parallel()
	const stop = "\x03"
	before := []turn{{"Name of the profile", "\n"}, {"Address of the project", "https://project.example\n"}, {"Address for payouts", "\n"},
		{"API key", "k\n"}, {"not shown):", "s3cret\n"}, {"Name of this till", "\n"}, {"Currency", "\n"}, {"Payment method", "\n"},
		{"Set limits", "y\n"}, {"Most for one deposit", "\n"}, {"Most for one payout", "\n"}, {"Most for one shift", "\n"}, {"twice above", "\n"},
		{"in that file", "y\n"}}
	for i, last := range before {
		home := t.TempDir()
		turns := append(append([]turn{}, before[:i]...), turn{last.wait, stop})
		said, code := converseWith(t, home, nil, "config init", turns...)
		if code != 130 || len(filesBelow(t, home)) != 0 {
			t.Errorf("at %q: exit %d, files %v\n%s", last.wait, code, filesBelow(t, home), said)
		}
	}
	home := t.TempDir()
	said, code := converseWith(t, home, nil, "config init", append(append([]turn{}, before[:len(before)-1]...), turn{"in that file", "n\n"})...)
	if code != 130 || len(filesBelow(t, home)) != 0 {
		t.Errorf("a no to the file: exit %d, files %v\n%s", code, filesBelow(t, home), said)
	}
}

// TestSecondSetUp changes a profile that is there: Enter keeps everything, the
// secret too; what is typed changes; the rest of the file stays.
func TestSecondSetUp(t *testing.T) {
	t.Parallel()
	base := project(t)
	home := aDesk(t, base, "    desk: till-1 # by the door\n    limits:\n      payout_max: 700\n")
	before := configFile(t, home)
	keep := []turn{{"Name of the profile", "\n"}, {"Change it? [y/N]", "y\n"}, {"[" + base + "]:", "\n"}, {"Address for payouts", "\n"},
		{"API key [" + sandbox.APIKey + "]:", "\n"}, {"keeps the present one):", "\n"}, {"[till-1]:", "till-2\n"}, {"Currency [UZS]", "\n"},
		{"Payment method [bank_card]", "\n"}, {"Set limits", "y\n"}, {"Most for one deposit:", "\n"}, {"Most for one payout [700]:", "-\n"},
		{"Most for one shift:", "\n"}, {"twice above:", "\n"}, {"accepts the key", ""}}
	said, code := converseWith(t, home, nil, "config init", keep...)
	want := strings.Replace(strings.Replace(before, "till-1", "till-2", 1), "      payout_max: 700\n", "", 1)
	want = strings.Replace(want, "    secret: file:main.secret\n", "    secret: file:main.secret\n    currency: UZS\n    payment_method: bank_card\n", 1)
	if got := configFile(t, home); code != 0 || got != want {
		t.Errorf("exit %d\n%s\n%s", code, got, said)
	}
	// Another secret goes where the first is, without asking for the keyring again.
	said, code = converseWith(t, home, nil, "config init --profile main", turn{"Change it? [y/N]", "y\n"}, turn{"Address of", "\n"}, turn{"Address for", "\n"},
		turn{"API key", "\n"}, turn{"not shown", "wrong-secret\n"}, turn{"Name of this till", "\n"}, turn{"Currency", "\n"}, turn{"Payment method", "\n"},
		turn{"Set limits", "\n"}, turn{"does NOT accept", ""})
	secret, err := os.ReadFile(filepath.Join(home, ".config", "raisboy", "main.secret"))
	if code != 5 || err != nil || string(secret) != "wrong-secret\n" || strings.Contains(said, "Keep the secret in that file") {
		t.Errorf("exit %d, %q %v\n%s", code, secret, err, said)
	}
	// A no leaves everything.
	before = configFile(t, home)
	if said, code := converseWith(t, home, nil, "config init --profile main", turn{"Change it? [y/N]", "n\n"}); code != 130 || configFile(t, home) != before {
		t.Errorf("exit %d\n%s", code, said)
	}
}

// TestSecretInTheFileMoves: the advice for a secret that stands in the file, by
// questions: Enter takes it to where it belongs.
func TestSecretInTheFileMoves(t *testing.T) {
	t.Parallel()
	home := aDesk(t, project(t), "    previous_secret: the-earlier-one\n")
	path := filepath.Join(home, ".config", "raisboy", "config.yaml")
	text := strings.Replace(configFile(t, home), "file:main.secret", sandbox.Secret, 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said, code := converseWith(t, home, nil, "validate --user 1")
	if code != 3 || !strings.Contains(said, "raisboy config init") || strings.Contains(said, sandbox.Secret) {
		t.Fatalf("exit %d\n%s", code, said)
	}
	said, code = converseWith(t, home, nil, "config init", turn{"Name of the profile", "\n"}, turn{"Change it? [y/N]", "y\n"}, turn{"Address of", "\n"}, turn{"Address for", "\n"},
		turn{"API key", "\n"}, turn{"not shown", "\n"}, turn{"Name of this till", "\n"}, turn{"Currency", "\n"}, turn{"Payment method", "\n"},
		turn{"Set limits", "\n"}, turn{"in that file", "y\n"}, turn{"accepts the key", ""})
	got := configFile(t, home)
	if code != 0 || strings.Contains(got, sandbox.Secret) || strings.Contains(got, "the-earlier-one") ||
		!strings.Contains(got, "secret: file:main.secret\n    previous_secret: file:main.secret.previous\n") {
		t.Errorf("exit %d\n%s\n%s", code, got, said)
	}
	if said, code := converseWith(t, home, nil, "config check"); code != 0 {
		t.Errorf("exit %d\n%s", code, said)
	}
}
