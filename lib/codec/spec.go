package codec

import (
	"fmt"
	"strconv"
	"strings"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/spell"
)

// A Spec says how to compress an output. The zero Spec means not at all. A
// *Spec is a flag.Value; what it accepts is ParseSpec's.
type Spec struct {
	Format Format
	Level  int // 0 is the format's own default
}

// levels are the strengths that a format has: from 1 to the first number, and
// the one that Level 0 means.
func (f Format) levels() (most, normal int) {
	switch f {
	case Gzip:
		return 9, 6
	case Zstd:
		return 22, 3
	case S2, Snappy:
		return 3, 1
	}
	return 0, 0
}

// ParseSpec reads "gzip", "zstd", "s2" or "snappy", with a level behind a colon
// if one is wanted: "zstd:9". More is smaller and slower.
//
//   - gzip: 1 to 9, as in gzip(1); 6 without.
//   - zstd: 1 to 22, as in zstd(1); 3 without. The encoder has four strengths:
//     1 and 2, 3 to 5, 6 to 9, 10 and more are the same.
//   - s2, snappy: 1 to 3; 1 without.
//
// Errors are of status exit.Usage.
func ParseSpec(text string) (Spec, error) {
	name, level, leveled := strings.Cut(text, ":")
	s := Spec{}
	names := make([]string, 0, Snappy)
	for f := Gzip; f <= Snappy; f++ {
		names = append(names, f.String())
		if f.String() == name {
			s.Format = f
		}
	}
	if s.Format == Plain {
		return Spec{}, usage("unknown compression %q%s; use gzip, zstd, s2 or snappy, and :LEVEL if you like",
			name, hint(name, names))
	}
	if !leveled {
		return s, nil
	}
	most, _ := s.Format.levels()
	n, err := strconv.Atoi(level)
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != level {
		return Spec{}, usage("level %q of %s is not a number from 1 to %d", level, name, most)
	}
	s.Level = n
	return s, nil
}

// hint names the format that a wrong name means. People write the suffix of a
// file when they mean its format.
func hint(name string, names []string) string {
	if s := SuffixSpec("." + strings.TrimPrefix(name, ".")); s.Format != Plain {
		return fmt.Sprintf(" (did you mean %v?)", s)
	}
	return spell.DidYouMean(name, names, "", "")
}

func usage(format string, args ...any) error {
	return exit.With(exit.Usage, fmt.Errorf(format, args...))
}

// String spells the Spec as ParseSpec reads it; the zero Spec is empty.
func (s Spec) String() string {
	switch {
	case s.Format == Plain:
		return ""
	case s.Level == 0:
		return s.Format.String()
	}
	return s.Format.String() + ":" + strconv.Itoa(s.Level)
}

// Set replaces s by ParseSpec of text, or leaves it as it is when that fails.
func (s *Spec) Set(text string) error {
	parsed, err := ParseSpec(text)
	if err == nil {
		*s = parsed
	}
	return err
}

// SuffixSpec says how the name of a file promises that it is compressed: .gz
// is gzip, .zst is zstd, .s2 is s2, .sz is snappy. Other names promise nothing,
// which is the zero Spec.
func SuffixSpec(path string) Spec {
	for f, suffix := range [...]string{Gzip: ".gz", Zstd: ".zst", S2: ".s2", Snappy: ".sz"} {
		if suffix != "" && strings.HasSuffix(path, suffix) {
			return Spec{Format: Format(f)}
		}
	}
	return Spec{}
}
