// Package gen turns a schema into records: NDJSON bytes, one line a record.
//
// A Schema says what records look like; arguments, a template or a preset make
// it, and packages like and jsonschema write templates of a sample and of a JSON
// Schema. Compile makes it into a Plan once; the plan then appends records to a
// buffer of the caller's, with no allocation and no state of its own:
//
//	plan, err := gen.Compile(gen.Default(), gen.Options{Seed: seed})
//	block, next = plan.AppendBlock(block[:0], next, math.MaxInt64, 1, cap(block), 0)
//
// It is not for pacing, counting, writing or faults: those belong to the tool.
// It reads no clock, so the same plan makes the same bytes on every day.
//
// # Decisions and their price
//
// Every value is a pure function of (seed, field path, role, record index).
// That one rule buys seeking to any record in constant time, any split into
// blocks, shards or workers with the same bytes, and fields that do not change
// when another field is added. The price: nothing can depend on the record
// before it. A random walk is possible all the same (walk.go); a running total
// is not.
//
// Random values come from SplitMix64 used as a counter (see cell.go). It is
// not for secrets. math/rand/v2 would have needed a generator for each worker,
// seeded anew for each cell; Philox, the textbook counter generator, takes ten
// rounds of multiplication where this takes one.
//
// A plan is a flat list of operations: bytes known at compile time, or a value.
// A tree of closures was the other way; the list lies together in memory and
// has no indirect calls. A reference to another field is compiled as that
// field's own operations, so it needs no memory of what was rendered before;
// the price is that its digits are made twice.
//
// A position is what a value is drawn at. It is the record's index, or a hash
// of it and the element's number in a list, or of another field's text (by=),
// or one of few (card=). So a list's elements, a field that depends on another
// and a foreign key are functions without memory as well.
//
// The expression grammar (see expr.go) has no character that a shell wants
// quoted; that is why arguments are behind commas and not in parentheses.
//
// The bytes of a schema and seed are a promise: golden hashes in the tests
// hold them, on every architecture. So floating point is used only where every
// bit of it is fixed (approx.go), and numbers have a stated count of decimals.
package gen
