// What an environment's entry for synchronous transfers decides by, for assembly: the four words at
// rpc_waiting. rpc.S has a client's and a server's side; a library with others puts its own there.
#ifndef RPC_STATE_H
#define RPC_STATE_H

// Where a call that waits goes on, 0 when none waits: with a7 = 0 and the reply in the other
// registers, or a7 = EXO_E_DEAD. t6 is free, upcalls are off, and nobody has touched sp and gp. Set
// with upcalls off, since it must stand only while the kernel lets nobody but the callee enter.
#define RPC_RESUME 0

// The stack pointer of that call.
#define RPC_SP 4

// Where somebody's call is answered: t6 and a7 are free, upcalls are off.
#define RPC_ANSWER 8

// 1 once the entries are registered (rpc_register): without them no reply could come.
#define RPC_REGISTERED 12

#endif
