/* Where files lie: the XDG directories, made when missing and checked before they are trusted. */
#ifndef COMMON_PATHS_H
#define COMMON_PATHS_H

#include <stdbool.h>

#include "common/error.h"

/* Each gives the directory for "usher" (caller frees), made with mode 0700 when missing, or NULL with err. */
char *path_config_dir(struct error *err);    /* $XDG_CONFIG_HOME/usher or ~/.config/usher; not made */
char *path_data_dir(struct error *err);      /* $XDG_DATA_HOME/usher or ~/.local/share/usher */
char *path_state_dir(struct error *err);     /* $XDG_STATE_HOME/usher or ~/.local/state/usher */
/* $XDG_RUNTIME_DIR/usher; without it a directory in the system's temporary folder named by uid. Refused when somebody
   else owns it or others may enter. */
char *path_runtime_dir(struct error *err);

/* Makes dir and its parents with mode 0700. */
int path_make(const char *dir, struct error *err);

/* dir/name, caller frees. */
char *path_join(const char *dir, const char *name);

/* The program beside the running one (build tree) or in PATH. Caller frees. */
char *path_sibling(const char *program);

/* ERR_DENIED when others than the owner may read the file; ERR_NOT_FOUND when there is none. */
int path_check_private(const char *file, struct error *err);

#endif
