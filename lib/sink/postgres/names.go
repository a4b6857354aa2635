package postgres

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/jsonscan"
)

// A Table is a name and the schema that it is in; "" is found by search_path.
type Table struct{ Schema, Name string }

// ParseTable reads NAME or SCHEMA.NAME. Names count as they are written, capitals
// too; one that has a dot stands in double quotes, as in SQL.
func ParseTable(text string) (Table, error) {
	first, rest, err := name(text, ".")
	if err != nil {
		return Table{}, fmt.Errorf("table %q: %w", text, err)
	}
	if rest == "" {
		return Table{"", first}, nil
	}
	second, rest, err := name(rest[1:], ".")
	if err == nil && rest != "" {
		err = fmt.Errorf("there is more than a schema and a name")
	}
	if err != nil {
		return Table{}, fmt.Errorf("table %q: %w", text, err)
	}
	return Table{first, second}, nil
}

// String is the table as ParseTable reads it and SQL does.
func (t Table) String() string {
	if t.Schema == "" {
		return plain(t.Name)
	}
	return plain(t.Schema) + "." + plain(t.Name)
}

// sql is the table for a statement.
func (t Table) sql() string {
	if t.Schema == "" {
		return quote(t.Name)
	}
	return quote(t.Schema) + "." + quote(t.Name)
}

// beside is another table in the same schema.
func (t Table) beside(name string) Table { return Table{t.Schema, name} }

// A Column gets the value that Path finds in a record. The empty Path is the
// record itself.
type Column struct {
	Name string
	Type string // for a table that is made; "" is text, or jsonb for the record itself
	Path jsonscan.Path
}

// ParseColumns reads a list such as id=.id,name=.user.name, with a type behind a
// colon where wanted: id:bigint=.id. A name with other characters than letters,
// digits and _ stands in double quotes.
func ParseColumns(text string) ([]Column, error) {
	var columns []Column
	for rest := text; ; rest = rest[1:] {
		var c Column
		var err error
		if c.Name, rest, err = name(rest, ":=,"); err != nil {
			return nil, fmt.Errorf("columns %q: %w", text, err)
		}
		if strings.HasPrefix(rest, ":") {
			end := outside(rest, "=,")
			if c.Type = strings.TrimSpace(rest[1:end]); !isType(c.Type) {
				return nil, fmt.Errorf("columns %q: %q is no type", text, c.Type)
			}
			rest = rest[end:]
		}
		if !strings.HasPrefix(rest, "=") {
			return nil, fmt.Errorf("columns %q: want %s=PATH, such as %[2]s=.%[2]s", text, c.Name)
		}
		end := outside(rest, ",")
		if c.Path, err = jsonscan.ParsePath(rest[1:end]); err != nil {
			return nil, fmt.Errorf("columns %q: %w", text, err)
		}
		columns = append(columns, c)
		if rest = rest[end:]; rest == "" {
			return columns, nil
		}
	}
}

// ParseKey reads the names of columns with commas between them.
func ParseKey(text string) (names []string, err error) {
	for rest := text; ; rest = rest[1:] {
		var key string
		if key, rest, err = name(rest, ","); err != nil {
			return nil, fmt.Errorf("key %q: %w", text, err)
		}
		names = append(names, key)
		if rest == "" {
			return names, nil
		}
	}
}

// name takes a name from the start of text, up to one of the bytes in ends.
func name(text, ends string) (name, rest string, err error) {
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		for {
			part, after, found := strings.Cut(quoted, `"`)
			if !found {
				return "", "", fmt.Errorf("a quote is not closed")
			}
			name += part
			if quoted, ok = strings.CutPrefix(after, `"`); !ok {
				rest = after
				break
			}
			name += `"`
		}
		if rest != "" && !strings.ContainsRune(ends, rune(rest[0])) {
			return "", "", fmt.Errorf("%q follows a quoted name", rest)
		}
	} else {
		end := strings.IndexAny(text, ends)
		if end < 0 {
			end = len(text)
		}
		name, rest = text[:end], text[end:]
	}
	return name, rest, checkName(name)
}

// checkName says what a name can't be.
func checkName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("a name is empty")
	case len(name) > 63: // the server would cut it, and take another table
		return fmt.Errorf("the name %s is longer than 63 bytes", name)
	case strings.ContainsRune(name, 0), !utf8.ValidString(name):
		return fmt.Errorf("the name %q is no text: no zero byte, and UTF-8", name)
	}
	return nil
}

// outside is the place of the first byte of text that is in ends, and in neither
// quotes nor brackets; its length if there is none.
func outside(text, ends string) int {
	depth, quoted := 0, false
	for i := range len(text) {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '(':
			depth++
		case b == ')':
			depth--
		case depth <= 0 && strings.IndexByte(ends, b) >= 0:
			return i
		}
	}
	return len(text)
}

// isType says whether text can stand as a type in a statement, and nothing else
// can: words, a dot, brackets with numbers, quoted names.
func isType(text string) bool {
	quoted := false
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted, isWord(r), strings.ContainsRune(" .,()[]", r):
		default:
			return false
		}
	}
	return !quoted && text != ""
}

func isWord(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80
}

// plain is a name for people: in quotes only where it needs them.
func plain(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !isWord(r) }) {
		return quote(name)
	}
	return name
}

// quote makes an identifier of a name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// literal makes a string constant; standard_conforming_strings is on.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// list is the columns' names for a statement, each in the given form, where %s
// stands for the quoted name.
func list(names []string, form string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = strings.ReplaceAll(form, "%s", quote(n))
	}
	return strings.Join(parts, ", ")
}
