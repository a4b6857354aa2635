package sink

import (
	"os"
	"strings"
	"time"

	"ndjsontools/lib/spell"
)

// Config is what destinations need beside their own spelling.
type Config struct {
	// Encode compresses what is written; nil writes plain bytes. It is an
	// error with a destination that can't be compressed.
	Encode Encode

	// Append, Again and Rotate are for file: alone; for Again see Append.
	Append bool
	Again  bool
	Rotate Rotate

	// EncodeFor chooses an Encode by the suffix of a path, when Encode is nil.
	// It may be nil, and may return nil.
	EncodeFor func(path string) Encode

	Encoding string // the name of Encode's format, such as "gzip", for http:

	HTTP HTTP // for http: and https:; its RunID for exec as well

	// Postgres makes the destinations of package postgres, which stands apart
	// for what it imports; nil: there are none.
	Postgres func(dest string) (Destination, error)

	Clock Clock            // nil: SystemClock
	Now   func() time.Time // the time of day, for names of files; nil: time.Now

	Stdout, Stderr *os.File      // for the children of exec
	Grace          time.Duration // for the children of exec: see Exec.Grace
}

// schemes are the destinations as they are spelled.
func schemes() []string {
	return []string{"null:", "sim:", "file:", "http:", "https:", "postgres:", "exec"}
}

// Parse makes the destination that dest and, for exec, args describe:
//
//	null:
//	sim:latency=10ms,jitter=5ms,errors=1%,rejects=0.1%,seed=7
//	file:PATH
//	http://HOST/PATH, https://HOST/PATH
//	postgres://HOST/DATABASE, or env:NAME, a variable that has that
//	exec, with the command in args
//
// Its errors are of status exit.Usage. Nothing is opened.
func Parse(dest string, args []string, c Config) (Destination, error) {
	if c.Clock == nil {
		c.Clock = SystemClock()
	}
	if dest == "exec" {
		return parseExec(args, c)
	}
	if len(args) > 0 {
		return nil, usagef("%q after the destination %s: there is one destination, and only exec takes arguments", args[0], dest)
	}
	scheme, rest, found := strings.Cut(dest, ":")
	if !found || strings.Contains(scheme, "/") {
		return nil, noScheme(dest)
	}
	if scheme == "file" {
		return parseFile(rest, c)
	}
	if scheme == "http" || scheme == "https" {
		return parseHTTP(dest, c)
	}
	if scheme == "env" || scheme == "postgresql" {
		scheme = "postgres"
	}
	if c.Encode != nil {
		return nil, usagef("%s: takes no compression: only file: and http: do", scheme)
	}
	switch scheme {
	case "null":
		if rest != "" {
			return nil, usagef("null: takes nothing after the colon, but got %q", rest)
		}
		return Null(), nil
	case "sim":
		s, err := ParseSim(rest)
		if err != nil {
			return nil, err
		}
		return s.Destination(c.Clock), nil
	case "postgres":
		if c.Postgres != nil {
			return c.Postgres(dest)
		}
	case "exec":
		return nil, usagef("the command stands behind exec as arguments: exec -- %s", rest)
	}
	return nil, usagef("no destination %q%s; there are %s", scheme+":", spell.DidYouMean(scheme+":", schemes(), "", ""), strings.Join(schemes(), ", "))
}

// noScheme answers a destination without a colon, most often a bare path.
func noScheme(dest string) error {
	for _, s := range schemes() {
		if dest == strings.TrimSuffix(s, ":") {
			return usagef("destination %q lacks its colon: %s", dest, s)
		}
	}
	if dest == "" {
		return usagef("the destination is empty; there are %s", strings.Join(schemes(), ", "))
	}
	return usagef("destination %q is of no kind%s: for a file say file:%s", dest, spell.DidYouMean(dest, schemes(), "", ""), dest)
}

func parseFile(path string, c Config) (Destination, error) {
	switch {
	case path == "":
		return nil, usagef("file: needs a path, such as file:out.ndjson")
	case path == "-":
		return nil, usagef("file:- is not stdout: say file:/dev/stdout, or file:./- for a file of that name")
	case strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///"):
		return nil, usagef("file:%s names a host: say file:/PATH for a file of this machine", path)
	case strings.HasSuffix(path, "/"):
		return nil, usagef("file:%s ends in a slash: name a file in that directory", path)
	}
	encode := c.Encode
	if encode == nil && c.EncodeFor != nil {
		encode = c.EncodeFor(path)
	}
	switch {
	case c.Append && c.Rotate != Rotate{}:
		return nil, usagef("to append and to rotate contradict each other")
	case c.Append && encode != nil:
		return nil, usagef("file: appends no compressed records: a kill would leave what nothing can be appended to; rotate instead")
	case c.Append:
		return Append(path, c.Again, c.Clock), nil
	case c.Rotate != Rotate{}:
		return parseRotating(path, encode, c)
	case strings.Contains(path, seqMark) || strings.Contains(path, timeMark):
		return nil, usagef("file:%s: %s and %s are for files that rotate, by size, count or age", path, seqMark, timeMark)
	}
	return File(path, encode, c.Clock), nil
}

func parseExec(args []string, c Config) (Destination, error) {
	switch {
	case len(args) == 0 || args[0] == "":
		return nil, usagef("exec needs a command: exec -- CMD [ARG...]")
	case c.Encode != nil:
		return nil, usagef("exec takes no compression: put it into the command")
	}
	return Exec{Args: args, RunID: c.HTTP.RunID, Stdout: c.Stdout, Stderr: c.Stderr, Grace: c.Grace}.Destination(), nil
}
