package json

import (
	"runtime"
	"testing"
)

// A decoder that is never reset keeps nothing of what its caller has let go.
func TestNotReset(t *testing.T) {
	var d Decoder
	record := []byte(`{"a":[1,2.5,{"b":"x\ty"}],"c":{"d":[[],{}],"e":"é\n"}}`)
	alive := func() uint64 {
		for range 20_000 {
			if _, err := d.Decode(record); err != nil {
				t.Fatal(err)
			}
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(&d)
		return m.HeapAlloc
	}
	if first, second := alive(), alive(); second > first+1<<20 {
		t.Errorf("%d bytes alive, %d after as many records again", first, second)
	}
}
