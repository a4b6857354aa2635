package jsonscan

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Path names a value inside of objects in objects: the decoded keys from the
// outermost in. The empty Path is the whole record.
type Path []string

// ParsePath reads a path as it stands in a flag: names with dots between them,
// and one before them if one likes, as in "user.id" and ".user.id". A name with
// a dot or a quote in it, or an empty one, is written as a JSON string. "." is
// the whole record.
func ParsePath(s string) (Path, error) {
	rest := strings.TrimPrefix(s, ".")
	if rest == "" && s != "" {
		return Path{}, nil
	}
	var path Path
	for {
		name, n, err := pathName(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w at byte %d", s, err, len(s)-len(rest))
		}
		path = append(path, name)
		rest = rest[n:]
		if rest == "" {
			return path, nil
		}
		if rest[0] != '.' {
			return nil, fmt.Errorf("path %q: want a dot after a quoted name, at byte %d", s, len(s)-len(rest))
		}
		rest = rest[1:]
	}
}

// pathName reads the name at the start of s and returns its length as written.
func pathName(s string) (name string, n int, err error) {
	if strings.HasPrefix(s, `"`) {
		end, _ := String([]byte(s), 0)
		if end < 0 {
			return "", 0, errors.New("the quoted name is not a JSON string")
		}
		return string(Unescape(nil, []byte(s[1:end-1]))), end, nil
	}
	n = strings.IndexByte(s, '.')
	if n < 0 {
		n = len(s)
	}
	switch name = s[:n]; {
	case name == "":
		return "", 0, errors.New(`empty name (write "" for an empty key)`)
	case strings.ContainsAny(name, `"[]`):
		return "", 0, errors.New("a name with a quote or a bracket must be quoted")
	case !utf8.ValidString(name):
		return "", 0, errors.New("name is not UTF-8")
	}
	return name, n, nil
}

// String returns the path in the form that ParsePath reads.
func (p Path) String() string {
	if len(p) == 0 {
		return "."
	}
	var out []byte
	for _, name := range p {
		out = append(out, '.')
		if name == "" || strings.ContainsAny(name, `."[]\`) || plain([]byte(name)) < len(name) {
			out = AppendString(out, []byte(name))
		} else {
			out = append(out, name...)
		}
	}
	return string(out)
}
