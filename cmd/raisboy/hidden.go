package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/term"

	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/desk"
)

// maxSecretInput is more than any secret is long, with its line ending.
const maxSecretInput = 8 << 10

// askHidden asks for a secret: what is typed does not appear. Whatever ends the
// question, Ctrl-C too, the terminal shows again what is typed afterwards.
func (a *app) askHidden(ctx context.Context, question string) (string, error) {
	terminal, ok := a.process.in.(*os.File)
	if !ok {
		return "", desk.ErrStopped // canAsk said that it is one
	}
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		return "", desk.ErrStopped
	}
	type reply struct {
		typed []byte
		err   error
	}
	replies := make(chan reply, 1)
	go func() {
		typed, err := term.ReadPassword(int(terminal.Fd()))
		replies <- reply{typed, err}
	}()
	untilHidden(terminal, before)
	_, _ = fmt.Fprint(a.process.err, question+" ")
	defer func() { _, _ = fmt.Fprintln(a.process.err) }() // the Enter that was not shown
	select {
	case r := <-replies:
		if r.err != nil {
			return "", desk.ErrStopped
		}
		return string(r.typed), nil
	case <-a.interrupt.stop:
	case <-ctx.Done():
	}
	_ = term.Restore(int(terminal.Fd()), before)
	return "", desk.ErrStopped
}

// untilHidden waits until the terminal shows no more what is typed: whoever pastes
// as soon as the question is there must not be faster than that. A terminal that
// showed nothing before does not change; it is not waited for long.
func untilHidden(terminal *os.File, before *term.State) {
	for range 200 {
		now, err := term.GetState(int(terminal.Fd()))
		if err != nil || *now != *before {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// askSecret asks for a secret until it can be one. An empty answer is the zero
// Secret if that is allowed.
func (a *app) askSecret(ctx context.Context, question string, mayBeEmpty bool) (config.Secret, error) {
	for {
		typed, err := a.askHidden(ctx, question)
		if err != nil {
			return config.Secret{}, err
		}
		secret := config.NewSecret(typed)
		switch {
		case typed == "" && mayBeEmpty:
			return secret, nil
		case typed == "":
			a.render.Aside("config.secret.empty", nil)
		case config.CheckSecret(secret) != nil:
			a.render.Aside("config.secret.too-long", nil)
		case strings.TrimSpace(typed) != typed:
			a.render.Aside("config.secret.space", nil)
		case strings.ContainsFunc(typed, unicode.IsControl):
			a.render.Aside("config.secret.control", nil)
		default:
			a.render.Aside("config.secret.taken", words{"Count": len([]rune(typed))})
			return secret, nil
		}
	}
}

// secretFromStdin reads all of stdin as a secret; exactly one line ending at its
// end is not part of it.
func (a *app) secretFromStdin() (config.Secret, error) {
	data, err := io.ReadAll(io.LimitReader(a.process.in, maxSecretInput))
	if err != nil {
		return config.Secret{}, &usageError{Problem: usageBadFile, Name: "--secret-stdin", Value: a.reason(err)}
	}
	text := string(data)
	if shorter, found := strings.CutSuffix(text, "\n"); found {
		text = strings.TrimSuffix(shorter, "\r")
	}
	secret := config.NewSecret(text)
	if err := config.CheckSecret(secret); err != nil {
		return config.Secret{}, &config.SecretError{Key: "secret", Kind: config.SecretValue, Place: "--secret-stdin", Err: err}
	}
	return secret, nil
}
