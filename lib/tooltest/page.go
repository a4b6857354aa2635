package tooltest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// A Page is a manual page in mdoc.
type Page struct {
	Name     string // of .Nm in NAME
	About    string // of .Nd
	Sections []Section
}

// A Section is what follows one .Sh.
type Section struct {
	Title string
	Lines []string // as they stand in the file
}

// An Item is an option as a page documents it.
type Item struct {
	Name, Short, Arg string
	Bare             bool // its value may be missing
	// Default is X of the sentence "The default is X." in the item's text.
	Default string
	Text    []string // the lines that describe it, as they stand in the file
}

// ReadPage reads a page.
func ReadPage(path string) (*Page, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := parsePage(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

func parsePage(text string) (*Page, error) {
	p := &Page{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		macro, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, `.\"`) && !strings.HasPrefix(line, needs):
			continue
		case macro == ".Sh":
			p.Sections = append(p.Sections, Section{Title: rest})
			continue
		case len(p.Sections) == 0:
			continue // the prologue
		case macro == ".Nm" && p.Name == "":
			p.Name = rest
		case macro == ".Nd" && p.About == "":
			p.About = unescape(rest)
		}
		s := &p.Sections[len(p.Sections)-1]
		s.Lines = append(s.Lines, line)
	}
	if p.Name == "" || len(p.Sections) == 0 {
		return nil, fmt.Errorf("no .Sh or no .Nm in it: not mdoc")
	}
	return p, nil
}

// Section is the lines under a title, nil when there is no such section.
func (p *Page) Section(title string) []string {
	for _, s := range p.Sections {
		if s.Title == title {
			return s.Lines
		}
	}
	return nil
}

// Titles are the titles of the sections.
func (p *Page) Titles() []string {
	var titles []string
	for _, s := range p.Sections {
		titles = append(titles, s.Title)
	}
	return titles
}

// Options are the items of the page that begin with .It Fl:
//
//	.It Fl n , Fl -count Ar COUNT
func (p *Page) Options() ([]Item, error) {
	var items []Item
	for _, s := range p.Sections {
		depth, within := 0, -1 // of lists; of the list that the present item is in
		for _, line := range s.Lines {
			switch macro, rest, _ := strings.Cut(line, " "); {
			case macro == ".Bl":
				depth++
			case macro == ".El":
				if depth--; depth < within {
					within = -1
				}
			case macro == ".It" && strings.HasPrefix(rest, "Fl "):
				item, err := parseItem(rest)
				if err != nil {
					return nil, err
				}
				items, within = append(items, item), depth
				continue
			case macro == ".It" && depth <= within:
				within = -1
			}
			if within >= 0 {
				item := &items[len(items)-1]
				item.Text = append(item.Text, line)
			}
		}
	}
	for i := range items {
		if m := theDefault.FindStringSubmatch(plain(items[i].Text)); m != nil {
			items[i].Default = m[1]
		}
	}
	return items, nil
}

// theDefault is how a page states a default, and the only way.
var theDefault = regexp.MustCompile(`The default is (.+?) ?\.( |$)`)

// parseItem reads "Fl n , Fl -count Ar COUNT", and "Fl -verify Ns Op = Ns Ar LEVEL".
func parseItem(head string) (Item, error) {
	var item Item
	words := strings.Fields(unescape(head))
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == ",":
		case words[i] == "Fl" && i+1 < len(words):
			i++
			if long, ok := strings.CutPrefix(words[i], "-"); ok {
				item.Name = long
			} else {
				item.Short = words[i]
			}
		case words[i] == "Ns" && strings.Join(words[i:min(i+4, len(words))], " ") == "Ns Op = Ns":
			item.Bare = true
			i += 3
		case words[i] == "Ar":
			item.Arg = strings.Join(words[i+1:], " ")
			i = len(words)
		default:
			return item, fmt.Errorf("can't read .It %s: want Fl SHORT , Fl -LONG Ar ARG, with Ns Op = Ns before the Ar of a value that may be missing", head)
		}
	}
	if item.Name == "" {
		return item, fmt.Errorf(".It %s names no long option", head)
	}
	return item, nil
}

// statusItem is an entry of a table of exit statuses; 128+n has no number.
var statusItem = regexp.MustCompile(`^\.It (?:Li |Cm )?([0-9]+)$`)

// Statuses are the numbers of the items of EXIT STATUS.
func (p *Page) Statuses() []string {
	var numbers []string
	for _, line := range p.Section("EXIT STATUS") {
		if m := statusItem.FindStringSubmatch(line); m != nil {
			numbers = append(numbers, m[1])
		}
	}
	return numbers
}

// inline are the macros that mark words within a sentence.
var inline = regexp.MustCompile(`^(Ar|Cm|Fl|Li|Ql|Sq|Dq|Pq|Pa|Sy|Em|Ev|Nm|Ns|No)$`)

// plain is the text of some lines without macros.
func plain(lines []string) string {
	var words []string
	for _, line := range lines {
		macro := strings.HasPrefix(line, ".")
		for i, w := range strings.Fields(strings.TrimPrefix(line, ".")) {
			if macro && (i == 0 || inline.MatchString(w)) {
				continue
			}
			words = append(words, unescape(w))
		}
	}
	return strings.Join(words, " ")
}

// unescape resolves the escapes of roff that the pages use.
func unescape(s string) string {
	return escapes.Replace(s)
}

var escapes = strings.NewReplacer(`\e`, `\`, `\-`, `-`, `\&`, ``, `\(aq`, `'`, `\(dq`, `"`, `\(ga`, "`",
	`\(ti`, `~`, `\(ha`, `^`, `\(rs`, `\`, `\ `, ` `, `\(bu`, `•`, `\(en`, `–`)
