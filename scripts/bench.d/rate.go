package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"time"

	"ndjsontools/lib/units"
)

// A limited is a program that lets through so much a second.
type limited struct {
	name    string
	command []string
	rate    int // a second
	bytes   bool
}

// A sample is what had come by a time.
type sample struct {
	at    time.Duration
	count int64
}

// rateRuns is how often each rate is measured.
const rateRuns = 3

const rateForm = "%-30s  %-14s %14s %10s %16s\n"

// rates measures how exact the rates of throttle are. It shows the worst run.
func (p plan) rates(w io.Writer) error {
	const name = "hold a rate"
	if !p.only.MatchString(name) {
		return nil
	}
	fmt.Fprintf(w, "\n"+rateForm, fmt.Sprintf("%s for %d s", name, p.seconds), "program", "got, a second", "error", "most in 100 ms")
	for _, l := range contestants() {
		label := units.HumanCount(int64(l.rate)) + " records/s"
		if l.bytes {
			label = units.HumanCount(int64(l.rate)) + " bytes/s"
		}
		if _, err := exec.LookPath(l.command[0]); err != nil {
			fmt.Fprintf(w, rateForm, label, l.name, "not installed", "", "")
			continue
		}
		var got, most float64
		for range rateRuns {
			samples, err := l.run(p.seconds)
			if err != nil {
				return err
			}
			rate := meanRate(samples)
			if got == 0 || math.Abs(rate-float64(l.rate)) > math.Abs(got-float64(l.rate)) {
				got = rate
			}
			most = max(most, float64(mostIn(samples, 100*time.Millisecond))/float64(l.rate)*10)
		}
		fmt.Fprintf(w, rateForm, label, l.name, units.HumanCount(int64(math.Round(got))),
			fmt.Sprintf("%+.3f %%", (got/float64(l.rate)-1)*100), fmt.Sprintf("%.1f %% of share", most*100))
	}
	return nil
}

// contestants are the programs at their rates. cat has none: it shows what comes
// through at all here, and so which rate nobody can hold.
func contestants() (list []limited) {
	for _, rate := range []int{10, 1000, 100_000} {
		list = append(list, limited{"throttle", []string{"throttle", "-r", fmt.Sprintf("%d/s", rate)}, rate, false})
	}
	list = append(list, limited{"pv -q -l -L", []string{"pv", "-q", "-l", "-L", "1000"}, 1000, false})
	list = append(list, limited{"rate-sink", []string{"rate-sink", "-r", "1000/s", "file:/dev/stdout"}, 1000, false})
	for _, rate := range []int{100_000, 10_000_000, 1_000_000_000} {
		n := fmt.Sprint(rate)
		list = append(list,
			limited{"throttle", []string{"throttle", "-r", n + "B/s"}, rate, true},
			limited{"pv -q -L", []string{"pv", "-q", "-L", n}, rate, true},
			limited{"mbuffer -R", []string{"mbuffer", "-q", "-s", "4k", "-m", "64k", "-R", n + "B"}, rate, true},
			limited{"cstream -t", []string{"cstream", "-t", n}, rate, true})
	}
	return append(list, limited{"cat, no limit", []string{"cat"}, 1_000_000_000, true})
}

// run reads what the program lets through in so many seconds.
func (l limited) run(seconds int) (samples []sample, err error) {
	feed := exec.Command("ndjson-gen", "-n", fmt.Sprint(l.rate*seconds+1))
	if l.bytes {
		feed = exec.Command("head", "-c", fmt.Sprint(l.rate*seconds), "/dev/zero")
	}
	program := exec.Command(l.command[0], l.command[1:]...)
	ends, err := join([]*exec.Cmd{feed, program})
	defer func() { closeAll(ends) }()
	if err != nil {
		return nil, err
	}
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := feed.Start(); err != nil {
		return nil, err
	}
	if err := program.Start(); err != nil {
		kill([]*exec.Cmd{feed})
		_ = feed.Wait() // killed: only to bury it
		return nil, err
	}
	closeAll(ends)
	ends = nil
	limit := time.AfterFunc(runLimit, func() { kill([]*exec.Cmd{feed, program}) })
	defer limit.Stop()

	samples, err = l.read(out)
	return samples, firstOf(err, program.Wait(), feed.Wait())
}

// read notes when what comes, in records or bytes.
func (l limited) read(r io.Reader) (samples []sample, err error) {
	buf := make([]byte, 1<<20)
	var count int64
	begun := time.Now()
	for {
		n, err := r.Read(buf)
		at := time.Since(begun)
		if l.bytes {
			count += int64(n)
		} else {
			count += int64(bytes.Count(buf[:n], []byte{'\n'}))
		}
		if n > 0 && (len(samples) == 0 || count > samples[len(samples)-1].count) {
			samples = append(samples, sample{at, count})
		}
		if errors.Is(err, io.EOF) {
			return samples, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// meanRate is what came after the first sample, by the time since then.
func meanRate(samples []sample) float64 {
	if len(samples) < 2 {
		return 0
	}
	first, last := samples[0], samples[len(samples)-1]
	return float64(last.count-first.count) / (last.at - first.at).Seconds()
}

// mostIn is the most that came within any window of that length.
func mostIn(samples []sample, window time.Duration) (most int64) {
	begin := 0
	for _, s := range samples {
		for s.at-samples[begin].at >= window {
			begin++
		}
		var before int64
		if begin > 0 {
			before = samples[begin-1].count
		}
		most = max(most, s.count-before)
	}
	return most
}
