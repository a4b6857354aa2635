package jq

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// Modules is where a program's modules come from. The rules are jq 1.8's: a
// module "dir/name" is the first of dir/name.jq, dir/name/jq/main.jq and
// dir/name/name.jq in one of the directories of the search list, which is the
// import's own "search", relative to the importing file, or else the current
// directory and Search.
type Modules struct {
	// Search is the search list. "~/" at the start of a directory stands for
	// Home, and "$ORIGIN/" for Origin. It is what get_search_list answers.
	Search []string
	// Home is the user's directory, or empty. A file .jq in it is included in
	// every program.
	Home string
	// Origin is the directory of the executable, for get_jq_origin.
	Origin string
	// ProgramOrigin is the directory of the program, for get_prog_origin and for
	// searches that are relative to it.
	ProgramOrigin string
	// Read returns the text of a file. Where there is no file, a directory for one,
	// the error is an fs.ErrNotExist.
	Read func(file string) ([]byte, error)
	// Values returns the array of the JSON values in a text that file holds.
	Values func(file string, text []byte) (json.Value, error)
}

// A file is a piece of program text.
type file struct {
	name    string // empty for the program itself
	text    string
	dir     string // what a search in it is relative to
	library bool   // it is jq's own library, whose places mean nothing to the user
}

// aModule is what a file defines.
type aModule struct {
	open bool // it is being loaded: who imports it now is in a circle
	defs []*binding
}

var errNotFound = errors.New("module not found")

// find returns the file of a module, or one that fits suffix, from the
// directories of search, and its text.
func (m *Modules) find(name, suffix string, search []string) (file string, text []byte, err error) {
	if m == nil || m.Read == nil {
		return "", nil, errNotFound
	}
	parts := strings.Split(name, "/")
	for i, part := range parts {
		switch {
		case part == "..":
			return "", nil, errors.New("Relative paths to modules may not traverse to parent directories (" + name + ")")
		case i > 0 && part == parts[i-1]:
			return "", nil, errors.New("module names must not have equal consecutive components: " + name)
		}
	}
	for _, dir := range search {
		for _, tail := range []string{name + suffix, path.Join(name, "jq", "main"+suffix), path.Join(name, parts[len(parts)-1]+suffix)} {
			file := filepath.Join(dir, filepath.FromSlash(tail))
			text, err := m.Read(file)
			if err == nil {
				return file, text, nil
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return "", nil, err
			}
		}
	}
	return "", nil, errNotFound
}

// directories are those of a search list that stands in dir. One that is relative
// starts there, but for ".", which is the current directory.
func (m *Modules) directories(list []string, dir string) []string {
	var dirs []string
	for _, d := range list {
		switch rest, home := strings.CutPrefix(d, "~/"); {
		case home && m.Home == "":
			continue
		case home:
			d = filepath.Join(m.Home, rest)
		case strings.HasPrefix(d, "$ORIGIN/"):
			d = filepath.Join(m.Origin, d[len("$ORIGIN/"):])
		case d != "." && !filepath.IsAbs(d):
			d = filepath.Join(dir, d)
		}
		dirs = append(dirs, d)
	}
	return dirs
}

// home is the file in the user's directory that every program includes.
func (c *compiler) home() *binding {
	m := c.opts.Modules
	if m == nil || m.Home == "" || m.Read == nil {
		return nil
	}
	name := filepath.Join(m.Home, ".jq")
	text, err := m.Read(name)
	if err != nil || len(text) == 0 {
		return nil // most often there is none, or it is a directory to search
	}
	return c.bound(c.module(name, text, &syntax.Import{}), "", nil)
}

// imports are the names that the imports of a file bind, on top of b.
func (c *compiler) imports(tree *syntax.Program, b *binding) *binding {
	for _, im := range tree.Imports {
		meta := constantOf(im.Meta)
		suffix := ".jq"
		if im.IsData {
			suffix = ".json"
		}
		name, text, err := c.opts.Modules.find(im.Path, suffix, c.searchList(meta))
		switch {
		case err == errNotFound && truthy(meta, "optional"):
			continue
		case err == errNotFound:
			c.fail(im, "-L adds a directory to search in", "module not found: %s", im.Path)
		case err != nil:
			c.fail(im, "", "%s", err)
		case im.IsData:
			b = c.data(im, name, text, b)
			continue
		}
		b = c.bound(c.module(name, text, im), im.Alias, b)
	}
	return b
}

// bound is b with the definitions of a module, under a prefix if it has a name.
func (c *compiler) bound(m *aModule, alias string, b *binding) *binding {
	for _, def := range m.defs {
		named := *def
		named.up = b
		if alias != "" {
			named.name = alias + "::" + def.name
		}
		b = &named
	}
	return b
}

// data binds the values in a file to $name and to $name::name.
func (c *compiler) data(im *syntax.Import, name string, text []byte, b *binding) *binding {
	v, err := c.opts.Modules.Values(name, text)
	if err != nil {
		c.fail(im, "", "%s", err)
	}
	c.values = append(c.values, v)
	b = &binding{up: b, kind: aGlobal, name: im.Alias + "::" + im.Alias, slot: len(c.values) - 1}
	return &binding{up: b, kind: aGlobal, name: im.Alias, slot: len(c.values) - 1}
}

// module loads a module, once.
func (c *compiler) module(name string, text []byte, im *syntax.Import) *aModule {
	if m := c.modules[name]; m != nil {
		if m.open {
			c.fail(im, "", "circular import of %s", name)
		}
		return m
	}
	m := &aModule{open: true}
	c.modules[name] = m
	defer c.inside(&file{name: name, text: string(text), dir: filepath.Dir(name)})()
	tree, err := syntax.Parse(string(text))
	if err != nil {
		panic(fromSyntax(c.file, err))
	}
	c.checkMeta(tree)
	if tree.Body != nil {
		behind := tree.Body
		for def, ok := behind.(*syntax.Define); ok; def, ok = behind.(*syntax.Define) {
			behind = def.Rest
		}
		c.fail(behind, "", "a module has definitions only, and no program behind them")
	}
	c.survey(tree)
	scope := c.imports(tree, nil)
	for _, def := range tree.Defs {
		scope = c.define(def, 0, scope)
		m.defs = append(m.defs, scope)
	}
	m.open = false
	return m
}

func (c *compiler) checkMeta(tree *syntax.Program) {
	if tree.Meta != nil && constantOf(tree.Meta).Kind() != json.KindObject {
		c.fail(tree.Meta, "", "the metadata of a module must be an object")
	}
}

// searchList is where an import with such metadata is looked for.
func (c *compiler) searchList(meta json.Value) []string {
	m := c.opts.Modules
	if m == nil {
		return nil
	}
	if meta.Kind() == json.KindObject {
		if own, ok := meta.Object().Get("search"); ok {
			list := []json.Value{own}
			if own.Kind() == json.KindArray {
				list = own.Array().Elems()
			}
			return m.directories(texts(list), c.file.dir)
		}
	}
	return m.directories(slices.Concat([]string{"."}, m.Search), c.file.dir)
}

func texts(list []json.Value) (all []string) {
	for _, v := range list {
		if v.Kind() == json.KindString {
			all = append(all, v.Str())
		}
	}
	return all
}

func truthy(meta json.Value, key string) bool {
	if meta.Kind() != json.KindObject {
		return false
	}
	v, _ := meta.Object().Get(key)
	return v.Truthy()
}

// constantOf is the value of a constant expression, null for none. The parser has
// seen to it that it is one.
func constantOf(n syntax.Node) json.Value {
	switch n := n.(type) {
	case *syntax.Constant:
		return constantNamed(n.Name)
	case *syntax.Number:
		return number(n.Text)
	case *syntax.String:
		s, _ := n.Text()
		return literal(s)
	case *syntax.Array:
		list := json.NewArray(0)
		if comma, ok := n.Body.(*syntax.Comma); ok {
			for _, part := range comma.Parts {
				list.Append(constantOf(part))
			}
		} else if n.Body != nil {
			list.Append(constantOf(n.Body))
		}
		return list.Value()
	case *syntax.Object:
		o := json.NewObject(len(n.Pairs))
		for _, p := range n.Pairs {
			if key := constantOf(p.Key); key.Kind() == json.KindString {
				o.SetKey(key, constantOf(p.Value))
			}
		}
		return o.Value()
	}
	return json.Value{}
}
