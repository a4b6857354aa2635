# Completion for throttle, made from its options: make completion rewrites it.
_throttle() {
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
		--rate | -r | --burst | --cost | --min-cost | --ramp | --schedule | --max-queue | --target-latency | --min | --max | --count | -n | --bytes | --for | --size | --max-rejects | --pipe-size | --stats-every)
			return
			;;
		--rate-file | --rejects | --stats)
			compopt -o default 2>/dev/null
			return
			;;
		--progress)
			COMPREPLY=($(compgen -W 'auto always never' -- "$cur"))
			return
			;;
		esac
	fi
	if [[ $options && $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--rate -r --burst --records --null-data --cost --min-cost --poisson --ramp --schedule --rate-file --max-queue --target-latency --min --max --shed --count -n --bytes --for --size --rejects --rejects-ok --max-rejects --pipe-size --stats --stats-every --progress --quiet -q --verbose -v --help -h --version -V' -- "$cur"))
	fi
}
complete -F _throttle throttle
