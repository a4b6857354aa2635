package main

import (
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// rotation says when file: begins another file.
type rotation struct {
	records units.Count
	bytes   units.Size
	every   units.Duration
}

// fileOptions are for file: alone.
func (s *rateSink) fileOptions() []tool.Option {
	file := func(o tool.Option) tool.Option { return s.bounds.only(o, "file:") }
	return []tool.Option{
		file(tool.Option{Name: "append", Usage: "add to the end of the file", Value: tool.Bool(&s.appends)}),
		file(tool.Option{Name: "rotate-records", Arg: "N", Usage: "begin another file after N records", Value: tool.Positive(&s.rotate.records)}),
		file(tool.Option{Name: "rotate-bytes", Arg: "SIZE", Usage: "begin another file before this one is larger than SIZE", Value: tool.Positive(&s.rotate.bytes)}),
		file(tool.Option{Name: "rotate-every", Arg: "DURATION", Usage: "begin another file that long after this one's first record", Value: tool.Positive(&s.rotate.every)}),
	}
}
