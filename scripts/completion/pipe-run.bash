# Completion for pipe-run, made from its options: make completion rewrites it.
_pipe_run() {
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
	if [[ $options ]]; then
		case $prev in
		--command | -c | --accept | --timeout | --grace | --pipe-size | --stall)
			return
			;;
		--input | -i | --output | -o | --plot | --report)
			compopt -o default 2>/dev/null
			return
			;;
		--early-exit)
			COMPREPLY=($(compgen -W 'ok fail' -- "$cur"))
			return
			;;
		--cut)
			COMPREPLY=($(compgen -W 'next now' -- "$cur"))
			return
			;;
		--eof)
			COMPREPLY=($(compgen -W 'success immediate' -- "$cur"))
			return
			;;
		--on-term)
			COMPREPLY=($(compgen -W 'drain kill' -- "$cur"))
			return
			;;
		--progress)
			COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $options && $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--command -c --input -i --output -o --accept --early-exit --cut --eof --timeout --grace --on-term --pipe-size --progress --plot --stall --report --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	fi
}
complete -F _pipe_run pipe-run
