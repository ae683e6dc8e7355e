package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/render"
	"github.com/raisboy/raisboy/pkg/sign"
)

// maxSignedBody bounds what is read to be signed, in bytes.
const maxSignedBody = 16 << 20

func (a *app) signCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "sign", Short: "command.sign.short", Long: "command.sign.long", Example: signExample,
		Args: arguments(0, 0, ""), Annotations: map[string]string{immediate: "yes"},
		RunE: func(c *cobra.Command, _ []string) error { return a.sign(c) },
	}
	flags := c.Flags()
	flags.String("path", "", "flag.path")
	flags.String("method", http.MethodPost, "flag.http-method")
	flags.String("body", "", "flag.body")
	flags.String("timestamp", "", "flag.timestamp")
	flags.Bool("explain", false, "flag.explain")
	flags.Bool("headers", false, "flag.headers")
	flags.String("curl", "", "flag.curl")
	diagnosisFlags(c)
	return c
}

func (a *app) sign(c *cobra.Command) error {
	if checks(c) {
		return a.checkSignature(c)
	}
	m, address, err := a.readMessage(c)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	client, err := s.signer(a.interrupt)
	if err != nil {
		return err
	}
	m.APIKey, m.Separator = client.APIKey, client.Separator
	if m.Timestamp == "" {
		m.Timestamp = client.TimestampFormat.Format(a.process.now())
	}
	if _, err := sign.ParseTimestamp(m.Timestamp); err != nil {
		return err
	}
	signature, err := client.Key.Hex(m)
	if err != nil {
		return err
	}
	explain, _ := c.Flags().GetBool("explain")
	headers, _ := c.Flags().GetBool("headers")
	if (headers || address != "") && s.movesMoney(m.Path) {
		a.render.Note("note.not-in-journal", nil)
	}
	return a.render.Signature(render.Signature{
		Message: m, Signature: signature, URL: address, Explain: explain, Headers: headers,
	})
}

// readMessage reads what is to be signed, and the address of --curl.
func (a *app) readMessage(c *cobra.Command) (m sign.Message, address string, err error) {
	if err := onlyOne(c, "explain", "headers", "curl"); err != nil {
		return m, "", err
	}
	if address, err = flagText(c, "curl"); err != nil {
		return m, "", err
	}
	if m.Path, err = flagText(c, "path"); err != nil {
		return m, "", err
	}
	if address != "" {
		path, err := api.SignedPath(address)
		if err != nil {
			return m, "", err
		}
		fill(&m.Path, path)
	}
	if m.Path == "" {
		return m, "", &usageError{Problem: usageMissingFlag, Name: "--path", Command: c.CommandPath()}
	}
	if !strings.HasPrefix(m.Path, "/") || strings.ContainsAny(m.Path, "?#") {
		return m, "", &usageError{Problem: usageBadPath, Name: "--path", Value: m.Path, Meant: pathOf(m.Path), Command: c.CommandPath()}
	}
	m.Method, _ = c.Flags().GetString("method")
	m.Method = strings.ToUpper(m.Method)
	if m.Timestamp, err = flagText(c, "timestamp"); err != nil {
		return m, "", err
	}
	body, _ := c.Flags().GetString("body")
	m.Body, err = a.readBody(body)
	return m, address, err
}

// onlyOne refuses flags that exclude each other.
func onlyOne(c *cobra.Command, names ...string) error {
	chosen := ""
	for _, name := range names {
		if !c.Flags().Changed(name) {
			continue
		}
		if chosen != "" {
			return &usageError{Problem: usageExclusive, Name: "--" + chosen, Value: "--" + name, Command: c.CommandPath()}
		}
		chosen = name
	}
	return nil
}

// pathOf guesses the path that was meant by an address or a path with a query.
func pathOf(given string) string {
	u, err := url.Parse(given)
	if err != nil || u.Path == "" {
		return ""
	}
	return "/" + strings.TrimPrefix(u.EscapedPath(), "/")
}

// readBody reads the raw bytes that are signed: the text itself, a file's
// (@FILE) or stdin's (-). Nothing is trimmed: a trailing line feed counts.
func (a *app) readBody(given string) ([]byte, error) {
	name, isFile := strings.CutPrefix(given, "@")
	if !isFile && given != "-" {
		return []byte(given), nil
	}
	source, done, err := a.openInput(name)
	if err != nil {
		return nil, err
	}
	defer done()
	body, err := io.ReadAll(io.LimitReader(source, maxSignedBody+1))
	switch {
	case err != nil:
		return nil, &usageError{Problem: usageBadFile, Name: name, Value: a.reason(err)}
	case len(body) > maxSignedBody:
		return nil, &usageError{Problem: usageTooLarge, Name: name}
	}
	return body, nil
}

// movesMoney reports whether requests to the path move money.
func (s *session) movesMoney(path string) bool {
	for _, kind := range []api.Kind{api.KindDeposit, api.KindPayout} {
		if p, err := api.SignedPath(s.endpoints().URL(kind)); err == nil && p == path {
			return true
		}
	}
	return false
}
