package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"ndjsontools/lib/draft"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/prom"
	"ndjsontools/lib/tool"
)

// metrics are the figures of a run in the form that Prometheus reads, for who
// asks while it lasts, and in a file for after it.
type metrics struct {
	address string
	file    string

	server *http.Server
}

func (m *metrics) options() []tool.Option {
	return []tool.Option{
		{Name: "metrics-addr", Arg: "HOST:PORT", Usage: "serve the metrics at http://HOST:PORT/metrics", Value: tool.Func("", m.setAddress)},
		{Name: "metrics-file", Arg: "FILE", Usage: "write the metrics of the whole run to FILE at the end", Value: tool.Path(&m.file), File: true},
	}
}

func (m *metrics) setAddress(s string) error {
	if _, _, err := net.SplitHostPort(s); err != nil {
		return fmt.Errorf("%q is not HOST:PORT, such as localhost:9090", s)
	}
	m.address = s
	return nil
}

// Bounds of the server: a scrape is short, and there are few who do it.
const (
	scrapeTime = 10 * time.Second
	scrapers   = 8
)

// serve begins to serve what page answers. That the file can be written is tried
// as well: at the end it is too late to name another.
func (m *metrics) serve(page func() []byte, env *tool.Env) error {
	if m.file != "" {
		d, err := draft.Create(m.file)
		if err == nil {
			err = d.Discard()
		}
		if err != nil {
			return m.failed(err)
		}
	}
	if m.address == "" {
		return nil
	}
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return exit.With(exit.IO, fmt.Errorf("metrics: %w", err))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", prom.ContentType)
		w.Write(page()) // who breaks off has what they wanted
	})
	m.server = &http.Server{
		Handler: mux, ReadTimeout: scrapeTime, WriteTimeout: scrapeTime, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // standard error is for our own words
	}
	if _, port, _ := net.SplitHostPort(m.address); port == "0" {
		env.Term.Say("metrics at http://%s/metrics", listener.Addr())
	}
	few := &fewConns{Listener: listener, places: make(chan struct{}, scrapers), closed: make(chan struct{})}
	env.Go(func() { m.server.Serve(few) }) // it ends by close
	return nil
}

// close ends the serving and writes the file.
func (m *metrics) close(page func() []byte) error {
	if m.server != nil {
		m.server.Close()
	}
	if m.file == "" {
		return nil
	}
	d, err := draft.Create(m.file)
	if err == nil {
		defer d.Discard()
		if _, err = d.File.Write(page()); err == nil {
			err = d.Commit()
		}
	}
	return m.failed(err)
}

// failed is an error of the file's.
func (m *metrics) failed(err error) error {
	if err == nil {
		return nil
	}
	return exit.With(exit.IO, fmt.Errorf("metrics: %s: %w", m.file, err))
}

// fewConns accepts no more connections at once than it has places.
type fewConns struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func (l *fewConns) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placedConn{Conn: conn, free: func() { <-l.places }}, nil
}

func (l *fewConns) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// placedConn frees its place when it is closed.
type placedConn struct {
	net.Conn
	once sync.Once
	free func()
}

func (c *placedConn) Close() error {
	c.once.Do(c.free)
	return c.Conn.Close()
}

// page is the metrics as they are now.
func (d *delivery) page() []byte {
	var p prom.Page
	s, c := d.life.Snapshot(), d.engine.Counts()
	now, most := d.engine.Allowed()
	of := func(n int64) prom.Sample { return prom.Of(float64(n)) }
	on := func(name string, t time.Duration) prom.Sample {
		return prom.Sample{Labels: []prom.Label{{Name: "on", Value: name}}, Value: t.Seconds()}
	}
	p.Gauge("rate_sink_info", "Always 1; its labels say what runs.", prom.Sample{
		Labels: []prom.Label{{Name: "version", Value: tool.Version()}, {Name: "destination", Value: d.dest.Name()}}, Value: 1})
	p.Counter("rate_sink_records_read_total", "Records read.", of(s.RecordsIn))
	p.Counter("rate_sink_bytes_read_total", "Bytes read, compressed ones as they came.", of(s.BytesIn))
	p.Counter("rate_sink_records_acknowledged_total", "Records that the destination has for good.", of(c.Acked))
	p.Counter("rate_sink_bytes_acknowledged_total", "Bytes of these records, newlines included.", of(c.AckedBytes))
	p.Counter("rate_sink_records_rejected_total", "Records that were bad, or that the destination refused.", of(s.Rejects))
	p.Gauge("rate_sink_records_held", "Records that are under way.", of(c.Held))
	p.Gauge("rate_sink_records_unresolved", "Records that were given up.", of(c.Unresolved))
	p.Counter("rate_sink_batches_total", "Batches formed.", of(c.Batches))
	p.Counter("rate_sink_attempts_total", "Deliveries tried.", of(c.Attempts))
	p.Counter("rate_sink_retries_total", "Deliveries tried again after a failure that may pass.", of(c.Retried))
	p.Counter("rate_sink_ambiguous_attempts_total", "Attempts that failed and may have stored records all the same.", of(c.Ambiguous))
	p.Counter("rate_sink_duplicate_records_bound_total", "Most records that may be there twice.", of(c.Duplicates))
	p.Gauge("rate_sink_concurrency", "Deliveries that may be under way at once.", of(int64(now)))
	p.Gauge("rate_sink_concurrency_peak", "The most that ever might.", of(int64(most)))
	p.Counter("rate_sink_blocked_seconds_total", "Time spent waiting: on the input, on the output, for the rate.",
		on("input", s.BlockedIn), on("output", s.BlockedOut), on("rate", s.Limited))
	summary(&p, "rate_sink_delivery_seconds", "Time of an attempt, pauses not included.", d.times.service)
	summary(&p, "rate_sink_settle_seconds", "Time from the coming of a batch's first record until the batch is settled, for each of its records.", d.times.settle)
	p.Gauge("rate_sink_elapsed_seconds", "Time since the start.", prom.Of(s.Elapsed.Seconds()))
	p.Gauge("rate_sink_peak_rss_bytes", "Most memory that was resident.", of(s.PeakRSS))
	return p.Bytes()
}

// summary writes a distribution and its largest value.
func summary(p *prom.Page, name, help string, l *meter.Latency) {
	s := l.Summary()
	p.Summary(name, help, s.Sum, s.Count,
		prom.Quantile{Of: 0.5, Value: s.P50.Seconds()}, prom.Quantile{Of: 0.9, Value: s.P90.Seconds()},
		prom.Quantile{Of: 0.99, Value: s.P99.Seconds()}, prom.Quantile{Of: 0.999, Value: s.P999.Seconds()})
	p.Gauge(name+"_max", help+" The largest.", prom.Of(s.Max.Seconds()))
}
