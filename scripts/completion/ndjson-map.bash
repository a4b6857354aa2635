# Completion for ndjson-map, made from its options: make completion rewrites it.
_ndjson_map() {
	local IFS=$' \t\n' i at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev options=yes
	COMPREPLY=()
	# --name=value comes as three words
	if [[ $cur == = ]]; then
		cur=
	elif [[ ${COMP_WORDS[at-1]} == = ]]; then
		((at--))
	fi
	prev=${COMP_WORDS[at-1]}
	for ((i = 1; i < at; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || options=
	done
	if [[ $options ]] && ((at > 1)); then
		case ${COMP_WORDS[at-2]} in
		--arg | --argjson)
			return
			;;
		--slurpfile | --rawfile)
			compopt -o default 2>/dev/null
			return
			;;
		esac
	fi
	if [[ $options ]]; then
		case $prev in
		--library-path | -L | --rejects | --stats)
			compopt -o default 2>/dev/null
			return
			;;
		--arg | --argjson | --slurpfile | --rawfile | --jobs | -P | --indent | --max-rejects | --max-record | --pipe-size | --stats-every)
			return
			;;
		--utf8)
			COMPREPLY=($(compgen -W 'reject replace' -- "$cur"))
			return
			;;
		--compress | -z)
			COMPREPLY=($(compgen -W 'gzip zstd s2' -- "$cur"))
			return
			;;
		--on-error)
			COMPREPLY=($(compgen -W 'skip stop' -- "$cur"))
			return
			;;
		--progress)
			COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $options && $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--from-file -f --library-path -L --arg --argjson --slurpfile --rawfile --args --jsonargs --exit-status -e --strict --jobs -P --explain --null-input -n --raw-input -R --slurp -s --concat --stream --stream-errors --seq --utf8 --raw-output -r --join-output -j --raw-output0 --ascii-output -a --sort-keys -S --compact-output -c --indent --tab --color-output -C --monochrome-output -M --unbuffered --atomic --compress -z --on-error --rejects --rejects-ok --max-rejects --max-record --pipe-size --stats --stats-every --progress --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	else
		compopt -o default 2>/dev/null
	fi
}
complete -F _ndjson_map ndjson-map
