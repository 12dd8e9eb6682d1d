// The server of a UNIX world, as a program: `int main(int argc, char **argv) { return world_main(argc, argv); }`
#ifndef WORLD_H
#define WORLD_H

// Mounts the file system on the disk, starts the program that the arguments name as process 1 (/init by default) and serves. The
// world ends with process 1, and with its status.
int world_main(int argc, char **argv);

#endif
