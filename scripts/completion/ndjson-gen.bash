# Completion for ndjson-gen, made from its options: make completion rewrites it.
_ndjson_gen() {
	local IFS=$' \t\n' i at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev options=yes attached=
	COMPREPLY=()
	# --name=value comes as three words
	if [[ $cur == = ]]; then
		cur=
		attached=yes
	elif [[ ${COMP_WORDS[at-1]} == = ]]; then
		((at--))
		attached=yes
	fi
	prev=${COMP_WORDS[at-1]}
	for ((i = 1; i < at; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || options=
	done
	if [[ $options && $attached ]]; then
		case $prev in
		--verify)
			COMPREPLY=($(compgen -W 'exact values ids' -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $options ]]; then
		case $prev in
		--from-file | -f | --like | --json-schema | --bad-log | --stats)
			compopt -o default 2>/dev/null
			return
			;;
		--count | -n | --bytes | --for | --start | --range | --shard | --record-size | --stamp | --seed | --rate | -r | --loop-block | --drop | --dup | --shuffle | --bad | --id | --jobs | -P | --pipe-size | --stats-every)
			return
			;;
		--compress | -z)
			COMPREPLY=($(compgen -W 'gzip zstd s2' -- "$cur"))
			return
			;;
		--progress)
			COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $options && $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--from-file -f --like --json-schema --print --types --explain --count -n --bytes --for --start --range --shard --record-size --stamp --seed --now --rate -r --catch-up --loop-block --drop --dup --shuffle --bad --bad-log --verify --id --tee --jobs -P --compress -z --pipe-size --stats --stats-every --progress --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	else
		compopt -o default 2>/dev/null
	fi
}
complete -F _ndjson_gen ndjson-gen
