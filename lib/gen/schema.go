package gen

// A Schema describes a record: an object whose members stand in this order.
type Schema struct {
	Fields []Field
}

// A Field is one member of the record. Names are unique in a schema.
type Field struct {
	Name  string
	Value Value
}

// A Value says how a field's value is made. The set is closed: Seq, Time,
// Text, Ref, Concat and Repeat.
//
// Seq and Time print as JSON numbers on their own and as digits inside a
// string; Text, Concat and Repeat make strings.
type Value interface {
	// compile adds the operations that render the value of the field at
	// path. In a string, it renders without quotes.
	compile(c *compiler, path []string, inString bool) error
}

// Seq is the record's index plus First.
type Seq struct {
	First int64 // not negative
}

// Time is a moment that moves forward with the records, in milliseconds since
// 1970-01-01T00:00:00Z: Start + index*Step + jitter. The jitter is drawn for
// each record from 0 to Step-1, so times never repeat and never go back, and
// the distance of two neighbours is between 1 and 2*Step-1.
type Time struct {
	Start int64 // of record 0, in ms; not negative
	Step  int64 // between records, in ms; at least 1
}

// Text is a constant string, given as text: escapes are made for it.
type Text string

// Ref renders another field of the record, by name, as it renders inside a
// string. The field may stand before or after.
type Ref string

// Concat is a string made of its parts, one after the other.
type Concat []Value

// Repeat is a string that holds Value Times times, with nothing between.
type Repeat struct {
	Times int // not negative
	Value Value
}

// defaultStart is 2024-01-01T00:00:00Z in milliseconds.
const defaultStart = 1_704_067_200_000

// Default is the record that a generator makes when it is told nothing:
//
//	{"id":7,"timestamp":1704067200073,"payload":"data-chunk-7data-chunk-7…"}
//
// id counts from 0. payload is "data-chunk-<id>" 50 times with nothing
// between, so a record has 648 to 954 bytes in the first ten million. The
// timestamp starts at 2024-01-01T00:00:00Z and moves 10 ms a record, with a
// jitter below 10 ms: the only value that the seed decides. The wall clock
// would have been the obvious timestamp, but then no two runs could be
// compared.
func Default() Schema {
	return Schema{Fields: []Field{
		{"id", Seq{First: 0}},
		{"timestamp", Time{Start: defaultStart, Step: 10}},
		{"payload", Repeat{Times: 50, Value: Concat{Text("data-chunk-"), Ref("id")}}},
	}}
}
