package sign

import (
	"errors"
	"strconv"
	"time"
)

// ErrTimestamp is matched, by errors.Is, by every error of ParseTimestamp.
var ErrTimestamp = errors.New("timestamp is not readable")

// The two mistakes that are worth telling apart, because each has its own
// remedy. Both match ErrTimestamp too.
var (
	// ErrNoOffset: an ISO 8601 time without an offset from UTC. It names no
	// instant, and the other side would take it as its own local time.
	ErrNoOffset error = timestampError("timestamp has no offset from UTC")

	// ErrMilliseconds: thirteen digits, which is Unix time in milliseconds
	// where the document has seconds.
	ErrMilliseconds error = timestampError("timestamp is in milliseconds")
)

// A timestampError is an ErrTimestamp with a name of its own.
type timestampError string

func (e timestampError) Error() string { return string(e) }

func (e timestampError) Is(target error) bool { return target == ErrTimestamp }

// lastSecond is 9999-12-31T23:59:59Z in Unix seconds: what comes later has no
// ISO 8601 form of four digits a year.
const lastSecond = 253402300799

// ParseTimestamp reads the value of X-Timestamp: Unix time in whole seconds, or
// ISO 8601 with an offset from UTC (Raisboy API, section 1: "unix_timestamp_seconds
// | iso8601"). The time it gives is in UTC.
//
// Unix seconds are 1 to 12 digits without a leading zero. ISO 8601 is
// 2025-11-27T12:39:17 with or without a fraction of 1 to 9 digits after a
// point, then Z, +05:00 or +0500. Both lie between 1970 and 9999. Nothing else
// is read: no space round it, no sign, no small letters, no missing seconds.
// The errors match ErrTimestamp; see ErrNoOffset and ErrMilliseconds.
func ParseTimestamp(s string) (time.Time, error) {
	if len(s) > 0 && digits(s) == len(s) {
		return parseUnix(s)
	}
	return parseISO(s)
}

// parseUnix reads text that is all digits.
func parseUnix(s string) (time.Time, error) {
	if s[0] == '0' && len(s) > 1 {
		return time.Time{}, ErrTimestamp
	}
	if len(s) == 13 {
		return time.Time{}, ErrMilliseconds
	}
	if len(s) > 12 {
		return time.Time{}, ErrTimestamp
	}
	seconds := int64(0)
	for i := range len(s) {
		seconds = seconds*10 + int64(s[i]-'0')
	}
	if seconds > lastSecond {
		return time.Time{}, ErrTimestamp
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// parseISO reads ISO 8601 by hand: time.Parse takes a comma, a one-digit hour
// and other forms that nobody signs.
func parseISO(s string) (time.Time, error) {
	const shape = "dddd-dd-ddTdd:dd:dd"
	if !hasShape(s, shape) {
		return time.Time{}, ErrTimestamp
	}
	rest := s[len(shape):]
	nanoseconds, rest, ok := cutFraction(rest)
	if !ok {
		return time.Time{}, ErrTimestamp
	}
	year, month, day := number(s[0:4]), number(s[5:7]), number(s[8:10])
	hour, minute, second := number(s[11:13]), number(s[14:16]), number(s[17:19])
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanoseconds, time.UTC)
	// time.Date carries over what is too great, so 31 February comes out as March.
	if t.Year() != year || int(t.Month()) != month || t.Day() != day || t.Hour() != hour || t.Minute() != minute || t.Second() != second {
		return time.Time{}, ErrTimestamp
	}
	if rest == "" {
		return time.Time{}, ErrNoOffset
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return time.Time{}, ErrTimestamp
	}
	t = t.Add(-offset)
	if seconds := t.Unix(); seconds < 0 || seconds > lastSecond {
		return time.Time{}, ErrTimestamp
	}
	return t, nil
}

// cutFraction reads the fraction of a second that s may begin with.
func cutFraction(s string) (nanoseconds int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	n := digits(s[1:])
	if n == 0 || n > 9 {
		return 0, s, false
	}
	nanoseconds = number(s[1 : 1+n])
	for range 9 - n {
		nanoseconds *= 10
	}
	return nanoseconds, s[1+n:], true
}

// parseOffset reads Z, +hh:mm and +hhmm, with either sign, up to 23:59.
func parseOffset(s string) (time.Duration, bool) {
	if s == "Z" {
		return 0, true
	}
	shape := "?dd:dd"
	if len(s) == len("?dddd") {
		shape = "?dddd"
	}
	if len(s) != len(shape) || !hasShape(s, shape) || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, m := number(s[1:3]), number(s[len(s)-2:])
	if h > 23 || m > 59 {
		return 0, false
	}
	offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// hasShape reports whether s begins as the shape says: d is a digit, a question
// mark anything, and every other character itself.
func hasShape(s, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		switch shape[i] {
		case 'd':
			if s[i] < '0' || s[i] > '9' {
				return false
			}
		case '?':
		default:
			if s[i] != shape[i] {
				return false
			}
		}
	}
	return true
}

// digits counts the digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// number is the value of s, which is at most nine digits.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// TimestampFormat is how X-Timestamp is written. The zero value is Unix.
type TimestampFormat uint8

// The two formats of the document.
const (
	Unix    TimestampFormat = iota // whole seconds: "1764247157"
	ISO8601                        // "2025-11-27T12:39:17.281+00:00", UTC
)

// ErrTimestampFormat is returned for a format's name that does not exist.
var ErrTimestampFormat = errors.New("timestamp format is not known")

// ParseTimestampFormat reads a format's name as the setting timestamp_format
// has it, "unix" or "iso8601"; every other text is ErrTimestampFormat.
func ParseTimestampFormat(name string) (TimestampFormat, error) {
	switch name {
	case "unix":
		return Unix, nil
	case "iso8601":
		return ISO8601, nil
	}
	return Unix, ErrTimestampFormat
}

// String gives the name that ParseTimestampFormat reads.
func (f TimestampFormat) String() string {
	if f == ISO8601 {
		return "iso8601"
	}
	return "unix"
}

// Format writes the time t as X-Timestamp carries it. What is finer than a
// second or a millisecond is cut off, so that a stamp is never ahead of t. The
// result is one that ParseTimestamp reads if t lies between 1970 and 9999.
func (f TimestampFormat) Format(t time.Time) string {
	if f == ISO8601 {
		// Never Z: the document prints the offset in digits.
		return t.UTC().Format("2006-01-02T15:04:05.000+00:00")
	}
	return strconv.FormatInt(t.Unix(), 10)
}
