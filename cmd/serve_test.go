package cmd_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptServe is the command serve; see TestScript.
func scriptServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve file answer...")
	}
	file, answers := ts.MkAbs(args[0]), args[1:]
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		text := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		text, after, found := strings.Cut(text, "/")
		status, err := strconv.Atoi(text)
		if err != nil {
			status = http.StatusTeapot
		}
		if found {
			w.Header().Set("Retry-After", after)
		}
		body, err := io.ReadAll(r.Body)
		if err == nil && status/100 == 2 {
			if err := appendFile(file, body); err != nil {
				status = http.StatusInsufficientStorage
			}
		}
		w.WriteHeader(status)
	}))
	ts.Defer(server.Close)
	ts.Setenv("URL", server.URL)
}

func appendFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(data)
	return err
}
