package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
// them one string; event about 195, with a nested object; mixed has five types of
// records in turn, whose optional fields come and go.
// long is no file, only what ndjson-gen makes of more records.
type inputs struct {
	article, event, mixed input
	long                  file
}

// event makes an event of an article.
const event = `{
	id, ts: (.timestamp/1000 | todate),
	level: (if .id%12 == 0 then "error" elif .id%5 == 0 then "warn" else "info" end),
	service: "api-\(.id%7)", msg: "request completed in \(.id%977) ms", ok: (.id%12 != 0), load: (.id%1000/1000),
	user: {id: (.id%4711), name: "user-\(.id%4711)", tags: ["a", "b-\(.id%13)"]}}`

// mixed makes records of five types.
const mixed = `.id as $i | ($i * 7919 % 64) as $r |
	def maybe(bit; more): if ($r / bit | floor) % 2 == 1 then . + more else . end;
	if $i % 5 == 0 then {type: "order", id: $i, total: ($i * 3 + 0.5), currency: "EUR"}
		| maybe(1; {coupon: "SPRING"}) | maybe(2; {note: "leave at the door"})
		| . + {customer: {id: ($i % 4711), name: "customer \($i % 4711)"}} | maybe(4; {items: ["a-1", "b-22", "c-333"]})
	elif $i % 5 == 1 then {type: "login", id: $i, user: "user-\($i % 977)", ok: ($i % 3 == 0)}
		| maybe(1; {ip: "192.168.10.77"}) | maybe(2; {agent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"})
	elif $i % 5 == 2 then {type: "metric", id: $i, name: "cpu.load", value: ($i % 800 / 8), host: "web-\($i % 20)"}
		| maybe(1; {unit: "percent"}) | maybe(8; {labels: {zone: "eu-1", rack: "r7"}})
	elif $i % 5 == 3 then {id: $i, type: "page", path: "/items/\($i)", status: 200}
		| maybe(4; {referrer: "https://example.org/search?q=items"}) | maybe(16; {ms: 12.5})
	else {ts: "2026-03-14T09:26:53Z", type: "log", id: $i, level: "warn", msg: "disk usage is at 91 percent on /var"}
		| maybe(1; {pid: 4711}) | maybe(32; {stack: null}) end`

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
		{&in.mixed.whole, 4 * records, []string{"ndjson-map", mixed}},
		{&in.mixed.part, 4 * records / 10, []string{"ndjson-map", mixed}},
		{&in.mixed.sample, sampleRecords, []string{"ndjson-map", mixed}},
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
	article := in.article.whole
	count := fmt.Sprint(article.records)

	races := []race{
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
		supervised(article, p.pairs),
	}
	races = append(races, p.files(in)...)
	races = append(races, p.mappings(in)...)
	races = append(p.makers(in), races...)
	return append(races, race{"the whole pipeline", []contender{
		{name: "gen|map|sink", pipe: pipe{
			{"ndjson-gen", "-n", count},
			{"ndjson-map", `. + {processedAt: (now|todate), meta: "processed"}`},
			{"rate-sink", "null:"},
		}, stage: -1, bytes: article.bytes, records: article.records},
		{name: "node", pipe: pipe{{"node", p.pipeline, count}}, stage: -1, bytes: article.bytes, records: article.records},
	}, p.rounds})
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

// supervised is two of cat, joined by a shell and by pipe-run: without anybody who
// looks, and with its looks for a report.
func supervised(f file, rounds int) race {
	const times = 5
	cat := []string{"cat"}
	for range times {
		cat = append(cat, f.path)
	}
	joined := func(before ...string) pipe { return pipe{append(append(before, cat...), ":::", "cat")} }
	contenders := []contender{
		{name: "pipe-run", pipe: joined("pipe-run")},
		{name: "sh -c", pipe: pipe{{"sh", "-c", strings.Join(cat, " ") + " | cat"}}},
		{name: "and report", pipe: joined("pipe-run", "--report", os.DevNull)},
	}
	for i := range contenders {
		contenders[i].bytes, contenders[i].records = times*f.bytes, times*f.records
	}
	return race{"cat | cat, supervised", contenders, rounds}
}
