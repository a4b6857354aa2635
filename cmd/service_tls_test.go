package cmd_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// An authority signs certificates, in files of one folder.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // of its own certificate
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, dir: t.TempDir()}
	a.file, _ = a.sign(name, true, "")
	return a
}

// sign makes a certificate for a host, by name or by number.
func (a *authority) sign(name string, isCA bool, host string) (cert, key string) {
	a.t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: isCA, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else if host != "" {
		c.DNSNames = []string{host}
	}
	if isCA {
		a.cert, a.key = c, own
	}
	signed, err := x509.CreateCertificate(rand.Reader, c, a.cert, &own.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	save := func(suffix, kind string, data []byte) string {
		file := filepath.Join(a.dir, name+suffix)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			a.t.Fatal(err)
		}
		return file
	}
	return save(".crt", "CERTIFICATE", signed), save(".key", "EC PRIVATE KEY", secret)
}

// trust is a run whose trust, in one direction or the other, is right or not.
type trust struct {
	name   string
	args   []string
	status int
	words  string
}

func (c trust) run(t *testing.T, r delivery) {
	t.Helper()
	r.args, r.status = append(c.args, r.args...), c.status
	if _, said := r.run(t); !strings.Contains(said, c.words) {
		t.Errorf("%s: it says %q; want %q", c.name, said, c.words)
	}
}

// An https: server is trusted by the certificate of a private authority and the
// right name, and trusts us by ours.
func TestServiceHTTPTLS(t *testing.T) {
	services(t)
	ours, others := newAuthority(t, "ours"), newAuthority(t, "others")
	cert, key := ours.sign("server", false, "sink.test")
	client, clientKey := ours.sign("client", false, "")
	stranger, strangerKey := others.sign("stranger", false, "")
	open, closed := freeAddress(t), freeAddress(t)
	const records = 1000
	api := newTally(records)
	startNginxWith(t, api, func(behind string) string {
		server := func(address, more string) string {
			return fmt.Sprintf("server { listen %s ssl; ssl_certificate %s; ssl_certificate_key %s; %s location / { proxy_pass %s; } }\n", address, cert, key, more, behind)
		}
		return server(open, "") + server(closed, "ssl_verify_client on; ssl_client_certificate "+ours.file+";")
	})
	good := []string{"--ca-file", ours.file, "--server-name", "sink.test"}
	with := func(more ...string) []string { return append(more, good...) }
	for _, c := range []struct {
		trust
		address string
	}{
		{trust{"a private authority", with(), 0, ""}, open},
		{trust{"the system's authorities", []string{"--server-name", "sink.test"}, 78, "unknown authority"}, open},
		{trust{"another authority", []string{"--ca-file", others.file, "--server-name", "sink.test"}, 78, "unknown authority"}, open},
		{trust{"another name", []string{"--ca-file", ours.file}, 78, "127.0.0.1"}, open},
		{trust{"no questions asked", []string{"--insecure"}, 0, "warning: --insecure"}, open},
		{trust{"our certificate", with("--cert-file", client, "--key-file", clientKey), 0, ""}, closed},
		// nginx has no better answer for these than for a bad body.
		{trust{"no certificate of ours", with(), 65, "400"}, closed},
		{trust{"a stranger's certificate", with("--cert-file", stranger, "--key-file", strangerKey), 65, "400"}, closed},
	} {
		before := api.count()
		c.run(t, delivery{args: []string{"-q", "https://" + c.address + "/"}, input: numbers(records)})
		if got := api.count() - before; (got == records) != (c.status == 0) || got%records != 0 {
			t.Errorf("%s: %d records came", c.name, got)
		}
	}
}

// count is how many records came, copies too.
func (c *tally) count() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, seen := range c.seen {
		n += seen
	}
	return n
}

// secure has the database listen for TLS connections alone, with passwords, at a
// loopback address of its own, whose neighbour is not in the certificate. It
// returns both addresses.
func (d server) secure(ours *authority) (named, unnamed string) {
	d.t.Helper()
	last := func(n int) string { return fmt.Sprintf("127.77.%d.%d", os.Getpid()%250+1, n) }
	named, unnamed = last(1), last(2)
	data := d.sql("SHOW data_directory")
	cert, key := ours.sign("database", false, named)
	info, err := os.Stat(data)
	d.must(err)
	owner := info.Sys().(*syscall.Stat_t)
	settings := map[string]string{"ssl": "on", "listen_addresses": named + "," + unnamed}
	for setting, file := range map[string]string{"ssl_cert_file": cert, "ssl_key_file": key, "ssl_ca_file": ours.file} {
		own := filepath.Join(data, setting) // the database's owner can't read our folder
		d.must(os.WriteFile(own, readFile(d.t, file), 0o600))
		d.must(os.Chown(own, int(owner.Uid), int(owner.Gid)))
		settings[setting] = own
	}
	rules := "local all all trust\nhostssl all careful samenet cert\nhostssl all all samenet scram-sha-256\n"
	d.must(os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(rules), 0))
	for name, value := range settings {
		d.sql(fmt.Sprintf("ALTER SYSTEM SET %s = '%s'", name, value))
	}
	d.must(d.Stop())
	d.must(d.Start())
	return named, unnamed
}

// A database is trusted by the certificate of a private authority and the right
// name, and trusts us by a password or a certificate.
func TestServicePostgresTLS(t *testing.T) {
	db := startPostgres(t)
	ours, others := newAuthority(t, "ours"), newAuthority(t, "others")
	named, unnamed := db.secure(ours)
	db.sql("CREATE TABLE t (doc jsonb); CREATE ROLE writer LOGIN PASSWORD 'hush-4711'; CREATE ROLE careful LOGIN; GRANT INSERT ON t TO writer, careful")
	client, clientKey := ours.sign("careful", false, "")
	mode := func(mode, ca string) string { return "?sslmode=" + mode + "&sslrootcert=" + ca }
	full := mode("verify-full", ours.file)
	for _, c := range []struct {
		name, user, host, query string
		status                  int
		words                   string
	}{
		{"a private authority", "writer", named, full, 0, ""},
		{"another authority", "writer", named, mode("verify-full", others.file), 78, "unknown authority"},
		{"another name", "writer", unnamed, full, 78, unnamed},
		{"another name that nobody looks at", "writer", unnamed, mode("verify-ca", ours.file), 0, ""},
		{"no TLS", "writer", named, "?sslmode=disable", 78, "no pg_hba.conf entry"},
		{"our certificate", "careful", named, full + "&sslcert=" + client + "&sslkey=" + clientKey, 0, ""},
		{"no certificate of ours", "careful", named, full, 78, "certificate"},
	} {
		db.sql("TRUNCATE t")
		where := "postgres://" + c.user + "@" + c.host + "/postgres" + c.query
		trust{c.name, []string{"--table", "t", "--connect-timeout", "5s"}, c.status, c.words}.run(t,
			delivery{args: []string{"-q", where}, input: numbers(10), env: []string{"PGPASSWORD=hush-4711"}})
		if c.status == 0 {
			db.want("SELECT count(*) FROM t", "10")
		}
	}
}

// A secret reaches the server by a variable or a file, and shows in no list of
// processes and in no message, whether it is right or wrong.
func TestServiceSecrets(t *testing.T) {
	db := startPostgres(t)
	db.sql("CREATE TABLE t (doc jsonb); CREATE ROLE writer LOGIN PASSWORD 'hush-4711'; GRANT INSERT ON t TO writer")
	host, _ := db.secure(newAuthority(t, "ours"))
	web := "http://" + startNginx(t, newTally(10))
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	database := "postgres://writer@" + host + "/postgres?sslmode=require"
	for _, secret := range []string{"hush-4711", "hush-0815"} {
		status := 78
		if secret == "hush-4711" {
			status = 0
		}
		for _, c := range []struct {
			name string
			args []string
			env  string
		}{
			{"a header from a variable", []string{"-H", "Authorization: Bearer env:TOKEN", web + "/secret"}, "TOKEN=" + secret},
			{"a header from a file", []string{"-H", "Authorization: Bearer @" + file("token", secret+"\n"), web + "/secret"}, ""},
			{"a key in the URL", []string{"env:WEB"}, "WEB=" + web + "/key?key=" + secret},
			{"PGPASSWORD", []string{"--table", "t", database}, "PGPASSWORD=" + secret},
			{"PGPASSFILE", []string{"--table", "t", database}, "PGPASSFILE=" + file("pgpass", host+":5432:*:writer:"+secret+"\n")},
			{"a URL in a variable", []string{"--table", "t", "env:DB"}, "DB=" + strings.Replace(database, "@", ":"+secret+"@", 1)},
		} {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd, stats := delivery{args: append([]string{"-v", "--receipts", "--stats-every", "10ms"}, c.args...), stdin: r, env: []string{c.env}}.command(t)
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r.Close()
			shown := readFile(t, fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
			w.Write(numbers(10)) // which nobody reads if the secret is wrong
			w.Close()
			cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != status {
				t.Errorf("%s %s: ended with %d; want %d\n%s", c.name, secret, got, status, &said)
			}
			for where, text := range map[string][]byte{"the arguments": shown, "a message": said.Bytes(), "the statistics": readFile(t, stats)} {
				if bytes.Contains(text, []byte("hush")) {
					t.Errorf("%s shows in %s:\n%s", c.name, where, text)
				}
			}
			if !bytes.Contains(shown, []byte(c.args[len(c.args)-1])) {
				t.Errorf("%s: the arguments are %q", c.name, shown)
			}
		}
	}
}
