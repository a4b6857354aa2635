package units

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseSize(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Size
		text string // canonical
	}{
		{"0", 0, ""},
		{"1", 1, "1B"},
		{"4096", 4096, "4KiB"},
		{"64MiB", 64 << 20, "64MiB"},
		{"64Mi", 64 << 20, "64MiB"},
		{"10MB", 10_000_000, "10MB"},
		{"10M", 10_000_000, "10MB"},
		{"1.5M", 1_500_000, "1500kB"},
		{"1.5KiB", 1536, "1536B"},
		{"0.5Ki", 512, "512B"},
		{"2K", 2000, "2kB"},
		{"2kB", 2000, "2kB"},
		{"2kiB", 2048, "2KiB"},
		{"1024kB", 1_024_000, "1024kB"},
		{"8Ti", 8 << 40, "8TiB"},
		{"1.50000000000000000000000000B", 0, "error"},
		{"1.00000000000000000000000000B", 1, "1B"},
		{"0.000000000001T", 1, "1B"},
		{"9223372036854775807", 1<<63 - 1, "9223372036854775807B"},
	} {
		got, err := ParseSize(c.in)
		if (err != nil) != (c.text == "error") || got != c.want {
			t.Errorf("ParseSize(%q): got %d, %v; want %d", c.in, got, err, c.want)
		}
		if err == nil && got.String() != c.text {
			t.Errorf("ParseSize(%q).String(): got %q; want %q", c.in, got, c.text)
		}
	}
}

func TestParseCount(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Count
		text string
	}{
		{"50000", 50000, "50000"},
		{"50k", 50000, "50000"},
		{"1M", 1e6, "1000000"},
		{"1.5k", 1500, "1500"},
		{".5k", 500, "500"},
		{"007", 7, "7"},
		{"0", 0, ""},
	} {
		got, err := ParseCount(c.in)
		if err != nil || got != c.want || got.String() != c.text {
			t.Errorf("ParseCount(%q): got %d %q, %v; want %d %q", c.in, got, got, err, c.want, c.text)
		}
	}
}

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Rate
		text string
	}{
		{"1000/s", Rate{1, time.Millisecond, Records}, "1000/s"},
		{"20000/s", Rate{1, 50 * time.Microsecond, Records}, "20000/s"},
		{"1.5k/s", Rate{3, 2 * time.Millisecond, Records}, "1500/s"},
		{"1/10s", Rate{1, 10 * time.Second, Records}, "1/10s"},
		{"2/20s", Rate{1, 10 * time.Second, Records}, "1/10s"},
		{"60/m", Rate{1, time.Second, Records}, "1/s"},
		{"100/m", Rate{1, 600 * time.Millisecond, Records}, "100/m"},
		{"7/m", Rate{7, time.Minute, Records}, "7/m"},
		{"7/h", Rate{7, time.Hour, Records}, "7/h"},
		{"1/h", Rate{1, time.Hour, Records}, "1/h"},
		{"7/d", Rate{7, 24 * time.Hour, Records}, "7/d"},
		{"1.5/s", Rate{3, 2 * time.Second, Records}, "90/m"},
		{"5/1m30s", Rate{1, 18 * time.Second, Records}, "1/18s"},
		{"7/17s", Rate{7, 17 * time.Second, Records}, "7/17s"},
		{"10MB/s", Rate{1, 100, Bytes}, "10MB/s"},
		{"1GB/s", Rate{1, 1, Bytes}, "1GB/s"},
		{"7GB/s", Rate{7, 1, Bytes}, "7GB/s"},
		{"512KiB/s", Rate{1 << 19 / 512, 1e9 / 512, Bytes}, "512KiB/s"},
		{"8Mbit/s", Rate{1, 1000, Bytes}, "1MB/s"},
		{"1bit/s", Rate{1, 8 * time.Second, Bytes}, "1B/8s"},
		{"10B/m", Rate{1, 6 * time.Second, Bytes}, "1B/6s"},
		{"5/ms", Rate{1, 200 * time.Microsecond, Records}, "5000/s"},
		{"9223372036854775807/s", Rate{9223372036854775807, time.Second, Records}, "9223372036854775807/s"},
	} {
		got, err := ParseRate(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseRate(%q): got %+v, %v; want %+v", c.in, got, err, c.want)
		}
		if got.String() != c.text {
			t.Errorf("ParseRate(%q).String(): got %q; want %q", c.in, got, c.text)
		}
	}
	if got := (Rate{3, 2 * time.Second, Records}).PerSecond(); got != 1.5 {
		t.Errorf("PerSecond: got %v; want 1.5", got)
	}
	if got := (Rate{}).PerSecond(); got != 0 {
		t.Errorf("PerSecond of no rate: got %v; want 0", got)
	}
}

func TestParseDuration(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		text string
	}{
		{"0", 0, ""},
		{"0s", 0, ""},
		{"5s", 5 * time.Second, "5s"},
		{"90s", 90 * time.Second, "1m30s"},
		{"60s", time.Minute, "1m"},
		{"60m", time.Hour, "1h"},
		{"1h30m", 90 * time.Minute, "1h30m"},
		{"1h5s", time.Hour + 5*time.Second, "1h0m5s"},
		{"1d", 24 * time.Hour, "24h"},
		{"1.5d12h", 48 * time.Hour, "48h"},
		{"10m", 10 * time.Minute, "10m"},
		{"100ms", 100 * time.Millisecond, "100ms"},
		{"1.5us", 1500, "1.5µs"},
		{"1.5µs", 1500, "1.5µs"},
		{"1.5μs", 1500, "1.5µs"},
		{".25s", 250 * time.Millisecond, "250ms"},
	} {
		got, err := ParseDuration(c.in)
		if err != nil || got != c.want {
			t.Errorf("ParseDuration(%q): got %v, %v; want %v", c.in, got, err, c.want)
		}
		if s := Duration(got).String(); s != c.text {
			t.Errorf("Duration(%q).String(): got %q; want %q", c.in, s, c.text)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		in               string
		rejects, records int64
		want             bool // at the end
		soFar            bool
	}{
		{"", 1 << 40, 1 << 40, false, false},
		{"0", 0, 10, false, false},
		{"0", 1, 10, true, true},
		{"100", 100, 100, false, false},
		{"100", 101, 1 << 40, true, true},
		{"1%", 1, 100, false, false},
		{"1%", 2, 100, true, false},
		{"1%", 11, 20, true, true},
		{"1%", 101, 10_000, true, true},
		{"0.5%", 5, 1000, false, false},
		{"0.0001%", 1, 1_000_000, false, false},
		{"0.0001%", 2, 1_000_000, true, true},
		{"100%", 1000, 1000, false, false},
		{"50%", 1<<62 - 1, 1<<63 - 1, false, false},
		{"50%", 1 << 62, 1<<63 - 1, true, true},
		{"0%", 1, 1 << 62, true, true},
	} {
		var l Limit
		if c.in != "" {
			if err := l.Set(c.in); err != nil {
				t.Errorf("%q: %v", c.in, err)
			}
		}
		if l.IsSet() != (c.in != "") || l.String() != c.in {
			t.Errorf("%q: got %q, set %v", c.in, l, l.IsSet())
		}
		if got := l.Exceeded(c.rejects, c.records); got != c.want {
			t.Errorf("%q.Exceeded(%d, %d): got %v; want %v", c.in, c.rejects, c.records, got, c.want)
		}
		if got := l.ExceededSoFar(c.rejects, c.records); got != c.soFar {
			t.Errorf("%q.ExceededSoFar(%d, %d): got %v; want %v", c.in, c.rejects, c.records, got, c.soFar)
		}
	}
}

// parsers are the functions behind every type, for tests that hold for all.
var parsers = map[string]func(string) (interface{ String() string }, error){
	"size":  func(s string) (interface{ String() string }, error) { return ParseSize(s) },
	"count": func(s string) (interface{ String() string }, error) { return ParseCount(s) },
	"rate":  func(s string) (interface{ String() string }, error) { return ParseRate(s) },
	"limit": func(s string) (interface{ String() string }, error) { return ParseLimit(s) },
	"duration": func(s string) (interface{ String() string }, error) {
		d, err := ParseDuration(s)
		return Duration(d), err
	},
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		kind, in string
		problem  string // part of the message
		hint     string
	}{
		{"size", "", "empty", ""},
		{"size", "-5", "negative", ""},
		{"size", "MB", "does not begin with a number", ""},
		{"size", ".", "does not begin with a number", ""},
		{"size", "10mb", `unknown unit "mb"`, "10MB"},
		{"size", "4kib", `unknown unit "kib"`, "4KiB"},
		{"size", "10 MB", `unknown unit " MB"`, "10MB"},
		{"size", "1,000,000", `unknown unit ",000,000"`, "1000000"},
		{"size", "10MBx", `unknown unit "MBx"`, ""},
		{"size", "1.5", "not a whole number", ""},
		{"size", "9223372036854775808", "too large", ""},
		{"size", "99999999999999999999999", "too large", ""},
		{"size", "8388608TiB", "too large", ""},
		{"size", "1.00000000000000000000001", "too many decimals", ""},
		{"count", "10MB", "a size in bytes", ""},
		{"count", "10Ki", `unknown unit "Ki"`, ""},
		{"count", "10m", `unknown unit "m"`, "10M"},
		{"rate", "", "empty", ""},
		{"rate", "1000", "no time after the amount", "1000/s"},
		{"rate", "10MB", "no time after the amount", "10MB/s"},
		{"rate", "10mb", "no time after the amount", "10MB/s"},
		{"rate", "1000/", "no time after the slash", "1000/s"},
		{"rate", "1000/sec", `unknown unit "sec"`, "1000/s"},
		{"rate", "5/Minute", `unknown unit "Minute"`, "5/m"},
		{"rate", "10MBps", "no time after the amount", "10MB/s"},
		{"rate", "8mbit/s", `unknown unit "mbit"`, "8Mbit/s"},
		{"rate", "8Mbps", "no time after the amount", "8Mbit/s"},
		{"rate", "50rps", "no time after the amount", "50/s"},
		{"rate", "512Ki/s", `unit "Ki" needs a B`, "512KiB/s"},
		{"rate", "8Mb/s", "may be bits or bytes: write Mbit or MB", ""},
		{"rate", "0/s", "a rate of zero", ""},
		{"rate", "5/0s", "is zero", ""},
		{"rate", "5/-1s", "negative", ""},
		{"rate", "0.0000000000000000001/h", "too slow", ""},
		{"rate", "1/100000h", "too slow", ""},
		{"rate", "9223372036854775809/s", "too large", ""},
		{"rate", "99999999T/ns", "too large", ""},
		{"duration", "", "empty", ""},
		{"duration", "10", "missing unit of time", "10s"},
		{"duration", "5S", `unknown unit "S"`, "5s"},
		{"duration", "5 s", `unknown unit " s"`, "5s"},
		{"duration", "1w", `unknown unit "w"`, ""},
		{"duration", "-5s", "negative", ""},
		{"duration", "1.5ns", "1.5ns is not a whole number of nanoseconds", ""},
		{"duration", "200000d", "too large", ""},
		{"duration", "100000d100000d", "too large", ""},
		{"limit", "101%", "more than 100%", ""},
		{"limit", "0.00001%", "more than four decimals", ""},
		{"limit", "1k%", `unknown unit "k%"`, ""},
		{"limit", "x", "does not begin with a number", ""},
		{"limit", "5 %", `unknown unit " %"`, "5%"},
		{"limit", "5percent", `unknown unit "percent"`, "5%"},
	} {
		_, err := parsers[c.kind](c.in)
		var pe *ParseError
		if !errors.As(err, &pe) {
			t.Errorf("%s %q: got %v; want a *ParseError", c.kind, c.in, err)
			continue
		}
		if !strings.Contains(pe.Problem, c.problem) || pe.Hint != c.hint {
			t.Errorf("%s %q: got %q, hint %q; want %q, hint %q", c.kind, c.in, pe.Problem, pe.Hint, c.problem, c.hint)
		}
	}
}

func TestErrorIsOneLine(t *testing.T) {
	_, err := ParseRate("1000")
	want := `rate "1000": no time after the amount (accepted: 1000/s, 1.5k/s, 100/m, 1/10s, 10MB/s, 512KiB/s, 8Mbit/s); did you mean "1000/s"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	_, err = ParseSize("1" + strings.Repeat("\nx", 1000))
	if err == nil || len(err.Error()) > 300 || strings.Contains(err.Error(), "\n") {
		t.Errorf("a long text: got %v; want one short line", err)
	}
}

// TestFormsParse holds the messages to the parsers.
func TestFormsParse(t *testing.T) {
	for kind, forms := range map[string]string{
		"size": sizeForms, "count": countForms, "rate": rateForms, "duration": durationForms, "limit": limitForms,
	} {
		for form := range strings.SplitSeq(forms, ", ") {
			if _, err := parsers[kind](form); err != nil {
				t.Errorf("%s: the message offers %q: %v", kind, form, err)
			}
		}
	}
}

// FuzzUnits: whatever parses prints as something that parses to the same value,
// and prints the same again.
func FuzzUnits(f *testing.F) {
	for _, s := range []string{"0", "64MiB", "1.5M", "9223372036854775807", "1000/s", "1/10s", "8Mbit/s", "7/17s",
		"1m30s", "1.5d", "0.1%", "100%", "50k", "1h0m5s", "3B/7h", "1.000000001/s", "µ", "-1", "10mb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for kind, parse := range parsers {
			v, err := parse(s)
			if err != nil {
				if err.Error() == "" || strings.Contains(err.Error(), "\n") {
					t.Errorf("%s %q: message %q", kind, s, err)
				}
				continue
			}
			text := v.String()
			if text == "" {
				continue // zero
			}
			again, err := parse(text)
			if err != nil || again != v {
				t.Errorf("%s %q prints %q, which parses as %v, %v", kind, s, text, again, err)
			}
		}
	})
}
