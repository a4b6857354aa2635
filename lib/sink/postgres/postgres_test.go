package postgres

import (
	"strings"
	"testing"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
)

func TestNewRefuses(t *testing.T) {
	id, doc := Column{Name: "id", Path: jsonscan.Path{"id"}}, Column{Name: "doc"}
	plain := Config{Table: "t", Columns: []Column{doc}, OnConflict: "error"}
	t.Setenv("NO_URL", "host=x password=secret")
	t.Setenv("BAD_MODE", "postgres://u:secret@h/d?sslmode=nonsense")
	for _, c := range []struct {
		dest   string
		change func(*Config)
		want   string
	}{
		{"postgres://u:secret@h/d", nil, "PGPASSFILE"},
		{"postgresql://u@h/d?password=secret", nil, "PGPASSFILE"},
		{"postgres:d", nil, "of the form"},
		{"env:NOT_THERE_AT_ALL", nil, "empty or not set"},
		{"env:NO_URL", nil, "of the form"},
		{"env:BAD_MODE", nil, "sslmode"},
		{"postgres://h:port/d", nil, "port"},
		{"postgres://u:secret@h:port/d", nil, "port"},
		{"postgres://h/d", func(c *Config) { c.Columns = []Column{{}} }, "empty"},
		{"postgres://h/d", func(c *Config) { c.Stream = "\xff" }, "UTF-8"},
		{"postgres://h/d", func(c *Config) { c.Table = "a.b.c" }, "more than"},
		{"postgres://h/d", func(c *Config) { c.Columns = nil }, "no column"},
		{"postgres://h/d", func(c *Config) { c.Columns = []Column{id, id} }, "twice"},
		{"postgres://h/d", func(c *Config) { c.Columns = []Column{{Name: "id", Type: "int"}} }, "table that is made"},
		{"postgres://h/d", func(c *Config) { c.Key = []string{"id"} }, "none of the columns"},
		{"postgres://h/d", func(c *Config) { c.Key = []string{"doc"} }, "conflict is an error"},
		{"postgres://h/d", func(c *Config) { c.OnConflict = "update" }, "takes a key"},
		{"postgres://h/d", func(c *Config) { c.OnConflict, c.Key = "update", []string{"doc"} }, "nothing to update"},
	} {
		config := plain
		if c.change != nil {
			c.change(&config)
		}
		_, err := New(c.dest, config)
		if err == nil || !strings.Contains(err.Error(), c.want) || exit.Status(err) != exit.Usage {
			t.Errorf("%s: error %v of status %d; want %q and %d", c.dest, err, exit.Status(err), c.want, exit.Usage)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message shows the password: %v", c.dest, err)
		}
	}
}

// The name tells where, and never more.
func TestName(t *testing.T) {
	t.Setenv("A_URL", "postgres://u:secret@db.example:6543/app?application_name=x")
	config := Config{Table: "log.Events", Columns: []Column{{Name: "doc"}}, OnConflict: "error"}
	for dest, want := range map[string]string{
		"env:A_URL":                        "postgres://db.example:6543/app log.Events",
		"postgresql://h/d?sslmode=disable": "postgres://h/d log.Events",
		"postgres:///d?host=/run/x":        "postgres:///d log.Events",
	} {
		d, err := New(dest, config)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Name(); got != want {
			t.Errorf("%s is called %q; want %q", dest, got, want)
		}
	}
}

func TestInsertion(t *testing.T) {
	d := &destination{table: Table{"", "t"}, Config: Config{
		Columns: []Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}, OnConflict: "update", Key: []string{"a", "b"},
	}}
	want := `INSERT INTO "t" ("a", "b", "c") SELECT DISTINCT ON ("a", "b", CASE WHEN "a" IS NULL OR "b" IS NULL THEN ctid END) "a", "b", "c"` +
		` FROM pg_temp.rate_sink_staging ORDER BY "a", "b", CASE WHEN "a" IS NULL OR "b" IS NULL THEN ctid END, ctid DESC` +
		` ON CONFLICT ("a", "b") DO UPDATE SET "c" = EXCLUDED."c"`
	if got := d.insertion(); got != want {
		t.Errorf("\n%s; want\n%s", got, want)
	}
	d.OnConflict = "nothing"
	if got, want := d.insertion(), ` ON CONFLICT ("a", "b") DO NOTHING`; !strings.HasSuffix(got, want) {
		t.Errorf("%s; want %s", got, want)
	}
}
