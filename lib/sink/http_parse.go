package sink

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// DefaultHTTP gives an attempt 30 s, waits 10 s for a server that does not
// answer yet, and lets a Retry-After last 5 minutes.
func DefaultHTTP() HTTP {
	return HTTP{
		Form: Forms()[0], Header: http.Header{}, Templates: http.Header{},
		Timeout: 30 * time.Second, ConnectTimeout: 10 * time.Second, RetryAfterMax: 5 * time.Minute,
	}
}

func parseHTTP(dest string, c Config) (Destination, error) {
	aim, u, err := parseURL(dest)
	if err != nil {
		return nil, err
	}
	if err := c.checkHTTP(u); err != nil {
		return nil, err
	}
	d := &web{HTTP: c.HTTP, url: u, target: aim, encode: c.Encode, encoding: c.Encoding, clock: c.Clock}
	d.name, _, _ = strings.Cut(dest, "?")
	if err := d.templateHeaders(); err != nil {
		return nil, err
	}
	if d.bulk, err = newBulk(c.HTTP.Bulk); err != nil {
		return nil, err
	}
	if d.bulk != nil && !strings.HasSuffix(u.Path, "/_bulk") {
		return nil, usagef("%s: the path of a bulk API ends in /_bulk", d.name)
	}
	if d.RunID == "" {
		d.RunID = NewRunID()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return d, nil
}

// parseURL reads where records go, and an example of such a URL. Its errors do
// not show the query.
func parseURL(dest string) (aim target, u *url.URL, err error) {
	if aim, err = parseTarget(dest); err != nil {
		return aim, nil, usagef("the destination: %v", err)
	}
	u, err = url.Parse(aim.sample())
	switch {
	case err != nil:
		// The error of package url quotes the URL, password and all.
		var why *url.Error
		if errors.As(err, &why) {
			err = why.Err
		}
		err = usagef("the destination is no URL: %v", err)
	case u.User != nil:
		err = usagef("a name or password in a URL shows in lists and messages: say --header 'Authorization: env:NAME', with the header's value in the variable NAME")
	case u.Hostname() == "":
		err = usagef("%s: names no host: %s://HOST/PATH", u.Scheme, u.Scheme)
	case u.Fragment != "":
		err = usagef("a fragment (#%s) is never sent: leave it out", u.Fragment)
	}
	return aim, u, err
}

// checkHTTP refuses settings that contradict each other or the URL.
func (c *Config) checkHTTP(u *url.URL) error {
	h := &c.HTTP
	switch {
	case c.Encode != nil && c.Encoding != "gzip" && c.Encoding != "zstd":
		return usagef("%s: takes gzip and zstd: HTTP knows no %s", u.Scheme, c.Encoding)
	case h.KeyFile != "" && h.CertFile == "":
		return usagef("a key is of no use without its certificate")
	case h.Insecure && h.CAFile != "":
		return usagef("a file of certificates to trust and trust in any contradict each other")
	case (h.Insecure || h.CAFile+h.CertFile+h.ServerName != "") && u.Scheme != "https":
		return usagef("certificates are of https: only")
	case h.Form != "" && !slices.Contains(Forms(), h.Form):
		return usagef("no form of body %q; there are %s", h.Form, strings.Join(Forms(), ", "))
	case h.Bulk.API != "" && h.Form != "" && h.Form != Forms()[0]:
		return usagef("the bulk API has its own form of body")
	}
	return nil
}

// templateHeaders makes templates of the headers that are some.
func (d *web) templateHeaders() error {
	for _, name := range slices.Sorted(maps.Keys(d.Templates)) {
		for _, value := range d.Templates[name] {
			t, err := parseTemplate(value)
			if err != nil {
				return usagef("header %s: %v", name, err)
			}
			d.target.headers = append(d.target.headers, templatedHeader{name, t})
		}
	}
	return nil
}

// AddHeader adds a header as it stands in an option, "Name: value", to those
// that are sent. A value env:VARIABLE is that of the variable, @FILE that of the
// file without its last line end; a word before either stays, as in
// "Authorization: Bearer @token". Any other value may have fields of a record in
// it: {.path}. The errors are of status exit.Usage and never show a value.
func (h *HTTP) AddHeader(text string) error {
	name, value, secret, err := parseHeader(text)
	switch {
	case err != nil:
		return err
	case secret || !strings.Contains(value, "{."):
		h.Header.Add(name, value)
	case name == "Host":
		return usagef("header Host: a field can't stand in the name of a server")
	default:
		h.Templates.Add(name, value)
	}
	return nil
}

// parseHeader reads a header; secret says that its value was looked up.
func parseHeader(text string) (name, value string, secret bool, err error) {
	name, value, found := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	if !found || !isToken(name) {
		return "", "", false, usagef("a header is NAME: VALUE, such as 'X-Source: gen'")
	}
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Idempotency-Key", "Trailer", "Te", "Upgrade":
		return "", "", false, usagef("the header %s is set by the sink itself", name)
	}
	secret, err = readSecret(&value)
	if err != nil {
		return "", "", false, usagef("header %s: %v", name, err)
	}
	if !secret && slices.Contains([]string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Api-Key"}, name) {
		return "", "", false, usagef("header %s: its value would show in the list of processes: say '%s: env:VARIABLE' or '%s: @FILE', with a word such as Bearer before that if wanted", name, name, name)
	}
	if strings.ContainsFunc(value, controls) {
		return "", "", false, usagef("header %s: its value has a line end or another control character in it", name)
	}
	return name, value, secret, nil
}

// readSecret puts what value refers to into it.
func readSecret(value *string) (found bool, err error) {
	word, place := "", *value
	if i := strings.LastIndexByte(place, ' '); i >= 0 && isToken(place[:i]) {
		word, place = place[:i+1], place[i+1:]
	}
	text := ""
	if variable, ok := strings.CutPrefix(place, "env:"); ok {
		if text, ok = os.LookupEnv(variable); !ok {
			return false, errors.New("there is no variable " + variable + " in the environment")
		}
	} else if path, ok := strings.CutPrefix(place, "@"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return false, err
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	} else {
		return false, nil
	}
	if text == "" {
		return false, errors.New(place + " is empty")
	}
	*value = word + text
	return true, nil
}

// isToken is RFC 9110's rule for the names of headers.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	})
}
