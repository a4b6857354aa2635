// Package filter is a filter's common life: it joins the options that every
// tool has to the edges of the process, the framing, the rejects, compression
// and the meter, so that the tools share one wiring and one behaviour.
//
// A tool puts Common (and Records, if it judges records) into its struct, adds
// their Options to its own, calls Begin when it starts and End with what its
// work answered. It is not a framework: it never calls a tool's loop.
package filter

import (
	"ndjsontools/lib/codec"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// Sizes that the manual names.
const (
	// InputBuffer is the size that a record reader's buffer starts with.
	InputBuffer = 256 << 10
	// OutputBuffer is how much output is gathered for one write.
	OutputBuffer = 128 << 10
	// PipeSize is what the pipes on both sides are enlarged to, where the
	// system allows it. The default of 64 KiB makes both neighbours wake up
	// four times as often; beyond 256 KiB nothing is gained and records wait
	// longer (measured with gen | map | sink on two cores).
	PipeSize = 256 << 10
)

// Common is what every tool can be told. The zero value is not the default;
// take NewCommon.
type Common struct {
	Quiet, Verbose bool
	Progress       string // auto, always or never
	Stats          string // where statistics go: a file, fd:N, or nowhere
	StatsEvery     units.Duration
	PipeSize       units.Size
	PipeSizeGiven  bool // by the user
}

// NewCommon is Common with its defaults.
func NewCommon() Common { return Common{Progress: "auto", PipeSize: PipeSize} }

// Options are the options that set c.
func (c *Common) Options() []tool.Option {
	return []tool.Option{
		{Name: "pipe-size", Arg: "SIZE", Usage: "enlarge the pipes on both sides to SIZE where the system allows it", Value: tool.Given(&c.PipeSize, &c.PipeSizeGiven)},
		{Name: "stats", Arg: "FILE", Usage: "write statistics as NDJSON to FILE, or to a descriptor: fd:N", Value: tool.Path(&c.Stats), File: true},
		{Name: "stats-every", Arg: "DURATION", Usage: "write statistics that often, not only at the end", Value: tool.Positive(&c.StatsEvery)},
		{Name: "progress", Arg: "WHEN", Usage: "draw a progress line: auto, always, never", Value: tool.Choice(&c.Progress, whens...), Choices: whens},
		{Name: "quiet", Short: "q", Usage: "no summary, no progress, no message for a single record", Value: tool.Bool(&c.Quiet)},
		{Name: "verbose", Short: "v", Usage: "print the summary even where standard error is no terminal", Value: tool.Bool(&c.Verbose)},
	}
}

var whens = []string{"auto", "always", "never"}

// Validate checks what the options can't check alone.
func (c *Common) Validate() error {
	if c.StatsEvery > 0 && c.Stats == "" {
		return tool.Usagef("--stats-every needs --stats to say where to")
	}
	if c.Quiet && c.Verbose {
		return tool.Usagef("--quiet and --verbose contradict each other")
	}
	if c.Quiet && c.Progress == "always" {
		return tool.Usagef("--quiet and --progress=always contradict each other")
	}
	return nil
}

// mostJobs bounds what the jobs of a tool hold between them.
const mostJobs = 1024

// JobsOption is -P for a tool that works in several goroutines; *jobs is the
// default.
func JobsOption(jobs *int64, usage string) tool.Option {
	return tool.Option{Name: "jobs", Short: "P", Arg: "N", Usage: usage, Value: tool.Range(jobs, 1, mostJobs)}
}

// CompressOption is -z for a tool that writes a compressed stream.
func CompressOption(spec *codec.Spec) tool.Option {
	return tool.Option{
		Name: "compress", Short: "z", Arg: "FORMAT",
		Usage: "compress the output: gzip, zstd or s2, with a level if wanted (zstd:3)", Value: spec,
		Choices: []string{"gzip", "zstd", "s2"},
	}
}
