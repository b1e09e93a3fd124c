# fish completion for ann
#
# SPDX-License-Identifier: Apache-2.0

set -l verbs info show stats digest validate

complete -c ann -n "not __fish_seen_subcommand_from $verbs" -f
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -a info -d 'List what is in a store'
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -a show -d 'Print a slice of an element'
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -a stats -d 'Summarize a column, an array, a matrix or a table'
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -a digest -d 'Print sums and hashes of all values'
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -a validate -d 'Check a store against the rules of the format'
complete -c ann -n "not __fish_seen_subcommand_from $verbs" -l version -d 'Print the version'

complete -c ann -s h -l help -d 'Print the help'
complete -c ann -n "__fish_seen_subcommand_from $verbs" -l threads -x -d 'Threads to work with'
complete -c ann -n "__fish_seen_subcommand_from $verbs" -s q -l quiet -d 'No progress and no warnings'
complete -c ann -n "__fish_seen_subcommand_from info stats digest validate" -l json -d 'One JSON document'
complete -c ann -n "__fish_seen_subcommand_from info" -l storage -d 'Stored bytes too'
complete -c ann -n "__fish_seen_subcommand_from show" -l rows -x -d 'Rows'
complete -c ann -n "__fish_seen_subcommand_from show" -l columns -x -d 'Columns'
complete -c ann -n "__fish_seen_subcommand_from show" -l obs -x -d 'Expression, numbers or @FILE along obs'
complete -c ann -n "__fish_seen_subcommand_from show" -l var -x -d 'The same along var'
complete -c ann -n "__fish_seen_subcommand_from show" -l format -x -a 'table csv tsv json' -d 'Format'
complete -c ann -n "__fish_seen_subcommand_from validate" -l deep -d 'Read all values'
