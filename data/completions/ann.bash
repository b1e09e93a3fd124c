# bash completion for ann
#
# SPDX-License-Identifier: Apache-2.0

_ann ()
{
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verbs="info show stats digest validate" common="--help --threads --quiet" own=

  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "$verbs --help --version" -- "$cur"))
    return
  fi

  # bash takes the "=" of an option for a word of its own
  if [ "$cur" = "=" ]; then cur=; fi
  if [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $prev in
    --format)
      COMPREPLY=($(compgen -W "table csv tsv json" -- "$cur"))
      return ;;
    --rows | --columns | --obs | --var | --threads)
      return ;;
  esac

  case ${COMP_WORDS[1]} in
    info) own="--json --storage" ;;
    show) own="--rows --columns --obs --var --format" ;;
    stats | digest) own="--json" ;;
    validate) own="--deep --json" ;;
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$own $common" -- "$cur"))
  else
    compopt -o filenames 2>/dev/null
    local IFS=$'\n'
    COMPREPLY=($(compgen -d -- "$cur") $(compgen -f -X '!*.@(h5ad|h5ads|h5|hdf5|h5mu)' -- "$cur"))
  fi
}

shopt -s extglob
complete -F _ann ann
