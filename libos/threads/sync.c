// Mutexes and condition variables. A mutex is handed to the thread that waits longest; so who
// unlocks one and locks it again at once waits for its turn.
#include "threads-state.h"

EXO_API int
mutex_try(struct mutex *mutex)
{
  int is_free;

  slice_enter_critical();
  is_free = mutex->owner == 0;
  if (is_free) mutex->owner = thread_self();
  slice_leave_critical();
  return is_free;
}

EXO_API void
mutex_lock(struct mutex *mutex)
{
  slice_enter_critical();
  if (mutex->owner)
    thread_block(THREAD_WAITS_FOR_MUTEX, mutex, &mutex->waiting); // comes back as the owner
  else
    mutex->owner = thread_self();
  slice_leave_critical();
}

EXO_API void
mutex_unlock(struct mutex *mutex)
{
  slice_enter_critical();
  mutex->owner = mutex->waiting.first;
  thread_wake_first(&mutex->waiting);
  slice_leave_critical();
}

// Between the unlock and the wait nobody can signal: both are in one critical section.
EXO_API void
condition_wait(struct condition *condition, struct mutex *mutex)
{
  slice_enter_critical();
  mutex_unlock(mutex);
  thread_block(THREAD_WAITS_FOR_CONDITION, condition, &condition->waiting);
  mutex_lock(mutex);
  slice_leave_critical();
}

EXO_API void
condition_signal(struct condition *condition)
{
  slice_enter_critical();
  thread_wake_first(&condition->waiting);
  slice_leave_critical();
}

EXO_API void
condition_broadcast(struct condition *condition)
{
  slice_enter_critical();
  while (thread_wake_first(&condition->waiting));
  slice_leave_critical();
}
