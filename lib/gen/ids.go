package gen

import "strings"

// An idCell is a field whose value tells the record's index.
type idCell struct {
	start, step int64
	perm        *feistel
}

// An ID finds the index of a record from the value of a field.
type ID struct {
	Path []string
	cell idCell
}

// ID is the field at path, if its values can be inverted: seq and uniq without
// modifiers. An empty path takes the first such field of the record.
func (p *Plan) ID(path []string) (ID, bool) {
	if len(path) == 0 {
		for _, f := range p.fields {
			if _, ok := p.ids[strings.Join(f.path, "\x00")]; ok {
				return p.ID(f.path)
			}
		}
		return ID{}, false
	}
	c, ok := p.ids[strings.Join(path, "\x00")]
	return ID{path, c}, ok
}

// Index is the record of which v is the value, -1 for none.
func (id ID) Index(v int64) int64 {
	v -= id.cell.start
	if v%id.cell.step != 0 || v/id.cell.step < 0 {
		return -1
	}
	v /= id.cell.step
	if id.cell.perm == nil {
		return v
	}
	if uint64(v) >= id.cell.perm.n {
		return -1
	}
	return int64(id.cell.perm.inverse(uint64(v)))
}

// SplitPath reads a path as fields have it: dots nest, a backslash escapes one.
func SplitPath(text string) []string { return splitPath(text) }

// Wall says whether the records show the present time, so that no second run
// can make the same.
func (p *Plan) Wall() bool { return p.wall }
