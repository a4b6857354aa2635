package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/units"
)

func TestTimetable(t *testing.T) {
	const byDay = "08:00,512k 19:00,10M 23:00,off"
	const byWeek = "Mon-00:00,512 Fri-23:59,10/s sunday-20:00,100kB/s"
	for _, c := range []struct {
		table, at string // of the week that begins on Sunday, 2026-11-22
		want      string
	}{
		{byDay, "22 08:00", "512KiB/s"}, {byDay, "25 18:59", "512KiB/s"}, {byDay, "25 19:00", "10MiB/s"},
		{byDay, "28 23:00", ""}, {byDay, "22 07:59", ""}, {byDay, "26 00:00", ""},
		{byWeek, "23 00:00", "512KiB/s"}, {byWeek, "27 23:58", "512KiB/s"}, {byWeek, "27 23:59", "10/s"},
		{byWeek, "28 12:00", "10/s"}, {byWeek, "22 19:59", "10/s"}, {byWeek, "22 20:00", "100kB/s"},
		{"12:00,1B", "22 00:00", "1B/s"}, {"12:00,1.5k", "22 13:00", "1536B/s"},
	} {
		wall, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-"+c.at, time.Local)
		if err != nil {
			t.Fatal(err)
		}
		table, err := parseTimetable(c.table, func() time.Time { return wall })
		if err != nil {
			t.Errorf("%s: %v", c.table, err)
			continue
		}
		records, bytes, again := table.rates(5)
		want := units.Rate{}
		if c.want != "" {
			if want, err = units.ParseRate(c.want); err != nil {
				t.Fatal(err)
			}
		}
		got := records
		if bytes.N > 0 {
			got = bytes
		}
		if got.N != want.N*max(1, int64(got.Per))/max(1, int64(want.Per)) || got.Unit != want.Unit {
			t.Errorf("%s at %s: got %v; want %v", c.table, c.at, got, want)
		}
		if again != 5+timetableEvery {
			t.Errorf("again: got %v; want %v", again, 5+timetableEvery)
		}
	}
}

func TestParseTimetableErrors(t *testing.T) {
	for s, want := range map[string]string{
		"": "without an entry", "08:00": "HH:MM,RATE", "08:00,": "no rate", "24:00,1k": "no time of day",
		"Foo-08:00,1k": "no day", "08:00,1k 08:00,2k": "same time", "08:00,1k:2k": "one direction",
		"08:00,0": "neither", "08:00,x": "neither", "Mon-08:00,1k 08:00,2k": "same time",
	} {
		_, err := parseTimetable(s, time.Now)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v; want an error with %q", s, err, want)
		}
	}
}

func TestRateFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "rate")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var said []string
	f := &rateFile{name: name, bytesOnly: true, say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }}
	if err := f.open(units.Rate{}, units.Rate{}); err == nil {
		t.Error("a missing file: want an error")
	}
	write("")
	given := units.Rate{N: 7, Per: time.Second, Unit: units.Bytes}
	if err := f.open(units.Rate{}, given); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, records, bytes string
		words                int // messages so far
	}{
		{"", "", "7B/s", 0},
		{"10kB/s\n", "", "10kB/s", 0},
		{" \n", "", "10kB/s", 0},
		{"fast", "", "10kB/s", 1},
		{"fast", "", "10kB/s", 1},
		{"10kB/s\n", "", "10kB/s", 1},
		{"5/s", "", "10kB/s", 2}, // this run counts bytes
		{strings.Repeat(" ", rateFileMost+1), "", "10kB/s", 3},
		{"1kB/s 2kB/s", "", "10kB/s", 4},
		{"off", "", "", 4},
		{"1/m 1MB/s", "1/m", "1MB/s", 4},
	} {
		if c.records != "" {
			f.bytesOnly = false
		}
		write(c.text)
		records, bytes, again := f.rates(time.Second)
		if records.String() != c.records || bytes.String() != c.bytes || again != time.Second+rateFileEvery {
			t.Errorf("after %.20q: got %v, %v, %v; want %s, %s", c.text, records, bytes, again, c.records, c.bytes)
		}
		if len(said) != c.words {
			t.Errorf("after %.20q: said %q; want %d messages", c.text, said, c.words)
		}
	}
}
