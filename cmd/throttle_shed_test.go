package cmd_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// reject is a line of the file of --rejects.
type reject struct {
	Ordinal, Line, Offset int64
	Reason                string
	Raw                   *string
	RawB64                []byte `json:"raw_b64"`
	Length                int64
	SHA256                string
}

// TestThrottleShed: whatever the records, the limits and the reader are, what
// left and what was dropped are together what came, record by record, and the
// counts agree.
func TestThrottleShed(t *testing.T) {
	for i, args := range [][]string{
		nil,
		{"-r", "2000/s"},
		{"-r", "3MB/s", "--burst", "0B"},
		{"-r", "1k/s", "-r", "1MB/s", "--burst", "20", "--burst", "100kB"},
		{"--max-queue", "16KiB"},
		{"--target-latency", "5ms", "--min", "100kB/s"},
	} {
		for _, long := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v long %v", args, long), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(i), 7))
				records := randomRecords(rng, long)
				dir := t.TempDir()
				rejects, stats := filepath.Join(dir, "rejects"), filepath.Join(dir, "stats")
				out := shedRun(t, rng, records, append([]string{"--shed", "-q", "--rejects", rejects, "--stats", stats}, args...))
				dropped := readRejects(t, rejects)
				left := withoutDropped(t, records, dropped)
				if !bytes.Equal(out, bytes.Join(left, nil)) {
					t.Errorf("%d bytes left; they are not the %d of the %d records that were not dropped", len(out), len(bytes.Join(left, nil)), len(left))
				}
				var s struct {
					In       int64 `json:"records_in"`
					Out      int64 `json:"records_out"`
					BytesIn  int64 `json:"bytes_in"`
					BytesOut int64 `json:"bytes_out"`
					Rejects  int64
					Shed     int64 `json:"shed_bytes"`
				}
				text, err := os.ReadFile(stats)
				check(t, err)
				check(t, json.Unmarshal(text, &s))
				if s.In != int64(len(records)) || s.In != s.Out+s.Rejects || s.Rejects != int64(len(dropped)) || s.BytesIn != s.BytesOut+s.Shed {
					t.Errorf("%+v; in must be out and dropped, of %d records and %d dropped", s, len(records), len(dropped))
				}
				if len(dropped) == 0 || len(left) == 0 {
					t.Errorf("%d dropped, %d left; want some of both", len(dropped), len(left))
				}
			})
		}
	}
}

// randomRecords are some megabytes of bytes in lines, the last one without its
// end; with long, some are longer than the buffer of throttle.
func randomRecords(rng *rand.Rand, long bool) (records [][]byte) {
	for total := 0; total < 4<<20; {
		size := rng.IntN(300)
		switch rng.IntN(60) {
		case 0:
			size = rng.IntN(20_000)
		case 1:
			if long {
				size = rng.IntN(700_000)
			}
		}
		record := make([]byte, size+1)
		for k := range record {
			record[k] = " x\"\\\x00\xff"[rng.IntN(6)]
		}
		record[size] = '\n'
		records = append(records, record)
		total += len(record)
	}
	return append(records, []byte("the end"))
}

// shedRun feeds the records to a throttle in pieces, reads what it lets go with
// pauses, and answers that.
func shedRun(t *testing.T, rng *rand.Rand, records [][]byte, args []string) []byte {
	c := exec.Command(filepath.Join(bin, "throttle"), args...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	check(t, err)
	out, err := c.StdoutPipe()
	check(t, err)
	check(t, c.Start())
	watchdog := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
	defer watchdog.Stop()
	pieces := rand.New(rand.NewPCG(rng.Uint64(), 8))
	go func() {
		defer in.Close()
		for data := bytes.Join(records, nil); len(data) > 0; {
			n, err := in.Write(data[:min(len(data), pieces.IntN(100_000)+1)])
			if err != nil {
				return
			}
			data = data[n:]
		}
	}()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var got bytes.Buffer
	for {
		if rng.IntN(4) > 0 { // a reader that is too slow
			<-tick.C
		}
		if _, err := io.CopyN(&got, out, int64(rng.IntN(20_000)+1)); err == io.EOF {
			break
		} else {
			check(t, err)
		}
	}
	var status *exec.ExitError
	if err := c.Wait(); !errors.As(err, &status) || status.ExitCode() != 5 {
		t.Fatalf("throttle ended with %v; want status 5", err)
	}
	return got.Bytes()
}

func readRejects(t *testing.T, name string) (rejects []reject) {
	f, err := os.Open(name)
	check(t, err)
	defer f.Close()
	lines := json.NewDecoder(bufio.NewReader(f))
	for {
		var r reject
		if err := lines.Decode(&r); err == io.EOF {
			return rejects
		} else {
			check(t, err)
		}
		rejects = append(rejects, r)
	}
}

// withoutDropped is the records less those that were dropped, after a look that
// each of these is saved as it was.
func withoutDropped(t *testing.T, records [][]byte, dropped []reject) (left [][]byte) {
	offset := int64(0)
	for ordinal, record := range records {
		if len(dropped) == 0 || dropped[0].Ordinal != int64(ordinal) {
			left = append(left, record)
			offset += int64(len(record))
			continue
		}
		r := dropped[0]
		dropped = dropped[1:]
		data := bytes.TrimSuffix(record, []byte("\n"))
		saved := r.RawB64
		if r.Raw != nil {
			saved = []byte(*r.Raw)
		}
		switch {
		case r.Offset != offset || r.Line != r.Ordinal+1 || r.Reason == "":
			t.Errorf("record %d at %d is saved as one at %d, line %d, for %q", ordinal, offset, r.Offset, r.Line, r.Reason)
		case r.SHA256 != "" && (r.Length != int64(len(data)) || r.SHA256 != fmt.Sprintf("%x", sha256.Sum256(data)) || !bytes.HasPrefix(data, saved)):
			t.Errorf("record %d of %d bytes is saved as one of %d, with another sum", ordinal, len(data), r.Length)
		case r.SHA256 == "" && !bytes.Equal(saved, data):
			t.Errorf("record %d is saved as another", ordinal)
		}
		offset += int64(len(record))
	}
	if len(dropped) > 0 {
		t.Errorf("%d rejects are out of order, or of no record", len(dropped))
	}
	return left
}
