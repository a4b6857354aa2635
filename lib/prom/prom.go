// Package prom writes metrics in the text format of Prometheus, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// It is not a registry: who has the figures writes them, each time that they are
// asked for, so that nothing is kept twice and nothing has to be locked. It does
// not serve them either, and it reads nothing.
//
// A library of its vendor would bring nine modules for what is a page of code;
// the price is that there are no histograms by buckets, only summaries by
// quantiles, which can't be added up over processes.
package prom

import (
	"math"
	"strconv"
	"strings"
)

// ContentType is what an answer that carries the text says of itself.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// A Page is the text so far; the zero Page is empty. Each metric is written
// once, with all its samples.
type Page struct{ text []byte }

// Bytes is the text. It is the Page's until the next metric.
func (p *Page) Bytes() []byte { return p.text }

// A Label is a name, [a-zA-Z_][a-zA-Z0-9_]*, and any value.
type Label struct{ Name, Value string }

// A Sample is one figure of a metric.
type Sample struct {
	Labels []Label
	Value  float64
}

// Counter writes a metric that only grows while the process lives. Its name, by
// convention, ends in _total; help is a sentence.
func (p *Page) Counter(name, help string, samples ...Sample) {
	p.metric("counter", name, help, samples)
}

// Gauge writes a metric that goes up and down.
func (p *Page) Gauge(name, help string, samples ...Sample) { p.metric("gauge", name, help, samples) }

// Of is the one sample of a metric without labels.
func Of(v float64) Sample { return Sample{Value: v} }

// A Quantile says that the share Of of all observations is at most Value.
type Quantile struct{ Of, Value float64 }

// Summary writes a distribution: quantiles, the sum and the count.
func (p *Page) Summary(name, help string, sum float64, count int64, quantiles ...Quantile) {
	samples := make([]Sample, len(quantiles))
	for i, q := range quantiles {
		samples[i] = Sample{[]Label{{"quantile", number(q.Of)}}, q.Value}
		if count == 0 {
			samples[i].Value = math.NaN()
		}
	}
	p.metric("summary", name, help, samples)
	p.sample(name+"_sum", Of(sum))
	p.sample(name+"_count", Of(float64(count)))
}

func (p *Page) metric(kind, name, help string, samples []Sample) {
	p.line("# HELP ", name, " ", helpEscapes.Replace(help))
	p.line("# TYPE ", name, " ", kind)
	for _, s := range samples {
		p.sample(name, s)
	}
}

func (p *Page) sample(name string, s Sample) {
	labels := ""
	for i, l := range s.Labels {
		between := ","
		if i == 0 {
			between = "{"
		}
		labels += between + l.Name + `="` + labelEscapes.Replace(strings.ToValidUTF8(l.Value, "\ufffd")) + `"`
	}
	if labels != "" {
		labels += "}"
	}
	p.line(name, labels, " ", number(s.Value))
}

func (p *Page) line(parts ...string) {
	for _, s := range parts {
		p.text = append(p.text, s...)
	}
	p.text = append(p.text, '\n')
}

// number is a float as the format wants it, which is as Go writes it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)
