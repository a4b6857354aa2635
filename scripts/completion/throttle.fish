# Completion for throttle, made from its options: make completion rewrites it.
complete -c throttle -f
complete -c throttle -s r -l rate -x -d 'records (1000/s) or bytes (10MB/s) a second, /m or /h; give both for both'
complete -c throttle -l burst -x -d 'let that many records (100) or bytes (64KiB) go at once after a pause'
complete -c throttle -l records -d 'keep records whole under a byte rate too'
complete -c throttle -l null-data -d 'records end in NUL, not in a newline'
complete -c throttle -l pipe-size -x -d 'enlarge the pipes on both sides to SIZE where the system allows it'
complete -c throttle -l stats -r -F -d 'write statistics as NDJSON to FILE, or to a descriptor: fd:N'
complete -c throttle -l stats-every -x -d 'write statistics that often, not only at the end'
complete -c throttle -l progress -x -a 'auto always never' -d 'draw a progress line: auto, always, never'
complete -c throttle -s q -l quiet -d 'no summary, no progress, no message for a single record'
complete -c throttle -s v -l verbose -d 'print the summary even where standard error is no terminal'
complete -c throttle -s h -l help -d 'print this help'
complete -c throttle -s V -l version -d 'print the version'
