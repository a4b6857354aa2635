package meter

import "testing"

func TestParseHWM(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
	}{
		{"Name:\tx\nVmPeak:\t  99 kB\nVmHWM:\t   1234 kB\nVmRSS:\t 1 kB\n", 1234 * 1024},
		{"Name:\tVmHWM: 7 kB\nVmRSS:\t 1 kB\n", 0},
		{"Name:\tx\nVmHWM:\t 5 kB", 5 * 1024},
		{"Name:\tx\nVmHWM:\t 5 MB\n", 0},
		{"Name:\tx\nVmHWM:\t kB\n", 0},
		{"", 0},
	} {
		if got := parseHWM([]byte(c.in)); got != c.want {
			t.Errorf("parseHWM(%q): got %d; want %d", c.in, got, c.want)
		}
	}
}
