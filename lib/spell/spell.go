// Package spell finds the name that somebody probably meant: for mistyped
// flags, functions, types and schemes.
package spell

import "strings"

// Nearest is the candidate that is closest to word, and whether one is close
// enough to be worth a hint: at most one edit for each three characters begun
// and fewer than it has, or other capitals, or a prefix that only one candidate
// has. An edit is an insertion, a deletion,
// a replacement or a swap of neighbours (optimal string alignment distance).
// Of equally close ones the first wins.
func Nearest(word string, candidates []string) (string, bool) {
	best, bestEdits := "", min((len(word)+2)/3+1, len(word))
	prefixed := ""
	for _, c := range candidates {
		if c == word {
			continue
		}
		if strings.EqualFold(word, c) {
			return c, true
		}
		if d := distance(word, c, bestEdits); d < bestEdits {
			best, bestEdits = c, d
		}
		if len(word) >= 2 && len(c) > len(word) && c[:len(word)] == word {
			if prefixed == "" {
				prefixed = c
			} else {
				prefixed = "\x00" // more than one: no answer
			}
		}
	}
	if best == "" && prefixed != "" && prefixed != "\x00" {
		best = prefixed
	}
	return best, best != ""
}

// DidYouMean is Nearest as words for the end of a message: " (did you mean
// X?)", with prefix and suffix around the name, or nothing.
func DidYouMean(word string, candidates []string, prefix, suffix string) string {
	if name, ok := Nearest(word, candidates); ok {
		return " (did you mean " + prefix + name + suffix + "?)"
	}
	return ""
}

// distance is the optimal string alignment distance of a and b in bytes, or
// limit when it is at least that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
	}
	return min(rows[(len(a)+1)%3][len(b)], limit)
}
