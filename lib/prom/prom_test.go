package prom

import (
	"math"
	"testing"
)

func TestPage(t *testing.T) {
	var p Page
	p.Counter("a_total", "A \\ word,\nand \"another\".", Of(1e15), Sample{[]Label{{"on", "a\"b\\c\nd\xff"}, {"x", ""}}, 0.5})
	p.Gauge("b", "", Of(math.Inf(1)))
	p.Summary("c_seconds", "C.", 1.5, 3, Quantile{0.5, 0.25}, Quantile{0.999, 1})
	p.Summary("d_seconds", "D.", 0, 0, Quantile{0.5, 0})
	p.Gauge("none", "None.")
	want := `# HELP a_total A \\ word,\nand "another".
# TYPE a_total counter
a_total 1e+15
a_total{on="a\"b\\c\nd` + "\ufffd" + `",x=""} 0.5
# HELP b 
# TYPE b gauge
b +Inf
# HELP c_seconds C.
# TYPE c_seconds summary
c_seconds{quantile="0.5"} 0.25
c_seconds{quantile="0.999"} 1
c_seconds_sum 1.5
c_seconds_count 3
# HELP d_seconds D.
# TYPE d_seconds summary
d_seconds{quantile="0.5"} NaN
d_seconds_sum 0
d_seconds_count 0
# HELP none None.
# TYPE none gauge
`
	if got := string(p.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
