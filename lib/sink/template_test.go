package sink

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"ndjsontools/lib/exit"
)

func TestTemplate(t *testing.T) {
	record := []byte(`{"a":"x y/é","n":-1.50,"t":true,"o":{"p.q":"deep","":1},"z":null,"l":[],"q":"\"\n\ud83d\ude00"}`)
	for _, test := range []struct{ text, want, err string }{
		{"", "", ""},
		{"no field {} here}", "no field {} here}", ""},
		{"{.a}", "x y/é", ""},
		{"a={.a}, n={.n}{.t}", "a=x y/é, n=-1.50true", ""},
		{`{.o."p.q"}-{.o.""}`, "deep-1", ""},
		{"{.q}", "\"\n😀", ""},
		{"{.b}", "", ".b is missing"},
		{"{.o.b}", "", ".o.b is missing"},
		{"{.z}", "", ".z is null"},
		{"{.l}", "", ".l is an array"},
		{"{.o}", "", ".o is an object"},
	} {
		tmpl, err := parseTemplate(test.text)
		if err != nil {
			t.Fatalf("%q: %v", test.text, err)
		}
		got, err := tmpl.append(nil, record, asIs)
		if test.err != "" {
			wantText(t, err, test.err)
		} else if err != nil || string(got) != test.want {
			t.Errorf("%q: %q, %v; want %q", test.text, got, err, test.want)
		}
	}
	for _, bad := range []string{"{.a", `{."a}`, "{.}", "{..a}", "{.a[0]}"} {
		if _, err := parseTemplate(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestTargets(t *testing.T) {
	for _, test := range []struct{ url, record, want, err string }{
		{"http://h", `{}`, "http://h", ""},
		{"http://h/{.a}/b?c={.a}", `{"a":"x/ y?"}`, "http://h/x%2F%20y%3F/b?c=x%2F+y%3F", ""},
		{"http://h/a?b={.a}&c={.b}", `{"a":"&=","b":""}`, "http://h/a?b=%26%3D&c=", ""},
		{`http://h/{."?"}`, `{"?":1}`, "http://h/1", ""},
		{"http://h/v{.a}", `{"a":1e3}`, "http://h/v1e3", ""},
		{"http://h/{.a}/", `{"a":".."}`, "", "lead to another place"},
		{"http://h/{.a}", `{"a":""}`, "", "lead to another place"},
	} {
		aim, err := parseTarget(test.url)
		if err != nil {
			t.Fatalf("%s: %v", test.url, err)
		}
		got, _, err := aim.place([]byte(test.record))
		if test.err != "" {
			wantText(t, err, test.err)
		} else if err != nil || got != test.want {
			t.Errorf("%s with %s: %s, %v; want %s", test.url, test.record, got, err, test.want)
		}
	}
	for url, want := range map[string]string{
		"http://{.host}/":     "name of a server",
		"http://h:{.port}/":   "name of a server",
		"http://h/{.a":        "closing brace",
		"http://h/?x={.a[1]}": "bracket",
	} {
		_, err := Parse(url, nil, Config{HTTP: DefaultHTTP()})
		wantStatus(t, err, exit.Usage)
		wantText(t, err, want)
	}
}

// Records for different places never share a request; those for one place do,
// wherever they stand in the batch.
func TestHTTPGroups(t *testing.T) {
	server := serve(t, (*httptest.Server).Start, statuses(200))
	rejects := &fakeRejects{}
	e, _ := toHTTP(t, server.URL+"/in/{.k}?n={.n}", func(c *Config) {
		if err := c.HTTP.AddHeader("X-Tenant: t-{.t}"); err != nil {
			t.Fatal(err)
		}
	}, whole, rejects)
	add(t, e, block(
		`{"k":"a","n":1,"t":1}`, `{"k":"b","n":1,"t":1}`, `{"k":"a","n":1,"t":1,"x":2}`, `{"k":"a","n":1,"t":2}`,
		`{"k":"a","n":1}`, `{"k":`, `{"k":"a","n":1,"t":"\n"}`, `{"k":"b","n":1,"t":1,"y":3}`,
	))
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, r := range server.got {
		got = append(got, r.URL.String()+" "+r.Header.Get("X-Tenant")+" "+strings.ReplaceAll(server.bodies[i], "\n", " "))
	}
	want := []string{
		`/in/a?n=1 t-1 {"k":"a","n":1,"t":1} {"k":"a","n":1,"t":1,"x":2} `,
		`/in/b?n=1 t-1 {"k":"b","n":1,"t":1} {"k":"b","n":1,"t":1,"y":3} `,
		`/in/a?n=1 t-2 {"k":"a","n":1,"t":2} `,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q;\nwant %q", got, want)
	}
	wantBooks(t, e, 5, 3, 0, 0)
	if n := len(rejects.got); n != 3 {
		t.Errorf("rejects %q; want 3", rejects.got)
	}
}

// What names no place of the server is about the record, where the record has
// named it.
func TestHTTPTemplatedNotFound(t *testing.T) {
	server := serve(t, (*httptest.Server).Start, func(_ int, w http.ResponseWriter, body string) {
		if strings.Contains(body, "gone") {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	rejects := &fakeRejects{}
	e, _ := toHTTP(t, server.URL+"/{.k}", nil, whole, rejects)
	add(t, e, block(`{"k":"a"}`, `{"k":"gone"}`, `{"k":"b"}`))
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 1, 0, 0)
	e, _ = toHTTP(t, server.URL+"/", nil, whole, rejects)
	e.Add(t.Context(), block(`{"k":"gone"}`))
	wantStatus(t, e.Close(t.Context()), exit.Refused)
}

// A secret that was looked up is sent as it is; a field that is spelled in the
// option is not.
func TestAddHeader(t *testing.T) {
	t.Setenv("TOKEN", "{.a}")
	h := DefaultHTTP()
	for _, text := range []string{"X-Plain: {a}", "X-Secret: env:TOKEN", "X-Field: {.a}"} {
		if err := h.AddHeader(text); err != nil {
			t.Fatal(err)
		}
	}
	if h.Header.Get("X-Secret") != "{.a}" || h.Header.Get("X-Plain") != "{a}" || h.Templates.Get("X-Field") != "{.a}" || len(h.Templates) != 1 {
		t.Errorf("header %v, templates %v", h.Header, h.Templates)
	}
	wantStatus(t, h.AddHeader("Host: {.a}"), exit.Usage)
	if err := h.AddHeader("X-Bad: {.a"); err == nil {
		_, err = Parse("http://h/", nil, Config{HTTP: h})
		wantStatus(t, err, exit.Usage)
	}
}

func TestReasonNamesThePath(t *testing.T) {
	aim, _ := parseTarget("http://h/{.user.id}")
	_, _, err := aim.place([]byte(`{"user":{"id":null}}`))
	if err == nil || errors.Unwrap(err) == nil || err.Error() != ".user.id is null" {
		t.Errorf("error %v; want .user.id is null", err)
	}
}
