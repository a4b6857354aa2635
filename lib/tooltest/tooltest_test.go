package tooltest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ndjsontools/lib/tool"
)

// sample is a command with an option of each kind.
func sample() *tool.Command {
	var raw bool
	var file, pair, how string
	when, count := "auto", int64(7)
	return &tool.Command{
		Name: "try", Summary: "try things", Synopsis: []string{"[options] [FILE ...]"},
		Options: []tool.Option{
			{Name: "raw", Usage: "don't quote", Value: tool.Bool(&raw)},
			{Name: "count", Short: "n", Arg: "N", Usage: "that many [of it]: a number", Value: tool.Int(&count, 0)},
			{Name: "when", Arg: "WHEN", Usage: "when", Value: tool.Choice(&when, "auto", "never"), Choices: []string{"auto", "never"}},
			{Name: "log", Short: "l", Arg: "FILE", Usage: "write to FILE", Value: tool.String(&file), File: true},
			{Name: "check", Short: "c", Arg: "HOW", Usage: "check", Bare: "all", Value: tool.Choice(&how, "all", "ids"), Choices: []string{"all", "ids"}},
			{Name: "load", Arg: "NAME FILE", Usage: "set $NAME", Value: tool.String(&pair), File: true},
		},
	}
}

const samplePage = `.Dd October 1, 2025
.Dt TRY 1
.Os
.Sh NAME
.Nm try
.Nd try things
.Sh SYNOPSIS
.Sh DESCRIPTION
.Sh OPTIONS
.Bl -tag -width Ds
.It Fl -raw
Don't quote.
.It Fl n , Fl -count Ar N
That many.
The default is 7.
.It Fl -when Ar WHEN
One of:
.Bl -tag -width Ds
.It Cm auto
Guess.
.El
.Pp
The default is
.Cm auto .
.It Fl l , Fl -log Ar FILE
Where to.
.It Fl c , Fl -check Ns Op = Ns Ar HOW
Check.
.It Fl -load Ar NAME FILE
Sets.
.It Fl h , Fl -help
Help.
.It Fl V , Fl -version
Version.
.El
.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
Done.
.It 128+n
Signal.
.El
.Sh EXAMPLES
.Bd -literal -offset indent
$ try \e
    \(aqa\(aq
\&.dot
$ try b
.Ed
.\" needs a server
.Bd -literal
$ try d
.Ed
.\" a remark
.Dl try < c
.Sh SEE ALSO
.Sh BUGS
`

func TestPageProblems(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{".Nd try things", ".Nd other", "NAME is"},
		{".Sh BUGS", ".Sh MISTAKES", "sections are"},
		{"is 7.", "is 8.", `--count: default is documented as "8"; want "7"`},
		{"The default is 7.\n", "", `--count: default is documented as ""; want "7"`},
		{"Don't quote.", "The default is 7.", `--raw: default is documented as "7"; want ""`},
		{".Cm auto .", ".Cm never .", `documented as "never"`},
		{"Fl n , ", "", `--count: short option is documented as ""`},
		{"Ar NAME FILE", "Ar NAME", `--load: value is documented as "NAME"; want "NAME FILE"`},
		{"-check Ns Op = Ns Ar", "-check Ar", "--check: that its value may be missing is documented as false; want true"},
		{".It Fl -raw\nDon't quote.\n", "", "--raw is not documented"},
		{"Don't quote.\n", "", "--raw: nothing is said of it"},
		{"Fl -raw", "Fl -rwa", "--rwa is documented, but there is no such option"},
		{".It Fl -raw\n", ".It Fl -raw\nx\n.It Fl -raw\n", "--raw is documented twice"},
		{".It Fl V , Fl -version\nVersion.\n", "", "--version is not documented"},
		{".It Fl -raw", ".It Fl -raw Cm x", "can't read .It"},
		{".It 0", ".It 9", "EXIT STATUS has 9"},
		{".It 0", ".It nought", "EXIT STATUS has no items"},
	} {
		page, err := parsePage(strings.Replace(samplePage, c.old, c.new, 1))
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(pageProblems(sample(), page), "\n")
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q -> %q: problems %q; want %q", c.old, c.new, got, c.want)
		}
	}
}

func TestOptionProblems(t *testing.T) {
	var s string
	yes := true
	for _, c := range []struct {
		o    tool.Option
		want string
	}{
		{tool.Option{Name: "fine", Short: "f", Arg: "X", Usage: "is fine", Value: tool.String(&s)}, ""},
		{tool.Option{Name: "x1", Arg: "X", Value: tool.String(&s)}, "no usage text"},
		{tool.Option{Name: "x1", Arg: "X", Usage: "Upper", Value: tool.String(&s)}, "lower case"},
		{tool.Option{Name: "x1", Arg: "X", Usage: "stop.", Value: tool.String(&s)}, "full stop"},
		{tool.Option{Name: "X1", Arg: "X", Usage: "x", Value: tool.String(&s)}, "a name is"},
		{tool.Option{Name: "x1", Short: "xy", Arg: "X", Usage: "x", Value: tool.String(&s)}, "not one letter"},
		{tool.Option{Name: "x1", Arg: "x", Usage: "x", Value: tool.String(&s)}, "not in upper case"},
		{tool.Option{Name: "x1", Arg: "A B C", Usage: "x", Value: tool.String(&s)}, "takes 3 values"},
		{tool.Option{Name: "x1", Arg: "A B", Usage: "x", Bare: "y", Value: tool.String(&s)}, "only one value may be missing"},
		{tool.Option{Name: "x1", Usage: "x", Value: tool.Bool(&yes)}, "needs a placeholder"},
		{tool.Option{Name: "raw", Usage: "x", Value: tool.Bool(new(bool))}, "--raw is there twice"},
		{tool.Option{Name: "x1", Short: "h", Usage: "x", Value: tool.Bool(new(bool))}, "-h is there twice"},
	} {
		command := sample()
		command.Options = append(command.Options, c.o)
		got := strings.Join(optionProblems(command), "\n")
		if !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%+v: problems %q; want %q", c.o, got, c.want)
		}
	}
}

func TestExamples(t *testing.T) {
	page, err := parsePage(samplePage)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parseExamples(page.Section("EXAMPLES"))
	want := []Example{{"try \\\n    'a'", []string{".dot"}, ""}, {"try b", nil, ""}, {"try d", nil, "a server"}, {"try < c", nil, ""}}
	if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("examples %q, %v; want %q", got, err, want)
	}
	for _, bad := range [][]string{{".Bd -literal", "output", ".Ed"}, {".Bd -literal", "$ a", ".Pp", ".Ed"}} {
		if got, err := parseExamples(bad); err == nil {
			t.Errorf("%q: examples %q; want an error", bad, got)
		}
	}
}

// The two options that lib/tool adds are the ones that we say it adds, and the
// statuses are those of lib/exit.
func TestInStep(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if status, _ := tool.Run(sample(), []string{"try", "--help"}, out, out, out); status != 0 {
		t.Fatalf("--help: status %d", status)
	}
	text, err := os.ReadFile(out.Name())
	if got, want := string(text), sample().Help(allOptions(sample())); err != nil || got != want {
		t.Errorf("help is %q, %v; want %q", got, err, want)
	}

	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "exit", "exit.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 && spec.Names[0].Name != "Signal" {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				status, _ := strconv.Atoi(lit.Value)
				want = append(want, status)
			}
		}
		return true
	})
	slices.Sort(want)
	if got := Statuses(); !slices.Equal(got, want) || len(want) < 10 {
		t.Errorf("statuses %v; want those of lib/exit, %v", got, want)
	}
}

func TestSyntax(t *testing.T) {
	for _, sh := range shells {
		path := filepath.Join(t.TempDir(), sh.file("try"))
		if err := os.WriteFile(path, []byte(sh.generate(sample())), 0o666); err != nil {
			t.Fatal(err)
		}
		checkSyntax(t, sh.name, path)
	}
}

// runner is sample, with commands for operands.
func runner() *tool.Command {
	c := sample()
	c.EndsOptions = func(string) bool { return true }
	return c
}

func TestBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	files, kinds, runs := sample(), sample(), runner()
	kinds.Synopsis = []string{"[null:|file:PATH]"}
	for _, c := range []struct {
		words, want string
		command     *tool.Command
	}{
		{"try --wh", "--when", files},
		{"try -", "--raw --count -n --when --log -l --check -c --load --help -h --version -V", files},
		{"try --when ", "auto never", files},
		{"try --when = ", "auto never", files},
		{"try --when = n", "never", files},
		{"try --when =", "auto never", files},
		{"try --count ", "", files},
		{"try --check ", "FILES", files},
		{"try --check =", "all ids", files},
		{"try --check = i", "ids", files},
		{"try --log ", "FILES", files},
		{"try --load ", "", files},
		{"try --load x ", "FILES", files},
		{"try --raw x", "FILES", files},
		{"try -- --wh", "FILES", files},
		{"try ", "null: file:", kinds},
		{"try file :", "FILES", kinds},
		{"try file : /x", "FILES", kinds},
		{"try --count ", "", kinds},
		{"try cat --wh", "FILES", runs}, // no option of ours behind an operand
		{"try --count 3 --when = auto cat x", "FILES", runs},
		{"try --when ", "auto never", runs},
		{"try --wh", "--when", runs},
		{"try readonl", "readonly", runs},
		{"try -n 3 readonl", "readonly", runs},
		{"try -- readonl", "readonly", runs},
		{"try cat --x ::: readonl", "readonly", runs},
		{"try cat ::: cat x", "FILES", runs},
	} {
		// compopt works only while bash completes: this one shows that it was asked
		script := bashCompletion(c.command) + `
compopt() { COMPREPLY=(FILES); }
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _try; echo "${COMPREPLY[*]}"`
		args := append([]string{"-c", script, "bash"}, strings.Split(c.words, " ")...)
		out, err := exec.Command(bash, args...).CombinedOutput()
		if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != c.want {
			t.Errorf("%q completes to %q, %v; want %q", c.words, got, err, c.want)
		}
	}
}

func TestOperandWords(t *testing.T) {
	for _, c := range []struct{ form, want string }{
		{"[-n COUNT] [options]", ""},
		{"PROGRAM [FILE ...]", ""},
		{"[options] [null:|sim:SPEC|file:PATH]", "null: sim: file:"},
		{"[options] exec -- COMMAND [ARGUMENT ...]", "exec"},
	} {
		if got := strings.Join(operandWords(&tool.Command{Synopsis: []string{c.form}}), " "); got != c.want {
			t.Errorf("operandWords(%q) = %q; want %q", c.form, got, c.want)
		}
	}
}

// What zsh gives to _arguments after its quotes are off.
func TestZsh(t *testing.T) {
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip("zsh is not installed")
	}
	out, err := exec.Command(zsh, "-fc", `_arguments() { print -rl -- "$@" }`+"\n"+zshCompletion(sample())).CombinedOutput()
	want := `-s
-S
--raw[don't quote]
*-n+[that many \[of it\]\: a number]:N: 
*--count=[that many \[of it\]\: a number]:N: 
*--when=[when]:WHEN:(auto never)
*-l+[write to FILE]:FILE:_files
*--log=[write to FILE]:FILE:_files
*-c-[check]::HOW:(all ids)
*--check=-[check]::HOW:(all ids)
*--load[set $NAME]:NAME: :FILE:_files
(-h --help)-h[print this help]
(-h --help)--help[print this help]
(-V --version)-V[print the version]
(-V --version)--version[print the version]
*:file:_files
`
	if err != nil || string(out) != want {
		t.Errorf("_arguments gets %s, %v; want %s", out, err, want)
	}
}

func TestFish(t *testing.T) {
	fish, err := exec.LookPath("fish")
	if err != nil {
		t.Skip("fish is not installed")
	}
	for _, c := range []struct{ line, want string }{
		{"try --wh", "--when\twhen"},
		{"try --when=n", "--when=never\twhen"},
		{"try --check=i", "--check=ids\tcheck"},
		{"try --ra", "--raw\tdon't quote"},
		{"try --count ", ""},
		{"run --wh", "--when\twhen"},
		{"run --when=n", "--when=never\twhen"},
		{"run -n 3 cat --wh", ""},
		{"run try --ra", "--raw\tdon't quote"},
		{"run cat ::: try --wh", "--when\twhen"},
		{"run -- try --ra", "--raw\tdon't quote"},
		{"run -n 3 --raw try --ra", "--raw\tdon't quote"},
	} {
		dir := t.TempDir()
		runs := runner()
		runs.Name = "run"
		command := exec.Command(fish, "--no-config", "-c", fishCompletion(sample())+fishCompletion(runs)+"complete -C "+fishQuote(c.line))
		command.Dir, command.Env = dir, append(os.Environ(), "HOME="+dir)
		out, err := command.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%q completes to %q, %v; want %q", c.line, got, err, c.want)
		}
	}
}
