package jq

import (
	"math"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// fma compiles fma(a; b; c), the one function of three values.
func (c *compiler) fma(n *syntax.Call, u *unit, b *binding) code {
	var args []code
	for i := len(n.Args) - 1; i >= 0; i-- {
		args = append(args, c.code(n.Args[i], u, b))
	}
	return c.apply(u, args, func(x []expr) expr { return &fmaExpr{x} })
}

// fmaExpr has its arguments with the last one first.
type fmaExpr struct{ args []expr }

func (e *fmaExpr) eval(m *machine, v json.Value) (json.Value, outcome) {
	var x [3]json.Value
	for i, arg := range e.args {
		var o outcome
		if x[2-i], o = arg.eval(m, v); o != one {
			return x[2-i], o
		}
	}
	for _, n := range x {
		if n.Kind() != json.KindNumber {
			return notANumber(m, n)
		}
	}
	return computed(math.FMA(x[0].Float(), x[1].Float(), x[2].Float())), one
}
