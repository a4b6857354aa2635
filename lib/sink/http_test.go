package sink

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

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

// What is not JSON is never sent, so it has neither an attempt nor a key, whatever
// the bodies are made of.
func TestHTTPValidates(t *testing.T) {
	for name, set := range map[string]func(*HTTP){
		"ndjson": func(h *HTTP) { h.Form = "ndjson" },
		"array":  func(h *HTTP) { h.Form = "array" },
		"single": func(h *HTTP) { h.Form = "single" },
		"fields": func(h *HTTP) { h.AddHeader("X-A: {.a}") },
		"bulk":   func(h *HTTP) { h.Bulk.API = "elasticsearch" },
	} {
		s := serve(t, (*httptest.Server).Start, func(_ int, w http.ResponseWriter, _ string) { io.WriteString(w, `{"errors":false}`) })
		rejects := &fakeRejects{}
		e, _ := toHTTP(t, s.URL+"/_bulk", func(c *Config) { set(&c.HTTP) }, whole, rejects)
		first := Block{[]byte("{\"a\":1}\n{nope}\n{\"a\":2}\n"), 3, Position{Line: 1}}
		second := Block{[]byte("{\n"), 1, Position{Ordinal: 3, Line: 4, Offset: 23}}
		if err := errors.Join(e.Add(t.Context(), first), e.Add(t.Context(), second), e.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		if sent := strings.Join(s.bodies, ""); strings.Contains(sent, "nope") || strings.Count(sent, `{"a":`) != 2 {
			t.Errorf("%s: sent %q", name, sent)
		}
		wantLines(t, name+": rejects", rejects.got, "1@8:{nope}", "3@23:{")
		for _, r := range rejects.all {
			if r.Attempts != 0 || r.Key != "" {
				t.Errorf("%s: a record that was never sent had %d attempts and the key %q", name, r.Attempts, r.Key)
			}
		}
		wantBooks(t, e, 2, 2, 0, 0)
		if c := e.Counts(); c.Attempts != int64(len(s.got)) {
			t.Errorf("%s: %d attempts in the books, %d requests", name, c.Attempts, len(s.got))
		}
	}
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
