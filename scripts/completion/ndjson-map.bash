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
		--from-file | -f | --rejects | --stats)
			compopt -o default 2>/dev/null
			return
			;;
		--jobs | -P | --arg | --argjson | --slurpfile | --rawfile | --max-rejects | --max-record | --pipe-size | --stats-every)
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
		COMPREPLY=($(compgen -W '--from-file -f --null-input -n --slurp -s --raw-output -r --join-output -j --compact-output -c --exit-status -e --jobs -P --explain --arg --argjson --slurpfile --rawfile --compress -z --on-error --rejects --rejects-ok --max-rejects --max-record --pipe-size --stats --stats-every --progress --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	else
		compopt -o default 2>/dev/null
	fi
}
complete -F _ndjson_map ndjson-map
