/* tsan-shim.c: tells ThreadSanitizer what GLib, which is built without it, does between threads
 *
 * Linked into the tests of a build with -Db_sanitize=thread. Each function calls GLib's of its
 * name and says around it who waits for whom; GLib's own calls from one of its libraries to
 * another come here too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

#define REAL(NAME) ((__typeof__ (&NAME)) find (&real_##NAME, #NAME))
#define WRAPPED(NAME) static gpointer real_##NAME

static gpointer
find (gpointer *slot, const char *name)
{
  gpointer found = __atomic_load_n (slot, __ATOMIC_RELAXED);

  if (found == NULL)
    {
      found = dlsym (RTLD_NEXT, name);
      __atomic_store_n (slot, found, __ATOMIC_RELAXED);
    }

  return found;
}

/* --- Locks --- */

WRAPPED (g_mutex_lock);
WRAPPED (g_mutex_trylock);
WRAPPED (g_mutex_unlock);
WRAPPED (g_cond_wait);
WRAPPED (g_cond_wait_until);

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);

  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean woken;

  __tsan_release (mutex);
  woken = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return woken;
}

/* --- Things of many owners: who drops the last reference comes after all that dropped theirs ---
 */

WRAPPED (g_object_unref);
WRAPPED (g_once_init_leave);
WRAPPED (g_once_impl);

#undef g_atomic_ref_count_dec
WRAPPED (g_atomic_ref_count_dec);

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean is_last;

  __tsan_release ((gpointer) count);
  is_last = REAL (g_atomic_ref_count_dec) (count);
  if (is_last)
    __tsan_acquire ((gpointer) count);

  return is_last;
}

void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

#undef g_once_init_leave
void
g_once_init_leave (volatile void *location, gsize result)
{
  __tsan_release ((gpointer) location);
  ((void (*) (volatile void *, gsize)) find (&real_g_once_init_leave, "g_once_init_leave")) (
      location, result);
}

gpointer
g_once_impl (GOnce *once, GThreadFunc func, gpointer arg)
{
  gpointer result = REAL (g_once_impl) (once, func, arg);

  __tsan_release (once);
  __tsan_acquire (once);

  return result;
}

/* --- Main contexts: what a source's callback does comes after what was done before it was set, and
 * before the source was attached ---
 */

WRAPPED (g_source_set_callback);
WRAPPED (g_source_attach);
WRAPPED (g_main_context_invoke_full);

typedef struct {
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
  GSource *source; /* only its address */
} Call;

static void
acquire_call (Call *call)
{
  __tsan_acquire (call);
  if (call->source != NULL)
    __tsan_acquire (call->source);
}

static gboolean
run_call (gpointer data)
{
  Call *call = data;

  acquire_call (call);

  return call->func (call->data);
}

static void
free_call (gpointer data)
{
  Call *call = data;

  acquire_call (call);
  if (call->notify != NULL)
    call->notify (call->data);
  g_free (call);
}

static Call *
call_new (GSourceFunc func, gpointer data, GDestroyNotify notify, GSource *source)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ func, data, notify, source };
  __tsan_release (call);

  return call;
}

/* Only for callbacks without arguments of their own, which those of idle sources and timeouts are.
 */
void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  if (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs)
    {
      REAL (g_source_set_callback) (source, func, data, notify);
      return;
    }
  REAL (g_source_set_callback) (source, run_call, call_new (func, data, notify, source), free_call);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  __tsan_release (source);

  return REAL (g_source_attach) (source, context);
}

void
g_main_context_invoke_full (GMainContext *context,
                            gint priority,
                            GSourceFunc func,
                            gpointer data,
                            GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full)
  (context, priority, run_call, call_new (func, data, notify, NULL), free_call);
}
