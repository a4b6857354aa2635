package syntax

// Span is the place of a node: its bytes are program[Start:End].
type Span struct{ Start, End int }

// Place is the span itself, so that every node has the method.
func (s Span) Place() Span { return s }

// Node is any expression. The types below are all there are.
type Node interface{ Place() Span }

// Program is a whole source text. One without a body is ".", or a module.
type Program struct {
	Span
	Meta    Node // the object after "module", or nil
	Imports []*Import
	Defs    []*FuncDef // definitions that no expression follows
	Body    Node       // nil when there are only definitions, or nothing
}

// Import is an "import" or an "include" with its metadata object.
type Import struct {
	Span
	Path    string
	Alias   string // the name after "as", without "$"; empty for include
	IsData  bool   // import "x" as $name: the file is JSON
	Include bool
	Meta    Node // an object, or nil
}

// FuncDef is "def name(params): body;".
type FuncDef struct {
	Span
	Name   string
	At     Span // of the name
	Params []Param
	Body   Node
}

// Param is one parameter. IsVar means "$name", which is "name as $name" too.
type Param struct {
	Name  string // without "$"
	IsVar bool
}

// The expressions. Names of variables stand without their "$".
type (
	// Identity is ".".
	Identity struct{ Span }

	// RecurseAll is "..".
	RecurseAll struct{ Span }

	// Constant is null, true or false.
	Constant struct {
		Span
		Name string
	}

	// Number is a literal as it is spelled; "5.", ".5" and "00" are possible.
	Number struct {
		Span
		Text string
	}

	// String is a string literal, with the "@format" in front of it, if any.
	// Parts alternate as they were written; without interpolation there is at
	// most one part.
	String struct {
		Span
		Format string // with "@", or empty
		Parts  []Part
	}

	// Format is "@name" on its own.
	Format struct {
		Span
		Name string // with "@"
	}

	// Array is "[body]"; the body of "[]" is nil.
	Array struct {
		Span
		Body Node
	}

	// Object is "{...}".
	Object struct {
		Span
		Pairs []Pair
	}

	// Index is "base[key]", and ".name", whose key is a String. Optional, here
	// and below, is a "?" right behind it: it forgives this step, and neither
	// the base nor the key.
	Index struct {
		Span
		Base, Key Node
		Optional  bool
	}

	// Slice is "base[from:to]"; one of both may be nil.
	Slice struct {
		Span
		Base, From, To Node
		Optional       bool
	}

	// Iterate is "base[]".
	Iterate struct {
		Span
		Base     Node
		Optional bool
	}

	// Negate is "-x".
	Negate struct {
		Span
		X Node
	}

	// Binary is "left op right", for all operators from "|" to "%".
	Binary struct {
		Span
		Op          string
		At          int // offset of the operator
		Left, Right Node
	}

	// Comma is "a, b, ...". It has many parts since programs may carry long
	// lists, and a chain of pairs would nest as deep as the list is long.
	Comma struct {
		Span
		Parts []Node
	}

	// Define is "def f: ...; rest".
	Define struct {
		Span
		Def  *FuncDef
		Rest Node
	}

	// Bind is "source as pattern ?// pattern ... | body".
	Bind struct {
		Span
		Source   Node
		Patterns []*Pattern
		Body     Node
	}

	// Reduce is "reduce source as patterns (init; update)".
	Reduce struct {
		Span
		Source       Node
		Patterns     []*Pattern
		Init, Update Node
	}

	// Foreach is "foreach source as patterns (init; update; extract)"; extract
	// is nil when it is not there.
	Foreach struct {
		Span
		Source                Node
		Patterns              []*Pattern
		Init, Update, Extract Node
	}

	// If is one condition. An "elif" is an If in Else; without "else" Else is nil.
	If struct {
		Span
		Cond, Then, Else Node
	}

	// Try is "try body catch handler", and "body?" where body is not one of the
	// three above. Handler may be nil.
	Try struct {
		Span
		Body, Handler Node
	}

	// Label is "label $name | body".
	Label struct {
		Span
		Name string
		Body Node
	}

	// Break is "break $name".
	Break struct {
		Span
		Name string
	}

	// Var is "$name", also with a module's prefix, "$a::b".
	Var struct {
		Span
		Name string
	}

	// Loc is "$__loc__".
	Loc struct {
		Span
		Line int // from 1
	}

	// Call is "name" or "name(args)", also with a module's prefix, "a::b".
	Call struct {
		Span
		Name string
		Args []Node
	}
)

// Part is a piece of a string: text, or the expression of "\(...)".
type Part struct {
	Text string
	Expr Node // nil for text
}

// Pair is one member of an object construction. Value is nil for a shorthand:
// {a}, {"a"}, {@f "a"} and {$a}; Key of the last one is a Var, or a Loc.
type Pair struct {
	Key, Value Node
}

// Pattern is a destructuring pattern: one of a variable, an array, an object.
type Pattern struct {
	Span
	Var    string // without "$"
	Array  []*Pattern
	Object []PatternPair
}

// PatternPair is one member of an object pattern. {$a} and {$a: pattern} have
// Var; the others have Key, and always a Value.
type PatternPair struct {
	Var   string // without "$"
	At    Span
	Key   Node
	Value *Pattern
}

// Text is the string's value when it is one without interpolation.
func (s *String) Text() (string, bool) {
	switch {
	case len(s.Parts) == 0:
		return "", true
	case len(s.Parts) == 1 && s.Parts[0].Expr == nil:
		return s.Parts[0].Text, true
	}
	return "", false
}
