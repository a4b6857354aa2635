package main

import (
	"strings"
	"testing"
	"time"

	"ndjsontools/lib/flow"
	"ndjsontools/lib/procstat"
	"ndjsontools/lib/term"
)

const mb = 1_000_000

// slowSink is three seconds of a pipeline whose last stage is held back by its
// own rate.
func slowSink() *scene {
	s := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
	full := procstat.Level{Known: true, Queued: 256 << 10, Size: 256 << 10, Full: true}
	from := &flow.View{At: s(9300)}
	to := &flow.View{At: s(12300), Pipes: []flow.Pipe{{Level: full}, {Level: procstat.Level{Known: true, Queued: 64 << 10, Size: 256 << 10}}}}
	for i, t := range []flow.Times{
		{Running: s(90), Blocked: s(2910)},
		{Running: s(60), Starved: s(30), Blocked: s(2910)},
		{Running: s(30), Limited: s(2970)},
	} {
		from.Stages = append(from.Stages, flow.Stage{Begun: true})
		to.Stages = append(to.Stages, flow.Stage{
			Begun: true, Exact: i != 1, Times: t, In: 60 * mb, Out: 60 * mb, RecordsIn: 60000, RSS: int64(i+6) * mb,
		})
	}
	return &scene{
		commands: []string{"ndjson-gen -n 50k", `ndjson-map '. + {meta: "ü"}'`, "rate-sink -r 20k/s"},
		from:     from, to: to, width: 100,
	}
}

func TestPicture(t *testing.T) {
	want := `
    12.3 s                             rate  blocked  starved  running  waiting   records   memory
  1 ndjson-gen -n 50k             20.0 MB/s     97 %      0 %      3 %      0 %  20,000/s   6.0 MB
    ████████████████████ 100 % of 256KiB, 13 ms behind
  2 ndjson-map '. + {meta: "ü"}'  20.0 MB/s     97 %      1 %      2 %      0 %             7.0 MB
    █████░░░░░░░░░░░░░░░  25 % of 256KiB, 3 ms behind
  3 rate-sink -r 20k/s            20.0 MB/s      0 %      0 %      1 %     99 %  20,000/s   8.0 MB
bottleneck: stage 3, rate-sink, which waits for its own rate 99 % of the time
`
	if got := "\n" + strings.Join(picture(slowSink()), "\n") + "\n"; got != want {
		t.Errorf("got%swant%s", got, want)
	}
}

// A narrow terminal loses columns, never the commands and the rate; no line is
// wider than it.
func TestPictureNarrow(t *testing.T) {
	for _, c := range []struct {
		width int
		want  string
	}{
		{70, "  2 ndjson-map '. + {m…  20.0 MB/s     97 %      1 %      2 %      0 %"},
		{40, "  2 ndjson-map '. +…  20.0 MB/s     97 %"},
		{24, "  2 ndjson-map '. + {me…"},
	} {
		s := slowSink()
		s.width = c.width
		lines := picture(s)
		for _, line := range lines {
			if term.Width(line) > c.width {
				t.Errorf("%d columns: %q is wider", c.width, line)
			}
		}
		if lines[3] != c.want {
			t.Errorf("%d columns: %q; want %q", c.width, lines[3], c.want)
		}
	}
}

// Colours are there when they are wanted and change no word.
func TestPictureColour(t *testing.T) {
	s := slowSink()
	plain := strings.Join(picture(s), "\n")
	s.colour = true
	coloured := strings.Join(picture(s), "\n")
	if strings.Contains(plain, "\x1b") || !strings.Contains(coloured, "\x1b[1m  3 rate-sink") {
		t.Errorf("%q and %q", plain, coloured)
	}
	for _, how := range []string{"0", bold, dim, orange, blue} {
		coloured = strings.ReplaceAll(coloured, "\x1b["+how+"m", "")
	}
	if coloured != plain {
		t.Errorf("%q; want %q", coloured, plain)
	}
}

// Stages that have not begun, or have ended, and pipes that nothing leaves.
func TestPictureEdges(t *testing.T) {
	s := slowSink()
	s.from = &flow.View{}
	s.to.Stages[0].Ended, s.to.Stages[2] = true, flow.Stage{}
	s.to.Pipes[0].Level = procstat.Level{}
	lines := picture(s)
	for i, want := range map[int]string{
		1: "  1 ndjson-gen -n 50k                 ended",
		2: "    ░░░░░░░░░░░░░░░░░░░░   0 %",
		4: "    █████░░░░░░░░░░░░░░░  25 % of 256KiB, nothing leaves",
		5: "  3 rate-sink -r 20k/s",
	} {
		if got := strings.TrimRight(lines[i], " "); got != want {
			t.Errorf("line %d is %q; want %q", i, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	commands := []string{"a -x", "b", "c"}
	for want, b := range map[string]flow.Bottleneck{
		"no stage is a bottleneck": {Stage: flow.Nowhere},
		"bottleneck: what stage 1, a, reads: it is starved 98 % of the time":     {Stage: flow.AtInput, Share: .98},
		"bottleneck: what stage 3, c, writes to: it is blocked 97 % of the time": {Stage: flow.AtOutput, Share: .97},
		"bottleneck: stage 1, a, which runs 87 % of the time":                    {Stage: 0, Share: .9, Why: flow.Reason{Share: .87}},
		"bottleneck: stage 2, b, which waits for its own rate 99 % of the time":  {Stage: 1, Share: 1, Why: flow.Reason{What: flow.Limits, Share: .99}},
		"bottleneck: stage 3, c, which waits for the network 60 % of the time":   {Stage: 2, Share: .7, Why: flow.Reason{What: flow.Waits, Cause: procstat.Network, Share: .6}},
	} {
		if got := sentence(b, commands); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	want := "12.3 s  ndjson-gen 20.0 MB/s  [100 %]  ndjson-map 20.0 MB/s  [25 %]  rate-sink 20.0 MB/s  " +
		"bottleneck: stage 3, rate-sink, which waits for its own rate 99 % of the time"
	if got := progressLine(slowSink()); got != want {
		t.Errorf("%q; want %q", got, want)
	}
}

func TestCommandLine(t *testing.T) {
	for want, args := range map[string][]string{
		"cat":                           {"cat"},
		`sh -c 'echo "$1"; it'\''s' ''`: {"sh", "-c", `echo "$1"; it's`, ""},
		`grep 'a b \x1b' größe`:         {"grep", "a b \x1b", "größe"},
	} {
		if got := commandLine(args); got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}
