// Layouts that procedure.S and procedure.c share.
#ifndef PATIENCE_H
#define PATIENCE_H

// In t1 of an asynchronous transfer.
#define ASYNC_CALL  0x6c6c6163 // "call"
#define ASYNC_REPLY 0x6c706572 // "repl"

// struct patience: what rpc_call_by waits for.
#define PATIENCE_AWAITED 0  // the server's id; 0: nobody
#define PATIENCE_NUMBER  4  // of the call
#define PATIENCE_RESULT  8
#define PATIENCE_SIZE    12

// While a procedure runs: 1, the caller's registers, and the number of its call.
#define SERVING_NOW    0
#define SERVING_SP     4
#define SERVING_GP     8
#define SERVING_S0     12
#define SERVING_NUMBER 16
#define SERVING_SIZE   20

#endif
