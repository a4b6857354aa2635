package sink

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"slices"
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
	Header http.Header // sent besides our own; see ParseHeader
	RunID  string      // "" is one by chance
	Again  bool        // the server may know RunID from an earlier run
	Conns  int         // connections at most; below 1 means 1

	Timeout        time.Duration // of an attempt, from connecting to the answer's end
	ConnectTimeout time.Duration // of Open, which asks again until then
	RetryAfterMax  time.Duration // a Retry-After counts for that at most

	CAFile   string // PEM certificates to trust instead of the system's
	Insecure bool   // trust any certificate

	// Now tells the time of day, for a Retry-After that is a date in an answer
	// that has no date of its own. Nil is time.Now.
	Now func() time.Time
}

// Forms are the forms of bodies: lines, one JSON array, or one record a request.
func Forms() []string { return []string{"ndjson", "array", "single"} }

// freshFor is how long a connection that Open made may wait for the first
// batch. Servers close idle connections, some after 5 s.
const freshFor = 3 * time.Second

type web struct {
	HTTP
	url      *url.URL
	encode   Encode // of bodies; nil for none
	encoding string // its name, for Content-Encoding
	clock    Clock

	transport *http.Transport
	first     net.Conn // made by Open, for the first request
	made      time.Duration
	bodies    sync.Pool // *body
}

// Name leaves out the query, which may hold a key.
func (d *web) Name() string { return d.url.Scheme + "://" + d.url.Host + d.url.Path }

func (d *web) Traits() Traits {
	t := Traits{Eager: true, Parallel: true}
	if d.Form == "single" {
		t.MaxRecords = 1
	}
	return t
}

// Open connects, so that a wrong name, a server that is down and a certificate
// that is not trusted are known before a record is read.
func (d *web) Open(ctx context.Context) error {
	config := &tls.Config{InsecureSkipVerify: d.Insecure}
	if d.CAFile != "" {
		pem, err := os.ReadFile(d.CAFile)
		if err != nil {
			return exit.With(exit.IO, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return usagef("%s holds no PEM certificate", d.CAFile)
		}
	}
	d.transport = &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		DisableCompression:  true, // of answers: they are short
		MaxConnsPerHost:     max(1, d.Conns),
		MaxIdleConnsPerHost: max(1, d.Conns),
		IdleConnTimeout:     90 * time.Second,
	}
	proxy, err := d.transport.Proxy(&http.Request{URL: d.url})
	if err != nil {
		return usagef("the proxy of the environment: %v", err)
	}
	if proxy != nil { // what is behind it shows with the first batch
		conn, err := d.reach(ctx, &net.Dialer{}, address(proxy))
		if err == nil {
			conn.Close()
		}
		return err
	}
	plain := &net.Dialer{}
	secure := &tls.Dialer{NetDialer: plain, Config: config}
	d.transport.DialContext = d.reuse(plain)
	d.transport.DialTLSContext = d.reuse(secure)
	var dial dialer = plain
	if d.url.Scheme == "https" {
		dial = secure
	}
	d.first, err = d.reach(ctx, dial, address(d.url))
	d.made = d.clock.Now()
	return err
}

type dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// reuse dials, but for the first time gives away the connection of Open.
func (d *web) reuse(dial dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	var once atomic.Bool
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if once.CompareAndSwap(false, true) && d.first != nil {
			if d.clock.Now()-d.made < freshFor {
				return d.first, nil
			}
			d.first.Close()
		}
		return dial.DialContext(ctx, network, address)
	}
}

// reach connects, and asks again until the time for it is over: what we are
// to deliver to may be starting together with us.
func (d *web) reach(ctx context.Context, dial dialer, address string) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	for {
		conn, err := dial.DialContext(limited, "tcp", address)
		switch {
		case err == nil:
			return conn, nil
		case distrusted(err):
			return nil, exit.With(exit.Refused, err)
		}
		if d.clock.Sleep(limited, 200*time.Millisecond) != nil {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("interrupted (%w) while it could not be reached: %w", context.Cause(ctx), err)
			}
			return nil, exit.With(exit.Unreachable, fmt.Errorf("could not be reached within %v: %w", d.ConnectTimeout, err))
		}
	}
}

// address is the host and the port of u.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// distrusted tells a failed check of a certificate, and a server that does not
// speak TLS at all, from a connection that failed.
func distrusted(err error) bool {
	return isA[*tls.CertificateVerificationError](err) || isA[tls.RecordHeaderError](err) || isA[tls.AlertError](err)
}

func (d *web) Deliver(ctx context.Context, b *Batch) error {
	if b.Attempt <= 1 {
		if refused := invalid(b); refused != nil {
			return &Rejected{Records: refused}
		}
	}
	made, _ := d.bodies.Get().(*body)
	if made == nil {
		made = &body{}
	}
	defer d.bodies.Put(made)
	data, err := d.body(b, made)
	if err != nil {
		return exit.With(exit.IO, err)
	}
	limited, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	var wrote atomic.Bool // something of the request left us
	limited = httptrace.WithClientTrace(limited, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	lent := &loan{data: data}
	defer lent.end()
	answer, err := d.transport.RoundTrip(d.request(b, len(data), lent).WithContext(limited))
	switch {
	case err == nil:
		return d.judge(answer, b)
	case ctx.Err() != nil && !wrote.Load():
		return ctx.Err()
	case distrusted(err):
		return exit.With(exit.Refused, err)
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %v", d.Timeout)
	}
	return &Transient{Err: err, Clean: !wrote.Load()}
}

// invalid names the records that are not JSON.
func invalid(b *Batch) (refused []Refusal) {
	i := 0
	for _, line := range b.All() {
		if bad := jsonscan.Valid(line); bad != nil {
			refused = append(refused, Refusal{Index: i, Reason: fmt.Errorf("not JSON: %w", bad)})
		}
		i++
	}
	return refused
}

// request makes the request. It has no GetBody: without it the transport never
// sends a request twice by itself, which nobody would count.
func (d *web) request(b *Batch, size int, body io.ReadCloser) *http.Request {
	r := &http.Request{
		Method: http.MethodPost, URL: d.url, Host: d.Header.Get("Host"),
		Header: http.Header{
			"Content-Type": {"application/json"}, "User-Agent": {"rate-sink"}, "Idempotency-Key": {d.Key(b)},
		},
		Body: body, ContentLength: int64(size),
	}
	if d.Form == "ndjson" || d.Form == "" {
		r.Header.Set("Content-Type", "application/x-ndjson")
	}
	if d.encode != nil {
		r.Header.Set("Content-Encoding", d.encoding)
	}
	for name, values := range d.Header {
		if name != "Host" {
			r.Header[name] = values
		}
	}
	return r
}

// Key is the idempotency key. The hash keeps parts of a batch apart: a key that
// comes again with another body is an error to some servers.
func (d *web) Key(b *Batch) string {
	hash := sha256.Sum256(b.Data)
	return fmt.Sprintf("%s-%d-%x", d.RunID, b.First.Ordinal, hash[:8])
}

// A body is memory for what is sent when that is not the batch as it is.
type body struct {
	form   []byte
	packed bytes.Buffer
}

// body is what is sent: the batch's own memory if that will do.
func (d *web) body(b *Batch, made *body) ([]byte, error) {
	data := b.Data
	switch d.Form {
	case "array":
		made.form = append(slices.Grow(made.form[:0], len(b.Data)+1), '[')
		for _, line := range b.All() {
			made.form = append(append(made.form, line...), ',')
		}
		made.form[len(made.form)-1] = ']'
		data = made.form
	case "single":
		data = data[:len(data)-1]
	}
	if d.encode == nil {
		return data, nil
	}
	made.packed.Reset()
	coder, err := d.encode(&made.packed)
	if err == nil {
		_, err = coder.Write(data)
	}
	if err == nil {
		err = coder.Close()
	}
	return made.packed.Bytes(), err
}

func (d *web) Commit(context.Context) error { return d.Abort() }

func (d *web) Abort() error {
	d.transport.CloseIdleConnections()
	if d.first != nil {
		d.first.Close()
	}
	return nil
}

// A loan is a body whose memory can be taken back: the transport may go on
// reading a body after it has answered. It is no io.WriterTo for that reason.
type loan struct {
	mu    sync.Mutex
	data  []byte
	ended bool
}

func (l *loan) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return 0, errors.New("the delivery is over")
	case len(l.data) == 0:
		return 0, io.EOF
	}
	n := copy(p, l.data)
	l.data = l.data[n:]
	return n, nil
}

func (l *loan) Close() error { return nil }

func (l *loan) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.data, l.ended = nil, true
}
