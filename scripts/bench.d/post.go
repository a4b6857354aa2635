package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// posts are the races over HTTP, to a server of this machine that takes all.
func (p plan) posts(w io.Writer, in inputs) error {
	const batches, single = "post batches", "post single records"
	if !p.only.MatchString(batches) && !p.only.MatchString(single) {
		return nil
	}
	server, err := startNginx(p.dir)
	if err != nil {
		_, err = fmt.Fprintf(w, "%s: not measured: %v\n", batches, err)
		return err
	}
	defer server.stop()
	part, few := in.event.part, in.event.sample
	curl := "curl -s -o /dev/null -H Content-Type:application/x-ndjson --data-binary"
	for _, r := range []race{
		{batches, []contender{
			part.through("rate-sink", "rate-sink", server.url),
			part.through("parallel curl", "parallel", "--pipe", "-N500", "-j2", curl+" @- "+server.url),
		}, p.rounds},
		{single, []contender{
			part.through("rate-sink", "rate-sink", "--body", "single", "--concurrency", "2", server.url),
			// A curl takes what is to be sent last, so that xargs can add it.
			few.through("xargs -P2 curl", append([]string{"xargs", "-d", `\n`, "-n", "1", "-P", "2"},
				strings.Fields("curl "+server.url+strings.TrimPrefix(curl, "curl"))...)...),
		}, p.rounds},
	} {
		if err := p.race(w, r); err != nil {
			return err
		}
	}
	return nil
}

// A webServer is an nginx of our own.
type webServer struct {
	url string
	cmd *exec.Cmd
}

const nginxConf = `
daemon off; master_process off; pid nginx.pid; error_log error.log;
events {}
http {
	access_log off; keepalive_requests 1000000; client_max_body_size 64m;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	server { listen %s; location / { return 204; } }
}
`

// startNginx starts it with all its files in a new folder in dir.
func startNginx(dir string) (*webServer, error) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // where Debian has it, off most paths
	}
	folder, err := os.MkdirTemp(dir, "nginx-")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	listener.Close()
	conf := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, address), 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "-p", folder, "-c", conf)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	server := &webServer{"http://" + address + "/", cmd}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return server, nil
		}
		if time.Now().After(end) {
			server.stop()
			return nil, fmt.Errorf("nginx does not answer: %w", err)
		}
	}
}

func (s *webServer) stop() {
	s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed: only to bury it
}
