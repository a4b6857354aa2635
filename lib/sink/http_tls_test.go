package sink

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ndjsontools/lib/exit"
)

// certificate makes a certificate for a client and writes it and its key.
func certificate(t *testing.T) (cert *x509.Certificate, certFile, keyFile, both string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	certFile, keyFile, both = filepath.Join(dir, "cert"), filepath.Join(dir, "key"), filepath.Join(dir, "both")
	for name, data := range map[string][]byte{certFile: certPEM, keyFile: keyPEM, both: append(certPEM, keyPEM...)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, certFile, keyFile, both
}

// A server that wants a certificate gets ours; without one, it won't have us.
func TestHTTPClientCertificate(t *testing.T) {
	cert, certFile, keyFile, both := certificate(t)
	server := serve(t, func(s *httptest.Server) {
		clients := x509.NewCertPool()
		clients.AddCert(cert)
		s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
		s.StartTLS()
	}, statuses(200))
	ca := filepath.Join(t.TempDir(), "ca")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		set  func(*HTTP)
		want int
	}{
		{"two files", func(h *HTTP) { h.CertFile, h.KeyFile = certFile, keyFile }, exit.OK},
		{"one file", func(h *HTTP) { h.CertFile = both }, exit.OK},
		{"none", func(*HTTP) {}, exit.Refused},
		{"no key", func(h *HTTP) { h.CertFile = certFile }, exit.IO},
		{"another server's name", func(h *HTTP) { h.CertFile, h.ServerName = both, "other.example" }, exit.Refused},
		// httptest's certificate is for example.com as well.
		{"the server's other name", func(h *HTTP) { h.CertFile, h.ServerName = both, "example.com" }, exit.OK},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := DefaultHTTP()
			h.CAFile, h.ConnectTimeout = ca, time.Second
			test.set(&h)
			dest, err := Parse(server.URL, nil, Config{HTTP: h})
			if err != nil {
				t.Fatal(err)
			}
			// The refusal of a client comes after the handshake: a request may meet
			// the closed connection first, and is sent again.
			e := New(dest, Options{Limits: whole, Retry: Retry{Base: time.Millisecond, Cap: time.Millisecond, MaxElapsed: time.Minute}})
			if err = e.Open(t.Context()); err == nil {
				e.Add(t.Context(), jsonBlock(0, 1))
				err = e.Close(t.Context())
			}
			wantStatus(t, err, test.want)
		})
	}
}
