// Package tooltest holds a tool to what is written about it: CheckMan compares
// its manual page with its options, CheckCompletion its shell completions, and
// Examples takes the examples out of a page so that a test can run them.
//
// A tool's test is three lines:
//
//	func TestMan(t *testing.T)        { tooltest.CheckMan(t, command(), "../../man/throttle.1") }
//	func TestCompletion(t *testing.T) { tooltest.CheckCompletion(t, command()) }
//
// Only tests import it: that is why the completions are made here and kept in
// scripts/completion, and not made by the tools themselves. The price is that a
// changed option needs one more command (make completion); what is won is that
// no binary carries shell code, and that the difference is reviewed.
//
// It understands as much of mdoc as the pages use. Whether a page is good mdoc
// is for mandoc -T lint to say.
package tooltest

import "ndjsontools/lib/tool"

// allOptions are the options of a command and the two that lib/tool gives to
// every one.
func allOptions(c *tool.Command) []tool.Option {
	var help, version bool
	return append(c.Options[:len(c.Options):len(c.Options)],
		tool.Option{Name: "help", Short: "h", Usage: "print this help", Value: tool.Bool(&help)},
		tool.Option{Name: "version", Short: "V", Usage: "print the version", Value: tool.Bool(&version)})
}
