package main

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/raisboy/raisboy/pkg/api"
	"github.com/raisboy/raisboy/pkg/config"
	"github.com/raisboy/raisboy/pkg/journal"
)

// flagWords gives what a flag's value may be; nil leaves it to the shell, which
// offers files.
func (a *app) flagWords(c *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	switch f.Name {
	case "output", "lang", "color":
		for _, s := range config.OptionSettings() {
			if s.Key == f.Name {
				return fixed(s.Choices...)
			}
		}
	case "profile":
		return a.profileWords
	case "method":
		if c.Name() == "sign" { // there it is HTTP's
			return fixed("POST", "GET")
		}
		return fixed(a.described("method.", api.PaymentMethods())...)
	case "currency":
		return fixed(api.Currencies()...)
	case "kind":
		if strings.HasPrefix(c.CommandPath(), "raisboy events") {
			return fixed(eventWords()...)
		}
		return fixed(kindWords()...)
	case "outcome":
		return listOf(outcomeWords())
	case "status":
		return fixed(a.described("status.", statusWords())...)
	case "by":
		return fixed(groupWords()...)
	case "secret-in":
		return fixed("keyring", "file")
	case "filter":
		return fixed(prefixed("status=", statusWords())...)
	case "until":
		if c.Name() == "listen" {
			return fixed(statusWords()...)
		}
	case "batch":
		return a.batchNames
	case "template":
		return fixed("csv")
	case "payout-id":
		return a.journalWords(journal.Filter{States: []journal.State{journal.StateUnknown, journal.StateConflict}}, true)
	case "config", "tls-cert", "tls-key", "file", "from", "html", "dir", "body":
		return nil
	}
	return fixed()
}

// argumentWords gives what a command's argument may be.
func (a *app) argumentWords(c *cobra.Command) cobra.CompletionFunc {
	switch strings.TrimPrefix(c.CommandPath(), "raisboy ") {
	case "journal show", "receipt":
		return a.onlyFirst(a.journalWords(journal.Filter{}, false))
	case "payout show":
		return a.onlyFirst(a.journalWords(journal.Filter{Kind: api.KindPayout}, false))
	case "payout complete", "payout cancel":
		return a.onlyFirst(a.journalWords(journal.Filter{
			Kind: api.KindPayout, PayoutStatus: api.StatusAccepted, States: []journal.State{journal.StateDone},
		}, false))
	case "payout deliver":
		return a.onlyFirst(a.journalWords(journal.Filter{Kind: api.KindPayout, Notices: true}, false))
	case "resolve":
		return a.journalWords(journal.Filter{States: unsettledStates()}, false)
	case "batch show":
		return a.onlyFirst(a.batchNames)
	case "account reconcile": // a file
		return nil
	case "events show", "events replay":
		return a.onlyFirst(a.eventNumbers)
	case "sandbox send":
		return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return fixed("webhook1", "completed", "cancelled")(c, args, typed)
			}
			return a.onlyFirst(a.journalWords(journal.Filter{Kind: api.KindPayout}, true))(c, args[1:], typed)
		}
	}
	return fixed()
}

// described puts the catalog's words for a name behind it.
func (a *app) described(prefix string, names []string) []string {
	described := make([]string, len(names))
	for i, name := range names {
		described[i] = cobra.CompletionWithDesc(name, a.catalog.T(prefix+name, nil))
	}
	return described
}

func prefixed(prefix string, names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, prefix+name)
	}
	return all
}

func (a *app) onlyFirst(words cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return words(c, args, typed)
	}
}

// profileWords offers the profiles of the configuration file, also where it
// says too little to choose one of them.
func (a *app) profileWords(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	a.completionSources(c)
	a.sources.Profile = ""
	known, _ := config.Load(a.sources) // what it could not read has no profiles
	return known.Profiles, cobra.ShellCompDirectiveNoFileComp
}

// completionSources takes over what was typed so far of the flags that say which
// journal is meant.
func (a *app) completionSources(c *cobra.Command) {
	_ = a.prepare(c, nil) // a wrong option must not keep anyone from completing
}

// How long a person at the keyboard is kept waiting for words from the journal,
// and how many of the newest are offered.
const (
	completionPatience = 700 * time.Millisecond
	completionWords    = 60
)

// journalWords offers numbers of operations, or the project's ids of payouts,
// each with what it is about. The journal is only read; one that does not exist,
// is damaged or does not answer in time offers nothing.
func (a *app) journalWords(f journal.Filter, byPayoutID bool) cobra.CompletionFunc {
	f.Limit = completionWords
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		a.completionSources(c)
		words := a.patiently(func(ctx context.Context, s *session, offer func(string)) {
			f.Profile = s.profile.Name
			for e, err := range s.journal.List(ctx, f) {
				number := strconv.FormatInt(e.ID, 10)
				if err != nil || slices.Contains(args, number) {
					continue
				}
				about := a.render.Brief(e)
				if !byPayoutID && strings.HasPrefix(number, typed) {
					offer(cobra.CompletionWithDesc(number, about))
				}
				if id := e.PayoutID; id != "" && plainWord(id) && (byPayoutID || typed != "" && strings.HasPrefix(id, typed)) {
					offer(cobra.CompletionWithDesc(id, about))
				}
			}
		})
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// batchNames offers the batches that the journal has rows of.
func (a *app) batchNames(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	a.completionSources(c)
	words := a.patiently(func(ctx context.Context, s *session, offer func(string)) {
		names, _ := s.journal.Batches(ctx, s.profile.Name) // none where it cannot tell
		for _, name := range names {
			if plainWord(name) {
				offer(name)
			}
		}
	})
	return words, cobra.ShellCompDirectiveNoFileComp
}

// eventNumbers offers the newest stored webhooks.
func (a *app) eventNumbers(c *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	a.completionSources(c)
	words := a.patiently(func(ctx context.Context, s *session, offer func(string)) {
		filter := journal.EventFilter{Profile: s.profile.Name, Limit: completionWords}
		for e, err := range s.journal.Events(ctx, filter) {
			if number := strconv.FormatInt(e.ID, 10); err == nil && strings.HasPrefix(number, typed) {
				offer(cobra.CompletionWithDesc(number, a.render.BriefEvent(e)))
			}
		}
	})
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// patiently reads words from the journal, newest first, for as long as somebody
// who pressed a key waits. What is slower is left behind: the process ends.
func (a *app) patiently(read func(ctx context.Context, s *session, offer func(string))) []string {
	ctx, cancel := context.WithTimeout(context.Background(), completionPatience)
	defer cancel()
	found := make(chan []string, 1)
	go func() {
		var words []string
		s, err := a.open()
		if err == nil && s.openJournal(ctx, true) == nil {
			read(ctx, s, func(word string) { words = append([]string{word}, words...) })
			_ = s.close()
		}
		found <- words
	}()
	select {
	case words := <-found:
		return words
	case <-ctx.Done():
		return nil
	}
}

// plainWord reports an id that every shell takes as it is: one from outside may
// hold anything.
func plainWord(id string) bool {
	for i := range len(id) {
		c := id[i]
		if c != '_' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return id != "" && id[0] != '-'
}
