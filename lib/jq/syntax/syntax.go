// Package syntax reads programs of the jq language (the grammar of jq 1.8)
// into a tree whose every node knows its place in the program.
//
// It knows words and structure only: whether a function exists, and what a
// program does, is lib/jq's business. It reads no files: an import is a node.
//
// The parser is written by hand: precedence climbing over a lexer that is asked
// for one token at a time. A generated parser would be shorter to argue for,
// but its messages ("unexpected token") are what people complain about, and
// places for carets are the reason why the tree is ours at all. Nesting is
// counted, so that no program can exhaust the stack: the price is a limit,
// MaxDepth, which is above what jq's own parser takes.
//
// What jq accepts is accepted. Beyond it: ".a?//1" is ".a? // 1" (jq sees the
// destructuring operator there), any term may be followed by "?" and more
// suffixes, and "def" and "label" may start any operand.
package syntax

// MaxDepth is how deep the parts of a program may nest.
const MaxDepth = 3000

// Parse reads a whole program. An error is an *Error.
func Parse(program string) (prog *Program, err error) {
	p := &parser{lexer: lexer{src: program}}
	defer func() {
		if r := recover(); r != nil {
			e, ours := r.(*Error)
			if !ours {
				panic(r)
			}
			prog, err = nil, e
		}
	}()
	p.next()
	return p.program(), nil
}

// Error says why a program is not one.
type Error struct {
	Offset  int    // of the byte where the program stops making sense
	Message string // what was found and what was expected
	Hint    string // what to do about it, or empty
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}
