package sketch

import "testing"

func TestText(t *testing.T) {
	number, word := Expr("int", "1..9"), String("a{{b")
	for _, c := range []struct {
		value Value
		want  string
	}{
		{Value{}, `null`},
		{number, `"{{int,1..9}}"`},
		{number.With("null=2%").With("absent=1%"), `"{{int,null=2%,absent=1%,1..9}}"`},
		{Expr("uuid4", "").With("null=2%"), `"{{uuid4,null=2%}}"`},
		{word, `"a{{{{b"`},
		{word.With("null=2%"), `["{{one,null=2%}}","a{{{{b"]`},
		{List("0..3", number), `["{{*0..3}}","{{int,1..9}}"]`},
		{List("2", List("1", word)).With("absent=1%"), `["{{*2,absent=1%}}",["{{*1}}","a{{{{b"]]`},
		{One([]int64{9, 1}, number, word), `["{{one,9,1}}","{{int,1..9}}","a{{{{b"]`},
		{One(nil, number, word).With("null=2%"), `["{{one,null=2%}}","{{int,1..9}}","a{{{{b"]`},
		{One(nil, number).With("null=2%"), `"{{int,null=2%,1..9}}"`},
		{JSON(`{"x":1}`), `{"x":1}`},
	} {
		if got := c.value.Text(); got != c.want {
			t.Errorf("%s; want %s", got, c.want)
		}
	}
	if number.Text() != `"{{int,1..9}}"` {
		t.Error("With changed the value that it was called on")
	}
	if Range(3, 3) != "3" || Range(1, 3) != "1..3" {
		t.Errorf("ranges: %s, %s", Range(3, 3), Range(1, 3))
	}
}
