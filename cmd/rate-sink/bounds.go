package main

import (
	"strings"

	"ndjsontools/lib/tool"
)

// bounds are options that only some destinations have a use for.
type bounds []bound

type bound struct {
	name    string
	schemes []string
	given   *bool
}

// only is the option o, which is refused with a destination of other schemes:
// what is accepted is never ignored.
func (b *bounds) only(o tool.Option, schemes ...string) tool.Option {
	given := new(bool)
	*b = append(*b, bound{o.Name, schemes, given})
	o.Value = tool.Given(o.Value, given)
	return o
}

// check refuses the options that say nothing to the destination.
func (b bounds) check(dest string) error {
	for _, o := range b {
		fits := false
		for _, scheme := range o.schemes {
			fits = fits || strings.HasPrefix(dest, scheme)
		}
		if *o.given && !fits {
			kind, _, found := strings.Cut(dest, ":") // what follows may be a secret
			if found {
				kind += ":"
			}
			return tool.Usagef("--%s is for %s, not for %s", o.name, enumerate(o.schemes), kind)
		}
	}
	return nil
}

// enumerate is a list as a sentence has it.
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
