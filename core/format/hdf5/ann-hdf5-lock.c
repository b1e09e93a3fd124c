/* ann-hdf5-lock.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-lock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* Ids that wait for being closed have a lock of their own, which nobody holds for longer than
 * an append takes. Whoever leaves libhdf5 looks into the list after it has released the lock too,
 * so that an id put there in that very moment does not stay until the next call. The mutexes are
 * pthread's, which ThreadSanitizer knows.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t pending_lock = PTHREAD_MUTEX_INITIALIZER;
static GArray *pending;      /* of hid_t */
static atomic_int n_pending; /* its length, readable without the lock */

static _Thread_local guint depth;       /* how often this thread has entered */
static _Thread_local gboolean is_quiet; /* libhdf5 prints no errors of this thread */
static gboolean is_initialized;         /* by lock */

static void
initialize (void)
{
  /* First of all calls. Threads may still read when the process ends, and there is nothing to
   * flush, for all files are read-only.
   */
  H5dont_atexit ();
  H5open ();
#if H5_VERSION_GE(1, 10, 7)
  /* Files are opened without locks, which not every file system has and which a writer may hold.
   * The default says so too, for libhdf5 opens the files of a virtual dataset itself, and refuses
   * a file that is open already with another will.
   */
  H5Pset_file_locking (H5P_FILE_ACCESS_DEFAULT, FALSE, TRUE);
#endif
  is_initialized = TRUE;
}

static void
close_pending (void)
{
  GArray *ids;

  if (atomic_load (&n_pending) == 0)
    return;

  pthread_mutex_lock (&pending_lock);
  ids = g_steal_pointer (&pending);
  atomic_store (&n_pending, 0);
  pthread_mutex_unlock (&pending_lock);

  if (ids == NULL)
    return;

  for (guint i = 0; i < ids->len; i++)
    H5Idec_ref (g_array_index (ids, hid_t, i));
  g_array_unref (ids);
}

static void
enter (void)
{
  if (!is_initialized)
    initialize ();
  if (!is_quiet)
    {
      H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
      is_quiet = TRUE;
    }
  close_pending ();
}

/* Enters libhdf5, waiting for the thread that is inside. */
AnnHdf5Lock *
_ann_hdf5_lock (void)
{
  if (depth++ == 0)
    {
      pthread_mutex_lock (&lock);
      enter ();
    }

  return (AnnHdf5Lock *) &lock;
}

void
_ann_hdf5_unlock (AnnHdf5Lock *held)
{
  g_return_if_fail (held == (AnnHdf5Lock *) &lock && depth > 0);

  if (depth > 1)
    {
      depth--;
      return;
    }

  close_pending ();
  depth = 0;
  pthread_mutex_unlock (&lock);

  while (atomic_load (&n_pending) > 0 && pthread_mutex_trylock (&lock) == 0)
    {
      enter ();
      pthread_mutex_unlock (&lock);
    }
}

void
_ann_hdf5_close (hid_t id)
{
  if (id <= 0) /* invalid, or H5P_DEFAULT */
    return;

  if (depth > 0)
    {
      H5Idec_ref (id);
      return;
    }

  pthread_mutex_lock (&pending_lock);
  if (pending == NULL)
    pending = g_array_new (FALSE, FALSE, sizeof (hid_t));
  g_array_append_val (pending, id);
  atomic_fetch_add (&n_pending, 1);
  pthread_mutex_unlock (&pending_lock);

  while (atomic_load (&n_pending) > 0 && pthread_mutex_trylock (&lock) == 0)
    {
      enter ();
      pthread_mutex_unlock (&lock);
    }
}

typedef struct {
  GQuark domain;
  int code;
  char *message;
} Complaint;

/* Walked from the innermost complaint outward: the first has the text, any may have the kind. */
static herr_t
note_complaint (unsigned n G_GNUC_UNUSED, const H5E_error2_t *entry, void *user_data)
{
  Complaint *complaint = user_data;
  const char *text = entry->desc != NULL ? entry->desc : "";

  if (complaint->message == NULL && text[0] != '\0')
    complaint->message = g_utf8_make_valid (text, -1);

  if (complaint->code != ANN_ERROR_CORRUPT || complaint->domain != ANN_ERROR)
    return 0;

  if (strstr (text, "errno = ") != NULL)
    {
      complaint->domain = G_IO_ERROR;
      complaint->code = G_IO_ERROR_FAILED;
    }
  else if (strstr (text, "is not registered") != NULL)
    complaint->code = ANN_ERROR_MISSING_CODEC;
  else if (entry->min_num == H5E_VERSION || entry->min_num == H5E_UNSUPPORTED
           || strstr (text, "version number") != NULL)
    complaint->code = ANN_ERROR_UNSUPPORTED;
  else if (entry->min_num == H5E_NOSPACE || entry->min_num == H5E_CANTALLOC)
    complaint->code = ANN_ERROR_TOO_LARGE;

  return 0;
}

void
_ann_hdf5_set_error (GError **error, const char *path, const char *what)
{
  Complaint complaint = { ANN_ERROR, ANN_ERROR_CORRUPT, NULL };

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, note_complaint, &complaint);
  H5Eclear2 (H5E_DEFAULT);

  g_set_error (error, complaint.domain, complaint.code, "%s%s%s: %s%s", path,
               path[0] != '\0' ? ": " : "", what,
               complaint.message != NULL ? complaint.message : "libhdf5 does not say why",
               complaint.domain == ANN_ERROR && complaint.code == ANN_ERROR_UNSUPPORTED
                   ? " (written by a newer HDF5 than this one, or damaged)"
                   : "");
  g_free (complaint.message);
}
