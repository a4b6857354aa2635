package jq

import (
	"math"
	"strings"
)

// special reads a number that is not one, or infinite, as jq's tonumber and
// fromjson read them: in letters of any case, with a sign or without.
func special(s string) (float64, bool) {
	word, negative := strings.CutPrefix(s, "-")
	if !negative {
		word = strings.TrimPrefix(s, "+")
	}
	switch strings.ToLower(word) {
	case "nan":
		return math.NaN(), true
	case "inf", "infinity":
		if negative {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	}
	return 0, false
}
