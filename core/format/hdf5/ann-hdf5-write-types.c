/* ann-hdf5-write-types.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-write-types.h"

static hid_t
new_bool (void)
{
  g_auto (AnnHdf5Hid) type = H5Tenum_create (H5T_STD_I8LE);
  const gint8 values[] = { 0, 1 };

  if (type < 0 || H5Tenum_insert (type, "FALSE", &values[0]) < 0
      || H5Tenum_insert (type, "TRUE", &values[1]) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&type);
}

/* HDF5 1.10 has no such type of its own. */
static hid_t
new_half (hid_t single)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (single);

  if (type < 0 || H5Tset_fields (type, 15, 10, 5, 0, 10) < 0 || H5Tset_size (type, 2) < 0
      || H5Tset_ebias (type, 15) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&type);
}

static hid_t
new_complex (hid_t part)
{
  gsize size = H5Tget_size (part);
  g_auto (AnnHdf5Hid) type = H5Tcreate (H5T_COMPOUND, 2 * size);

  if (type < 0 || H5Tinsert (type, "r", 0, part) < 0 || H5Tinsert (type, "i", size, part) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&type);
}

static hid_t
new_text (gsize item_size)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_C_S1);

  if (type < 0 || H5Tset_size (type, item_size > 0 ? item_size : H5T_VARIABLE) < 0
      || H5Tset_cset (type, H5T_CSET_UTF8) < 0
      || H5Tset_strpad (type, item_size > 0 ? H5T_STR_NULLPAD : H5T_STR_NULLTERM) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&type);
}

static hid_t
new_bytes (gsize item_size)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_C_S1);

  if (type < 0 || H5Tset_size (type, item_size) < 0 || H5Tset_strpad (type, H5T_STR_NULLPAD) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&type);
}

static hid_t
new_opaque (gsize item_size)
{
  return H5Tcreate (H5T_OPAQUE, item_size);
}

hid_t
_ann_hdf5_new_file_type (AnnDtype dtype, gsize item_size)
{
  switch (dtype)
    {
    case ANN_DTYPE_BOOL:
      return new_bool ();
    case ANN_DTYPE_INT8:
      return H5Tcopy (H5T_STD_I8LE);
    case ANN_DTYPE_INT16:
      return H5Tcopy (H5T_STD_I16LE);
    case ANN_DTYPE_INT32:
      return H5Tcopy (H5T_STD_I32LE);
    case ANN_DTYPE_INT64:
      return H5Tcopy (H5T_STD_I64LE);
    case ANN_DTYPE_UINT8:
      return H5Tcopy (H5T_STD_U8LE);
    case ANN_DTYPE_UINT16:
      return H5Tcopy (H5T_STD_U16LE);
    case ANN_DTYPE_UINT32:
      return H5Tcopy (H5T_STD_U32LE);
    case ANN_DTYPE_UINT64:
      return H5Tcopy (H5T_STD_U64LE);
    case ANN_DTYPE_FLOAT16:
      return new_half (H5T_IEEE_F32LE);
    case ANN_DTYPE_FLOAT32:
      return H5Tcopy (H5T_IEEE_F32LE);
    case ANN_DTYPE_FLOAT64:
      return H5Tcopy (H5T_IEEE_F64LE);
    case ANN_DTYPE_COMPLEX64:
      return new_complex (H5T_IEEE_F32LE);
    case ANN_DTYPE_COMPLEX128:
      return new_complex (H5T_IEEE_F64LE);
    case ANN_DTYPE_STRING:
      return new_text (item_size);
    case ANN_DTYPE_BYTES:
      return new_bytes (item_size);
    case ANN_DTYPE_OPAQUE:
      return new_opaque (item_size);
    case ANN_DTYPE_RECORD:
    case ANN_DTYPE_SEQUENCE:
    case ANN_DTYPE_OTHER:
    default:
      return H5I_INVALID_HID;
    }
}

/* The file's type is that of the memory but for the order of bytes. */
hid_t
_ann_hdf5_new_memory_type (AnnDtype dtype)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  switch (dtype)
    {
    case ANN_DTYPE_FLOAT16:
      return new_half (H5T_IEEE_F32BE);
    case ANN_DTYPE_COMPLEX64:
      return new_complex (H5T_NATIVE_FLOAT);
    case ANN_DTYPE_COMPLEX128:
      return new_complex (H5T_NATIVE_DOUBLE);
    default:
      {
        g_auto (AnnHdf5Hid) type = _ann_hdf5_new_file_type (dtype, 0);

        return dtype == ANN_DTYPE_BOOL ? _ann_hdf5_steal (&type)
                                       : H5Tget_native_type (type, H5T_DIR_DEFAULT);
      }
    }
#else
  return _ann_hdf5_new_file_type (dtype, 0);
#endif
}

hid_t
_ann_hdf5_new_memory_text (void)
{
  return H5Tvlen_create (H5T_NATIVE_UCHAR);
}
