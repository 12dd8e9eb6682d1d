/* Generated from exokernel/abi.ts by tools/generate-abi.mjs. Do not edit. */
#ifndef EXO_ABI_H
#define EXO_ABI_H

#define EXO_ABI_VERSION                1
#define EXO_BOOT_MAGIC                 0x316f7865

/* Kernel calls: a7 is the number, a0.. the parameters; a0 returns a value >= 0 or an error < 0. */
#define EXO_CALL_ENV_CREATE            0x1
#define EXO_CALL_ENV_DESTROY           0x2
#define EXO_CALL_ENV_SET_ENTRY         0x3
#define EXO_CALL_ENV_SET_WORD          0x4
#define EXO_CALL_ENV_START             0x5
#define EXO_CALL_QUOTA_MOVE            0x7
#define EXO_CALL_ENV_PUBLISH           0x6
#define EXO_CALL_CAP_DERIVE            0x10
#define EXO_CALL_CAP_OFFER             0x11
#define EXO_CALL_CAP_ACCEPT            0x12
#define EXO_CALL_CAP_REVOKE            0x13
#define EXO_CALL_CAP_DELETE            0x14
#define EXO_CALL_CAP_RESTRICT          0x15
#define EXO_CALL_PAGE_ALLOC            0x20
#define EXO_CALL_PAGE_FREE             0x21
#define EXO_CALL_BIND                  0x22
#define EXO_CALL_UNBIND                0x23
#define EXO_CALL_BIND_GUARANTEED       0x24
#define EXO_CALL_BIND_BATCH            0x25
#define EXO_CALL_PAGE_ALLOC_BATCH      0x26
#define EXO_CALL_BIND_STATE            0x27
#define EXO_CALL_PAGE_BITS             0x28
#define EXO_CALL_MEMORY_GUARANTEE      0x29
#define EXO_CALL_QUOTA_SET             0x2a
#define EXO_CALL_SLICE_ALLOC           0x30
#define EXO_CALL_SLICE_FREE            0x31
#define EXO_CALL_YIELD                 0x32
#define EXO_CALL_SLEEP                 0x33
#define EXO_CALL_REST                  0x34
#define EXO_CALL_SLEEP_UNTIL           0x35
#define EXO_CALL_TRANSFER_SYNC         0x40
#define EXO_CALL_TRANSFER_ASYNC        0x41
#define EXO_CALL_CONSOLE_WRITE         0x50
#define EXO_CALL_CONSOLE_READ          0x51
#define EXO_CALL_REPOSSESSION_NEXT     0x60
#define EXO_CALL_REVOCATION_NEXT       0x61
#define EXO_CALL_REVOKE_ASK            0x62
#define EXO_CALL_ARBITER_SET           0x63
#define EXO_CALL_ARBITER_INFO          0x64
#define EXO_CALL_ARBITER_CHOOSE        0x65
#define EXO_CALL_SAVE_PLACE            0x66
#define EXO_CALL_EXTENT_ALLOC          0x70
#define EXO_CALL_EXTENT_FREE           0x71
#define EXO_CALL_EXTENT_INFO           0x72
#define EXO_CALL_DISK_READ             0x73
#define EXO_CALL_DISK_WRITE            0x74
#define EXO_CALL_DISK_BARRIER          0x75
#define EXO_CALL_DISK_NEXT             0x76
#define EXO_CALL_DISK_INFO             0x77
#define EXO_CALL_NETWORK_SEND          0x80
#define EXO_CALL_FILTER_INSERT         0x81
#define EXO_CALL_FILTER_REMOVE         0x82
#define EXO_CALL_RING_SET              0x83
#define EXO_CALL_NETWORK_INFO          0x84

/* Errors. */
#define EXO_E_INVAL                    (-1)      /* an argument is out of range or not aligned */
#define EXO_E_CAP                      (-2)      /* no capability of the needed kind in that slot */
#define EXO_E_RIGHTS                   (-3)      /* the capability lacks a right */
#define EXO_E_TAKEN                    (-4)      /* the resource named is not free */
#define EXO_E_NONE                     (-5)      /* nothing of that kind is left */
#define EXO_E_SLOT                     (-6)      /* the destination slot is not empty */
#define EXO_E_ENV                      (-7)      /* no such environment (it may have been destroyed) */
#define EXO_E_BUSY                     (-8)      /* the environment, the disk or the network takes no more now */
#define EXO_E_ENTRY                    (-9)      /* the environment has registered no such entry */
#define EXO_E_AGAIN                    (-10)     /* nothing there yet */
#define EXO_E_OFFER                    (-11)     /* no such offer to the caller */
#define EXO_E_CALL                     (-12)     /* no such kernel call */
#define EXO_E_DEAD                     (-13)     /* the environment died before it replied */
#define EXO_E_OWNER                    (-14)     /* it takes the owner's capability */
#define EXO_E_QUOTA                    (-15)     /* the quota does not allow it */
#define EXO_E_OVERLAP                  (-16)     /* some packet would match another's filter, too */
/* For tables of names and texts: X(name, code, text). */
#define EXO_ERRORS(X) \
  X(INVAL, -1, "an argument is out of range or not aligned") \
  X(CAP, -2, "no capability of the needed kind in that slot") \
  X(RIGHTS, -3, "the capability lacks a right") \
  X(TAKEN, -4, "the resource named is not free") \
  X(NONE, -5, "nothing of that kind is left") \
  X(SLOT, -6, "the destination slot is not empty") \
  X(ENV, -7, "no such environment (it may have been destroyed)") \
  X(BUSY, -8, "the environment, the disk or the network takes no more now") \
  X(ENTRY, -9, "the environment has registered no such entry") \
  X(AGAIN, -10, "nothing there yet") \
  X(OFFER, -11, "no such offer to the caller") \
  X(CALL, -12, "no such kernel call") \
  X(DEAD, -13, "the environment died before it replied") \
  X(OWNER, -14, "it takes the owner's capability") \
  X(QUOTA, -15, "the quota does not allow it") \
  X(OVERLAP, -16, "some packet would match another's filter, too")

/* Rights of a capability. */
#define EXO_RIGHT_READ                 1
#define EXO_RIGHT_WRITE                2
#define EXO_RIGHT_EXECUTE              4
#define EXO_RIGHT_GRANT                8
#define EXO_RIGHT_CONTROL              16
#define EXO_RIGHTS_ALL                 31

/* What a capability is about. */
#define EXO_KIND_EMPTY                 0
#define EXO_KIND_ENVIRONMENT           1
#define EXO_KIND_MEMORY                2
#define EXO_KIND_PAGE                  3
#define EXO_KIND_PROCESSOR             4
#define EXO_KIND_SLICE                 5
#define EXO_KIND_CONSOLE               6
#define EXO_KIND_ENVIRONMENTS          7
#define EXO_KIND_DISK                  8
#define EXO_KIND_EXTENT                9
#define EXO_KIND_STATE                 10
#define EXO_KIND_NETWORK               11
#define EXO_KIND_FILTER                12

/* Exception causes, which are also the entries 0..15. */
#define EXO_CAUSE_INSTRUCTION_MISALIGNED 0       /* a jump to an odd address */
#define EXO_CAUSE_INSTRUCTION_ACCESS   1         /* a fetch from where no memory is */
#define EXO_CAUSE_ILLEGAL_INSTRUCTION  2         /* not an instruction of this machine */
#define EXO_CAUSE_BREAKPOINT           3         /* ebreak */
#define EXO_CAUSE_LOAD_MISALIGNED      4         /* a load from an address that its size does not divide */
#define EXO_CAUSE_LOAD_ACCESS          5         /* a load from where no memory is */
#define EXO_CAUSE_STORE_MISALIGNED     6         /* a store to an address that its size does not divide */
#define EXO_CAUSE_STORE_ACCESS         7         /* a store to where no memory is */
#define EXO_CAUSE_INSTRUCTION_PAGE     12        /* a fetch from a page that is not bound for it */
#define EXO_CAUSE_LOAD_PAGE            13        /* a load from a page that is not bound for it */
#define EXO_CAUSE_STORE_PAGE           15        /* a store to a page that is not bound for it */

/* Interrupt-like entries: ucause is EXO_INTERRUPT + the number. */
#define EXO_ENTRY_BEGIN_SLICE          16        /* begin of a slice */
#define EXO_ENTRY_END_SLICE            17        /* end of a slice */
#define EXO_ENTRY_REVOCATION           18        /* a request to give something back */
#define EXO_ENTRY_REPOSSESSION         19        /* something was taken by force; see the repossession vector */
#define EXO_ENTRY_CONSOLE              20        /* console input has arrived */
#define EXO_ENTRY_DISK                 21        /* a disk request is complete */
#define EXO_ENTRY_PACKET               22        /* a packet has arrived */
#define EXO_ENTRY_TRANSFER             23        /* a synchronous transfer, or the reply to one */
#define EXO_ENTRY_TRANSFER_ASYNC       24        /* an asynchronous transfer */
#define EXO_ENTRY_CALLEE_DIED          25        /* the environment waited for was destroyed */
#define EXO_ENTRY_DOUBLE_UPCALL        26        /* an exception while upcalls were disabled */
#define EXO_ENTRY_ARBITER              27        /* a shortage in which the arbiter is to choose */
#define EXO_ENTRY_COUNT                28
#define EXO_INTERRUPT                  0x80000000u

/* Why something was taken. */
#define EXO_LOSS_REVOKED               1
#define EXO_LOSS_FREED                 2
#define EXO_LOSS_HOLDER_DESTROYED      3
#define EXO_LOSS_KERNEL                4
#define EXO_LOSS_RESTRICTED            5

/* Capability slots that the launcher fills. */
#define EXO_SLOT_SELF                  0
#define EXO_SLOT_MEMORY                1
#define EXO_SLOT_PROCESSOR             2
#define EXO_SLOT_CONSOLE               3
#define EXO_SLOT_ENVIRONMENTS          4
#define EXO_SLOT_DISK                  5
#define EXO_SLOT_STATE                 6
#define EXO_SLOT_NETWORK               7
#define EXO_SLOT_FIRST_PAGE            16

/* Limits. */
#define EXO_MAX_ENVIRONMENTS           256
#define EXO_MAX_SLOTS                  1024
#define EXO_MAX_SLICE_VECTOR           64
#define EXO_MAX_SOFTWARE_TLB           4096
#define EXO_MAX_GUARANTEED             20
#define EXO_MAX_EXO_PAGES              16
#define EXO_MAX_REPOSSESSIONS          32
#define EXO_MAX_PRIVATE_WORDS          16
#define EXO_MAX_CONSOLE_BYTES          20
#define EXO_MAX_EXTENTS                512
#define EXO_MAX_DISK_REQUESTS          16
#define EXO_MAX_REQUEST_SECTORS        8
#define EXO_MAX_BATCH                  64
#define EXO_MAX_TERMS                  8
#define EXO_MAX_FILTERS                128
#define EXO_MAX_FILTER_TERMS           8
#define EXO_MAX_RING_PAGES             4
#define EXO_ANY                        0xffffffffu /* any instance will do */

/* How a term of a predicate compares. */
#define EXO_RELATION_EQUAL             0
#define EXO_RELATION_NOT_EQUAL         1
#define EXO_RELATION_BELOW             2
#define EXO_RELATION_AT_LEAST          3
#define EXO_RELATION_ANY_BIT           4
#define EXO_RELATION_NO_BIT            5
#define EXO_OR                         0x1000000 /* in exo_term.where: begins another product */

/* The kernel's own records, as struct exo_state_... show them. */
#define EXO_PAGE_FREE                  0x0
#define EXO_PAGE_KERNEL                0x1
#define EXO_PAGE_OWNED                 0x2
#define EXO_PAGE_DIRTY                 0x100
#define EXO_PAGE_REFERENCED            0x200
#define EXO_STATE_FREE                 0
#define EXO_STATE_CREATED              1
#define EXO_STATE_READY                2
#define EXO_STATE_SLEEPING             3
#define EXO_STATE_RESTING              4
#define EXO_STATE_WAITING              5
#define EXO_STATE_DESTROYED            6

/* The address space at entry. */
#define EXO_PAGE_SIZE                  4096
#define EXO_SECTOR_SIZE                512
#define EXO_STACK_TOP                  0x7ffe0000
#define EXO_BOOT_PAGE                  0x7fff0000
#define EXO_MAPPING_GUARANTEED         0x100     /* in exo_mapping.page */

/* User-level trap registers: the assembler does not know the names of the withdrawn N extension. */
#define EXO_CSR_USTATUS                0x000
#define EXO_CSR_UIE                    0x004
#define EXO_CSR_UTVEC                  0x005
#define EXO_CSR_USCRATCH               0x040
#define EXO_CSR_UEPC                   0x041
#define EXO_CSR_UCAUSE                 0x042
#define EXO_CSR_UTVAL                  0x043
#define EXO_CSR_UIP                    0x044
#define EXO_USTATUS_UIE                1         /* upcalls are enabled */
#define EXO_USTATUS_UPIE               16        /* they were, before this upcall */

#ifdef __ASSEMBLER__
/* Returns from an upcall, without the kernel: pc = uepc, UIE = UPIE. */
#define EXO_URET .insn i 0x73, 0, x0, x0, 2
#else
#include <stdint.h>

#define EXO_URET() __asm__ volatile(".insn i 0x73, 0, x0, x0, 2" ::: "memory")

typedef uint32_t exo_slot;   /* of the caller's capability table */
typedef uint32_t exo_env;    /* an environment's id */
typedef uint32_t exo_rights; /* EXO_RIGHT_... */

/* The boot page: what a new environment has. Its address is a0 at entry. */
struct exo_boot {
  uint32_t magic;              /* EXO_BOOT_MAGIC */
  uint32_t version;            /* EXO_ABI_VERSION */
  uint32_t environment;        /* this environment's id */
  uint32_t launcher;           /* the id of the environment that created it */
  uint32_t tick;               /* length of a slice in steps */
  uint32_t slice_count;        /* slices owned */
  uint32_t argument_count;     /* argc */
  uint32_t arguments;          /* address of argc addresses of strings, then a zero word */
  uint32_t mapping_count;      /* bound pages */
  uint32_t mappings;           /* address of the first struct exo_mapping */
  uint32_t first_free_slot;    /* the launcher used the slots below */
  uint32_t heap_start;         /* first address after the program's segments, page-aligned */
  uint32_t stack_top;          /* where the stack begins; nothing is bound there */
  uint32_t boot_pages;         /* how many pages this structure and its lists take */
};
_Static_assert(sizeof(struct exo_boot) == 56, "exo_boot");

/* One bound page of the boot list. */
struct exo_mapping {
  uint32_t page;               /* virtual address, page-aligned; low bits: rights, EXO_MAPPING_GUARANTEED */
  uint32_t frame;              /* physical page's number */
  uint32_t slot;               /* of its capability */
};
_Static_assert(sizeof(struct exo_mapping) == 12, "exo_mapping");

/* What env_publish points to: the image that an environment runs. */
struct exo_image {
  uint32_t build_id[5];        /* first twenty bytes of the ELF's build id, or zeros */
  uint32_t base;               /* load address minus link address */
  uint32_t path;               /* address of its path, a string */
};
_Static_assert(sizeof(struct exo_image) == 28, "exo_image");

/* One entry of the list of bind_batch. */
struct exo_binding {
  uint32_t page;               /* virtual address, page-aligned; low bits: rights, none to unbind */
  uint32_t slot;               /* of the page's capability */
};
_Static_assert(sizeof(struct exo_binding) == 8, "exo_binding");

/* One term of the predicate of sleep_until: terms are joined by and. */
struct exo_term {
  uint32_t slot;               /* of the page whose word is compared; EXO_ANY: the clock, in steps */
  uint32_t where;              /* offset in the page, a multiple of 4, | EXO_RELATION_... << 16 | EXO_OR */
  uint32_t value;              /* what it is compared with; of the clock the low word */
  uint32_t high;               /* of the clock the high word */
};
_Static_assert(sizeof(struct exo_term) == 16, "exo_term");

/* One term of a packet filter: it holds when the frame's bytes at the offset, as a big-endian number, give the value under the mask. */
struct exo_filter_term {
  uint32_t offset;             /* of the first byte in the frame; a frame that ends before the last one does not match */
  uint32_t size;               /* bytes: 1, 2 or 4 */
  uint32_t mask;               /* which bits are compared; no bits above the size */
  uint32_t value;              /* of these bits; no others */
};
_Static_assert(sizeof(struct exo_filter_term) == 16, "exo_filter_term");

/* The begin of a packet ring in the receiver's own pages. Frames follow it; empty is head = tail, and the kernel never makes it so by a frame. */
struct exo_ring {
  uint32_t head;               /* where the kernel puts the next frame, in bytes behind this structure */
  uint32_t tail;               /* where the receiver takes the next one: its own, the kernel only reads it */
  uint32_t dropped;            /* frames that found no room */
  uint32_t size;               /* bytes behind this structure; after the last comes the first */
};
_Static_assert(sizeof(struct exo_ring) == 16, "exo_ring");

/* What is before each frame in a ring. The next one is after it, at the next multiple of 8; a frame is never split. */
struct exo_ring_frame {
  uint32_t length;             /* of the frame in bytes; 0: no frame here, the next one is at the begin of the ring */
  uint32_t number;             /* of the packet, counted by the interface */
};
_Static_assert(sizeof(struct exo_ring_frame) == 8, "exo_ring_frame");

/* What a libOS with threads publishes under the symbol exo_threads, for debuggers: a list of its threads. */
struct exo_threads {
  uint32_t version;            /* 1 */
  uint32_t current;            /* address of the running thread's struct exo_thread, or 0 */
  uint32_t first;              /* address of the first struct exo_thread, or 0 */
};
_Static_assert(sizeof(struct exo_threads) == 12, "exo_threads");

/* One thread of a libOS. */
struct exo_thread {
  uint32_t next;               /* address of the next, or 0 */
  uint32_t id;                 /* a number that is not reused */
  uint32_t name;               /* address of a string, or 0 */
  uint32_t state;              /* 0 running, 1 ready, 2 waiting */
  uint32_t registers;          /* address of 32 saved words: pc, x1..x31; valid unless running */
};
_Static_assert(sizeof(struct exo_thread) == 20, "exo_thread");

/* Exposed state: the begin of page 0, which says where the rest is. These are the kernel's own records; bind_state binds them to be read. */
struct exo_state_header {
  uint32_t magic;              /* 0x6f786521 */
  uint32_t version;            /* of the layout */
  uint32_t page_count;         /* physical pages of the machine */
  uint32_t free_first;         /* page number: the first of the list of free pages; 0: none */
  uint32_t free_last;          /* the last */
  uint32_t free_count;         /* how many there are */
  uint32_t free_low_water;     /* how few there ever were */
  uint32_t current;            /* index of the environment that runs; 0: nobody */
  uint32_t position;           /* of the slice that runs, in the vector */
  uint32_t slice_owner;        /* id of who owns that slice; it may have donated it */
  uint32_t in_excess;          /* 1 from the end of a slice until the libOS yields */
  uint32_t excess_in_slice;    /* excesses in this slice */
  uint32_t tick;               /* length of a slice in steps */
  uint32_t idling;             /* 1 while the clock jumps because nobody can run */
  uint32_t next_deadline[2];   /* the step at which the kernel acts next: low word, high word */
  uint32_t arbiter;            /* index of the environment that chooses in a shortage; 0: the default rule */
  uint32_t arbiter_kind;       /* the question to it: which kind, 0 for none */
  uint32_t arbiter_count;      /* how many are still wanted */
  uint32_t arbiter_deadline[2]; /* by which step: low word, high word */
  uint32_t guaranteed_sum;     /* pages that are guaranteed to environments, together */
  uint32_t pages_at;           /* page number where the exo_state_page are, one for each physical page */
  uint32_t environments_at;    /* page number where the 256 exo_state_environment are, by index */
  uint32_t software_tlb_at;    /* page number where the 4096 exo_state_stlb are */
  uint32_t extents_at;         /* page number where the 512 exo_state_extent are; 0 without a disk */
  uint32_t unused[230];        /* 0 */
  uint32_t slice_vector[128];  /* of each of 64 slices the owner's id (0: nobody) and its capability */
};
_Static_assert(sizeof(struct exo_state_header) == 1536, "exo_state_header");

/* Exposed state: one physical page. */
struct exo_state_page {
  uint32_t owner;              /* id of the owner; of a free page the next in the list */
  uint32_t capability;         /* the owner's: environment index << 16 | slot; of a free page the previous */
  uint32_t state;              /* EXO_PAGE_FREE, EXO_PAGE_KERNEL or EXO_PAGE_OWNED, | EXO_PAGE_DIRTY, ... */
  uint32_t bindings;           /* how many there are, | queued device transfers << 16 */
};
_Static_assert(sizeof(struct exo_state_page) == 16, "exo_state_page");

/* Exposed state: one environment. Its registers are not here. */
struct exo_state_environment {
  uint32_t id;                 /* uniquifier * 256 + index */
  uint32_t state;              /* EXO_STATE_READY, ... */
  uint32_t parent;             /* id of who made it */
  uint32_t pending;            /* bit n: the upcall of entry 16 + n is pending */
  uint32_t waiting_on;         /* id of the callee that it waits for; 0: none */
  uint32_t serving;            /* id of the caller that it serves; 0: none */
  uint32_t has_context;        /* 1: the kernel keeps its registers */
  uint32_t died_callee;        /* id of a callee that died */
  uint32_t entries[28];        /* where it is entered, by entry; 0: nowhere */
  uint32_t words[16];          /* its sixteen words of its own; word 0 is its exit status */
  uint32_t image;              /* address of its struct exo_image */
  uint32_t forfeits;           /* slices that it has yet to forfeit */
  uint32_t root;               /* the capability that all capabilities for it descend from; 0: gone */
  uint32_t quota;              /* pages that it may be charged with; 0 is no limit */
  uint32_t minimum;            /* pages that are guaranteed to it */
  uint32_t revocations[15];    /* what it owes: three times {how many, stage, deadline low, high, by} */
  uint32_t unused1;            /* 0 */
  uint32_t save_place[4];      /* where what is taken is saved: {capability, its step, sector, pages} */
  uint32_t unused2[3];         /* 0 */
  uint32_t guaranteed[40];     /* its guaranteed mappings, two words each */
  uint32_t capability_frames[8]; /* pages of its capability table */
  uint32_t predicate_count;    /* terms of the predicate that it sleeps on */
  uint32_t predicate_fired;    /* the product that held when it woke; 0: none */
  uint32_t predicate[40];      /* eight terms of five words */
  uint32_t unused3[22];        /* 0 */
  uint32_t slices;             /* counters, all since its creation: slices begun */
  uint32_t calls;              /* kernel calls */
  uint32_t refusals;           /* of them refused */
  uint32_t upcalls;            /* upcalls */
  uint32_t transfers;          /* protected control transfers */
  uint32_t refills;            /* TLB misses that the kernel refilled */
  uint32_t evictions;          /* bindings evicted from the software TLB */
  uint32_t excess;             /* tenths of a tick that it ran over the end of a slice */
  uint32_t pages;              /* pages that it owns now */
  uint32_t capabilities;       /* capabilities that it holds now */
  uint32_t losses;             /* entries that its repossession vector ever got */
  uint32_t kernel_pages;       /* pages of the kernel's that it is charged with now */
  uint32_t unused4[52];        /* 0 */
};
_Static_assert(sizeof(struct exo_state_environment) == 1024, "exo_state_environment");

/* Exposed state: one binding of the software TLB. */
struct exo_state_stlb {
  uint32_t tag;                /* 0x80000000 | environment index << 20 | virtual page; 0: empty */
  uint32_t data;               /* physical page << 12 | rights | 0x80 dirty */
  uint32_t capability;         /* through which it was bound */
  uint32_t unused;             /* 0 */
};
_Static_assert(sizeof(struct exo_state_stlb) == 16, "exo_state_stlb");

/* Exposed state: one extent of the disk. */
struct exo_state_extent {
  uint32_t first;              /* sector */
  uint32_t count;              /* sectors; 0: there is no such extent */
  uint32_t owner;              /* id */
  uint32_t capability;         /* the owner's */
};
_Static_assert(sizeof(struct exo_state_extent) == 16, "exo_state_extent");

/* What the calls with more than one result fill in: a1, a2, ... */
struct exo_repossession_next {
  uint32_t resource;
  uint32_t by;
  uint32_t reason;
  uint32_t slot;
  uint32_t saved;
};
struct exo_revocation_next {
  uint32_t owed;
  uint32_t left;
  uint32_t stage;
  uint32_t by;
};
struct exo_arbiter_info {
  uint32_t wanted;
  uint32_t most;
  uint32_t available;
};
struct exo_extent_info {
  uint32_t first;
};
struct exo_disk_next {
  uint32_t tag;
  uint32_t status;
};
struct exo_disk_info {
  uint32_t free;
};
struct exo_network_info {
  uint32_t octets0;
  uint32_t octets4;
  uint32_t sent;
  uint32_t unmatched;
};
#endif

#endif
