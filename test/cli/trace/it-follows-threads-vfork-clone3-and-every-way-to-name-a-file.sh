#!/bin/bash
. "$(dirname "$0")/setup"
mkdir -p a/b root
for i in 1 2 3 4 5 6 7 8 9; do echo $i >a/f$i; done
echo inside >root/inside
cp /bin/true root/ 2>/dev/null || true
compile ways <<'E2'
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
static void *thread(void *unused) { open("a/f1", O_RDONLY); return unused; }
static int child(void *unused) { open("a/f2", O_RDONLY); return 0; }
int main(void) {
  pthread_t t;
  pthread_create(&t, 0, thread, 0);
  pthread_join(t, 0);
  static char stack[65536];
  waitpid(clone(child, stack + sizeof stack, CLONE_VM | CLONE_FILES | SIGCHLD, 0), 0, 0);
  struct clone_args args = {.exit_signal = SIGCHLD};
  if (syscall(SYS_clone3, &args, sizeof args) == 0) { open("a/f3", O_RDONLY); _exit(0); }
  wait(0);
  if (vfork() == 0) { execl("/bin/true", "true", (char *)0); _exit(1); }
  wait(0);
  int folder = open("a", O_RDONLY | O_DIRECTORY);
  openat(folder, "f4", O_RDONLY);
  struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};
  syscall(SYS_openat2, folder, "f5", &how, sizeof how);
  fchdir(folder);
  open("f6", O_RDONLY);
  chdir("b");
  open("../f7", O_RDONLY);
  open("../f8-no", O_RDONLY);
  int raised = dup2(folder, 100);
  openat(raised, "./b/..//f9", O_RDONLY);
  struct stat st;
  fstatat(folder, "f8", &st, 0);
  DIR *entries = opendir("..");
  readdir(entries);
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "../no-socket"};
  connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name);
  mkdir("made", 0755);
  rename("made", "moved");
  rmdir("moved");
  if (fork() == 0) {
    char *argv[] = {"true", 0}, *envp[] = {0};
    syscall(SYS_execveat, open("/bin/true", O_RDONLY | O_CLOEXEC), "", argv, envp, AT_EMPTY_PATH);
    _exit(1);
  }
  wait(0);
  if (geteuid() == 0 && chroot("../../root") == 0) { open("/inside", O_RDONLY); open("/outside", O_RDONLY); }
  return 0;
}
E2
"$PARE" trace -o recording -- ./ways
opened=$(facts recording open)
for i in 1 2 3 4 5 6 7 9; do grep -qx "$PWD/a/f$i" <<<"$opened"; done
grep -qx "$PWD/a/f8" <<<"$(facts recording stat)"
grep -qx "$PWD/a" <<<"$(facts recording list)"
missing=$(facts recording missing)
grep -qx "$PWD/a/f8-no" <<<"$missing"
grep -qx "$PWD/a/no-socket" <<<"$missing"
grep -qx "$PWD/a/b/made" <<<"$(facts recording mkdir)"
grep -qx "$PWD/a/b/moved" <<<"$(facts recording create)"
grep -qx /bin/true <<<"$(facts recording exec)"            # vfork
grep -qx "$(realpath /bin/true)" <<<"$(facts recording exec)" # execveat of a descriptor
if [ "$(id -u)" = 0 ]; then
  grep -qx "$PWD/root/inside" <<<"$opened"
  grep -qx "$PWD/root/outside" <<<"$missing"
fi
