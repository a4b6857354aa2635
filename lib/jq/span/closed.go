package span

import (
	"math"

	"ndjsontools/lib/jq"
	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// pure are the functions of their input alone, that may stand in an expression
// that does not look at the record.
var pure = map[string]bool{
	"todate": true, "tostring": true, "tojson": true, "floor": true, "length": true,
	"ascii_downcase": true, "ascii_upcase": true, "tonumber": true,
}

// isClosed reports whether an expression has the same value for all records,
// apart from the time if clock is true. It has one output if it has no error.
func isClosed(n syntax.Node) (closed, clock bool) {
	switch n := n.(type) {
	case *syntax.Constant, *syntax.Number, *syntax.Var:
		return true, false
	case *syntax.String:
		_, plain := n.Text()
		return plain && n.Format == "", false
	case *syntax.Negate:
		return isClosed(n.X)
	case *syntax.Call:
		fixed := n.Name == "nan" || n.Name == "infinite"
		return (fixed || n.Name == "now") && len(n.Args) == 0, !fixed
	case *syntax.Array:
		if n.Body == nil {
			return true, false
		}
		if _, many := n.Body.(*syntax.Comma); !many {
			return isClosed(n.Body)
		}
	case *syntax.Object:
		for _, p := range n.Pairs {
			if _, constant := p.Key.(*syntax.String); !constant || p.Value == nil {
				return false, false
			}
			value, clock := isClosed(p.Value)
			if key, _ := isClosed(p.Key); !key || !value || clock {
				return false, false // with a clock it is a construction: more can be done with it
			}
		}
		return true, false
	case *syntax.Binary:
		left, one := isClosed(n.Left)
		if !left {
			return false, false
		}
		if n.Op == "|" {
			call, ok := n.Right.(*syntax.Call)
			return ok && len(call.Args) == 0 && pure[call.Name], one
		}
		right, other := isClosed(n.Right)
		switch n.Op {
		case "+", "-", "*", "/", "%":
			return right, one || other
		}
	}
	return false, false
}

// closed asks the evaluator for the value of such an expression.
func (c *compiler) closed(n syntax.Node, clock bool) *expr {
	at := n.Place()
	program, err := jq.Compile(c.program[at.Start:at.End], c.opts)
	if err != nil {
		c.refuse("it means nothing by itself")
	}
	if isStamp(n) && c.opts.Now != nil {
		c.plan.now = c.opts.Now
		c.plan.stamp, err = jq.Compile("todate", c.opts)
		if err != nil {
			c.refuse("now can't be printed: %v", err)
		}
		return &expr{op: aStamp}
	}
	if clock {
		c.plan.clocks = append(c.plan.clocks, program)
		return &expr{op: aClock, clock: len(c.plan.clocks) - 1}
	}
	var e *expr
	err = jq.NewRunner(program).Run(json.Null(), func(v json.Value) error {
		e = constant(v.Clone())
		return nil
	})
	if err != nil || e == nil {
		c.refuse("a constant that has an error is for values")
	}
	return e
}

// isStamp reports whether n is now|todate, which deserves to be fast.
func isStamp(n syntax.Node) bool {
	pipe, ok := n.(*syntax.Binary)
	if !ok || pipe.Op != "|" {
		return false
	}
	left, ok := pipe.Left.(*syntax.Call)
	right, both := pipe.Right.(*syntax.Call)
	return ok && both && left.Name == "now" && right.Name == "todate"
}

// stamp appends the time as now|todate prints it. The text is kept for a second.
func (r *Runner) stamp(dst []byte) ([]byte, bool) {
	now := float64(r.plan.now().UnixMicro()) / 1e6 // as the evaluator has it
	if second := math.Floor(now); second != r.second || r.stamped == nil {
		if !r.one(r.date, json.FromFloat(now)) {
			return dst, false
		}
		r.second, r.stamped = second, json.Append(r.stamped[:0], r.got)
	}
	return append(dst, r.stamped...), true
}

func constant(v json.Value) *expr {
	return &expr{op: aConstant, value: v, text: json.Append(nil, v)}
}
