package postgres

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// opening is the status with which Open ends at a server that answers as speak
// does.
func opening(t *testing.T, parameters string, speak func(conn net.Conn)) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				speak(conn)
			}()
		}
	}()
	d, err := New(fmt.Sprintf("postgres://u@%s/d?%s", l.Addr(), parameters), Config{
		Table: "t", Columns: []Column{{Name: "doc"}}, OnConflict: "error", ConnectTimeout: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Open(t.Context())
	if err == nil {
		t.Error("there is no server, and it opened")
	}
	t.Log(err)
	return exit.Status(err)
}

// A server that we don't trust ends the sink, whichever way trust is looked for;
// one that breaks off may come back.
func TestOpenJudges(t *testing.T) {
	// No test reaches these: a service, a password file and a root certificate of
	// whoever runs it.
	for _, name := range []string{"PGSERVICE", "PGPASSFILE", "PGSSLROOTCERT", "PGSSLMODE"} {
		t.Setenv(name, "")
	}
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	secure := func(conn net.Conn) {
		io.ReadFull(conn, make([]byte, 8)) // may we speak TLS?
		conn.Write([]byte("S"))
		tls.Server(conn, server.TLS).Handshake()
	}
	for _, mode := range []string{"verify-full", "verify-ca"} {
		if got := opening(t, "sslmode="+mode, secure); got != exit.Refused {
			t.Errorf("sslmode=%s: status %d; want %d", mode, got, exit.Refused)
		}
	}
	if got := opening(t, "sslmode=disable", func(net.Conn) {}); got != exit.Unreachable {
		t.Errorf("a connection that breaks: status %d; want %d", got, exit.Unreachable)
	}
	// An error message: S severity, V the same, C code, M text.
	refuse := func(code string) func(net.Conn) {
		return func(conn net.Conn) {
			conn.Read(make([]byte, 1024))
			fields := "SFATAL\x00VFATAL\x00C" + code + "\x00Mno\x00\x00"
			fmt.Fprintf(conn, "E\x00\x00\x00%c%s", len(fields)+4, fields)
		}
	}
	for code, want := range map[string]int{"57P03": exit.Unreachable, "53300": exit.Unreachable, "28000": exit.Refused, "3D000": exit.Refused} {
		if got := opening(t, "sslmode=disable", refuse(code)); got != want {
			t.Errorf("%s: status %d; want %d", code, got, want)
		}
	}
}
