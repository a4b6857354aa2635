package main

import (
	"fmt"

	"ndjsontools/lib/codec"
	"ndjsontools/lib/exit"
	"ndjsontools/lib/filter"
	"ndjsontools/lib/gen"
	"ndjsontools/lib/ndjson"
	"ndjsontools/lib/tool"
)

// levels are what the words of --verify mean.
var (
	levelNames = []string{"exact", "values", "ids"}
	levels     = map[string]gen.Level{"exact": gen.Exact, "values": gen.Values, "ids": gen.IDs}
)

// shown is how many wrong records are told of.
const shown = 10

// stampMade is the stamp in the records of this run. To --verify=values it is a
// field that was added, for nobody knows what time it shows.
func (g *generator) stampMade() string {
	if g.verify == "values" {
		return ""
	}
	return g.stamp
}

// verifier prepares --verify: what can't be verified is refused before reading.
func (g *generator) verifier(plan *gen.Plan) (*gen.Verifier, error) {
	w := g.window
	switch {
	case !w.ranged && !g.counted:
		return nil, tool.Usagef("--verify needs -n or --range: without a known end, what is missing at the end can't be seen")
	case g.sized || g.timed || g.load.given() || g.jobs > 1 || g.badLog != "":
		return nil, tool.Usagef("--verify makes no records: --bytes, --for, --rate, --jobs and --bad-log mean nothing to it")
	case g.compress.Format != codec.Plain && !g.tee:
		return nil, tool.Usagef("--verify writes nothing that --compress could compress: with --tee it passes the records on")
	case !g.faults.Dup.Never() && (w.shards > 1 || w.start > 0):
		return nil, tool.Usagef("--verify with --dup needs the whole stream: no --shard, and a start at 0")
	case g.verify == "values" && g.stamp != "" && g.recordSize > 0:
		return nil, tool.Usagef("--record-size pads by the length of the stamp, which nobody knows: --verify=ids")
	case g.verify == "exact" && g.stamp != "":
		return nil, tool.Usagef("a stamp shows the time, which nobody knows afterwards: --verify=values does not look at it")
	case plan.Wall() && g.verify != "ids":
		return nil, tool.Usagef("records that show the present time can be verified by their ids only: --verify=ids")
	}
	var path []string
	if g.id != "" {
		path = gen.SplitPath(g.id)
	}
	id, ok := plan.ID(path)
	if !ok && g.id == "" {
		return nil, tool.Usagef("--verify needs a field that tells a record's number: seq or uniq without modifiers")
	} else if !ok {
		return nil, tool.Usagef("--id: %q is no field of the type seq or uniq without modifiers", g.id)
	}
	return gen.NewVerifier(plan, id, &g.faults, levels[g.verify], w.start, w.end, w.shard, w.shards), nil
}

// runVerify reads what came through the pipe.
func (g *generator) runVerify(life *filter.Life, v *gen.Verifier) error {
	in := life.Inputs([]string{"-"}, ndjson.DefaultMax)
	told := 0
	for in.Scan() {
		rec := in.Record()
		life.Meter.RecordsIn.Add(1)
		problem := ""
		if rec.Err != nil {
			problem = "is too long"
			v.Foreign++
		} else {
			problem = v.Check(rec.Data)
		}
		if problem != "" && told < shown && !g.Quiet {
			told++
			life.Term.Say("line %d: %s", rec.Line, problem)
		}
		if !g.tee {
			continue
		}
		if rec.Err != nil {
			return exit.With(exit.Input, rec.Err)
		}
		for _, part := range [2][]byte{rec.Data, []byte("\n")} {
			if _, err := life.Out.Write(part); err != nil {
				return err
			}
		}
		life.Meter.RecordsOut.Add(1)
	}
	if err := in.Err(); err != nil {
		return err
	}
	if counts := v.End(); !counts.OK() {
		return exit.With(exit.Input, fmt.Errorf("not the stream that was made: %v", counts))
	}
	return nil
}
