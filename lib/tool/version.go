package tool

import "runtime/debug"

// version is stamped by the linker: -X ndjsontools/lib/tool.version=v1.2.3
var version string

// Version is the version that was stamped at the build, or else what the
// compiler knows of the source.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			revision = "-" + s.Value[:12]
		}
	}
	return "devel" + revision
}
