package gen

import (
	"sort"

	"ndjsontools/lib/spell"
)

// presets are templates that come with the program.
var presets = map[string]string{
	"article": `{"id":"{{seq}}","timestamp":"{{time,step=10ms,jitter=10ms,unix=ms}}","payload":"{{repeat,50,data-chunk-,.id}}"}`,
	"access-log": `{"time":"{{time,step=5ms,jitter=5ms}}","ip":"{{ip4,10.0.0.0/8,card=4k,zipf=1}}","method":"{{pick,GET=80,POST=15,PUT=3,DELETE=2}}",` +
		`"path":"/v1/{{pick,orders,users,items,carts}}/{{int,1..9999}}","status":"{{pick,200=930,304=30,404=30,500=10}}","ms":"{{lognormal,med=12,p99=900,dp=1}}"}`,
	"orders": `{"id":"{{uuid7,step=40ms}}","seq":"{{seq,1}}","at":"{{time,step=40ms,jitter=40ms}}","customer":{"id":"{{int,1..100k,zipf=1.05}}",` +
		`"country":"{{pick,IN=5,US=3,DE=2,FR=2,BR=1,by=customer.id}}"},"items":["{{*1..5}}",{"sku":"SKU-{{int,10000..99999}}","qty":"{{int,1..9}}","price":"{{float,1.00..499.99}}"}],` +
		`"paid":"{{bool,p=.97}}","coupon":"{{pick,SPRING,SUMMER,WELCOME10,absent=85%}}"}`,
	"iot": `{"ts":"{{time,step=100ms,jitter=20ms,late=1%:30s}}","device":"dev-{{int,1..5000}}","temp":"{{normal,21,4,null=1%}}","hum":"{{float,20.0..95.0,dp=1}}",` +
		`"battery":"{{int,0..100}}","ok":"{{bool,p=.995}}"}`,
	"cdc": `{"$w":5,"op":"c","lsn":"{{seq,1000,step=8}}","ts":"{{time,step=20ms,unix}}","table":"accounts","key":"{{int,1..1M}}","after":{"balance":"{{float,0..9999.99}}","name":"{{words,2}}"}}` + "\n" +
		`{"$w":3,"op":"u","lsn":"{{seq,1000,step=8}}","ts":"{{time,step=20ms,unix}}","table":"accounts","key":"{{int,1..1M}}","before":{"balance":"{{float,0..9999.99}}"},"after":{"balance":"{{float,0..9999.99}}"}}` + "\n" +
		`{"op":"d","lsn":"{{seq,1000,step=8}}","ts":"{{time,step=20ms,unix}}","table":"accounts","key":"{{int,1..1M}}"}`,
	"events": `{"$w":46,"type":"bid","id":"{{seq}}","at":"{{time,step=1ms,unix}}","auction":"{{int,1..100k,zipf=1}}","bidder":"{{int,1..50k,zipf=1}}","price":"{{lognormal,med=120,p99=9000}}"}` + "\n" +
		`{"$w":3,"type":"auction","id":"{{seq}}","at":"{{time,step=1ms,unix}}","seller":"{{int,1..50k}}","title":"{{words,3..7}}","reserve":"{{int,1..5000}}"}` + "\n" +
		`{"$w":1,"type":"person","id":"{{seq}}","at":"{{time,step=1ms,unix}}","name":"{{words,2}}","state":"{{pick,AZ,CA,ID,OR,WA,WY}}"}`,
}

// PresetNames are the names of the presets, sorted.
func PresetNames() (names []string) {
	for name := range presets {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Preset is a schema that comes with the program.
func Preset(name string) (*Schema, error) {
	text, ok := presets[name]
	if !ok {
		return nil, source{text: "@" + name, flat: true}.fail(1, "there is no preset "+quoteText("@"+name)+spell.DidYouMean(name, PresetNames(), "@", ""), "")
	}
	return ParseTemplate("@"+name, []byte(text))
}

// Default is the record that a generator makes when it is told nothing, the
// preset article:
//
//	{"id":7,"timestamp":1704067200073,"payload":"data-chunk-7data-chunk-7…"}
//
// id counts from 0. payload is "data-chunk-<id>" 50 times with nothing
// between, so a record has 648 to 954 bytes in the first ten million. The
// timestamp starts at 2024-01-01T00:00:00Z and moves 10 ms a record, with a
// jitter below 10 ms: the only value that the seed decides.
func Default() *Schema {
	s, err := Preset("article")
	if err != nil {
		panic("gen: " + err.Error())
	}
	return s
}
