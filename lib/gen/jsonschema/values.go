package jsonschema

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ndjsontools/lib/gen"
	"ndjsontools/lib/gen/sketch"
)

// What is taken where a schema does not say.
const (
	absentShare = "absent=20%"
	span        = 1000 // of numbers
	fewItems    = 3    // more than an array has at least
	maxExact    = 1<<53 - 1
)

// listed is const and enum.
func (c *converter) listed(v *value, keyword string, list []*value) (m made, err error) {
	if err := c.only(v, "beside "+keyword, keyword, "type"); err != nil {
		return m, err
	}
	if t := v.member("type"); t != nil {
		types, err := c.types(&value{at: v.at, kind: '{', names: []string{"type"}, items: []*value{t}})
		if err != nil {
			return m, err
		}
		fits := slices.DeleteFunc(slices.Clone(list), func(one *value) bool { return !one.is(types) })
		if len(fits) == 0 {
			return m, c.fail(list[0], "the value is not of the type "+strings.Join(types, ", "), "")
		}
		list = fits
	}
	if len(list) == 1 {
		return made{Value: constant(list[0]), object: list[0].kind == '{'}, nil
	}
	var args []string
	var values []sketch.Value
	texts, scalars := 0, 0
	for _, one := range list {
		values = append(values, constant(one))
		switch {
		case one.kind == '"' && one.text != "" && !strings.ContainsAny(one.text, "{}"):
			texts++
			args = append(args, gen.Argument(one.text))
		case one.kind != '"' && one.kind != '{' && one.kind != '[':
			scalars++
			args = append(args, one.text)
		}
	}
	if texts == len(list) || scalars == len(list) {
		return made{Value: sketch.Expr("pick", strings.Join(args, ",")), domain: float64(len(list))}, nil
	}
	return made{Value: sketch.One(nil, values...)}, nil
}

func constant(v *value) sketch.Value {
	if v.kind == '"' {
		return sketch.String(v.text)
	}
	return sketch.JSON(sketch.Braces(v.text))
}

// begins is how values of each type begin; numbers have no mark.
var begins = map[string]string{"object": "{", "array": "[", "string": `"`, "null": "n", "boolean": "tf"}

// is says whether a value is of one of the types.
func (v *value) is(types []string) bool {
	for _, t := range types {
		n := v.number()
		if strings.IndexByte(begins[t], v.kind) >= 0 || t == "number" && !math.IsNaN(n) || t == "integer" && n == math.Trunc(n) {
			return true
		}
	}
	return false
}

// limit reads a keyword with a number, and how many decimals that has.
func (c *converter) limit(v *value, keyword string) (n float64, decimals int, ok bool, err error) {
	k := v.member(keyword)
	if k == nil {
		return 0, 0, false, nil
	}
	n, err = strconv.ParseFloat(k.text, 64)
	hint := ""
	if k.kind == 't' || k.kind == 'f' {
		hint = "true and false are of draft 4; since draft 6 it is the limit itself"
	}
	if k.kind != 0 || err != nil {
		return 0, 0, false, c.fail(k, keyword+" is a number", hint)
	}
	_, fraction, _ := strings.Cut(strconv.FormatFloat(n, 'f', -1, 64), ".")
	if len(fraction) > 9 {
		return 0, 0, false, c.fail(k, keyword+" has more than 9 decimals", "")
	}
	return n, len(fraction), true, nil
}

// number is a range of numbers, in units of the last decimal that its limits
// have, and 2 decimals at least unless it is whole.
func (c *converter) number(v *value, whole bool) (m made, err error) {
	names := []string{"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"}
	var limits [5]float64
	var given [5]bool
	dp := 2
	if whole {
		dp = 0
	}
	for i, name := range names {
		decimals := 0
		if limits[i], decimals, given[i], err = c.limit(v, name); err != nil {
			return m, err
		}
		dp = max(dp, decimals)
	}
	if given[4] && limits[4] <= 0 {
		return m, c.fail(v.member("multipleOf"), "multipleOf is above 0", "")
	}
	unit := math.Pow(10, float64(dp))
	at := func(i int) float64 { return math.Round(limits[i] * unit) }
	step := 1.0
	if given[4] {
		step = at(4)
	}
	if whole {
		// A whole number is a multiple of as many units as one has.
		step = multiple(step, unit)
	}
	lo, hi := math.Inf(-1), math.Inf(1)
	if given[0] {
		lo = at(0)
	}
	if given[1] {
		lo = max(lo, at(1)+1)
	}
	if given[2] {
		hi = at(2)
	}
	if given[3] {
		hi = min(hi, at(3)-1)
	}
	wide := max(span*unit, span*step)
	switch {
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		lo, hi = 0, wide
	case math.IsInf(lo, -1):
		lo = hi - wide
	case math.IsInf(hi, 1):
		hi = lo + wide
	}
	lo, hi = max(lo, -maxExact), min(hi, maxExact)
	if format := v.member("format"); format != nil { // these are OpenAPI's
		switch format.text {
		case "int32":
			lo, hi = max(lo, math.MinInt32*unit), min(hi, math.MaxInt32*unit)
		case "int64", "float", "double": // as is every number that is made here
		default:
			return m, c.fail(format, fmt.Sprintf("the format %q is not supported", format.text), "")
		}
	}
	lo, hi = math.Ceil(lo/step)*step, math.Floor(hi/step)*step
	if lo > hi || lo < -maxExact || hi > maxExact {
		return m, c.fail(v, "no number that a double holds exactly is within the limits", "")
	}
	m.domain = (hi-lo)/step + 1
	if whole {
		lo, hi, step, dp = lo/unit, hi/unit, step/unit, 0
	}
	text := func(n float64) string {
		if !whole {
			n /= unit
		}
		return strconv.FormatFloat(n, 'f', dp, 64)
	}
	typ, args := "int", text(lo)+".."+text(hi)
	if !whole {
		typ = "float"
		args += ",dp=" + strconv.Itoa(dp)
	}
	if step != 1 {
		args += ",step=" + text(step)
	}
	m.Value = sketch.Expr(typ, args)
	return m, nil
}

// multiple is the least common multiple of two whole numbers.
func multiple(a, b float64) float64 {
	x, y := a, b
	for y > 0 {
		x, y = y, math.Mod(x, y)
	}
	return a / x * b
}

// formats are the values of format that can be made.
var formats = map[string]sketch.Value{
	"date":      sketch.Expr("date", ""),
	"time":      sketch.Expr("regex", `([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ`),
	"duration":  sketch.Expr("regex", `P[1-9]\d?DT[1-9]H`),
	"email":     sketch.Expr("fake", "email"),
	"idn-email": sketch.Expr("fake", "email"),
	"hostname":  sketch.Expr("fake", "domain"),
	"ipv4":      sketch.Expr("ip4", ""),
	"ipv6":      sketch.Expr("ip6", ""),
	"uri":       sketch.Expr("fake", "url"), "uri-reference": sketch.Expr("fake", "url"),
	"iri": sketch.Expr("fake", "url"), "iri-reference": sketch.Expr("fake", "url"),
	"uuid":         sketch.Expr("uuid4", ""),
	"byte":         sketch.Expr("bytes", "1..24"), // OpenAPI's name of base 64
	"json-pointer": sketch.Expr("regex", `(/[a-z]{1,8}){1,3}`),
}

// formless are values of format, of OpenAPI, that any string has.
var formless = []string{"password", "binary"}

// domains are of how many values those types have that uniq keeps apart.
var domains = map[string]float64{"date": 1827, "ipv4": 1 << 32}

// count reads a keyword with a whole number from 0 on.
func (c *converter) size(v *value, keyword string) (n int64, ok bool, err error) {
	f, _, ok, err := c.limit(v, keyword)
	if err == nil && ok && (f < 0 || f != math.Trunc(f) || f > 1<<24) {
		err = c.fail(v.member(keyword), keyword+" is a whole number from 0 to 16777216", "")
	}
	return int64(f), ok, err
}

func (c *converter) str(v *value) (m made, err error) {
	lo, hasLo, err := c.size(v, "minLength")
	if err != nil {
		return m, err
	}
	hi, hasHi, err := c.size(v, "maxLength")
	if err != nil {
		return m, err
	}
	if hasLo && hasHi && lo > hi {
		return m, c.fail(v, "no string is within the lengths", "")
	}
	if format := v.member("format"); format != nil && !slices.Contains(formless, format.text) {
		if err := c.only(v, "beside format", "format", "type"); err != nil {
			return m, err
		}
		if format.text == "date-time" {
			if c.inList {
				return made{Value: sketch.Expr("time", "2024-01-01..2024-12-31")}, nil
			}
			return made{Value: sketch.Expr("time", "")}, nil
		}
		value, ok := formats[format.text]
		if !ok {
			return m, c.fail(format, fmt.Sprintf("the format %q is not supported", format.text), "")
		}
		return made{Value: value, domain: domains[format.text]}, nil
	}
	if p := v.member("pattern"); p != nil {
		return c.pattern(p, lo, hi, hasHi)
	}
	switch {
	case !hasLo && !hasHi:
		lo, hi = 5, 20
	case !hasHi:
		hi = lo + 15
	case !hasLo:
		lo = min(1, hi)
	}
	hi = min(hi, lo+255) // valid is what is shorter, too
	return made{Value: sketch.Expr("text", sketch.Range(lo, hi))}, nil
}

// pattern is a string that matches, and has the lengths if all that match do.
func (c *converter) pattern(p *value, lo, hi int64, hasHi bool) (m made, err error) {
	text := strings.NewReplacer(`\\`, `\\`, `\/`, "/").Replace(p.text)
	least, most, err := gen.PatternLengths(text)
	if err != nil {
		return m, c.fail(p, "the pattern can't be generated: "+err.Error(), "")
	}
	if int64(least) < lo || hasHi && int64(most) > hi {
		return m, c.fail(p, fmt.Sprintf("strings of the pattern have %d to %d characters, and minLength or maxLength ask for others", least, most), "say it in the pattern")
	}
	// Braces that are characters must not look like those of an expression.
	text = strings.NewReplacer(`\\`, `\\`, `\{`, `\x7b`, `\}`, `\x7d`).Replace(text)
	if strings.Count(text, "{") != strings.Count(text, "}") {
		return m, c.fail(p, "the braces of the pattern are not paired", `\x7b and \x7d are braces`)
	}
	return made{Value: sketch.Expr("regex", text)}, nil
}
