package meter

import (
	"math"
	"strconv"
	"strings"
	"time"

	"ndjsontools/lib/jsonscan"
)

// Field is one named value of a statistics object, kept as its JSON text. Make
// it with Int, Float, Seconds, String, Strings, Bool, Null or Object.
type Field struct {
	name string
	json []byte
}

// Int is a whole number.
func Int(name string, v int64) Field {
	return Field{name, strconv.AppendInt(nil, v, 10)}
}

// Float is a number in its shortest exact decimal form; one that JSON cannot
// express (NaN, infinity) is null.
func Float(name string, v float64) Field {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Null(name)
	}
	return Field{name, strconv.AppendFloat(nil, v, 'f', -1, 64)}
}

// Seconds is a time in seconds with six decimals: microseconds are the finest
// that any of our measurements means.
func Seconds(name string, d time.Duration) Field {
	return Field{name, strconv.AppendFloat(nil, d.Seconds(), 'f', 6, 64)}
}

// String is a text. Bytes that are not UTF-8 become U+FFFD, one for each run.
func String(name, v string) Field { return Field{name, appendString(nil, v)} }

// Bool is true or false.
func Bool(name string, v bool) Field { return Field{name, strconv.AppendBool(nil, v)} }

// Null is a quantity that is not known.
func Null(name string) Field { return Field{name, []byte("null")} }

// Object is a nested object.
func Object(name string, fields ...Field) Field {
	return Field{name, AppendObject(nil, fields...)}
}

// Strings is a list of texts, each as String has it.
func Strings(name string, list []string) Field {
	json := []byte{'['}
	for i, s := range list {
		if i > 0 {
			json = append(json, ',')
		}
		json = appendString(json, s)
	}
	return Field{name, append(json, ']')}
}

// AppendObject appends the object of the fields as JSON.
func AppendObject(dst []byte, fields ...Field) []byte {
	return append(appendFields(append(dst, '{'), fields), '}')
}

// appendFields appends "name":value pairs, separated by commas.
func appendFields(dst []byte, fields []Field) []byte {
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(appendString(dst, f.name), ':'), f.json...)
	}
	return dst
}

// appendString appends s as a JSON string, which it also is where s is not
// UTF-8: each run of such bytes becomes one U+FFFD.
func appendString(dst []byte, s string) []byte {
	return jsonscan.AppendString(dst, []byte(strings.ToValidUTF8(s, "\ufffd")))
}
