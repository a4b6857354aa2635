package sink

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A child ends quietly when its own reader leaves, even if we were started
// with SIGPIPE ignored.
func TestChildrenGetSIGPIPE(t *testing.T) {
	const again = "SINK_TEST_IGNORED_SIGPIPE"
	out := filepath.Join(t.TempDir(), "out")
	e := opened(t, shell(out, `while read -r key value; do [ "$key" = SigIgn: ] && echo "$value" > "$1"; done < /proc/self/status; exit 0`).Destination(),
		Options{Clock: &fakeClock{}})
	if err := e.Add(t.Context(), block("0")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := strconv.ParseUint(strings.TrimSpace(string(text)), 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	if ignored&(1<<(syscall.SIGPIPE-1)) != 0 {
		t.Errorf("signals ignored in the child: %x; want SIGPIPE not among them", ignored)
	}
	if os.Getenv(again) != "" {
		return
	}
	cmd := exec.Command("sh", "-c", `trap '' PIPE; exec "$0" -test.run='^TestChildrenGetSIGPIPE$'`, os.Args[0])
	cmd.Env = append(os.Environ(), again+"=1")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with SIGPIPE ignored: %v\n%s", err, text)
	}
}
