package main

import (
	"encoding/xml"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/pipeline"
	"ndjsontools/lib/procstat"
)

// history is so much of a run of n stages, the bytes and times of which wander.
func history(n int, length time.Duration) *account {
	random := rand.New(rand.NewPCG(uint64(n), uint64(length)))
	h := &flow.History{Step: max(length/200, time.Millisecond)}
	a := &account{begun: time.Unix(0, 0), history: h, bottleneck: flow.Bottleneck{Stage: n / 2, Share: 1, Why: flow.Reason{Share: .9}}}
	a.view = flow.View{At: length, Stages: make([]flow.Stage, n), Pipes: make([]flow.Pipe, n-1)}
	for i := range n {
		a.view.Stages[i] = flow.Stage{Begun: true, Ended: true}
		a.commands = append(a.commands, "stage with 'long arguments' & <tags> größe 日本語 "+strings.Repeat("x", 50))
	}
	for i := range a.view.Pipes {
		a.view.Pipes[i].Level = procstat.Level{Size: 64 << 10}
	}
	for at := time.Duration(0); at < length; at += h.Step {
		b := flow.Bin{From: at, To: min(at+h.Step, length), Stages: make([]flow.StageBin, n), Pipes: make([]flow.PipeBin, n-1)}
		for i := range b.Stages {
			moved := random.Int64N(1e6)
			r := time.Duration(random.Int64N(int64(h.Step)))
			b.Stages[i] = flow.StageBin{In: moved, Out: moved, Times: flow.Times{Running: r, Blocked: h.Step - r}}
		}
		for i := range b.Pipes {
			b.Pipes[i] = flow.PipeBin{Full: h.Step / 2, Seen: h.Step}
		}
		h.Bins = append(h.Bins, b)
	}
	return a
}

// result is a run in which a stage failed.
func failedAt(n, stage int, length time.Duration) *pipeline.Result {
	r := &pipeline.Result{Blamed: stage, Status: 3, Stages: make([]pipeline.View, n)}
	for i := range r.Stages {
		r.Stages[i] = pipeline.View{Name: "stage", Verdict: pipeline.Ended, Started: time.Unix(0, 0), Ended: time.Unix(0, 0).Add(length)}
	}
	if stage >= 0 {
		r.Stages[stage].Verdict, r.Stages[stage].Status = pipeline.Failed, pipeline.Status{Code: 3}
	}
	return r
}

// A plot is well-formed XML whatever the commands are, every number in it is one,
// and it stays small however long the run was.
func TestPlotWellFormed(t *testing.T) {
	for _, c := range []struct {
		stages int
		length time.Duration
		title  string
	}{
		{1, 0, "true"}, {1, time.Nanosecond, ""}, {2, 30 * time.Millisecond, "a | b"}, {3, time.Second, `a '<&>"' | größe 日本語`},
		{3, time.Minute, "\x1b[31m\xff\x00\ufffe"}, {12, 3 * time.Hour, strings.Repeat("long ", 1000)}, {2, 400 * 24 * time.Hour, "a"},
	} {
		text := plot(c.title, failedAt(c.stages, c.stages/2, c.length), history(c.stages, c.length))
		if len(text) > 100<<10*c.stages || !utf8.Valid(text) {
			t.Errorf("%v: %d bytes", c.length, len(text))
		}
		d := xml.NewDecoder(strings.NewReader(string(text)))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Errorf("%v: %v", c.length, err)
				break
			}
			if e, ok := token.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
						t.Errorf("%v: %s is %s", c.length, a.Name.Local, a.Value)
					}
				}
			}
		}
	}
}

// What is to be seen at a glance is there.
func TestPlotTells(t *testing.T) {
	a := history(3, 10*time.Second)
	text := string(plot("gen | <map> | sink", failedAt(3, 1, 9*time.Second), a))
	for _, want := range []string{
		">gen | &lt;map&gt; | sink<", "stage 2, &quot;stage&quot; failed: status 3", ">failed, status 3<", ">bottleneck<",
		"Bottleneck: stage 2, stage, which runs 90 % of the time.", "blocked: output full", ">5 s<", ">10 s<", "time since the start", "↓ pipe, 64KiB",
		colourRunning, colourBlocked, colourPipe,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in it", want)
		}
	}
	if strings.Contains(text, `fill="`+colourStarved+`"/>`+"\n"+`<polygon`) || strings.Count(text, ">bottleneck<") != 1 {
		t.Error("there is more in it than was")
	}
}

// A renderer takes it.
func TestPlotRenders(t *testing.T) {
	if _, err := exec.LookPath("rsvg-convert"); err != nil {
		t.Skip("rsvg-convert is not installed")
	}
	file := filepath.Join(t.TempDir(), "plot.svg")
	if err := os.WriteFile(file, plot("a | b", failedAt(4, 2, time.Minute), history(4, time.Minute)), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("rsvg-convert", file).Output()
	if err != nil || !strings.HasPrefix(string(out), "\x89PNG") {
		t.Errorf("%v: %.20q", err, out)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		length time.Duration
		want   string
	}{
		{0, "0"},
		{time.Millisecond, "0 0.1 ms 0.2 ms 0.3 ms 0.4 ms 0.5 ms 0.6 ms 0.7 ms 0.8 ms 0.9 ms 1 ms"},
		{330 * time.Millisecond, "0 50 ms 100 ms 150 ms 200 ms 250 ms 300 ms"},
		{1200 * time.Millisecond, "0 200 ms 400 ms 600 ms 800 ms 1 s 1.2 s"},
		{9100 * time.Millisecond, "0 1 s 2 s 3 s 4 s 5 s 6 s 7 s 8 s 9 s"},
		{95 * time.Second, "0 10 s 20 s 30 s 40 s 50 s 1:00 min 1:10 min 1:20 min 1:30 min"},
		{9 * time.Minute, "0 1 min 2 min 3 min 4 min 5 min 6 min 7 min 8 min 9 min"},
		{100 * time.Minute, "0 10 min 20 min 30 min 40 min 50 min 1:00 h 1:10 h 1:20 h 1:30 h 1:40 h"},
		{30 * 24 * time.Hour, "0 96:00 h 192:00 h 288:00 h 384:00 h 480:00 h 576:00 h 672:00 h"},
	} {
		every := tickEvery(c.length)
		var got []string
		for at := time.Duration(0); at <= c.length; at += every {
			got = append(got, tickText(at, every))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v: %s; want %s", c.length, strings.Join(got, " "), c.want)
		}
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 1: 1, 1.1: 2, 21e6: 25e6, 26: 40, 4.1e3: 5e3, 7: 8, 9: 10, 0.03: .04} {
		if got := roundUp(v); got < want*.9999 || got > want*1.0001 {
			t.Errorf("%v: %v; want %v", v, got, want)
		}
	}
}

// A curve with a gap is drawn as two.
func TestArea(t *testing.T) {
	var s svg
	s.area([]step{{0, 1, 10, 5}, {1, 2, 10, 4}, {3, 4, 10, 6}}, "#000000", "#ffffff")
	got := s.body.String()
	want := `<polygon points="0,5 1,5 1,4 2,4 2,10 1,10 1,10 0,10" fill="#000000"/>
<polyline points="0,5 1,5 1,4 2,4" fill="none" stroke="#ffffff" stroke-width="1.2"/>
<polygon points="3,6 4,6 4,10 3,10" fill="#000000"/>
<polyline points="3,6 4,6" fill="none" stroke="#ffffff" stroke-width="1.2"/>
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
