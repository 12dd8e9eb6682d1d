// assert(expression): ends the program with a message when the expression is 0. May be included
// again, as the standard says.
#undef assert
#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
#define assert(expression)                                                                         \
  ((expression) ? (void)0 : assert_fail(#expression, __FILE_NAME__, __LINE__, __func__))
#endif

#ifndef ASSERT_H
#define ASSERT_H
#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif
__attribute__((noreturn)) void assert_fail(const char *expression, const char *file, int line,
                                           const char *function);
#endif
