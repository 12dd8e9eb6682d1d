// Errors of kernel calls, for people.
#include "libos.h"

// Says what an error means; codes that are not errors give "success".
EXO_API const char *
exo_error(int code)
{
#define TEXT(name, number, text)                                                                   \
  if (code == (number)) return text;
  EXO_ERRORS(TEXT)
  return code >= 0 ? "success" : "unknown error";
}

// The name of an error's constant.
EXO_API const char *
exo_error_name(int code)
{
#define NAME(name, number, text)                                                                   \
  if (code == (number)) return "EXO_E_" #name;
  EXO_ERRORS(NAME)
  return code >= 0 ? "success" : "unknown error";
}
