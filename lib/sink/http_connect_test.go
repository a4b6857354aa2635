package sink

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

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
