package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ndjsontools/lib/units"
)

// timetableEvery is how often the wall clock is asked, which may be set, or
// change to summer time.
const timetableEvery = time.Second

// An entry is a rate from a minute of the week on, counted from Sunday 00:00.
type entry struct {
	minute         int
	records, bytes units.Rate
}

// A timetable is a source: rates by the time of day, or of the week, local
// time. It is written as rclone's --bwlimit is.
type timetable struct {
	entries []entry // by minute
	wall    func() time.Time
}

var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// parseTimetable reads entries of the form [DAY-]HH:MM,RATE.
func parseTimetable(s string, wall func() time.Time) (*timetable, error) {
	t := &timetable{wall: wall}
	for _, word := range strings.Fields(s) {
		when, what, ok := strings.Cut(word, ",")
		if !ok {
			return nil, fmt.Errorf("%q is not HH:MM,RATE, such as 08:00,512k or Mon-08:00,100/s", word)
		}
		e, err := parseTableRate(what)
		if err != nil {
			return nil, err
		}
		first, last := 0, len(days)-1
		if day, clock, dated := strings.Cut(when, "-"); dated {
			first = slices.IndexFunc(days, func(d string) bool { return strings.EqualFold(day, d) || strings.EqualFold(day, fullDay(d)) })
			if first < 0 {
				return nil, fmt.Errorf("%q: %q is no day (Mon, Tue, ...)", word, day)
			}
			last, when = first, clock
		}
		clock, err := time.Parse("15:04", when)
		if err != nil {
			return nil, fmt.Errorf("%q: %q is no time of day (HH:MM)", word, when)
		}
		for day := first; day <= last; day++ {
			e.minute = (day*24+clock.Hour())*60 + clock.Minute()
			if err := t.add(e); err != nil {
				return nil, fmt.Errorf("%q: %w", word, err)
			}
		}
	}
	if len(t.entries) == 0 {
		return nil, errors.New("a timetable without an entry")
	}
	return t, nil
}

func (t *timetable) add(e entry) error {
	i, found := slices.BinarySearchFunc(t.entries, e, func(a, b entry) int { return a.minute - b.minute })
	if found {
		return errors.New("there is another rate at the same time")
	}
	t.entries = slices.Insert(t.entries, i, e)
	return nil
}

func fullDay(short string) string {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String()[:3], short) {
			return day.String()
		}
	}
	return short
}

// parseTableRate reads a rate as -r does, "off", or a bandwidth as rclone
// writes it: a number of KiB a second, or one with B, k, M, G or T, in powers
// of 1024.
func parseTableRate(s string) (e entry, err error) {
	if s == "off" || strings.Contains(s, "/") {
		e.records, e.bytes, err = parseRates(s)
		return e, err
	}
	if strings.Contains(s, ":") {
		return e, fmt.Errorf("%q: there is one direction here, so one rate", s)
	}
	size := s
	switch last := s[max(0, len(s)-1):]; {
	case s == "":
		return e, errors.New("no rate after the comma")
	case strings.Contains("0123456789.", last):
		size += "KiB"
	case strings.Contains("kKMGT", last):
		size = s[:len(s)-1] + strings.ToUpper(last) + "iB"
	}
	n, err := units.ParseSize(size)
	if err != nil || n == 0 {
		return e, fmt.Errorf("%q is neither a rate nor a bandwidth: want 100/s, 10MB/s, 512k (KiB/s) or off", s)
	}
	e.bytes = units.Rate{N: int64(n), Per: time.Second, Unit: units.Bytes}
	return e, nil
}

// counts says whether some entry has a rate of records, or one of bytes.
func (t *timetable) counts() (records, bytes bool) {
	for _, e := range t.entries {
		records = records || e.records.N > 0
		bytes = bytes || e.bytes.N > 0
	}
	return records, bytes
}

func (t *timetable) rates(now time.Duration) (records, bytes units.Rate, again time.Duration) {
	wall := t.wall()
	e := t.at((int(wall.Weekday())*24+wall.Hour())*60 + wall.Minute())
	return e.records, e.bytes, now + timetableEvery
}

// at is the entry that holds in a minute of the week: the last one before its
// end, which may be of the week before.
func (t *timetable) at(minute int) entry {
	for _, e := range slices.Backward(t.entries) {
		if e.minute <= minute {
			return e
		}
	}
	return t.entries[len(t.entries)-1]
}
