package jsonscan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMember looks keys up in canonical objects.
func TestMember(t *testing.T) {
	const object = `{"a":1,"b":{"a":[2,{"c":3}],"x":"}"},"c":"\"d\":4","":null,"é\"":5,"long":"` + longText + `","last":true}`
	for _, tt := range []struct {
		key, want string
		known     bool
	}{
		{"a", `1`, true}, {"b", `{"a":[2,{"c":3}],"x":"}"}`, true}, {"c", `"\"d\":4"`, true}, {"d", ``, true}, {"x", ``, true}, {"", `null`, true},
		{`é"`, ``, false}, {`é\"`, `5`, false}, {"\n", ``, false}, {"long", `"` + longText + `"`, true}, {"last", `true`, true}, {"las", ``, true}, {"lastly", ``, true},
	} {
		at, there, known := Member([]byte(object), tt.key)
		if known != tt.known || there != (tt.want != "") || object[at.Start:at.End] != tt.want {
			t.Errorf("Member(%q) = %q, %v, %v; want %q, known %v", tt.key, object[at.Start:at.End], there, known, tt.want, tt.known)
		}
	}
	for _, object := range []string{`{}`, `{"a":1`, `{"a":`, `{"a"`, `{"`, `{`, `{"a":"`, `{"b":[`, `{"b":"\`} {
		Member([]byte(object), "a") // not valid: it need only come back
	}
}

const longText = "a text that is longer than what is read in words, and so is read by vectors, if there are any here at all"

// TestMemberVectors compares both ways to a key, over objects with keys of the same
// names and lengths at all levels, and in strings.
func TestMemberVectors(t *testing.T) {
	if !hasVector {
		t.Skip("this processor has no AVX2")
	}
	rnd := rand.New(rand.NewPCG(9, 10))
	names := []string{"a", "b", "", "id", "ie", "name", `,`, `:`, `":`, "a name that is longer than a vector, for once"}
	var object func(deep int) string
	value := func(deep int) string {
		switch rnd.IntN(6) {
		case 0:
			return fmt.Sprintf("%q", strings.Repeat("x", rnd.IntN(50)))
		case 1:
			return fmt.Sprintf("%q", `{"id":1,"a":`+strings.Repeat(`\`, rnd.IntN(3))+names[rnd.IntN(len(names))]+`":`)
		case 2, 3:
			if deep > 0 {
				return object(deep - 1)
			}
		case 4:
			if deep > 0 {
				return "[" + object(deep-1) + "," + object(deep-1) + "]"
			}
		}
		return "12.5"
	}
	object = func(deep int) string {
		var parts []string
		for _, i := range rnd.Perm(len(names))[:rnd.IntN(len(names))] {
			parts = append(parts, fmt.Sprintf("%q:%s", names[i], value(deep)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	found := 0
	for range 4000 {
		b := []byte(object(4))
		for _, name := range names {
			if strings.ContainsAny(name, `"\`) || len(b) < len(name)+1+vectorRoom {
				continue
			}
			got, want := memberVectors(b, name), memberWords(b, name)
			if got != want {
				t.Fatalf("memberVectors(%s, %q) = %d; memberWords has %d", b, name, got, want)
			}
			if want >= 0 {
				found++
			}
		}
	}
	if found < 2000 {
		t.Errorf("%d keys were found; want more", found)
	}
}
