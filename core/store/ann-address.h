/* ann-address.h: the spelling of addresses
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands in a path as it is, besides letters and digits; all else is encoded. */
#define ANN_ADDRESS_PATH_CHARACTERS "-._~!$&'()*+,;=:@/"

/* The length of the scheme at the beginning of @uri, or 0 if it is a path. */
gsize _ann_address_scheme_length (const char *uri);

/* The length of the scheme of @uri where one slash of its `://` was forgotten, as in `http:/h/x`; 0
 * for all else. A folder of that name is `./http:`.
 */
gsize _ann_address_mistyped_length (const char *uri);

/* Whether @path may be an address without its scheme: it begins with `host:port`. */
gboolean _ann_address_lacks_scheme (const char *path);

/* @length bytes of @text, spelled as RFC 3986 has it: what is neither a letter, a digit nor in
 * @allowed is encoded; what was encoded stays so. Nothing that ends a line gets through.
 */
char *_ann_address_encode (const char *text, gsize length, const char *allowed)
    G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): @length bytes of @text with what is encoded in it decoded; a % that encodes nothing
 * is itself. %NULL if that is no UTF-8, or has a NUL.
 */
char *_ann_address_decode (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* @length without the slashes at the end of @path. */
gsize _ann_address_trim (const char *path, gsize length);

/* (nullable): @authority, which is `host` or `host:port`, as `scheme://host:port` in one spelling
 * (lower case, ASCII, no port that is usual); @scheme is `http` or `https`. @what names it in
 * errors, which never repeat it: what is wrong may be a secret that went to the wrong place.
 */
char *_ann_address_parse_origin (const char *scheme,
                                 const char *authority,
                                 const char *what,
                                 char **host,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): @text, which is `https://host:port/path`, in one spelling, without a slash at its
 * end.
 */
char *_ann_address_parse_endpoint (const char *text, const char *what, char **host, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether @text may be a region of S3, which becomes a part of the name of a host. */
gboolean _ann_address_is_region (const char *text);

/* Whether one of the parameters of an address of HTTP may be a secret: by its name, or because its
 * value is as long and shapeless as a token.
 */
gboolean _ann_address_has_secrets (const char *query);

G_END_DECLS
