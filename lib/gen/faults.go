package gen

import (
	"bytes"
	"fmt"
	"strings"

	"ndjsontools/lib/spell"
	"ndjsontools/lib/units"
)

// Faults are what goes wrong on purpose. They act on slots: a slot is a place
// in the stream of all shards, and each decision is a function of the seed and
// the slot. The zero value is a stream without faults.
//
// A slot holds a record (with a shuffle, another one of its block), or nothing
// if that is dropped; the record may be spoiled; and behind it may stand a copy
// of one that was in a slot before.
type Faults struct {
	Drop    uint64 // each of these: how often, out of 2^64
	Dup     uint64
	Bad     uint64
	Within  int64 // a copy is of a record at most so many slots back; at least 1
	Shuffle int64 // records change places within blocks of so many; 0 for none
	Kinds   []string
	Seed    uint64
	End     int64 // slots from here on are not made; a block that it cuts is not shuffled. 0: no end
}

// A Spoiled is a record that was made bad: the ground truth of a test.
type Spoiled struct {
	Index  int64
	Kind   string
	Accept bool // it is JSON all the same
}

// kinds are the ways to spoil a record: what stands as the value of one more
// member, or how its line is changed.
var kinds = []struct {
	name   string
	value  string
	accept bool
}{
	{"nan", `NaN`, false},
	{"esc", `"\x"`, false},
	{"ctrl", "\"\x01\"", false},
	{"nul", "\"\x00\"", false},
	{"utf8", "\"\xc3(\"", false},
	{"surrogate", `"\ud800"`, false},
	{"zero", `01`, false},
	{"quote", `"`, false},
	{"deep", strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001), false},
	{"comma", "", false},
	{"trunc", "", false},
	{"bignum", `1e400`, true},
	{"dupkey", `1,"bad":2`, true},
	{"crlf", "", true},
}

// Kinds are the names of the ways to spoil a record.
func Kinds() (names []string) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Any says whether there are faults at all.
func (f *Faults) Any() bool { return f.Drop|f.Dup|f.Bad != 0 || f.Shuffle > 1 }

// ParseShare reads "2%" or "0.02" as a probability out of 2^64.
func ParseShare(text string) (uint64, error) { return parseShare(text) }

// SetBad reads "0.1%" or "0.1%,kind=utf8,kind=trunc"; without a kind all are
// taken that no reader accepts.
func (f *Faults) SetBad(text string) error {
	args := splitArgs(text)
	share, err := parseShare(args[0].text())
	if err != nil {
		return err
	}
	var list []string
	for _, a := range args[1:] {
		if a.key != "kind" || kindOf(a.value) < 0 {
			return fmt.Errorf("%s is not kind= and a kind%s: %s", quoteText(a.text()), spell.DidYouMean(a.value, Kinds(), "", ""), strings.Join(Kinds(), ", "))
		}
		list = append(list, a.value)
	}
	for _, k := range kinds {
		if len(args) == 1 && !k.accept {
			list = append(list, k.name)
		}
	}
	f.Bad, f.Kinds = share, list
	return nil
}

// SetDup reads "1%" or "1%,within=1000"; 100 slots are the default.
func (f *Faults) SetDup(text string) error {
	args := splitArgs(text)
	share, err := parseShare(args[0].text())
	if err != nil {
		return err
	}
	within := units.Count(100)
	for _, a := range args[1:] {
		if within, err = units.ParseCount(a.value); a.key != "within" || err != nil || within < 1 {
			return fmt.Errorf("%s is not within= and a number of records", quoteText(a.text()))
		}
	}
	f.Dup, f.Within = share, int64(within)
	return nil
}

func kindOf(name string) int {
	for i, k := range kinds {
		if k.name == name {
			return i
		}
	}
	return -1
}

func (f *Faults) cell(role string, slot int64) uint64 {
	return cell(key(f.Seed, nil, role), slot)
}

// block is the permutation around a slot, and the block's first slot; a nil
// one keeps the order.
func (f *Faults) block(slot int64) (perm feistel, first int64, ok bool) {
	if f.Shuffle < 2 {
		return perm, 0, false
	}
	first = slot - slot%f.Shuffle
	if f.End > 0 && first+f.Shuffle > f.End {
		return perm, 0, false
	}
	return newFeistel(f.cell("shuffle", first/f.Shuffle), uint64(f.Shuffle)), first, true
}

// Index is the record that a slot holds.
func (f *Faults) Index(slot int64) int64 {
	if perm, first, ok := f.block(slot); ok {
		return first + int64(perm.at(uint64(slot-first)))
	}
	return slot
}

// Slot is the slot that holds a record: the inverse of Index.
func (f *Faults) Slot(index int64) int64 {
	if perm, first, ok := f.block(index); ok {
		return first + int64(perm.inverse(uint64(index-first)))
	}
	return index
}

// Dropped says whether a slot holds nothing.
func (f *Faults) Dropped(slot int64) bool { return f.Drop > 0 && f.cell("drop", slot) < f.Drop }

// Copied is the slot whose record is copied behind that of a slot, -1 for none.
func (f *Faults) Copied(slot int64) int64 {
	if f.Dup == 0 || f.cell("dup", slot) >= f.Dup {
		return -1
	}
	from := slot - 1 - int64(below(f.cell("dup from", slot), uint64(f.Within)))
	if from < 0 || f.Dropped(from) || f.Spoils(from) {
		return -1
	}
	return from
}

// Spoils says whether a slot's record is made bad.
func (f *Faults) Spoils(slot int64) bool { return f.Bad > 0 && f.cell("bad", slot) < f.Bad }

// Append appends the lines of a slot, none to two, and returns how many. spoiled
// says what was done to the first one; its Kind is empty for nothing.
func (f *Faults) Append(dst []byte, p *Plan, slot, now int64) (out []byte, lines int64, spoiled Spoiled) {
	if !f.Dropped(slot) {
		from := len(dst)
		index := f.Index(slot)
		dst = p.Append(dst, index, now)
		lines++
		if f.Spoils(slot) {
			k := kindOf(f.Kinds[below(f.cell("kind", slot), uint64(len(f.Kinds)))])
			dst = spoil(dst, from, k)
			spoiled = Spoiled{index, kinds[k].name, kinds[k].accept}
		}
	}
	if from := f.Copied(slot); from >= 0 {
		dst = p.Append(dst, f.Index(from), now)
		lines++
	}
	return dst, lines, spoiled
}

// spoil changes the record at from, which ends dst.
func spoil(dst []byte, from, kind int) []byte {
	k := kinds[kind]
	body := dst[:len(dst)-2] // without the bracket and the newline
	switch k.name {
	case "trunc":
		return append(body, '\n')
	case "crlf":
		return append(body, "}\r\n"...)
	case "comma":
		return append(body, ",}\n"...)
	}
	if !bytes.Equal(body[from:], []byte("{")) {
		body = append(body, ',')
	}
	body = append(append(body, `"bad":`...), k.value...)
	return append(body, "}\n"...)
}
