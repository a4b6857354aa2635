package postgres

import (
	"reflect"
	"strings"
	"testing"

	"ndjsontools/lib/jsonscan"
)

func TestParseTable(t *testing.T) {
	for text, want := range map[string]Table{
		`events`:           {"", "events"},
		`Log.Events`:       {"Log", "Events"},
		`"a.b".c`:          {"a.b", "c"},
		`public."x ""y"""`: {"public", `x "y"`},
	} {
		got, err := ParseTable(text)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
		if again, err := ParseTable(got.String()); err != nil || again != got {
			t.Errorf("%s is printed as %s, which is %q, %v", text, got, again, err)
		}
	}
	for text, want := range map[string]string{
		``: "empty", `.x`: "empty", `x.`: "empty", `a.b.c`: "more than", `"x`: "not closed", `"x"y`: "follows",
		strings.Repeat("x", 64): "longer than 63",
	} {
		if _, err := ParseTable(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want one with %q", text, err, want)
		}
	}
}

func TestParseColumns(t *testing.T) {
	for text, want := range map[string][]Column{
		`id=.id`:                       {{Name: "id", Path: jsonscan.Path{"id"}}},
		`id:bigint=.id,n=.user.name`:   {{"id", "bigint", jsonscan.Path{"id"}}, {"n", "", jsonscan.Path{"user", "name"}}},
		`p:numeric(10,2)=.p,doc=.`:     {{"p", "numeric(10,2)", jsonscan.Path{"p"}}, {"doc", "", jsonscan.Path{}}},
		`"a=b"=."x,y"."z",c:text[]=.c`: {{"a=b", "", jsonscan.Path{"x,y", "z"}}, {"c", "text[]", jsonscan.Path{"c"}}},
	} {
		got, err := ParseColumns(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		``: "empty", `id`: "want id=PATH", `id=`: "empty", `id=.a,`: "empty", `id:=.a`: "no type",
		`id:int;drop=.a`: "no type", `id:int,x=.a`: "want id=PATH", `id:"x=.a`: "no type",
	} {
		if _, err := ParseColumns(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v; want one with %q", text, err, want)
		}
	}
}

func TestParseKey(t *testing.T) {
	got, err := ParseKey(`id,"a,b"`)
	if want := []string{"id", "a,b"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := ParseKey("id,"); err == nil {
		t.Error("an empty name is a key")
	}
}

// Names reach statements in quotes, so that none is anything else than a name.
func TestQuoting(t *testing.T) {
	if got, want := (Table{`a"b`, "c;d"}).sql(), `"a""b"."c;d"`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if got, want := literal(`it's \n`), `'it''s \n'`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if got, want := list([]string{"a", `b"`}, "%s = EXCLUDED.%s"), `"a" = EXCLUDED."a", "b""" = EXCLUDED."b"""`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}
