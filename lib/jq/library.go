package jq

// library are the functions that are written in jq, by name and arity. What
// they do, and in what order, is what jq's own definitions do. It is never
// changed.
var library = map[string]string{
	"map_values/1": `def map_values(f): .[] |= f;`,
	"recurse/1":    `def recurse(f): def r: ., (f | r); r;`,
	"recurse/2":    `def recurse(f; cond): def r: ., (f | select(cond) | r); r;`,
	"while/2":      `def while(cond; update): def _while: if cond then ., (update | _while) else empty end; _while;`,
	"until/2":      `def until(cond; update): def _until: if cond then . else (update | _until) end; _until;`,
	"repeat/1":     `def repeat(f): def _repeat: f, _repeat; _repeat;`,
	"walk/1":       `def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;`,

	"values/0":    `def values: select(. != null);`,
	"nulls/0":     `def nulls: select(. == null);`,
	"booleans/0":  `def booleans: select(type == "boolean");`,
	"numbers/0":   `def numbers: select(type == "number");`,
	"strings/0":   `def strings: select(type == "string");`,
	"arrays/0":    `def arrays: select(type == "array");`,
	"objects/0":   `def objects: select(type == "object");`,
	"iterables/0": `def iterables: select(type | . == "array" or . == "object");`,
	"scalars/0":   `def scalars: select(type | . != "array" and . != "object");`,
	"finites/0":   `def finites: select(isfinite);`,
	"normals/0":   `def normals: select(isnormal);`,

	"paths/0":        `def paths: path(..) | select(length > 0);`,
	"paths/1":        `def paths(node_filter): path(.. | select(node_filter)) | select(length > 0);`,
	"pick/1":         `def pick(pathexps): . as $top | reduce path(pathexps) as $p (null; setpath($p; $top | getpath($p)));`,
	"with_entries/1": `def with_entries(f): to_entries | map(f) | from_entries;`,
	"in/1":           `def in(xs): . as $x | xs | has($x);`,
	"inside/1":       `def inside(xs): . as $x | xs | contains($x);`,
	"index/1":        `def index($i): indices($i) | .[0];`,
	"rindex/1":       `def rindex($i): indices($i) | .[-1:][0];`,
	"first/0":        `def first: .[0];`,
	"last/0":         `def last: .[-1];`,
	"nth/1":          `def nth($n): .[$n];`,
	"nth/2":          `def nth($n; f): if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; f)) end;`,
	"skip/2": `def skip($n; f):
		if $n > 0 then foreach f as $x ($n; . - 1; if . < 0 then $x else empty end)
		elif $n == 0 then f
		else error("skip doesn't support negative count") end;`,
	"combinations/0": `def combinations:
		if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;`,
	"combinations/1": `def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;`,
	"transpose/0":    `def transpose: [range(0; map(length) | max // 0) as $i | [.[][$i]]];`,
	"IN/1":           `def IN(s): any(s == .; .);`,
	"IN/2":           `def IN(src; s): any(src == s; .);`,
	"INDEX/1":        `def INDEX(idx_expr): INDEX(.[]; idx_expr);`,
	"INDEX/2":        `def INDEX(stream; idx_expr): reduce stream as $row ({}; .[$row | idx_expr | tostring] |= $row);`,
	"JOIN/2":         `def JOIN($idx; idx_expr): [.[] | [., $idx[idx_expr]]];`,
	"JOIN/3":         `def JOIN($idx; stream; idx_expr): stream | [., $idx[idx_expr]];`,
	"JOIN/4":         `def JOIN($idx; stream; idx_expr; join_expr): stream | [., $idx[idx_expr]] | join_expr;`,
	"error/1":        `def error(msg): msg | error;`,

	"debug/1":      `def debug(msgs): (msgs | debug | empty), .;`,
	"halt_error/0": `def halt_error: halt_error(5);`,

	"todateiso8601/0":   `def todateiso8601: todate;`,
	"fromdateiso8601/0": `def fromdateiso8601: fromdate;`,

	"test/2":    `def test(re; flags): _test(re; flags);`,
	"match/2":   `def match(re; flags): _match(re; flags) | .[];`,
	"capture/2": `def capture(re; flags): _capture(re; flags) | .[];`,
	"scan/1":    `def scan($re): _scan($re; "g") | .[];`,
	"scan/2":    `def scan($re; $flags): _scan($re; "g" + $flags) | .[];`,
	"split/2":   `def split($re; $flags): _splits($re; $flags + "g");`,
	"splits/1":  `def splits($re): _splits($re; "g") | .[];`,
	"splits/2":  `def splits($re; $flags): _splits($re; $flags + "g") | .[];`,
	"sub/2":     `def sub($re; s): _sub($re; s; "");`,
	"sub/3":     `def sub($re; s; $flags): _sub($re; s; $flags);`,
	"gsub/2":    `def gsub($re; s): _sub($re; s; "g");`,
	"gsub/3":    `def gsub($re; s; flags): sub($re; s; flags + "g");`,

	"tostream/0": `def tostream:
		path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);`,
	"truncate_stream/1": `def truncate_stream(stream):
		. as $n | null | stream | . as $input | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;`,
}
