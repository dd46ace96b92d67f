set -e
scratch=$1
user=$2
group=$3
program=$4
shift 4
here=$PWD

# The folder of the cluster is where we stand: a volume that covers it, such as one at /tmp, does not hide the sources of the next ones.
folder=${scratch%/pods/*}
cd "$folder"
root=
own=:
count=0

# A folder where a mount point is missing becomes a tmpfs that has all of the folder's entries, so that nothing is made on the machine.
# A probe also comes here each time it runs, so one mkdir makes many folders: a process each would take seconds on a busy machine.
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
    { [ -d "$entry" ] && [ ! -L "$entry" ]; } || continue
    set -- "$@" "$top/${entry##*/}"
    [ $# -lt 200 ] || { mkdir "$@"; set --; }
  done
  [ $# = 0 ] || mkdir "$@"
  set --
  for entry in "$root$base"/* "$root$base"/.[!.]* "$root$base"/..?*; do
    [ -L "$entry" ] || continue
    set -- "$@" "$entry"
    [ $# -lt 200 ] || { cp -P "$@" "$top/"; set --; }
  done
  [ $# = 0 ] || cp -P "$@" "$top/"
  set --
  for entry in "$root$base"/* "$root$base"/.[!.]* "$root$base"/..?*; do
    name=${entry##*/}
    if [ -L "$entry" ] || [ ! -e "$entry" ]; then
      continue
    elif [ ! -d "$entry" ]; then
      : > "$top/$name"
    elif [ ! -d "$top/$name" ]; then
      # It came after the folders were made.
      continue
    fi
    case $entry in
      *[[:space:]\\#]*) mount --rbind "$entry" "$top/$name" ;;
      *) echo "$entry $top/$name none rbind 0 0" >> "$table" ;;
    esac
  done
  # An entry that is gone meanwhile is left out.
  [ ! -s "$table" ] || mount --all --fstab "$table" 2> /dev/null || true
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

# Every mount point first, while all of the machine is seen. One below another volume is made in that volume, when that is there.
# The real paths stay in $reals, one a line; the line of one below another volume is empty, because a link in that volume may decide it.
points() {
  targets=:
  reals=
  while [ "$1" != -- ]; do
    target=$(realpath -m "$2")
    above=${target%/*}
    while [ -n "$above" ]; do
      case $targets in *":$above:"*) break ;; esac
      above=${above%/*}
    done
    if [ -z "$above" ]; then
      if [ -d "$1" ]; then point "$target" d; else point "$target" f; fi
      own=$own$target:
      reals=$reals$target
    fi
    reals="$reals
"
    targets=$targets$target:
    shift 3
  done
}

points "$@"
while [ "$1" != -- ]; do
  source=$1
  case $source in "$folder"/*) source=./${source#"$folder"/} ;; esac
  target=${reals%%"
"*}
  reals=${reals#*"
"}
  [ -n "$target" ] || target=$(realpath -m "$2")
  mode=$3
  shift 3
  if [ -d "$source" ]; then point "$target" d; else point "$target" f; fi
  mount --no-canonicalize --rbind "$source" "$root$target"
  [ "$mode" = rw ] || mount --no-canonicalize -o remount,bind,ro "$root$target"
done
shift
case $program in
  /*)
    if [ ! -e "$root$program" ]; then
      echo "berth: $program is not seen by its container: a volume is mounted over its folder. Put the program into another folder." >&2
      exit 127
    fi
    ;;
esac
[ -z "$user" ] || set -- unshare --user --map-user="$user" --map-group="$group" -- "$@"
if [ -n "$root" ]; then
  cd "$root"
  pivot_root . .
  umount -l .
fi
cd "$here" 2> /dev/null || cd /
unset OLDPWD
exec "$@"
