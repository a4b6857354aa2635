package gen

func init() {
	types = map[string]*typeInfo{
		"seq":       {about: "0, 1, 2 or from a start, a step apart", example: "seq,1000", named: []string{"step"}, flags: []string{"str"}, most: 1, compile: seqType},
		"uniq":      {about: "whole numbers of a range, each once, in no order", example: "uniq,1..1M", named: []string{"step"}, flags: []string{"str"}, least: 1, most: 1, compile: uniqType},
		"int":       {about: "whole numbers of a range; zipf= makes some of them frequent", example: "int,1..100", named: []string{"step"}, flags: []string{"str", "uniq"}, least: 1, most: 1, compile: intType},
		"float":     {about: "numbers of a range", example: "float,0..99.5", named: []string{"dp", "step"}, flags: []string{"str", "uniq"}, least: 1, most: 1, compile: floatType},
		"normal":    {about: "the normal distribution: mean, standard deviation", example: "normal,60,5", named: []string{"dp", "mean", "sd"}, flags: []string{"str"}, most: 2, compile: normalType},
		"lognormal": {about: "a long tail, as latencies have: median, 99th percentile", example: "lognormal,med=12,p99=900", named: []string{"dp", "med", "p99"}, flags: []string{"str"}, most: 2, compile: lognormalType},
		"exp":       {about: "the exponential distribution: mean", example: "exp,250", named: []string{"dp", "mean"}, flags: []string{"str"}, most: 1, compile: expType},
		"zipf":      {about: "ranks from 1 by Zipf's law: how many, and the exponent", example: "zipf,1M,1.1", flags: []string{"str"}, least: 2, most: 2, compile: zipfType},
		"bool":      {about: "true or false; p= is the share of true", example: "bool,p=.97", named: []string{"p"}, flags: []string{"str"}, compile: boolType},
		"pick":      {about: "one of the values, with weights if wanted; numbers if all are", example: "pick,info=90,warn=9,error=1", flags: []string{"str", "uniq"}, least: 1, most: -1, compile: pickType},
		"words":     {about: "so many English words", example: "words,4..20", most: 1, text: true, compile: wordsType},
		"text":      {about: "so many letters and spaces", example: "text,20..80", most: 1, text: true, compile: textType},
		"hex":       {about: "so many random bytes in hexadecimal", example: "hex,16", most: 1, text: true, compile: fixedBytes(opHex, 16, hexSize)},
		"base64":    {about: "so many random bytes in base 64", example: "base64,24", most: 1, text: true, compile: fixedBytes(opBase64, 24, base64Size)},
		"uuid4":     {about: "a random UUID", example: "uuid4", text: true, compile: leafType(opUUID4, 36, 122)},
		"uuid7":     {about: "a UUID that sorts by the record's time", example: "uuid7,step=10ms", named: clockNames[:2], flags: []string{"now"}, text: true, compile: stampedType(opUUID7, 36)},
		"ulid":      {about: "a ULID, which sorts by the record's time", example: "ulid", named: clockNames[:2], flags: []string{"now"}, text: true, compile: stampedType(opULID, 26)},
		"ip4":       {about: "an IPv4 address, of a network if one is given", example: "ip4,10.1.0.0/16", flags: []string{"uniq"}, most: 1, text: true, compile: ip4Type},
		"ip6":       {about: "an IPv6 address, of a network if one is given", example: `ip6,2001\:db8\:\:/32`, most: 1, text: true, compile: ip6Type},
		"mac":       {about: "a locally administered hardware address", example: "mac", text: true, compile: leafType(opMAC, 17, 46)},
		"time":      {about: "moments a step apart, or some of A..B; late=P:D is how many come how late", example: "time,step=10ms,jitter=2ms", named: append([]string{"unix", "late"}, clockNames...), flags: []string{"now", "unix"}, most: 1, compile: timeType},
		"date":      {about: "a day of a range", example: "date,2020-01-01..2024-12-31", flags: []string{"uniq"}, most: 1, text: true, compile: dateType},
		"dur":       {about: "a time that something took, in ms or another unit=", example: "dur,10ms..2s", named: []string{"unit"}, flags: []string{"str", "uniq"}, least: 1, most: 1, compile: durType},
		"list":      {about: "an array of so many values of another type", example: "list,0..3,pick,a,b,c", least: 2, most: -1, nested: true, compile: listType},
		"repeat":    {about: "texts and fields, joined, so many times", example: "repeat,50,chunk-,.id", least: 2, most: -1, text: true, compile: repeatType},
		"concat":    {about: "texts and fields, joined", example: "concat,user-,.id", least: 1, most: -1, text: true, compile: concatType},
		"copy":      {about: "the value of another field", example: "copy,.user.id", least: 1, most: 1, compile: copyType},
		"hash":      {about: "hexadecimal digits that only another field decides", example: "hash,.user.id,8", least: 1, most: 2, text: true, compile: hashType},
		"pad":       {about: "so many x; without a size, what --record-size leaves", example: "pad,100", most: 1, text: true, compile: padType},
		"bytes":     {about: "random bytes, of a length in a range, in enc=base64, base64url or hex", example: "bytes,8..32,enc=hex", named: []string{"enc"}, most: 1, text: true, compile: bytesType},
		"regex":     {about: "a string that matches; the pattern is last, and nothing in it is escaped", example: "regex,[A-Z]{2}-[0-9]{2,4}", literal: true, least: 1, most: 1, text: true, compile: regexType},
		"file":      {about: "a line of a file; weighted: a tab and a weight end it; json: it is any value", example: "file,words.txt", flags: []string{"weighted", "json", "uniq"}, least: 1, most: 1, compile: fileType},
		"fake":      {about: "names, addresses and the like", example: "fake,email", least: 1, most: 1, text: true, compile: fakeType},
		"walk":      {about: "a number that moves by about step= from record to record; by= has several", example: "walk,15..25,step=.05", named: []string{"dp", "step"}, flags: []string{"str"}, least: 1, most: 1, compile: walkType},
		"obj":       {about: "an object of name=type; a type's arguments stand behind colons", example: "obj,id=uuid4,n=int:1..9", least: 1, most: -1, compile: objType},
		"null":      {about: "null", example: "null", compile: func(k *call) error { k.static("null"); k.distinct = 1; return nil }},
	}
}

// leafType is a type without arguments, of so many characters and random bits.
func leafType(kind opKind, size, bits int) func(*call) error {
	return func(k *call) error {
		k.bits = bits
		k.leaf(op{kind: kind, max: size})
		return nil
	}
}
