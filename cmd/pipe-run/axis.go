package main

import (
	"fmt"
	"math"
	"time"
)

// axis is the time, with lines through all stages.
func (p *plotter) axis() {
	top, bottom := p.top-6, p.height-46
	p.line(plotLeft, bottom, plotRight, bottom, colourQuiet, 1)
	every := tickEvery(p.length)
	for at := time.Duration(0); at <= p.length; at += every {
		x := p.x(at)
		p.line(x, top, x, bottom, colourGrid, 1)
		p.line(x, bottom, x, bottom+5, colourQuiet, 1)
		p.text(x, bottom+19, 12, `text-anchor="middle"`, tickText(at, every))
	}
	p.text((plotLeft+plotRight)/2, bottom+38, 12, `text-anchor="middle" fill="`+colourQuiet+`"`, "time since the start")
}

// panel is the ground that curves are drawn on.
func (p *plotter) panel(top, height float64) {
	p.rect(plotLeft, top, plotRight-plotLeft, height, "#ffffff")
	every := tickEvery(p.length)
	for at := every; at < p.length; at += every {
		p.line(p.x(at), top, p.x(at), top+height, colourGrid, 1)
	}
}

// tickEvery is a round time; from two to ten of it are in length.
func tickEvery(length time.Duration) time.Duration {
	for unit := time.Microsecond; unit < time.Second; unit *= 10 {
		for _, n := range []time.Duration{1, 2, 5} {
			if n*unit*10 >= length {
				return n * unit
			}
		}
	}
	for _, s := range []time.Duration{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200} {
		if s*time.Second*10 >= length {
			return s * time.Second
		}
	}
	const day = 24 * time.Hour
	return (length/(10*day) + 1) * day
}

// tickText is a moment as the ticks show it.
func tickText(at, every time.Duration) string {
	switch {
	case at == 0:
		return "0"
	case every < time.Millisecond:
		return fmt.Sprintf("%g ms", float64(at)/float64(time.Millisecond))
	case every < time.Second && at < time.Second:
		return fmt.Sprintf("%d ms", at.Milliseconds())
	case every < time.Second:
		return fmt.Sprintf("%g s", at.Seconds())
	case every < time.Minute && at < time.Minute:
		return fmt.Sprintf("%d s", at/time.Second)
	case every < time.Minute:
		return fmt.Sprintf("%d:%02d min", at/time.Minute, at%time.Minute/time.Second)
	case at < time.Hour:
		return fmt.Sprintf("%d min", at/time.Minute)
	}
	return fmt.Sprintf("%d:%02d h", at/time.Hour, at%time.Hour/time.Minute)
}

// roundUp is the next round number: 1, 2, 2.5, 4, 5 or 8 with zeros behind.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{1, 2, 2.5, 4, 5, 8} {
		if n*unit >= v*0.999 {
			return n * unit
		}
	}
	return 10 * unit
}
