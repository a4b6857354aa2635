package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A tally counts how often each record came.
type tally struct {
	mu   sync.Mutex
	seen []int
	odd  string // a line that is no record of ours
}

func newTally(records int) *tally { return &tally{seen: make([]int, records)} }

// add takes lines. It is nothing or all of them, like a transaction.
func (c *tally) add(lines []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for line := range bytes.Lines(lines) {
		id := -1
		fmt.Sscanf(string(line), `{"id":%d,`, &id)
		if id < 0 || id >= len(c.seen) || !bytes.HasSuffix(line, []byte("}\n")) {
			c.odd = string(line)
			continue
		}
		c.seen[id]++
	}
}

// check wants each record, and at most that many extra copies together.
func (c *tally) check(t *testing.T, most int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	missing, extra := 0, 0
	for _, n := range c.seen {
		if n == 0 {
			missing++
		}
		extra += max(n-1, 0)
	}
	if missing > 0 || extra > most || c.odd != "" {
		t.Errorf("%d records are missing and %d copies too many; want 0 and at most %d; odd: %q", missing, extra, most, c.odd)
	}
	t.Logf("%d copies too many; at most %d", extra, most)
}

// ServeHTTP makes an API of it.
func (c *tally) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // cut in the middle
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.add(body)
}

// nginxConf is a server that passes on to an API: as fast as it goes; at most
// 100 requests a second; at most 4 at once; bodies of at most 20 kB; only to who
// knows a secret. It ends in the other servers of a test.
const nginxConf = `
daemon off; pid nginx.pid; error_log error.log; worker_processes 1; %s
events {}
http {
	access_log off;
	client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
	limit_req_zone $server_port zone=api:1m rate=100r/s;
	limit_conn_zone $server_port zone=api_conn:1m;
	server {
		listen %s;
		client_max_body_size 2m;
		location / { proxy_pass %s; }
		location /limited {
			limit_req zone=api burst=20 nodelay; limit_req_status 429;
			error_page 429 = @later;
			proxy_pass %[3]s;
		}
		location /few { limit_conn api_conn 4; limit_conn_status 429; proxy_pass %[3]s; }
		location /secret {
			if ($http_authorization != "Bearer hush-4711") { return 401; }
			proxy_pass %[3]s;
		}
		location /key {
			if ($arg_key != "hush-4711") { return 403; }
			proxy_pass %[3]s;
		}
		location @later { add_header Retry-After 1 always; return 429; }
		location /small { client_max_body_size 20k; proxy_pass %[3]s; }
	}
	%[4]s
}
`

// startNginx puts nginx before an API and returns its address.
func startNginx(t *testing.T, api http.Handler) (address string) {
	t.Helper()
	return startNginxWith(t, api, func(string) string { return "" })
}

// startNginxWith is startNginx with more servers, which pass on to behind.
func startNginxWith(t *testing.T, api http.Handler, more func(behind string) string) (address string) {
	t.Helper()
	services(t)
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program = "/usr/sbin/nginx"; exec.Command(program, "-v").Run() != nil {
			missing(t, "nginx is not installed")
		}
	}
	behind := httptest.NewServer(api)
	t.Cleanup(behind.Close)
	address = freeAddress(t)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // the folder is ours
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, user, address, behind.URL, more(behind.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-p", dir, "-e", "error.log", "-c", conf)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		if t.Failed() {
			said, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Logf("nginx said:\n%s", said)
		}
	})
	until(t, "nginx", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return address
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// How many requests may be under way is found out, whether a server limits that
// itself or how many come in a second.
func TestServiceHTTPAuto(t *testing.T) {
	const records = 10_000
	for _, place := range []string{"/few", "/limited"} {
		api := newTally(records)
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(20 * time.Millisecond) // so that one request at a time is not enough
			api.ServeHTTP(w, r)
		})
		address := startNginx(t, slow)
		got, _ := delivery{args: []string{"-q", "-b", "50", "--concurrency", "auto", "http://" + address + place}, input: numbers(records)}.run(t)
		if got.Retried == 0 || got.Acknowledged != records || got.AtOnce < 3 || got.AtOnce > 32 {
			t.Errorf("%s: %+v; want some attempts beyond the limit, 3 to 32 at once for it, and all acknowledged", place, got)
		}
		api.check(t, 0)
		t.Logf("%s: peak %d, at last %d, %d retried, %.1f s", place, got.AtOnce, got.Concurrency, got.Retried, got.Elapsed)
	}
}

// A rate limit is met by waiting as long as it says: no record is refused for it.
func TestServiceHTTPLimit(t *testing.T) {
	api := newTally(many)
	address := startNginx(t, api)
	got, _ := delivery{args: []string{"-q", "-b", "2000", "http://" + address + "/limited"}, input: numbers(many)}.run(t)
	if got.Retried == 0 || got.Acknowledged != many {
		t.Errorf("%+v; want some attempts over the limit, and all acknowledged", got)
	}
	api.check(t, 0)
}

// A body that is too large is halved until it is not.
func TestServiceHTTPTooLarge(t *testing.T) {
	api := newTally(many)
	address := startNginx(t, api)
	delivery{args: []string{"-q", "-b", "5000", "http://" + address + "/small"}, input: numbers(many)}.run(t)
	api.check(t, 0)
}

// Connections that are reset in the middle of a body or of an answer lose no
// record, and what came twice was counted.
func TestServiceHTTPCut(t *testing.T) {
	api := newTally(many)
	address := cutter(t, startNginx(t, api))
	got, _ := delivery{args: []string{"-q", "-b", "1000", "http://" + address + "/"}, input: numbers(many)}.run(t)
	if got.Retried == 0 {
		t.Error("nothing was cut")
	}
	api.check(t, got.Duplicates)
}

// cutter passes connections on to address, and resets each one after so many
// bytes of one direction, by chance.
func cutter(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	rnd := rand.New(rand.NewPCG(3, 4))
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			up, down := int64(rnd.IntN(1_000_000)), int64(1<<40)
			if rnd.IntN(2) == 0 {
				up, down = down, int64(rnd.IntN(3000))
			}
			go cut(client, address, up, down)
		}
	}()
	return l.Addr().String()
}

func cut(client net.Conn, address string, up, down int64) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		client.Close()
		return
	}
	done := make(chan struct{}, 2)
	pass := func(to, from net.Conn, most int64) {
		io.CopyN(to, from, most)
		done <- struct{}{}
	}
	go pass(server, client, up)
	go pass(client, server, down)
	<-done
	for _, conn := range []net.Conn{client, server} {
		conn.(*net.TCPConn).SetLinger(0) // a reset
		conn.Close()
	}
}

// A sink that is killed at any moment goes on from its checkpoint: nothing is
// missing, and each kill repeats at most what the manual says, a batch.
func TestServiceKill(t *testing.T) {
	services(t)
	dir := t.TempDir()
	in, appended, piped := filepath.Join(dir, "in"), filepath.Join(dir, "appended"), filepath.Join(dir, "piped")
	input := numbers(many)
	if err := os.WriteFile(in, input, 0o600); err != nil {
		t.Fatal(err)
	}
	api := newTally(many)
	for _, c := range []struct {
		name  string
		args  []string
		batch int // the most records of a delivery
		saved string
	}{
		{"http", []string{"-b", "500", "http://" + startNginx(t, api) + "/"}, 500, ""},
		{"exec", []string{"-b", "2000", "exec", "sh", "-c", `cat >> "$0"`, piped}, 2000, piped},
		{"file", []string{"--append", "file:" + appended}, 256 << 10 / len(`{"id":0,"name":"record 0","level":0}`), appended},
	} {
		t.Run(c.name, func(t *testing.T) {
			ck := filepath.Join(dir, "ck-"+c.name)
			run := func(i int) *exec.Cmd {
				args := []string{"--checkpoint", ck, "--checkpoint-every", "0s"}
				if i >= 0 { // slow enough to be in the middle
					args = append(args, "--rate", "400000/s")
				}
				cmd, _ := delivery{args: append(args, c.args...), stdin: open(t, in)}.command(t)
				return cmd
			}
			killed := kills(t, 50, 50e6, run)
			if out, err := run(-1).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			count := api
			if c.saved != "" {
				data, err := os.ReadFile(c.saved)
				if err != nil {
					t.Fatal(err)
				}
				count = newTally(many)
				count.add(data)
			}
			count.check(t, killed*c.batch)
			if !strings.Contains(string(readFile(t, ck)), fmt.Sprintf(`"ordinal":%d`, many)) {
				t.Error("the checkpoint is not the end")
			}
		})
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
