package sink

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"ndjsontools/lib/exit"
)

// freshFor is how long a connection that Open made may wait for the first
// batch. Servers close idle connections, some after 5 s.
const freshFor = 3 * time.Second

// Open connects, so that a wrong name, a server that is down and a certificate
// that is not trusted are known before a record is read.
func (d *web) Open(ctx context.Context) error {
	config, err := d.trust()
	if err != nil {
		return err
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

// trust is whom we trust, and what shows who we are.
func (d *web) trust() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: d.Insecure, ServerName: d.ServerName}
	if d.CAFile != "" {
		pem, err := os.ReadFile(d.CAFile)
		if err != nil {
			return nil, exit.With(exit.IO, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, usagef("%s holds no PEM certificate", d.CAFile)
		}
	}
	if d.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(d.CertFile, cmp.Or(d.KeyFile, d.CertFile))
		if err != nil {
			return nil, exit.With(exit.IO, fmt.Errorf("the certificate of ours: %w", err))
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
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

// reach connects within the time for it.
func (d *web) reach(ctx context.Context, dial dialer, address string) (conn net.Conn, err error) {
	err = Reach(ctx, d.clock, d.ConnectTimeout, func(ctx context.Context) error {
		var err error
		conn, err = dial.DialContext(ctx, "tcp", address)
		switch {
		case err == nil:
			return nil
		case Distrusted(err):
			return exit.With(exit.Refused, err)
		}
		return &Transient{Err: err, Clean: true}
	})
	return conn, err
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
