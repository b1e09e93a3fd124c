# bash completion for ann
#
# SPDX-License-Identifier: Apache-2.0

_ann ()
{
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local verbs="info show stats digest validate export concat split edit" common="--help --threads --remap --skip-missing-parts --quiet" own=
  local write="--output --format --elements --compression --chunk-rows --zarr-format --shard-rows --csr --csc --dense
    --profile --keep-unused-categories --skip-unreadable --overwrite --dry-run --json"

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
      local formats="h5ad zarr zarr.zip csv csv.gz tsv tsv.gz mtx ids"
      if [ "${COMP_WORDS[1]}" = show ]; then formats="table csv tsv json"; fi
      if [ "${COMP_WORDS[1]}" = split ]; then formats="h5ad zarr zarr.zip"; fi
      COMPREPLY=($(compgen -W "$formats" -- "$cur"))
      return ;;
    --profile)
      COMPREPLY=($(compgen -W "portable modern faithful" -- "$cur"))
      return ;;
    --compression)
      COMPREPLY=($(compgen -W "none gzip zstd blosc lz4 lzf" -- "$cur"))
      return ;;
    --axis)
      COMPREPLY=($(compgen -W "obs var" -- "$cur"))
      return ;;
    --join)
      COMPREPLY=($(compgen -W "inner outer" -- "$cur"))
      return ;;
    --merge | --uns-merge)
      COMPREPLY=($(compgen -W "none same unique first only" -- "$cur"))
      return ;;
    --zarr-format)
      COMPREPLY=($(compgen -W "2 3" -- "$cur"))
      return ;;
    --rows | --columns | --threads | --obs | --var | --elements | --chunk-rows | --shard-rows | --label | --keys | \
      --index-unique | --fill-value | --by | --set | --set-text | --rename | --drop)
      return ;;
  esac

  case ${COMP_WORDS[1]} in
    info) own="--json --storage" ;;
    show) own="--rows --columns --obs --var --format" ;;
    stats | digest) own="--json" ;;
    validate) own="--deep --json" ;;
    export) own="--obs --var --obs-names --var-names $write" ;;
    concat) own="--axis --join --merge --uns-merge --label --keys --index-unique --fill-value --pairwise $write" ;;
    split) own="--by $write" ;;
    edit) own="--set --set-text --rename --drop --to-raw --overwrite --dry-run --json" ;;
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
