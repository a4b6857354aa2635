package sink

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
)

// A fakeIndex is a server that speaks Elasticsearch's bulk API as far as bodies
// and answers go, and does as badly as a test wants.
type fakeIndex struct {
	mu   sync.Mutex
	docs map[string]string // by index/id
	seen int               // requests
	tell func(doc string) int
	cut  func() bool // answers with a broken connection, after it did its work
	most int         // bytes of a body; 0: any
}

func (x *fakeIndex) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seen++
	body, err := x.read(r)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	case x.most > 0 && len(body) > x.most:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	items, failed := x.work(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/_bulk"), body)
	if x.cut != nil && x.cut() {
		panic(http.ErrAbortHandler)
	}
	json.NewEncoder(w).Encode(map[string]any{"took": 3, "errors": failed, "items": items})
}

func (x *fakeIndex) read(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Type") != "application/x-ndjson" {
		return nil, errors.New("not NDJSON")
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		plain, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(plain)
	}
	return io.ReadAll(r.Body)
}

// work does what the lines say.
func (x *fakeIndex) work(index string, body []byte) (items []any, failed bool) {
	lines := strings.Split(string(body), "\n")
	for ; len(lines) > 1; lines = lines[2:] {
		var action map[string]struct {
			Index *string `json:"_index"`
			ID    *string `json:"_id"`
		}
		json.Unmarshal([]byte(lines[0]), &action)
		doc := lines[1]
		for verb, to := range action {
			if to.Index != nil {
				index = *to.Index
			}
			id := fmt.Sprintf("auto-%d", len(x.docs))
			if to.ID != nil {
				id = *to.ID
			}
			key := index + "/" + id
			status := 201
			if x.tell != nil {
				status = x.tell(doc)
			}
			if _, there := x.docs[key]; there && verb == "create" && status < 300 {
				status = 409
			}
			item := map[string]any{"_index": index, "_id": id, "status": status}
			if status < 300 {
				x.docs[key] = doc
			} else {
				failed = true
				item["error"] = map[string]any{"type": "some_exception", "reason": "because of " + doc, "caused_by": map[string]any{"type": "x", "reason": "deep down"}}
			}
			items = append(items, map[string]any{verb: item})
		}
	}
	return items, failed
}

func index(t *testing.T, x *fakeIndex) string {
	t.Helper()
	x.docs = map[string]string{}
	server := httptest.NewUnstartedServer(x)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

func toBulk(b Bulk) func(*Config) {
	b.API = "elasticsearch"
	return func(c *Config) { c.HTTP.Bulk = b }
}

// Each item has its own fate: refused ones are rejects, late ones come again
// alone, and the others are stored once.
func TestBulkItems(t *testing.T) {
	late := 2
	x := &fakeIndex{}
	x.tell = func(doc string) int {
		switch {
		case strings.Contains(doc, `"id":3`):
			return 400
		case strings.Contains(doc, `"id":5`) && late > 0:
			late--
			return 429
		}
		return 201
	}
	rejects := &fakeRejects{}
	e, clock := toHTTP(t, index(t, x)+"/logs/_bulk", toBulk(Bulk{Action: "create", ID: "{.id}"}), whole, rejects)
	if err := e.Add(t.Context(), jsonBlock(0, 8)); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 7, 1, 0, 0)
	wantLines(t, "rejects", rejects.got, `3@27:{"id":3}`)
	if len(x.docs) != 7 || x.docs["logs/5"] != `{"id":5}` || x.seen != 3 {
		t.Errorf("%d requests, documents %v", x.seen, x.docs)
	}
	if len(clock.slept) != 2 {
		t.Errorf("slept %v; want two pauses", clock.slept)
	}
	if c := e.Counts(); c.Retried != 2 || c.Duplicates != 0 {
		t.Errorf("counts %+v; want 2 retries that doubt nothing", c)
	}
}

func TestBulkStops(t *testing.T) {
	for _, status := range []int{401, 403, 404} {
		x := &fakeIndex{tell: func(string) int { return status }}
		e, _ := toHTTP(t, index(t, x)+"/_bulk", toBulk(Bulk{}), whole, &fakeRejects{})
		e.Add(t.Context(), jsonBlock(0, 2))
		err := e.Close(t.Context())
		wantStatus(t, err, exit.Refused)
		wantText(t, err, "deep down")
		wantBooks(t, e, 0, 0, 0, 2)
	}
}

// Answers that tell no fates leave them open or end the sink, but never count as
// a yes.
func TestBulkAnswers(t *testing.T) {
	k := &bulk{action: "index"}
	b := &Batch{Records: 2, Data: []byte("{}\n{}\n"), Attempt: 1}
	for _, test := range []struct {
		text   string
		passes bool // what can be tried again
		want   string
	}{
		{`<html>`, true, "none of a bulk API"},
		{`{"took":1}`, false, "does not say whether"},
		{`{"errors":true,"items":[{"index":{"status":201}}]}`, true, "1 of 2 records"},
		{`{"errors":true,"items":[{"index":{"status":201}},{"create":{"status":201}}]}`, true, "nothing of the action index of record 1"},
		{`{"errors":true,"items":[{"index":{"status":201}},{"index":{"status":503}}]}`, false, "1 of the records were put off"},
		{`{"errors":false,"items":[{"index":{"status":201}},{"index":{"status":503}}]}`, false, "1 of the records were put off"},
		{`{"errors":false,"items":[{"index":{"status":400}}]}`, true, "1 of 2 records"},
		{`{"errors":true,"items":[{"index":{"status":201}},{"index":{"status":413,"error":{"type":"t","reason":"r"}}}]}`, false, "refused 1 of the records"},
	} {
		err := k.judge([]byte(test.text), b, false)
		wantText(t, err, test.want)
		if isA[*Transient](err) != test.passes {
			t.Errorf("%s: %T; passes: want %v", test.text, err, test.passes)
		}
	}
	if err := k.judge([]byte(`{"errors":false,"items":[]}`), b, false); err != nil {
		t.Error(err)
	}
	if err := k.judge([]byte(`{"errors":true,"items":[{"index":{"status":201}},{"index":{"status":200}}]}`), b, false); err != nil {
		t.Error(err)
	}
}

// Everything that goes wrong at once: connections that break after the work was
// done, items that come later, items that are refused, bodies that are too
// large; compressed, and several at once. With an identity nothing is there
// twice, and nothing is missing.
func TestBulkThroughFaults(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	x := &fakeIndex{most: 2000, cut: func() bool { return rnd.IntN(5) == 0 }}
	x.tell = func(doc string) int {
		switch p := rnd.IntN(100); {
		case strings.Contains(doc, "7}"):
			return 400
		case p < 10:
			return 429
		case p < 13:
			return 503
		}
		return 201
	}
	rejects := &fakeRejects{}
	dest, err := Parse(index(t, x)+"/_bulk", nil, Config{
		Encoding: "gzip", Encode: func(w io.Writer, _ bool) (Encoder, error) { return codec.NewWriter(w, codec.Spec{Format: codec.Gzip}) },
		HTTP: func() HTTP {
			h := DefaultHTTP()
			h.Conns, h.Bulk = 4, Bulk{API: "elasticsearch", Index: "day-{.id}", ID: "{.id}-x", Action: "create"}
			return h
		}(),
	})
	if err != nil {
		t.Fatal(err)
	}
	e := opened(t, dest, Options{
		Limits: Limits{50, 1 << 20, time.Hour}, Rejects: rejects, Concurrency: Concurrency{Most: 4},
		Retry: Retry{Base: time.Millisecond, Cap: time.Millisecond, MaxElapsed: time.Minute},
	})
	add(t, e, jsonBlock(0, 1000))
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := e.Counts(); c.Acked != 900 || c.Rejected != 100 || c.Unresolved != 0 {
		t.Errorf("books %+v", c)
	}
	if len(x.docs) != 900 || x.docs["day-11/11-x"] != `{"id":11}` {
		t.Errorf("%d documents; want 900", len(x.docs))
	}
}

func TestBulkRefusesWhatItCannotSend(t *testing.T) {
	x, rejects := &fakeIndex{}, &fakeRejects{}
	e, _ := toHTTP(t, index(t, x)+"/_bulk", toBulk(Bulk{Index: "{.kind}", ID: "{.id}"}), whole, rejects)
	add(t, e, block(`{"id":0,"kind":"a"}`, `[1]`, `{"id":`, `{"id":"","kind":"a"}`, `{"id":{},"kind":"a"}`, `{"id":"\"5","kind":"a"}`))
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 2, 4, 0, 0)
	if x.docs[`a/"5`] == "" || x.docs["a/0"] == "" {
		t.Errorf("documents %v", x.docs)
	}
}

func TestParseBulk(t *testing.T) {
	for _, test := range []struct {
		url  string
		bulk Bulk
		form string
		want string
	}{
		{"http://h/_bulk", Bulk{API: "elasticsearch"}, "", ""},
		{"http://h/i/_bulk?pipeline=p", Bulk{API: "elasticsearch", Action: "create"}, "ndjson", ""},
		{"http://h/", Bulk{API: "elasticsearch"}, "", "ends in /_bulk"},
		{"http://h/_bulk", Bulk{API: "solr"}, "", "no bulk API"},
		{"http://h/_bulk", Bulk{API: "elasticsearch", Action: "delete"}, "", "no bulk action"},
		{"http://h/_bulk", Bulk{API: "elasticsearch", ID: "{.x"}, "", "closing brace"},
		{"http://h/_bulk", Bulk{API: "elasticsearch"}, "array", "own form of body"},
		{"http://h/_bulk", Bulk{ID: "{.x}"}, "", "--bulk elasticsearch"},
	} {
		h := DefaultHTTP()
		h.Bulk = test.bulk
		if test.form != "" {
			h.Form = test.form
		}
		_, err := Parse(test.url, nil, Config{HTTP: h})
		if test.want == "" {
			if err != nil {
				t.Errorf("%+v: %v", test.bulk, err)
			}
			continue
		}
		wantStatus(t, err, exit.Usage)
		wantText(t, err, test.want)
	}
}
