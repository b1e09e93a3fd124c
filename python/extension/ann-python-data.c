/* ann-python-data.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-data.h"

#include "ann-python-buffer.h"
#include "ann-python-call.h"
#include "ann-python-element.h"
#include "ann-python-error.h"
#include "ann-python-report.h"
#include "ann-python-selector.h"
#include "ann-python-texts.h"
#include "ann-python-write.h"

/* Never changed: who closes a store lets go of the object. */
typedef struct {
  PyObject_HEAD AnnData *data;
} Data;

/* Takes @data in any case. */
static PyObject *
make_data (AnnPythonState *state, AnnData *data)
{
  Data *self = (Data *) PyType_GenericAlloc (state->data_type, 0);

  if (self == NULL)
    g_object_unref (data);
  else
    self->data = data;

  return (PyObject *) self;
}

AnnData *
ann_python_data_get (PyObject *object)
{
  return ((Data *) object)->data;
}

static void
finalize (PyObject *object)
{
  PyTypeObject *type = Py_TYPE (object);

  g_object_unref (ann_python_data_get (object));
  PyObject_Free (object);
  Py_DECREF (type);
}

/**
 * Job:
 * @data: of which store
 * @text: (nullable): an address, a path
 * @result: (nullable): a store that was made
 * @element: (nullable): an element that was opened
 * @texts: (nullable): what was listed, or warnings; where parts of a set are
 * @positions: (nullable): of rows
 * @obs: which rows
 * @var: which columns
 * @skips_missing: whether rows of a set whose part is missing are left out
 * @overwrite: whether a set replaces one that is there
 * @parts: (nullable): what is joined
 * @concat_options: (nullable): how
 * @plan: (nullable): what becomes of it
 *
 * What a thread without Python does.
 */
typedef struct {
  AnnData *data;
  const char *text;
  AnnData *result;
  AnnElement *element;
  char **texts;
  AnnBuffer *positions;
  AnnPythonSelector obs;
  AnnPythonSelector var;
  int skips_missing;
  int overwrite;
  GPtrArray *parts;
  AnnConcatOptions *concat_options;
  AnnConcatPlan *plan;
} Job;

static void
clear_job (Job *job)
{
  g_clear_object (&job->result);
  g_clear_object (&job->element);
  g_clear_pointer (&job->texts, g_strfreev);
  g_clear_pointer (&job->positions, ann_buffer_unref);
  ann_python_selector_clear (&job->obs);
  ann_python_selector_clear (&job->var);
  g_clear_pointer (&job->parts, g_ptr_array_unref);
  g_clear_pointer (&job->concat_options, ann_concat_options_free);
  g_clear_pointer (&job->plan, ann_concat_plan_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, clear_job)

/* Whose mistake it is: a selector's text, if it is about one. */
static const AnnPythonSelector *
find_mistaken (const Job *job)
{
  return job->obs.selection == NULL && job->obs.filter != NULL ? &job->obs : &job->var;
}

static gboolean
run (PyObject *object, AnnPythonFunc func, Job *job)
{
  AnnPythonCall call = { .func = func, .data = job };
  const AnnPythonSelector *mistaken;
  gboolean is_right;

  job->data = ann_python_data_get (object);
  is_right = ann_python_call (&call);
  mistaken = find_mistaken (job);
  if (call.error != NULL)
    ann_python_raise_filter (ann_python_get_state (object), call.error,
                             ann_data_get_uri (job->data),
                             mistaken->filter != NULL ? ann_filter_get_text (mistaken->filter) : "",
                             mistaken->position, mistaken->length);
  g_clear_error (&call.error);

  return is_right;
}

/* --- Opening --- */

static gboolean
open_data (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->result = ann_data_open (job->text, cancellable, error);

  return job->result != NULL;
}

/* One that was mistyped is not to be found out by what is missing. */
static gboolean
check_remap (AnnDataSet *set, char **remap, GError **error)
{
  for (guint i = 0; remap != NULL && remap[i] != NULL; i++)
    {
      if (ann_data_set_is_remapped_by (set, remap[i]))
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                   "remap: “%s” is of no part of the set, whose own store has their keys and paths "
                   "in uns/AnnDataSet",
                   remap[i]);
      return FALSE;
    }

  return TRUE;
}

/* A set, some of whose parts are elsewhere now, or are missing. */
static gboolean
open_set (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (AnnDataSet) set = ann_data_set_open (job->text, (const char *const *) job->texts,
                                                  cancellable, error);
  g_autoptr (AnnDataSet) rest = NULL;

  if (set != NULL && check_remap (set, job->texts, error))
    rest = job->skips_missing ? ann_data_set_skip_missing (set, cancellable, error)
                              : g_object_ref (set);
  job->result = rest != NULL ? ann_data_set_dup_data (rest, cancellable, error) : NULL;

  return job->result != NULL;
}

static void
sign_in (const char *uri, const char *token)
{
  g_autoptr (AnnLocation) location = ann_location_parse (uri, NULL);
  g_autoptr (AnnSignIn) who = NULL;

  if (location == NULL || ann_location_get_kind (location) != ANN_LOCATION_HTTP)
    return;

  who = ann_sign_in_new_bearer (token);
  ann_sign_in_set (location, who);
}

PyObject *
ann_python_data_open (PyObject *module, PyObject *arguments)
{
  AnnPythonState *state = PyModule_GetState (module);
  g_auto (Job) job = { .data = NULL };
  AnnPythonCall call = { .func = open_data, .data = &job };
  const char *token;
  PyObject *remap;

  if (!PyArg_ParseTuple (arguments, "yzOp", &job.text, &token, &remap, &job.skips_missing))
    return NULL;
  if (remap != Py_None)
    {
      job.texts = ann_python_dup_texts (remap);
      if (job.texts == NULL)
        return NULL;
    }
  if (remap != Py_None || job.skips_missing)
    call.func = open_set;

  if (token != NULL && *token != '\0')
    sign_in (job.text, token);
  if (ann_python_call (&call))
    return make_data (state, g_steal_pointer (&job.result));

  if (call.error != NULL)
    ann_python_raise_open (state, call.error, job.text);
  g_clear_error (&call.error);

  return NULL;
}

/* --- What metadata tell --- */

static PyObject *
get_uri (PyObject *object, G_GNUC_UNUSED void *closure)
{
  g_autofree char *shown = ann_location_hide_secrets (
      ann_data_get_uri (ann_python_data_get (object)));

  return ann_python_make_text (shown);
}

static PyObject *
get_format (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_make_text (ann_data_get_format (ann_python_data_get (object)));
}

static PyObject *
get_is_annotated (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return PyBool_FromLong (ann_data_is_annotated (ann_python_data_get (object)));
}

static PyObject *
get_n_obs (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return PyLong_FromUnsignedLongLong (ann_data_get_n_obs (ann_python_data_get (object)));
}

static PyObject *
get_n_vars (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return PyLong_FromUnsignedLongLong (ann_data_get_n_var (ann_python_data_get (object)));
}

static PyObject *
get_warnings (PyObject *object, G_GNUC_UNUSED void *closure)
{
  return ann_python_list_texts (ann_data_get_warnings (ann_python_data_get (object)));
}

static PyObject *
get_missing_parts (PyObject *object, G_GNUC_UNUSED void *closure)
{
  g_autofree char *missing = ann_data_describe_missing_parts (ann_python_data_get (object));

  return missing != NULL ? ann_python_make_text (missing) : Py_NewRef (Py_None);
}

static gboolean
list_elements (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->texts = ann_data_list_elements (job->data, cancellable, error);

  return job->texts != NULL;
}

static PyObject *
elements (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  g_auto (Job) job = { .data = NULL };

  if (!run (object, list_elements, &job))
    return NULL;

  return ann_python_list_texts ((const char *const *) job.texts);
}

static gboolean
open_element (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->element = ann_data_open_element (job->data, job->text, cancellable, error);

  return job->element != NULL;
}

static PyObject *
element (PyObject *object, PyObject *arguments)
{
  g_auto (Job) job = { .data = NULL };

  if (!PyArg_ParseTuple (arguments, "y", &job.text) || !run (object, open_element, &job))
    return NULL;

  return ann_python_element_new (ann_python_get_state (object), g_steal_pointer (&job.element),
                                 ann_data_get_uri (ann_python_data_get (object)));
}

/* --- Selecting --- */

static AnnBuffer *
list_positions (const AnnSelection *selection, GError **error)
{
  const guint64 length = ann_selection_get_length (selection);
  AnnBuffer *buffer = ann_buffer_new_vector (ANN_DTYPE_INT64, length, error);
  gint64 *positions = buffer != NULL ? ann_buffer_get_data_for_writing (buffer) : NULL;

  for (guint64 i = 0; positions != NULL && i < length; i++)
    positions[i] = (gint64) ann_selection_get_position (selection, i);

  return buffer;
}

static gboolean
evaluate (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  if (!ann_python_selector_find (&job->obs, job->data, cancellable, error))
    return FALSE;

  job->positions = list_positions (job->obs.selection, error);

  return job->positions != NULL;
}

static PyObject *
filter (PyObject *object, PyObject *arguments)
{
  AnnPythonState *state = ann_python_get_state (object);
  g_auto (Job) job = { .data = NULL };
  PyObject *text;
  int axis;

  if (!PyArg_ParseTuple (arguments, "Ui", &text, &axis))
    return NULL;

  job.obs.axis = (AnnAxis) axis;
  if (!ann_python_selector_parse (&job.obs, state, ann_python_data_get (object), text)
      || !run (object, evaluate, &job))
    return NULL;

  return ann_python_buffer_new (state, g_steal_pointer (&job.positions));
}

static gboolean
select_part (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  if (!ann_python_selector_find (&job->obs, job->data, cancellable, error)
      || !ann_python_selector_find (&job->var, job->data, cancellable, error))
    return FALSE;

  job->result = ann_data_select (job->data, job->obs.selection, job->var.selection, cancellable,
                                 error);

  return job->result != NULL;
}

static PyObject *
select_rows (PyObject *object, PyObject *arguments)
{
  AnnPythonState *state = ann_python_get_state (object);
  g_auto (Job) job = { .obs = { .axis = ANN_AXIS_OBS }, .var = { .axis = ANN_AXIS_VAR } };
  PyObject *obs;
  PyObject *var;

  if (!PyArg_ParseTuple (arguments, "OO", &obs, &var)
      || !ann_python_selector_parse (&job.obs, state, ann_python_data_get (object), obs)
      || !ann_python_selector_parse (&job.var, state, ann_python_data_get (object), var)
      || !run (object, select_part, &job))
    return NULL;

  return make_data (state, g_steal_pointer (&job.result));
}

/* --- Joining --- */

static gboolean
concat (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  job->result = ann_data_concat ((AnnData **) job->parts->pdata, job->parts->len,
                                 job->concat_options, &job->plan, cancellable, error);

  return job->result != NULL;
}

static gboolean
write_set (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  return ann_data_set_write (job->text, (AnnData **) job->parts->pdata, job->parts->len,
                             job->concat_options, job->overwrite, cancellable, error);
}

/* @list: of our own objects, as the package makes it */
static GPtrArray *
list_parts (AnnPythonState *state, PyObject *list)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_object_unref);
  const Py_ssize_t n_parts = PyList_Size (list);

  for (Py_ssize_t i = 0; i < n_parts; i++)
    {
      PyObject *part = PyList_GetItem (list, i);

      if (Py_TYPE (part) != state->data_type)
        {
          PyErr_SetString (PyExc_TypeError, "stores are wanted");
          return NULL;
        }
      g_ptr_array_add (parts, g_object_ref (ann_python_data_get (part)));
    }

  return g_steal_pointer (&parts);
}

static gboolean
set_concat_options (AnnConcatOptions *options,
                    const int choices[static 4],
                    const char *label,
                    PyObject *keys,
                    const char *index_unique)
{
  options->axis = (AnnAxis) choices[0];
  options->join = (AnnJoin) choices[1];
  options->merge = (AnnMerge) choices[2];
  options->uns_merge = (AnnMerge) choices[3];
  options->label = g_strdup (label);
  options->index_unique = g_strdup (index_unique);
  if (keys == Py_None)
    return TRUE;

  options->keys = ann_python_dup_texts (keys);

  return options->keys != NULL;
}

/* (parts, set, overwrite, axis, join, merge, uns_merge, label, keys, index_unique, has_fill_value,
 * fill_value, pairwise): @set: the address of one to be written, gives None; else empty
 */
PyObject *
ann_python_data_concat (PyObject *module, PyObject *arguments)
{
  AnnPythonState *state = PyModule_GetState (module);
  g_auto (Job) job = { .data = NULL };
  AnnConcatOptions *options = job.concat_options = ann_concat_options_new ();
  AnnPythonCall call = { .func = concat, .data = &job };
  const char *label;
  const char *index_unique;
  PyObject *parts;
  PyObject *keys;
  int choices[4];

  if (!PyArg_ParseTuple (arguments, "O!ypiiiizOzpdp", &PyList_Type, &parts, &job.text,
                         &job.overwrite, &choices[0], &choices[1], &choices[2], &choices[3], &label,
                         &keys, &index_unique, &options->has_fill_value, &options->fill_value,
                         &options->pairwise)
      || !set_concat_options (options, choices, label, keys, index_unique))
    return NULL;

  job.parts = list_parts (state, parts);
  if (job.parts == NULL)
    return NULL;

  if (*job.text != '\0')
    {
      call.func = write_set;
      call.is_writing = TRUE;
    }
  if (ann_python_call (&call))
    {
      if (job.result == NULL)
        Py_RETURN_NONE;
      job.texts = ann_concat_plan_describe (job.plan);
      return Py_BuildValue ("NNNK", make_data (state, g_steal_pointer (&job.result)),
                            ann_python_list_texts ((const char *const *) job.texts),
                            ann_python_list_texts ((const char *const *) job.plan->clashes),
                            (unsigned long long) job.plan->n_duplicates);
    }

  if (call.error != NULL)
    ann_python_raise_write (state, call.error, NULL, (const char *const[]){ job.text, NULL });
  g_clear_error (&call.error);

  return NULL;
}

static PyGetSetDef getters[] = {
  { "uri", get_uri, NULL, "What it was opened by, without secrets", NULL },
  { "format", get_format, NULL, "Such as HDF5", NULL },
  { "is_annotated", get_is_annotated, NULL, "Whether it is an annotated matrix", NULL },
  { "n_obs", get_n_obs, NULL, "The number of observations", NULL },
  { "n_vars", get_n_vars, NULL, "The number of variables", NULL },
  { "missing_parts", get_missing_parts, NULL, "Those of a set, in words; or None", NULL },
  { "warnings", get_warnings, NULL, "What is odd about it", NULL },
  { .name = NULL },
};

static PyMethodDef methods[] = {
  { "elements", elements, METH_NOARGS, "Paths of all elements" },
  { "element", element, METH_VARARGS, "Opens an element" },
  { "filter", filter, METH_VARARGS, "Positions for which a filter is true" },
  { "select", select_rows, METH_VARARGS, "A part of it" },
  { "export", ann_python_data_export, METH_VARARGS, "Writes it" },
  { "split", ann_python_data_split, METH_VARARGS, "Writes a store for each value of a column" },
  { "validate", ann_python_data_validate, METH_VARARGS, "What it breaks of the rules" },
  { .ml_name = NULL },
};

static PyType_Slot slots[] = {
  { Py_tp_doc, "A store, or what was made of stores" },
  { Py_tp_dealloc, finalize },
  { Py_tp_getset, getters },
  { Py_tp_methods, methods },
  { 0, NULL },
};

PyType_Spec ann_python_data_spec = {
  .name = "anncore._anncore.Data",
  .basicsize = sizeof (Data),
  .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
  .slots = slots,
};
