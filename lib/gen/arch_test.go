package gen

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The bytes of a schema and seed are the same on every machine: the tests that
// hold golden hashes are built anew for other processors, and run here. What
// they protect from is a compiler that fuses x*y+z where the processor can
// (GOAMD64=v3, arm64), and the library's assembly.
func TestArchitectures(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds for other processors")
	}
	if os.Getenv("GEN_ARCHITECTURE") != "" {
		t.Skip("this is the inner run")
	}
	for _, c := range []struct {
		name, arch, level string
		run               []string // what runs a program of it
		needs             string   // of the processor
	}{
		{"amd64 v1", "amd64", "GOAMD64=v1", nil, ""},
		{"amd64 v3", "amd64", "GOAMD64=v3", nil, "avx2 bmi2 fma"},
		{"arm64", "arm64", "GOARM64=v8.0", []string{"qemu-aarch64"}, ""},
		{"riscv64", "riscv64", "GORISCV64=rva20u64", []string{"qemu-riscv64"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			missing := ""
			if c.arch == runtime.GOARCH {
				c.run = nil
				missing = lacks(c.needs)
			} else if c.run == nil {
				missing = "an " + c.arch + " processor"
			} else if _, err := exec.LookPath(c.run[0]); err != nil {
				missing = c.run[0]
			}
			if missing != "" {
				if os.Getenv("CI") == "true" && c.run != nil {
					t.Fatalf("there is no %s", missing)
				}
				t.Skipf("there is no %s", missing)
			}
			program := filepath.Join(t.TempDir(), "gen.test")
			build := exec.Command("go", "test", "-c", "-o", program, ".")
			build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+c.arch, c.level)
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("go test -c: %v\n%s", err, out)
			}
			args := append(c.run, program, "-test.run", "^(TestGolden|TestGoldenTypes|TestApproximations)$", "-test.v")
			run := exec.Command(args[0], args[1:]...)
			run.Env = append(os.Environ(), "GEN_ARCHITECTURE="+c.name)
			out, err := run.CombinedOutput()
			if err != nil || strings.Count(string(out), "--- PASS: ") != 3 {
				t.Errorf("%s: %v\n%s", c.name, err, out)
			}
		})
	}
}

// lacks is what this processor has not, "" for nothing.
func lacks(features string) string {
	info, err := os.ReadFile("/proc/cpuinfo")
	for f := range strings.FieldsSeq(features) {
		if err != nil || !strings.Contains(string(info), " "+f+" ") {
			return "processor with " + f
		}
	}
	return ""
}
