// Every function of xv6's user.h, with the type that its programs expect. A declaration of ours that differs does not compile.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/vm.h"
#include "user/user.h"

int (*p_fork)(void) = fork;
int (*p_exit)(int) = exit;
int (*p_wait)(int *) = wait;
int (*p_pipe)(int *) = pipe;
int (*p_write)(int, const void *, int) = write;
int (*p_read)(int, void *, int) = read;
int (*p_close)(int) = close;
int (*p_kill)(int) = kill;
int (*p_exec)(const char *, char **) = exec;
int (*p_open)(const char *, int) = open;
int (*p_mknod)(const char *, short, short) = mknod;
int (*p_unlink)(const char *) = unlink;
int (*p_fstat)(int, struct stat *) = fstat;
int (*p_link)(const char *, const char *) = link;
int (*p_mkdir)(const char *) = mkdir;
int (*p_chdir)(const char *) = chdir;
int (*p_dup)(int) = dup;
int (*p_getpid)(void) = getpid;
char *(*p_sys_sbrk)(int, int) = sys_sbrk;
int (*p_sleep)(int) = sleep;
int (*p_pause)(int) = pause;
int (*p_uptime)(void) = uptime;
int (*p_stat)(const char *, struct stat *) = stat;
char *(*p_strcpy)(char *, const char *) = strcpy;
void *(*p_memmove)(void *, const void *, int) = memmove;
char *(*p_strchr)(const char *, char) = strchr;
int (*p_strcmp)(const char *, const char *) = strcmp;
char *(*p_gets)(char *, int) = gets;
uint (*p_strlen)(const char *) = strlen;
void *(*p_memset)(void *, int, uint) = memset;
int (*p_atoi)(const char *) = atoi;
int (*p_memcmp)(const void *, const void *, uint) = memcmp;
void *(*p_memcpy)(void *, const void *, uint) = memcpy;
char *(*p_sbrk)(int) = sbrk;
char *(*p_sbrklazy)(int) = sbrklazy;
void (*p_fprintf)(int, const char *, ...) = fprintf;
void (*p_printf)(const char *, ...) = printf;
void *(*p_malloc)(uint) = malloc;
void (*p_free)(void *) = free;

int
main(void)
{
  printf("%s\n", p_fork && p_free && p_sbrklazy ? "all there" : "missing");
  exit(0);
}
