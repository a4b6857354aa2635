package sink

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"ndjsontools/lib/exit"
	"ndjsontools/lib/jsonscan"
)

// Bulk says that bodies are for a bulk API: that of Elasticsearch, which
// OpenSearch and others speak as well
// (https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk).
// Before each record goes a line that says what to do with it, and the answer
// tells the fate of each:
//
//	2xx                  stored
//	409                  stored by an earlier attempt, if there was one and the action is create
//	429, 5xx             delivered again, alone or with others of its kind
//	401, 403, 404        the server won't have us, whatever the record
//	any other            refused
//
// The answer is read with encoding/json: it is some tens of bytes a record, and
// a faster reader would cost every start of the program more than it saves.
type Bulk struct {
	API    string // "elasticsearch"; "" for no bulk API
	Action string // "index" (which replaces) or "create"; "" is index
	Index  string // where records go; "" if the URL's path says so
	ID     string // their identity; "" if the server is to invent one
}

// BulkAPIs are the bulk APIs that are known; BulkActions are what can be done.
func BulkAPIs() []string    { return []string{"elasticsearch"} }
func BulkActions() []string { return []string{"index", "create"} }

// bulk makes bodies for a bulk API. Index and ID are templates; nil is none.
type bulk struct {
	action    string
	index, id template
}

func newBulk(b Bulk) (*bulk, error) {
	d := &bulk{action: b.Action}
	if d.action == "" {
		d.action = BulkActions()[0]
	}
	switch {
	case b.API == "" && b == Bulk{}:
		return nil, nil
	case b.API == "":
		return nil, usagef("the action, the index and the identity are of a bulk API: say --bulk %s", BulkAPIs()[0])
	case !slices.Contains(BulkAPIs(), b.API):
		return nil, usagef("no bulk API %q", b.API)
	case !slices.Contains(BulkActions(), d.action):
		return nil, usagef("no bulk action %q", b.Action)
	}
	var err error
	if d.index, err = parseTemplate(b.Index); err == nil {
		d.id, err = parseTemplate(b.ID)
	}
	if err != nil {
		return nil, usagef("the bulk API: %v", err)
	}
	return d, nil
}

// append appends the lines for a valid record.
func (k *bulk) append(dst, record []byte) ([]byte, error) {
	dst = append(append(append(dst, `{"`...), k.action...), `":{`...)
	var err error
	for _, field := range []struct {
		name  string
		value template
	}{{`"_index":`, k.index}, {`"_id":`, k.id}} {
		if field.value == nil || err != nil {
			continue
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		var value []byte
		if value, err = field.value.append(nil, record, notEmpty); err == nil {
			dst = jsonscan.AppendString(append(dst, field.name...), value)
		}
	}
	dst = append(dst, '}', '}', '\n')
	return append(append(dst, record...), '\n'), err
}

func notEmpty(s string) (string, error) {
	if s == "" {
		return "", errors.New("is empty")
	}
	return s, nil
}

// refused names the records that can't be sent: those that are no JSON object,
// and those without a field that the templates want.
func (k *bulk) refused(b *Batch) (refused []Refusal) {
	i := 0
	var sent []byte
	for _, line := range b.All() {
		var err error
		if bad := jsonscan.Valid(line); bad != nil {
			err = notJSON(bad)
		} else if jsonscan.Peek(line, jsonscan.Space(line, 0)) != '{' {
			err = errors.New("not an object: the bulk API takes nothing else")
		} else {
			sent, err = k.append(sent[:0], line)
		}
		if err != nil {
			refused = append(refused, Refusal{Index: i, Reason: err})
		}
		i++
	}
	return refused
}

// A bulkAnswer is what we read of an answer.
type bulkAnswer struct {
	Errors *bool
	Items  []map[string]bulkItem // by the action
}

// A bulkItem is what became of one record.
type bulkItem struct {
	Status int
	Error  *struct {
		Type, Reason string
		CausedBy     *struct{ Reason string } `json:"caused_by"`
	}
}

// err is what the server says of a record that it did not store.
func (i bulkItem) err() error {
	text := fmt.Sprintf("answered %d", i.Status)
	if name := http.StatusText(i.Status); name != "" {
		text += " (" + name + ")"
	}
	if e := i.Error; e != nil {
		text += ": " + e.Type + ": " + shorten([]byte(e.Reason))
		if e.CausedBy != nil && e.CausedBy.Reason != "" {
			text += ": " + shorten([]byte(e.CausedBy.Reason))
		}
	}
	return errors.New(text)
}

// judge turns the answer to a request that was taken as a whole into the Engine's
// terms. An answer that can't be understood leaves the fate of the records open.
func (k *bulk) judge(text []byte, b *Batch, again bool) error {
	var answer bulkAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return &Transient{Err: fmt.Errorf("the answer is none of a bulk API: %w: %s", err, shorten(text)), Tries: 3}
	}
	switch {
	case answer.Errors == nil:
		return exit.With(exit.Refused, fmt.Errorf("the answer is none of a bulk API: it does not say whether there were errors: %s", shorten(text)))
	case !*answer.Errors && !k.failed(answer.Items):
		return nil
	case len(answer.Items) != b.Records:
		return &Transient{Err: fmt.Errorf("the answer tells the fate of %d of %d records", len(answer.Items), b.Records), Tries: 3}
	}
	fates := &Partial{}
	for i, item := range answer.Items {
		if err := k.enter(fates, i, item[k.action], again || b.Attempt > 1); err != nil {
			return err
		}
	}
	switch {
	case len(fates.Again) > 0:
		return fates
	case len(fates.Refused) > 0:
		return &Rejected{Records: fates.Refused, Stored: true}
	}
	return nil
}

// failed says whether an item tells of a failure. Servers that only resemble
// Elasticsearch are known to say that there were no errors all the same.
func (k *bulk) failed(items []map[string]bulkItem) bool {
	return slices.ContainsFunc(items, func(item map[string]bulkItem) bool {
		return item[k.action].Status >= 300
	})
}

// enter enters the fate of record i; again says that an earlier attempt may have
// stored it. Its error is about all records.
func (k *bulk) enter(fates *Partial, i int, item bulkItem, again bool) error {
	status := item.Status
	switch {
	case status == 0:
		return &Transient{Err: fmt.Errorf("the answer tells nothing of the action %s of record %d", k.action, i), Tries: 3}
	case status >= 200 && status <= 299:
	case status == http.StatusConflict && k.action == "create" && again:
	case status == http.StatusTooManyRequests, status >= 500:
		fates.Again = append(fates.Again, i)
		if status >= 500 && status != http.StatusServiceUnavailable {
			fates.Doubtful++
		}
		if fates.Why.Err == nil {
			fates.Why.Err = item.err()
		}
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		return exit.With(exit.Refused, item.err())
	default:
		fates.Refused = append(fates.Refused, Refusal{Index: i, Reason: item.err(), Status: strconv.Itoa(status)})
	}
	return nil
}
