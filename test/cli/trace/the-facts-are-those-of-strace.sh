#!/bin/bash
. "$(dirname "$0")/setup"
mkdir -p work/sub
echo '#include "sub/a.h"' >work/main.c
echo 'int a;' >work/sub/a.h
cat >run.sh <<'E2'
#!/bin/bash
cd work
grep -r int . | sort >found
gcc -c main.c -o main.o
(cd sub && cat ../main.c ../../work/sub/a.h no-such-file || true)
find /etc/ld.so.conf.d -name '*.conf' -exec cat {} +
perl -MPOSIX -e 'open F, "<main.c" or die'
mv found lost
rm lost
E2
chmod +x run.sh
# gcc's temporary files have other names each time
strace -ff -y --seccomp-bpf -s 4096 -e signal=none -e trace=open,openat,openat2,creat,execve,execveat -o log ./run.sh >out1 2>&1
"$PARE" trace -o recording -- ./run.sh >out2 2>&1
cmp out1 out2
/usr/bin/python3 - >theirs <<'E2'
import glob, os, re
call = re.compile(rb'^\w+\((?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)".* = \d+')
paths = set()
for name in glob.glob("log.*"):
    for line in open(name, "rb"):
        if (found := call.match(line)):
            paths.add(os.path.normpath(os.path.join((found[1] or b"").decode(), found[2].decode())))
print(*sorted({os.path.normpath(os.path.join(os.getcwd(), p)) for p in paths}), sep="\n")
E2
facts recording open exec write create >ours
# strace does not see what the kernel itself opens: interpreters. A rename makes a name, too.
same_each_time() { grep -v -e '/cc[A-Za-z0-9]*\.' -e '^/proc/[0-9]' -e '/ld-linux' -e '^/bin/bash$' -e '/work/lost$' "$1" | sort; }
diff <(same_each_time theirs) <(same_each_time ours)
for path in /lib64/ld-linux-x86-64.so.2 /bin/bash "$PWD/work/lost"; do
  grep -qx "$path" ours
done
