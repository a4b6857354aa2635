package sink

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// A fakeServer answers POSTs as a test says and remembers them.
type fakeServer struct {
	*httptest.Server
	mu     sync.Mutex
	got    []*http.Request
	bodies []string
	remote map[string]bool // the ends of the connections that came
}

// serve starts a server that calls answer with the number of the request, from
// 0, after it has read the body.
func serve(t *testing.T, start func(*httptest.Server), answer func(n int, w http.ResponseWriter, body string)) *fakeServer {
	t.Helper()
	s := &fakeServer{remote: map[string]bool{}}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		n := len(s.got)
		s.got, s.bodies = append(s.got, r), append(s.bodies, string(body))
		s.remote[r.RemoteAddr] = true
		s.mu.Unlock()
		answer(n, w, string(body))
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that break off are what we test
	start(s.Server)
	t.Cleanup(s.Close)
	return s
}

func statuses(all ...int) func(int, http.ResponseWriter, string) {
	return func(n int, w http.ResponseWriter, _ string) { w.WriteHeader(all[min(n, len(all)-1)]) }
}

// toHTTP opens an engine on url; its clock is a fake one, so waits take no time.
func toHTTP(t *testing.T, url string, set func(*Config), limits Limits, rejects Rejects) (*Engine, *fakeClock) {
	t.Helper()
	clock := &fakeClock{}
	c := Config{HTTP: DefaultHTTP(), Clock: clock}
	if set != nil {
		set(&c)
	}
	dest, err := Parse(url, nil, c)
	if err != nil {
		t.Fatal(err)
	}
	retry := Retry{Base: time.Second, Cap: 4 * time.Second, MaxElapsed: time.Hour, Jitter: longest}
	e := opened(t, dest, Options{Limits: limits, Retry: retry, Clock: clock, Rejects: rejects})
	t.Cleanup(func() { e.Stop(context.Background()) })
	return e, clock
}

var whole = Limits{Records: 100, Bytes: 1 << 20, Age: time.Hour}

func jsonBlock(from, n int) Block {
	var data []byte
	for i := from; i < from+n; i++ {
		data = fmt.Appendf(data, "{\"id\":%d}\n", i)
	}
	return Block{data, n, Position{Ordinal: int64(from), Line: int64(from) + 1}}
}

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
		{[]int{401}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{403}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{404}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{405}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{415}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{501}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{505}, exit.Refused, 0, 0, 2, 1, 2},
		{[]int{429, 403}, exit.Refused, 0, 0, 2, 2, 2},
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

func TestHTTPForms(t *testing.T) {
	zip := func(c *Config) { c.Encode, c.Encoding = gzipped, "gzip" }
	for _, test := range []struct {
		form     string
		packed   bool
		kind     string
		requests []string
	}{
		{"ndjson", false, "application/x-ndjson", []string{"{\"id\":7}\n{\"id\":8}\n"}},
		{"array", false, "application/json", []string{`[{"id":7},{"id":8}]`}},
		{"single", false, "application/json", []string{`{"id":7}`, `{"id":8}`}},
		{"ndjson", true, "application/x-ndjson", []string{"{\"id\":7}\n{\"id\":8}\n"}},
		{"array", true, "application/json", []string{`[{"id":7},{"id":8}]`}},
	} {
		s := serve(t, (*httptest.Server).Start, statuses(200))
		e, _ := toHTTP(t, s.URL+"/in?k=v", func(c *Config) {
			c.HTTP.Form = test.form
			c.HTTP.Header.Set("X-Source", "gen")
			if test.packed {
				zip(c)
			}
		}, whole, nil)
		if err := errors.Join(e.Add(t.Context(), jsonBlock(7, 2)), e.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		for i, r := range s.got {
			if r.Method != "POST" || r.URL.String() != "/in?k=v" || r.Header.Get("Content-Type") != test.kind || r.Header.Get("X-Source") != "gen" {
				t.Errorf("%s: %s %s %v", test.form, r.Method, r.URL, r.Header)
			}
			if test.packed {
				if got := r.Header.Get("Content-Encoding"); got != "gzip" {
					t.Errorf("content encoding %q; want gzip", got)
				}
				z, err := gzip.NewReader(strings.NewReader(s.bodies[i]))
				if err != nil {
					t.Fatal(err)
				}
				data, _ := io.ReadAll(z)
				s.bodies[i] = string(data)
			}
			if r.ContentLength <= 0 {
				t.Errorf("content length %d; want the body's", r.ContentLength)
			}
		}
		wantLines(t, test.form, s.bodies, test.requests...)
		if len(s.remote) != 1 {
			t.Errorf("%d connections; want one that is kept", len(s.remote))
		}
	}
}

// What is not JSON is refused here; the server never sees it.
func TestHTTPValidates(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, statuses(200))
	rejects := &fakeRejects{}
	e, _ := toHTTP(t, s.URL, nil, whole, rejects)
	blk := Block{[]byte("{\"a\":1}\n{nope}\n2\n"), 3, Position{Line: 1}}
	if err := errors.Join(e.Add(t.Context(), blk), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "bodies", s.bodies, "{\"a\":1}\n2\n")
	wantLines(t, "rejects", rejects.got, "1@8:{nope}")
	wantBooks(t, e, 2, 1, 0, 0)
}

// A key stays over the attempts, and is another one for other records.
func TestHTTPKeys(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, statuses(503, 429, 413, 503, 200))
	e, _ := toHTTP(t, s.URL, func(c *Config) { c.HTTP.RunID = "run" }, whole, nil)
	if err := errors.Join(e.Add(t.Context(), jsonBlock(40, 4)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, r := range s.got {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
	}
	if len(keys) != 6 || keys[0] != keys[1] || keys[1] != keys[2] || keys[3] != keys[4] || keys[3] == keys[0] || keys[5] == keys[3] {
		t.Errorf("keys %q; want three, two and one that are equal", keys)
	}
	if !strings.HasPrefix(keys[0], "run-40-") || !strings.HasPrefix(keys[5], "run-42-") {
		t.Errorf("keys %q; want them to name the run and the first record", keys)
	}
	again, _ := toHTTP(t, s.URL, func(c *Config) { c.HTTP.RunID = "run" }, whole, nil)
	if err := errors.Join(again.Add(t.Context(), jsonBlock(40, 4)), again.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := s.got[6].Header.Get("Idempotency-Key"); got != keys[0] {
		t.Errorf("key %q in another run of the same name; want %q", got, keys[0])
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

// A connection that breaks is retried, and the transport does not do it in
// secret: every request is an attempt.
func TestHTTPBrokenConnections(t *testing.T) {
	s := serve(t, (*httptest.Server).Start, func(n int, w http.ResponseWriter, _ string) {
		hang := func(text string) {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			buf.WriteString(text)
			buf.Flush()
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}
		switch n {
		case 1, 3:
			hang("")
		case 4:
			hang("HTTP/1.1 20")
		case 5:
			hang("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut")
		}
	})
	e, _ := toHTTP(t, s.URL, nil, whole, nil)
	for i := range 3 {
		if err := e.Add(t.Context(), jsonBlock(100*i, 100)); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 300, 0, 0, 0)
	if c := e.Counts(); int(c.Attempts) != len(s.got) || c.Attempts < 5 || c.Duplicates != (c.Attempts-3)*100 {
		t.Errorf("counts %+v for %d requests", c, len(s.got))
	}
}

func TestHTTPTimeout(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, (*httptest.Server).Start, func(n int, w http.ResponseWriter, _ string) {
		if n == 0 {
			<-release
		}
	})
	t.Cleanup(func() { close(release) }) // before the server's, which waits for its handlers
	var pauses []error
	dest, err := Parse(s.URL, nil, Config{HTTP: func() HTTP { h := DefaultHTTP(); h.Timeout = 50 * time.Millisecond; return h }()})
	if err != nil {
		t.Fatal(err)
	}
	e := opened(t, dest, Options{
		Limits: whole, Clock: &fakeClock{}, Retry: DefaultRetry(), Pausing: func(p Pause) { pauses = append(pauses, p.Err) },
	})
	if err := errors.Join(e.Add(t.Context(), jsonBlock(0, 2)), e.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if len(pauses) == 0 {
		t.Fatal("no pause")
	}
	wantText(t, pauses[0], "no answer within 50ms")
	if got := e.Counts().Duplicates; got < 2 {
		t.Errorf("at most %d duplicates; want the records of the attempt that may have come through", got)
	}
}

// A delivery ends with its context, and nothing touches the batch after that.
func TestHTTPCancel(t *testing.T) {
	release := make(chan struct{})
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("terminated")
	s := serve(t, (*httptest.Server).Start, func(int, http.ResponseWriter, string) {
		cancel(stop)
		<-release
	})
	t.Cleanup(func() { close(release) })
	e, _ := toHTTP(t, s.URL, nil, Limits{Records: 1, Bytes: 1, Age: time.Hour}, nil)
	blk := jsonBlock(0, 1)
	err := e.Add(ctx, blk)
	wantStatus(t, err, exit.Incomplete)
	if !errors.Is(err, stop) {
		t.Errorf("error %v; want %v in it", err, stop)
	}
	wantBooks(t, e, 0, 0, 0, 1)
	if got := e.Counts().Duplicates; got != 1 {
		t.Errorf("at most %d duplicates; want 1", got)
	}
}

// Memory that was lent is not read after it was taken back.
func TestLoan(t *testing.T) {
	l := &loan{data: []byte("abcdef")}
	p := make([]byte, 4)
	if n, err := l.Read(p); n != 4 || err != nil || string(p) != "abcd" {
		t.Errorf("%d %v %q", n, err, p)
	}
	if n, err := l.Read(p); n != 2 || err != nil {
		t.Errorf("%d %v; want the rest", n, err)
	}
	if _, err := l.Read(p); err != io.EOF {
		t.Errorf("%v; want EOF", err)
	}
	l = &loan{data: []byte("abcdef")}
	l.end()
	if n, err := l.Read(p); n != 0 || err == nil || err == io.EOF {
		t.Errorf("%d %v after the end; want an error", n, err)
	}
	if _, ok := any(l).(io.WriterTo); ok {
		t.Error("a loan hands its memory out")
	}
}

func TestHTTPOpen(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	secure := serve(t, (*httptest.Server).StartTLS, statuses(200))
	plain := serve(t, (*httptest.Server).Start, statuses(200))
	ca := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none.pem")
	if err := os.WriteFile(none, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		url    string
		set    func(*HTTP)
		status int
		text   string
	}{
		{"http://" + closed, nil, exit.Unreachable, "could not be reached within 50ms"},
		{secure.URL, nil, exit.Refused, "certificate"},
		{secure.URL, func(h *HTTP) { h.CAFile = ca }, exit.OK, ""},
		{secure.URL, func(h *HTTP) { h.Insecure = true }, exit.OK, ""},
		{secure.URL, func(h *HTTP) { h.CAFile = none }, exit.Usage, "no PEM certificate"},
		{secure.URL, func(h *HTTP) { h.CAFile = none + "x" }, exit.IO, "no such file"},
		{strings.Replace(plain.URL, "http:", "https:", 1), nil, exit.Refused, "does not look like a TLS handshake"},
	} {
		c := Config{HTTP: DefaultHTTP()}
		if test.status == exit.Unreachable {
			c.HTTP.ConnectTimeout = 50 * time.Millisecond
		}
		if test.set != nil {
			test.set(&c.HTTP)
		}
		dest, err := Parse(test.url, nil, c)
		if err != nil {
			t.Fatal(err)
		}
		e := New(dest, Options{Limits: whole})
		err = e.Open(t.Context())
		wantStatus(t, err, test.status)
		if test.status != exit.OK {
			wantText(t, err, test.text)
			continue
		}
		if err := errors.Join(e.Add(t.Context(), jsonBlock(0, 3)), e.Close(t.Context())); err != nil {
			t.Error(err)
		}
		wantBooks(t, e, 3, 0, 0, 0)
	}
	if len(secure.remote) != 2 {
		t.Errorf("%d connections for two runs; want what Open made to be used", len(secure.remote))
	}
}

func TestParseHTTP(t *testing.T) {
	packed := Config{Encode: gzipped, Encoding: "gzip"}
	s2 := Config{Encode: gzipped, Encoding: "s2"}
	for _, test := range []struct {
		dest string
		c    Config
		name string
		err  string
	}{
		{"http://host/in?key=secret", Config{}, "http://host/in", ""},
		{"https://host:8443/in", packed, "https://host:8443/in", ""},
		{"http://[::1]:80", Config{}, "http://[::1]:80", ""},
		{"http://user:hunter2@host/", Config{}, "", "--header 'Authorization: env:NAME'"},
		{"http://user@host/", Config{}, "", "--header 'Authorization: env:NAME'"},
		{"http://user:hunter2@ho st/", Config{}, "", "no URL"},
		{"http:host", Config{}, "", "names no host"},
		{"http://", Config{}, "", "names no host"},
		{"http://host/#top", Config{}, "", "fragment"},
		{"http://host:port/", Config{}, "", "no URL"},
		{"http://host", s2, "", "takes gzip and zstd"},
		{"http://host", Config{HTTP: HTTP{Insecure: true}}, "", "certificates are of https"},
		{"https://host", Config{HTTP: HTTP{Insecure: true, CAFile: "x"}}, "", "contradict"},
		{"http://host", Config{HTTP: HTTP{Form: "xml"}}, "", "there are ndjson, array, single"},
	} {
		dest, err := Parse(test.dest, nil, test.c)
		switch {
		case test.err != "":
			wantStatus(t, err, exit.Usage)
			wantText(t, err, test.err)
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v: shows the password", err)
			}
		case err != nil:
			t.Errorf("%q: %v", test.dest, err)
		case dest.Name() != test.name:
			t.Errorf("%q: name %q; want %q", test.dest, dest.Name(), test.name)
		}
	}
}

func TestParseHeader(t *testing.T) {
	t.Setenv("TOKEN", "hunter2")
	t.Setenv("EMPTY", "")
	t.Setenv("LINES", "a\nb")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("from a file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ text, name, value, err string }{
		{"X-Source: gen", "X-Source", "gen", ""},
		{"x-a:b, c", "X-A", "b, c", ""},
		{"X-Empty:", "X-Empty", "", ""},
		{"Authorization: env:TOKEN", "Authorization", "hunter2", ""},
		{"Authorization: Bearer env:TOKEN", "Authorization", "Bearer hunter2", ""},
		{"Authorization: Basic @" + file, "Authorization", "Basic from a file", ""},
		{"X-Mail: a@b", "X-Mail", "a@b", ""},
		{"Authorization: Bearer hunter2", "", "", "list of processes"},
		{"Cookie: hunter2", "", "", "list of processes"},
		{"Authorization: env:NOT_THERE", "", "", "no variable NOT_THERE"},
		{"Authorization: env:EMPTY", "", "", "env:EMPTY is empty"},
		{"X-L: env:LINES", "", "", "control character"},
		{"X-F: @/no/such/file", "", "", "no such file"},
		{"X Y: z", "", "", "NAME: VALUE"},
		{"nothing", "", "", "NAME: VALUE"},
		{"Idempotency-Key: 1", "", "", "by the sink itself"},
		{"content-length: 1", "", "", "by the sink itself"},
	} {
		name, value, err := ParseHeader(test.text)
		if test.err != "" {
			wantStatus(t, err, exit.Usage)
			wantText(t, err, test.err)
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v: shows the secret", err)
			}
		} else if err != nil || name != test.name || value != test.value {
			t.Errorf("%q: %q %q %v; want %q %q", test.text, name, value, err, test.name, test.value)
		}
	}
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
