package regex

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// open reads what follows an opening bracket.
func (t *translator) open() error {
	switch {
	case t.skip("*"):
		return errors.New("undefined callout name")
	case !t.skip("?"):
		t.capture("")
		return nil
	case !t.more():
		return errors.New("end pattern in group")
	case t.skip("#"):
		_, rest, ok := strings.Cut(t.in[t.at:], ")")
		if !ok {
			return errors.New("end pattern in group")
		}
		t.at = len(t.in) - len(rest)
		return nil
	case t.skip(":"):
		t.push("(?:", false)
		return nil
	case t.skip("="), t.skip("!"), t.skip("<="), t.skip("<!"):
		t.backtracks = true
		sign := t.in[:t.at]
		t.push(sign[strings.LastIndexByte(sign, '('):], true)
		return nil
	case t.skip(">"):
		t.backtracks = true
		t.push("(?>", false)
		return nil
	case t.skip("("):
		return t.condition()
	case t.skip("<"):
		return t.named(">")
	case t.skip("'"):
		return t.named("'")
	case t.skip("~"):
		return errors.New("(?~...) is not there")
	}
	return t.options()
}

func (t *translator) push(open string, around bool) {
	t.groups = append(t.groups, group{len(t.out), t.mode, around})
	t.out = append(t.out, open...)
	t.start = noItem
}

func (t *translator) capture(name string) {
	t.names = append(t.names, name)
	t.push("(", false)
}

func (t *translator) named(end string) error {
	name, err := t.name(end)
	if err != nil {
		return err
	}
	for i, r := range name {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return fmt.Errorf("invalid group name <%s>", name)
		}
	}
	t.capture(name)
	return nil
}

func (t *translator) name(end string) (string, error) {
	name, rest, ok := strings.Cut(t.in[t.at:], end)
	switch {
	case !ok:
		return "", fmt.Errorf("invalid group name <%s>", name)
	case name == "":
		return "", errors.New("group name is empty")
	}
	t.at = len(t.in) - len(rest)
	return name, nil
}

// options reads (?imsx-imsx) and (?imsx-imsx:. A bare one holds until the end of
// the group around it, over bars too.
func (t *translator) options() error {
	outer, mode, on := t.mode, t.mode, true
	change := ""
	for t.more() {
		switch r := t.take(); r {
		case '-':
			on = false
		case 'i':
			if change = "i"; !on {
				change = "-i"
			}
		case 's':
			mode.dotAll = on
		case 'm':
			mode.lines = on
		case 'x':
			mode.extended = on
		case ')':
			t.mode = mode
			if change != "" {
				t.out = append(t.out, "(?"+change+")"...)
			}
			t.start = noItem
			return nil
		case ':':
			t.push("(?"+change+":", false)
			t.mode = mode
			t.groups[len(t.groups)-1].mode = outer
			return nil
		default:
			return errOption
		}
	}
	return errors.New("end pattern in group")
}

// condition reads (?(1)yes|no).
func (t *translator) condition() error {
	text, rest, ok := strings.Cut(t.in[t.at:], ")")
	if !ok {
		return errors.New("end pattern in group")
	}
	numbers, err := t.referred(strings.Trim(text, "<>'"))
	if err != nil {
		return err
	}
	t.at = len(t.in) - len(rest)
	t.backtracks = true
	t.push(fmt.Sprintf("(?(%d)", numbers[0]), false)
	return nil
}

// referred are the numbers of the groups that a reference is to, the last first.
func (t *translator) referred(name string) (numbers []int, err error) {
	if n, err := strconv.Atoi(name); err == nil {
		if n < 0 {
			n += len(t.names) + 1
		}
		if n <= 0 {
			return nil, errBackref
		}
		t.refs = max(t.refs, n)
		return []int{n}, nil
	}
	for i := len(t.names) - 1; i >= 0; i-- {
		if t.names[i] == name {
			numbers = append(numbers, i+1)
		}
	}
	if numbers == nil {
		return nil, fmt.Errorf("undefined name <%s> reference", name)
	}
	return numbers, nil
}

// reference writes a back-reference.
func (t *translator) reference(name string) error {
	numbers, err := t.referred(name)
	if err != nil {
		return err
	}
	t.backtracks = true
	text := ""
	for _, n := range numbers {
		text += fmt.Sprintf(`|(?:\%d)`, n)
	}
	t.put("(?:" + text[1:] + ")")
	return nil
}
