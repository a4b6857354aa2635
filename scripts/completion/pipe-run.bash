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
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			((i++))
			break
			;;
		--command | -c | --input | -i | --output | -o | --accept | --early-exit | --cut | --eof | --timeout | --grace | --on-term | --pipe-size | --progress | --plot | --stall | --report)
			[[ ${COMP_WORDS[i+1]} != = ]] || ((i++))
			((i++))
			;;
		-*)
			[[ ${COMP_WORDS[i+1]} != = ]] || ((i += 2))
			;;
		*)
			break
			;;
		esac
	done
	if ((i < COMP_CWORD)) || [[ $i == "$COMP_CWORD" && ($cur != -* || ! $options) ]]; then
		for ((at = i; at < COMP_CWORD; at++)); do
			[[ ${COMP_WORDS[at]} != ::: ]] || ((i = at + 1))
		done
		if ((i == COMP_CWORD)); then
			COMPREPLY=($(compgen -c -- "$cur"))
			[[ $cur != */* ]] || compopt -o default 2>/dev/null
		elif declare -F _command_offset >/dev/null; then
			_command_offset $i
		else
			compopt -o default 2>/dev/null
		fi
		return
	fi
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
