package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/raisboy/raisboy/pkg/sign/diagnose"
)

// Diagnosis prints whether a signature is right, and if not, why. In text the
// likeliest explanation stands first, each with the line of code that usually
// does it and how to mend it; explain adds the two strings, byte by byte. JSON
// and CSV: {"match","findings":[{"cause","deviations","was","rule","where",
// "fix","signed"}],"tried","notices":[{"code","name","value"}],"limited"}.
func (r *Renderer) Diagnosis(d diagnose.Report, explain bool) error {
	if r.Format != Text {
		return r.emit(object{
			{"match", d.Match}, {"findings", r.findings(d)}, {"tried", d.Tried},
			{"notices", notices(d)}, {"limited", d.Limited},
		})
	}
	var lines []string
	switch {
	case d.Match:
		lines = r.out.strong(good, r.wrapOut(r.Catalog.T("signature.match", nil)))
		if d.Previous {
			lines = append(lines, r.wrapOut(r.Catalog.T("diagnosis.previous", nil))...)
		}
	default:
		lines = r.out.strong(bad, r.wrapOut(r.Catalog.T("signature.no_match", nil)))
		lines = append(lines, r.explanations(d, explain)...)
	}
	if len(d.Notices) > 0 {
		lines = append(lines, r.out.strong(caution, r.wrapOut(r.Catalog.T("diagnosis.notices", nil)))...)
		for _, n := range d.Notices {
			lines = append(lines, hang("  ", r.noticeFound(n), r.Width)...)
		}
	}
	return r.print(lines...)
}

// explanations lists the findings, or says what was tried.
func (r *Renderer) explanations(d diagnose.Report, explain bool) []string {
	switch {
	case !d.Readable:
		return r.wrapOut(r.Catalog.T("diagnosis.unreadable", nil))
	case len(d.Findings) == 0:
		lines := r.wrapOut(r.Catalog.N("diagnosis.nothing", int(d.Tried), data{"Depth": d.Depth}))
		if d.Limited {
			lines = append(lines, r.wrapOut(r.Catalog.T("diagnosis.limited", nil))...)
		}
		lines = append(lines, r.wrapOut(r.Catalog.T("diagnosis.tried", nil))...)
		return append(lines, r.wrapOut(r.Catalog.T("diagnosis.ask", data{"Deeper": min(d.Depth+1, diagnose.MaxDepth)}))...)
	}
	var lines []string
	if len(d.Findings) == 1 {
		lines = r.wrapOut(r.Catalog.N("diagnosis.found", len(d.Findings[0].Deviations), nil))
	} else {
		lines = r.wrapOut(r.Catalog.N("diagnosis.several", len(d.Findings), nil))
	}
	for i, f := range d.Findings {
		lines = append(lines, r.finding(number(int64(i+1))+". ", f)...)
		if explain {
			lines = append(lines, r.bothStrings(f.Signed, d.Rule)...)
		}
	}
	return lines
}

// finding shows one explanation.
func (r *Renderer) finding(prefix string, f diagnose.Finding) []string {
	var lines []string
	for _, change := range f.Changes {
		for _, code := range change.Deviations {
			lines = append(lines, r.out.strong(plain, hang(prefix, r.Catalog.T("deviation."+code, nil)+" ("+code+")", r.Width))...)
			prefix = repeat(" ", len(prefix))
		}
		for _, quoted := range []struct{ label, value string }{
			{"diagnosis.was", change.Was}, {"diagnosis.rule", change.Rule}, {"diagnosis.where", change.Where},
		} {
			if quoted.value != "" {
				lines = append(lines, r.quotation("   "+r.Catalog.T(quoted.label, nil)+" ", quoted.value)...)
			}
		}
		lines = append(lines, hang("   ", r.Catalog.T(mendKey(change.Part), nil), r.Width)...)
		for _, h := range habitsOf(change) {
			lines = append(lines, hang("   ", r.Catalog.T("diagnosis.usual", nil)+" "+h.does, r.Width)...)
			lines = append(lines, hang("   ", r.Catalog.T("diagnosis.mend", nil)+" "+h.mend, r.Width)...)
		}
	}
	return lines
}

// quotation shows a piece of what was signed, its invisible bytes visible.
func (r *Renderer) quotation(prefix, value string) []string {
	return hang(prefix, Visible([]byte(value)), r.Width)
}

func mendKey(part diagnose.Part) string { return "mend." + string(part) }

// bothStrings shows what was signed against what should have been, and where
// they part.
func (r *Renderer) bothStrings(signed, rule []byte) []string {
	var lines []string
	for _, one := range []struct {
		key  string
		text []byte
	}{{"diagnosis.signed", signed}, {"diagnosis.should", rule}} {
		lines = append(lines, r.wrapOut(r.Catalog.T(one.key, nil))...)
		lines = append(lines, r.visibleLines(one.text)...)
	}
	lines = append(lines, r.out.faint(r.wrapOut(r.Catalog.T("signature.legend", nil)))...)
	at := 0
	for at < len(signed) && at < len(rule) && signed[at] == rule[at] {
		at++
	}
	if at == len(signed) && at == len(rule) {
		return lines
	}
	lines = append(lines, r.wrapOut(r.Catalog.T("diagnosis.differs", data{"Offset": at}))...)
	for _, one := range []struct {
		sign string
		text []byte
	}{{"- ", signed}, {"+ ", rule}} {
		lines = append(lines, r.out.strong(plain, chop("  "+one.sign+hexAround(one.text, at), r.Width))...)
	}
	return lines
}

// hexAround shows the bytes round a place: hex, then as text.
func hexAround(text []byte, at int) string {
	from, to := max(at-4, 0), min(at+12, len(text))
	var hex strings.Builder
	for i := from; i < to; i++ {
		mark := " "
		if i == at {
			mark = ">"
		}
		hex.WriteString(mark + string("0123456789abcdef"[text[i]>>4]) + string("0123456789abcdef"[text[i]&15]))
	}
	if to <= at {
		hex.WriteString(" >")
	}
	return pad(hex.String(), 16*3+1) + " " + Visible(text[from:to])
}

// findings are the explanations as scripts read them; of several changes the
// pieces are joined by "; ".
func (r *Renderer) findings(d diagnose.Report) []object {
	all := []object{}
	for _, f := range d.Findings {
		var was, rule, where, fix []string
		for _, change := range f.Changes {
			was, rule, where = append(was, change.Was), append(rule, change.Rule), append(where, change.Where)
			sentence := r.english.T(mendKey(change.Part), nil)
			for _, h := range habitsOf(change) {
				sentence += " " + h.does + " → " + h.mend
			}
			fix = append(fix, sentence)
		}
		all = append(all, object{
			{"cause", f.Cause}, {"deviations", f.Deviations}, {"was", together(was)}, {"rule", together(rule)},
			{"where", together(where)}, {"fix", strings.Join(fix, " ")}, {"signed", strings.ToValidUTF8(string(f.Signed), "\uFFFD")},
		})
	}
	return all
}

// together gives null where nothing can be quoted.
func together(pieces []string) any {
	var known []string
	for _, piece := range pieces {
		if piece != "" {
			known = append(known, strings.ToValidUTF8(piece, "\uFFFD"))
		}
	}
	return orNull(strings.Join(known, "; "))
}

func notices(d diagnose.Report) []object {
	all := []object{}
	for _, n := range d.Notices {
		value := orNull(Sanitize(n.Value))
		if n.Skew != 0 {
			value = strconv.FormatInt(int64(n.Skew/time.Second), 10) + "s"
		}
		all = append(all, object{{"code", string(n.Code)}, {"name", orNull(n.Name)}, {"value", value}})
	}
	return all
}

// noticeFound says what else would be refused.
func (r *Renderer) noticeFound(n diagnose.Notice) string {
	return r.Catalog.T("notice_found."+string(n.Code), data{"Name": n.Name, "Value": Sanitize(n.Value), "Skew": r.Catalog.Span(n.Skew)})
}

// SearchProgress says on Err how far a search for causes has come.
func (r *Renderer) SearchProgress(p diagnose.Progress) {
	if !r.Quiet {
		r.tell(r.Catalog.T("diagnosis.progress", data{"Tried": grouped(p.Tried), "Depth": p.Depth}))
	}
}

// grouped writes a count in groups of three.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "\u00a0" + digits[at:]
	}
	return digits
}
