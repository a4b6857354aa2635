package sink

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestSystemClock(t *testing.T) {
	clock := SystemClock()
	start := clock.Now()
	if err := clock.Sleep(t.Context(), 2*time.Millisecond); err != nil {
		t.Error(err)
	}
	if slept := clock.Now() - start; slept < 2*time.Millisecond {
		t.Errorf("slept %v; want at least 2 ms", slept)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	for _, d := range []time.Duration{time.Hour, 0, -1} {
		if err := clock.Sleep(ctx, d); !errors.Is(err, context.Canceled) {
			t.Errorf("Sleep(%v) %v; want %v", d, err, context.Canceled)
		}
	}
}

func TestNull(t *testing.T) {
	e := opened(t, Null(), Options{Limits: DefaultLimits()})
	if err := e.Add(t.Context(), numbered(0, 12345)); err != nil {
		t.Fatal(err)
	}
	wantBooks(t, e, 12345, 0, 0, 0)
	if err := e.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := e.Counts(); c.Batches != 1 || c.AckedBytes != 123450 {
		t.Errorf("counts %+v; want one batch of 123450 bytes", c)
	}
}
