package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

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
			var shown []byte
			for begun := time.Now(); len(shown) == 0 && time.Since(begun) < 30*time.Second; { // Start comes back before the kernel has noted them
				shown = readFile(t, fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
			}
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
