package text

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed catalog
var files embed.FS

// A Catalog gives the sentences of one language. It is safe for concurrent use
// and costs nothing until it is first asked; then it reads the one file that
// has the wanted key, for most commands need no other.
type Catalog struct {
	lang  Lang
	flags string // what {{.Flags}} says where the data do not

	mutex     sync.Mutex // over all below: go-i18n's bundle has none of its own
	known     map[string]bool
	read      map[string]bool // by file
	bundle    *i18n.Bundle
	localizer *i18n.Localizer
}

// New gives the catalog of a language. It reads nothing yet.
func New(lang Lang) *Catalog { return &Catalog{lang: lang} }

// Suggesting gives the same catalog for a run whose suggested commands need
// flags to reach the same profile, such as "--sandbox". They stand, behind a
// space, where a sentence says {{.Flags}}; without this nothing stands there.
func (c *Catalog) Suggesting(flags string) *Catalog {
	if flags != "" {
		flags = " " + flags
	}
	return &Catalog{lang: c.lang, flags: flags}
}

// Lang is the catalog's language.
func (c *Catalog) Lang() Lang { return c.lang }

// T gives the sentence with the key. Data fills its {{.Name}} places; nil if it
// has none. A key that does not exist is a mistake in the program, which tests
// find; the key itself then stands in the sentence's place, for an operator is
// better served by an ugly line than by none.
func (c *Catalog) T(key string, data map[string]any) string {
	return c.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: c.complete(nil, data)})
}

// N gives the sentence with the key in the plural form that n asks for. The
// number itself is {{.N}} in it.
func (c *Catalog) N(key string, n int, data map[string]any) string {
	all := c.complete(map[string]any{"N": n}, data)
	return c.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: all, PluralCount: n})
}

// complete adds what every sentence may say to what this one was given.
func (c *Catalog) complete(all, data map[string]any) map[string]any {
	if all == nil {
		all = map[string]any{}
	}
	all["Flags"] = c.flags
	maps.Copy(all, data)
	return all
}

// Has reports whether the key exists: for keys that are made from what came
// from outside, such as a project's code that no document lists.
func (c *Catalog) Has(key string) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.find(key)
}

func (c *Catalog) localize(config *i18n.LocalizeConfig) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.find(config.MessageID) {
		return config.MessageID
	}
	sentence, err := c.localizer.Localize(config)
	if err != nil {
		return config.MessageID
	}
	return sentence
}

// find makes sure that the file with the key was read. A file that cannot be
// read has no keys: the files are part of the program, and a test reads them.
func (c *Catalog) find(key string) bool {
	if c.bundle == nil {
		tag := language.English
		if c.lang == Russian {
			tag = language.Russian
		}
		c.bundle = i18n.NewBundle(tag)
		c.localizer = i18n.NewLocalizer(c.bundle, tag.String())
		c.known, c.read = map[string]bool{}, map[string]bool{}
	}
	if c.known[key] {
		return true
	}
	names, err := names(c.lang)
	if err != nil {
		return false
	}
	quoted := []byte(`"` + key + `"`)
	for _, name := range names {
		if c.read[name] {
			continue
		}
		content, err := files.ReadFile(name)
		if err != nil || !bytes.Contains(content, quoted) {
			continue
		}
		c.read[name] = true
		messages, err := i18n.ParseMessageBytes(content, json.Unmarshal)
		if err != nil || c.bundle.AddMessages(c.bundle.LanguageTags()[0], messages...) != nil {
			continue
		}
		for _, message := range messages {
			c.known[message.ID] = true
		}
		if c.known[key] {
			return true
		}
	}
	return false
}

// names lists the files of a language.
func names(lang Lang) ([]string, error) {
	folder := path.Join("catalog", lang.String())
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", lang, err)
	}
	var names []string
	for _, entry := range entries {
		if path.Ext(entry.Name()) == ".json" {
			names = append(names, path.Join(folder, entry.Name()))
		}
	}
	return names, nil
}
