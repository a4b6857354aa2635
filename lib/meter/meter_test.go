package meter

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSnapshot(t *testing.T) {
	now := 5 * time.Second
	m := New("throttle", func() time.Duration { return now })
	m.RecordsIn.Add(10)
	m.RecordsOut.Add(7)
	m.BytesIn.Add(1000)
	m.BytesOut.Add(700)
	m.Rejects.Add(3)
	m.BlockedIn.Add(int64(200 * time.Millisecond))
	m.BlockedOut.Add(int64(time.Second))
	now += 2500 * time.Millisecond

	got := m.Snapshot()
	if got.PeakRSS <= 0 {
		t.Errorf("peak RSS: got %d; want more than 0", got.PeakRSS)
	}
	got.PeakRSS = 0
	want := Snapshot{
		Tool: "throttle", PID: os.Getpid(), Elapsed: 2500 * time.Millisecond,
		RecordsIn: 10, RecordsOut: 7, BytesIn: 1000, BytesOut: 700, Rejects: 3,
		BlockedIn: 200 * time.Millisecond, BlockedOut: time.Second,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestSnapshotIsNeverAhead: what left had come, in every snapshot.
func TestSnapshotIsNeverAhead(t *testing.T) {
	m := New("x", func() time.Duration { return 0 })
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 200_000 {
			m.RecordsIn.Add(1)
			m.RecordsOut.Add(1)
		}
	})
	for range 200 {
		if s := m.Snapshot(); s.RecordsOut > s.RecordsIn {
			t.Fatalf("got %d out of %d", s.RecordsOut, s.RecordsIn)
		}
	}
	wg.Wait()
	if s := m.Snapshot(); s.RecordsIn != 200_000 || s.RecordsOut != 200_000 {
		t.Errorf("at the end: got %d in, %d out; want 200000", s.RecordsIn, s.RecordsOut)
	}
}

func TestAppendJSON(t *testing.T) {
	s := Snapshot{
		Tool: "rate-sink", PID: 42, Final: true, Elapsed: 1500 * time.Millisecond,
		RecordsIn: 1 << 60, RecordsOut: 2, BytesIn: 3, BytesOut: 4, Rejects: 5,
		BlockedIn: time.Microsecond, BlockedOut: 100 * time.Hour, Limited: 2 * time.Microsecond, PeakRSS: 4096,
	}
	const common = `x{"tool":"rate-sink","pid":42,"final":true,"elapsed_s":1.500000,"records_in":1152921504606846976,` +
		`"records_out":2,"bytes_in":3,"bytes_out":4,"rejects":5,"blocked_in_s":0.000001,"blocked_out_s":360000.000000,"limited_s":0.000002,"peak_rss_bytes":`
	for _, c := range []struct {
		rss   int64
		extra []Field
		want  string
	}{
		{4096, nil, common + `4096}`},
		{0, nil, common + `null}`},
		{1, []Field{
			Int("i", math.MinInt64), Float("f", 0.1), Float("big", 1e21), Float("nan", math.NaN()), Float("inf", math.Inf(-1)),
			Bool("b", false), Null("n"), String("s\"\\", "a\"\\\n\x00\x7fé\u2028\xff"), Object("o"), Object("p", Int("q", 1), Int("r", 2)),
		}, common + `1,"i":-9223372036854775808,"f":0.1,"big":1000000000000000000000,"nan":null,"inf":null,"b":false,"n":null,` +
			`"s\"\\":"a\"\\\n\u0000\u007fé` + "\u2028\ufffd" + `","o":{},"p":{"q":1,"r":2}}`},
	} {
		s.PeakRSS = c.rss
		got := string(s.AppendJSON([]byte("x"), c.extra...))
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		if !json.Valid([]byte(got[1:])) {
			t.Errorf("not JSON: %s", got)
		}
	}
}

// FuzzString compares our string encoder with the standard library's decoder.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\\n\t\x00\x7f", "é\u2028𝄞", "\xff\xc0\x80", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := appendString(nil, s)
		var back string
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%q became %s: %v", s, text, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); back != want {
			t.Errorf("%q became %s, which is %q; want %q", s, text, back, want)
		}
	})
}

func TestPeakRSSGrows(t *testing.T) {
	before := PeakRSS()
	block := make([]byte, 64<<20)
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1
	}
	after := PeakRSS()
	if block[4096] != 1 || after-before < 32<<20 {
		t.Errorf("64 MiB in use: got %d, before %d; want at least 32 MiB more", after, before)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	m := New("x", func() time.Duration { return 0 })
	var buf []byte
	for b.Loop() {
		buf = m.Snapshot().AppendJSON(buf[:0])
	}
}
