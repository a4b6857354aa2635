// Package span runs simple jq programs over the bytes of records, without
// making values: it finds the wanted values in the record and copies them.
//
// It is not a second jq. It takes the programs that it can prove it understands
// (see Compile) and, of their records, those that it has no doubt about. For
// everything else, bad records and errors included, it steps back and says so,
// and the caller asks lib/json and lib/jq. So there is one set of messages, and
// what a record gives does not depend on the way it took.
//
// # Decisions and their price
//
// Every record is validated completely, also where one field is wanted: the
// grammar, UTF-8, escapes, and that no object has a key twice. Most of that is
// remembered from earlier records, see cache.go; the rest is one pass over the
// values.
//
// A part of a record is copied as it is where the pass has shown it to be
// canonical, and spelled anew where it has not. The place that is not canonical
// is kept as one range from the first to the last such token: a record with an
// odd string at each end is spelled anew as a whole.
//
// An expression is worked out when the program is compiled: what a field of a
// construction is, is known before there is a record. Only paths into the record
// remain. The price is a language without iteration, recursion and variables
// that change. What is beyond it, but looks at a part of the record only, is
// evaluated over that part, see part.go.
//
// The scan serves records whose program is beyond the bytes too: a Prover tells
// which of them are canonical as they are, so that lib/json can put off decoding
// them.
//
// Behind the cache there is a second scanner, which remembers nothing, for records
// that have no place there (general.go); it takes about twice as long. Records
// that it refuses too cost a scan more than without this package. Whatever often
// fails is given up for a while.
package span

import (
	"bytes"
	"errors"
	"math"
	"time"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/json"
	"ndjsontools/lib/jsonscan"
)

// Options is what a plan may know of the world.
type Options struct {
	jq.Options
	Raw bool // outputs that are strings become their characters, without quotes
}

// Plan is a compiled program. It never changes; any number of Runners may use it.
type Plan struct {
	flows  []flow
	top    *wanted
	regs   int
	raw    bool
	clocks []*jq.Program // the expressions that are computed anew for each record
	now    func() time.Time
	stamp  *jq.Program // todate; nil without now|todate
	parts  []*jq.Program
}

// Runner runs a plan. It serves one goroutine.
type Runner struct {
	plan *Plan
	scanner
	b       []byte
	scratch []byte
	clocks  []*jq.Runner
	date    *jq.Runner
	second  float64 // of stamped
	stamped []byte
	got     json.Value // what take was given last
	gotten  int        // how often it was given something
	parts   []partRunner
	decoder json.Decoder
	truthy  bool
	take    func(json.Value) error

	tries  patience // with bytes at all
	cached patience // with the cache
}

// The policy of giving up: a record that the evaluator must do after all costs
// what several successes bring, and without credit some thousand records go to
// the evaluator at once before the next try. The same holds for the cache, in
// whose place the general scan is.
const (
	fullCredit = 512
	newCredit  = 64
	missCost   = 4
	pauseSize  = 2048
	keptRoom   = 64 << 10
)

// NewRunner returns a runner of p.
func NewRunner(p *Plan) *Runner {
	r := &Runner{plan: p, tries: patience{credit: fullCredit}, cached: patience{credit: fullCredit}}
	r.cache.paths = p.top
	r.cache.reset()
	for _, c := range p.clocks {
		r.clocks = append(r.clocks, jq.NewRunner(c))
	}
	if p.stamp != nil {
		r.date = jq.NewRunner(p.stamp)
	}
	for _, part := range p.parts {
		r.parts = append(r.parts, partRunner{Runner: jq.NewRunner(part)})
	}
	r.take = func(v json.Value) error {
		r.got = v
		if r.gotten++; r.gotten > 1 {
			return errSeveral
		}
		return nil
	}
	return r
}

// Run appends the outputs of the program over record to dst, each with a newline
// behind it, and returns how many they are. Where ok is false nothing is
// appended, nothing is known about the record, and the evaluator must be asked.
// It keeps neither slice.
func (r *Runner) Run(record, dst []byte) (out []byte, outputs int, ok bool) {
	if r.tries.resting() {
		return dst, 0, false
	}
	if uint64(len(record)) > math.MaxUint32 {
		return dst, 0, false
	}
	if r.cached.pause == 0 && r.scan(record, r.plan.regs) {
		r.cached.hit()
	} else if !r.find(record, r.plan.regs, &r.cached) {
		r.tries.miss()
		return dst, 0, false
	}
	out, outputs, ok = r.emit(record, dst)
	if !ok {
		r.tries.miss()
		return dst, 0, false
	}
	r.tries.hit()
	return out, outputs, true
}

// find validates a record that the cache does not know, or that it is not asked
// about, and finds the wanted places.
func (s *scanner) find(record []byte, used int, cached *patience) bool {
	if !cached.resting() {
		if s.cache.learn(record) && s.scan(record, used) {
			return true
		}
		cached.miss()
	}
	return s.general(record, used)
}

// patience decides when a way that often fails is not tried for a while.
type patience struct {
	credit int // falls with each failure
	pause  int // records for which it is not tried
}

func (p *patience) hit() {
	if p.credit < fullCredit {
		p.credit++
	}
}

func (p *patience) miss() {
	if p.credit -= missCost; p.credit < 0 {
		p.credit, p.pause = newCredit, pauseSize
	}
}

func (p *patience) resting() bool {
	if p.pause == 0 {
		return false
	}
	p.pause--
	return true
}

func (r *Runner) emit(record, dst []byte) (out []byte, outputs int, ok bool) {
	r.b = record
	if len(r.parts) > 0 {
		r.decoder.Reset()
	}
	if cap(r.scratch) > keptRoom {
		r.scratch = nil
	}
	for i := range r.plan.flows {
		f := &r.plan.flows[i]
		pass := true
		for _, s := range f.steps {
			if s.guard {
				ok = r.check(s.e)
			} else if pass, ok = r.truth(s.e); ok && !pass {
				break
			}
			if !ok {
				return dst, 0, false
			}
		}
		if !pass {
			continue
		}
		if f.out.op == aPart {
			var n int
			if dst, n, ok = r.outputs(dst, f.out); !ok {
				return dst, 0, false
			}
			outputs += n
			continue
		}
		at := len(dst)
		if dst, ok = r.append(dst, f.out); !ok {
			return dst, 0, false
		}
		dst = r.line(dst, at)
		outputs++
	}
	return dst, outputs, true
}

// line makes an output of what dst has from place at on.
func (r *Runner) line(dst []byte, at int) []byte {
	r.truthy = dst[at] != 'n' && dst[at] != 'f'
	if r.plan.raw {
		dst = r.raw(dst, at)
	}
	return append(dst, '\n')
}

var (
	errSeveral  = errors.New("there are several outputs")
	errPartRoom = errors.New("there is more output than is held")
)

// raw makes of a string that dst ends with, from place at on, its characters.
func (r *Runner) raw(dst []byte, at int) []byte {
	if dst[at] != '"' {
		return dst
	}
	inner := dst[at+1 : len(dst)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return dst[:at+copy(dst[at:], inner)]
	}
	r.scratch = jsonscan.Unescape(r.scratch[:0], inner)
	return append(dst[:at], r.scratch...)
}

// Truthy reports whether the last output of the last successful Run with
// outputs is true in a condition.
func (r *Runner) Truthy() bool { return r.truthy }
