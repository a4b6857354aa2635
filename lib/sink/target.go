package sink

import (
	"errors"
	"strings"
)

// A target is where a request goes and the headers that it has of its own, as
// templates of the records in it.
type target struct {
	path, query template // of the URL; query with its question mark
	origin      string   // what stands before the path
	headers     []templatedHeader
}

type templatedHeader struct {
	name  string
	value template
}

// parseTarget reads the text of a URL. No field may stand in what names the
// server: a record must not choose whom we talk to.
func parseTarget(text string) (t target, err error) {
	scheme, rest, _ := strings.Cut(text, "://")
	cut := strings.IndexAny(rest, "/?#")
	if cut < 0 {
		cut = len(rest)
	}
	if strings.Contains(rest[:cut], "{.") {
		return t, errors.New("a field can't stand in the name of a server, only in the path and the query")
	}
	t.origin, rest = scheme+"://"+rest[:cut], rest[cut:]
	path, query := rest, ""
	if i := questionMark(rest); i >= 0 {
		path, query = rest[:i], rest[i:]
	}
	if t.path, err = parseTemplate(path); err == nil {
		t.query, err = parseTemplate(query)
	}
	return t, err
}

// questionMark is where the query begins, fields aside; -1 if there is none.
func questionMark(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '?' {
			return i
		}
		if strings.HasPrefix(s[i:], "{.") {
			if end := fieldEnd(s[i+2:]); end >= 0 {
				i += 2 + end
			}
		}
	}
	return -1
}

// leads says whether records have URLs of their own; varies, whether anything
// keeps them from sharing a request.
func (t *target) leads() bool  { return t.path.varies() || t.query.varies() }
func (t *target) varies() bool { return t.leads() || len(t.headers) > 0 }

// sample is a URL as it might become, to check its form by.
func (t *target) sample() string {
	text := t.origin
	for _, p := range append(t.path[:len(t.path):len(t.path)], t.query...) {
		if p.field {
			text += "x"
		}
		text += p.text
	}
	return text
}

// place is the URL and the values of the headers that a valid record asks for.
func (t *target) place(record []byte) (address string, headers []string, err error) {
	text, err := t.path.append([]byte(t.origin), record, asSegment)
	if err == nil {
		text, err = t.query.append(text, record, asQuery)
	}
	for i := 0; i < len(t.headers) && err == nil; i++ {
		var value []byte
		if value, err = t.headers[i].value.append(nil, record, asHeader); err == nil {
			headers = append(headers, string(value))
		}
	}
	return string(text), headers, err
}
