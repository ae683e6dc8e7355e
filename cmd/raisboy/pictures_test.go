//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// picturesVariable makes TestPictures write the pictures anew; .ci/pictures
// sets it.
const picturesVariable = "RAISBOY_WRITE_PICTURES"

// pictureColumns is the terminal's width: what two pictures side by side, or
// one on a telephone, still show.
const pictureColumns = 82

// pictureScenes are the pictures of the READMEs: command lines that are run one after
// the other in an empty home. They are split at blanks, but for the quoted.
func pictureScenes() map[string][]string {
	return map[string][]string{
		"deposit": {"deposit --user 456789 --amount 6000 --sandbox", "deposit --user 456789 --amount 6000 --sandbox"},
		"unknown": {"deposit --user drop --amount 100 --sandbox", "resolve --sandbox"},
		"payout":  {"payout --user kxa1234 --amount 5000 --sandbox", "payout list --sandbox"},
		"sign":    {`sign --sandbox --path /api/payout/create --body {"user_id":"1"} --timestamp 1764333557 --explain`},
	}
}

// TestPictures runs what the READMEs show in pictures and holds it against
// docs/pictures, so that no picture shows what the program no longer prints.
func TestPictures(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "docs", "pictures")
	for scene, commands := range pictureScenes() {
		for _, lang := range []string{"en", "ru"} {
			t.Run(scene+"."+lang, func(t *testing.T) {
				got, err := picture("raisboy "+commands[0], play(t, lang, commands), pictureColumns)
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(folder, scene+"."+lang+".svg")
				if os.Getenv(picturesVariable) != "" {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
					return
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s shows what is no longer printed; .ci/pictures draws it anew. Printed:\n%s", path, got)
				}
			})
		}
	}
}

// play gives what a terminal shows of the commands, with their prompts.
func play(t *testing.T, lang string, commands []string) string {
	t.Helper()
	at := newHome(t)
	var shown strings.Builder
	for _, line := range commands {
		command := exec.CommandContext(t.Context(), commandForTests(t), strings.Fields(line)...)
		command.Env = []string{
			"HOME=" + at.folder, "TERM=xterm-256color", "PAGER=cat", "TZ=UTC", "RAISBOY_LANG=" + lang, "RAISBOY_DESK=till-1",
			"RAISBOY_SANDBOX_ADDR=" + at.sandbox, "PATH=" + os.Getenv("PATH"),
		}
		terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 40, Cols: pictureColumns})
		if err != nil {
			t.Fatal(err)
		}
		output, _ := io.ReadAll(terminal) // a terminal whose last program ended reads as an error on Linux
		_ = terminal.Close()
		_ = command.Wait() // some scenes end with a code of their own: it is part of what they show
		if shown.Len() > 0 {
			shown.WriteString("\n")
		}
		shown.WriteString(prompt(line) + settled(string(output)))
	}
	return shown.String()
}

// prompt is the command line as a person would type it, broken like a shell's
// where it is too long for the terminal.
func prompt(line string) string {
	line = regexp.MustCompile(`\{[^ ]*\}`).ReplaceAllString("raisboy "+line, "'$0'")
	var b strings.Builder
	room := pictureColumns - 4
	for _, word := range strings.Fields(line) {
		if room -= len(word) + 1; room < 0 {
			b.WriteString(" \\\n   ")
			room = pictureColumns - 8 - len(word)
		}
		b.WriteString(" " + word)
	}
	return "\x1b[2m$\x1b[0m" + b.String() + "\n"
}

// settled puts one fixed value in the place of all that differs from run to run,
// each as long as the other: the picture keeps its shape.
func settled(shown string) string {
	for _, changing := range []struct{ pattern, fixed string }{
		{`raisboy_dep_[0-9a-f]{64}`, "raisboy_dep_5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"},
		{`pout_[a-z2-7]{16}`, "pout_k3q7mzt2vhx5bn4c"},
		{`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`, "019bc0de-7a31-7c55-9d2e-51b7a0f2c6d4"},
		{`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d`, "2026-01-15 09:30:00"},
		{`20\d\d-\d\d-\d\d \d\d:\d\d`, "2026-01-15 09:30"},
		{`\d\d\.\d\d\.20\d\d \d\d:\d\d:\d\d`, "15.01.2026 09:30:00"},
		{`\d\d\.\d\d\.20\d\d \d\d:\d\d`, "15.01.2026 09:30"},
	} {
		shown = regexp.MustCompile(changing.pattern).ReplaceAllString(shown, changing.fixed)
	}
	return shown
}

// TestPicturesAreShown wants every picture in a README, in that README's
// language, and every picture that a README names on disk.
func TestPicturesAreShown(t *testing.T) {
	root := filepath.Join("..", "..")
	var shown []string
	for name, lang := range map[string]string{"README.md": "en", "README.ru.md": "ru"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range regexp.MustCompile(`!\[[^\]]+\]\((docs/pictures/[^)]*)\)`).FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(at[1], "."+lang+".svg") {
				t.Errorf("%s shows %s", name, at[1])
			}
			shown = append(shown, filepath.Join(root, at[1]))
		}
	}
	drawn, err := filepath.Glob(filepath.Join(root, "docs", "pictures", "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(shown)
	if !slices.Equal(shown, drawn) {
		t.Errorf("the READMEs show\n%v\nand there are\n%v", shown, drawn)
	}
}
