// enter ROOT [--via EMULATOR] [NAME=VALUE]... -- PROGRAM ARG...
//
// Starts PROGRAM with ROOT as its file system, in /, with exactly the environment given. chroot(1) and env(1) would do
// the same, but LD_PRELOAD would then hit them first, and strace would show their own libraries. Static for that reason.
// Where ROOT has a folder /proc, it shows the real one: glibc learns a program's $ORIGIN from /proc/self/exe.
// EMULATOR is a static qemu-user of the machine outside: it is opened before the root changes, so the root stays clean.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void fail(const char* what) {
  fprintf(stderr, "enter: %s: %s\n", what, strerror(errno));
  exit(errno == ENOENT ? 127 : 126);
}

int main(int argc, char** argv) {
  const char* root = argv[1];
  int at = 2;
  int emulator = -1;
  if (argc > 3 && strcmp(argv[2], "--via") == 0) {
    emulator = open(argv[3], O_RDONLY | O_CLOEXEC);
    if (emulator < 0) {
      fail(argv[3]);
    }
    at = 4;
  }
  char** environment = argv + at;
  while (at < argc && strcmp(argv[at], "--") != 0) {
    at++;
  }
  if (at + 1 >= argc) {
    fputs("enter: no program\n", stderr);
    return 125;
  }
  argv[at] = NULL; // ends `environment`
  if (chdir(root) != 0) {
    fail(root);
  }
  if (access("proc", F_OK) == 0 &&
      (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
       mount("/proc", "proc", NULL, MS_BIND | MS_REC, NULL) != 0)) {
    fail("/proc");
  }
  if (chroot(".") != 0) {
    fail(root);
  }
  if (emulator < 0) {
    execve(argv[at + 1], argv + at + 1, environment);
    fail(argv[at + 1]);
  }
  // argv[0] is the emulator's own name.
  char** arguments = calloc(argc + 2, sizeof *arguments);
  arguments[0] = "qemu";
  for (int i = at + 1; i < argc; i++) {
    arguments[i - at] = argv[i];
  }
  execveat(emulator, "", arguments, environment, AT_EMPTY_PATH);
  fail("emulator");
}
