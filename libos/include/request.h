// A place in the table of disk requests, for assembly; disk.c checks it against the structure.
#ifndef REQUEST_H
#define REQUEST_H

#define REQUEST_STATE  0
#define REQUEST_STATUS 4
#define REQUEST_SIZE   8

#define REQUEST_FREE    0
#define REQUEST_WAITING 1
#define REQUEST_DONE    2

// What disk_poll does when nothing is complete: nothing, sleep where the kernel keeps our
// registers, or sleep where we do.
#define POLL_ONLY   0
#define POLL_SLEEP  1
#define POLL_SWITCH 2

#endif
