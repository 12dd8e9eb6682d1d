// UNIX in a library, as a program sees it: the interface of xv6. Include kernel/types.h first.
//
// Do not include <string.h>, <stdio.h> or <stdlib.h> in the same source: they declare functions of the same names as ISO C has them.
// <libos.h> and <exo.h> may be included, before this.
#ifndef USER_USER_H
#define USER_USER_H

struct stat;
struct rtcdate; // some programs name it

#define SBRK_ERROR ((char *)-1)

// ---- processes ----

int fork(void);                                     // the child's id; 0 in the child
int exit(int status) __attribute__((noreturn));
int wait(int *status);                              // a dead child's id; status may be 0
int kill(int pid);
int getpid(void);
int exec(const char *path, char **argv);            // returns only when it fails
int sleep(int ticks);
int pause(int ticks);                               // the same
int uptime(void);                                   // ticks since the world began

// ---- memory ----

#ifndef LIBOS_H
char *sbrk(int bytes);                              // where the new memory begins, or SBRK_ERROR
#endif
char *sbrklazy(int bytes);
char *sys_sbrk(int bytes, int how);                 // SBRK_EAGER, SBRK_LAZY (kernel/vm.h)

// ---- files ----

int open(const char *path, int how);                // O_RDONLY, ... (kernel/fcntl.h)
int read(int fd, void *to, int count);
int write(int fd, const void *from, int count);
int close(int fd);
int dup(int fd);
int pipe(int fds[2]);                               // read end, write end
int fstat(int fd, struct stat *st);
int link(const char *path, const char *name);
int unlink(const char *path);
int mkdir(const char *path);
int mknod(const char *path, short major, short minor);
int chdir(const char *path);

// ---- not in xv6: users, and control-C ----

int getuid(void);                                   // 0 may everything
int setuid(int uid);                                // only 0 may
int chmod(const char *path, int mode);              // rwxrwxrwx: the owner, and 0, may
int chown(const char *path, int uid);               // only 0 may
int interrupt(int ignore);                          // 1: control-C leaves this process alone, and what it forks from now on

// ---- no calls, but code in the program ----

int stat(const char *path, struct stat *st);
char *gets(char *line, int size);                   // with its newline; empty at the end of input
char *strcpy(char *to, const char *from);
char *strchr(const char *s, char c);
int strcmp(const char *a, const char *b);
uint strlen(const char *s);
int atoi(const char *s);
void *memset(void *to, int value, uint count);
void *memmove(void *to, const void *from, int count);
void *memcpy(void *to, const void *from, uint count);
int memcmp(const void *a, const void *b, uint count);
void *malloc(uint size);
void free(void *memory);

// %d %u %x %p %s %c %%, and l or ll before d, u, x. Nothing else, and no widths.
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
