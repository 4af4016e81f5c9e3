# Common to the scripts below test/loader: source this, make a root, judge a program in it.
#
#   . "$(dirname "$0")/../judge.sh"
#   machine x86_64                          # glibc of this machine and its own folders, in a fresh $ROOT
#   lib /opt/liba.so libb.so -- -rpath /b   # a library that needs libb.so; after --: options of ld
#   prog /prog liba.so libc.so.6 -- -rpath /opt
#   judge /prog                             # the real loader and $PARE must say the same
#   loads /opt/liba.so                      # the real loader must have done what the script's name says
#
# A need is recorded as it is written here; no library of that name has to exist. Programs are linked by ld from a few
# bytes of assembler, so no compiler and no C library of the machine that is aimed at is needed.

set -eu
LOADER_TESTS=${LOADER_TESTS-$(cd "$(dirname "$0")/.." && pwd)}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/pare-loader.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
ROOT=$WORK/root
mkdir "$ROOT" "$WORK/stubs"
export ROOT WORK

skip() {
  echo "skip: $*"
  exit 77
}

need_tool() {
  for tool; do
    command -v "$tool" >"$WORK/tool" || skip "no $tool"
  done
}

need_file() {
  for file; do
    [ -e "$file" ] || skip "no $file"
  done
}

# The runner builds `enter` once and says where it is.
need_tool ld as strace python3
if [ -z "${ENTER-}" ]; then
  ENTER=$WORK/enter
  gcc -static -O1 -o "$ENTER" "$LOADER_TESTS/enter.c"
fi
export ENTER
"$ENTER" "$ROOT" -- /nothing 2>"$WORK/enter.log" || [ $? = 127 ] ||
  skip "needs root, or user namespaces (the runner enters one by itself)"

# machine NAME: makes later lib and prog calls build for it, and lays its loader and libc into $ROOT.
# `x86_64-without-libc` and the like: the tools only.
machine() {
  VIA=
  abi=
  case ${1%-without-libc} in
    x86_64) tools='' as=--64 ld=elf_x86_64 from=/lib/x86_64-linux-gnu
      LOADER=/lib64/ld-linux-x86-64.so.2 LIBDIR=/lib/x86_64-linux-gnu ;;
    i386) tools='' as=--32 ld=elf_i386 from=/lib32
      LOADER=/lib/ld-linux.so.2 LIBDIR=/lib32 ;; # libc6-i386 is built with /lib32 as its folder
    musl) tools='' as=--64 ld=elf_x86_64 from=/lib/x86_64-linux-musl
      LOADER=/lib/ld-musl-x86_64.so.1 LIBDIR=/lib ;;
    aarch64) foreign aarch64-linux-gnu aarch64 /lib/ld-linux-aarch64.so.1 ;;
    armhf) foreign arm-linux-gnueabihf arm /lib/ld-linux-armhf.so.3
      abi='.eabi_attribute Tag_ABI_VFP_args, 1' ;; # hard float, or its loader passes over them
    riscv64) foreign riscv64-linux-gnu riscv64 /lib/ld-linux-riscv64-lp64d.so.1 ;;
    s390x) foreign s390x-linux-gnu s390x /lib/ld64.so.1 ;;
    ppc64el) foreign powerpc64le-linux-gnu ppc64le /lib64/ld64.so.2
      abi='.abiversion 2' ;;
    mips64el) foreign mips64el-linux-gnuabi64 mips64el /lib64/ld.so.1 ;;
    powerpc) foreign powerpc-linux-gnu ppc /lib/ld.so.1 ;;
    *) echo "judge.sh: unknown machine $1" >&2; exit 2 ;;
  esac
  BUILD_AS="${tools}as $as"
  BUILD_LD="${tools}ld${ld:+ -m $ld}"
  need_tool "${tools}as" "${tools}ld"
  export LOADER LIBDIR VIA
  case $1 in
    *-without-libc) ;;
    musl)
      need_file "$from/libc.so"
      mkdir -p "$ROOT/lib"
      cp "$from/libc.so" "$ROOT$LOADER" ;;
    *)
      need_file "$from/libc.so.6"
      mkdir -p "$ROOT$(dirname "$LOADER")" "$ROOT$LIBDIR"
      # Of mips64el, the loader is in lib64 and libc in lib.
      cp -L "$from/$(basename "$LOADER")" "$ROOT$LOADER" 2>"$WORK/cp.log" ||
        cp -L "${from}64/$(basename "$LOADER")" "$ROOT$LOADER"
      cp -L "$from/libc.so.6" "$ROOT$LIBDIR/libc.so.6" ;;
  esac
  case ${1%-without-libc} in
    x86_64 | musl) start='mov $60,%eax; xor %edi,%edi; syscall' ;;
    i386) start='mov $1,%eax; xor %ebx,%ebx; int $0x80' ;;
    *) start='.long 0' ;; # only ever traced, never run
  esac
  echo ".globl _start; _start: $start" | object start
  printf '.section .note.GNU-stack,"",%%progbits\n' | object empty
}

foreign() { # TRIPLET QEMU LOADER
  tools=$1- as='' ld='' from=/usr/$1/lib LOADER=$3 LIBDIR=/lib/$1
  VIA=/usr/bin/qemu-$2-static
  need_file "$VIA"
}

# beside_x86_64 NAME: as machine, in a root that holds an x86-64 system with a /usr/lib/x86_64-linux-gnu/liba.so.
beside_x86_64() {
  machine x86_64
  lib /usr/lib/x86_64-linux-gnu/liba.so
  machine "$1"
}

# object NAME <assembler: $WORK/NAME.o, to be given after --. No machine marks its stack executable.
object() {
  { echo "$abi"; cat; } | $BUILD_AS -o "$WORK/$1.o" -
}

link_elf() { # PATH FIRST-OPTIONS... : NEED... [-- OPTION...]
  target=$ROOT$1
  shift
  mkdir -p "$(dirname "$target")"
  first=1
  count=0
  total=$#
  while [ "$count" -lt "$total" ]; do
    count=$((count + 1))
    word=$1
    shift
    case $first:$word in
      1::) first=0 ;;
      0:--) first=2 ;;
      0:*) set -- "$@" "$(stub "$word")" ;;
      *) set -- "$@" "$word" ;;
    esac
  done
  $BUILD_LD -z noexecstack -o "$target" --no-as-needed --allow-shlib-undefined "$@" 2>"$WORK/ld.log" ||
    { cat "$WORK/ld.log" >&2; exit 2; }
}

# stub NEED: a library whose only use is to be linked against, so that NEED is recorded.
stub() {
  stub=$(mktemp "$WORK/stubs/XXXXXX.so")
  $BUILD_LD -z noexecstack --no-warn-rwx-segments -shared -soname "$1" -o "$stub" "$WORK/empty.o"
  echo "$stub"
}

# lib PATH NEED... [-- OPTION...]; its soname is its file name unless -soname is among the options.
lib() {
  path=$1
  shift
  case " $* " in
    *" -soname "*) link_elf "$path" -shared "$WORK/empty.o" : "$@" ;;
    *) link_elf "$path" -shared -soname "$(basename "$path")" "$WORK/empty.o" : "$@" ;;
  esac
}

# prog PATH NEED... [-- OPTION...]
prog() {
  path=$1
  shift
  link_elf "$path" -pie -dynamic-linker "$LOADER" "$WORK/start.o" : "$@"
}

# opener PATH CC NAME... [-- OPTION...]: a program, or with -shared among the options a library, that loads each NAME while
# it runs, and says so in a .note.dlopen, so that pare knows of it.
opener() {
  path=$1
  compiler=$2
  shift 2
  need_tool "$compiler"
  note='' calls=''
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    note="$note${note:+,}{\\\"soname\\\":[\\\"$1\\\"]}"
    calls="$calls dlopen(\"$1\", RTLD_NOW);"
    shift
  done
  [ $# = 0 ] || shift
  cat >"$WORK/opener.c" <<EOF
#include <dlfcn.h>
__asm__(".pushsection .note.dlopen,\"a\",@note\n.balign 4\n.long 4, 2f-1f, 0x407c0c0a\n.asciz \"FDO\"\n"
        "1: .asciz \"[$(printf %s "$note" | sed 's/\\/\\\\/g; s/\\\\"/\\\\\\"/g')]\"\n2: .balign 4\n.popsection\n");
__attribute__((constructor)) static void load(void) {$calls }
#ifndef SHARED
int main(void) { return 0; }
#endif
EOF
  mkdir -p "$(dirname "$ROOT$path")"
  case " $* " in
    *" -shared "*) set -- -DSHARED -fPIC "$@" ;;
  esac
  "$compiler" -o "$ROOT$path" "$WORK/opener.c" -Wl,--no-as-needed -Wl,--allow-shlib-undefined "$@"
}

# retag PATH OLD NEW [VALUE]: the first entry OLD of the dynamic table becomes NEW, for tables that ld does not write.
retag() {
  path=$ROOT$1
  shift
  python3 -I "$LOADER_TESTS/retag.py" "$path" "$@"
}

# poke PATH OFFSET BYTES: BYTES in printf's words.
poke() {
  printf "$3" | dd of="$ROOT$1" bs=1 seek="$2" conv=notrunc status=none
}

# show_proc: the root has a /proc, which $ORIGIN of a program needs.
show_proc() {
  mkdir -p "$ROOT/proc"
  "$ENTER" "$ROOT" -- /nothing 2>"$WORK/enter.log" || [ $? = 127 ] || skip "cannot mount /proc"
}

# put PATH <content
put() {
  mkdir -p "$(dirname "$ROOT$1")"
  cat >"$ROOT$1"
}

# link TARGET PATH: a symlink in the root.
link() {
  mkdir -p "$(dirname "$ROOT$2")"
  ln -s "$1" "$ROOT$2"
}

# cache [OPTION...]: ld.so.cache of the root, from its /etc/ld.so.conf.
cache() {
  mkdir -p "$ROOT/etc" "$ROOT/var/cache/ldconfig"
  /sbin/ldconfig -r "$ROOT" -X -i "$@" 2>"$WORK/ldconfig.log" || { cat "$WORK/ldconfig.log" >&2; exit 2; }
  rm -rf "${ROOT:?}/var"
}

# script PATH <content: an executable text.
script() {
  put "$1"
  chmod 755 "$ROOT$1"
}

# script_root: x86_64 with /bin/witness, a program that does nothing, and the env of this machine.
script_root() {
  machine x86_64
  prog /bin/witness libc.so.6
  mkdir -p "$ROOT/usr/bin"
  cp -L /usr/bin/env "$ROOT/usr/bin/env"
}

# judge_script [OPTION...] PROGRAM: with the usual PATH.
judge_script() {
  judge --script --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# judge [OPTION...] PROGRAM: see judge.py. Without $PARE only the real loader is asked, and its answer shown.
judge() {
  python3 -I "$LOADER_TESTS/judge.py" "$@"
}

# loads PATH...: the real loader took these at the last judge. leaves PATH...: it did not.
loads() {
  for path; do
    grep -qxF -e "$path" "$WORK/judged" || { echo "the real loader did not load $path"; cat "$WORK/judged"; exit 1; }
  done
}

leaves() {
  for path; do
    ! grep -qxF -e "$path" "$WORK/judged" || { echo "the real loader loaded $path"; cat "$WORK/judged"; exit 1; }
  done
}
