package sink

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
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
