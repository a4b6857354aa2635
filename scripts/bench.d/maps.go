package main

import (
	"os/exec"
	"path/filepath"
	"strings"
)

// A mapping is one job in three languages.
type mapping struct {
	name string
	opts string // for the programs that speak jq
	jq   string
	mlr  []string // nil where Miller has no equal
	js   string   // of ndjson-cli's ndjson-map, which can't leave a record out
}

// mappings are all races of ndjson-map.
func (p plan) mappings(in inputs) []race {
	const merge, mergeJS = `. + {processedAt: "x", meta: "m"}`, `(d.processedAt = "x", d.meta = "m", d)`
	mergeMlr := []string{"put", `$processedAt="x"; $meta="m"`}
	races := p.maps("articles", in.article, []mapping{
		{name: "field", jq: `.id`, mlr: []string{"cut", "-f", "id"}, js: `d.id`},
		{name: "select", jq: `select(.id % 12 == 0) | {id, t: .timestamp}`,
			mlr: []string{"filter", "$id % 12 == 0", "then", "cut", "-o", "-f", "id,timestamp", "then", "rename", "timestamp,t"}},
		{name: "construct", jq: `{id, at: .timestamp, data: .payload}`,
			mlr: []string{"cut", "-o", "-f", "id,timestamp,payload", "then", "rename", "timestamp,at,payload,data"},
			js:  `({id: d.id, at: d.timestamp, data: d.payload})`},
		{name: "merge", jq: merge, mlr: mergeMlr, js: mergeJS},
	})
	races = append(races, p.maps("events", in.event, []mapping{
		{name: "field", jq: `.id`, mlr: []string{"cut", "-f", "id"}, js: `d.id`},
		{name: "select", jq: `select(.level == "error") | {id, m: .msg}`,
			mlr: []string{"filter", `$level=="error"`, "then", "cut", "-o", "-f", "id,msg", "then", "rename", "msg,m"}},
		{name: "construct", jq: `{id, name: .user.name, ok, user}`, js: `({id: d.id, name: d.user.name, ok: d.ok, user: d.user})`},
		{name: "merge", jq: merge, mlr: mergeMlr, js: mergeJS},
	})...)
	races = append(races, p.maps("mixed records", in.mixed, []mapping{
		{name: "field", jq: `.id`, mlr: []string{"cut", "-f", "id"}, js: `d.id`},
		{name: "select", jq: `select(.type == "order") | {id, c: .customer.name}`},
		{name: "merge", jq: merge, mlr: mergeMlr, js: mergeJS},
	})...)
	// Programs over values get the short input: what they hold must fit.
	event := in.event
	event.whole = event.part
	races = append(races, p.maps("events", event, []mapping{
		{name: "group_by", opts: "-s", jq: `group_by(.user.id) | map({id: .[0].user.id, n: length})`},
		{name: "slurped select", opts: "-s", jq: `map(select(.ok | not))`},
		{name: "select of inputs", opts: "-n", jq: `[inputs | select(.load > 0.99)]`},
		{name: "one of a variable", jq: `. as $r | $r.level`},
		{name: "reduce", opts: "-n", jq: `reduce inputs as $r ({}; .[$r.service] += 1)`},
		{name: "path update", jq: `.user.tags |= map(ascii_upcase)`, js: `(d.user.tags = d.user.tags.map(t => t.toUpperCase()), d)`},
		{name: "tojson|fromjson", jq: `tojson | fromjson`, js: `JSON.parse(JSON.stringify(d))`},
		{name: "walk", jq: `walk(if type == "number" then . + 1 else . end)`},
		{name: "test", jq: `select(.msg | test("in 9[0-9]+ ms")) | .id`},
		{name: "sub", jq: `.msg |= sub("completed in (?<n>[0-9]+)"; "done \(.n)")`,
			js: `(d.msg = d.msg.replace(/completed in ([0-9]+)/, "done $1"), d)`},
		{name: "with_entries", jq: `with_entries(.value |= tostring)`},
		{name: "strings", jq: `"\(.id): \(.msg) \(.user.tags | join(","))"`},
	})...)
	return append(races, p.jobs(in)...)
}

// maps are the races over one input. Miller writes records only, with spaces, so
// its answers are not compared.
func (p plan) maps(of string, in input, jobs []mapping) []race {
	races := make([]race, len(jobs))
	for i, job := range jobs {
		program := append(strings.Fields(job.opts), job.jq)
		jq := func(f file, name string, command ...string) contender {
			command = append(command, program...)
			c := f.through(name, command...)
			c.answer = in.sample.through(name, command...).pipe
			return c
		}
		contenders := []contender{
			jq(in.whole, "ndjson-map", "ndjson-map"),
			in.whole.through("cat", "cat"),
			jq(in.part, "jq", "jq", "-c"),
			jq(in.part, "gojq", "gojq", "-c"),
			jq(in.part, "jaq", "jaq", "-c"),
		}
		if job.mlr != nil {
			contenders = append(contenders, in.part.through("mlr", append([]string{"mlr", "--ijsonl", "--ojsonl"}, job.mlr...)...))
		}
		if job.js != "" {
			c := in.part.through("ndjson-cli", ndjsonCLI(), job.js)
			c.answer = in.sample.through("ndjson-cli", ndjsonCLI(), job.js).pipe
			contenders = append(contenders, c)
		}
		races[i] = race{job.name + " of " + of, contenders, p.rounds}
	}
	return races
}

// ndjsonCLI is the file of ndjson-cli's ndjson-map, which has the name of ours:
// npm keeps it. Without npm it is the name of nothing.
func ndjsonCLI() string {
	root, _ := exec.Command("npm", "root", "-g").Output()
	return filepath.Join(strings.TrimSpace(string(root)), "ndjson-cli", "ndjson-map")
}

// jobs are the races of two jobs against one, over files.
func (p plan) jobs(in inputs) []race {
	const reshape = `{id, msg: (.msg | ascii_upcase), tags: [.user.tags[] | length]}`
	var races []race
	for _, job := range []struct {
		name, program string
		in            input
	}{
		{"field of events", `.id`, in.event},
		{"merge of events", `. + {processedAt: "x", meta: "m"}`, in.event},
		{"merge of articles", `. + {processedAt: "x", meta: "m"}`, in.article},
		{"values of events", reshape, in.event},
	} {
		with := func(name string, opts ...string) contender {
			command := append(append([]string{"ndjson-map"}, opts...), job.program)
			f, sample := job.in.whole, job.in.sample
			return contender{
				name: name, pipe: pipe{append(command[:len(command):len(command)], f.path)}, bytes: f.bytes, records: f.records,
				answer: pipe{append(command[:len(command):len(command)], sample.path)},
			}
		}
		races = append(races, race{"two jobs, " + job.name, []contender{with("-P 2", "-P", "2"), with("one job")}, p.pairs})
	}
	return races
}
