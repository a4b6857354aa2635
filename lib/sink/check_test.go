package sink

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

func TestCheckHTTP(t *testing.T) {
	for status, want := range map[int]int{
		200: exit.OK, 204: exit.OK, 405: exit.OK, 404: exit.OK, 501: exit.OK, 302: exit.OK,
		401: exit.Refused, 403: exit.Refused, 503: exit.Unreachable,
	} {
		server := serve(t, (*httptest.Server).Start, statuses(status))
		h := DefaultHTTP()
		h.ConnectTimeout = time.Second
		if err := h.AddHeader("X-Key: k"); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/in?a=b", "/{.x}/y?z={.z}"} {
			dest, err := Parse(server.URL+path, nil, Config{HTTP: h})
			if err != nil {
				t.Fatal(err)
			}
			wantStatus(t, Check(t.Context(), dest), want)
		}
		for i, path := range []string{"/in?a=b", "/"} {
			if r := server.got[i]; r.Method != http.MethodHead || r.URL.String() != path || r.Header.Get("X-Key") != "k" {
				t.Errorf("asked %s %s with %v; want HEAD %s with the header", r.Method, r.URL, r.Header, path)
			}
		}
	}
	h := DefaultHTTP()
	h.ConnectTimeout = time.Millisecond
	dest, err := Parse("http://127.0.0.1:1/", nil, Config{HTTP: h})
	if err != nil {
		t.Fatal(err)
	}
	wantStatus(t, Check(t.Context(), dest), exit.Unreachable)
}

// A check leaves everything as it was.
func TestCheckFiles(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, []byte("1\n2"), 0o600); err != nil {
		t.Fatal(err)
	}
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path   string
		config Config
		want   int
	}{
		{there, Config{}, exit.OK},
		{there, Config{Append: true}, exit.OK},
		{filepath.Join(dir, "new"), Config{}, exit.OK},
		{filepath.Join(dir, "new"), Config{Append: true}, exit.OK},
		{filepath.Join(dir, "new-{seq}"), Config{Rotate: Rotate{Records: 1}}, exit.OK},
		{fifo, Config{}, exit.OK},
		{fifo, Config{Append: true}, exit.OK},
		{"/dev/stdout", Config{}, exit.OK},
		{dir, Config{}, exit.IO},
		{dir, Config{Append: true}, exit.IO},
		{filepath.Join(dir, "no", "where"), Config{}, exit.IO},
		{filepath.Join(dir, "no", "where"), Config{Append: true}, exit.IO},
	} {
		dest, err := Parse("file:"+test.path, nil, test.config)
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(t.Context(), dest); exit.Status(err) != test.want {
			t.Errorf("%s %+v: %v; want status %d", test.path, test.config, err, test.want)
		}
	}
	if data, err := os.ReadFile(there); string(data) != "1\n2" {
		t.Errorf("the file holds %q, %v", data, err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("left behind: %v", list)
	}
}

func TestCheckCommand(t *testing.T) {
	for name, want := range map[string]int{"sh": exit.OK, "no-such-command": exit.Refused} {
		dest, err := Parse("exec", []string{name}, Config{})
		if err != nil {
			t.Fatal(err)
		}
		wantStatus(t, Check(t.Context(), dest), want)
	}
}
