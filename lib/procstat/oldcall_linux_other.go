//go:build linux && !amd64

package procstat

// oldCall has nothing to add: what is not in callOf is no call that the levels
// of the pipes could explain.
func oldCall(int) wait { return other }
