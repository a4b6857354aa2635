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
// and its faults made. It keeps two bits a record, eight where there are copies
// (that 15 or more are of one record can't be seen), and nothing of the records. It is for one goroutine.
type Verifier struct {
	Counts
	plan       *Plan
	id         ID
	faults     *Faults
	level      Level
	start, end int64 // the slots of the stream
	shard, of  int64
	seen       *tallies
	last       int64 // the highest slot so far
	unread     int64 // lines that may be those of spoiled records
	line       []byte
}

// NewVerifier expects the slots from start to end-1 of which slot modulo of is
// shard.
func NewVerifier(p *Plan, id ID, f *Faults, level Level, start, end, shard, of int64) *Verifier {
	bits := int64(2)
	if f.Dup > 0 {
		bits = 4
	}
	return &Verifier{plan: p, id: id, faults: f, level: level, start: start, end: end, shard: shard, of: of,
		seen: newTallies(end-start, bits), last: -1}
}

// tallies are small counters, of 2 or 4 bits each.
type tallies struct {
	b    []byte
	bits int64
}

func newTallies(n, bits int64) *tallies { return &tallies{make([]byte, n*bits/8+1), bits} }

func (t *tallies) at(i int64) int64 {
	i *= t.bits
	return int64(t.b[i/8]>>(i%8)) & (1<<t.bits - 1)
}

// add counts one more, and says whether there was no room for it.
func (t *tallies) add(i int64) (full bool) {
	if t.at(i) == 1<<t.bits-1 {
		return true
	}
	i *= t.bits
	t.b[i/8] += 1 << (i % 8)
	return false
}

// Check takes a record without its newline, and says what is wrong with it, ""
// for nothing. That one is missing, or is there too often, only End can tell.
func (v *Verifier) Check(record []byte) string {
	index := int64(-1)
	if jsonscan.Valid(record) == nil {
		index = v.index(record)
	}
	if index < 0 && v.faults.Bad > 0 {
		v.unread++
		return ""
	}
	slot := int64(-1)
	if index >= 0 && index <= v.plan.last {
		slot = v.faults.Slot(index)
	}
	if slot < v.start || slot >= v.end || slot%v.of != v.shard {
		v.Foreign++
		return "is none of the stream's records"
	}
	first := v.seen.at(slot-v.start) == 0
	if v.seen.add(slot-v.start) && !v.faults.Spoils(slot) {
		v.Duplicated++
	}
	if v.faults.Spoils(slot) {
		return ""
	}
	problem := ""
	if first && slot < v.last {
		v.Reordered++
		problem = fmt.Sprintf("record %d is behind later ones", index)
	}
	v.last = max(v.last, slot)
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
	var copies *tallies
	if v.faults.Dup > 0 {
		copies = newTallies(v.end-v.start, 4)
		for s := v.start; s < v.end; s++ {
			if from := v.faults.Copied(s); from >= v.start {
				copies.add(from - v.start)
			}
		}
	}
	spoiled := int64(0)
	for s := v.start + (v.shard-v.start%v.of+v.of)%v.of; s < v.end; s += v.of {
		if v.faults.Spoils(s) && !v.faults.Dropped(s) {
			spoiled += v.unreadable(s)
			continue
		}
		want, got := int64(1), v.seen.at(s-v.start)
		if v.faults.Dropped(s) {
			want = 0
		}
		if copies != nil {
			want = min(want+copies.at(s-v.start), 15)
		}
		v.Missing += max(want-got, 0)
		v.Duplicated += max(got-want, 0)
	}
	// More than were spoiled can't be spoiled ones.
	v.Foreign += max(0, v.unread-spoiled)
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
		for i := jsonscan.Space(want, 1); want[i] != '}'; {
			end, _ := jsonscan.String(want, i)
			name := string(jsonscan.Unescape(nil, want[i+1:end-1]))
			mine, _ := jsonscan.Find(want, jsonscan.Path{name})
			theirs, ok := jsonscan.Find(have, jsonscan.Path{name})
			if !ok || !holds(have[theirs.Start:theirs.End], want[mine.Start:mine.End]) {
				return false
			}
			if i = jsonscan.Space(want, mine.End); want[i] == ',' {
				i = jsonscan.Space(want, i+1)
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
