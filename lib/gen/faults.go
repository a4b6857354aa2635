package gen

import (
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
	Drop    Odds
	Dup     Odds
	Bad     Odds
	Within  int64 // a copy is of a record at most so many slots back; at least 1
	Shuffle int64 // records change places within blocks of so many; 0 for none
	Kinds   []string
	NoEOL   bool // the last line has no end
	Seed    uint64
	End     int64 // slots from here on are not made; a block that it cuts is not shuffled. 0: no end
}

// Any says whether there are faults at all.
func (f *Faults) Any() bool {
	return !f.Drop.Never() || !f.Dup.Never() || !f.Bad.Never() || f.Shuffle > 1 || f.NoEOL
}

// SetBad reads odds, and kinds behind them: "0.1%,kind=utf8,kind=trunc"; without a kind all are
// taken that no reader accepts. The kind noeol has no share.
func (f *Faults) SetBad(text string) error {
	args := splitArgs(text)
	odds, err := ParseOdds(args[0].text())
	if err != nil {
		return err
	}
	var list []string
	for _, a := range args[1:] {
		if a.key == "kind" && a.value == noEOL {
			f.NoEOL = true
			continue
		}
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
	if len(list) == 0 { // what concerns the last line only
		odds = Odds{}
	}
	f.Bad, f.Kinds = odds, list
	return nil
}

// SetDup reads odds, and how far a copy may be behind: "1%,within=1000"; 100 slots are the default.
func (f *Faults) SetDup(text string) error {
	args := splitArgs(text)
	odds, err := ParseOdds(args[0].text())
	if err != nil {
		return err
	}
	within := units.Count(100)
	for _, a := range args[1:] {
		if within, err = units.ParseCount(a.value); a.key != "within" || err != nil || within < 1 {
			return fmt.Errorf("%s is not within= and a number of records", quoteText(a.text()))
		}
	}
	f.Dup, f.Within = odds, int64(within)
	return nil
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
func (f *Faults) Dropped(slot int64) bool { return f.hit(f.Drop, "drop", slot) }

// Copied is the slot whose record is copied behind that of a slot, -1 for none.
func (f *Faults) Copied(slot int64) int64 {
	if !f.hit(f.Dup, "dup", slot) {
		return -1
	}
	from := slot - 1 - int64(below(f.cell("dup from", slot), uint64(f.Within)))
	if from < 0 || f.Dropped(from) || f.Spoils(from) {
		return -1
	}
	return from
}

// Spoils says whether a slot's record is made bad.
func (f *Faults) Spoils(slot int64) bool { return f.hit(f.Bad, "bad", slot) }

// kind is how a slot's record is made bad.
func (f *Faults) kind(slot int64) *kind {
	return &kinds[kindOf(f.Kinds[below(f.cell("kind", slot), uint64(len(f.Kinds)))])]
}

// Append appends the lines of a slot, none to three, and returns how many. spoiled
// says what was done to its own record; its Kind is empty for nothing.
func (f *Faults) Append(dst []byte, p *Plan, slot, now int64) (out []byte, lines int64, spoiled Spoiled) {
	if !f.Dropped(slot) {
		from := len(dst)
		index := f.Index(slot)
		dst = p.Append(dst, index, now)
		lines++
		if f.Spoils(slot) {
			k := f.kind(slot)
			dst = k.apply(dst, from, f.cell("bad member", slot))
			spoiled = Spoiled{index, k.name, k.accept, k.lines()}
			lines += spoiled.Lines - 1
		}
	}
	if from := f.Copied(slot); from >= 0 {
		dst = p.Append(dst, f.Index(from), now)
		lines++
	}
	return dst, lines, spoiled
}
