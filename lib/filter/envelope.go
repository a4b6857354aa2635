package filter

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"ndjsontools/lib/jsonscan"
	"ndjsontools/lib/ndjson"
)

// appendEnvelope appends the line that a rejected record becomes:
//
//	{"input":…,"ordinal":…,"line":…,"offset":…,"reason":…,"emitted":…,"record":…}
//
// One that a destination refused has "destination", "status", "attempts" and
// "key" before "record", of which "status" and "key" are null where there are
// none.
//
// The record stands in it verbatim when it is JSON, as the string "raw" when
// it is only text (or Fault.Text says so), and as "raw_b64" when it is not even UTF-8. A record over
// the maximum has "length", "sha256" and its head, of which "raw" may lack the
// first bytes of a character at the end.
func appendEnvelope(dst []byte, rec *ndjson.Record, f Fault) []byte {
	dst = append(dst, `{"input":`...)
	dst = appendText(dst, f.Input)
	dst = strconv.AppendInt(append(dst, `,"ordinal":`...), rec.Ordinal, 10)
	dst = strconv.AppendInt(append(dst, `,"line":`...), rec.Line, 10)
	dst = strconv.AppendInt(append(dst, `,"offset":`...), rec.Offset, 10)
	dst = appendText(append(dst, `,"reason":`...), f.Reason)
	dst = strconv.AppendInt(append(dst, `,"emitted":`...), f.Emitted, 10)
	if d := f.Delivery; d != nil {
		dst = appendText(append(dst, `,"destination":`...), d.Destination)
		dst = appendTextOrNull(append(dst, `,"status":`...), d.Status)
		dst = strconv.AppendInt(append(dst, `,"attempts":`...), int64(d.Attempts), 10)
		dst = appendTextOrNull(append(dst, `,"key":`...), d.Key)
	}
	data := rec.Data
	if rec.Err != nil {
		dst = strconv.AppendInt(append(dst, `,"length":`...), rec.Err.Length, 10)
		dst = append(append(append(dst, `,"sha256":"`...), rec.Err.Hash()...), '"')
		data = wholeRunes(data)
	}
	switch {
	case rec.Err == nil && !f.Text && embeddable(data):
		dst = append(append(dst, `,"record":`...), data...)
	case utf8.Valid(data):
		dst = jsonscan.AppendString(append(dst, `,"raw":`...), data)
	default:
		dst = append(dst, `,"raw_b64":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, rec.Data)
		dst = append(dst, '"')
	}
	return append(dst, '}', '\n')
}

// embeddable says whether data is JSON and still is one level further in, so
// that our own tools read the envelope.
func embeddable(data []byte) bool {
	if len(data) < 2*jsonscan.MaxDepth { // it can't be that deep
		return jsonscan.Valid(data) == nil
	}
	inside := append(append([]byte{'['}, data...), ']')
	return jsonscan.Valid(data) == nil && jsonscan.Valid(inside) == nil
}

// appendText appends words of ours, which may hold a file's name: bytes that are
// not UTF-8 become U+FFFD.
func appendText(dst []byte, s string) []byte {
	return jsonscan.AppendString(dst, []byte(strings.ToValidUTF8(s, "\ufffd")))
}

func appendTextOrNull(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return appendText(dst, s)
}

// wholeRunes drops a character that the cut went through.
func wholeRunes(head []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(head); i++ {
		if tail := head[len(head)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return head[:len(head)-i]
			}
			break
		}
	}
	return head
}
