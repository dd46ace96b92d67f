set -e
scratch=$1
user=$2
group=$3
shift 3
root=
own=:
count=0

# A folder where a mount point is missing becomes a tmpfs that has all of the folder's entries, so that nothing is made on the machine itself.
shadow() {
  count=$((count + 1))
  top=$scratch/$count
  base=${1%/}
  mkdir "$top"
  mount -t tmpfs -o mode=755 berth "$top"
  mount --make-unbindable "$top"
  table=$scratch/$count.fstab
  : > "$table"
  set --
  for entry in "$root$base"/* "$root$base"/.[!.]* "$root$base"/..?*; do
    name=${entry##*/}
    if [ -L "$entry" ]; then
      cp -P "$entry" "$top/"
    elif [ -d "$entry" ]; then
      mkdir "$top/$name"
    elif [ -e "$entry" ]; then
      : > "$top/$name"
    else
      continue
    fi
    [ -L "$entry" ] && continue
    case $entry in
      *[[:space:]\\#]*) mount --rbind "$entry" "$top/$name" ;;
      *) echo "$entry $top/$name none rbind 0 0" >> "$table" ;;
    esac
  done
  [ ! -s "$table" ] || mount --all --fstab "$table"
  mount --make-private "$top"
  if [ -z "$base" ]; then
    root=$top
  else
    mount --rbind "$top" "$root$base"
  fi
}

# Makes the mount point $1: a folder (d) or a file (f).
point() {
  [ -e "$root$1" ] && return 0
  above=${1%/*}
  while [ -n "$above" ] && [ ! -e "$root$above" ]; do above=${above%/*}; done
  case $own in
    *":${above:-/}:"*) ;;
    *) shadow "${above:-/}"; own=$own${above:-/}: ;;
  esac
  rest=${1#"$above"/}
  while [ "$rest" != "${rest#*/}" ]; do
    above=$above/${rest%%/*}
    rest=${rest#*/}
    mkdir "$root$above"
    own=$own$above:
  done
  if [ "$2" = d ]; then
    mkdir "$root$1"
    own=$own$1:
  else
    : > "$root$1"
  fi
}

while [ "$1" != -- ]; do
  source=$1
  target=$(realpath -m "$2")
  mode=$3
  shift 3
  if [ -d "$source" ]; then point "$target" d; else point "$target" f; fi
  mount --rbind "$source" "$root$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$root$target"
done
shift
[ -z "$user" ] || set -- unshare --user --map-user="$user" --map-group="$group" -- "$@"
if [ -n "$root" ]; then
  folder=$PWD
  cd "$root"
  pivot_root . .
  umount -l .
  cd "$folder" 2> /dev/null || cd /
fi
exec "$@"
