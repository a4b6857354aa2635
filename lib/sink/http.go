package sink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
)

// HTTP describes a destination that gets each batch as the body of a POST.
//
// A record that is not JSON is refused here and never sent. The answer's
// status decides about the others: see judge. Redirections are not followed,
// because headers with secrets would follow them.
//
// The URL's path and query, and the values of headers, may have fields of the
// records in them, as in http://host/{.kind}/{.id}. Records for which these come
// out differently never share a request: see Traits.Place. A value in the URL is
// escaped. A record without such a field is refused.
//
// Every request has an Idempotency-Key, made of RunID, the ordinal of the first
// record and a hash of the records: the same for every attempt on the same
// records, another for a part of them.
//
// Requests go out one at a time over each of Conns connections that are kept
// open, by HTTP/1.1: what HTTP/2 is for, many streams on one connection, would
// let one lost packet hold up all of them. The proxy variables of the
// environment are respected.
type HTTP struct {
	Form   string      // of bodies: see Forms; "" is the first of them
	Header http.Header // sent besides our own; see AddHeader
	RunID  string      // "" is one by chance

	// Templates are more of them, whose values have fields of the records in
	// them.
	Templates http.Header

	Again bool // the server may know RunID from an earlier run
	Conns int  // connections at most; below 1 means 1

	Timeout        time.Duration // of an attempt, from connecting to the answer's end
	ConnectTimeout time.Duration // of Open, which asks again until then
	RetryAfterMax  time.Duration // a Retry-After counts for that at most

	CAFile     string // PEM certificates to trust instead of the system's
	CertFile   string // our own certificate, PEM, with those that vouch for it
	KeyFile    string // its key, PEM; "" if that is in CertFile
	ServerName string // the name that the server's certificate is for; "" is that of the URL
	Insecure   bool   // trust any certificate

	Bulk Bulk // the zero value: bodies are as Form says

	// Now tells the time of day, for a Retry-After that is a date in an answer
	// that has no date of its own. Nil is time.Now.
	Now func() time.Time
}

// Forms are the forms of bodies: lines, one JSON array, or one record a request.
func Forms() []string { return []string{"ndjson", "array", "single"} }

type web struct {
	HTTP
	url      *url.URL // of a target that varies an example, for its host
	name     string
	target   target
	encode   Encode // of bodies; nil for none
	encoding string // its name, for Content-Encoding
	clock    Clock
	bulk     *bulk // nil: bodies are as Form says

	transport *http.Transport
	first     net.Conn // made by Open, for the first request
	made      time.Duration
	bodies    sync.Pool // *body
}

// Name leaves out the query, which may hold a key.
func (d *web) Name() string { return d.name }

func (d *web) Traits() Traits {
	t := Traits{Eager: true, Parallel: true, Screen: invalid}
	if d.Form == "single" {
		t.MaxRecords = 1
	}
	if d.target.varies() {
		t.Place, t.Screen = d.place, nil // place looks at them as well
	}
	if d.bulk != nil {
		t.Screen = d.bulk.refused
	}
	return t
}

// place is where a record goes, as one text.
func (d *web) place(record []byte) (string, error) {
	if bad := jsonscan.Valid(record); bad != nil {
		return "", notJSON(bad)
	}
	address, headers, err := d.target.place(record)
	return address + "\n" + strings.Join(headers, "\n"), err
}

func (d *web) Deliver(ctx context.Context, b *Batch) error {
	made, _ := d.bodies.Get().(*body)
	if made == nil {
		made = &body{}
	}
	defer d.bodies.Put(made)
	data, err := d.body(b, made)
	if err != nil {
		return &Clean{exit.With(exit.IO, err)}
	}
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	var wrote atomic.Bool // something of the request left us
	limited = httptrace.WithClientTrace(limited, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	lent := &loan{data: data}
	defer lent.end()
	request, err := d.request(b, len(data), lent)
	if err != nil {
		return err
	}
	answer, err := d.transport.RoundTrip(request.WithContext(limited))
	switch {
	case err == nil:
		return d.judge(answer, b)
	case ctx.Err() != nil && !wrote.Load():
		return &Clean{ctx.Err()}
	case Distrusted(err):
		err = exit.With(exit.Refused, err)
		if wrote.Load() { // a far side may say so late
			return err
		}
		return &Clean{err}
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %v", d.Timeout)
	}
	return &Transient{Err: err, Clean: !wrote.Load()}
}

// request makes the request. It has no GetBody: without it the transport never
// sends a request twice by itself, which nobody would count.
func (d *web) request(b *Batch, size int, body io.ReadCloser) (*http.Request, error) {
	r := &http.Request{
		Method: http.MethodPost, URL: d.url, Host: d.Header.Get("Host"),
		Header: http.Header{
			"Content-Type": {"application/json"}, "User-Agent": {"rate-sink"}, "Idempotency-Key": {d.Key(b)},
		},
		Body: body, ContentLength: int64(size),
	}
	if d.Form == "ndjson" || d.Form == "" || d.bulk != nil {
		r.Header.Set("Content-Type", "application/x-ndjson")
	}
	if d.encode != nil {
		r.Header.Set("Content-Encoding", d.encoding)
	}
	d.addHeaders(r)
	if d.target.varies() {
		return r, d.aim(r, b)
	}
	return r, nil
}

// addHeaders adds the headers that are the same for all records.
func (d *web) addHeaders(r *http.Request) {
	for name, values := range d.Header {
		if name != "Host" {
			r.Header[name] = values
		}
	}
}

// aim sends a request where its records go, which is where the first one goes.
func (d *web) aim(r *http.Request, b *Batch) error {
	first, _, _ := bytes.Cut(b.Data, []byte{'\n'})
	address, headers, err := d.target.place(first)
	if err == nil {
		r.URL, err = url.Parse(address)
	}
	if err != nil { // place has accepted the record, so this can't be
		return &Suspect{Reason: err}
	}
	for i, h := range d.target.headers {
		r.Header[h.name] = append(r.Header[h.name][:len(r.Header[h.name]):len(r.Header[h.name])], headers[i])
	}
	return nil
}

// Key is the idempotency key.
func (d *web) Key(b *Batch) string { return b.key(d.RunID) }

func (d *web) Commit(context.Context) error { return d.Abort() }

func (d *web) Abort() error {
	d.transport.CloseIdleConnections()
	if d.first != nil {
		d.first.Close()
	}
	return nil
}
