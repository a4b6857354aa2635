package sink

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ndjsontools/lib/exit"
)

// judge turns the answer to a POST into the Engine's terms.
//
//	2xx but 207         stored
//	400, 422            some record is bad
//	408, 425, 429, 5xx  deliver again; not before Retry-After says so
//	409                 stored by an earlier attempt, if there was one
//	413                 deliver halves
//	any other           the server won't have us, whatever the record; of 4xx and
//	                    of those below nothing was stored
//
// 501, 505, 510 and 511 are such others. 207 tells the fate of each record in
// words that we don't know, so taking it for a yes would lose records.
//
// A 409 to a key that the server can't have seen is about the records, so it is
// treated as 400. With a Retry-After it says that the earlier attempt still is
// under way, whose end is worth waiting for.
//
// Where the URL has fields of the record in it, 404, 410 and 414 are about the
// record as well.
func (d *web) judge(answer *http.Response, b *Batch) error {
	status := answer.StatusCode
	if d.bulk != nil && status == http.StatusOK {
		return d.judgeBulk(answer, b)
	}
	err, word := statusError(answer), strconv.Itoa(answer.StatusCode)
	later := retryAfter(answer.Header, d.Now, d.RetryAfterMax)
	switch {
	case status >= 200 && status <= 299 && status != http.StatusMultiStatus:
		return nil
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return &Suspect{Reason: err, Status: word}
	case d.target.leads() && (status == http.StatusNotFound || status == http.StatusGone || status == http.StatusRequestURITooLong):
		return &Suspect{Reason: err, Status: word}
	case status == http.StatusConflict && later > 0:
		return &Transient{Err: err, RetryAfter: later}
	case status == http.StatusConflict && (b.Attempt > 1 || d.Again):
		return nil
	case status == http.StatusConflict:
		return &Suspect{Reason: err, Status: word}
	case status == http.StatusRequestEntityTooLarge:
		return &TooLarge{Reason: err, Status: word}
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return &Transient{Err: err, RetryAfter: later, Clean: true}
	case status == http.StatusNotImplemented, status == http.StatusHTTPVersionNotSupported,
		status == http.StatusNotExtended, status == http.StatusNetworkAuthenticationRequired:
		return &Clean{exit.With(exit.Refused, err)}
	case status >= 500 && status <= 599:
		return &Transient{Err: err, RetryAfter: later}
	case status >= 400 && status <= 499:
		return &Clean{exit.With(exit.Refused, err)}
	}
	return exit.With(exit.Refused, err)
}

// bulkRead is how much of the answer to a bulk request is read: what the words of
// Elasticsearch take for a record that it refuses, and as much again.
const bulkRead = 4 << 10

// judgeBulk reads the fate of each record.
func (d *web) judgeBulk(answer *http.Response, b *Batch) error {
	defer answer.Body.Close()
	limit := int64(answerRead + bulkRead*b.Records)
	text, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return &Transient{Err: fmt.Errorf("the answer breaks off: %w", err)}
	case int64(len(text)) > limit:
		return &Transient{Err: fmt.Errorf("the answer is longer than %d bytes", limit), Tries: 3}
	}
	return d.bulk.judge(text, b, d.Again)
}

// Of an answer's body this much is read, so that the connection can be used
// again, and this much is shown.
const (
	answerRead  = 64 << 10
	answerShown = 200
)

// statusError reads an answer to its end and makes an error of it. What goes
// wrong with the body changes nothing: the status has come. That of a 101 is the
// connection itself, which no time limits.
func statusError(answer *http.Response) error {
	defer answer.Body.Close()
	var text []byte
	if answer.StatusCode != http.StatusSwitchingProtocols {
		text, _ = io.ReadAll(io.LimitReader(answer.Body, answerRead))
	}
	words := fmt.Sprintf("answered %d", answer.StatusCode)
	if name := http.StatusText(answer.StatusCode); name != "" {
		words += " (" + name + ")"
	}
	if place := answer.Header.Get("Location"); place != "" && answer.StatusCode/100 == 3 {
		words += ", which leads to " + place + " and is not followed: name that URL"
	}
	if text := shorten(text); text != "" {
		words += ": " + text
	}
	return fmt.Errorf("%s", words)
}

// shorten is the beginning of a text on one line.
func shorten(text []byte) string {
	text = bytes.ToValidUTF8(text, []byte("\ufffd"))
	cut := text
	if len(cut) > answerShown {
		cut = cut[:answerShown]
		for !utf8.Valid(cut) {
			cut = cut[:len(cut)-1]
		}
	}
	line := strings.Join(strings.Fields(string(cut)), " ")
	if len(cut) < len(text) {
		line += " …"
	}
	return line
}

// retryAfter is the wait that an answer asks for, at most limit: a number of
// seconds, or a date, for which the answer's own date counts as now, so that
// the two clocks need not agree. Nonsense is no wait.
func retryAfter(h http.Header, now func() time.Time, limit time.Duration) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 63); err == nil {
		if seconds >= uint64(limit/time.Second) {
			return limit
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		from = now()
	}
	return min(max(at.Sub(from), 0), limit)
}
