package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"ndjsontools/lib/sink"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// webOptions are what can be told about http: and https: destinations.
type webOptions struct {
	sink.HTTP
	timeout, connectTimeout, retryAfterMax units.Duration
}

func newWebOptions() webOptions {
	h := sink.DefaultHTTP()
	return webOptions{h, units.Duration(h.Timeout), units.Duration(h.ConnectTimeout), units.Duration(h.RetryAfterMax)}
}

// config is what the destination is made of.
func (w *webOptions) config() sink.HTTP {
	h := w.HTTP
	h.Timeout, h.ConnectTimeout, h.RetryAfterMax = time.Duration(w.timeout), time.Duration(w.connectTimeout), time.Duration(w.retryAfterMax)
	return h
}

// fromEnvironment is the URL of a web server that env:NAME stands for, and any
// other destination as it is: a query may hold a key, which must not show in the
// list of processes.
func fromEnvironment(where string) string {
	name, found := strings.CutPrefix(where, "env:")
	if url := os.Getenv(name); found && (strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")) {
		return url
	}
	return where
}

// options are for http: and https: alone, but for the times.
func (w *webOptions) options(b *bounds) []tool.Option {
	web := func(o tool.Option) tool.Option { return b.only(o, "http:", "https:") }
	remote := func(o tool.Option) tool.Option { return b.only(o, "http:", "https:", "postgres:") }
	return []tool.Option{
		web(tool.Option{Name: "header", Short: "H", Arg: "HEADER", Usage: "send a header, 'NAME: VALUE'; a VALUE env:VARIABLE or @FILE is looked up, {.field} is the record's", Value: tool.Func("", w.AddHeader)}),
		web(tool.Option{Name: "body", Arg: "FORM", Usage: "make bodies of lines, an array, or one record: ndjson, array or single", Value: tool.Choice(&w.Form, sink.Forms()...), Choices: sink.Forms()}),
		b.only(tool.Option{Name: "run-id", Arg: "ID", Usage: "begin idempotency keys with ID, so that another run has the same", Value: tool.Func("", w.setRunID)}, "http:", "https:", "exec"),
		remote(tool.Option{Name: "timeout", Arg: "DURATION", Usage: "give an attempt at most that long", Value: tool.Positive(&w.timeout)}),
		remote(tool.Option{Name: "connect-timeout", Arg: "DURATION", Usage: "wait that long for the destination to be there before the first record is read", Value: tool.Positive(&w.connectTimeout)}),
		web(tool.Option{Name: "retry-after-max", Arg: "DURATION", Usage: "wait at most that long for a Retry-After", Value: &w.retryAfterMax}),
		web(tool.Option{Name: "ca-file", Arg: "FILE", Usage: "trust the PEM certificates in FILE instead of the system's", Value: tool.Path(&w.CAFile), File: true}),
		web(tool.Option{Name: "cert-file", Arg: "FILE", Usage: "show the server the PEM certificate in FILE, which may hold its key too", Value: tool.Path(&w.CertFile), File: true}),
		web(tool.Option{Name: "key-file", Arg: "FILE", Usage: "the certificate's PEM key is in FILE", Value: tool.Path(&w.KeyFile), File: true}),
		web(tool.Option{Name: "server-name", Arg: "NAME", Usage: "want the server's certificate to be for NAME", Value: tool.String(&w.ServerName)}),
		web(tool.Option{Name: "bulk", Arg: "API", Usage: "speak a bulk API: elasticsearch", Value: tool.Choice(&w.Bulk.API, sink.BulkAPIs()...), Choices: sink.BulkAPIs()}),
		web(tool.Option{Name: "bulk-action", Arg: "ACTION", Usage: "what the bulk API is to do with a record: index or create", Value: tool.Choice(&w.Bulk.Action, sink.BulkActions()...), Default: "index", Choices: sink.BulkActions()}),
		web(tool.Option{Name: "bulk-index", Arg: "INDEX", Usage: "the index of a record, such as logs-{.service}", Value: tool.String(&w.Bulk.Index)}),
		web(tool.Option{Name: "bulk-id", Arg: "ID", Usage: "the identity of a record, such as {.id}", Value: tool.String(&w.Bulk.ID)}),
		web(tool.Option{Name: "insecure", Usage: "trust any certificate", Value: tool.Bool(&w.Insecure)}),
	}
}

// setRunID takes what can stand in a header.
func (w *webOptions) setRunID(id string) error {
	if id == "" || len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return fmt.Errorf("%q is not 1 to 64 characters of ASCII without blanks", id)
	}
	w.RunID = id
	return nil
}
