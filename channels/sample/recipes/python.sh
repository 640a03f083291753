#!/bin/sh
# Stands in for an interpreter where only its place matters: compiles by copying and says what it would run.
version=@VERSION@
tag=cpython-$(echo "$version" | cut -d. -f1,2 | tr -d .)

compile() {
  while IFS= read -r source; do
    case $source in
      *.py)
        mkdir -p "$(dirname "$source")/__pycache__"
        cp "$source" "$(dirname "$source")/__pycache__/$(basename "$source" .py).$tag.pyc"
        ;;
    esac
  done
}

case "$*" in
  -V | --version) echo "Python $version" ;;
  *'-m compileall'*)
    while [ $# -gt 0 ]; do
      case $1 in
        -i) shift; compile <"$1" ;;
        *.py) echo "$1" | compile ;;
      esac
      shift
    done
    ;;
  *) echo "python $version runs: $*" ;;
esac
