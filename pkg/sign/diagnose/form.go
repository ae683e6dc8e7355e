package diagnose

// A form is a way of writing JSON. Its zero value leaves everything as it is.
type form struct {
	space   space
	order   order
	number  number
	slash   slashes
	unicode escapes
	html    escapes
}

// The aspects of a form.
type (
	space   uint8
	order   uint8
	number  uint8
	slashes uint8
	escapes uint8
)

const (
	spaceAsIs    space = iota
	spaceCompact       // {"a":1,"b":2}
	spaceSpaced        // {"a": 1, "b": 2}
	spaceIndent2       // a line for each member
	spaceIndent4
)

func (s space) indent() int {
	switch s {
	case spaceIndent2:
		return 2
	case spaceIndent4:
		return 4
	case spaceAsIs, spaceCompact, spaceSpaced:
	}
	return 0
}

const (
	orderAsIs order = iota
	orderSorted
	orderDocument
	orderReversed
)

const (
	numberAsIs      number = iota
	numberFloat            // 6000.00 → 6000.0, and 6000 stays: a decimal read as a float
	numberShort            // 6000.00 → 6000
	numberFixed2           // 6000 → 6000.00
	numberPoint            // 6000 → 6000.0
	numberText             // 6000.00 → "6000.00"
	numberTextFixed        // 6000.0 → "6000.00"
	numberTextFloat        // 6000.00 → "6000.0"
	numberTextShort        // 6000.00 → "6000"
	numberComma            // 6000.00 → 6000,00
	numberBig              // 6000.00 → "0.6e4": Ruby's BigDecimal
	numberBare             // "6000.00" → 6000.00
)

const (
	slashAsIs slashes = iota
	slashPlain
	slashEscaped
)

const (
	escapesAsIs  escapes = iota
	escapesNone          // raw
	escapesLower         // \u00e9
	escapesUpper         // \u00E9
	escapesWide          // of html: < > & ' = too, lower case (Gson)
	escapesSharp         // of html: < > & ' + ` " upper case (System.Text.Json)
)

// names lists the deviations of a form, those left out without which its bytes
// would be the same.
func (d *document) names(f form) []string {
	want := string(d.render(f))
	for _, drop := range []func(*form){
		func(f *form) { f.space = spaceAsIs },
		func(f *form) { f.order = orderAsIs },
		func(f *form) { f.number = numberAsIs },
		func(f *form) { f.slash = slashAsIs },
		func(f *form) { f.unicode = escapesAsIs },
		func(f *form) { f.html = escapesAsIs },
	} {
		less := f
		drop(&less)
		if less != f && string(d.render(less)) == want {
			f = less
		}
	}
	return f.list()
}

// list names every aspect that is set.
func (f form) list() []string {
	var names []string
	switch f.space {
	case spaceCompact:
		names = append(names, "body.compact")
	case spaceSpaced:
		names = append(names, "body.spaced")
	case spaceIndent2, spaceIndent4:
		names = append(names, "body.indented")
	case spaceAsIs:
	}
	switch f.order {
	case orderSorted:
		names = append(names, "body.sorted_keys")
	case orderDocument, orderReversed:
		names = append(names, "body.key_order")
	case orderAsIs:
	}
	if f.number != numberAsIs {
		names = append(names, "body.number_form")
	}
	if f.slash != slashAsIs {
		names = append(names, "body.slash_escape")
	}
	if f.unicode != escapesAsIs {
		names = append(names, "body.unicode_escape")
	}
	if f.html != escapesAsIs {
		names = append(names, "body.html_escape")
	}
	return names
}

// A habit is what a tool makes of JSON that it read and writes again.
type habit struct {
	tool Tool
	form form
}

// habits lists the tools' usual outputs, the commonest first. Each is what the
// language's own serialiser was seen to write.
func habits() []habit {
	script := form{space: spaceCompact, number: numberShort, slash: slashPlain, unicode: escapesNone, html: escapesNone}
	python := form{space: spaceSpaced, number: numberFloat, slash: slashPlain, unicode: escapesLower, html: escapesNone}
	ruby := form{space: spaceCompact, number: numberFloat, slash: slashPlain, unicode: escapesNone, html: escapesNone}
	php := form{space: spaceCompact, number: numberShort, slash: slashEscaped, unicode: escapesLower, html: escapesNone}
	golang := form{space: spaceCompact, number: numberShort, slash: slashPlain, unicode: escapesNone, html: escapesLower}
	java := ruby
	sharp := form{space: spaceCompact, slash: slashPlain, unicode: escapesUpper, html: escapesSharp}
	with := func(f form, change func(*form)) form { change(&f); return f }
	indent2 := func(f *form) { f.space = spaceIndent2 }
	indent4 := func(f *form) { f.space = spaceIndent4 }
	sorted := func(f *form) { f.order = orderSorted }
	compact := func(f *form) { f.space = spaceCompact }
	return []habit{
		{ToolJavaScript, script}, {ToolPython, python}, {ToolPHP, php}, {ToolRuby, ruby},
		{ToolGo, with(golang, sorted)}, {ToolGo, golang}, {ToolJava, java},
		{ToolPython, with(python, compact)}, {ToolPython, with(python, sorted)},
		{ToolPython, with(python, func(f *form) { f.unicode = escapesNone })},
		{ToolPython, with(python, func(f *form) { f.space, f.unicode = spaceCompact, escapesNone })},
		{ToolPython, with(python, func(f *form) { f.space, f.order = spaceCompact, orderSorted })},
		{ToolPython, with(python, indent4)}, {ToolPython, with(python, indent2)},
		{ToolPython, with(python, func(f *form) { f.space, f.order = spaceIndent4, orderSorted })},
		{ToolPHP, with(php, func(f *form) { f.slash = slashPlain })},
		{ToolPHP, with(php, func(f *form) { f.unicode = escapesNone })},
		{ToolPHP, with(php, func(f *form) { f.slash, f.unicode = slashPlain, escapesNone })},
		{ToolPHP, with(php, func(f *form) { f.number = numberFloat })},
		{ToolPHP, with(php, func(f *form) { f.number, f.slash = numberFloat, slashPlain })},
		{ToolPHP, with(php, func(f *form) { f.number, f.slash, f.unicode = numberFloat, slashPlain, escapesNone })},
		{ToolPHP, with(php, indent4)},
		{ToolPHP, with(php, func(f *form) { f.space, f.slash, f.unicode = spaceIndent4, slashPlain, escapesNone })},
		{ToolPHP, with(php, sorted)},
		{ToolJavaScript, with(script, indent2)}, {ToolJavaScript, with(script, indent4)}, {ToolJavaScript, with(script, sorted)},
		{ToolRails, with(ruby, func(f *form) { f.html = escapesLower })},
		{ToolRuby, with(ruby, indent2)}, {ToolRuby, with(ruby, sorted)},
		{ToolGo, with(golang, func(f *form) { f.space, f.order = spaceIndent2, orderSorted })},
		{ToolGson, with(ruby, func(f *form) { f.html = escapesWide })},
		{ToolCSharp, sharp}, {ToolCSharp, with(sharp, func(f *form) { f.number = numberShort })},
		{ToolCSharp, with(sharp, indent2)}, {ToolJava, with(java, indent2)},
	}
}
