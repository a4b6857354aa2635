package main

import (
	"fmt"
	"os/exec"
	"slices"
)

// makers are the races of those that make records, to /dev/null unless said
// otherwise. Peers make their own records, in smaller numbers: MB/s is to be
// compared, or records a second where they are like ours.
func (p plan) makers(in inputs) []race {
	part := in.article.part
	made := contender{
		name: "ndjson-gen", pipe: pipe{{"ndjson-gen", "-n", fmt.Sprint(in.long.records)}},
		bytes: in.long.bytes, records: in.long.records,
	}
	jobs, piped := made, made
	jobs.name, jobs.stage = "ndjson-gen -P 2", -1
	jobs.pipe = pipe{append(slices.Clip(made.pipe[0]), "-P", "2")}
	piped.pipe = append(slices.Clip(made.pipe), []string{"cat"})

	races := []race{
		{"make records", []contender{made, jobs,
			{name: "node", pipe: pipe{{"node", p.pipeline, fmt.Sprint(part.records), "source"}}, bytes: part.bytes, records: part.records},
			{name: "jq", pipe: pipe{{"jq", "-nc", fmt.Sprintf(
				`range(%d) | {id: ., timestamp: (1704067200000 + .), payload: ("data-chunk-\(.)" * 50)}`, part.records)}},
				bytes: part.bytes, records: part.records},
		}, p.rounds},
		{"make records, to a pipe", []contender{piped, {
			name: "cat", pipe: pipe{{"cat", in.article.whole.path}, {"cat"}}, bytes: in.article.whole.bytes, records: in.article.whole.records,
		}}, p.rounds},
	}
	const logs = "make log records"
	if !p.only.MatchString(logs) {
		return races // to count their bytes takes a run each
	}
	return append(races, race{logs, logMakers(2 * in.long.records), p.rounds})
}

// logMakers make records of an access log, of six fields and 119 bytes; peers
// what they have that is next to it.
func logMakers(records int64) []contender {
	log := measured("ndjson-gen", records, "ndjson-gen", "-f", "@access-log", "-n", fmt.Sprint(records))
	jobs := log
	jobs.name, jobs.stage = "ndjson-gen -P 2", -1
	jobs.pipe = pipe{append(slices.Clip(log.pipe[0]), "-P", "2")}
	few := records / 40
	count := fmt.Sprint(few)
	return []contender{log, jobs,
		measured("fakedata", few, "fakedata", "-f", "ndjson", "-l", count, "time=date", "ip=ipv4", "method=http.method", "path=noun", "status=int:200,500", "ms=int:1,900"),
		measured("flog", few, "flog", "-f", "json", "-n", count),
		measured("jr", few, "jr", "template", "run", "--embedded", `{"ip":"{{ip "10.1.0.0/16"}}","n":{{integer 1 9}}}`, "-n", count),
	}
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// measured is a contender whose bytes a run tells, if the program is there: the
// random records of another run have about as many.
func measured(name string, records int64, command ...string) contender {
	c := contender{name: name, pipe: pipe{command}, records: records, bytes: 1}
	if _, err := exec.LookPath(command[0]); err == nil {
		var n counter
		if _, _, err := c.pipe.run(&n, false); err == nil {
			c.bytes = max(int64(n), 1)
		}
	}
	return c
}
