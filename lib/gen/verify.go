package gen

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"ndjsontools/lib/jsonscan"
)

// A Level is how much of a record must be as it was made.
type Level int

const (
	Exact  Level = iota // every byte of the line
	Values              // every field that was made has its value; others may have been added
	IDs                 // the id alone
)

// Counts are what a Verifier found.
type Counts struct {
	Missing, Duplicated, Reordered, Altered, Foreign int64
}

// OK says whether nothing is wrong.
func (c Counts) OK() bool { return c == Counts{} }

func (c Counts) String() string {
	return fmt.Sprintf("%d missing, %d duplicated, %d reordered, %d altered, %d foreign",
		c.Missing, c.Duplicated, c.Reordered, c.Altered, c.Foreign)
}

// A Verifier compares records that came through a pipe with those that a plan
// and its faults made. It keeps two bits a record, four where there are copies
// (that 15 or more are of one record can't be seen), and gives them back where
// all is well, so that what stays is about 65,536 records of a stream that comes
// as it was made. It keeps nothing of the records. It is for one goroutine.
type Verifier struct {
	Counts
	plan      *Plan
	id        ID
	faults    *Faults
	level     Level
	first, of int64 // the stream's slots are first, first+of, first+2*of...
	n         int64 // so many
	seen      *tallies
	last      int64 // the highest slot so far
	unread    int64 // lines that may be those of spoiled records
	line      []byte
	want      []uint8
}

// NewVerifier expects the slots from start to end-1 of which slot modulo of is
// shard.
func NewVerifier(p *Plan, id ID, f *Faults, level Level, start, end, shard, of int64) *Verifier {
	return newVerifier(p, id, f, level, start, end, shard, of, pageRecords)
}

func newVerifier(p *Plan, id ID, f *Faults, level Level, start, end, shard, of, page int64) *Verifier {
	bits := int64(2)
	if !f.Dup.Never() {
		bits = 4
	}
	first := start + (shard-start%of+of)%of
	v := &Verifier{plan: p, id: id, faults: f, level: level, first: first, of: of, n: max(0, (end-first+of-1)/of),
		last: -1, want: make([]uint8, page)}
	v.seen = newTallies(bits, page, v.wants)
	return v
}

// wants is how often each record of a page should be seen.
func (v *Verifier) wants(page int64) []uint8 {
	from := page * v.seen.size
	want := v.want[:min(v.seen.size, v.n-from)]
	first, last := v.slot(from), v.slot(from+int64(len(want))-1)
	for i := range want {
		want[i] = 1
		switch s := v.slot(from + int64(i)); {
		case v.faults.Dropped(s):
			want[i] = 0
		case v.faults.Spoils(s):
			want[i] = anyCount
		}
	}
	if v.faults.Dup.Never() {
		return want
	}
	for s := first; s <= min(last+v.faults.Within, v.slot(v.n-1)); s++ {
		if c := v.faults.Copied(s); c >= first && c <= last && want[c-first] < v.seen.most() {
			want[c-first]++
		}
	}
	return want
}

// slot is the stream's i-th slot.
func (v *Verifier) slot(i int64) int64 { return v.first + i*v.of }

// Check takes a record without its newline, and says what is wrong with it, ""
// for nothing. That one is missing, or is there too often, only End can tell.
func (v *Verifier) Check(record []byte) string {
	index := int64(-1)
	if jsonscan.Valid(record) == nil {
		index = v.index(record)
	}
	if index < 0 && !v.faults.Bad.Never() {
		v.unread++
		return ""
	}
	slot := int64(-1)
	if index >= 0 && index <= v.plan.last {
		slot = v.faults.Slot(index)
	}
	if slot < v.first || slot > v.slot(v.n-1) || (slot-v.first)%v.of != 0 {
		v.Foreign++
		return "is none of the stream's records"
	}
	if v.faults.Spoils(slot) && !v.faults.Dropped(slot) {
		return ""
	}
	before, full := v.seen.add((slot - v.first) / v.of)
	if full {
		v.Duplicated++
	}
	problem := ""
	if before == 0 && slot < v.last {
		v.Reordered++
		problem = fmt.Sprintf("record %d is behind later ones", index)
	}
	if slot > v.last {
		v.last = slot
		// Copies of a page's records may come so much later, and others a page.
		v.seen.settle(((slot-v.first)/v.of-v.faults.Within)/v.seen.size - 1)
	}
	if v.level != IDs {
		v.line = v.plan.Append(v.line[:0], index, 0)
		want := v.line[:len(v.line)-1]
		if !bytes.Equal(want, record) && (v.level == Exact || !holds(record, want)) {
			v.Altered++
			problem = fmt.Sprintf("record %d is altered", index)
		}
	}
	return problem
}

// index is the record whose id this one has, -1 for none.
func (v *Verifier) index(record []byte) int64 {
	at, ok := jsonscan.Find(record, v.id.Path)
	if !ok {
		return -1
	}
	n, err := strconv.ParseInt(strings.Trim(string(record[at.Start:at.End]), `"`), 10, 64)
	if err != nil {
		return -1
	}
	return v.id.Index(n)
}

// unreadable is how many lines a spoiled record has that tell no id.
func (v *Verifier) unreadable(slot int64) (n int64) {
	k := v.faults.kind(slot)
	if k.accept && k.value != "" { // a member more
		return 0
	}
	v.line, _, _ = v.faults.Append(v.line[:0], v.plan, slot, 0)
	for line := range bytes.Lines(v.line) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 && (jsonscan.Valid(line) != nil || v.index(line) < 0) {
			n++
		}
	}
	return n
}

// End takes the end of the input for the end of the stream.
func (v *Verifier) End() Counts {
	for page := int64(0); page*v.seen.size < v.n; page++ {
		count, kept := v.seen.kept[page]
		if !kept && page < v.seen.mark {
			continue
		}
		for i, want := range v.wants(page) {
			if want == anyCount {
				continue
			}
			got := v.seen.get(count, int64(i))
			v.Missing += int64(max(want, got) - got)
			v.Duplicated += int64(max(want, got) - want)
		}
	}
	if !v.faults.Bad.Never() {
		spoiled := int64(0)
		for i := range v.n {
			if s := v.slot(i); v.faults.Spoils(s) && !v.faults.Dropped(s) {
				spoiled += v.unreadable(s)
			}
		}
		v.Foreign += max(0, v.unread-spoiled) // more than were spoiled can't be spoiled ones
	}
	return v.Counts
}

// holds says whether have has every member of want with its value. Both are
// valid JSON. Numbers are equal by value, strings by text.
func holds(have, want []byte) bool {
	if len(want) == 0 || len(have) == 0 || want[0] != have[0] && !(isNumber(want[0]) && isNumber(have[0])) {
		return false
	}
	switch {
	case want[0] == '{':
		for _, m := range members(want) {
			theirs, ok := jsonscan.Find(have, jsonscan.Path{m.name})
			if !ok || !holds(have[theirs.Start:theirs.End], want[m.value:m.end]) {
				return false
			}
		}
		return true
	case want[0] == '"':
		return bytes.Equal(jsonscan.Unescape(nil, have[1:len(have)-1]), jsonscan.Unescape(nil, want[1:len(want)-1]))
	case isNumber(want[0]):
		a, err := strconv.ParseFloat(string(have), 64)
		b, err2 := strconv.ParseFloat(string(want), 64)
		return err == nil && err2 == nil && a == b
	}
	return compact(string(have)) == compact(string(want))
}

func isNumber(c byte) bool { return c == '-' || c >= '0' && c <= '9' }
