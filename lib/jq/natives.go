package jq

import (
	"maps"
	"math"

	"ndjsontools/lib/json"
)

// natives are the functions of values, by name and arity. It is never changed.
var natives = both(valueFunctions, mathFunctions)

func both(a, b map[string]nativeFunc) map[string]nativeFunc {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

var valueFunctions = map[string]nativeFunc{
	"not/0": func(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
		return json.FromBool(!v.Truthy()), one
	},
	"error/0": throw,
	"type/0": func(_ *machine, v, _, _ json.Value) (json.Value, outcome) {
		return json.FromString(v.Kind().String()), one
	},
	"have_decnum/0":          always(json.FromBool(true)),
	"have_literal_numbers/0": always(json.FromBool(true)),
	"infinite/0":             always(json.FromFloat(math.Inf(1))),
	"nan/0":                  always(json.FromFloat(math.NaN())),

	"length/0": length, "utf8bytelength/0": byteLength,
	"keys/0": keys, "keys_unsorted/0": keysUnsorted, "has/1": has, "contains/1": contains,
	"add/0": addAll, "reverse/0": reverse, "flatten/0": flatten, "flatten/1": flattenTo,
	"sort/0": sorted, "unique/0": unique, "min/0": minimum, "max/0": maximum,
	"indices/1": indices, "join/1": join,
	"to_entries/0": toEntries, "from_entries/0": fromEntries, "bsearch/1": bsearch,
	"setpath/2": setpath, "delpaths/1": delpaths,

	"format/1":   formatNamed,
	"tostring/0": tostring, "tojson/0": tojson, "fromjson/0": fromjson,
	"tonumber/0": tonumber, "toboolean/0": toboolean,
	"ascii_downcase/0": asciiDowncase, "ascii_upcase/0": asciiUpcase,
	"startswith/1": startswith, "endswith/1": endswith,
	"ltrimstr/1": ltrimstr, "rtrimstr/1": rtrimstr, "trimstr/1": trimstr,
	"trim/0": trim, "ltrim/0": ltrim, "rtrim/0": rtrim,
	"split/1": split, "explode/0": explode, "implode/0": implode,

	"input_line_number/0": inputLineNumber, "input_filename/0": inputFilename,
	"modulemeta/0": modulemeta, "get_search_list/0": searchListOf,
	"get_jq_origin/0": jqOrigin, "get_prog_origin/0": programOrigin,
	"debug/0": debug, "stderr/0": stderr, "halt/0": halt, "halt_error/1": haltError,

	"todate/0": todate, "fromdate/0": fromdate, "mktime/0": mktime, "gmtime/0": gmtime, "localtime/0": localtime,
	"strftime/1": strftime, "strflocaltime/1": strflocaltime, "strptime/1": strptime,
}

func always(v json.Value) nativeFunc {
	return func(*machine, json.Value, json.Value, json.Value) (json.Value, outcome) { return v, one }
}
