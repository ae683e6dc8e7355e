package diagnose

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// scalar writes one scalar in the form's way.
func (w *documentWriter) scalar(n *node) {
	raw := w.d.text[n.start:n.end]
	switch n.kind {
	case '0':
		w.out = w.form.number.append(w.out, raw)
	case '"':
		if w.form.number == numberBare && n.under == "amount" {
			if bare := unquote(raw); isNumber(bare) {
				w.out = append(w.out, bare...)
				return
			}
		}
		w.out = w.quoted(raw)
	default: // true, false, null
		w.out = append(w.out, raw...)
	}
}

// append writes a number in another form, or as it is if it is too long for
// any: nobody's amounts are.
func (f number) append(out, raw []byte) []byte {
	value, err := strconv.ParseFloat(string(raw), 64)
	if f == numberAsIs || f == numberBare || err != nil || len(raw) > 30 || value > 1e15 || value < -1e15 {
		return append(out, raw...)
	}
	short := strconv.FormatFloat(value, 'f', -1, 64)
	point := short
	if !strings.Contains(short, ".") {
		point += ".0"
	}
	fixed := strconv.FormatFloat(value, 'f', 2, 64)
	switch f {
	case numberFloat:
		if bytes.ContainsAny(raw, ".eE") {
			return append(out, point...)
		}
		return append(out, raw...)
	case numberShort:
		return append(out, short...)
	case numberFixed2:
		return append(out, fixed...)
	case numberPoint:
		return append(out, point...)
	case numberText:
		return append(append(append(out, '"'), raw...), '"')
	case numberTextFixed:
		return append(out, `"`+fixed+`"`...)
	case numberTextFloat:
		return append(out, `"`+point+`"`...)
	case numberTextShort:
		return append(out, `"`+short+`"`...)
	case numberComma:
		return append(out, strings.Replace(fixed, ".", ",", 1)...)
	case numberBig:
		return append(out, `"`+bigDecimal(value)+`"`...)
	case numberAsIs, numberBare:
	}
	return append(out, raw...)
}

// bigDecimal writes a number as Ruby's BigDecimal#to_s does: 0.6e4.
func bigDecimal(value float64) string {
	text := strconv.FormatFloat(value, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign := ""
	if rest, ok := strings.CutPrefix(mantissa, "-"); ok {
		sign, mantissa = "-", rest
	}
	power, err := strconv.Atoi(exponent)
	if err != nil {
		return text
	}
	if value == 0 {
		return sign + "0.0"
	}
	return sign + "0." + strings.ReplaceAll(mantissa, ".", "") + "e" + strconv.Itoa(power+1)
}

// isNumber reports text that is a JSON number.
func isNumber(text string) bool {
	value := jsontext.Value(text)
	return value.Kind() == '0' && value.IsValid()
}

// quoted writes a string with the escapes of the form. Without any it stays as
// it is, down to the last odd escape.
func (w *documentWriter) quoted(raw []byte) []byte {
	f := w.form
	if f.slash == slashAsIs && f.unicode == escapesAsIs && f.html == escapesAsIs {
		return append(w.out, raw...)
	}
	slash := w.d.style.slash
	switch f.slash {
	case slashPlain:
		slash = false
	case slashEscaped:
		slash = true
	case slashAsIs:
	}
	unicode, html := f.unicode, f.html
	if unicode == escapesAsIs {
		unicode = w.d.style.unicode
	}
	if html == escapesAsIs {
		html = w.d.style.html
	}
	return appendQuoted(w.out, unquote(raw), slash, unicode, html)
}

func appendQuoted(out []byte, text string, slash bool, unicode, html escapes) []byte {
	out = append(out, '"')
	for _, c := range text {
		switch {
		case c == '"' && html == escapesSharp:
			out = append(out, `\u0022`...)
		case c == '"' || c == '\\':
			out = append(out, '\\', byte(c))
		case c == '/' && slash:
			out = append(out, '\\', '/')
		case c < 0x20:
			out = appendControl(out, c, unicode)
		case isHTML(c, html):
			out = appendEscape(out, uint16(c), html == escapesSharp)
		case c > 0x7e && (unicode == escapesLower || unicode == escapesUpper) && (c != 0x7f || unicode == escapesUpper):
			if high, low := utf16.EncodeRune(c); high != utf8.RuneError {
				out = appendEscape(out, uint16(high), unicode == escapesUpper)
				c = low
			}
			out = appendEscape(out, uint16(c), unicode == escapesUpper)
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return append(out, '"')
}

// appendControl writes a control character, by its short name where it has one.
func appendControl(out []byte, c rune, unicode escapes) []byte {
	if i := strings.IndexRune("\b\f\n\r\t", c); i >= 0 {
		return append(out, '\\', "bfnrt"[i])
	}
	return appendEscape(out, uint16(c), unicode == escapesUpper)
}

// isHTML reports a character that is escaped for the sake of web pages.
func isHTML(c rune, html escapes) bool {
	switch html {
	case escapesLower:
		return c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029'
	case escapesWide:
		return strings.ContainsRune("<>&='\u2028\u2029", c)
	case escapesSharp:
		return strings.ContainsRune("<>&'+`", c)
	case escapesAsIs, escapesNone, escapesUpper:
	}
	return false
}

func appendEscape(out []byte, c uint16, upper bool) []byte {
	digits := "0123456789abcdef"
	if upper {
		digits = "0123456789ABCDEF"
	}
	return append(out, '\\', 'u', digits[c>>12], digits[c>>8&15], digits[c>>4&15], digits[c&15])
}

// escapesIn finds out which escapes a text uses: for characters beyond ASCII,
// and for those of web pages.
func escapesIn(text []byte) (unicode, html escapes) {
	unicode, html = escapesNone, escapesNone
	for {
		at := bytes.Index(text, []byte(`\u`))
		if at < 0 || at+6 > len(text) {
			return unicode, html
		}
		digits := text[at+2 : at+6]
		text = text[at+6:]
		code, err := strconv.ParseUint(string(digits), 16, 16)
		if err != nil {
			continue
		}
		found := escapesLower
		if bytes.ContainsAny(digits, "ABCDEF") {
			found = escapesUpper
		}
		switch {
		case code > 0x7e:
			unicode = found
		case strings.ContainsRune("<>&='+`", rune(code)):
			html = found
		}
	}
}

// unquote decodes a JSON string that was read before.
func unquote(raw []byte) string {
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
