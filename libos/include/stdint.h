// Integers of a given width. Ours, so that they are the same types whatever the compiler: some call
// uint32_t unsigned long, and then printf's %x complains.
#ifndef STDINT_H
#define STDINT_H

typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

typedef int8_t int_least8_t;
typedef int16_t int_least16_t;
typedef int32_t int_least32_t;
typedef int64_t int_least64_t;
typedef uint8_t uint_least8_t;
typedef uint16_t uint_least16_t;
typedef uint32_t uint_least32_t;
typedef uint64_t uint_least64_t;
typedef int32_t int_fast8_t, int_fast16_t, int_fast32_t;
typedef int64_t int_fast64_t;
typedef uint32_t uint_fast8_t, uint_fast16_t, uint_fast32_t;
typedef uint64_t uint_fast64_t;

typedef int intptr_t;
typedef unsigned uintptr_t;
typedef int64_t intmax_t;
typedef uint64_t uintmax_t;

#define INT8_MIN    (-128)
#define INT8_MAX    127
#define INT16_MIN   (-32768)
#define INT16_MAX   32767
#define INT32_MIN   (-2147483647 - 1)
#define INT32_MAX   2147483647
#define INT64_MIN   (-9223372036854775807ll - 1)
#define INT64_MAX   9223372036854775807ll
#define UINT8_MAX   255
#define UINT16_MAX  65535
#define UINT32_MAX  4294967295u
#define UINT64_MAX  18446744073709551615ull
#define INTPTR_MIN  INT32_MIN
#define INTPTR_MAX  INT32_MAX
#define UINTPTR_MAX UINT32_MAX
#define INTMAX_MIN  INT64_MIN
#define INTMAX_MAX  INT64_MAX
#define UINTMAX_MAX UINT64_MAX
#define SIZE_MAX    UINT32_MAX
#define PTRDIFF_MIN INT32_MIN
#define PTRDIFF_MAX INT32_MAX

#define INT8_C(n)    n
#define INT16_C(n)   n
#define INT32_C(n)   n
#define INT64_C(n)   n##ll
#define UINT8_C(n)   n
#define UINT16_C(n)  n
#define UINT32_C(n)  n##u
#define UINT64_C(n)  n##ull
#define INTMAX_C(n)  n##ll
#define UINTMAX_C(n) n##ull

#endif
