#!/usr/bin/env bash
# Fetches a data set, or unpacks an archive of it that is here already, and
# verifies every file.
#
#   tools/get-data.sh imdb DIR [ARCHIVE]
#
# imdb: 50,000 film reviews, train/ and test/ with neg/ and pos/ each, 64 MB, from
# https://ai.stanford.edu/~amaas/data/sentiment/ (84 MB). ARCHIVE is that file
# or another .tar.gz or .tar.xz of the same folders. DIR must not exist yet or be
# empty; when it holds the data already, they are verified and kept.
set -euo pipefail
exec </dev/null

url=https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz
folders=(train/neg train/pos test/neg test/pos)
reviews=12500
# Of the lines "SHA-256  FOLDER/FILE" of all reviews, sorted by FOLDER/FILE.
expected=53401f63790d00988eaba68794083e8b1e613bdeb1396a7f8af4b16627000f69

say() { printf 'get-data: %s\n' "$*"; }
die() {
  printf 'get-data: error: %s\n' "$*" >&2
  exit 1
}

# Stops unless folder $1, called $2 in messages, holds exactly the reviews.
verify() {
  local folder found
  for folder in "${folders[@]}"; do
    [[ -d $1/$folder ]] || die "$2: expected a folder $folder"
    found=$(find "$1/$folder" -type f -name '*.txt' | wc -l)
    ((found == reviews)) ||
      die "$2: expected $reviews reviews in $folder, got $found"
  done
  found=$(cd "$1" && find "${folders[@]}" -type f -name '*.txt' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  [[ ${found%% *} == "$expected" ]] ||
    die "$2: expected SHA-256 $expected, got ${found%% *}"
}

fetch() {
  say "fetching $url"
  if command -v curl >/dev/null; then
    curl -fL --retry 3 -o "$1" "$url"
  elif command -v wget >/dev/null; then
    wget -O "$1" "$url"
  else
    die "neither curl nor wget is here; give the archive by hand"
  fi || die "fetching failed; give the archive by hand"
}

if (($# < 2 || $# > 3)) || [[ $1 != imdb ]]; then
  sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
target=${2%/}
archive=${3:-}
if [[ -d $target && -n $(ls -A "$target") ]]; then
  verify "$target" "$target"
  say "$target holds the data already"
  exit 0
fi
[[ -z $archive || -r $archive ]] || die "$archive: cannot be read"

# Unpacked beside the target and moved when it is whole.
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [[ -z $archive ]]; then
  archive=$work/archive.tar.gz
  fetch "$archive"
fi
say "unpacking $archive"
mkdir "$work/all"
# The official archive also has 50,000 reviews without a label.
tar -xf "$archive" -C "$work/all" --no-same-owner --exclude='*/unsup' ||
  die "$archive: tar cannot unpack it"
# DIR/train/neg, whatever the folders above it are called.
top=$(find "$work/all" -type d -path '*/train/neg' | head -n 1)
[[ -n $top ]] || die "$archive: expected a folder train/neg in it"
top=${top%/train/neg}
verify "$top" "$archive"
chmod -R u=rwX,go=rX "$top"
[[ ! -d $target ]] || rmdir "$target"
mv "$top" "$target"
say "$target: $((4 * reviews)) reviews, verified"
