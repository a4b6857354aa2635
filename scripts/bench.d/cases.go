package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// An input is a file of records in three lengths, of which each is the
// beginning of the one before.
type input struct {
	whole, part, sample file
}

type file struct {
	path    string
	bytes   int64
	records int64
}

// inputs are what the cases read: article has about 890 bytes a record, most of
// them one string; event about 195, with a nested object.
// long is no file, only what ndjson-gen makes of more records.
type inputs struct {
	article, event input
	long           file
}

// event makes an event of an article.
const event = `{
	id, ts: (.timestamp/1000 | todate),
	level: (if .id%12 == 0 then "error" elif .id%5 == 0 then "warn" else "info" end),
	service: "api-\(.id%7)", msg: "request completed in \(.id%977) ms", ok: (.id%12 != 0), load: (.id%1000/1000),
	user: {id: (.id%4711), name: "user-\(.id%4711)", tags: ["a", "b-\(.id%13)"]}}`

// sampleRecords is the length of the files by which answers are compared.
const sampleRecords = 1000

func makeInputs(dir string, records int) (in inputs, err error) {
	for _, f := range []struct {
		to      *file
		records int
		more    []string // what follows ndjson-gen in the pipe
	}{
		{&in.article.whole, records, nil},
		{&in.article.part, records / 10, nil},
		{&in.article.sample, sampleRecords, nil},
		{&in.event.whole, 2 * records, []string{"ndjson-map", event}},
		{&in.event.part, 2 * records / 10, []string{"ndjson-map", event}},
		{&in.event.sample, sampleRecords, []string{"ndjson-map", event}},
	} {
		p := pipe{{"ndjson-gen", "-n", fmt.Sprint(f.records)}}
		if f.more != nil {
			p = append(p, f.more)
		}
		out, err := os.CreateTemp(dir, "input-")
		if err != nil {
			return in, err
		}
		_, _, err = p.run(out, false)
		info, statErr := out.Stat()
		out.Close()
		if err != nil || statErr != nil {
			return in, fmt.Errorf("making input: %w", firstOf(err, statErr))
		}
		*f.to = file{out.Name(), info.Size(), int64(f.records)}
	}
	in.long, err = generated(dir, 4*records)
	return in, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// through is a contender that reads the file from a pipe.
func (f file) through(name string, command ...string) contender {
	return contender{name: name, pipe: pipe{{"cat", f.path}, command}, stage: 1, bytes: f.bytes, records: f.records}
}

// between is a contender with a pipe on both sides.
func (f file) between(name string, command ...string) contender {
	c := f.through(name, command...)
	c.pipe = append(c.pipe, []string{"cat"})
	return c
}

// cases are all races.
func (p plan) cases(in inputs) []race {
	article, part := in.article.whole, in.article.part
	made := contender{
		name: "ndjson-gen", pipe: pipe{{"ndjson-gen", "-n", fmt.Sprint(in.long.records)}},
		bytes: in.long.bytes, records: in.long.records,
	}
	piped := made
	piped.pipe = append(slices.Clip(made.pipe), []string{"cat"})
	count := fmt.Sprint(article.records)

	races := []race{
		{"make records", []contender{
			made,
			{name: "jq", pipe: pipe{{"jq", "-nc", fmt.Sprintf(
				`range(%d) | {id: ., timestamp: (1704067200000 + .), payload: ("data-chunk-\(.)" * 50)}`, part.records)}},
				bytes: part.bytes, records: part.records},
		}, p.rounds},
		{"make records, to a pipe", []contender{piped, {
			name: "cat", pipe: pipe{{"cat", article.path}, {"cat"}}, bytes: article.bytes, records: article.records,
		}}, p.rounds},
		{"drain a pipe", []contender{
			article.through("rate-sink", "rate-sink", "null:"),
			article.through("cat", "cat"),
			article.through("wc -l", "wc", "-l"),
		}, p.rounds},
		{"pass on, no limit", []contender{
			article.between("throttle", "throttle"),
			article.between("cat", "cat"),
			article.between("pv -q", "pv", "-q"),
		}, p.pairs},
	}
	races = append(races, p.maps("article", in.article, []mapping{
		{"field", `.id`, []string{"cut", "-f", "id"}},
		{"select", `select(.id%12 == 0) | {id, t: .timestamp}`,
			[]string{"filter", "$id%12 == 0", "then", "cut", "-o", "-f", "id,timestamp", "then", "rename", "timestamp,t"}},
		{"merge", `. + {processedAt: "x", meta: "m"}`, []string{"put", `$processedAt="x"; $meta="m"`}},
	})...)
	races = append(races, p.maps("event", in.event, []mapping{
		{"field", `.id`, []string{"cut", "-f", "id"}},
		{"select", `select(.level=="error") | {id, m: .msg}`,
			[]string{"filter", `$level=="error"`, "then", "cut", "-o", "-f", "id,msg", "then", "rename", "msg,m"}},
		{"merge", `. + {processedAt: "x", meta: "m"}`, []string{"put", `$processedAt="x"; $meta="m"`}},
	})...)
	return append(races, race{"the whole pipeline", []contender{
		{name: "gen|map|sink", pipe: pipe{
			{"ndjson-gen", "-n", count},
			{"ndjson-map", `. + {processedAt: (now|todate), meta: "processed"}`},
			{"rate-sink", "null:"},
		}, stage: -1, bytes: article.bytes, records: article.records},
		{name: "node", pipe: pipe{{"node", p.pipeline, count}}, stage: -1, bytes: article.bytes, records: article.records},
	}, p.rounds})
}

// A mapping is one job in two languages.
type mapping struct {
	name, jq string
	mlr      []string
}

// maps are the races of ndjson-map over one input. Miller writes records only,
// with spaces, so its answers are not compared.
func (p plan) maps(of string, in input, jobs []mapping) []race {
	races := make([]race, len(jobs))
	for i, job := range jobs {
		jq := func(f file, name string, command ...string) contender {
			command = append(command, job.jq)
			c := f.through(name, command...)
			c.answer = in.sample.through(name, command...).pipe
			return c
		}
		mlr := append([]string{"mlr", "--ijsonl", "--ojsonl"}, job.mlr...)
		races[i] = race{fmt.Sprintf("%s of %ss", job.name, of), []contender{
			jq(in.whole, "ndjson-map", "ndjson-map"),
			in.whole.through("cat", "cat"),
			jq(in.part, "jq", "jq", "-c"),
			jq(in.part, "gojq", "gojq", "-c"),
			in.part.through("mlr", mlr...),
		}, p.rounds}
	}
	return races
}

// generated is what ndjson-gen makes of so many records; there is no file.
func generated(dir string, records int) (file, error) {
	f := file{path: filepath.Join(dir, "generated"), records: int64(records)}
	if _, _, err := (pipe{{"ndjson-gen", "-n", fmt.Sprint(records), "--stats", f.path}}).run(nil, false); err != nil {
		return f, err
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return f, err
	}
	var told struct {
		Bytes int64 `json:"bytes_out"`
	}
	err = json.Unmarshal(text, &told)
	f.bytes = told.Bytes
	return f, err
}
