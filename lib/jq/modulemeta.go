package jq

import (
	"fmt"

	"ndjsontools/lib/jq/syntax"
	"ndjsontools/lib/json"
)

// modulemeta is the metadata of the module that its input names, with what it
// imports (deps) and defines (defs).
func modulemeta(m *machine, v, _, _ json.Value) (json.Value, outcome) {
	if v.Kind() != json.KindString {
		return m.failText("modulemeta input module name must be a string")
	}
	mods := m.modules
	if mods == nil {
		mods = &Modules{}
	}
	name, text, err := mods.find(v.Str(), ".jq", mods.directories(mods.Search, mods.ProgramOrigin))
	switch {
	case err == errNotFound:
		return m.failText("module not found: " + v.Str())
	case err != nil:
		return m.failText(err.Error())
	}
	tree, err := syntax.Parse(string(text))
	if err != nil {
		return m.failText(fmt.Sprintf("module %s does not compile: %v", name, err))
	}
	out := json.NewObject(4)
	if meta := constantOf(tree.Meta); meta.Kind() == json.KindObject {
		out = meta.Object().Clone()
	}
	deps := json.NewArray(len(tree.Imports))
	for _, im := range tree.Imports {
		dep := json.NewObject(4)
		if meta := constantOf(im.Meta); meta.Kind() == json.KindObject {
			dep = meta.Object().Clone()
		}
		if im.Alias != "" {
			dep.Set("as", json.FromString(im.Alias))
		}
		dep.Set("is_data", json.FromBool(im.IsData))
		dep.Set("relpath", json.FromString(im.Path))
		deps.Append(dep.Value())
	}
	defs := json.NewArray(len(tree.Defs))
	for _, def := range tree.Defs {
		defs.Append(json.FromString(fmt.Sprintf("%s/%d", def.Name, len(def.Params))))
	}
	out.Set("deps", deps.Value())
	out.Set("defs", defs.Value())
	return out.Value(), one
}

// searchListOf, jqOrigin and programOrigin are what the program knows of its
// surroundings.
func searchListOf(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	list := json.NewArray(0)
	if m.modules != nil {
		for _, dir := range m.modules.Search {
			list.Append(json.FromString(dir))
		}
	}
	return list.Value(), one
}

func jqOrigin(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	return m.origin(func(mods *Modules) string { return mods.Origin })
}

func programOrigin(m *machine, _, _, _ json.Value) (json.Value, outcome) {
	return m.origin(func(mods *Modules) string { return mods.ProgramOrigin })
}

func (m *machine) origin(of func(*Modules) string) (json.Value, outcome) {
	if m.modules == nil || of(m.modules) == "" {
		return json.Value{}, one
	}
	return json.FromString(of(m.modules)), one
}
