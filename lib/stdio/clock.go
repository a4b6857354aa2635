package stdio

import "time"

// epoch is before any reading of now.
var epoch = time.Now().Add(-time.Second)

// now is the monotonic clock; only differences mean anything, and it is never 0.
// It is no parameter, unlike the clocks of what paces: it measures system calls,
// which take the time that they take.
func now() time.Duration { return time.Since(epoch) }
