package sink

import "context"

// Null acknowledges everything and stores nothing.
func Null() Destination { return null{} }

type null struct{}

func (null) Name() string                          { return "null" }
func (null) Traits() Traits                        { return Traits{AnyBorders: true, Parallel: true} }
func (null) Open(context.Context) error            { return nil }
func (null) Deliver(context.Context, *Batch) error { return nil }
func (null) Commit(context.Context) error          { return nil }
func (null) Abort() error                          { return nil }
