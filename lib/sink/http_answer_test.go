package sink

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func TestHTTPStatuses(t *testing.T) {
	for _, test := range []struct {
		answers                     []int
		status                      int
		acked, rejected, unresolved int64
		requests                    int
		duplicates                  int64
	}{
		{[]int{200}, exit.OK, 2, 0, 0, 1, 0},
		{[]int{201}, exit.OK, 2, 0, 0, 1, 0},
		{[]int{204}, exit.OK, 2, 0, 0, 1, 0},
		{[]int{503, 202}, exit.OK, 2, 0, 0, 2, 2},
		{[]int{500, 502, 504, 520, 507, 200}, exit.OK, 2, 0, 0, 6, 10},
		{[]int{408, 425, 429, 200}, exit.OK, 2, 0, 0, 4, 0},
		{[]int{503, 409}, exit.OK, 2, 0, 0, 2, 2},
		{[]int{400, 200, 422}, exit.OK, 1, 1, 0, 3, 3},
		{[]int{422, 409, 200}, exit.OK, 1, 1, 0, 3, 3}, // the first attempt with a new key: about the record
		{[]int{413, 200}, exit.OK, 2, 0, 0, 3, 0},
		{[]int{413, 200, 413}, exit.OK, 1, 1, 0, 3, 0},
		{[]int{503, 413, 503, 200}, exit.OK, 2, 0, 0, 5, 3},
		{[]int{301}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{207}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{401}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{403}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{404}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{405}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{415}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{501}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{505}, exit.Refused, 0, 0, 2, 1, 0},
		{[]int{429, 403}, exit.Refused, 0, 0, 2, 2, 0},
		{[]int{503, 403}, exit.Refused, 0, 0, 2, 2, 2},
	} {
		t.Run(fmt.Sprint(test.answers), func(t *testing.T) {
			s := serve(t, (*httptest.Server).Start, statuses(test.answers...))
			e, _ := toHTTP(t, s.URL, nil, whole, &fakeRejects{})
			err := e.Add(t.Context(), jsonBlock(0, 2))
			if err == nil {
				err = e.Close(t.Context())
			}
			wantStatus(t, err, test.status)
			wantBooks(t, e, test.acked, test.rejected, 0, test.unresolved)
			if len(s.got) != test.requests {
				t.Errorf("%d requests; want %d", len(s.got), test.requests)
			}
			if got := e.Counts().Duplicates; got != test.duplicates {
				t.Errorf("at most %d duplicates; want %d", got, test.duplicates)
			}
			if err != nil {
				wantText(t, err, fmt.Sprint("answered ", test.answers[len(test.answers)-1]))
			}
		})
	}
}

// 409 is a yes where the server may know the key, and asks for patience where
// it names a time.
func TestHTTPConflict(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, statuses(409))
	e, _ := toHTTP(t, s.URL, func(c *Config) { c.HTTP.RunID, c.HTTP.Again = "mine", true }, whole, nil)
	if err := errors.Join(e.Add(t.Context(), jsonBlock(0, 2)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 0, 0, 0)

	s = serve(t, (*httptest.Server).Start, func(n int, w http.ResponseWriter, _ string) {
		if n == 0 {
			w.Header().Set("Retry-After", "9")
			w.WriteHeader(409)
		}
	})
	e, clock := toHTTP(t, s.URL, nil, whole, nil)
	if err := errors.Join(e.Add(t.Context(), jsonBlock(0, 2)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(clock.slept, []time.Duration{9 * time.Second}) {
		t.Errorf("slept %v; want 9 s", clock.slept)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, test := range []struct {
		text, date string
		want       time.Duration
	}{
		{"", "", 0},
		{"7", "", 7 * time.Second},
		{" 7 ", "", 7 * time.Second},
		{"0", "", 0},
		{"300", "", 5 * time.Minute},
		{"301", "", 5 * time.Minute},
		{"99999999999999999999", "", 0},
		{"9223372036854775807", "", 5 * time.Minute},
		{"-1", "", 0},
		{"soon", "", 0},
		{date(20 * time.Second), "", 20 * time.Second},
		{date(20 * time.Second), date(15 * time.Second), 5 * time.Second}, // the server's clock is ahead of ours
		{date(20 * time.Second), "yesterday", 20 * time.Second},
		{date(-time.Second), "", 0},
		{date(time.Hour), "", 5 * time.Minute},
		{"Monday, 23-Nov-26 12:00:09 GMT", "", 9 * time.Second}, // RFC 850
	} {
		h := http.Header{"Retry-After": {test.text}, "Date": {test.date}}
		if got := retryAfter(h, func() time.Time { return now }, 5*time.Minute); got != test.want {
			t.Errorf("Retry-After %q, date %q: %v; want %v", test.text, test.date, got, test.want)
		}
	}
}

// The longer one of the back-off and the header counts.
func TestHTTPWaitsAsAsked(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, func(n int, w http.ResponseWriter, _ string) {
		if after := []string{"3", "1", "900", ""}[n]; after != "" {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(429)
		}
	})
	e, clock := toHTTP(t, s.URL, func(c *Config) { c.HTTP.RetryAfterMax = time.Minute }, whole, nil)
	if err := errors.Join(e.Add(t.Context(), jsonBlock(0, 2)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if want := []time.Duration{3 * time.Second, 2 * time.Second, time.Minute}; !slices.Equal(clock.slept, want) {
		t.Errorf("slept %v; want %v", clock.slept, want)
	}
}

// After a 413 the batches that follow are smaller.
func TestHTTPLearnsTheLimit(t *testing.T) {
	most := len("{\"id\":100}\n") * 12
	s := serve(t, (*httptest.Server).Start, func(_ int, w http.ResponseWriter, body string) {
		if len(body) > most {
			w.WriteHeader(413)
		}
	})
	e, _ := toHTTP(t, s.URL, nil, whole, nil)
	for i := range 5 {
		if err := e.Add(t.Context(), jsonBlock(100+100*i, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var refused int
	seen := map[string]bool{}
	for _, body := range s.bodies {
		if len(body) > most {
			refused++
			continue
		}
		for line := range strings.Lines(body) {
			if seen[line] {
				t.Errorf("%q came twice", line)
			}
			seen[line] = true
		}
	}
	if len(seen) != 500 || refused > 16 {
		t.Errorf("%d records, %d requests refused; want 500, and refusals only at first", len(seen), refused)
	}
	wantBooks(t, e, 500, 0, 0, 0)
}

func TestShorten(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{" {\n  \"error\": \"no\"\n}\n", `{ "error": "no" }`},
		{"a\xffb", "a\ufffdb"},
		{strings.Repeat("é", 150), strings.Repeat("é", 100) + " …"},
		{"x" + strings.Repeat("é", 150), "x" + strings.Repeat("é", 99) + " …"},
	} {
		if got := shorten([]byte(test.text)); got != test.want {
			t.Errorf("%q: %q; want %q", test.text, got, test.want)
		}
	}
	if got := shorten(bytes.Repeat([]byte("a"), answerShown)); len(got) != answerShown {
		t.Errorf("%q was cut", got)
	}
}

// A server that wants to speak something else, and then says nothing, is refused
// at once.
func TestHTTPSwitch(t *testing.T) {
	done := make(chan struct{})
	s := serve(t, (*httptest.Server).Start, func(_ int, w http.ResponseWriter, _ string) {
		conn, out, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		out.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		out.Flush()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the sink waits for a connection that is no answer")
		}
	})
	e, _ := toHTTP(t, s.URL, nil, whole, nil)
	wantStatus(t, errors.Join(e.Add(t.Context(), jsonBlock(0, 1)), e.Close(t.Context())), exit.Refused)
	close(done)
}
