/*
 * Makes one system call fail, in whichever process of a command it is made: a library for
 * /etc/ld.so.preload, controlled by a file that all these processes share in memory. For inject_faults.ts.
 *
 *   gcc -shared -fPIC -O2 -DSHARED_FILE='"…"' -o failing_calls.so failing_calls.c
 *
 * The calls of one side are counted: of the command itself (whose environment has FAULTS_COMMAND), or of
 * the processes that it starts with an environment of their own. The call whose turn it is fails.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* As inject_faults.ts reads and writes it: little endian, 8 bytes a number, then the texts. */
struct shared {
  atomic_long seen;
  long turn;
  long started; /* 0: the command's own calls; 1: those of the processes that it starts */
  long fired;
  long error;
  char call[32];
  char program[32];
  char path[256];
};

static struct shared *shared;
static int in_scope;

__attribute__((constructor)) static void begin(void) {
  const char *name = program_invocation_short_name;
  if (strcmp(name, "deno") && strcmp(name, "setpriv") && strcmp(name, "prlimit")) return;
  int fd = syscall(SYS_openat, AT_FDCWD, SHARED_FILE, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) return;
  void *at = (void *)syscall(SYS_mmap, 0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (at == MAP_FAILED) return;
  shared = at;
  in_scope = (getenv("FAULTS_COMMAND") == 0) == shared->started;
}

/* Whether this call's turn has come; then errno is set to one of the errors that it can have. */
static int fails(const char *call, const char *path, int fd, const int *errors) {
  static const int FULL[] = {ENOMEM, 0};
  if (!in_scope) return 0;
  if (fd >= 0) {
    struct stat info;
    if (!shared->started && (fd == 1 || fd == 2)) return 0; /* what is said has to be heard */
    if (syscall(SYS_fstat, fd, &info)) return 0;
    /* Files, pipes and sockets; not the event loop's own signals. */
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode)) return 0;
    /* A pipe whose other end is open can lack memory, and nothing else. */
    if (!S_ISREG(info.st_mode)) errors = FULL;
  }
  if (atomic_fetch_add(&shared->seen, 1) + 1 != shared->turn) return 0;
  int count = 0;
  while (errors[count]) count++;
  shared->error = errors[shared->turn % count];
  snprintf(shared->call, sizeof shared->call, "%s", call);
  snprintf(shared->program, sizeof shared->program, "%s", program_invocation_short_name);
  if (path) {
    snprintf(shared->path, sizeof shared->path, "%s", path);
  } else if (fd >= 0) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, shared->path, sizeof shared->path - 1);
    if (length > 0) shared->path[length] = 0;
  }
  shared->fired = 1;
  errno = shared->error;
  return 1;
}

static const int OPEN[] = {EMFILE, EIO, ENOMEM, EACCES, 0};
static const int READ[] = {EIO, ENOMEM, 0};
static const int WRITE[] = {ENOSPC, EIO, 0};
static const int MAKE[] = {ENOSPC, EIO, EACCES, 0};
static const int PIPE[] = {EMFILE, ENFILE, 0};
static const int START[] = {EAGAIN, ENOMEM, 0};
static const int EXEC[] = {EACCES, ENOENT, ENOMEM, 0};
static const int SYNC[] = {EIO, ENOSPC, 0};
static const int LOCK[] = {ENOLCK, 0};

#define NEXT(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPENS(name, ...) \
  va_list more; \
  va_start(more, flags); \
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
  va_end(more); \
  NEXT(name); \
  if (fails(#name, path, -1, OPEN)) return -1; \
  return next(__VA_ARGS__, mode)

int open(const char *path, int flags, ...) { OPENS(open, path, flags); }
int open64(const char *path, int flags, ...) { OPENS(open64, path, flags); }
int openat(int at, const char *path, int flags, ...) { OPENS(openat, at, path, flags); }
int openat64(int at, const char *path, int flags, ...) { OPENS(openat64, at, path, flags); }

#define WRAP(type, name, bad, path, fd, errors, parameters, arguments) \
  type name parameters { \
    NEXT(name); \
    if (fails(#name, path, fd, errors)) return bad; \
    return next arguments; \
  }

WRAP(ssize_t, read, -1, 0, fd, READ, (int fd, void *to, size_t n), (fd, to, n))
WRAP(ssize_t, pread64, -1, 0, fd, READ, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at))
WRAP(ssize_t, readv, -1, 0, fd, READ, (int fd, const struct iovec *to, int n), (fd, to, n))
WRAP(ssize_t, write, -1, 0, fd, WRITE, (int fd, const void *from, size_t n), (fd, from, n))
WRAP(ssize_t, writev, -1, 0, fd, WRITE, (int fd, const struct iovec *from, int n), (fd, from, n))
WRAP(ssize_t, send, -1, 0, fd, WRITE, (int fd, const void *from, size_t n, int how), (fd, from, n, how))
WRAP(ssize_t, sendmsg, -1, 0, fd, WRITE, (int fd, const struct msghdr *from, int how), (fd, from, how))
WRAP(ssize_t, recv, -1, 0, fd, READ, (int fd, void *to, size_t n, int how), (fd, to, n, how))
WRAP(ssize_t, recvmsg, -1, 0, fd, READ, (int fd, struct msghdr *to, int how), (fd, to, how))
WRAP(int, rename, -1, from, -1, MAKE, (const char *from, const char *to), (from, to))
WRAP(int, mkdir, -1, path, -1, MAKE, (const char *path, mode_t mode), (path, mode))
WRAP(int, unlink, -1, path, -1, READ, (const char *path), (path))
WRAP(int, unlinkat, -1, path, -1, READ, (int at, const char *path, int flags), (at, path, flags))
WRAP(int, rmdir, -1, path, -1, READ, (const char *path), (path))
WRAP(int, fsync, -1, 0, fd, SYNC, (int fd), (fd))
WRAP(int, fdatasync, -1, 0, fd, SYNC, (int fd), (fd))
WRAP(int, flock, -1, 0, fd, LOCK, (int fd, int how), (fd, how))
WRAP(DIR *, opendir, 0, path, -1, OPEN, (const char *path), (path))
WRAP(struct dirent64 *, readdir64, 0, 0, dirfd(folder), READ, (DIR *folder), (folder))
WRAP(int, statx, -1, path, -1, READ,
     (int at, const char *restrict path, int flags, unsigned mask, struct statx *restrict to),
     (at, path, flags, mask, to))
WRAP(int, pipe2, -1, 0, -1, PIPE, (int fds[2], int flags), (fds, flags))
WRAP(int, socketpair, -1, 0, -1, PIPE, (int d, int t, int p, int fds[2]), (d, t, p, fds))
WRAP(pid_t, fork, -1, 0, -1, START, (void), ())
WRAP(int, execvp, -1, file, -1, EXEC, (const char *file, char *const argv[]), (file, argv))

/* These give the error as their value. */
int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const env[]) {
  NEXT(posix_spawnp);
  if (fails("posix_spawnp", file, -1, START)) return errno;
  return next(pid, file, actions, attributes, argv, env);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument) {
  static const int ERRORS[] = {EAGAIN, 0};
  NEXT(pthread_create);
  if (fails("pthread_create", 0, -1, ERRORS)) return errno;
  return next(thread, attributes, run, argument);
}
