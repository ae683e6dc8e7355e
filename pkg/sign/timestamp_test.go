package sign_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/raisboy/raisboy/pkg/sign"
)

func ExampleTimestampFormat() {
	at := time.Date(2025, 11, 27, 17, 39, 17, 281_000_000, time.FixedZone("Tashkent", 5*60*60))
	fmt.Println(sign.Unix.Format(at))
	fmt.Println(sign.ISO8601.Format(at))
	// Output:
	// 1764247157
	// 2025-11-27T12:39:17.281+00:00
}

func TestParseTimestampReads(t *testing.T) {
	second := time.Date(2025, 11, 27, 12, 39, 17, 0, time.UTC)
	cases := map[string]time.Time{
		"1764247157":                          second,
		"0":                                   time.Unix(0, 0),
		"253402300799":                        time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		"2025-11-27T12:39:17Z":                second,
		"2025-11-27T12:39:17+00:00":           second,
		"2025-11-27T12:39:17+0000":            second,
		"2025-11-27T12:39:17-00:00":           second,
		"2025-11-27T17:39:17+05:00":           second,
		"2025-11-27T17:39:17+0500":            second,
		"2025-11-27T09:09:17-03:30":           second,
		"2025-11-27T12:39:17.281+00:00":       second.Add(281 * time.Millisecond),
		"2025-11-27T12:39:17.5Z":              second.Add(500 * time.Millisecond),
		"2025-11-27T12:39:17.000000001Z":      second.Add(1),
		"2025-11-27T17:39:17.123456789+0500":  second.Add(123456789),
		"2024-02-29T00:00:00Z":                time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"1970-01-01T05:00:00+05:00":           time.Unix(0, 0),
		"9999-12-31T23:59:59.999999999+00:00": time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
	}
	for text, want := range cases {
		got, err := sign.ParseTimestamp(text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("ParseTimestamp(%q) = %v, %v; want %v", text, got, err, want.UTC())
		}
	}
}

func TestParseTimestampRefuses(t *testing.T) {
	cases := map[string]error{
		"1764247157281":                   sign.ErrMilliseconds,
		"9999999999999":                   sign.ErrMilliseconds,
		"2025-11-27T12:39:17":             sign.ErrNoOffset,
		"2025-11-27T12:39:17.281":         sign.ErrNoOffset,
		"2025-02-30T12:39:17":             sign.ErrTimestamp,
		"":                                sign.ErrTimestamp,
		"01764247157":                     sign.ErrTimestamp,
		"0764247157281":                   sign.ErrTimestamp,
		"17642471572810":                  sign.ErrTimestamp,
		"1764247157281000000":             sign.ErrTimestamp,
		"253402300800":                    sign.ErrTimestamp,
		"999999999999":                    sign.ErrTimestamp,
		"-1764247157":                     sign.ErrTimestamp,
		"+1764247157":                     sign.ErrTimestamp,
		"1764247157.5":                    sign.ErrTimestamp,
		" 1764247157":                     sign.ErrTimestamp,
		"1764247157 ":                     sign.ErrTimestamp,
		"1764247157\x00":                  sign.ErrTimestamp,
		"1e9":                             sign.ErrTimestamp,
		"١٧٦٤٢٤٧١٥٧":                      sign.ErrTimestamp,
		"2025-11-27":                      sign.ErrTimestamp,
		"2025-11-27T12:39Z":               sign.ErrTimestamp,
		"2025-11-27 12:39:17 +0000":       sign.ErrTimestamp,
		"2025-11-27t12:39:17z":            sign.ErrTimestamp,
		"2025-11-27T12:39:17z":            sign.ErrTimestamp,
		"2025-11-27T12:39:17,281Z":        sign.ErrTimestamp,
		"2025-11-27T12:39:17.Z":           sign.ErrTimestamp,
		"2025-11-27T12:39:17.":            sign.ErrTimestamp,
		"2025-11-27T12:39:17.0123456789Z": sign.ErrTimestamp,
		"2025-11-27T12:39:17ZZ":           sign.ErrTimestamp,
		"2025-11-27T12:39:17+05":          sign.ErrTimestamp,
		"2025-11-27T12:39:17+5:00":        sign.ErrTimestamp,
		"2025-11-27T12:39:17+05:0":        sign.ErrTimestamp,
		"2025-11-27T12:39:17+05:000":      sign.ErrTimestamp,
		"2025-11-27T12:39:17+05000":       sign.ErrTimestamp,
		"2025-11-27T12:39:17+24:00":       sign.ErrTimestamp,
		"2025-11-27T12:39:17+00:60":       sign.ErrTimestamp,
		"2025-11-27T12:39:17*05:00":       sign.ErrTimestamp,
		"2025-11-27T12:39:17 UTC":         sign.ErrTimestamp,
		"2025-02-29T12:39:17Z":            sign.ErrTimestamp,
		"2025-13-01T12:39:17Z":            sign.ErrTimestamp,
		"2025-00-01T12:39:17Z":            sign.ErrTimestamp,
		"2025-11-00T12:39:17Z":            sign.ErrTimestamp,
		"2025-11-27T24:00:00Z":            sign.ErrTimestamp,
		"2025-11-27T12:60:00Z":            sign.ErrTimestamp,
		"2025-11-27T12:39:60Z":            sign.ErrTimestamp,
		"1969-12-31T23:59:59Z":            sign.ErrTimestamp,
		"1970-01-01T00:00:00+00:01":       sign.ErrTimestamp,
		"9999-12-31T23:59:59-00:01":       sign.ErrTimestamp,
		"0000-01-01T00:00:00Z":            sign.ErrTimestamp,
		strings.Repeat("1", 1000):         sign.ErrTimestamp,
		"Thu, 27 Nov 2025 12:39:17 GMT":   sign.ErrTimestamp,
		"2025-11-27T12:39:17.281+00:00\n": sign.ErrTimestamp,
		"2025-331T12:39:17Z":              sign.ErrTimestamp,
		"+2025-11-27T12:39:17Z":           sign.ErrTimestamp,
	}
	for text, want := range cases {
		got, err := sign.ParseTimestamp(text)
		if !errors.Is(err, want) || !errors.Is(err, sign.ErrTimestamp) || !got.IsZero() {
			t.Errorf("ParseTimestamp(%.40q) = %v, %v; want %v", text, got, err, want)
		}
		own := errors.Is(err, sign.ErrNoOffset) || errors.Is(err, sign.ErrMilliseconds)
		if own != (want != sign.ErrTimestamp) {
			t.Errorf("ParseTimestamp(%.40q): %v cannot be told apart", text, err)
		}
	}
	if errors.Is(sign.ErrNoOffset, sign.ErrMilliseconds) || sign.ErrNoOffset.Error() == sign.ErrMilliseconds.Error() {
		t.Error("the two errors are one")
	}
}

func TestTimestampFormatNames(t *testing.T) {
	for name, want := range map[string]sign.TimestampFormat{"unix": sign.Unix, "iso8601": sign.ISO8601} {
		got, err := sign.ParseTimestampFormat(name)
		if err != nil || got != want || got.String() != name {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "UNIX", "iso", "iso8601 ", "rfc3339"} {
		if got, err := sign.ParseTimestampFormat(name); !errors.Is(err, sign.ErrTimestampFormat) || got != sign.Unix {
			t.Errorf("%q: %v, %v", name, got, err)
		}
	}
	var zero sign.TimestampFormat
	if zero != sign.Unix || zero.Format(time.Unix(7, 999_999_999)) != "7" {
		t.Error("the zero format is not Unix seconds, cut off")
	}
}

func TestParseTimestampReadsWhatFormatWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(0, 253402300799).Draw(t, "seconds")
		nanoseconds := rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")
		zone := time.FixedZone("", rapid.IntRange(-86340, 86340).Draw(t, "zone"))
		at := time.Unix(seconds, nanoseconds).In(zone)
		for format, unit := range map[sign.TimestampFormat]time.Duration{sign.Unix: time.Second, sign.ISO8601: time.Millisecond} {
			text := format.Format(at)
			if got, err := sign.ParseTimestamp(text); err != nil || !got.Equal(at.Truncate(unit)) {
				t.Fatalf("%v of %v is %q, read as %v, %v", format, at, text, got, err)
			}
		}
	})
}

func FuzzParseTimestamp(f *testing.F) {
	for _, seed := range []string{"1764247157", "1764247157281", "2025-11-27T12:39:17.281+00:00", "2025-11-27T12:39:17", "2025-11-27T17:39:17+0500", "2025-02-30T00:00:00Z", "9999-12-31T23:59:59-00:01", "01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := sign.ParseTimestamp(text)
		if err != nil {
			if !errors.Is(err, sign.ErrTimestamp) || !got.IsZero() {
				t.Fatalf("ParseTimestamp(%q) = %v, %v", text, got, err)
			}
			return
		}
		if again, err := sign.ParseTimestamp(sign.ISO8601.Format(got)); err != nil || !again.Equal(got.Truncate(time.Millisecond)) {
			t.Fatalf("ParseTimestamp(%q) = %v, written and read again %v, %v", text, got, again, err)
		}
		if !strings.Contains(text, "T") {
			if sign.Unix.Format(got) != text {
				t.Fatalf("ParseTimestamp(%q) = %v", text, got)
			}
			return
		}
		// The oracle: the standard library takes more forms, but no other instant.
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
			if want, err := time.Parse(layout, text); err == nil {
				if !want.Equal(got) {
					t.Fatalf("ParseTimestamp(%q) = %v; the standard library has %v", text, got, want)
				}
				return
			}
		}
		t.Fatalf("ParseTimestamp(%q) = %v; the standard library refuses it", text, got)
	})
}
