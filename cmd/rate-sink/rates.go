package main

import (
	"fmt"
	"strconv"
	"strings"

	"ndjsontools/lib/pace"
	"ndjsontools/lib/sink"
	"ndjsontools/lib/tool"
	"ndjsontools/lib/units"
)

// rates are how fast we may go, in one unit or several.
type rates struct {
	records, bytes units.Rate
	requests       units.Rate // attempts; its own unit is that of records
}

// set takes one rate of each unit.
func (r *rates) set(s string) error {
	p, text := &r.records, s
	amount, per, _ := strings.Cut(s, "/")
	if n, ok := strings.CutSuffix(amount, "req"); ok {
		p, text = &r.requests, n+"/"+per
	}
	rate, err := units.ParseRate(text)
	if err != nil {
		return err
	}
	switch {
	case rate.Unit != units.Bytes:
	case p == &r.requests:
		return tool.Usagef("%s: requests are counted, not measured: 10req/s", s)
	default:
		p = &r.bytes
	}
	if p.N != 0 {
		return tool.Usagef("%s: one rate of each unit is enough", s)
	}
	*p = rate
	return nil
}

// limits paces the reading. Requests are paced where they begin.
func (r *rates) limits() *pace.Limits {
	return pace.NewLimits(pace.New(r.records, 0), pace.New(r.bytes, 0))
}

// mostConcurrency bounds --concurrency: beyond it, it is a mistake.
const mostConcurrency = 1024

// concurrency is how many attempts may be under way at once.
type concurrency struct{ sink.Concurrency }

func (c *concurrency) String() string {
	if c.Auto {
		return "auto"
	}
	return strconv.Itoa(c.Most)
}

// Set takes a number or the word auto.
func (c *concurrency) Set(s string) error {
	if s == "auto" {
		c.Concurrency = sink.Concurrency{Most: sink.AutoMost, Auto: true}
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > mostConcurrency {
		return fmt.Errorf("%q is not a number from 1 to %d, nor auto", s, mostConcurrency)
	}
	c.Concurrency = sink.Concurrency{Most: n}
	return nil
}
