/* ann-sign-in-group.h: rows that ask who we are at an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_SIGN_IN_GROUP (ann_sign_in_group_get_type ())

G_DECLARE_FINAL_TYPE (AnnSignInGroup, ann_sign_in_group, ANN, SIGN_IN_GROUP, AdwPreferencesGroup)

void ann_sign_in_group_set_location (AnnSignInGroup *self, AnnLocation *location);
void ann_sign_in_group_set_anonymous (AnnSignInGroup *self);
void ann_sign_in_group_set_profile (AnnSignInGroup *self, const char *profile);
void ann_sign_in_group_ask (AnnSignInGroup *self);
void ann_sign_in_group_forget (AnnSignInGroup *self);

gboolean ann_sign_in_group_is_complete (AnnSignInGroup *self);
gboolean ann_sign_in_group_is_anonymous (AnnSignInGroup *self);
const char *ann_sign_in_group_get_profile (AnnSignInGroup *self);
gboolean ann_sign_in_group_has_secret (AnnSignInGroup *self);
AnnSignIn *ann_sign_in_group_make_sign_in (AnnSignInGroup *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
