package config

import "strings"

// Suggest finds the known word most likely meant, "" if none is near.
func Suggest(word string, known []string) string {
	plain := strings.ReplaceAll(strings.ToLower(word), "-", "_")
	if len(plain) > 64 {
		return ""
	}
	best, least := "", 3
	for _, candidate := range known {
		// The last part alone, addr for listen.addr, is a frequent slip.
		if _, last, found := strings.Cut(candidate, "."); found && last == plain {
			return candidate
		}
		if d := distance(plain, candidate); d < least && d < len(candidate)/2 {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the insertions, deletions and replacements between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
