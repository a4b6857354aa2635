package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/gen/jsonschema"
	"ndjsontools/lib/meter"
	"ndjsontools/lib/term"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// schema reads what the arguments, or the template, or a JSON Schema say.
func (g *generator) schema(args []string, stdin io.Reader) (*gen.Schema, error) {
	from := firstOf(g.template, g.jsonSchema)
	switch {
	case from == "" && len(args) == 0:
		return gen.Default(), nil
	case from == "":
		s, err := gen.ParseFields(args)
		return s, located(err)
	case len(args) > 0:
		return nil, tool.Usagef("fields stand in arguments or in a file, not in both: %s", term.Quote(args[0]))
	case strings.HasPrefix(g.template, "@"):
		s, err := gen.Preset(g.template[1:])
		return s, located(err)
	}
	name, text, err := from, []byte(nil), error(nil)
	if name == "-" {
		name = "standard input"
		text, err = io.ReadAll(io.LimitReader(stdin, maxTemplate+1))
	} else {
		text, err = readSome(name, maxTemplate)
	}
	if err != nil {
		return nil, err
	}
	if len(text) > maxTemplate {
		return nil, tool.Usagef("the file %s is longer than 16 MiB", term.Quote(name))
	}
	if g.jsonSchema != "" {
		if text, err = jsonschema.Template(name, text); err != nil {
			return nil, located(err)
		}
		name = "the template of " + name
	}
	s, err := gen.ParseTemplate(name, text)
	return s, located(err)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

const maxTemplate = 16 << 20

// readSome reads a file, but no more than limit and a byte.
func readSome(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// prepare makes the plan of a schema, or words where words are what was asked
// for; the plan is nil then.
func (g *generator) prepare(schema *gen.Schema) (words string, plan *gen.Plan, err error) {
	if g.print {
		text, err := schema.Template()
		return string(text), nil, located(err)
	}
	if plan, err = g.compile(schema); err == nil && g.explain {
		return plan.Explain(g.window.end - g.window.start), nil, nil
	}
	return "", plan, err
}

// compile makes the plan.
func (g *generator) compile(schema *gen.Schema) (*gen.Plan, error) {
	readList := func(name string) ([]byte, error) { return readSome(name, gen.MaxFile) }
	plan, err := gen.Compile(schema, gen.Options{Seed: g.seed, End: g.window.end, Now: time.Now(), FromNow: g.now,
		RecordSize: int(g.recordSize), Stamp: g.stampMade(), ReadFile: readList})
	if err != nil {
		return nil, located(err)
	}
	g.faults.Seed, g.faults.End = g.seed, plan.Last()+1
	if g.window.start > plan.Last() && !(g.window.end > 0 && g.window.start >= g.window.end) {
		return nil, tool.Usagef("there is no record %d: the last one that this schema can have is %d", g.window.start, plan.Last())
	}
	return plan, nil
}

// located makes a SchemaError show its place.
func located(err error) error {
	if bad, ok := err.(*gen.SchemaError); ok {
		return &schemaError{bad}
	}
	return err
}

type schemaError struct{ *gen.SchemaError }

func (e *schemaError) Error() string {
	if e.Source == "" {
		return e.Message
	}
	line, column := term.Column([]byte(e.Text), e.Offset)
	return fmt.Sprintf("%s:%d:%d: %s", e.Source, line, column, e.Message)
}

func (e *schemaError) Excerpt() string {
	if e.Text == "" {
		return ""
	}
	return term.Excerpt([]byte(e.Text), e.Offset)
}

// A window is the records to make: start, start+stride and so on below end.
type window struct {
	start, end    int64 // an end of 0 is none
	shard, shards int64
	ranged        bool
}

// setSeed takes a number of 64 bits, decimal or with 0x, or draws one.
func (g *generator) setSeed(s string) (err error) {
	if g.drawn = s == "random"; g.drawn {
		g.seed = rand.Uint64()
		return nil
	}
	digits, base := s, 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		digits, base = hex, 16
	}
	if g.seed, err = strconv.ParseUint(digits, base, 64); err != nil {
		return fmt.Errorf("%s is not a whole number from 0 to 18446744073709551615, decimal or with 0x, or random", term.Quote(s))
	}
	return nil
}

// report tells the seed that was drawn: in the summary and the statistics.
func (g *generator) report(life *filter.Life) {
	if g.drawn {
		seed := strconv.FormatUint(g.seed, 10)
		life.Lines = func() []string { return []string{"the seed was " + seed} }
		life.Extra = func() []meter.Field { return []meter.Field{meter.String("seed", seed)} }
	}
}

func (w *window) setShard(s string) error {
	i, n, ok := strings.Cut(s, "/")
	shard, err := strconv.ParseInt(i, 10, 32)
	shards, err2 := strconv.ParseInt(n, 10, 32)
	if !ok || err != nil || err2 != nil || shard < 0 || shard >= shards {
		return fmt.Errorf("%s is not a shard: 0/4 to 3/4 are the four of four", term.Quote(s))
	}
	w.shard, w.shards = shard, shards
	return nil
}

func (w *window) setRange(s string) error {
	a, b, ok := strings.Cut(s, "..")
	from, err := units.ParseCount(a)
	to, err2 := units.ParseCount(b)
	if !ok || err != nil || err2 != nil || from < 0 || to < from || to >= 1<<53 {
		return fmt.Errorf("%s is not a range of records: 1000..1999", term.Quote(s))
	}
	w.start, w.end, w.ranged = int64(from), int64(to)+1, true
	return nil
}

// limited says whether an option says which records to make, or how many.
func (g *generator) limited() bool {
	return g.counted || g.sized || g.timed || g.window.ranged || g.start > 0 || g.window.shards > 1
}

// validate checks what options can't check alone.
func (g *generator) validate() error {
	if err := g.validatePace(); err != nil {
		return err
	}
	w := &g.window
	switch {
	case w.ranged && (g.counted || g.start > 0):
		return tool.Usagef("--range says where to start and end; -n and --start can't say it again")
	case w.shards > 1 && (g.sized || g.timed):
		return tool.Usagef("a shard of --bytes or --for would be no part of the whole; use -n or --range")
	case g.jobs > 1 && (g.sized || g.load.given()):
		return tool.Usagef("--jobs can't be used with --rate or --bytes: what they allow next is known only after the records before")
	case g.drawn && g.verify != "":
		return tool.Usagef("--verify needs the seed that the records were made with")
	case g.jobs > 1 && g.faults.Any():
		return tool.Usagef("--jobs can't be used with faults, whose log tells of lines in their order")
	case g.badLog != "" && g.faults.Bad.Never() && !g.faults.NoEOL:
		return tool.Usagef("--bad-log needs --bad")
	case g.verify == "" && (g.tee || g.id != ""):
		return tool.Usagef("--tee and --id need --verify")
	case g.like != "" && g.template+g.jsonSchema != "", g.jsonSchema != "" && g.template != "":
		return tool.Usagef("-f, --like and --json-schema each say what records look like; one of them is enough")
	case g.like != "" && g.verify != "":
		return tool.Usagef("--verify reads the records; --like FILE --print > template, and then -f template")
	case g.print && (g.explain || g.verify != "" || g.limited() || g.load.given() || g.loop > 0 || g.faults.Any() ||
		g.recordSize > 0 || g.stamp != "" || g.now || g.drawn || g.jobs > 1):
		return tool.Usagef("--print makes no records: options about them mean nothing to it")
	case g.recordSize > 64<<20:
		return tool.Usagef("a record has at most 64MiB")
	}
	w.shards = max(w.shards, 1)
	if !w.ranged {
		w.start = int64(g.start)
		if g.counted {
			w.end = addCapped(w.start, int64(g.count))
		}
	}
	return nil
}
