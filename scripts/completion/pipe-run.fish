# Completion for pipe-run, made from its options: make completion rewrites it.
function __pipe_run_command -d 'the words of the last command line, but the present one'
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case --
                set -e words[1]
                break
            case --command -c --input -i --output -o --accept --early-exit --cut --eof --timeout --grace --on-term --pipe-size --progress --plot --stall --report
                set -e words[1]
                set -q words[1]; and set -e words[1]
            case '-*'
                set -e words[1]
            case '*'
                break
        end
    end
    while set -l at (contains -i -- ::: $words)
        set -e words[1..$at]
    end
    string escape -- $words
end
function __pipe_run_options -d 'whether an option may follow'
    not contains -- -- (commandline -opc)
    and not contains -- ::: (commandline -opc)
    and test -z "$(__pipe_run_command)"
end
complete -c pipe-run -f -a '(complete --do-complete=(string join " " -- (__pipe_run_command) (commandline -ct)))'
complete -c pipe-run -n __pipe_run_options -s c -l command -x -d 'the pipeline as a shell writes it: \'a | b < in | c > out\''
complete -c pipe-run -n __pipe_run_options -s i -l input -r -F -d 'the first command reads FILE'
complete -c pipe-run -n __pipe_run_options -s o -l output -r -F -d 'what the last command writes becomes FILE once all are complete'
complete -c pipe-run -n __pipe_run_options -l accept -x -d 'statuses that mean a command is complete, besides 0'
complete -c pipe-run -n __pipe_run_options -l early-exit -x -a 'ok fail' -d 'a command that ends before its input does: ok, fail'
complete -c pipe-run -n __pipe_run_options -l cut -x -a 'next now' -d 'end a command whose reader has had enough: at its next write, or now'
complete -c pipe-run -n __pipe_run_options -l eof -x -a 'success immediate' -d 'a command\'s output is at its end when the command succeeds, or at once when it closes it: success, immediate'
complete -c pipe-run -n __pipe_run_options -l timeout -x -d 'end everything after that time, with status 124'
complete -c pipe-run -n __pipe_run_options -l grace -x -d 'the time between the signal to end and the kill'
complete -c pipe-run -n __pipe_run_options -l on-term -x -a 'drain kill' -d 'at SIGTERM, end the first command and let the others finish, or end all: drain, kill'
complete -c pipe-run -n __pipe_run_options -l pipe-size -x -d 'the size of the pipes, where the system allows it'
complete -c pipe-run -n __pipe_run_options -l progress -x -a 'auto always never' -d 'draw the pipeline while it runs: auto, always, never'
complete -c pipe-run -n __pipe_run_options -l plot -r -F -d 'draw the run over time into FILE, as SVG'
complete -c pipe-run -n __pipe_run_options -l stall -x -d 'tell who sits on data when nothing moved for that long; with :kill, end everything'
complete -c pipe-run -n __pipe_run_options -l report -r -F -d 'write what became of each command to FILE, or to a descriptor: fd:N, as NDJSON'
complete -c pipe-run -n __pipe_run_options -s q -l quiet -d 'no summary: only what went wrong is told'
complete -c pipe-run -n __pipe_run_options -s v -l verbose -d 'print the summary even where standard error is no terminal'
complete -c pipe-run -n __pipe_run_options -s h -l help -d 'print this help'
complete -c pipe-run -n __pipe_run_options -s V -l version -d 'print the version'
