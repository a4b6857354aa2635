# Completion for rate-sink, made from its options: make completion rewrites it.
_rate_sink() {
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
	if [[ $cur == : || $prev == : ]]; then
		compopt -o default 2>/dev/null
		return
	fi
	if [[ $options ]]; then
		case $prev in
		--rate | -r | --batch-records | -b | --batch-bytes | --batch-age | --max-elapsed | --drain-timeout | --checkpoint-every | --rotate-records | --rotate-bytes | --rotate-every | --header | -H | --run-id | --timeout | --connect-timeout | --retry-after-max | --server-name | --bulk-index | --bulk-id | --table | --column | --columns | --key | --stream | --metrics-addr | --max-rejects | --max-record | --pipe-size | --stats-every)
			return
			;;
		--concurrency)
			COMPREPLY=($(compgen -W 'auto' -- "$cur"))
			return
			;;
		--spill | --checkpoint | --ca-file | --cert-file | --key-file | --metrics-file | --rejects | --stats)
			compopt -o default 2>/dev/null
			return
			;;
		--compress | -z)
			COMPREPLY=($(compgen -W 'gzip zstd s2' -- "$cur"))
			return
			;;
		--body)
			COMPREPLY=($(compgen -W 'ndjson array single' -- "$cur"))
			return
			;;
		--bulk)
			COMPREPLY=($(compgen -W 'elasticsearch' -- "$cur"))
			return
			;;
		--bulk-action)
			COMPREPLY=($(compgen -W 'index create' -- "$cur"))
			return
			;;
		--on-conflict)
			COMPREPLY=($(compgen -W 'error nothing update' -- "$cur"))
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
		COMPREPLY=($(compgen -W '--rate -r --concurrency --batch-records -b --batch-bytes --batch-age --max-elapsed --drain-timeout --spill --check --compress -z --echo --receipts --checkpoint --checkpoint-every --append --rotate-records --rotate-bytes --rotate-every --header -H --body --run-id --timeout --connect-timeout --retry-after-max --ca-file --cert-file --key-file --server-name --bulk --bulk-action --bulk-index --bulk-id --insecure --table --column --columns --on-conflict --key --create-table --stream --metrics-addr --metrics-file --on-error --rejects --rejects-ok --max-rejects --max-record --pipe-size --stats --stats-every --progress --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	else
		COMPREPLY=($(compgen -W 'null: sim: file: http:// https:// postgres:// env: exec' -- "$cur"))
	fi
}
complete -F _rate_sink rate-sink
