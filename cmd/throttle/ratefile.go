package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/units"
)

// rateFileEvery is how often the file of --rate-file is read; it is read whole,
// since the time of its last change may be too coarse to show a change.
const rateFileEvery = 50 * time.Millisecond

// rateFileMost is how long it may be.
const rateFileMost = 4096

// A rateFile is a source: what a file says at the moment. Empty, as it is for
// a moment when a shell rewrites it, it changes nothing.
type rateFile struct {
	name           string
	say            func(format string, args ...any)
	bytesOnly      bool // records are not looked at, so a rate of them can't hold
	text           []byte
	problem        string // what was said of it last
	records, bytes units.Rate
}

// open reads the file for the first time, when a mistake in it is still the
// end. Without a rate in it, those that are given hold.
func (f *rateFile) open(records, bytes units.Rate) error {
	f.records, f.bytes = records, bytes
	text, err := readRateFile(f.name)
	if err != nil {
		return exit.With(exit.IO, fmt.Errorf("--rate-file: %w", err))
	}
	if err := f.take(text); err != nil {
		return exit.With(exit.Usage, fmt.Errorf("--rate-file: %s: %w", f.name, err))
	}
	return nil
}

func (f *rateFile) rates(now time.Duration) (records, bytes units.Rate, again time.Duration) {
	text, err := readRateFile(f.name)
	if err == nil {
		err = f.take(text)
	}
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	if problem != "" && problem != f.problem {
		f.say("--rate-file: %s: %s; the rate stays as it is", f.name, problem)
	}
	f.problem = problem
	return f.records, f.bytes, now + rateFileEvery
}

// take sets the rates that the text states.
func (f *rateFile) take(text []byte) error {
	if bytes.Equal(text, f.text) && f.problem == "" || len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	records, size, err := parseRates(string(text))
	if err == nil && f.bytesOnly && records.N > 0 {
		err = fmt.Errorf("%s counts records, and this run only bytes: start it with --records", records)
	}
	if err != nil {
		return err
	}
	f.records, f.bytes, f.text = records, size, text
	return nil
}

// parseRates reads the rates in a text: one, one of each unit, or "off".
func parseRates(text string) (records, size units.Rate, err error) {
	words := strings.Fields(text)
	if len(words) == 1 && words[0] == "off" {
		return records, size, nil
	}
	for _, word := range words {
		rate, err := units.ParseRate(word)
		if err != nil {
			return records, size, err
		}
		p := &records
		if rate.Unit == units.Bytes {
			p = &size
		}
		if p.N != 0 {
			return records, size, fmt.Errorf("%s after %s: one rate of each unit is enough", word, p)
		}
		*p = rate
	}
	return records, size, nil
}

// readRateFile reads the file. What is no regular file may keep us waiting, for a
// writer or for its end, and is not read.
func readRateFile(name string) ([]byte, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) && name == path.Path {
			err = path.Err
		}
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, cmp.Or(err, errors.New("not a regular file"))
	}
	text := make([]byte, rateFileMost+1)
	n := 0
	for n < len(text) {
		k, err := f.Read(text[n:])
		if n += k; k == 0 || err != nil {
			break
		}
	}
	if n > rateFileMost {
		return nil, fmt.Errorf("longer than %d bytes", rateFileMost)
	}
	return text[:n], nil
}
