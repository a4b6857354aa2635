package span

import "testing"

func TestExplain(t *testing.T) {
	for _, tt := range []struct{ program, want string }{
		{`.`, "write   <.>\n"},
		{`."x y".b`, "find    .\"x y\", .\"x y\".b\nwrite   <.\"x y\".b>\n"},
		{`(.a,.b)|.c`, "find    .a, .a.c, .b, .b.c\ncheck   <.a>\nwrite   <.a.c>\ncheck   <.b>\nwrite   <.b.c>\n"},
		{`select(3 < .a and (.b or (.c|not)))`, "find    .a, .b, .c\ncheck   <.c>\nif      (.a > 3 and (<.b> or <.c> | not))\nwrite   <.>\n"},
		{`{a:1,b:[.c,{d}]}`, "find    .c, .d\nwrite   {\"a\":1,\"b\":[<.c>,{\"d\":<.d>}]}\n"},
		{`.a + {b:.c} | del(.d)`, "find    .a, .a.b, .a.d, .c\ncheck   <.a> with {\"b\":<.c>}\nwrite   <.a> with {\"b\":<.c>} without .a.d\n"},
		{`if .a then "\(.b)-\(.c)" else (.d // 5) end`, "find    .a, .b, .c, .d\nwrite   (if <.a> then \"<.b>-<.c>\" else (<.d> // 5) end)\n"},
		{`def big($n): .a > $n; select(big(1)) | def f(x): x | length; {n: f(.b)}`, "find    .a, .b\nif      .a > 1\ncheck   <.b>\nwrite   {\"n\":(<.b> | length)}\n"},
		{`[(now|todate), now]`, "write   [(now | todate),(now)]\n"},
	} {
		plan, err := Compile(tt.program, Options{Options: options})
		if err != nil {
			t.Errorf("Compile(%s): %v", tt.program, err)
		} else if got := plan.Explain(); got != tt.want {
			t.Errorf("Explain of %s: got\n%swant\n%s", tt.program, got, tt.want)
		}
	}
	for _, program := range programs { // every expression has its words
		if plan, err := Compile(program, Options{Options: options}); err != nil || plan.Explain() == "" {
			t.Errorf("Explain of %s: nothing, %v", program, err)
		}
	}
}
