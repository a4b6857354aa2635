package tooltest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/tool"
)

// sections are the sections of a tool's page, in their order.
var sections = []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO", "BUGS"}

// CheckMan fails the test for every difference between a command and its manual
// page at path: names, placeholders and defaults of options, statuses that
// lib/exit does not have, missing sections. A page states a default by the
// sentence "The default is X." It also holds the options to the house rules.
func CheckMan(t testing.TB, c *tool.Command, path string) {
	t.Helper()
	page, err := ReadPage(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range append(optionProblems(c), pageProblems(c, page)...) {
		t.Errorf("%s", problem)
	}
}

// pageProblems is what is wrong with a command's page.
func pageProblems(c *tool.Command, page *Page) []string {
	var problems []string
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf(format, args...))
	}
	if page.Name != c.Name || page.About != c.Summary {
		report("NAME is %q, %q; want %q, %q", page.Name, page.About, c.Name, c.Summary)
	}
	if !slices.Equal(page.Titles(), sections) {
		report("sections are %q; want %q", page.Titles(), sections)
	}
	table := Statuses()
	for _, s := range page.Statuses() {
		if n, err := strconv.Atoi(s); err != nil || !slices.Contains(table, n) {
			report("EXIT STATUS has %s, which no tool ends with", s)
		}
	}
	if len(page.Statuses()) == 0 {
		report("EXIT STATUS has no items")
	}
	items, err := page.Options()
	if err != nil {
		report("%v", err)
	}
	options := allOptions(c)
	for i, item := range items {
		if slices.ContainsFunc(items[:i], func(o Item) bool { return o.Name == item.Name }) {
			report("--%s is documented twice", item.Name)
		}
		o := slices.IndexFunc(options, func(o tool.Option) bool { return o.Name == item.Name })
		if o < 0 {
			report("--%s is documented, but there is no such option", item.Name)
			continue
		}
		itemProblems(&options[o], item, report)
	}
	for _, o := range options {
		if !slices.ContainsFunc(items, func(i Item) bool { return i.Name == o.Name }) {
			report("--%s is not documented", o.Name)
		}
	}
	return problems
}

func itemProblems(o *tool.Option, item Item, report func(string, ...any)) {
	if item.Short != o.Short {
		report("--%s: short option is documented as %q; want %q", o.Name, item.Short, o.Short)
	}
	if item.Arg != o.Arg {
		report("--%s: value is documented as %q; want %q", o.Name, item.Arg, o.Arg)
	}
	if item.Bare != (o.Bare != "") {
		report("--%s: that its value may be missing is documented as %v; want %v", o.Name, item.Bare, o.Bare != "")
	}
	if item.Default != o.DefaultText() {
		report("--%s: default is documented as %q; want %q (the sentence is: The default is X.)", o.Name, item.Default, o.DefaultText())
	}
	if strings.TrimSpace(plain(item.Text)) == "" {
		report("--%s: nothing is said of it", o.Name)
	}
}

var optionName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// optionProblems is where a command's options break the house rules.
func optionProblems(c *tool.Command) []string {
	var problems []string
	report := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf(format, args...))
	}
	names, letters := map[string]bool{}, map[string]bool{}
	for _, o := range allOptions(c) {
		first, _ := utf8.DecodeRuneInString(o.Usage)
		switch {
		case o.Usage == "":
			report("--%s: no usage text", o.Name)
		case !unicode.IsLower(first):
			report("--%s: usage text %q does not begin in lower case", o.Name, o.Usage)
		case strings.HasSuffix(o.Usage, "."):
			report("--%s: usage text %q ends in a full stop", o.Name, o.Usage)
		}
		if !optionName.MatchString(o.Name) {
			report("--%s: a name is lower case words with dashes between", o.Name)
		}
		if len(o.Short) > 1 || o.Short == "-" {
			report("--%s: short option %q is not one letter", o.Name, o.Short)
		}
		if o.Arg != strings.ToUpper(o.Arg) {
			report("--%s: placeholder %q is not in upper case", o.Name, o.Arg)
		}
		if o.Arity() > 2 {
			report("--%s: takes %d values; 2 is the most", o.Name, o.Arity())
		}
		if o.Bare != "" && o.Arity() != 1 {
			report("--%s: only one value may be missing, not %q", o.Name, o.Arg)
		}
		if o.Arity() == 0 && o.Value.String() != "false" {
			report("--%s: %q is no default of a switch: a value needs a placeholder", o.Name, o.Value.String())
		}
		if names[o.Name] {
			report("--%s is there twice", o.Name)
		}
		if o.Short != "" && letters[o.Short] {
			report("-%s is there twice", o.Short)
		}
		names[o.Name], letters[o.Short] = true, true
	}
	return problems
}

// Statuses are the exit statuses of lib/exit, in rising order, less Signal,
// which is a base to add a number to.
func Statuses() []int {
	return []int{
		exit.OK, exit.Falsy, exit.Usage, exit.Compile, exit.NoOutput, exit.Rejected,
		exit.Input, exit.Unreachable, exit.Defect, exit.IO, exit.Incomplete, exit.Refused,
		exit.TimedOut, exit.CannotExec, exit.NotFound,
	}
}
