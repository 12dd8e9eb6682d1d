// The server of mono, as a program: `int main(int argc, char **argv) { return monolith_main(argc, argv); }`. All of UNIX is in it.
#ifndef MONOLITH_H
#define MONOLITH_H

// As world_main (world.h).
int monolith_main(int argc, char **argv);

#endif
