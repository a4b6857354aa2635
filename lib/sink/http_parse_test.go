package sink

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

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
		name, value, _, err := parseHeader(test.text)
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
