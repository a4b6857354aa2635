package jq

import (
	"slices"
	"testing"
	"time"
)

// What is ours beyond C's strftime and strptime, and the zones.
func TestDates(t *testing.T) {
	opts := testOptions
	opts.Zone = time.FixedZone("XYZ", -(3*3600 + 30*60))
	for _, c := range []struct{ program, want string }{
		{`1425599507.678 | strftime("%S.%f %3N %N %1N")`, `"47.678000 678 678000000 6"`},
		{`1425599507.999999 | strftime("%S.%3N")`, `"47.999"`},
		{`1425599507 | strftime("%Z %z %:z")`, `"GMT +0000 +00:00"`},
		{`1425599507 | strflocaltime("%F %T %Z %z %:z %s")`, `"2015-03-05 20:21:47 XYZ -0330 -03:30 1425599507"`},
		{`1425599507.5 | localtime`, `[2015,2,5,20,21,47.5,4,63]`},
		{`1425599507 | localtime | strflocaltime("%H %Z %s")`, `"20 XYZ 1425599507"`},
		{`"2015-03-05T23:51:47.25Z" | strptime("%FT%T.%fZ")`, `[2015,2,5,23,51,47.25,4,63]`},
		{`"2015-03-05T23:51:47.25Z" | strptime("%FT%T.%fZ") | mktime`, `1425599507`},
		{`"2015-03-05T23:51:47.250Z" | strptime("%FT%T.%3NZ") | strftime("%S.%3N")`, `"47.250"`},
		{`"2015-03-05 23:51 -08:00" | strptime("%F %R %z") | mktime`, `1425599460`},
		{`[0, -0.5, -86400] | map(todate)`, `["1970-01-01T00:00:00Z","1969-12-31T23:59:59Z","1969-12-31T00:00:00Z"]`},
		{`0 | strftime("%1000000000000d") | length`, `1000`},
	} {
		p, err := Compile(c.program, opts)
		if err != nil {
			t.Errorf("Compile(%s): %v", c.program, err)
			continue
		}
		got, err := runOnce(NewRunner(p), decode(t, "null"))
		if err != nil || !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %s, %v; want %s", c.program, got, err, c.want)
		}
	}
}

// Dates that are made of a format and read by it again are the same.
func FuzzDates(f *testing.F) {
	for _, format := range []string{"%Y-%m-%dT%H:%M:%SZ", "%c", "%a, %d %b %y %I:%M:%S %p", "%j %Y %T", "%s", "%U %w %Y", "%e/%-m/%G %f", "%%%n%"} {
		f.Add(format, int64(1425599507))
	}
	f.Fuzz(func(t *testing.T, format string, second int64) {
		if second < 0 || second > 4e9 || len(format) > 60 {
			t.Skip()
		}
		at := time.Unix(second, 0).UTC()
		p, ok := parseTime(string(appendTime(nil, format, at)), format)
		if !ok || format != "%Y-%m-%dT%H:%M:%SZ" {
			return
		}
		if p.year != at.Year() || p.month != int(at.Month())-1 || p.day != at.Day() || p.hour != at.Hour() ||
			p.minute != at.Minute() || p.second != at.Second() || p.weekday != int(at.Weekday()) || p.yearDay != at.YearDay()-1 {
			t.Errorf("%d: got %+v; want %v", second, p, at)
		}
	})
}
