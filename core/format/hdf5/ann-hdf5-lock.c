/* ann-hdf5-lock.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-lock.h"

#include <pthread.h>
#include <string.h>

/* The mutex is pthread's, which ThreadSanitizer knows. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static _Thread_local guint depth;       /* how often this thread has entered */
static _Thread_local gboolean is_quiet; /* libhdf5 prints no errors of this thread */
static gboolean is_initialized;         /* by lock */

static void
initialize (void)
{
  /* First of all calls. Threads may still decode when the process ends, and there is nothing to
   * flush: a file that is written and was not committed is to vanish.
   */
  H5dont_atexit ();
  H5open ();
  is_initialized = TRUE;
}

/* Enters libhdf5, waiting for the thread that is inside. */
AnnHdf5Lock *
_ann_hdf5_lock (void)
{
  if (depth++ == 0)
    pthread_mutex_lock (&lock);
  if (!is_initialized)
    initialize ();
  if (!is_quiet)
    {
      H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
      is_quiet = TRUE;
    }

  return (AnnHdf5Lock *) &lock;
}

void
_ann_hdf5_unlock (AnnHdf5Lock *held)
{
  g_return_if_fail (held == (AnnHdf5Lock *) &lock && depth > 0);

  if (--depth == 0)
    pthread_mutex_unlock (&lock);
}

void
_ann_hdf5_close (hid_t id)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) held = NULL;

  if (id <= 0) /* invalid, or H5P_DEFAULT */
    return;

  held = _ann_hdf5_lock ();
  H5Idec_ref (id);
}

typedef struct {
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

  if (strstr (text, "is not registered") != NULL)
    complaint->code = ANN_ERROR_MISSING_CODEC;
  else if (entry->min_num == H5E_NOSPACE || entry->min_num == H5E_CANTALLOC)
    complaint->code = ANN_ERROR_TOO_LARGE;

  return 0;
}

void
_ann_hdf5_set_error (GError **error, const char *path, const char *what)
{
  Complaint complaint = { ANN_ERROR_CORRUPT, NULL };

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, note_complaint, &complaint);
  H5Eclear2 (H5E_DEFAULT);

  g_set_error (error, ANN_ERROR, complaint.code, "%s%s%s: %s", path, path[0] != '\0' ? ": " : "",
               what, complaint.message != NULL ? complaint.message : "libhdf5 does not say why");
  g_free (complaint.message);
}
